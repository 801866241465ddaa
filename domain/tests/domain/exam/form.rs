//! Which questions an exam asks.

use std::sync::Arc;

use learnr_domain::bank::{Bank, EXAM_LENGTH_MAX, blueprint_counts};
use learnr_domain::irt::{ItemParameters, information};
use learnr_domain::session::{Kind, Reason, Settings, Start};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{AreaIx, Fact, ItemIx, LearnerState, Refusal};
use proptest::prelude::*;

use super::{WEIGHTS, settings, start_refused};
use crate::fixture::{
    BEGINNING, Player, area_id, bank, built, certification, item, item_id, items,
};

fn counts(bank: &Bank, form: &[ItemIx]) -> Vec<u16> {
    let mut counts = vec![0; bank.areas().len()];
    for ix in form {
        counts[bank.item(*ix).area.at()] += 1;
    }
    counts
}

fn weights(bank: &Bank) -> Vec<f64> {
    bank.areas().iter().map(|area| area.weight).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_form_meets_the_blueprint_to_the_item_and_holds_no_two_enemies(
        shares in prop::collection::vec(0.05..1.0, 1..8), length in 1_u16..40, seed in any::<u64>(),
    ) {
        let mut items = items(60 * shares.len(), shares.len(), 5);
        for k in (0..items.len() - 7).step_by(3) {
            items[k].enemies = vec![item_id(k + 1), item_id(k + 7)];
        }
        let bank = built(certification(&shares), items);
        let form = Player::start(&bank, settings(length), seed).form();
        prop_assert_eq!(form.len(), usize::from(length));
        prop_assert_eq!(counts(&bank, &form), blueprint_counts(&weights(&bank), length));
        for (k, one) in form.iter().enumerate() {
            prop_assert!(!form[..k].contains(one));
            prop_assert!(form[..k].iter().all(|other| !bank.item(*other).enemies.contains(one)));
        }
    }
}

#[test]
fn the_form_is_pinned_in_the_first_event_and_the_same_seed_gives_the_same_one() {
    let bank = bank(200, &WEIGHTS, 4);
    let start = |seed| Player::start(&bank, settings(30), seed);
    let (one, again, other) = (start(1), start(1), start(2));
    assert_eq!(one.events, again.events);
    assert_ne!(one.form(), other.form());
    let Fact::Started(started) = &one.events[0].fact else {
        panic!("it started")
    };
    assert_eq!(started.form[0], started.first);
    assert_eq!(one.session.open_question(), Some(&started.first));
    let positions = started.form.iter().map(|served| served.position.0);
    assert!(positions.eq(1..=30));
    assert!(started.form.iter().all(|served| served.evidence));
    let orders = started.form.iter().map(|served| &served.order);
    assert!(
        orders
            .clone()
            .any(|order| Some(order) != orders.clone().next())
    );
}

#[test]
fn an_exam_is_under_exposure_control() {
    let bank = bank(200, &WEIGHTS, 4);
    let mut start = Start::new(settings(30), None, "v1".into());
    let out: Vec<ItemIx> = (0..200).step_by(2).map(ItemIx).collect();
    start.ineligible = out.iter().rev().copied().collect();
    let exam = Player::begin(&bank, start, BEGINNING, 1).expect("it begins");
    assert!(exam.form().iter().all(|item| item.0 % 2 == 1));
    assert_eq!(exam.session.ineligible(), out);
    assert_eq!(exam.session.exposed(), exam.form(), "all of it is seen");
    let mut start = Start::new(settings(30), None, "v1".into());
    start.ineligible = (0..200).map(ItemIx).collect();
    let exam = Player::begin(&bank, start, BEGINNING, 1).expect("never stranded");
    assert_eq!(exam.form().len(), 30);
}

#[test]
fn an_exam_takes_its_length_and_its_time_from_the_certification() {
    let bank = bank(200, &WEIGHTS, 4);
    let settings = Settings::exam(bank.certification());
    assert_eq!(settings.kind, Kind::Exam);
    assert_eq!(
        (settings.length, settings.time_limit_ms),
        (60, Some(90 * 60_000))
    );
    assert_eq!(Player::start(&bank, settings, 1).form().len(), 60);
}

#[test]
fn an_exam_may_be_as_long_as_a_certification_says_and_no_longer() {
    let bank = bank(1_200, &WEIGHTS, 4);
    let whole = Player::start(&bank, settings(EXAM_LENGTH_MAX), 1);
    assert_eq!(counts(&bank, &whole.form()), [250, 150, 100]);
    assert_eq!(Player::start(&bank, settings(1), 1).form().len(), 1);
    for length in [0, EXAM_LENGTH_MAX + 1, u16::MAX] {
        let refusal = start_refused(&bank, settings(length));
        assert_eq!(
            refusal.to_string(),
            format!("length must be 1 to 500, got {length}")
        );
    }
    let focused = Settings {
        areas: vec![AreaIx(0)],
        ..settings(10)
    };
    assert!(matches!(
        start_refused(&bank, focused),
        Refusal::InvalidSetting(_)
    ));
}

#[test]
fn a_bank_smaller_than_the_exam_is_refused_with_the_figures() {
    let bank = bank(40, &WEIGHTS, 4);
    let too_few = |area, needed, found| Refusal::TooFewItems {
        area,
        needed,
        found,
    };
    assert_eq!(start_refused(&bank, settings(60)), too_few(None, 60, 40));
    // Dealt in turn, the first area has 14 items and the blueprint wants half of 30.
    let refusal = start_refused(&bank, settings(30));
    assert_eq!(refusal, too_few(Some(area_id(0)), 15, 14));
    assert_eq!(
        refusal.to_string(),
        "the exam needs 15 questions of area area-0, and 14 can stand in one: choose a shorter one"
    );
    assert_eq!(Player::start(&bank, settings(28), 1).form().len(), 28);
}

#[test]
fn enemies_that_leave_too_few_are_refused_and_otherwise_found_a_way_around() {
    let crowd = |cliques: usize| {
        // Cliques of four: one item of each may stand in a form.
        let mut all = items(40, 1, 2);
        for (k, item) in all.iter_mut().enumerate().take(4 * cliques) {
            let others = (k / 4 * 4..k / 4 * 4 + 4).filter(|other| *other != k);
            item.enemies = others.map(item_id).collect();
        }
        built(certification(&[1.0]), all)
    };
    let found = |bank: &Arc<Bank>, length| Player::start(bank, settings(length), 9).form().len();
    assert_eq!(found(&crowd(10), 10), 10);
    assert_eq!(found(&crowd(5), 25), 25);
    let refusal = start_refused(&crowd(10), settings(11));
    assert_eq!(
        refusal,
        Refusal::TooFewItems {
            area: Some(area_id(0)),
            needed: 11,
            found: 10,
        }
    );
    // A star: the item in the middle is an enemy of all the others, and chance alone takes it too often.
    let mut all = items(12, 1, 2);
    all[0].difficulty =
        learnr_domain::bank::Difficulty::Parameters(ItemParameters::three_pl(9.0, 0.3, 0.0));
    all[0].enemies = (1..12).map(item_id).collect();
    assert_eq!(found(&built(certification(&[1.0]), all), 11), 11);
}

#[test]
fn questions_of_one_case_stay_together_in_their_order() {
    let mut all = items(60, 3, 5);
    for (k, item) in all.iter_mut().enumerate().take(24) {
        item.stimulus = Some(format!("Case {}", k % 4));
    }
    let bank = built(certification(&WEIGHTS), all);
    let mut shuffled = false;
    for seed in 0..20 {
        let form = Player::start(&bank, settings(30), seed).form();
        shuffled |= !form.is_sorted();
        for case in 0..4 {
            let text = format!("Case {case}");
            let of_case = |ix: &ItemIx| bank.item(*ix).stimulus.as_ref() == Some(&text);
            let places: Vec<usize> = (0..form.len()).filter(|k| of_case(&form[*k])).collect();
            assert!(
                places.windows(2).all(|pair| pair[1] == pair[0] + 1),
                "{places:?}"
            );
            assert!(places.windows(2).all(|pair| form[pair[0]] < form[pair[1]]));
        }
    }
    assert!(shuffled);
}

#[test]
fn what_the_learner_has_not_seen_comes_first_and_then_what_was_seen_longest_ago() {
    let bank = bank(30, &[1.0], 6);
    let mut learner = None;
    let mut forms = Vec::new();
    for turn in 0..4 {
        let now = BEGINNING.plus(turn * 10 * DAY_MS);
        let started = Player::resume(&bank, settings(10), learner.clone(), now, turn as u64);
        let mut player = started.expect("never stranded");
        for position in 1..=10 {
            let right = super::answer(&format!("a{position}"), position, 1);
            player.ask(&right).expect("recorded");
        }
        player.submit();
        let mut form = player.form();
        form.sort_unstable();
        forms.push(form);
        learner = Some(LearnerState::after(learner.as_ref(), &player.session));
        let Fact::Started(started) = &player.events[0].fact else {
            panic!("it started")
        };
        let expected = match turn {
            3 => Reason::LeastRecentlySeen,
            _ => Reason::Balance,
        };
        assert!(started.form.iter().all(|served| served.reason == expected));
    }
    let mut first_three = forms[..3].concat();
    first_three.sort_unstable();
    first_three.dedup();
    assert_eq!(first_three.len(), 30, "three exams use the whole bank");
    assert_eq!(
        forms[3], forms[0],
        "the fourth begins again with the oldest"
    );
}

#[test]
fn items_that_tell_at_the_pass_mark_are_drawn_more_often_and_no_item_never() {
    // Half of the items discriminate well at the pass mark, half lie far from it.
    let all = (0..40).map(|k| {
        let parameters = match k % 2 {
            0 => ItemParameters::three_pl(1.5, 0.4, 0.2),
            _ => ItemParameters::three_pl(0.7, -3.0, 0.2),
        };
        item(k, 0, parameters)
    });
    let bank = built(certification(&[1.0]), all.collect());
    let worth = |ix: usize| information(&bank.items()[ix].parameters, 0.8);
    assert!(worth(0) > 10.0 * worth(1));
    let mut drawn = vec![0_u32; 40];
    for seed in 0..400 {
        for ix in Player::start(&bank, settings(10), seed).form() {
            drawn[ix.0 as usize] += 1;
        }
    }
    let good: u32 = drawn.iter().step_by(2).sum();
    assert!(
        good > 3_200,
        "{good} of 4000, where chance alone gives 2000"
    );
    assert!(drawn.iter().all(|n| *n > 0), "{drawn:?}");
    let most = drawn.iter().max().expect("forty items");
    assert!(
        *most < 300,
        "no item is in nearly every exam: {most} of 400"
    );
}
