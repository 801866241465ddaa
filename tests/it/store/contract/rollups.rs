//! Roll-ups: each ended session is in them once, and what owners of certifications read of them.

use learnr::store::{
    ActivityIncrement, ConceptIncrement, EndedSpan, EventRow, ItemIncrement, LearnerId,
    ProgressMark, SessionId, SessionRollup, Totals,
};
use learnr_domain::calibration::FitSums;
use uuid::Uuid;

use super::endings::{completed, completion};
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place, answered, identity};

pub(crate) fn totals(answers: u32, correct: u32) -> Totals {
    Totals {
        answers,
        correct,
        elapsed_ms: i64::from(answers) * 1_000,
    }
}

pub(crate) fn activity(quarter: i64, area: &str, answers: u32, correct: u32) -> ActivityIncrement {
    ActivityIncrement {
        quarter,
        area: area.to_owned(),
        sessions: 0,
        totals: totals(answers, correct),
        ability: None,
    }
}

pub(crate) fn concept(concept: &str, answers: u32, correct: u32) -> ConceptIncrement {
    ConceptIncrement {
        concept: concept.to_owned(),
        totals: totals(answers, correct),
        expected: f64::from(answers) / 2.0,
    }
}

fn item(item: &str, answers: u32, correct: u32) -> ItemIncrement {
    let mut fit = FitSums::default();
    fit.add(true, 0.75, 0.5, 1.0);
    ItemIncrement {
        item: item.to_owned(),
        served: answers + 1,
        totals: totals(answers, correct),
        fit,
    }
}

/// The roll-up of a session with one item.
pub(crate) fn rollup(fixture: &Fixture, session: SessionId) -> SessionRollup {
    SessionRollup {
        session,
        learner: fixture.learner,
        certification: CERTIFICATION.to_owned(),
        version: "v1".to_owned(),
        ended_at: NOW,
        totals: totals(3, 2),
        activity: Vec::new(),
        concepts: Vec::new(),
        items: vec![item("q1", 3, 2)],
    }
}

async fn waiting(fixture: &Fixture, of: Option<(LearnerId, &str)>) -> Vec<SessionId> {
    let rows = fixture.store.sessions_to_roll_up(of, 10).await;
    let mut ids: Vec<_> = rows.expect("answered").iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

/// Sessions, answers and right answers of the version, by its statistics.
async fn counted(fixture: &Fixture) -> Option<(i64, i64, i64)> {
    let versions = fixture.store.version_statistics(CERTIFICATION).await;
    let versions = versions.expect("answered");
    assert!(versions.len() <= 1);
    versions
        .first()
        .map(|one| (one.sessions, one.answers, one.correct))
}

pub(crate) async fn a_session_is_rolled_up_once(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (one, two) = (
        completed(&fixture, NOW).await,
        completed(&fixture, NOW + 1).await,
    );
    let open = fixture.created("practice").await.id;
    let own = Some((fixture.learner, CERTIFICATION));
    assert_eq!(waiting(&fixture, None).await, [one, two]);
    assert_eq!(waiting(&fixture, own).await, [one, two]);
    let others = Some((LearnerId(Uuid::new_v4()), CERTIFICATION));
    assert_eq!(waiting(&fixture, others).await, []);
    assert_eq!(waiting(&fixture, Some((fixture.learner, "none"))).await, []);

    let roll_up = |session| fixture.store.roll_up(rollup(&fixture, session));
    assert!(roll_up(one).await.expect("answered"));
    assert!(!roll_up(one).await.expect("answered"), "it is in already");
    assert!(!roll_up(open).await.expect("answered"), "it has not ended");
    let unknown = SessionId(Uuid::now_v7());
    assert!(!roll_up(unknown).await.expect("answered"));
    let stolen = SessionRollup {
        learner: LearnerId(Uuid::new_v4()),
        ..rollup(&fixture, two)
    };
    let stolen = fixture.store.roll_up(stolen).await;
    assert!(!stolen.expect("answered"), "it is somebody else's");
    assert_eq!(counted(&fixture).await, Some((1, 3, 2)));
    assert_eq!(waiting(&fixture, own).await, [two]);
}

pub(crate) async fn a_session_that_adds_nothing_is_marked_all_the_same(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = completed(&fixture, NOW).await;
    let nothing = SessionRollup::nothing(&fixture.row(session).await);
    assert!(fixture.store.roll_up(nothing).await.expect("answered"));
    assert_eq!(waiting(&fixture, None).await, []);
    assert_eq!(counted(&fixture).await, None);
    let learners = fixture
        .store
        .learner_progress(CERTIFICATION, None, 10)
        .await;
    assert_eq!(learners.expect("answered"), []);
}

pub(crate) async fn what_a_deleted_account_did_not_add_is_never_added(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let session = completed(&fixture, NOW).await;
    let deleted = store.delete_learner(learner, |kept| kept).await;
    deleted.expect("answered").expect("there was one");
    let tombstone = fixture.row(session).await.learner;
    for learner in [learner, tombstone] {
        let mut one = rollup(&fixture, session);
        one.learner = learner;
        one.activity = vec![activity(7, "tax", 3, 2)];
        one.concepts = vec![concept("vat", 3, 2)];
        assert!(!store.roll_up(one).await.expect("answered"));
        let concepts = store.hardest_concepts(learner, CERTIFICATION, 1, 10).await;
        assert_eq!(concepts.expect("answered"), []);
    }
    assert_eq!(counted(&fixture).await, None);
    assert_eq!(waiting(&fixture, None).await, []);
}

pub(crate) async fn of_roll_ups_at_once_exactly_one_counts(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = completed(&fixture, NOW).await;
    let rivals = (0..8).map(|_| {
        let (store, one) = (fixture.store.clone(), rollup(&fixture, session));
        tokio::spawn(async move { store.roll_up(one).await.expect("answered") })
    });
    let mut added = 0;
    for rival in rivals.collect::<Vec<_>>() {
        added += u32::from(rival.await.expect("no panic"));
    }
    assert_eq!(added, 1);
    assert_eq!(counted(&fixture).await, Some((1, 3, 2)));
}

pub(crate) async fn items_add_up_and_are_paged_by_id(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for _ in 0..3 {
        let session = completed(&fixture, NOW).await;
        let mut one = rollup(&fixture, session);
        one.items = vec![item("a", 1, 1), item("b", 2, 0), item("c", 1, 0)];
        fixture.store.roll_up(one).await.expect("answered");
    }
    let page = async |version: &'static str, after| {
        let store = &fixture.store;
        let found = store.item_statistics(CERTIFICATION, version, after, 2);
        found.await.expect("answered")
    };
    let first = page("v1", None).await;
    let ids: Vec<_> = first.iter().map(|row| row.item.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    let two = &first[1];
    assert_eq!((two.served, two.answers, two.correct), (9, 6, 0));
    assert_eq!(two.elapsed_ms, 6_000);
    let mut fit = FitSums::default();
    for _ in 0..3 {
        fit.add(true, 0.75, 0.5, 1.0);
    }
    assert_eq!(two.fit, fit);
    let rest = page("v1", Some("b")).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].item, "c");
    assert_eq!(page("v1", Some("c")).await, []);
    assert_eq!(page("v2", None).await, []);
}

pub(crate) async fn learners_are_paged_by_their_latest_session(place: &dyn Place) {
    let mut fixture = Fixture::at(place).await;
    let mut expected = Vec::new();
    for (subject, ended) in [("a", [5, 1]), ("b", [2, 3]), ("c", [4, 4]), ("d", [3, 3])] {
        let learner = fixture.store.learner_for(identity(subject), NOW).await;
        fixture.learner = learner.expect("made");
        for ended_at in ended {
            let session = completed(&fixture, ended_at).await;
            let one = SessionRollup {
                ended_at,
                ..rollup(&fixture, session)
            };
            assert!(fixture.store.roll_up(one).await.expect("answered"));
        }
        let (first, last) = (ended[0].min(ended[1]), ended[0].max(ended[1]));
        expected.push((last, fixture.learner, first));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = fixture
            .store
            .learner_progress(CERTIFICATION, before, 3)
            .await;
        let page = page.expect("answered");
        let Some(last) = page.last() else { break };
        before = Some(ProgressMark {
            last_at: last.last_at,
            learner: last.learner,
        });
        for row in page {
            assert_eq!((row.sessions, row.totals), (2, totals(6, 4)));
            seen.push((row.last_at, row.learner, row.first_at));
        }
    }
    assert_eq!(seen, expected);
}

pub(crate) async fn answers_are_exported_by_the_end_of_their_session(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut expected = Vec::new();
    for ended_at in [NOW + 3, NOW + 1, NOW + 2, NOW + 2, NOW + 9] {
        let (session, fence) = fixture.claimed("practice").await;
        let rows: Vec<EventRow> = (2..5).map(|seq| answered(seq, fence)).collect();
        fixture
            .hand_over(session, fence, rows)
            .await
            .expect("stored");
        let mut ending = completion(session, fence, ended_at);
        ending.rows[0].seq = 5;
        ending.rows[0].request_id = None;
        fixture.append(ending).await;
        expected.extend((2..5).map(|seq| (ended_at, session, seq)));
    }
    let (open, fence) = fixture.claimed("practice").await;
    let rows = vec![answered(2, fence)];
    fixture.hand_over(open, fence, rows).await.expect("stored");
    expected.retain(|(ended_at, ..)| (NOW + 1..NOW + 9).contains(ended_at));
    expected.sort();
    let span = EndedSpan {
        from_ms: NOW + 1,
        to_ms: NOW + 9,
    };
    for limit in [1, 2, 3, 5, 100] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = fixture
                .store
                .exported_answers(CERTIFICATION, span, after, limit)
                .await
                .expect("answered");
            let Some(last) = page.last() else { break };
            after = Some(last.mark());
            for one in page {
                assert_eq!(
                    (one.learner, one.kind.as_str()),
                    (fixture.learner, "practice")
                );
                assert_eq!(one.version, "v1");
                seen.push((one.ended_at, one.session, one.answer.seq));
            }
        }
        assert_eq!(seen, expected, "{limit} at a time");
    }
}
