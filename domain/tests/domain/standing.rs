//! Where a learner stands between sessions.

use learnr_domain::learner::{LearnerState, REVIEW_DAYS, SeenItem, Standing, Verdict};
use learnr_domain::session::RHO_DEFAULT;
use learnr_domain::tick::{Chance, DAY_MS};

use crate::fixture::{
    BEGINNING, Player, bank, bank_with_concepts, diagnostic, item_id, normal, practice,
};

#[test]
fn a_learner_without_sessions_stands_at_the_prior() {
    let bank = bank_with_concepts((60, 3, 6), &[]);
    let standing =
        Standing::new(&bank, None, RHO_DEFAULT, BEGINNING).expect("nobody's state is sound");
    assert_eq!((standing.areas.len(), standing.concepts.len()), (3, 6));
    assert!(
        standing
            .areas
            .iter()
            .all(|area| area.answers == 0 && area.low < area.score && area.score < area.high)
    );
    assert_eq!(standing.readiness.verdict, Verdict::NotEnoughEvidence);
    assert_eq!(
        (standing.reviews.now, standing.reviews.next_days),
        (0, [0; REVIEW_DAYS])
    );
}

#[test]
fn between_sessions_a_learner_stands_where_the_next_one_begins() {
    let bank = bank(90, &[0.5, 0.3, 0.2], 1);
    let mut player = Player::start(&bank, practice(20), 2);
    while player.play(!player.events.len().is_multiple_of(3)) {}
    let state = LearnerState::after(None, &player.session);
    let later = player.now.plus(9 * DAY_MS);
    let standing = Standing::new(&bank, Some(&state), RHO_DEFAULT, later).expect("a sound state");
    let next = Player::resume(&bank, practice(20), Some(state), later, 3).expect("starts");
    assert_eq!(standing.areas, next.session.competency());
}

#[test]
fn reviews_are_counted_by_the_day_they_fall_due() {
    let bank = bank(60, &[1.0], 1);
    let seen = |item: usize, days_ago: i64, right: bool, late_ms: i64| {
        let at = BEGINNING.plus(late_ms - days_ago * DAY_MS);
        SeenItem::from_last_answer(item_id(item), at, right, 1)
    };
    // A missed item is due after a day, one known after two.
    let learner = LearnerState {
        seen: vec![
            seen(0, 1, false, 0),
            seen(1, 1, false, 1),
            seen(2, 0, true, -1),
            seen(3, 0, true, 1),
            seen(4, 0, false, 0),
            seen(5, 30, true, 0),
        ],
        updated_at: BEGINNING,
        ..LearnerState::default()
    };
    let standing =
        Standing::new(&bank, Some(&learner), RHO_DEFAULT, BEGINNING).expect("a sound state");
    assert_eq!(standing.reviews.now, 2);
    assert_eq!(standing.reviews.next_days, [2, 1, 1, 0, 0, 0, 0]);
}

#[test]
fn what_is_damaged_is_refused_and_named() {
    let bank = bank(60, &[1.0], 1);
    for rho in [-0.1, 0.95, f64::NAN] {
        let refused = Standing::new(&bank, None, rho, BEGINNING).map(|_| ());
        assert_eq!(
            refused.expect_err("rho is out of range").to_string(),
            format!("rho must be 0 to 0.9, got {rho}")
        );
    }
    let mut learner = LearnerState {
        seen: vec![SeenItem::from_last_answer(item_id(0), BEGINNING, true, 1)],
        ..LearnerState::default()
    };
    learner.seen[0].memory.difficulty = f32::NAN;
    let refused = Standing::new(&bank, Some(&learner), RHO_DEFAULT, BEGINNING).map(|_| ());
    let text = refused.expect_err("the memory is damaged").to_string();
    assert_eq!(text, "learner state: memory of item item-000000 is damaged");
}

#[test]
fn the_interval_of_a_score_covers_four_times_in_five() {
    let bank = bank(300, &[0.4, 0.35, 0.25], 21);
    let (mut hits, mut all) = (0.0, 0.0);
    for simulee in 0..150 {
        let mut chance = Chance::new(simulee + 1_000);
        let factor = normal(&mut chance);
        let abilities: [f64; 3] =
            std::array::from_fn(|_| 0.5_f64.sqrt() * (factor + normal(&mut chance)));
        let mut player = Player::start(&bank, diagnostic(30), simulee);
        player.simulate(&abilities, &mut chance);
        for (area, theta) in player.session.competency().iter().zip(abilities) {
            let items = bank.area(area.area).items();
            let right: f64 = items
                .iter()
                .map(|item| learnr_domain::irt::probability(&bank.item(*item).parameters, theta))
                .sum();
            let truth = right / items.len() as f64;
            hits += f64::from(u8::from((area.low..=area.high).contains(&truth)));
            all += 1.0;
        }
    }
    let coverage = hits / all;
    assert!((0.75..=0.85).contains(&coverage), "{coverage} of {all}");
}
