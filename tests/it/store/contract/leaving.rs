//! An account deleted: whole or not at all, whatever goes on at the same time.

use std::sync::Arc;

use learnr::store::{
    Append, Beginning, Created, EventRow, Fence, Holdings, JobId, JobKind, LearnerId,
    LearnerStateRow, Outcome, SessionFilter, SessionId, SessionRollup, SessionStatus, StatusChange,
    Watermark,
};

use super::accounts::another;
use super::rollups::{activity, concept, rollup};
use crate::store::fixture::{
    CERTIFICATION, Fixture, NOW, Place, answered, append, identity, new_session, owner, random,
};

/// Rounds of a race: some end one way, some the other.
const ROUNDS: u32 = 20;

/// What stands in for taking the learner out of a session.
fn strip(beginning: Beginning) -> Beginning {
    Beginning {
        settings: b"stripped".to_vec(),
        started: EventRow {
            event_version: 77,
            payload: b"stripped".to_vec(),
            ..beginning.started
        },
    }
}

async fn delete(fixture: &Fixture) -> Option<Holdings> {
    let deleted = fixture.store.delete_learner(fixture.learner, strip).await;
    deleted.expect("answered")
}

/// A session that has ended, and the job it left.
async fn ended(fixture: &Fixture, kind: &str) -> (SessionId, JobId) {
    let (session, fence) = fixture.claimed(kind).await;
    let ending = Append {
        status: Some(StatusChange {
            status: SessionStatus::Completed,
            ended_at: Some(NOW + 9),
            deadline_at: None,
            summary: Some(b"summary".to_vec()),
            jobs: vec![JobKind::SessionEnded],
        }),
        ..append(session, fence, vec![answered(2, fence)])
    };
    assert_eq!(fixture.append(ending).await, Outcome::Stored);
    let jobs = fixture.store.next_jobs(NOW + 10, 10, 1).await;
    let jobs = jobs.expect("answered");
    let job = jobs.iter().find(|job| job.session == session);
    (session, job.expect("its job is due").id)
}

/// A roll-up with a row in every table that names its learner.
fn every_roll_up(fixture: &Fixture, session: SessionId) -> SessionRollup {
    SessionRollup {
        activity: vec![activity(7, "tax", 3, 2)],
        concepts: vec![concept("vat", 3, 2)],
        ..rollup(fixture, session)
    }
}

/// Holds that no roll-up names a learner, and none waits for one that does.
async fn assert_nothing_rolled_up(fixture: &Fixture) {
    let progress = fixture.store.learner_progress(CERTIFICATION, None, 10);
    assert_eq!(progress.await.expect("answered"), []);
    let waiting = fixture.store.sessions_to_roll_up(None, 10).await;
    assert_eq!(waiting.expect("answered"), []);
}

fn state(learner: LearnerId, session: SessionId) -> LearnerStateRow {
    LearnerStateRow {
        learner,
        certification: CERTIFICATION.to_owned(),
        watermark: Watermark {
            ended_at: NOW + 9,
            session,
        },
        body: b"state".to_vec(),
    }
}

pub(crate) async fn a_deleted_learner_leaves_answers_that_name_nobody(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let (past, job) = ended(&fixture, "practice").await;
    let saved = store
        .save_learner_state(state(learner, past), None, job)
        .await;
    assert!(saved.expect("answered"));
    let rolled_up = store.roll_up(every_roll_up(&fixture, past)).await;
    assert!(rolled_up.expect("answered"));
    let counted = || store.version_statistics(CERTIFICATION);
    let before = counted().await.expect("answered");
    let (open, fence) = fixture.claimed("diagnostic").await;
    let stored = fixture.hand_over(open, fence, vec![answered(2, fence)]);
    assert_eq!(stored.await, Ok(Outcome::Stored));
    let bystander = another(&fixture, "bystander").await;
    let untouched = bystander.created("practice").await;
    let kept = Holdings {
        identities: 1,
        states: 1,
        roll_ups: 3,
        sessions: 2,
        ..Holdings::default()
    };
    assert_eq!(store.holdings(learner).await.expect("answered"), Some(kept));
    assert_eq!(delete(&fixture).await, Some(kept));

    let rows = [fixture.row(past).await, fixture.row(open).await];
    assert_eq!(rows[0].learner, rows[1].learner, "one person still");
    for row in &rows {
        assert!(row.learner.is_tombstone() && row.learner != learner);
        assert_eq!(
            (row.settings.as_slice(), &row.summary),
            (&b"stripped"[..], &None)
        );
        assert_eq!((&row.owner, row.deadline_at), (&None, None));
        let events = store.load_events(row.id).await.expect("answered");
        assert_eq!((events[0].event_version, events[0].seq), (77, 1));
        assert_eq!(events[0].payload, b"stripped");
        assert_eq!(events[1].item.as_deref(), Some("item-9"));
        assert_eq!(events.len(), 2);
    }
    let statuses = rows.map(|row| row.status);
    assert_eq!(statuses, [SessionStatus::Completed, SessionStatus::Faulted]);
    let gone = store.learner_state(learner, CERTIFICATION).await;
    assert_eq!(gone.expect("answered"), None);
    assert_nothing_rolled_up(&fixture).await;
    assert_eq!(counted().await.expect("answered"), before);
    assert_eq!(fixture.row(untouched.id).await, untouched);
    let met_anew = store.learner_for(identity("somebody"), NOW).await;
    assert_ne!(met_anew.expect("answered"), learner);
}

pub(crate) async fn a_deletion_repeated_finds_nobody(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = fixture.created("practice").await;
    let store = &fixture.store;
    let at_once = (0..8).map(|_| {
        let (store, learner) = (Arc::clone(store), fixture.learner);
        tokio::spawn(async move { store.delete_learner(learner, strip).await })
    });
    let mut found = Vec::new();
    for deletion in at_once.collect::<Vec<_>>() {
        found.extend(deletion.await.expect("no panic").expect("answered"));
    }
    assert_eq!(found.len(), 1, "one of them found somebody");
    let left = fixture.row(session.id).await;
    assert_eq!(delete(&fixture).await, None);
    assert_eq!(fixture.row(session.id).await, left);
    let holdings = store.holdings(fixture.learner).await;
    assert_eq!(holdings.expect("answered"), None);
}

pub(crate) async fn nothing_is_stored_for_a_deleted_learner(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let (session, fence) = fixture.claimed("practice").await;
    let first = new_session(learner, "diagnostic");
    assert!(matches!(
        fixture.create(first.clone()).await,
        Created::New(_)
    ));
    delete(&fixture).await.expect("there was one");
    assert!(!store.has_learner(learner).await.expect("answered"));
    assert_eq!(store.learner(learner).await.expect("answered"), None);
    for new in [first, new_session(learner, "practice")] {
        assert_eq!(fixture.create(new).await, Created::NoLearner);
    }
    let late = fixture.append(append(session, fence, vec![answered(2, fence)]));
    assert_eq!(late.await, Outcome::Fenced);
    assert!(!store.release(session, fence).await.expect("answered"));
    let granted = store.set_time_multiplier(learner, 2.0).await;
    assert!(!granted.expect("answered"));
    let open = store.open_sessions(learner).await.expect("answered");
    assert!(open.is_empty());
    let due = store.sessions_past_deadline(i64::MAX, 10).await;
    assert_eq!(due.expect("answered"), []);
}

pub(crate) async fn a_batch_in_flight_is_stored_before_a_deletion_or_not_at_all(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        let (session, fence) = leaver.claimed("practice").await;
        let in_flight: Vec<_> = (2..30)
            .map(|seq| leaver.hand_over(session, fence, vec![answered(seq, fence)]))
            .collect();
        let store = Arc::clone(&leaver.store);
        let learner = leaver.learner;
        let deletion = tokio::spawn(async move { store.delete_learner(learner, strip).await });
        let more: Vec<_> = (30..60)
            .map(|seq| leaver.hand_over(session, fence, vec![answered(seq, fence)]))
            .collect();
        let deleted = deletion.await.expect("no panic").expect("answered");
        assert_eq!(deleted.map(|kept| kept.sessions), Some(1));
        let mut stored = 1;
        for outcome in in_flight.into_iter().chain(more) {
            match outcome.await.expect("every append is answered") {
                Outcome::Stored => stored += 1,
                Outcome::Fenced => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        let seqs = fixture.seqs(session).await;
        assert_eq!(seqs, (1..=stored).collect::<Vec<u32>>(), "round {round}");
        assert!(fixture.row(session).await.learner.is_tombstone());
    }
}

pub(crate) async fn a_claim_in_flight_holds_nothing_after_a_deletion(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        let row = leaver.created("practice").await;
        let store = Arc::clone(&leaver.store);
        let (id, seen) = (row.id, row.fence.epoch);
        let claim = tokio::spawn(async move { store.claim(id, seen, random(), owner("n2")).await });
        delete(&leaver).await.expect("there was one");
        let held: Option<Fence> = claim.await.expect("no panic").expect("answered");
        let left = fixture.row(id).await;
        assert!(left.learner.is_tombstone() && left.owner.is_none());
        if let Some(held) = held {
            assert!(held.epoch < left.fence.epoch, "round {round}");
            let late = fixture.append(append(id, held, vec![answered(2, held)]));
            assert_eq!(late.await, Outcome::Fenced, "round {round}");
        }
    }
}

pub(crate) async fn sessions_created_while_their_learner_is_deleted_name_nobody_or_are_not_there(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        let news: Vec<_> = (0..6)
            .map(|kind| new_session(leaver.learner, &format!("kind-{kind}")))
            .collect();
        let creations: Vec<_> = news
            .into_iter()
            .map(|new| {
                let store = Arc::clone(&leaver.store);
                tokio::spawn(async move { (new.id, store.create_session(new).await) })
            })
            .collect();
        delete(&leaver).await.expect("there was one");
        for creation in creations {
            let (id, created) = creation.await.expect("no panic");
            let stored = fixture.store.session(id).await.expect("answered");
            match created.expect("answered") {
                Created::New(_) => {
                    let row = stored.expect("what was created is there");
                    assert!(row.learner.is_tombstone(), "round {round}");
                    assert_eq!(row.status, SessionStatus::Faulted);
                }
                Created::NoLearner => assert_eq!(stored, None, "round {round}"),
                Created::Open(row) => panic!("each is of its own kind, got {row:?}"),
            }
        }
        let all = SessionFilter::default();
        let named = leaver
            .store
            .sessions_of_learner(leaver.learner, all, None, 10);
        assert_eq!(named.await.expect("answered"), []);
    }
}

pub(crate) async fn a_roll_up_in_flight_names_nobody_after_a_deletion(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for round in 0..ROUNDS {
        let leaver = another(&fixture, &format!("leaver-{round}")).await;
        let (session, _) = ended(&leaver, "practice").await;
        let adds = every_roll_up(&leaver, session);
        let store = Arc::clone(&leaver.store);
        let rolling = tokio::spawn(async move { store.roll_up(adds).await });
        let kept = delete(&leaver).await.expect("there was one");
        rolling.await.expect("no panic").expect("answered");
        assert!([0, 3].contains(&kept.roll_ups), "round {round}: {kept:?}");
        assert_nothing_rolled_up(&fixture).await;
    }
}

pub(crate) async fn a_state_folded_while_its_learner_is_deleted_is_not_stored(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, job) = ended(&fixture, "practice").await;
    let folded = state(fixture.learner, session);
    delete(&fixture).await.expect("there was one");
    let saved = fixture.store.save_learner_state(folded, None, job).await;
    assert!(!saved.expect("answered"));
    let states = fixture.store.learner_states(fixture.learner, None, 10);
    assert_eq!(states.await.expect("answered"), []);
}

pub(crate) async fn jobs_of_a_deleted_learner_can_be_finished(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, job) = ended(&fixture, "practice").await;
    delete(&fixture).await.expect("there was one");
    let jobs = fixture.store.next_jobs(NOW + 1_000, 10, 1).await;
    let jobs = jobs.expect("answered");
    assert_eq!((jobs.len(), jobs[0].id, jobs[0].session), (1, job, session));
    assert!(fixture.store.finish_job(job).await.expect("answered"));
    assert_eq!(fixture.store.sweep_jobs(0, 10).await.expect("answered"), 0);
}

pub(crate) async fn a_learner_is_read_whole(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    assert!(store.has_learner(learner).await.expect("answered"));
    let granted = store.set_time_multiplier(learner, 1.5).await;
    assert!(granted.expect("answered"));
    let row = store.learner(learner).await.expect("answered");
    let row = row.expect("there is one");
    assert_eq!(
        (row.id, row.created_at, row.time_multiplier),
        (learner, NOW, 1.5)
    );
    assert_eq!(row.identities.len(), 1);
    assert_eq!(row.identities[0].identity, identity("somebody"));
    assert_eq!(row.identities[0].created_at, NOW);
    another(&fixture, "other").await.created("practice").await;
    let (past, job) = ended(&fixture, "practice").await;
    let saved = store
        .save_learner_state(state(learner, past), None, job)
        .await;
    assert!(saved.expect("answered"));
    let states = |after| store.learner_states(learner, after, 10);
    assert_eq!(
        states(None).await.expect("answered"),
        [state(learner, past)]
    );
    assert_eq!(states(Some(CERTIFICATION)).await.expect("answered"), []);
}
