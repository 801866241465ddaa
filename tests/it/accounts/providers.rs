//! Signing in at a provider that is real, from a browser that goes there and comes back: and everything that can be wrong with that.

mod afterwards;
mod browser;
mod distrust;
mod identities;
mod outage;
mod provider;
mod reserved;
mod spelling;

use std::time::Duration;

use learnr_protocol::account::{AccountView, ProviderList};
use reqwest::Method;
use serde_json::json;

use self::browser::{Browser, Landed};
use self::provider::{ADA, Person, Provider, served_with};
use super::{Device, PASSWORD, account_status, post, registered, send, signed_in, with_cookie};
use crate::harness::Server;
use crate::harness::mailbox::Mailbox;

/// A server with a provider, and a mailbox. `None` where there is no provider to run.
struct Scene {
    server: Server,
    mailbox: Mailbox,
    provider: Provider,
}

async fn scene(test: &str) -> Option<Scene> {
    let provider = Provider::start(test).await?;
    let (server, mailbox) = served_with(&provider, "off").await;
    Some(Scene {
        server,
        mailbox,
        provider,
    })
}

impl Scene {
    /// Goes to the provider and comes back.
    async fn sign_in(&self, guest: Option<&str>) -> Landed {
        let browser = Browser::of(&self.server);
        browser.sign_in(guest).await
    }

    /// Goes to the provider and comes back signed in.
    async fn device(&self, guest: Option<&str>) -> Device {
        let landed = self.sign_in(guest).await;
        self.signed_in(&landed).await
    }

    async fn signed_in(&self, landed: &Landed) -> Device {
        let own = format!("http://{}/", self.server.rest.base().authority());
        assert_eq!(landed.location, own);
        let cookie = landed.refresh.as_deref().expect("a cookie");
        Device::of(with_cookie(&self.server, "/v1/auth/refresh", cookie).await).await
    }

    async fn account(&self, token: &str) -> AccountView {
        let account = self.server.rest.get("/v1/account", token).await;
        account.expect("an account")
    }
}

#[actix_rt::test]
async fn who_comes_first_gets_an_account_and_the_same_ever_after() {
    let Some(scene) = scene("who_comes_first_gets_an_account_and_the_same_ever_after").await else {
        return;
    };
    let list = scene.server.rest.text("/v1/auth/providers").await;
    let list: ProviderList = serde_json::from_str(&list.expect("a list")).expect("a list");
    let names = list.providers.iter().map(|info| (&*info.id, &*info.name));
    assert_eq!(names.collect::<Vec<_>>(), [("school", "The school")]);
    let first = scene.device(None).await;
    let account = scene.account(&first.token).await;
    assert_eq!(account.email.as_deref(), Some("ada@example.org"));
    assert_eq!(
        (account.name.as_str(), account.has_password),
        ("Ada", false)
    );
    let second = scene.device(None).await;
    assert_eq!(second.learner, first.learner);
    assert_eq!(account_status(&scene.server, &first.token).await, 200);
    assert!(scene.mailbox.arrived("ada@example.org").is_empty());
    scene.server.stop().await;
}

#[actix_rt::test]
async fn a_guest_keeps_what_they_did() {
    let Some(scene) = scene("a_guest_keeps_what_they_did").await else {
        return;
    };
    let client = scene.server.practice().await;
    let session = scene.server.stored_session(&client.session).await;
    let device = scene.device(Some(&client.token)).await;
    assert_eq!(device.learner, session.learner.to_string());
    let rest = &scene.server.rest;
    let view = rest.session_view(&device.token, &client.session).await;
    assert!(view.is_ok(), "the session is theirs still");
    let refused = rest.session_view(&client.token, &client.session).await;
    assert_eq!(refused.expect_err("a guest no more").status(), Some(401));
    // Another guest on another device: the account stays whose it is, and the guest a guest.
    let guest = rest.guest().await.expect("a guest");
    let elsewhere = scene.device(Some(&guest.token)).await;
    assert_eq!(elsewhere.learner, device.learner);
    let browser = Browser::of(&scene.server);
    for (token, status) in [(elsewhere.token.as_str(), 403), ("nonsense", 401)] {
        let refused = browser.start("school", Some(token)).await;
        assert_eq!(refused.status(), status, "no guest's token");
    }
    scene.server.stop().await;
}

#[actix_rt::test]
async fn an_account_is_joined_by_an_address_that_both_have_confirmed_and_its_owner_is_told() {
    let test = "an_account_is_joined_by_an_address_that_both_have_confirmed_and_its_owner_is_told";
    let Some(scene) = scene(test).await else {
        return;
    };
    let (server, mailbox) = (&scene.server, &scene.mailbox);
    let owner = registered((server, mailbox), "Ada@example.org", None).await;
    let device = scene.device(None).await;
    assert_eq!(device.learner, owner.learner);
    assert_eq!(account_status(server, &owner.token).await, 200);
    let told = mailbox.mail("Ada@example.org", 2).await;
    assert!(
        told.text.contains("signed in to your LearnR account"),
        "{}",
        told.text
    );
    scene.device(None).await;
    assert_eq!(mailbox.arrived("Ada@example.org").len(), 2, "told once");
    signed_in(server, "ada@example.org").await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn an_address_that_the_provider_has_not_confirmed_joins_nothing_and_is_nobodys() {
    let test = "an_address_that_the_provider_has_not_confirmed_joins_nothing_and_is_nobodys";
    let Some(scene) = scene(test).await else {
        return;
    };
    let owner = registered((&scene.server, &scene.mailbox), "ada@example.org", None).await;
    for (sub, verified) in [("eve", Some(false)), ("mallory", None)] {
        scene
            .provider
            .person(&Person {
                sub,
                verified,
                ..ADA
            })
            .await;
        let device = scene.device(None).await;
        assert_ne!(device.learner, owner.learner);
        assert_eq!(scene.account(&device.token).await.email, None, "{sub}");
    }
    assert_eq!(scene.mailbox.arrived("ada@example.org").len(), 1);
    // An address that nobody has yet is not theirs either: its owner can register.
    let unconfirmed = Person {
        sub: "trudy",
        email: "bob@example.org",
        verified: Some(false),
    };
    scene.provider.person(&unconfirmed).await;
    scene.device(None).await;
    registered((&scene.server, &scene.mailbox), "bob@example.org", None).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn who_deleted_their_account_is_a_stranger_and_a_guest_who_went_meanwhile_too() {
    let test = "who_deleted_their_account_is_a_stranger_and_a_guest_who_went_meanwhile_too";
    let Some(scene) = scene(test).await else {
        return;
    };
    let delete = async |token: &str| {
        let to = (Method::DELETE, "/v1/learners/me");
        let body = json!({"confirm": "delete"});
        let deleted = send(&scene.server, to, Some(token), &body).await;
        assert!(deleted.status().is_success(), "{}", deleted.status());
    };
    let first = scene.device(None).await;
    delete(&first.token).await;
    let again = scene.device(None).await;
    assert_ne!(again.learner, first.learner);
    delete(&again.token).await;
    let guest = scene.server.rest.guest().await.expect("a guest");
    let mut browser = Browser::of(&scene.server);
    let url = browser.go("school", Some(&guest.token)).await;
    let back = browser.visit(&url).await;
    delete(&guest.token).await;
    let landed = browser.land(&back).await;
    scene.signed_in(&landed).await;
    scene.server.stop().await;
}

#[actix_rt::test]
async fn who_signed_in_at_a_provider_chooses_a_password_by_mail() {
    let Some(scene) = scene("who_signed_in_at_a_provider_chooses_a_password_by_mail").await else {
        return;
    };
    let device = scene.device(None).await;
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let refused = post(&scene.server, "/v1/auth/sign-in", &body).await;
    assert_eq!(refused.status(), 401);
    let forgot = json!({"email": "ada@example.org"});
    let asked = post(&scene.server, "/v1/auth/forgot", &forgot).await;
    assert_eq!(asked.status(), 202);
    let token = scene.mailbox.mail("ada@example.org", 1).await.token();
    let reset = json!({"token": token, "password": PASSWORD});
    let reset = Device::of(post(&scene.server, "/v1/auth/reset", &reset).await).await;
    assert_eq!(reset.learner, device.learner);
    let by_password = signed_in(&scene.server, "ada@example.org").await;
    assert!(scene.account(&by_password.token).await.has_password);
    assert_eq!(scene.device(None).await.learner, device.learner);
    scene.server.stop().await;
}

#[actix_rt::test]
async fn coming_back_is_limited_as_every_other_way_in() {
    let Some(provider) = Provider::start("coming_back_is_limited_as_every_other_way_in").await
    else {
        return;
    };
    let (server, _mailbox) = served_with(&provider, "on").await;
    let browser = Browser::of(&server);
    let back = "/v1/auth/providers/school/callback?state=x&code=y";
    let problem = async || browser.land(back).await.problem().to_owned();
    assert_eq!(problem().await, "again");
    let mut tries = 1;
    while problem().await != "busy" {
        tries += 1;
        assert!(tries < 1_000, "no limit");
    }
    assert_eq!(tries, 120, "a minute's from one network");
    let refused = browser.start("school", None).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    server.advance(Duration::from_secs(60));
    assert_eq!(browser.start("school", None).await.status(), 200);
    server.stop().await;
}
