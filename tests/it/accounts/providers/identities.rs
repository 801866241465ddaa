//! What providers know an account by, as its owner sees and ends it.

use std::time::Duration;

use learnr_protocol::account::IdentityList;
use reqwest::Method;
use serde_json::json;

use super::super::{Device, PASSWORD, registered, send, stored};
use super::provider::{ADA, Person};
use super::{Scene, scene};

impl Scene {
    async fn known_as(&self, token: &str) -> IdentityList {
        let listed = self.server.rest.get("/v1/account/identities", token).await;
        listed.expect("what it is known by")
    }

    async fn end(&self, id: &str, token: &str, password: &str) -> u16 {
        let path = format!("/v1/account/identities/{id}");
        let body = json!({"password": password});
        let ended = send(&self.server, (Method::DELETE, &path), Some(token), &body).await;
        ended.status().as_u16()
    }

    async fn only_id(&self, device: &Device) -> String {
        let mut identities = self.known_as(&device.token).await.identities;
        assert_eq!(identities.len(), 1);
        let only = identities.remove(0);
        assert_eq!(only.provider.as_deref(), Some("The school"));
        assert_eq!(only.issuer, self.provider.issuer());
        only.id
    }
}

#[actix_rt::test]
async fn an_identity_is_ended_by_who_knows_the_password() {
    let Some(scene) = scene("an_identity_is_ended_by_who_knows_the_password").await else {
        return;
    };
    let server = &scene.server;
    let owner = registered((server, &scene.mailbox), "ada@example.org", None).await;
    let before = scene.known_as(&owner.token).await;
    assert_eq!(before.identities, [], "a guest is vouched for by nobody");
    scene.device(None).await;
    let id = scene.only_id(&owner).await;
    let (_, stranger) = stored(server, &[], None).await;
    for (token, id, password, status) in [
        (&stranger, id.as_str(), PASSWORD, 404),
        (&owner.token, "nonsense", PASSWORD, 404),
        (&owner.token, id.as_str(), "wrong", 403),
        (&owner.token, id.as_str(), PASSWORD, 204),
        (&owner.token, id.as_str(), PASSWORD, 404),
    ] {
        let ended = scene.end(id, token, password).await;
        assert_eq!(ended, status, "{id} {password}");
    }
    assert_eq!(scene.known_as(&owner.token).await.identities, []);
    scene.server.stop().await;
}

#[actix_rt::test]
async fn the_last_way_in_stays_and_without_a_password_a_fresh_sign_in_is_asked_for() {
    let test = "the_last_way_in_stays_and_without_a_password_a_fresh_sign_in_is_asked_for";
    let Some(scene) = scene(test).await else {
        return;
    };
    let device = scene.device(None).await;
    let id = scene.only_id(&device).await;
    scene.server.advance(Duration::from_secs(600));
    assert_eq!(scene.end(&id, &device.token, "").await, 409);
    let device = scene.device(None).await;
    assert_eq!(
        scene.end(&id, &device.token, "").await,
        204,
        "an address is left"
    );
    let nowhere = Person {
        sub: "eve",
        verified: None,
        ..ADA
    };
    scene.provider.person(&nowhere).await;
    let device = scene.device(None).await;
    let id = scene.only_id(&device).await;
    assert_eq!(scene.end(&id, &device.token, "").await, 409);
    scene.only_id(&device).await;
    scene.server.stop().await;
}
