//! Who gets an account, by a mail or at a provider.

use std::sync::Arc;

use learnr::store::{
    AccountRow, Confirmation, Confirmed, LearnerId, MailPurpose, MailTokenRow, StoreError,
    TokenHash,
};
use uuid::Uuid;

use crate::store::fixture::{Fixture, NOW, Place, identity};

pub(crate) const EMAIL: &str = "Ada@example.org";
pub(crate) const MAIL_MS: i64 = 30 * 60_000;
/// Confirmations that race.
const RIVALS: u8 = 8;

pub(crate) fn hash(byte: u8) -> TokenHash {
    TokenHash([byte; 32])
}

pub(crate) fn somebody_new() -> LearnerId {
    LearnerId(Uuid::new_v4())
}

/// Another learner of the same store.
pub(crate) async fn another(fixture: &Fixture, subject: &str) -> Fixture {
    let learner = fixture.store.learner_for(identity(subject), NOW).await;
    Fixture {
        store: Arc::clone(&fixture.store),
        learner: learner.expect("learner is stored"),
    }
}

/// What a mail asks for.
pub(crate) fn mail(purpose: MailPurpose, learner: Option<LearnerId>, email: &str) -> MailTokenRow {
    MailTokenRow {
        purpose,
        learner,
        email: email.to_owned(),
        name: "Ada".to_owned(),
        created_at: NOW,
        expires_at: NOW + MAIL_MS,
    }
}

/// The account that registering makes.
pub(crate) fn registered_as(learner: LearnerId, email: &str) -> AccountRow {
    AccountRow {
        learner,
        email: Some(email.to_owned()),
        password_hash: Some("the first".to_owned()),
        name: "Ada".to_owned(),
        created_at: NOW + 1,
    }
}

/// What whoever reads a mail hands back, in the browser of `guest`: the password that their purpose needs.
pub(crate) fn confirmation(
    byte: u8,
    purpose: MailPurpose,
    guest: Option<LearnerId>,
) -> Confirmation {
    let password = match purpose {
        MailPurpose::Register => Some("the first"),
        MailPurpose::Reset => Some("another"),
        MailPurpose::Address => None,
    };
    Confirmation {
        hash: hash(byte),
        purpose,
        guest,
        fresh: somebody_new(),
        password_hash: password.map(str::to_owned),
        now_ms: NOW + 1,
    }
}

impl Fixture {
    pub(crate) async fn mailed(&self, byte: u8, row: MailTokenRow) {
        let saved = self.store.save_mail_token(hash(byte), row).await;
        saved.expect("the mail is stored");
    }

    pub(crate) async fn confirm(&self, byte: u8, purpose: MailPurpose) -> Confirmed {
        let read = confirmation(byte, purpose, Some(self.learner));
        self.store.confirm(read).await.expect("answered")
    }

    /// Makes an account of the learner.
    pub(crate) async fn register(&self, byte: u8, email: &str) {
        let row = mail(MailPurpose::Register, Some(self.learner), email);
        self.mailed(byte, row).await;
        let account = registered_as(self.learner, email);
        let confirmed = self.confirm(byte, MailPurpose::Register).await;
        assert_eq!(confirmed, Confirmed::Account(account));
    }

    pub(crate) async fn account_now(&self) -> Option<AccountRow> {
        let account = self.store.account(self.learner).await;
        account.expect("answered")
    }

    pub(crate) async fn holder(&self, email: &str) -> Option<LearnerId> {
        let account = self.store.account_by_email(email).await;
        account.expect("answered").map(|account| account.learner)
    }
}

pub(crate) async fn a_guest_who_registers_keeps_their_id(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let learner = fixture.learner;
    let caller = || fixture.store.caller(learner, None, NOW);
    let guest = caller().await.expect("answered").expect("a learner");
    assert!(!guest.has_account && guest.roles.is_empty());
    assert_eq!(fixture.account_now().await, None);
    fixture.register(1, EMAIL).await;
    let account = registered_as(learner, EMAIL);
    assert_eq!(fixture.account_now().await, Some(account));
    for email in [EMAIL, "ada@example.org", "ADA@EXAMPLE.ORG"] {
        assert_eq!(fixture.holder(email).await, Some(learner), "{email}");
    }
    assert_eq!(fixture.holder("bob@example.org").await, None);
    let caller = caller().await.expect("answered").expect("a learner");
    assert!(caller.has_account && caller.roles.is_empty());
}

pub(crate) async fn who_was_no_guest_becomes_a_new_learner(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let fresh = somebody_new();
    let row = mail(MailPurpose::Register, None, EMAIL);
    fixture.mailed(1, row).await;
    let read = Confirmation {
        fresh,
        ..confirmation(1, MailPurpose::Register, None)
    };
    let confirmed = fixture.store.confirm(read).await;
    let account = registered_as(fresh, EMAIL);
    assert_eq!(confirmed.expect("answered"), Confirmed::Account(account));
    let learner = fixture.store.learner(fresh).await.expect("answered");
    assert_eq!(learner.expect("there is one").created_at, NOW + 1);
    assert_eq!(fixture.holder(EMAIL).await, Some(fresh));
}

pub(crate) async fn who_asks_for_an_account_in_anothers_name_has_no_part_in_it(place: &dyn Place) {
    let stranger = Fixture::at(place).await;
    let owner = another(&stranger, "owner").await;
    let asked = mail(MailPurpose::Register, Some(stranger.learner), EMAIL);
    for (byte, guest) in [(1, Some(owner.learner)), (2, None)] {
        let row = MailTokenRow {
            email: format!("{byte}{EMAIL}"),
            ..asked.clone()
        };
        stranger.mailed(byte, row.clone()).await;
        let told = stranger.store.mail_token(hash(byte), NOW + 1).await;
        assert_eq!(told.expect("answered"), Some(row));
        let read = confirmation(byte, MailPurpose::Register, guest);
        let (fresh, store) = (read.fresh, &stranger.store);
        let confirmed = store.confirm(read).await.expect("answered");
        let made = registered_as(fresh, &format!("{byte}{EMAIL}"));
        assert_eq!(confirmed, Confirmed::Account(made));
    }
    assert_eq!(stranger.account_now().await, None);
    assert_eq!(owner.account_now().await, None);
}

pub(crate) async fn an_account_is_not_made_without_a_password(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let row = mail(MailPurpose::Register, None, EMAIL);
    fixture.mailed(1, row.clone()).await;
    let read = Confirmation {
        password_hash: None,
        ..confirmation(1, MailPurpose::Register, None)
    };
    let confirmed = fixture.store.confirm(read).await;
    assert!(matches!(confirmed, Err(StoreError::Rejected(_))));
    let told = |now_ms| fixture.store.mail_token(hash(1), now_ms);
    assert_eq!(told(NOW + 1).await.expect("answered"), Some(row));
    assert_eq!(told(NOW + MAIL_MS).await.expect("answered"), None);
}

pub(crate) async fn a_guest_who_has_an_account_by_now_is_not_given_another(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let row = mail(
        MailPurpose::Register,
        Some(fixture.learner),
        "b@example.org",
    );
    fixture.mailed(2, row).await;
    fixture.register(1, EMAIL).await;
    let Confirmed::Account(second) = fixture.confirm(2, MailPurpose::Register).await else {
        panic!("whoever reads that mailbox gets an account");
    };
    assert_ne!(second.learner, fixture.learner, "it is of its own");
    assert_eq!(fixture.holder(EMAIL).await, Some(fixture.learner));
}

pub(crate) async fn a_mail_is_confirmed_once_for_its_purpose_and_in_time(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let register = MailPurpose::Register;
    let late = MailTokenRow {
        expires_at: NOW + 1,
        ..mail(register, None, "late@example.org")
    };
    fixture.mailed(2, late).await;
    let row = mail(register, Some(fixture.learner), EMAIL);
    fixture.mailed(1, row).await;
    for (byte, purpose) in [
        (1, MailPurpose::Reset),
        (1, MailPurpose::Address),
        (2, register),
        (3, register),
    ] {
        let confirmed = fixture.confirm(byte, purpose).await;
        assert_eq!(confirmed, Confirmed::Unknown, "{byte} for {purpose:?}");
    }
    let confirmed = fixture.confirm(1, register).await;
    assert!(matches!(confirmed, Confirmed::Account(_)), "{confirmed:?}");
    assert_eq!(fixture.confirm(1, register).await, Confirmed::Unknown);
}

/// Confirms mails for registering at once, each with the guest who asked for it, if any.
async fn at_once(fixture: &Fixture, mails: &[(u8, Option<LearnerId>)]) -> Vec<Confirmed> {
    let rivals: Vec<_> = mails
        .iter()
        .map(|(byte, guest)| {
            let store = Arc::clone(&fixture.store);
            let read = confirmation(*byte, MailPurpose::Register, *guest);
            tokio::spawn(async move { store.confirm(read).await })
        })
        .collect();
    let mut confirmed = Vec::new();
    for rival in rivals {
        confirmed.push(rival.await.expect("no panic").expect("answered"));
    }
    confirmed
}

fn made(confirmed: &[Confirmed]) -> usize {
    let made = confirmed
        .iter()
        .filter(|one| matches!(one, Confirmed::Account(_)));
    made.count()
}

pub(crate) async fn of_confirmations_at_once_exactly_one_does_what_was_asked(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture
        .mailed(1, mail(MailPurpose::Register, None, EMAIL))
        .await;
    let confirmed = at_once(&fixture, &[(1, None); RIVALS as usize]).await;
    assert_eq!(made(&confirmed), 1, "{confirmed:?}");
    assert!(!confirmed.contains(&Confirmed::Taken), "{confirmed:?}");
}

pub(crate) async fn of_accounts_made_at_once_one_gets_the_address(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut mails = Vec::new();
    for byte in 1..=RIVALS {
        let guest = another(&fixture, &format!("guest-{byte}")).await.learner;
        let row = mail(MailPurpose::Register, Some(guest), EMAIL);
        fixture.mailed(byte, row).await;
        mails.push((byte, Some(guest)));
    }
    let confirmed = at_once(&fixture, &mails).await;
    assert_eq!(made(&confirmed), 1, "{confirmed:?}");
    let taken = confirmed.iter().filter(|one| **one == Confirmed::Taken);
    assert_eq!(taken.count(), mails.len() - 1, "{confirmed:?}");
}

pub(crate) async fn an_address_taken_meanwhile_is_said_once(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let other = another(&fixture, "other").await;
    other.register(2, "other@example.org").await;
    let register = mail(MailPurpose::Register, None, "ADA@example.org");
    fixture.mailed(3, register).await;
    let address = mail(MailPurpose::Address, Some(other.learner), "aDa@example.org");
    fixture.mailed(4, address).await;
    fixture.register(1, EMAIL).await;
    for (byte, purpose) in [(3, MailPurpose::Register), (4, MailPurpose::Address)] {
        let confirmed = fixture.confirm(byte, purpose).await;
        assert_eq!(confirmed, Confirmed::Taken, "{purpose:?}");
        let again = fixture.confirm(byte, purpose).await;
        assert_eq!(again, Confirmed::Unknown, "{purpose:?}");
    }
    assert_eq!(fixture.holder(EMAIL).await, Some(fixture.learner));
    let holder = fixture.holder("other@example.org").await;
    assert_eq!(holder, Some(other.learner));
}

pub(crate) async fn a_later_mail_takes_the_place_of_an_earlier_one(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let guest = Some(fixture.learner);
    for (byte, learner) in [(1, guest), (2, guest), (3, None), (4, None)] {
        let row = mail(MailPurpose::Register, learner, EMAIL);
        fixture.mailed(byte, row).await;
    }
    let elsewhere = mail(MailPurpose::Register, guest, "elsewhere@example.org");
    fixture.mailed(5, elsewhere).await;
    for replaced in [1, 3] {
        let confirmed = fixture.confirm(replaced, MailPurpose::Register).await;
        assert_eq!(confirmed, Confirmed::Unknown, "{replaced}");
    }
    for kept in [2, 5] {
        let confirmed = fixture.confirm(kept, MailPurpose::Register).await;
        assert!(matches!(confirmed, Confirmed::Account(_)), "{kept}");
    }
    let nobody = mail(MailPurpose::Reset, Some(somebody_new()), EMAIL);
    let saved = fixture.store.save_mail_token(hash(6), nobody).await;
    assert!(matches!(saved, Err(StoreError::Rejected(_))), "{saved:?}");
}

pub(crate) async fn what_mails_ask_for_is_told_to_whose_it_is_while_it_can_be_used(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let other = another(&fixture, "other").await;
    let asked = |ms: i64, email: &str| MailTokenRow {
        created_at: NOW + ms,
        expires_at: NOW + ms + MAIL_MS,
        ..mail(MailPurpose::Register, Some(fixture.learner), email)
    };
    let later = asked(5, "later@example.org");
    let first = asked(0, "first@example.org");
    fixture.mailed(1, later.clone()).await;
    fixture.mailed(2, first.clone()).await;
    let nobodys = mail(MailPurpose::Register, None, "first@example.org");
    fixture.mailed(3, nobodys).await;
    let mails = async |learner, now_ms, limit| {
        let mails = fixture.store.mails_of(learner, now_ms, limit).await;
        mails.expect("answered")
    };
    let learner = fixture.learner;
    assert_eq!(mails(learner, NOW, 1).await, std::slice::from_ref(&first));
    assert_eq!(mails(learner, NOW, 9).await, [first, later.clone()]);
    assert_eq!(mails(learner, NOW + MAIL_MS, 9).await, [later]);
    assert_eq!(mails(other.learner, NOW, 9).await, []);
}
