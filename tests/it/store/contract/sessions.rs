//! How sessions and learners come to be and are found again.

use std::collections::HashSet;
use std::sync::Arc;

use learnr::store::{
    AppendRefused, Claimant, Created, Fence, Identity, LearnerId, LearnerStateRow, NewSession,
    StartingPoint, StoreError, VouchedSession, Watermark,
};

use uuid::Uuid;

use super::accounts::another;
use super::endings::completed;
use super::keeping::preferences;
use super::sign_ins::{LASTS_MS, device};
use crate::store::fixture::{
    CERTIFICATION, Fixture, NOW, Place, answered, append, identity, new_session, random,
};

/// Callers that race for one row.
const RIVALS: usize = 16;

pub(crate) async fn a_session_is_created_with_its_first_event(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let new = new_session(fixture.learner, "practice");
    let Created::New(row) = fixture.create(new.clone()).await else {
        panic!("no session was open");
    };
    assert_eq!(row.id, new.id);
    assert_eq!(row.fence, new.fence());
    assert_eq!(
        (&row.owner, row.ended_at, &row.summary),
        (&None, None, &None)
    );
    assert_eq!((row.deadline_at, row.started_at), (new.deadline_at, NOW));
    assert_eq!((&row.settings, &row.stream), (&new.settings, &new.stream));
    assert_eq!(fixture.row(new.id).await, row);
    let events = fixture.store.load_events(new.id).await.expect("loads");
    assert_eq!(events, [new.started]);
}

pub(crate) async fn a_learner_has_one_open_session_of_a_kind(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let first = fixture.created("practice").await;
    let second = new_session(fixture.learner, "practice");
    let refused = second.id;
    assert_eq!(fixture.create(second).await, Created::Open(first));
    assert_eq!(
        fixture.store.session(refused).await.expect("answered"),
        None
    );
    assert!(fixture.seqs(refused).await.is_empty());
    let other = fixture.create(new_session(fixture.learner, "exam")).await;
    assert!(matches!(other, Created::New(_)));
}

pub(crate) async fn sessions_created_at_once_are_one(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let rivals: Vec<_> = (0..RIVALS)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            let new = new_session(fixture.learner, "practice");
            tokio::spawn(async move { store.create_session(new).await })
        })
        .collect();
    let (mut new, mut ids) = (0, HashSet::new());
    for rival in rivals {
        match rival.await.expect("no panic").expect("answered") {
            Created::New(row) => {
                new += 1;
                ids.insert(row.id);
            }
            Created::Open(row) => {
                ids.insert(row.id);
            }
            Created::NoLearner => panic!("the learner is there"),
        }
    }
    assert_eq!((new, ids.len()), (1, 1));
}

pub(crate) async fn a_creation_repeated_is_the_same_session(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let new = new_session(fixture.learner, "practice");
    let first = fixture.create(new.clone()).await;
    assert!(matches!(first, Created::New(_)));
    assert_eq!(fixture.create(new.clone()).await, first);
    // The same id by somebody else is not.
    let stolen = NewSession {
        kind: "exam".to_owned(),
        ..new_session(fixture.learner, "exam")
    };
    let stolen = NewSession {
        id: new.id,
        ..stolen
    };
    let refused = fixture.store.create_session(stolen).await;
    assert!(
        matches!(refused, Err(StoreError::Rejected(_))),
        "{refused:?}"
    );
}

pub(crate) async fn a_session_of_an_unknown_version_is_rejected_whole(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let new = NewSession {
        bank_version: "v9".to_owned(),
        ..new_session(fixture.learner, "practice")
    };
    let id = new.id;
    let refused = fixture.store.create_session(new).await;
    assert!(
        matches!(refused, Err(StoreError::Rejected(_))),
        "{refused:?}"
    );
    assert_eq!(fixture.store.session(id).await.expect("answered"), None);
    let mut misplaced = new_session(fixture.learner, "practice");
    misplaced.started.seq = 2;
    let refused = fixture.store.create_session(misplaced).await;
    assert!(
        matches!(refused, Err(StoreError::Rejected(_))),
        "{refused:?}"
    );
    let mut foreign = new_session(fixture.learner, "practice");
    foreign.started.fence = Fence { epoch: 1, claim: 0 };
    let refused = fixture.store.create_session(foreign).await;
    assert!(
        matches!(refused, Err(StoreError::Rejected(_))),
        "{refused:?}"
    );
}

pub(crate) async fn open_sessions_are_the_learners_own_newest_first(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let stranger = fixture.store.learner_for(identity("stranger"), NOW).await;
    let stranger = stranger.expect("answered");
    fixture.create(new_session(stranger, "practice")).await;
    for (kind, started_at) in [("a", NOW), ("b", NOW + 2), ("c", NOW + 1)] {
        let new = new_session(fixture.learner, kind);
        fixture.create(NewSession { started_at, ..new }).await;
    }
    let open = fixture.store.open_sessions(fixture.learner).await;
    let open = open.expect("answered");
    let kinds: Vec<_> = open.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["b", "c", "a"]);
}

pub(crate) async fn sessions_past_their_deadline_are_found_earliest_first(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let deadlines = [
        ("a", Some(20)),
        ("b", Some(10)),
        ("c", Some(31)),
        ("d", None),
        ("e", Some(30)),
    ];
    for (kind, deadline_at) in deadlines {
        let new = new_session(fixture.learner, kind);
        fixture.create(NewSession { deadline_at, ..new }).await;
    }
    for (limit, expected) in [(10, vec!["b", "a", "e"]), (2, vec!["b", "a"])] {
        let due = fixture.store.sessions_past_deadline(30, limit).await;
        let due = due.expect("answered");
        let kinds: Vec<_> = due.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(kinds, expected);
    }
}

pub(crate) async fn one_identity_is_one_learner_however_many_ask_at_once(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let rivals: Vec<_> = (0..RIVALS)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            tokio::spawn(async move { store.learner_for(identity("new"), NOW).await })
        })
        .collect();
    let mut learners = HashSet::new();
    for rival in rivals {
        learners.insert(rival.await.expect("no panic").expect("answered"));
    }
    assert_eq!(learners.len(), 1);
    assert!(!learners.contains(&fixture.learner));
}

pub(crate) async fn a_closed_store_keeps_everything_and_takes_nothing(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let last = fixture.hand_over(session, fence, vec![answered(2, fence)]);
    let before = fixture.row(session).await;
    fixture.store.close().await;
    assert_eq!(last.await, Ok(learnr::store::Outcome::Stored));
    let refused = fixture
        .store
        .append(append(session, fence, vec![answered(3, fence)]));
    assert_eq!(refused.err(), Some(AppendRefused::Closed));
    let read = fixture.store.session(session).await;
    assert!(matches!(read, Err(StoreError::Closed)), "{read:?}");
    let written = fixture
        .store
        .claim(session, 2, random(), crate::store::fixture::owner("n"))
        .await;
    assert!(matches!(written, Err(StoreError::Closed)), "{written:?}");

    let again = Fixture {
        store: place.open().await,
        learner: fixture.learner,
    };
    assert_eq!(again.row(session).await, before);
    assert_eq!(again.seqs(session).await, [1, 2]);
    let learner = again.store.learner_for(identity("somebody"), NOW).await;
    assert_eq!(learner.expect("answered"), fixture.learner);
    assert_eq!(
        again.store.certifications().await.expect("answered").len(),
        1
    );
}

pub(crate) async fn the_databases_clock_and_schema_are_told(place: &dyn Place) {
    let store = place.open().await;
    store.ping().await.expect("the database answers");
    assert!(store.schema_version().await.expect("answered") > 0);
    let first = store.now_ms().await.expect("answered");
    let second = store.now_ms().await.expect("answered");
    assert!(NOW < first && first <= second, "{first} {second}");
    let health = store.health();
    assert_eq!((health.queue_rows, health.retrying_since), (0, None));
}

pub(crate) async fn sessions_of_a_certification_are_listed_with_who_vouches_for_their_learners(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let other = Identity {
        issuer: "https://issuer.example".to_owned(),
        subject: "somebody".to_owned(),
    };
    let known = fixture.store.learner_for(other, NOW).await;
    let known = known.expect("learner is stored");
    let gone = fixture.store.learner_for(identity("leaver"), NOW).await;
    let gone = gone.expect("learner is stored");
    let holder = another(&fixture, "holder").await;
    holder.register(1, "ada@example.org").await;
    let mut expected = Vec::new();
    for (learner, issuer) in [
        (fixture.learner, Some("guest")),
        (known, Some("https://issuer.example")),
        (gone, Some("guest")),
        (holder.learner, Some("guest")),
        (fixture.learner, Some("guest")),
    ] {
        let kind = format!("kind-{}", expected.len());
        let Created::New(row) = fixture.create(new_session(learner, &kind)).await else {
            panic!("no session of this kind was open");
        };
        let issuers = issuer.into_iter().map(str::to_owned).collect();
        expected.push(VouchedSession {
            row,
            issuers,
            has_account: learner == holder.learner,
        });
    }
    let deleted = fixture.store.delete_learner(gone, |kept| kept).await;
    deleted.expect("answered").expect("there was one");
    for session in expected.iter_mut().filter(|one| one.row.learner == gone) {
        session.row = fixture.row(session.row.id).await;
        session.issuers.clear();
    }
    expected.sort_by_key(|session| session.row.id);
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let some = fixture.store.sessions_of(CERTIFICATION, after, 3).await;
        let some = some.expect("answered");
        let Some(last) = some.last() else { break };
        after = Some(last.row.id);
        listed.extend(some);
    }
    assert_eq!(listed, expected);
    let none = fixture.store.sessions_of("another", None, 10).await;
    assert_eq!(none.expect("answered"), []);
}

pub(crate) async fn a_learner_is_granted_more_time(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let granted = async || {
        let point = store
            .starting_point(Claimant::known(learner), CERTIFICATION, 1)
            .await;
        point
            .expect("answered")
            .expect("they are there")
            .time_multiplier
    };
    assert_eq!(granted().await, 1.0);
    let grant = |multiplier| store.set_time_multiplier(learner, multiplier);
    assert!(grant(1.5).await.expect("answered"));
    assert_eq!(granted().await, 1.5);
    for bad in [0.5, 4.1, f64::NAN, f64::INFINITY] {
        let refused = grant(bad).await;
        assert!(matches!(refused, Err(StoreError::Rejected(_))), "{bad}");
    }
    assert_eq!(granted().await, 1.5, "as it was");
    let nobody = LearnerId(Uuid::new_v4());
    let granted = store.set_time_multiplier(nobody, 2.0).await;
    assert!(!granted.expect("answered"));
}

pub(crate) async fn what_a_session_begins_from_is_told_at_once(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let point = async |certification| {
        let point = store
            .starting_point(Claimant::known(learner), certification, 2)
            .await;
        point.expect("answered").expect("they are there")
    };
    let mut expected = StartingPoint {
        has_account: false,
        bank_version: Some("v1".to_owned()),
        time_multiplier: 1.0,
        preferences: None,
        state: None,
        ended: Vec::new(),
    };
    assert_eq!(point(CERTIFICATION).await, expected);

    let preferred = preferences("dark");
    expected.preferences = Some(preferred.body.clone());
    let saved = store.save_preferences(learner, preferred).await;
    assert!(saved.expect("answered"));
    fixture.created("open").await;
    let mut ended = Vec::new();
    // The first two end at the same moment.
    for ended_at in [NOW, NOW, NOW + 2, NOW + 1] {
        ended.push(fixture.row(completed(&fixture, ended_at).await).await);
    }
    ended.sort_by_key(|row| (row.ended_at, row.id));
    expected.ended = ended[..2].to_vec();
    assert_eq!(point(CERTIFICATION).await, expected);

    let state = LearnerStateRow {
        learner,
        certification: CERTIFICATION.to_owned(),
        watermark: Watermark {
            ended_at: NOW,
            session: ended[0].id,
        },
        body: b"state".to_vec(),
    };
    let jobs = store.next_jobs(NOW + 10, 1, 1_000).await;
    let job = jobs.expect("answered")[0].id;
    let saved = store.save_learner_state(state.clone(), None, job).await;
    assert!(saved.expect("answered"));
    expected.state = Some(state);
    expected.ended = ended[1..3].to_vec();
    assert_eq!(point(CERTIFICATION).await, expected);

    let nothing = StartingPoint {
        has_account: false,
        bank_version: None,
        time_multiplier: 1.0,
        preferences: expected.preferences.clone(),
        state: None,
        ended: Vec::new(),
    };
    assert_eq!(point("another").await, nothing);
    let nobody = LearnerId(Uuid::new_v4());
    let nobody = store
        .starting_point(Claimant::known(nobody), CERTIFICATION, 2)
        .await;
    assert_eq!(nobody.expect("answered"), None);
}

pub(crate) async fn what_a_session_begins_from_is_told_on_a_device_that_is_signed_in(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    fixture.register(255, "ada@example.org").await;
    let new = device(fixture.learner, 1);
    fixture.signed_in(new.clone()).await;
    let other = another(&fixture, "other").await;
    let told = async |learner, sign_in, now_ms| {
        let claimant = Claimant {
            learner,
            sign_in,
            now_ms,
        };
        let point = fixture.store.starting_point(claimant, CERTIFICATION, 1);
        point
            .await
            .expect("answered")
            .map(|point| point.has_account)
    };
    let (learner, here) = (fixture.learner, Some(new.id));
    assert_eq!(told(learner, here, NOW).await, Some(true));
    assert_eq!(
        told(learner, None, NOW).await,
        Some(true),
        "a guest no more"
    );
    assert_eq!(told(other.learner, None, NOW).await, Some(false));
    assert_eq!(told(other.learner, here, NOW).await, None, "not theirs");
    assert_eq!(told(learner, here, NOW + LASTS_MS).await, None, "run out");
    let ended = fixture.store.sign_out(learner, here).await;
    assert_eq!(ended.expect("answered"), 1);
    assert_eq!(told(learner, here, NOW).await, None, "signed out");
}
