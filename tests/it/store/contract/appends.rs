//! What becomes of rows handed to the writer.

use learnr::store::{
    APPEND_ROWS_MAX, Append, EventRow, Fence, Outcome, PAYLOAD_BYTES_MAX, SessionId, SessionStatus,
    StatusChange,
};
use uuid::Uuid;

use crate::store::fixture::{Fixture, Place, answered, append, owner, random};

pub(crate) async fn rows_stored_are_loaded_equal(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let bare = EventRow {
        request_id: None,
        position: None,
        item: None,
        choice: None,
        correct: None,
        elapsed_ms: None,
        area: None,
        theta: None,
        standard_error: None,
        payload: Vec::new(),
        ..answered(3, fence)
    };
    let rows = vec![answered(2, fence), bare];
    let outcome = fixture.append(append(session, fence, rows.clone())).await;
    assert_eq!(outcome, Outcome::Stored);
    let loaded = fixture.store.load_events(session).await.expect("loads");
    assert_eq!(loaded[1..], rows);
    assert_eq!(loaded[0].kind, "started");
}

pub(crate) async fn places_of_a_session_have_no_gap(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let late = append(session, fence, vec![answered(3, fence)]);
    assert_eq!(fixture.append(late.clone()).await, Outcome::Unavailable);
    assert_eq!(fixture.seqs(session).await, [1]);
    let due = append(session, fence, vec![answered(2, fence)]);
    assert_eq!(fixture.append(due).await, Outcome::Stored);
    assert_eq!(fixture.append(late).await, Outcome::Stored);
    assert_eq!(fixture.seqs(session).await, [1, 2, 3]);
}

pub(crate) async fn appends_of_one_session_keep_their_order(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let outcomes: Vec<_> = (2..=200)
        .map(|seq| fixture.hand_over(session, fence, vec![answered(seq, fence)]))
        .collect();
    for outcome in outcomes {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    assert_eq!(fixture.seqs(session).await, (1..=200).collect::<Vec<_>>());
}

pub(crate) async fn an_append_under_an_older_epoch_is_fenced(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, stale) = fixture.claimed("practice").await;
    let claimed = fixture
        .store
        .claim(session, stale.epoch, random(), owner("n2"))
        .await;
    assert!(claimed.expect("answered").is_some());
    let outcome = fixture.append(append(session, stale, vec![answered(2, stale)]));
    assert_eq!(outcome.await, Outcome::Fenced);
    assert_eq!(fixture.seqs(session).await, [1]);
}

pub(crate) async fn an_append_under_another_claim_of_the_epoch_is_fenced(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let other = Fence {
        claim: fence.claim ^ 1,
        ..fence
    };
    let outcome = fixture.append(append(session, other, vec![answered(2, other)]));
    assert_eq!(outcome.await, Outcome::Fenced);
    assert_eq!(fixture.seqs(session).await, [1]);
}

pub(crate) async fn the_same_rows_twice_are_stored_once(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let rows = vec![answered(2, fence), answered(3, fence)];
    let both = [(); 2].map(|()| fixture.hand_over(session, fence, rows.clone()));
    for outcome in both {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    let again = fixture.append(append(session, fence, rows)).await;
    assert_eq!(again, Outcome::Stored);
    assert_eq!(fixture.seqs(session).await, [1, 2, 3]);
}

pub(crate) async fn rows_stored_before_a_takeover_are_still_stored_when_handed_over_again(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let rows = append(session, fence, vec![answered(2, fence)]);
    assert_eq!(fixture.append(rows.clone()).await, Outcome::Stored);
    let taken = fixture
        .store
        .claim(session, fence.epoch, random(), owner("n2"))
        .await;
    assert!(taken.expect("answered").is_some());
    assert_eq!(fixture.append(rows).await, Outcome::Stored);
    let next = append(session, fence, vec![answered(3, fence)]);
    assert_eq!(fixture.append(next).await, Outcome::Fenced);
}

pub(crate) async fn another_event_in_a_taken_place_is_fenced(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let first = append(session, fence, vec![answered(2, fence)]);
    assert_eq!(fixture.append(first).await, Outcome::Stored);
    let other = EventRow {
        choice: Some("1".to_owned()),
        ..answered(2, fence)
    };
    let outcome = fixture.append(append(session, fence, vec![other])).await;
    assert_eq!(outcome, Outcome::Fenced);
    let loaded = fixture.store.load_events(session).await.expect("loads");
    assert_eq!(loaded[1], answered(2, fence));
}

pub(crate) async fn a_repeated_request_id_is_rejected_without_harming_its_neighbours(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let mut sessions = Vec::new();
    for kind in ["a", "b", "c"] {
        sessions.push(fixture.claimed(kind).await);
    }
    let (bad, bad_fence) = sessions[1];
    let first = append(bad, bad_fence, vec![answered(2, bad_fence)]);
    assert_eq!(fixture.append(first).await, Outcome::Stored);

    let outcomes: Vec<_> = sessions
        .iter()
        .map(|&(session, fence)| {
            let seq = if session == bad { 3 } else { 2 };
            let row = EventRow {
                request_id: Some("request-2".to_owned()),
                ..answered(seq, fence)
            };
            fixture.hand_over(session, fence, vec![row])
        })
        .collect();
    for ((session, _), outcome) in sessions.iter().zip(outcomes) {
        let outcome = outcome.await.expect("answered");
        if *session == bad {
            assert!(matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
        } else {
            assert_eq!(outcome, Outcome::Stored);
        }
        assert_eq!(fixture.seqs(*session).await, [1, 2]);
    }
    // Another participant may use the same words.
    let row = EventRow {
        participant: 1,
        request_id: Some("request-2".to_owned()),
        ..answered(3, bad_fence)
    };
    let outcome = fixture.append(append(bad, bad_fence, vec![row])).await;
    assert_eq!(outcome, Outcome::Stored);
}

pub(crate) async fn an_append_is_stored_whole_or_not_at_all(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let repeated = EventRow {
        request_id: Some("request-2".to_owned()),
        ..answered(3, fence)
    };
    let outcome = fixture
        .append(Append {
            session,
            fence,
            rows: vec![answered(2, fence), repeated],
            status: Some(StatusChange {
                status: SessionStatus::Paused,
                ended_at: None,
                deadline_at: None,
                summary: None,
                jobs: Vec::new(),
            }),
        })
        .await;
    assert!(matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
    assert_eq!(fixture.seqs(session).await, [1]);
    assert_eq!(fixture.row(session).await.status, SessionStatus::Open);
}

pub(crate) async fn an_append_that_makes_no_sense_is_rejected(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let other = Fence {
        epoch: fence.epoch - 1,
        ..fence
    };
    let two = answered(2, fence);
    let cases = [
        ("no rows", vec![]),
        ("a gap", vec![two.clone(), answered(4, fence)]),
        ("place 0", vec![answered(0, fence)]),
        ("another fence", vec![answered(2, other)]),
        (
            "no number",
            vec![EventRow {
                theta: Some(f64::NAN),
                ..two.clone()
            }],
        ),
        (
            "a payload over the bound",
            vec![EventRow {
                payload: vec![0; PAYLOAD_BYTES_MAX + 1],
                ..two
            }],
        ),
        (
            "rows over the bound",
            (2..)
                .take(APPEND_ROWS_MAX + 1)
                .map(|seq| answered(seq, fence))
                .collect(),
        ),
    ];
    for (name, rows) in cases {
        let outcome = fixture.append(append(session, fence, rows)).await;
        assert!(
            matches!(outcome, Outcome::Rejected(_)),
            "{name}: {outcome:?}"
        );
    }
    assert_eq!(fixture.seqs(session).await, [1]);
}

pub(crate) async fn an_append_to_no_session_is_rejected(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let fence = Fence { epoch: 1, claim: 1 };
    let nowhere = SessionId(Uuid::now_v7());
    let outcome = fixture.append(append(nowhere, fence, vec![answered(1, fence)]));
    assert!(matches!(outcome.await, Outcome::Rejected(_)));
    assert_eq!(fixture.seqs(nowhere).await, [0_u32; 0]);
}

pub(crate) async fn stored_answers_are_listed_in_order_those_of_an_exam_too(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("exam").await;
    let kinds = ["recorded", "flagged", "recorded", "moved", "answered"];
    let rows = (2..).zip(kinds).map(|(seq, kind)| EventRow {
        kind: kind.to_owned(),
        ..answered(seq, fence)
    });
    let outcome = fixture.append(append(session, fence, rows.collect())).await;
    assert_eq!(outcome, Outcome::Stored);
    let listed = async |after, limit| -> Vec<u32> {
        let answers = fixture.store.answers_after(after, limit).await;
        let own = answers.expect("listed").into_iter();
        own.filter(|row| row.session == session)
            .map(|row| row.seq)
            .collect()
    };
    assert_eq!(listed(Some((session, 0)), 10).await, [2, 4, 6]);
    assert_eq!(listed(Some((session, 2)), 1).await, [4]);
}
