//! What follows the end of a session: its status, its job, the learner state.

use learnr::store::{
    Append, EventRow, Fence, JobId, JobKind, LearnerStateRow, Outcome, SessionId, SessionStatus,
    StatusChange, Watermark,
};

use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place, answered};

const LEASE_MS: i64 = 1_000;

/// The completion of a session at `ended_at`, as its second event.
pub(crate) fn completion(session: SessionId, fence: Fence, ended_at: i64) -> Append {
    Append {
        session,
        fence,
        rows: vec![EventRow {
            kind: "completed".to_owned(),
            ..answered(2, fence)
        }],
        status: Some(StatusChange {
            status: SessionStatus::Completed,
            ended_at: Some(ended_at),
            deadline_at: None,
            summary: Some(b"summary".to_vec()),
            jobs: vec![JobKind::SessionEnded],
        }),
    }
}

pub(crate) async fn completed(fixture: &Fixture, ended_at: i64) -> SessionId {
    let (session, fence) = fixture.claimed("practice").await;
    let outcome = fixture.append(completion(session, fence, ended_at)).await;
    assert_eq!(outcome, Outcome::Stored);
    session
}

async fn due(fixture: &Fixture, now_ms: i64) -> Vec<(JobId, SessionId, u32)> {
    let jobs = fixture.store.next_jobs(now_ms, 10, LEASE_MS).await;
    let jobs = jobs.expect("answered");
    jobs.iter()
        .map(|job| (job.id, job.session, job.attempts))
        .collect()
}

pub(crate) async fn an_ending_its_status_and_its_job_are_one(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let ending = completion(session, fence, NOW + 5);
    for _ in 0..2 {
        assert_eq!(fixture.append(ending.clone()).await, Outcome::Stored);
    }
    let row = fixture.row(session).await;
    assert_eq!(row.status, SessionStatus::Completed);
    assert_eq!((row.ended_at, row.deadline_at), (Some(NOW + 5), None));
    assert_eq!(row.summary.as_deref(), Some(b"summary".as_slice()));
    assert_eq!(fixture.seqs(session).await, [1, 2]);
    let jobs = due(&fixture, NOW + 10).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].1, jobs[0].2), (session, 1));
    // Ended, it is in nobody's way.
    fixture.created("practice").await;
}

pub(crate) async fn a_fenced_ending_changes_nothing(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let stale = Fence {
        epoch: fence.epoch - 1,
        ..fence
    };
    let ending = completion(session, stale, NOW + 5);
    assert_eq!(fixture.append(ending).await, Outcome::Fenced);
    assert_eq!(fixture.row(session).await.status, SessionStatus::Open);
    assert_eq!(fixture.seqs(session).await, [1]);
    assert!(due(&fixture, NOW + 10).await.is_empty());
}

pub(crate) async fn a_status_changes_without_a_row(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let faulted = |fence| Append {
        session,
        fence,
        rows: Vec::new(),
        status: Some(StatusChange {
            status: SessionStatus::Faulted,
            ended_at: Some(NOW),
            deadline_at: None,
            summary: None,
            jobs: Vec::new(),
        }),
    };
    let stale = Fence {
        claim: fence.claim ^ 1,
        ..fence
    };
    assert_eq!(fixture.append(faulted(stale)).await, Outcome::Fenced);
    assert_eq!(fixture.row(session).await.status, SessionStatus::Open);
    assert_eq!(fixture.append(faulted(fence)).await, Outcome::Stored);
    assert_eq!(fixture.row(session).await.status, SessionStatus::Faulted);
}

pub(crate) async fn ended_sessions_are_listed_in_the_order_they_are_folded(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut marks = Vec::new();
    for ended_at in [NOW + 3, NOW + 1, NOW + 2, NOW + 2] {
        let session = completed(&fixture, ended_at).await;
        marks.push(Watermark { ended_at, session });
    }
    fixture.created("practice").await;
    marks.sort();
    for folded in 0..=marks.len() {
        let after = folded.checked_sub(1).map(|last| marks[last]);
        let listed = fixture
            .store
            .ended_sessions(fixture.learner, CERTIFICATION, after, 2)
            .await
            .expect("answered");
        let listed: Vec<_> = listed.iter().map(|row| row.id).collect();
        let expected: Vec<_> = marks[folded..]
            .iter()
            .take(2)
            .map(|mark| mark.session)
            .collect();
        assert_eq!(listed, expected, "after {folded}");
    }
}

pub(crate) async fn a_learner_state_is_saved_over_the_one_it_was_made_from(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let state = |session, ended_at, body: &str| LearnerStateRow {
        learner: fixture.learner,
        certification: CERTIFICATION.to_owned(),
        watermark: Watermark { ended_at, session },
        body: body.into(),
    };
    let stored = || fixture.store.learner_state(fixture.learner, CERTIFICATION);
    assert_eq!(stored().await.expect("answered"), None);

    let one = state(completed(&fixture, NOW + 1).await, NOW + 1, "one");
    let two = state(completed(&fixture, NOW + 2).await, NOW + 2, "two");
    let jobs = due(&fixture, NOW + 10).await;
    let save = |row: &LearnerStateRow, expected, job| {
        fixture.store.save_learner_state(row.clone(), expected, job)
    };
    let early = save(&two, Some(one.watermark), jobs[1].0).await;
    assert!(!early.expect("answered"), "there is no state to stand on");
    assert!(save(&one, None, jobs[0].0).await.expect("answered"));
    assert!(
        save(&one, None, jobs[0].0).await.expect("answered"),
        "repeated"
    );
    let rival = state(two.watermark.session, NOW + 2, "rival");
    assert!(!save(&rival, None, jobs[1].0).await.expect("answered"));
    assert_eq!(stored().await.expect("answered"), Some(one.clone()));

    // The second job is still to be done, the first is not.
    let again = due(&fixture, NOW + 10 + LEASE_MS).await;
    assert_eq!(again, [(jobs[1].0, two.watermark.session, 2)]);
    let saved = save(&two, Some(one.watermark), jobs[1].0).await;
    assert!(saved.expect("answered"));
    assert_eq!(stored().await.expect("answered"), Some(two));
    assert!(due(&fixture, i64::MAX - LEASE_MS).await.is_empty());
}

pub(crate) async fn a_job_is_leased_to_one_and_comes_back_later(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = completed(&fixture, NOW).await;
    assert!(due(&fixture, NOW - 1).await.is_empty(), "not due yet");
    let first = due(&fixture, NOW).await;
    assert_eq!((first[0].1, first[0].2), (session, 1));
    assert!(due(&fixture, NOW + LEASE_MS - 1).await.is_empty(), "leased");
    assert_eq!(
        due(&fixture, NOW + LEASE_MS).await,
        [(first[0].0, session, 2)]
    );
    assert!(
        fixture
            .store
            .finish_job(first[0].0)
            .await
            .expect("answered")
    );
    assert!(
        !fixture
            .store
            .finish_job(first[0].0)
            .await
            .expect("answered")
    );
    assert!(
        due(&fixture, NOW + 10 * LEASE_MS).await.is_empty(),
        "finished"
    );
}

pub(crate) async fn a_failed_job_is_tried_again_or_given_up(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = completed(&fixture, NOW).await;
    let job = due(&fixture, NOW).await[0].0;
    let retry_at = NOW + 50_000;
    fixture
        .store
        .fail_job(job, "no", Some(retry_at))
        .await
        .expect("noted");
    assert!(due(&fixture, retry_at - 1).await.is_empty());
    assert_eq!(due(&fixture, retry_at).await, [(job, session, 2)]);
    fixture
        .store
        .fail_job(job, "never", None)
        .await
        .expect("noted");
    assert!(due(&fixture, i64::MAX - LEASE_MS).await.is_empty());
    assert_eq!(fixture.store.sweep_jobs(0, 10).await.expect("answered"), 0);
}

pub(crate) async fn a_sweep_adds_the_jobs_that_are_missing(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut missed = Vec::new();
    for ended_at in [NOW, NOW + 1, NOW + 2] {
        let (session, fence) = fixture.claimed("practice").await;
        let mut ending = completion(session, fence, ended_at);
        if let Some(change) = &mut ending.status {
            change.jobs.clear();
        }
        assert_eq!(fixture.append(ending).await, Outcome::Stored);
        missed.push(session);
    }
    completed(&fixture, NOW + 3).await;
    fixture.created("practice").await;
    let sweep = |since, limit| fixture.store.sweep_jobs(since, limit);
    assert_eq!(sweep(NOW + 1, 1).await.expect("answered"), 1);
    assert_eq!(sweep(NOW + 1, 10).await.expect("answered"), 1);
    assert_eq!(sweep(0, 10).await.expect("answered"), 1);
    assert_eq!(sweep(0, 10).await.expect("answered"), 0);
    let jobs = due(&fixture, NOW + 10).await;
    assert_eq!(jobs.len(), 4);
    assert!(
        missed
            .iter()
            .all(|session| jobs.iter().any(|job| job.1 == *session))
    );
}
