//! What learners look back on: their sessions, their answers, what their days came to.

use learnr::store::{
    Created, DaySpan, EventRow, LearnerId, NewSession, QUARTERS_PER_DAY, SessionFilter, SessionId,
    SessionMark, SessionRollup, SessionStatus, StoredAbility, Totals,
};
use uuid::Uuid;

use super::endings::{completed, completion};
use super::rollups::{activity, concept, rollup, totals};
use crate::store::fixture::{
    CERTIFICATION, Fixture, NOW, Place, answered, certification, identity, new_session,
};

/// A completed session that began at `started_at`.
async fn begun(fixture: &Fixture, learner: LearnerId, started_at: i64) -> SessionId {
    let session = NewSession {
        started_at,
        ..new_session(learner, "practice")
    };
    let (id, fence) = (session.id, session.fence());
    let Created::New(_) = fixture.create(session).await else {
        panic!("no other is open");
    };
    fixture.append(completion(id, fence, started_at + 5)).await;
    id
}

async fn listed(
    fixture: &Fixture,
    filter: SessionFilter,
    before: Option<SessionMark>,
    limit: u32,
) -> Vec<SessionMark> {
    let rows = fixture
        .store
        .sessions_of_learner(fixture.learner, filter, before, limit)
        .await
        .expect("answered");
    rows.iter()
        .map(|row| SessionMark {
            started_at: row.started_at,
            session: row.id,
        })
        .collect()
}

pub(crate) async fn sessions_are_paged_newest_first_while_others_are_added(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut all = Vec::new();
    for started_at in [NOW + 3, NOW + 1, NOW + 2, NOW + 2, NOW] {
        let session = begun(&fixture, fixture.learner, started_at).await;
        all.push(SessionMark {
            started_at,
            session,
        });
    }
    let stranger = fixture.store.learner_for(identity("else"), NOW).await;
    begun(&fixture, stranger.expect("made"), NOW + 1).await;
    all.sort_by(|a, b| b.cmp(a));
    let any = SessionFilter::default;
    let mut seen = listed(&fixture, any(), None, 2).await;
    while let Some(last) = seen.last().copied() {
        begun(&fixture, fixture.learner, NOW + 9).await;
        let page = listed(&fixture, any(), Some(last), 2).await;
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, all);
}

pub(crate) async fn sessions_are_narrowed_to_a_certification_and_a_status(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut other = certification("v1");
    other.id = "other".to_owned();
    fixture
        .store
        .save_certification(other)
        .await
        .expect("saved");
    let ended = begun(&fixture, fixture.learner, NOW).await;
    let open = fixture.created("practice").await.id;
    let elsewhere = NewSession {
        certification: "other".to_owned(),
        ..new_session(fixture.learner, "practice")
    };
    let elsewhere_id = elsewhere.id;
    fixture.create(elsewhere).await;
    let cases = [
        (None, Some(SessionStatus::Completed), vec![ended]),
        (Some(CERTIFICATION), None, vec![open, ended]),
        (Some("other"), None, vec![elsewhere_id]),
        (Some("other"), Some(SessionStatus::Completed), vec![]),
        (Some("none"), None, vec![]),
    ];
    for (certification, status, mut expected) in cases {
        let filter = SessionFilter {
            certification: certification.map(str::to_owned),
            status,
        };
        expected.sort();
        let found = listed(&fixture, filter.clone(), None, 10).await;
        let mut found: Vec<_> = found.iter().map(|mark| mark.session).collect();
        found.sort();
        assert_eq!(found, expected, "{filter:?}");
    }
}

pub(crate) async fn answers_of_a_session_are_told_in_order(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("exam").await;
    let recorded = |seq, choice: &str| EventRow {
        kind: "recorded".to_owned(),
        choice: Some(choice.to_owned()),
        theta: None,
        standard_error: None,
        ..answered(seq, fence)
    };
    let moved = EventRow {
        kind: "moved".to_owned(),
        item: None,
        ..answered(4, fence)
    };
    let rows = vec![
        answered(2, fence),
        recorded(3, "a"),
        moved,
        recorded(5, "b c"),
    ];
    fixture
        .hand_over(session, fence, rows)
        .await
        .expect("stored");
    let answers = fixture.store.answers_of_session(session).await;
    let answers = answers.expect("answered");
    let told: Vec<_> = answers
        .iter()
        .map(|one| (one.seq, one.recorded, one.choice.as_str(), one.theta))
        .collect();
    assert_eq!(
        told,
        [
            (2, false, "0,2", Some(-0.1)),
            (3, true, "a", None),
            (5, true, "b c", None)
        ]
    );
    let first = &answers[0];
    assert_eq!((first.position, first.item.as_str()), (12, "item-9"));
    assert_eq!((first.correct, first.elapsed_ms), (true, 4_321));
    assert_eq!((first.area.as_str(), first.at_ms), ("tax", NOW + 2));
    assert_eq!(first.standard_error, Some(0.3));
    let none = SessionId(Uuid::now_v7());
    let none = fixture.store.answers_of_session(none).await;
    assert_eq!(none.expect("answered"), []);
}

/// Day 100 where a clock is 5 h 45 min ahead, with the days beside it.
const DAYS: DaySpan = DaySpan {
    first: 99,
    last: 101,
    offset_quarters: 23,
};

/// The quarter of an hour at which local day `day` begins, and `more` after it.
fn quarter(day: i64, more: i64) -> i64 {
    day * QUARTERS_PER_DAY - DAYS.offset_quarters + more
}

pub(crate) async fn days_are_cut_where_the_learner_is(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = completed(&fixture, NOW).await;
    let mut one = rollup(&fixture, session);
    one.activity = vec![
        activity(quarter(99, -1), "tax", 1, 1),
        activity(quarter(99, 0), "tax", 2, 1),
        activity(quarter(99, 95), "audit", 4, 2),
        activity(quarter(100, 0), "tax", 8, 3),
        activity(quarter(101, 95), "tax", 16, 4),
        activity(quarter(102, 0), "tax", 32, 5),
    ];
    one.activity[3].area = String::new();
    one.activity[3].sessions = 1;
    assert!(fixture.store.roll_up(one).await.expect("answered"));
    let (store, learner) = (&fixture.store, fixture.learner);
    let days = store.activity_by_day(learner, CERTIFICATION, DAYS).await;
    let days: Vec<_> = days
        .expect("answered")
        .iter()
        .map(|day| (day.day, day.sessions, day.totals))
        .collect();
    assert_eq!(
        days,
        [
            (99, 0, totals(6, 3)),
            (100, 1, totals(8, 3)),
            (101, 0, totals(16, 4))
        ]
    );
    let areas = store.activity_by_area(learner, CERTIFICATION, DAYS).await;
    let areas: Vec<_> = areas
        .expect("answered")
        .into_iter()
        .map(|area| (area.area, area.totals))
        .collect();
    let expected = [
        ("audit".to_owned(), totals(4, 2)),
        ("tax".to_owned(), totals(18, 5)),
    ];
    assert_eq!(areas, expected);
    let other = LearnerId(Uuid::new_v4());
    let none = store.activity_by_day(other, CERTIFICATION, DAYS).await;
    assert_eq!(none.expect("answered"), []);
}

pub(crate) async fn the_last_ability_of_a_day_stays_whichever_session_comes_first(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let ability = |theta, at_ms| {
        Some(StoredAbility {
            theta,
            standard_error: 0.5,
            at_ms,
        })
    };
    let quarters = [
        quarter(99, 3),
        quarter(99, 3),
        quarter(99, 4),
        quarter(100, 0),
    ];
    for (at_ms, theta) in [(20, 0.2), (10, 0.1), (40, 0.4), (30, 0.3)] {
        let session = completed(&fixture, NOW).await;
        let mut one: SessionRollup = rollup(&fixture, session);
        one.activity = vec![activity(quarters[at_ms as usize / 10 - 1], "tax", 1, 1)];
        one.activity[0].ability = ability(theta, at_ms);
        fixture.store.roll_up(one).await.expect("answered");
    }
    let mut exam = rollup(&fixture, completed(&fixture, NOW).await);
    exam.activity = vec![activity(quarter(99, 3), "tax", 5, 5)];
    fixture.store.roll_up(exam).await.expect("answered");
    let told = fixture
        .store
        .competency_by_day(fixture.learner, CERTIFICATION, DAYS)
        .await
        .expect("answered");
    let told: Vec<_> = told
        .into_iter()
        .map(|day| (day.day, day.area, Some(day.ability)))
        .collect();
    let expected = [
        (99, "tax".to_owned(), ability(0.3, 30)),
        (100, "tax".to_owned(), ability(0.4, 40)),
    ];
    assert_eq!(told, expected);
}

pub(crate) async fn the_hardest_concepts_come_first_and_few_answers_weigh_little(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    for _ in 0..2 {
        let session = completed(&fixture, NOW).await;
        let mut one = rollup(&fixture, session);
        one.concepts = vec![
            concept("easy", 5, 5),
            concept("hard", 5, 1),
            concept("rare", 1, 0),
            concept("wrong", 2, 0),
        ];
        fixture.store.roll_up(one).await.expect("answered");
    }
    let hardest = async |answers_min, limit| {
        let (store, learner) = (&fixture.store, fixture.learner);
        let found = store.hardest_concepts(learner, CERTIFICATION, answers_min, limit);
        let found = found.await.expect("answered");
        let told = found.into_iter().map(|row| (row.concept, row.totals));
        told.collect::<Vec<(String, Totals)>>()
    };
    let row = |name: &str, answers, correct| (name.to_owned(), totals(answers, correct));
    // (0 + 1) / (4 + 2), (2 + 1) / (10 + 2), (0 + 1) / (2 + 2): the last two are even, and more answers come first.
    let all = [
        row("wrong", 4, 0),
        row("hard", 10, 2),
        row("rare", 2, 0),
        row("easy", 10, 10),
    ];
    assert_eq!(hardest(1, 10).await, all);
    assert_eq!(hardest(3, 2).await, all[..2]);
    let (store, learner) = (&fixture.store, fixture.learner);
    let told = store.hardest_concepts(learner, CERTIFICATION, 1, 1).await;
    assert_eq!(told.expect("answered")[0].expected, 2.0);
}
