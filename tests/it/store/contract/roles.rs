//! What people may do beside learning, and what admins did about it.

use std::sync::Arc;

use learnr::store::{
    AccountRow, LearnerId, NewAudit, Person, ProviderAccount, ProviderSignIn, RoleName, TakenRole,
};

use super::accounts::{EMAIL, another, somebody_new};
use super::at_provider::arriving;
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place};

/// Grants that race.
const RIVALS: usize = 8;

/// What an admin did at `NOW` and so many milliseconds.
pub(crate) fn entry(ms: i64, action: &str) -> NewAudit {
    NewAudit {
        at: NOW + ms,
        actor: None,
        via: "owner-token".to_owned(),
        action: action.to_owned(),
        target: "somebody".to_owned(),
        detail: String::new(),
    }
}

impl Fixture {
    /// What was written down, latest first.
    pub(crate) async fn audited(&self) -> Vec<NewAudit> {
        let rows = self.store.audit(None, 100).await.expect("answered");
        assert!(rows.is_sorted_by(|one, next| one.id > next.id));
        rows.into_iter().map(|row| row.entry).collect()
    }

    async fn roles(&self) -> Vec<RoleName> {
        let caller = self.store.caller(self.learner, None, NOW).await;
        caller.expect("answered").expect("a learner").roles
    }

    async fn people(
        &self,
        containing: Option<&str>,
        after: Option<LearnerId>,
        limit: u32,
    ) -> Vec<Person> {
        let people = self.store.people(containing, after, limit).await;
        people.expect("answered")
    }
}

pub(crate) async fn a_role_is_granted_and_taken_and_each_change_written_down_once(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let learner = fixture.learner;
    let set = |role, granted, ms, action| {
        let audit = entry(ms, action);
        fixture.store.set_role(learner, role, granted, audit)
    };
    let guest = set(RoleName::Admin, true, 0, "role.grant").await;
    assert_eq!(guest.expect("answered"), None);
    assert_eq!(fixture.audited().await, [], "nothing was done");
    fixture.register(1, EMAIL).await;
    for (role, granted, ms, changed) in [
        (RoleName::Admin, true, 1, true),
        (RoleName::Author, true, 2, true),
        (RoleName::Admin, true, 3, false),
        (RoleName::Author, false, 4, true),
        (RoleName::Author, false, 5, false),
    ] {
        let action = if granted { "role.grant" } else { "role.take" };
        let set = set(role, granted, ms, action).await;
        assert_eq!(set.expect("answered"), Some(changed), "{ms}");
    }
    assert_eq!(fixture.roles().await, [RoleName::Admin]);
    let written = [
        entry(4, "role.take"),
        entry(2, "role.grant"),
        entry(1, "role.grant"),
    ];
    assert_eq!(fixture.audited().await, written);
}

pub(crate) async fn grants_at_once_are_one_grant(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let learner = fixture.learner;
    let rivals: Vec<_> = (0..RIVALS)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            let audit = entry(1, "role.grant");
            tokio::spawn(async move { store.set_role(learner, RoleName::Admin, true, audit).await })
        })
        .collect();
    let mut changed = Vec::new();
    for rival in rivals {
        changed.push(rival.await.expect("no panic").expect("answered"));
    }
    let first = changed.iter().filter(|one| **one == Some(true));
    assert_eq!(first.count(), 1, "{changed:?}");
    assert_eq!(fixture.audited().await, [entry(1, "role.grant")]);
    assert_eq!(fixture.roles().await, [RoleName::Admin]);
}

pub(crate) async fn a_role_is_not_taken_from_the_last_who_has_it(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let take = |learner, ms| {
        let audit = entry(ms, "role.take");
        store.take_role_but_the_last(learner, RoleName::Admin, audit)
    };
    assert_eq!(take(learner, 0).await.expect("answered"), None);
    fixture.register(1, EMAIL).await;
    let other = another(&fixture, "other").await;
    other.register(2, "other@example.org").await;
    for admin in [learner, other.learner] {
        let set = store.set_role(admin, RoleName::Admin, true, entry(1, "role.grant"));
        assert_eq!(set.await.expect("answered"), Some(true));
    }
    // Each takes it from the other, at the same moment.
    let (one, two) = tokio::join!(take(learner, 2), take(other.learner, 3));
    let both = [one, two].map(|taken| taken.expect("answered").expect("an account"));
    let mut outcomes = both.to_vec();
    outcomes.sort_by_key(|taken| *taken == TakenRole::Last);
    assert_eq!(outcomes, [TakenRole::Taken, TakenRole::Last]);
    let (lost, last) = match both[0] {
        TakenRole::Taken => (learner, other.learner),
        _ => (other.learner, learner),
    };
    for (who, taken) in [(lost, TakenRole::NotThere), (last, TakenRole::Last)] {
        assert_eq!(take(who, 4).await.expect("answered"), Some(taken));
    }
    let written = fixture.audited().await;
    let takes = written.iter().filter(|one| one.action == "role.take");
    assert_eq!(takes.count(), 1, "{written:?}");
}

pub(crate) async fn authors_are_entered_for_a_certification_and_struck_out(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let learner = fixture.learner;
    let set = |certification, granted, ms| {
        let audit = entry(ms, "author");
        fixture
            .store
            .set_author(learner, certification, granted, audit)
    };
    let authored = || fixture.store.authored(learner);
    let guest = set(CERTIFICATION, true, 0).await;
    assert_eq!(guest.expect("answered"), None);
    fixture.register(1, EMAIL).await;
    let unknown = set("no such certification", true, 0).await;
    assert_eq!(unknown.expect("answered"), None);
    for (granted, ms, changed) in [(true, 1, true), (true, 2, false)] {
        let set = set(CERTIFICATION, granted, ms).await;
        assert_eq!(set.expect("answered"), Some(changed));
        assert_eq!(authored().await.expect("answered"), [CERTIFICATION]);
    }
    for (granted, ms, changed) in [(false, 3, true), (false, 4, false)] {
        let set = set(CERTIFICATION, granted, ms).await;
        assert_eq!(set.expect("answered"), Some(changed));
        assert_eq!(authored().await.expect("answered"), [""; 0]);
    }
    assert_eq!(
        fixture.audited().await,
        [entry(3, "author"), entry(1, "author")]
    );
}

/// Accounts with these addresses; without one who signs in at a provider that told none.
async fn population(fixture: &Fixture) -> Vec<LearnerId> {
    let mut learners = Vec::new();
    for (byte, email, name) in [
        (1, Some("Carol@example.org"), "Carol"),
        (2, Some("alice@example.org"), "Alice Liddell"),
        (3, Some("Bob@other.example"), "Bob"),
        (4, None, "Zoë"),
        (5, None, "Yves 100%"),
    ] {
        let person = another(fixture, &format!("person-{byte}")).await;
        let sign_in = ProviderSignIn {
            guest: Some(person.learner),
            name: name.to_owned(),
            now_ms: NOW,
            ..arriving(name, email)
        };
        let made = fixture.arrived(sign_in).await;
        assert!(matches!(made, ProviderAccount::Made(_)), "{made:?}");
        let secret = "a secret".to_owned();
        let set = fixture
            .store
            .set_password(person.learner, None, secret, None);
        assert!(set.await.expect("answered"));
        learners.push(person.learner);
    }
    let [carol, alice, bob, zoe, yves] = learners[..] else {
        panic!("there are five");
    };
    vec![alice, bob, carol, zoe.min(yves), zoe.max(yves)]
}

fn ids(people: &[Person]) -> Vec<LearnerId> {
    let ids = people.iter().map(|person| person.account.learner);
    ids.collect()
}

pub(crate) async fn people_are_paged_by_address_then_by_id(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let sorted = population(&fixture).await;
    for limit in 1..=6 {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = fixture.people(None, after, limit).await;
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            after = Some(last.account.learner);
            found.extend(ids(&page));
        }
        assert_eq!(found, sorted, "{limit} at a time");
    }
    let nowhere = fixture.people(None, Some(somebody_new()), 10).await;
    assert_eq!(nowhere, []);
}

pub(crate) async fn people_are_found_by_a_part_of_their_address_or_name(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let sorted = population(&fixture).await;
    let names = async |containing| -> Vec<String> {
        let people = fixture.people(Some(containing), None, 10).await;
        let names = people.into_iter().map(|person| person.account.name);
        names.collect()
    };
    let cases: [(&str, &[&str]); 7] = [
        ("EXAMPLE.ORG", &["Alice Liddell", "Carol"]),
        ("lIDD", &["Alice Liddell"]),
        ("bob@", &["Bob"]),
        ("Zoë", &["Zoë"]),
        ("%", &["Yves 100%"]),
        ("_", &[]),
        ("nobody", &[]),
    ];
    for (containing, expected) in cases {
        assert_eq!(names(containing).await, expected, "{containing}");
    }
    let page = fixture.people(Some("example"), Some(sorted[0]), 1).await;
    assert_eq!(ids(&page), [sorted[1]]);
}

pub(crate) async fn people_are_told_with_their_roles_and_without_their_passwords(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(1, EMAIL).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    for role in [RoleName::Admin, RoleName::Author] {
        let set = store.set_role(learner, role, true, entry(1, "role.grant"));
        assert_eq!(set.await.expect("answered"), Some(true));
    }
    let set = store.set_author(learner, CERTIFICATION, true, entry(2, "author"));
    assert_eq!(set.await.expect("answered"), Some(true));
    let account = fixture.account_now().await.expect("there is one");
    let expected = Person {
        has_password: account.password_hash.is_some(),
        account: AccountRow {
            password_hash: None,
            ..account
        },
        roles: vec![RoleName::Author, RoleName::Admin],
        authored: vec![CERTIFICATION.to_owned()],
    };
    assert!(expected.has_password, "they registered with one");
    assert_eq!(fixture.people(None, None, 10).await, [expected]);
}

pub(crate) async fn what_admins_did_is_told_latest_first(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let written: Vec<_> = (0..5)
        .map(|ms| NewAudit {
            actor: (ms % 2 == 0).then(somebody_new),
            detail: format!("detail {ms}"),
            ..entry(ms, "person.sign-out")
        })
        .collect();
    for audit in &written {
        let added = fixture.store.add_audit(audit.clone()).await;
        added.expect("it is written down");
    }
    let latest_first: Vec<_> = written.into_iter().rev().collect();
    assert_eq!(fixture.audited().await, latest_first);
    let (mut told, mut before) = (Vec::new(), None);
    loop {
        let page = fixture.store.audit(before, 2).await.expect("answered");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        before = Some(last.id);
        told.extend(page.into_iter().map(|row| row.entry));
    }
    assert_eq!(told, latest_first);
}
