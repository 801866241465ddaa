//! Each write to accounts whose commit is never heard of: it is done once, and says what it would have said.

use learnr::store::{
    AccountRow, Confirmation, Confirmed, LearnerId, MailPurpose, ProviderAccount, ProviderSignIn,
    RoleName, Rotation, TakenRole, TokenHash,
};

use super::unheard::{Scene, scene};
use crate::harness::postgres::left_out;
use crate::store::contract::accounts::{EMAIL, confirmation, hash, mail, somebody_new};
use crate::store::contract::at_provider::{arriving, made_for};
use crate::store::contract::keeping::{bookmark, complaint, preferences};
use crate::store::contract::roles::entry;
use crate::store::contract::sign_ins::{LASTS_MS, device};
use crate::store::fixture::{CERTIFICATION, NOW};

const LEEWAY_MS: i64 = 10_000;

impl Scene {
    /// Confirms a mail without hearing that it was done.
    async fn confirmed(&self, byte: u8, purpose: MailPurpose, fresh: LearnerId) -> Confirmed {
        let read = Confirmation {
            fresh,
            ..confirmation(byte, purpose, Some(self.fixture.learner))
        };
        let call = self.fixture.store.confirm(read);
        let confirmed = self.unheard("COMMIT", call).await.expect("answered");
        let again = self.fixture.confirm(byte, purpose).await;
        assert_eq!(again, Confirmed::Unknown, "it was forgotten");
        confirmed
    }

    /// Uses a token without hearing that it was done.
    async fn rotated(&self, token: TokenHash, next: TokenHash, now_ms: i64) -> Rotation {
        let call = self.fixture.store.rotate(token, next, now_ms, LEEWAY_MS);
        self.unheard("COMMIT", call).await.expect("answered")
    }
}

fn account(confirmed: Confirmed) -> AccountRow {
    match confirmed {
        Confirmed::Account(account) => account,
        other => panic!("it found itself in its own way: {other:?}"),
    }
}

#[tokio::test]
async fn what_a_mail_asks_for_is_done_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let (fixture, fresh) = (&scene.fixture, somebody_new());
    let row = mail(MailPurpose::Register, None, EMAIL);
    let mailed = fixture.mailed(1, row);
    scene.unheard("INSERT INTO mail_tokens", mailed).await;
    assert_eq!(scene.count("mail_tokens"), "1");
    let made = account(scene.confirmed(1, MailPurpose::Register, fresh).await);
    assert_eq!((made.learner, made.email.as_deref()), (fresh, Some(EMAIL)));
    let counts = (scene.count("accounts"), scene.count("learners"));
    assert_eq!(counts, ("1".to_owned(), "2".to_owned()));
    let guest = mail(
        MailPurpose::Register,
        Some(fixture.learner),
        "b@example.org",
    );
    fixture.mailed(2, guest).await;
    let made = scene.confirmed(2, MailPurpose::Register, somebody_new());
    assert_eq!(account(made.await).learner, fixture.learner);
    let address = mail(MailPurpose::Address, Some(fresh), "new@example.org");
    fixture.mailed(3, address).await;
    let moved = scene.confirmed(3, MailPurpose::Address, somebody_new());
    assert_eq!(
        account(moved.await).email.as_deref(),
        Some("new@example.org")
    );
    let reset = mail(MailPurpose::Reset, Some(fresh), "new@example.org");
    fixture.mailed(4, reset).await;
    let reset = scene.confirmed(4, MailPurpose::Reset, somebody_new());
    assert_eq!(
        account(reset.await).password_hash.as_deref(),
        Some("another")
    );
    let taken = mail(MailPurpose::Register, None, "NEW@example.org");
    fixture.mailed(5, taken).await;
    let taken = scene.confirmed(5, MailPurpose::Register, somebody_new());
    assert_eq!(taken.await, Confirmed::Taken);
    assert_eq!(scene.count("accounts"), "2");
}

#[tokio::test]
async fn an_account_is_made_and_changed_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    let wanted = made_for(learner, Some(EMAIL));
    let guest = ProviderSignIn {
        guest: Some(learner),
        ..arriving("ada", Some(EMAIL))
    };
    let made = store.account_at_provider(guest);
    let made = scene.unheard("COMMIT", made).await;
    assert_eq!(
        made.expect("answered"),
        ProviderAccount::Made(wanted.clone())
    );
    let joined = store.account_at_provider(arriving("ada at work", Some(EMAIL)));
    let joined = scene.unheard("COMMIT", joined).await;
    assert_eq!(
        joined.expect("answered"),
        ProviderAccount::Joined(wanted.clone()),
        "its owner is to be told"
    );
    let named = store.set_name(learner, "Lovelace".to_owned());
    let named = scene.unheard("SET name", named).await;
    assert!(named.expect("answered"));
    let changed = store.set_password(learner, None, "another".to_owned(), None);
    let changed = scene.unheard("COMMIT", changed).await;
    assert!(changed.expect("answered"));
    let shut_out = scene.unheard("COMMIT", store.shut_out(learner)).await;
    assert_eq!(shut_out.expect("answered"), 2, "it was known by two");
    let renewed = store.renew_password(learner, "another", "anew".to_owned());
    let renewed = scene.unheard("IN ($2, $3)", renewed).await;
    assert!(renewed.expect("answered"));
    let expected = AccountRow {
        name: "Lovelace".to_owned(),
        password_hash: Some("anew".to_owned()),
        ..wanted
    };
    assert_eq!(scene.fixture.account_now().await, Some(expected));
}

#[tokio::test]
async fn a_device_is_signed_in_kept_so_and_signed_out_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    scene.fixture.register(255, EMAIL).await;
    let new = device(learner, 1);
    let signed_in = scene.unheard("COMMIT", store.sign_in(new.clone()));
    assert!(signed_in.await.expect("answered"));
    let counts = (scene.count("sign_ins"), scene.count("refresh_tokens"));
    assert_eq!(counts, ("1".to_owned(), "1".to_owned()));
    let rotated = Rotation::Rotated {
        learner,
        sign_in: new.id,
    };
    // The token was spent by the attempt nobody heard of: not by a thief.
    assert_eq!(scene.rotated(hash(1), hash(2), NOW + 1).await, rotated);
    assert_eq!(scene.count("refresh_tokens"), "2");
    // Lost, and given again in its place: by whom nobody heard of that, it is not taken for another's either.
    let late = NOW + 1 + 2 * LEEWAY_MS;
    assert_eq!(scene.rotated(hash(1), hash(5), late).await, rotated);
    assert_eq!(scene.rotated(hash(5), hash(3), late).await, rotated);
    let reused = Rotation::Reused { learner };
    let late = late + 2 * LEEWAY_MS;
    assert_eq!(scene.rotated(hash(1), hash(4), late).await, reused);
    let counts = (scene.count("sign_ins"), scene.count("refresh_tokens"));
    assert_eq!(counts, ("0".to_owned(), "0".to_owned()));
    for byte in [11, 12] {
        scene.fixture.signed_in(device(learner, byte)).await;
    }
    let ended = scene.unheard("COMMIT", store.sign_out(learner, None));
    assert_eq!(ended.await.expect("answered"), 2);
    scene.fixture.signed_in(device(learner, 13)).await;
    let swept = store.sweep_accounts(NOW + 2 * LASTS_MS, 10);
    let swept = scene.unheard("DELETE FROM sign_ins s", swept).await;
    swept.expect("answered");
    assert_eq!(scene.count("sign_ins"), "0");
}

/// Another admin.
async fn somebody_with_a_role(scene: &Scene) -> LearnerId {
    let store = &scene.fixture.store;
    let sign_in = arriving("eve", None);
    let other = sign_in.fresh;
    let made = store.account_at_provider(sign_in).await;
    made.expect("answered");
    let set = store.set_role(other, RoleName::Admin, true, entry(6, "grant"));
    assert_eq!(set.await.expect("answered"), Some(true));
    other
}

#[tokio::test]
async fn what_admins_do_is_done_and_written_down_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    scene.fixture.register(255, EMAIL).await;
    for (granted, ms, action) in [(true, 1, "grant"), (false, 2, "take")] {
        let set = store.set_role(learner, RoleName::Admin, granted, entry(ms, action));
        let set = scene.unheard("COMMIT", set).await;
        assert_eq!(set.expect("answered"), Some(true), "{action}");
    }
    for (granted, ms, action) in [(true, 3, "enter"), (false, 4, "strike")] {
        let set = store.set_author(learner, CERTIFICATION, granted, entry(ms, action));
        let set = scene.unheard("COMMIT", set).await;
        assert_eq!(set.expect("answered"), Some(true), "{action}");
    }
    let added = store.add_audit(entry(5, "sign-out"));
    scene.unheard("COMMIT", added).await.expect("answered");
    let other = somebody_with_a_role(&scene).await;
    let set = store.set_role(learner, RoleName::Admin, true, entry(7, "grant"));
    assert_eq!(set.await.expect("answered"), Some(true));
    let taken = store.take_role_but_the_last(other, RoleName::Admin, entry(8, "take"));
    let taken = scene.unheard("COMMIT", taken).await;
    assert_eq!(taken.expect("answered"), Some(TakenRole::Taken));
    let written = [
        entry(8, "take"),
        entry(7, "grant"),
        entry(6, "grant"),
        entry(5, "sign-out"),
        entry(4, "strike"),
        entry(3, "enter"),
        entry(2, "take"),
        entry(1, "grant"),
    ];
    assert_eq!(scene.fixture.audited().await, written);
}

#[tokio::test]
async fn what_learners_keep_and_complain_of_is_stored_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    let preferred = store.save_preferences(learner, preferences("dark"));
    let preferred = scene.unheard("INSERT INTO preferences", preferred).await;
    assert!(preferred.expect("answered"));
    let stopped = store.stop_reminders(learner);
    let stopped = scene.unheard("UPDATE preferences", stopped).await;
    stopped.expect("answered");
    let marked = store.save_bookmark(learner, bookmark("q1", "again", 0));
    let marked = scene.unheard("INSERT INTO bookmarks", marked).await;
    assert!(marked.expect("answered"));
    assert_eq!(scene.fixture.marked().await, [bookmark("q1", "again", 0)]);
    let dropped = store.drop_bookmark(learner, CERTIFICATION, "q1");
    let dropped = scene.unheard("COMMIT", dropped).await;
    assert!(dropped.expect("answered"), "there was one");
    let complained = scene.fixture.complain(complaint(learner, "q1", "unclear"));
    scene.unheard("INSERT INTO item_reports", complained).await;
    assert_eq!(scene.fixture.complaints().await.len(), 1);
}
