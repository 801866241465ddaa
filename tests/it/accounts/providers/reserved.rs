//! An account that may do more than learn: no provider's word for its address opens it.

use learnr::store::{LearnerId, RoleName};
use learnr_protocol::learner::LearnerExport;
use uuid::Uuid;

use super::super::{account_status, audit, registered, signed_in};
use super::provider::{ADA, Person};
use super::scene;

#[actix_rt::test]
async fn an_account_with_a_role_is_not_joined_by_its_address() {
    let Some(scene) = scene("an_account_with_a_role_is_not_joined_by_its_address").await else {
        return;
    };
    let (server, store) = (&scene.server, &scene.server.store);
    let owner = registered((server, &scene.mailbox), "Ada@example.org", None).await;
    let id = Uuid::parse_str(&owner.learner).expect("an id");
    let set = async |granted| {
        let set = store.set_role(LearnerId(id), RoleName::Admin, granted, audit(1));
        assert_eq!(set.await.expect("answered"), Some(true));
    };
    set(true).await;
    for _ in 0..2 {
        assert_eq!(scene.sign_in(None).await.problem(), "password");
    }
    let known_as = async || {
        let export = server.rest.get("/v1/learners/me/export", &owner.token);
        let export: LearnerExport = export.await.expect("an export");
        export.learner.identities.len()
    };
    let before = known_as().await;
    assert_eq!(account_status(server, &owner.token).await, 200);
    // By another address it is another person, and by the password the same as ever.
    let other = Person {
        sub: "eve",
        email: "eve@example.org",
        ..ADA
    };
    scene.provider.person(&other).await;
    assert_ne!(scene.device(None).await.learner, owner.learner);
    signed_in(server, "ada@example.org").await;
    // Joined before there is a role, it stays so.
    set(false).await;
    scene.provider.person(&ADA).await;
    assert_eq!(scene.device(None).await.learner, owner.learner);
    assert_eq!(known_as().await, before + 1);
    set(true).await;
    assert_eq!(scene.device(None).await.learner, owner.learner);
    scene.server.stop().await;
}
