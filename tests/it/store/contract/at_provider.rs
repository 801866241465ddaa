//! Whose account it is that somebody signs in to at a provider.

use std::sync::Arc;

use learnr::store::{
    AccountRow, Beginning, Identity, LearnerId, ProviderAccount, ProviderSignIn, RoleName,
};

use super::accounts::{EMAIL, another, registered_as, somebody_new};
use super::roles::entry;
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place};

/// Sign-ins that race.
const RIVALS: usize = 8;

/// Somebody whom a provider calls `subject`.
pub(crate) fn arriving(subject: &str, email: Option<&str>) -> ProviderSignIn {
    ProviderSignIn {
        identity: Identity {
            issuer: "https://id.example".to_owned(),
            subject: subject.to_owned(),
        },
        email: email.map(str::to_owned),
        name: "Ada".to_owned(),
        guest: None,
        fresh: somebody_new(),
        now_ms: NOW + 1,
    }
}

/// The account that somebody gets who has none.
pub(crate) fn made_for(learner: LearnerId, email: Option<&str>) -> AccountRow {
    AccountRow {
        email: email.map(str::to_owned),
        password_hash: None,
        ..registered_as(learner, "")
    }
}

impl Fixture {
    pub(crate) async fn arrived(&self, sign_in: ProviderSignIn) -> ProviderAccount {
        let found = self.store.account_at_provider(sign_in).await;
        found.expect("answered")
    }

    /// Who the learner is known as.
    pub(crate) async fn known_as(&self, learner: LearnerId) -> Vec<String> {
        let row = self.store.learner(learner).await.expect("answered");
        let identities = row.expect("there is one").identities;
        let subjects = identities.into_iter().map(|row| row.identity.subject);
        subjects.collect()
    }
}

pub(crate) async fn who_comes_first_gets_an_account_and_the_same_ever_after(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let first = arriving("ada", Some(EMAIL));
    let account = made_for(first.fresh, Some(EMAIL));
    let made = ProviderAccount::Made(account.clone());
    assert_eq!(fixture.arrived(first).await, made);
    // Another address at the provider changes nothing here.
    for email in [Some(EMAIL), Some("later@example.org"), None] {
        let known = fixture.arrived(arriving("ada", email)).await;
        assert_eq!(known, ProviderAccount::Known(account.clone()), "{email:?}");
    }
    let other = ProviderSignIn {
        identity: Identity {
            issuer: "https://other.example".to_owned(),
            subject: "ada".to_owned(),
        },
        ..arriving("", None)
    };
    let nobody_known = made_for(other.fresh, None);
    let made = fixture.arrived(other).await;
    assert_eq!(made, ProviderAccount::Made(nobody_known), "another issuer");
}

pub(crate) async fn a_guest_who_signs_in_at_a_provider_keeps_their_id(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let guest = |subject| ProviderSignIn {
        guest: Some(fixture.learner),
        ..arriving(subject, None)
    };
    let account = made_for(fixture.learner, None);
    let made = fixture.arrived(guest("ada")).await;
    assert_eq!(made, ProviderAccount::Made(account.clone()));
    assert_eq!(fixture.account_now().await, Some(account));
    // Who has an account is no guest: somebody else with that cookie gets their own.
    let second = guest("bob");
    let fresh = second.fresh;
    let made = fixture.arrived(second).await;
    assert_eq!(made, ProviderAccount::Made(made_for(fresh, None)));
    let gone = ProviderSignIn {
        guest: Some(somebody_new()),
        ..arriving("carol", None)
    };
    let fresh = gone.fresh;
    let made = fixture.arrived(gone).await;
    assert_eq!(made, ProviderAccount::Made(made_for(fresh, None)));
}

pub(crate) async fn an_account_with_the_address_is_joined_and_its_owner_keeps_the_password(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let account = registered_as(fixture.learner, EMAIL);
    let guest = another(&fixture, "guest").await.learner;
    let joining = ProviderSignIn {
        guest: Some(guest),
        ..arriving("ada", Some("ADA@example.org"))
    };
    let joined = fixture.arrived(joining.clone()).await;
    assert_eq!(joined, ProviderAccount::Joined(account.clone()));
    let known = fixture.arrived(joining).await;
    assert_eq!(known, ProviderAccount::Known(account));
    let known_as = fixture.known_as(fixture.learner).await;
    assert!(known_as.contains(&"ada".to_owned()), "{known_as:?}");
    let stays = fixture.store.account(guest).await.expect("answered");
    assert_eq!(stays, None, "the guest stays one");
    // Without a word for the address there is nothing to join by.
    let unsaid = arriving("eve", None);
    let fresh = unsaid.fresh;
    let made = fixture.arrived(unsaid).await;
    assert_eq!(made, ProviderAccount::Made(made_for(fresh, None)));
}

/// Whom a provider gives the address of the learner's account, and who is new, gets nothing and leaves nothing; who is known is let in.
async fn is_reserved(fixture: &Fixture) {
    let eve = arriving("eve", Some(EMAIL));
    for sign_in in [eve.clone(), eve.clone()] {
        assert_eq!(fixture.arrived(sign_in).await, ProviderAccount::Reserved);
    }
    let nobody = fixture.store.learner(eve.fresh).await;
    assert!(nobody.expect("answered").is_none());
    let known_as = fixture.known_as(fixture.learner).await;
    assert!(!known_as.contains(&"eve".to_owned()), "{known_as:?}");
    let known = fixture.arrived(arriving("ada", Some(EMAIL))).await;
    assert!(matches!(known, ProviderAccount::Known(_)), "{known:?}");
}

pub(crate) async fn nobody_is_joined_to_an_account_that_may_do_more_than_learn(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let joined = fixture.arrived(arriving("ada", Some(EMAIL))).await;
    assert!(matches!(joined, ProviderAccount::Joined(_)), "{joined:?}");
    for role in [RoleName::Author, RoleName::Admin] {
        for granted in [true, false] {
            let set = store.set_role(learner, role, granted, entry(1, "role"));
            assert_eq!(set.await.expect("answered"), Some(true));
            if granted {
                is_reserved(&fixture).await;
            }
        }
    }
    for granted in [true, false] {
        let set = store.set_author(learner, CERTIFICATION, granted, entry(1, "author"));
        assert_eq!(set.await.expect("answered"), Some(true));
        if granted {
            is_reserved(&fixture).await;
        }
    }
    let joined = fixture.arrived(arriving("eve", Some(EMAIL))).await;
    assert!(matches!(joined, ProviderAccount::Joined(_)), "{joined:?}");
}

pub(crate) async fn of_sign_ins_at_once_one_makes_the_account(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let rivals: Vec<_> = (0..RIVALS)
        .map(|rival| {
            let store = Arc::clone(&fixture.store);
            // Half of them are one person twice over, the others have the same address.
            let subject = format!("ada-{}", rival / 2);
            let sign_in = arriving(&subject, Some(EMAIL));
            tokio::spawn(async move { store.account_at_provider(sign_in).await })
        })
        .collect();
    let mut made = 0;
    let mut learners = Vec::new();
    for rival in rivals {
        let found = rival.await.expect("no panic").expect("answered");
        made += usize::from(matches!(found, ProviderAccount::Made(_)));
        let (ProviderAccount::Known(account)
        | ProviderAccount::Joined(account)
        | ProviderAccount::Made(account)) = found
        else {
            panic!("nobody has a role");
        };
        learners.push(account.learner);
    }
    learners.dedup();
    assert_eq!((made, learners.len()), (1, 1), "{learners:?}");
    assert_eq!(fixture.known_as(learners[0]).await.len(), RIVALS / 2);
}

pub(crate) async fn who_deleted_their_account_is_a_stranger(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let first = arriving("ada", Some(EMAIL));
    let learner = first.fresh;
    fixture.arrived(first).await;
    let strip = |beginning: Beginning| beginning;
    let deleted = fixture.store.delete_learner(learner, strip).await;
    assert!(deleted.expect("answered").is_some());
    let again = arriving("ada", Some(EMAIL));
    let account = made_for(again.fresh, Some(EMAIL));
    let made = fixture.arrived(again).await;
    assert_eq!(made, ProviderAccount::Made(account));
}
