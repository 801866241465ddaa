//! An account that is deleted: what goes with it, what stays without a name, what comes too late.

use std::sync::Arc;

use learnr::store::{
    Beginning, Confirmed, Holdings, MailPurpose, REPORTS_OF_NOBODY_MS, RoleName, Rotation,
    StoreError,
};

use super::accounts::{EMAIL, another, confirmation, hash, mail};
use super::keeping::{bookmark, complaint, preferences};
use super::roles::entry;
use super::sign_ins::device;
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place};

/// Rounds of a race: some end one way, some the other.
const ROUNDS: u8 = 20;

/// What a store of sessions does to them is held elsewhere.
fn strip(beginning: Beginning) -> Beginning {
    beginning
}

/// Gives a learner an account with something in every table: tokens 1 and 2 are spent, 3 to 5 wait.
pub(crate) async fn furnish(fixture: &Fixture) {
    let (store, learner) = (&fixture.store, fixture.learner);
    fixture.register(1, EMAIL).await;
    fixture.signed_in(device(learner, 2)).await;
    let rotated = store.rotate(hash(2), hash(3), NOW + 1, 0).await;
    assert!(matches!(rotated, Ok(Rotation::Rotated { .. })));
    for (byte, purpose) in [(4, MailPurpose::Reset), (5, MailPurpose::Address)] {
        fixture
            .mailed(byte, mail(purpose, Some(learner), EMAIL))
            .await;
    }
    let granted = store.set_role(learner, RoleName::Author, true, entry(1, "role.grant"));
    assert_eq!(granted.await.expect("answered"), Some(true));
    let entered = store.set_author(learner, CERTIFICATION, true, entry(2, "author.enter"));
    assert_eq!(entered.await.expect("answered"), Some(true));
    let saved = store.save_preferences(learner, preferences("dark")).await;
    assert!(saved.expect("answered"));
    let saved = store.save_bookmark(learner, bookmark("q1", "a note", 0));
    assert!(saved.await.expect("answered"));
    for item in ["q1", "q2"] {
        fixture
            .complain(complaint(learner, item, "it is unclear"))
            .await;
    }
}

/// Holds that nothing of the account is to be had by any way.
async fn assert_gone(fixture: &Fixture) {
    let (store, learner) = (&fixture.store, fixture.learner);
    assert_eq!(fixture.account_now().await, None);
    let by_email = store.account_by_email(EMAIL).await;
    assert_eq!(by_email.expect("answered"), None);
    let caller = store.caller(learner, None, NOW).await;
    assert_eq!(caller.expect("answered"), None);
    assert_eq!(fixture.devices(NOW).await, []);
    for byte in 2..=3 {
        let rotation = store.rotate(hash(byte), hash(9), NOW + 2, 0).await;
        assert_eq!(rotation.expect("answered"), Rotation::Unknown);
    }
    for (byte, purpose) in [(4, MailPurpose::Reset), (5, MailPurpose::Address)] {
        let confirmed = fixture.confirm(byte, purpose).await;
        assert_eq!(confirmed, Confirmed::Unknown);
    }
    let people = store.people(None, None, 10).await;
    assert_eq!(people.expect("answered"), []);
    let authored = store.authored(learner).await;
    assert_eq!(authored.expect("answered"), [""; 0]);
    let preferences = store.preferences(learner).await;
    assert_eq!(preferences.expect("answered"), None);
    assert_eq!(fixture.marked().await, []);
}

pub(crate) async fn a_deleted_account_leaves_nothing_but_reports_that_name_nobody(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    furnish(&fixture).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let (reports, written) = (fixture.complaints().await, fixture.audited().await);
    let kept = Holdings {
        identities: 1,
        account: 6,
        notes: 2,
        reports: 2,
        ..Holdings::default()
    };
    let holdings = store.holdings(learner).await;
    assert_eq!(holdings.expect("answered"), Some(kept));
    let deleted = store.delete_learner(learner, strip).await;
    assert_eq!(deleted.expect("answered"), Some(kept));
    assert_gone(&fixture).await;
    assert_eq!(fixture.complaints().await, reports);
    assert_eq!(fixture.audited().await, written);
    // The address is anybody's again, and what the next learner says stands beside what nobody said.
    let next = another(&fixture, "next").await;
    next.register(6, EMAIL).await;
    next.complain(complaint(next.learner, "q1", "mine")).await;
    assert_eq!(fixture.complaints().await.len(), 3);
    assert_eq!(next.devices(NOW).await, []);
}

pub(crate) async fn two_deleted_accounts_may_have_said_the_same(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for byte in [1, 2] {
        let leaver = another(&fixture, &format!("leaver-{byte}")).await;
        let report = complaint(leaver.learner, "q1", "the same");
        leaver.complain(report).await;
        let deleted = leaver.store.delete_learner(leaver.learner, strip).await;
        let kept = deleted.expect("answered").expect("there was one");
        assert_eq!(kept.reports, 1);
    }
    assert_eq!(fixture.complaints().await.len(), 2);
}

pub(crate) async fn what_a_deleted_account_said_is_kept_for_a_year(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let leaver = another(&fixture, "leaver").await;
    for item in ["q1", "q2"] {
        let report = complaint(leaver.learner, item, "of nobody");
        leaver.complain(report).await;
    }
    let stays = complaint(fixture.learner, "q1", "of somebody");
    fixture.complain(stays).await;
    let deleted = fixture.store.delete_learner(leaver.learner, strip).await;
    deleted.expect("answered").expect("there was one");
    let sweep = |now_ms| fixture.store.sweep_accounts(now_ms, 1);
    let year = NOW + REPORTS_OF_NOBODY_MS;
    assert_eq!(sweep(year - 1).await.expect("answered"), 0);
    for dropped in [1, 1, 0] {
        assert_eq!(sweep(year).await.expect("answered"), dropped);
    }
    let left = fixture.complaints().await;
    let left: Vec<_> = left.iter().map(|report| &*report.note).collect();
    assert_eq!(left, ["of somebody"]);
}

pub(crate) async fn nothing_is_kept_for_who_has_gone(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    furnish(&fixture).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let deleted = store.delete_learner(learner, strip).await;
    deleted.expect("answered").expect("there was one");
    let written = fixture.audited().await;
    let saved = [
        store.save_preferences(learner, preferences("late")).await,
        store
            .save_bookmark(learner, bookmark("q1", "late", 0))
            .await,
        store.sign_in(device(learner, 7)).await,
        store
            .set_password(learner, Some("the first"), "late".to_owned(), None)
            .await,
    ];
    for saved in saved {
        assert!(!saved.expect("answered"));
    }
    let role = store.set_role(learner, RoleName::Admin, true, entry(8, "late"));
    assert_eq!(role.await.expect("answered"), None);
    let author = store.set_author(learner, CERTIFICATION, true, entry(9, "late"));
    assert_eq!(author.await.expect("answered"), None);
    let mailed = store.save_mail_token(hash(8), mail(MailPurpose::Reset, Some(learner), EMAIL));
    let reported = store.report_item(complaint(learner, "q1", "late"));
    for refused in [mailed.await, reported.await] {
        assert!(
            matches!(refused, Err(StoreError::Rejected(_))),
            "{refused:?}"
        );
    }
    assert_gone(&fixture).await;
    assert_eq!(fixture.audited().await, written);
    assert_eq!(fixture.complaints().await.len(), 2);
}

pub(crate) async fn an_account_made_while_its_learner_is_deleted_is_gone(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        let learner = leaver.learner;
        let address = format!("{round}@example.org");
        let asked = mail(MailPurpose::Register, Some(learner), &address);
        leaver.mailed(round, asked).await;
        let store = Arc::clone(&leaver.store);
        let read = confirmation(round, MailPurpose::Register, Some(learner));
        let confirmation = tokio::spawn(async move { store.confirm(read).await });
        let deleted = leaver.store.delete_learner(learner, strip).await;
        let kept = deleted.expect("answered").expect("there was one");
        let confirmed = confirmation.await.expect("no panic").expect("answered");
        match confirmed {
            Confirmed::Account(account) => {
                assert_eq!((account.learner, kept.account), (learner, 1), "{round}");
            }
            other => assert_eq!(other, Confirmed::Unknown, "{round}"),
        }
        let found = leaver.store.account_by_email(&address).await;
        assert_eq!(found.expect("answered"), None, "{round}");
    }
}

pub(crate) async fn a_device_signed_in_while_its_learner_is_deleted_is_gone(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        leaver.register(100, &format!("{round}@example.org")).await;
        let (learner, token) = (leaver.learner, round + 1);
        leaver.signed_in(device(learner, token)).await;
        let store = Arc::clone(&leaver.store);
        let racing = tokio::spawn(async move {
            let rotated = store.rotate(hash(token), hash(200), NOW + 1, 0).await;
            (rotated, store.sign_in(device(learner, 150)).await)
        });
        let deleted = leaver.store.delete_learner(learner, strip).await;
        deleted.expect("answered").expect("there was one");
        let (rotated, signed_in) = racing.await.expect("no panic");
        rotated.expect("answered");
        signed_in.expect("answered");
        assert_eq!(leaver.devices(NOW).await, [], "{round}");
        for byte in [token, 150, 200] {
            let rotation = leaver.store.rotate(hash(byte), hash(201), NOW + 1, 0).await;
            assert_eq!(rotation.expect("answered"), Rotation::Unknown, "{round}");
        }
    }
}
