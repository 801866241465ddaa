//! The races of accounts, with real connections, in the order that makes them races.

use learnr::store::{Confirmed, MailPurpose, Rotation};

use super::place::Fresh;
use super::waiters::Bystander;
use crate::store::contract::accounts::{EMAIL, another, confirmation, hash, mail};
use crate::store::contract::sign_ins::device;
use crate::store::fixture::{Fixture, NOW, Place};

const LEEWAY_MS: i64 = 10_000;
/// An address that somebody else is about to have.
const WANTED: &str = "wanted@example.org";

/// A learner with an account, and a bystander on their database.
struct Scene {
    fixture: Fixture,
    bystander: Bystander,
    /// Its database goes when it is dropped.
    _place: Fresh,
}

/// `None` where the run goes without PostgreSQL.
async fn scene() -> Option<Scene> {
    let place = Fresh::new().await;
    if place.is_left_out() {
        return None;
    }
    let fixture = Fixture::over(place.open().await).await;
    fixture.register(255, EMAIL).await;
    Some(Scene {
        fixture,
        bystander: Bystander::at(place.url()).await,
        _place: place,
    })
}

/// Begins a transaction in which another learner has got the address, and has not said so yet.
async fn take_the_address(scene: &Scene) {
    let rival = another(&scene.fixture, "rival").await.learner;
    let sql = format!(
        "BEGIN; INSERT INTO accounts (learner, email, email_key, name, created_at) \
         VALUES ('{rival}', '{WANTED}', '{WANTED}', '', 0)"
    );
    scene.bystander.run(&sql).await;
}

#[tokio::test]
async fn a_token_used_while_its_device_is_signed_out_gives_nothing() {
    let Some(scene) = scene().await else { return };
    let Scene {
        fixture, bystander, ..
    } = &scene;
    let new = device(fixture.learner, 1);
    fixture.signed_in(new.clone()).await;
    let sign_out = format!("BEGIN; DELETE FROM sign_ins WHERE id = '{}'", new.id.0);
    bystander.run(&sign_out).await;
    let rotation = fixture.store.rotate(hash(1), hash(2), NOW + 1, LEEWAY_MS);
    let (rotation, ()) = tokio::join!(rotation, async {
        bystander.sees_waiting(1, "FOR NO KEY UPDATE OF s").await;
        bystander.run("COMMIT").await;
    });
    assert_eq!(rotation.expect("answered"), Rotation::Unknown);
    let left = bystander
        .number("SELECT count(*) FROM refresh_tokens")
        .await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_device_signed_in_by_a_password_that_is_changed_at_that_moment_is_not() {
    let Some(scene) = scene().await else { return };
    let Scene {
        fixture, bystander, ..
    } = &scene;
    let learner = fixture.learner;
    let change =
        format!("BEGIN; UPDATE accounts SET password_hash = 'another' WHERE learner = '{learner}'");
    bystander.run(&change).await;
    let signed_in = fixture.store.sign_in(device(learner, 1));
    let (signed_in, ()) = tokio::join!(signed_in, async {
        bystander.sees_waiting(1, "FOR NO KEY UPDATE OF a").await;
        bystander.run("COMMIT").await;
    });
    assert!(!signed_in.expect("answered"));
    let left = bystander.number("SELECT count(*) FROM sign_ins").await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_address_that_another_gets_while_a_mail_is_confirmed_is_taken() {
    let cases = [
        (MailPurpose::Address, "SET email = $2"),
        (MailPurpose::Register, "INSERT INTO accounts"),
    ];
    for (purpose, words) in cases {
        let Some(scene) = scene().await else { return };
        let Scene {
            fixture, bystander, ..
        } = &scene;
        let whose = (purpose == MailPurpose::Address).then_some(fixture.learner);
        fixture.mailed(1, mail(purpose, whose, WANTED)).await;
        take_the_address(&scene).await;
        let confirmed = fixture.store.confirm(confirmation(1, purpose, None));
        let (confirmed, ()) = tokio::join!(confirmed, async {
            bystander.sees_waiting(1, words).await;
            bystander.run("COMMIT").await;
        });
        assert_eq!(confirmed.expect("answered"), Confirmed::Taken);
        let without_account = bystander
            .number(
                "SELECT count(*) FROM learners l \
                 WHERE NOT EXISTS (SELECT FROM identities i WHERE i.learner = l.id)",
            )
            .await;
        assert_eq!(without_account, 0, "no learner is made for nothing");
    }
}
