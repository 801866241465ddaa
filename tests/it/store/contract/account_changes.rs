//! What changes an account: its password, its address, its name, and what goes with that.

use learnr::store::{
    AccountRow, Confirmed, MailPurpose, NewSignIn, ProviderAccount, ProviderSignIn,
};

use super::accounts::{EMAIL, another, mail, registered_as};
use super::at_provider::arriving;
use super::sign_ins::{LASTS_MS, device};
use crate::store::fixture::{Fixture, NOW, Place, identity};

pub(crate) async fn a_password_reset_ends_every_sign_in_and_what_other_mails_asked_for(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let learner = Some(fixture.learner);
    let bystander = another(&fixture, "bystander").await;
    bystander.register(2, "bystander@example.org").await;
    for (signing_in, byte) in [(&fixture, 11), (&fixture, 12), (&bystander, 13)] {
        signing_in.signed_in(device(signing_in.learner, byte)).await;
    }
    fixture
        .mailed(3, mail(MailPurpose::Reset, learner, EMAIL))
        .await;
    let address = mail(MailPurpose::Address, learner, "new@example.org");
    fixture.mailed(4, address).await;
    let kept = mail(
        MailPurpose::Reset,
        Some(bystander.learner),
        "bystander@example.org",
    );
    fixture.mailed(5, kept).await;
    let expected = AccountRow {
        password_hash: Some("another".to_owned()),
        ..registered_as(fixture.learner, EMAIL)
    };
    let confirmed = fixture.confirm(3, MailPurpose::Reset).await;
    assert_eq!(confirmed, Confirmed::Account(expected.clone()));
    assert_eq!(fixture.account_now().await, Some(expected));
    assert_eq!(fixture.devices(NOW).await, []);
    assert_eq!(bystander.devices(NOW).await.len(), 1);
    let dropped = fixture.confirm(4, MailPurpose::Address).await;
    assert_eq!(dropped, Confirmed::Unknown);
    let confirmed = fixture.confirm(5, MailPurpose::Reset).await;
    assert!(matches!(confirmed, Confirmed::Account(_)), "{confirmed:?}");
}

pub(crate) async fn a_password_changed_keeps_the_device_that_changed_it(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let learner = fixture.learner;
    let change = |from, but| {
        let to = "another".to_owned();
        fixture.store.set_password(learner, Some(from), to, but)
    };
    let guest = change("the first", None).await;
    assert!(!guest.expect("answered"), "a guest has none");
    fixture.register(1, EMAIL).await;
    let this = device(learner, 11);
    for new in [this.clone(), device(learner, 12)] {
        fixture.signed_in(new).await;
    }
    let reset = mail(MailPurpose::Reset, Some(learner), EMAIL);
    fixture.mailed(2, reset).await;
    let changed = change("the first", Some(this.id)).await;
    assert!(changed.expect("answered"));
    let ids: Vec<_> = fixture
        .devices(NOW)
        .await
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(ids, [this.id]);
    let account = fixture.account_now().await.expect("there is one");
    assert_eq!(account.password_hash.as_deref(), Some("another"));
    let dropped = fixture.confirm(2, MailPurpose::Reset).await;
    assert_eq!(dropped, Confirmed::Unknown);
    assert!(change("another", None).await.expect("answered"));
    assert_eq!(fixture.devices(NOW + LASTS_MS - 1).await, []);
}

pub(crate) async fn the_same_password_hashed_anew_signs_nobody_out(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let renew = |from, to: &str| {
        fixture
            .store
            .renew_password(fixture.learner, from, to.to_owned())
    };
    assert!(!renew("the first", "anew").await.expect("answered"));
    fixture.register(1, EMAIL).await;
    for byte in [11, 12] {
        fixture.signed_in(device(fixture.learner, byte)).await;
    }
    let learner = Some(fixture.learner);
    fixture
        .mailed(2, mail(MailPurpose::Reset, learner, EMAIL))
        .await;
    assert!(renew("the first", "anew").await.expect("answered"));
    assert_eq!(fixture.devices(NOW).await.len(), 2);
    // What was changed meanwhile stays.
    assert!(!renew("the first", "later").await.expect("answered"));
    let account = fixture.account_now().await.expect("there is one");
    assert_eq!(account.password_hash.as_deref(), Some("anew"));
    let confirmed = fixture.confirm(2, MailPurpose::Reset).await;
    assert!(matches!(confirmed, Confirmed::Account(_)), "{confirmed:?}");
}

pub(crate) async fn a_password_that_is_another_by_now_is_not_changed(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let learner = fixture.learner;
    // Shown by somebody who knows it, before its owner chooses another by a mail.
    let row = mail(MailPurpose::Reset, Some(learner), EMAIL);
    fixture.mailed(2, row).await;
    let reset = fixture.confirm(2, MailPurpose::Reset).await;
    assert!(matches!(reset, Confirmed::Account(_)), "{reset:?}");
    let owner = NewSignIn {
        password_hash: Some("another".to_owned()),
        ..device(learner, 11)
    };
    fixture.signed_in(owner).await;
    for from in [Some("the first"), None] {
        let to = "the thief's".to_owned();
        let late = fixture.store.set_password(learner, from, to, None).await;
        assert!(!late.expect("answered"), "{from:?}");
    }
    let account = fixture.account_now().await.expect("there is one");
    assert_eq!(account.password_hash.as_deref(), Some("another"));
    assert_eq!(fixture.devices(NOW).await.len(), 1);
}

pub(crate) async fn a_password_reset_ends_what_providers_know_the_account_by(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let learner = fixture.learner;
    let joined = fixture.arrived(arriving("ada", Some(EMAIL))).await;
    assert!(matches!(joined, ProviderAccount::Joined(_)), "{joined:?}");
    let row = mail(MailPurpose::Reset, Some(learner), EMAIL);
    fixture.mailed(2, row).await;
    let reset = fixture.confirm(2, MailPurpose::Reset).await;
    assert!(matches!(reset, Confirmed::Account(_)), "{reset:?}");
    // All but the guest they began as.
    assert_eq!(fixture.known_as(learner).await, ["somebody"]);
    // Who has the address is joined again, and it is told again.
    let joined = fixture.arrived(arriving("ada", Some(EMAIL))).await;
    assert!(matches!(joined, ProviderAccount::Joined(_)), "{joined:?}");
}

pub(crate) async fn who_is_shut_out_is_known_by_no_provider_but_where_nothing_else_is_left(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let store = &fixture.store;
    fixture.arrived(arriving("ada", Some(EMAIL))).await;
    let nowhere = another(&fixture, "nowhere").await;
    let sign_in = ProviderSignIn {
        guest: Some(nowhere.learner),
        ..arriving("eve", None)
    };
    let made = fixture.arrived(sign_in).await;
    assert!(matches!(made, ProviderAccount::Made(_)), "{made:?}");
    for (learner, password_hash, forgotten) in [
        (fixture.learner, Some("the first".to_owned()), 1),
        (nowhere.learner, None, 0),
    ] {
        let new = NewSignIn {
            password_hash,
            ..device(learner, u8::try_from(forgotten).expect("a few"))
        };
        fixture.signed_in(new).await;
        let shut_out = store.shut_out(learner).await;
        assert_eq!(shut_out.expect("answered"), forgotten);
        let left = store.sign_ins(learner, NOW).await.expect("answered");
        assert_eq!(left, []);
    }
    // Everybody began as a guest, who is vouched for by nobody.
    assert_eq!(fixture.known_as(fixture.learner).await, ["somebody"]);
    assert_eq!(fixture.known_as(nowhere.learner).await, ["nowhere", "eve"]);
    let guest = another(&fixture, "guest").await.learner;
    assert_eq!(store.shut_out(guest).await.expect("answered"), 0);
}

pub(crate) async fn an_identity_is_dropped_by_its_learner_but_the_last_way_in(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let store = &fixture.store;
    let eve = arriving("eve", None);
    let learner = eve.fresh;
    fixture.arrived(eve).await;
    let drop = async |learner, identity| {
        let dropped = store.drop_identity(learner, identity).await;
        dropped.expect("answered")
    };
    let of = |subject| arriving(subject, None).identity;
    assert!(!drop(learner, of("eve")).await, "nothing else is left");
    assert!(!drop(fixture.learner, of("eve")).await, "another's");
    fixture.register(1, EMAIL).await;
    for subject in ["ada", "ada at work"] {
        fixture.arrived(arriving(subject, Some(EMAIL))).await;
    }
    for subject in ["ada", "ada at work"] {
        assert!(!drop(learner, of(subject)).await, "another's");
        assert!(drop(fixture.learner, of(subject)).await, "{subject}");
        assert!(!drop(fixture.learner, of(subject)).await, "gone");
    }
    assert!(
        !drop(fixture.learner, identity("somebody")).await,
        "a guest"
    );
    assert_eq!(fixture.known_as(fixture.learner).await, ["somebody"]);
    assert_eq!(fixture.known_as(learner).await, ["eve"]);
}

pub(crate) async fn an_address_changes_by_a_mail_to_it_and_mails_to_the_old_one_are_worth_nothing(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let learner = Some(fixture.learner);
    fixture
        .mailed(2, mail(MailPurpose::Reset, learner, EMAIL))
        .await;
    let address = mail(MailPurpose::Address, learner, "new@example.org");
    fixture.mailed(3, address).await;
    let confirmed = fixture.confirm(3, MailPurpose::Address).await;
    let expected = registered_as(fixture.learner, "new@example.org");
    assert_eq!(confirmed, Confirmed::Account(expected));
    assert_eq!(fixture.holder(EMAIL).await, None);
    assert_eq!(fixture.holder("NEW@example.org").await, learner);
    let dropped = fixture.confirm(2, MailPurpose::Reset).await;
    assert_eq!(dropped, Confirmed::Unknown);
    // The same address in other letters is nobody else's.
    let cased = mail(MailPurpose::Address, learner, "New@Example.org");
    fixture.mailed(4, cased).await;
    let confirmed = fixture.confirm(4, MailPurpose::Address).await;
    let expected = registered_as(fixture.learner, "New@Example.org");
    assert_eq!(confirmed, Confirmed::Account(expected));
}

pub(crate) async fn a_name_is_changed_and_a_guest_has_none(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let change = |name: &str| fixture.store.set_name(fixture.learner, name.to_owned());
    assert!(!change("Lovelace").await.expect("answered"));
    fixture.register(1, EMAIL).await;
    for name in ["Lovelace", ""] {
        assert!(change(name).await.expect("answered"));
        let expected = AccountRow {
            name: name.to_owned(),
            ..registered_as(fixture.learner, EMAIL)
        };
        assert_eq!(fixture.account_now().await, Some(expected));
    }
}
