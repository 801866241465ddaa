//! Which question comes, and why.

use std::sync::Arc;

use learnr_domain::bank::{Bank, Difficulty, Label};
use learnr_domain::session::{Kind, Reason, Settings};
use learnr_domain::{AreaIx, Event, Fact, ItemIx, ItemParameters};

use crate::fixture::{Player, bank, built, certification, diagnostic, item_id, items, practice};

fn served(events: &[Event]) -> Vec<(ItemIx, Reason)> {
    let served = |event: &Event| match &event.fact {
        Fact::Started(started) => Some(started.first),
        Fact::Answered(answered) => answered.next,
        _ => None,
    };
    let choice = |served: learnr_domain::session::Served| (served.item, served.reason);
    events.iter().filter_map(served).map(choice).collect()
}

fn areas(bank: &Bank, events: &[Event]) -> Vec<AreaIx> {
    served(events)
        .into_iter()
        .map(|(ix, _)| bank.item(ix).area)
        .collect()
}

#[test]
fn practice_never_stays_in_an_area_when_it_can_leave() {
    let bank = bank(300, &[0.7, 0.2, 0.1], 1);
    for seed in 0..10 {
        let mut player = Player::start(&bank, practice(40), seed);
        while player.play(!player.events.len().is_multiple_of(4)) {}
        let areas = areas(&bank, &player.events);
        assert!(areas.windows(2).all(|pair| pair[0] != pair[1]), "{areas:?}");
    }
}

#[test]
fn practice_in_one_area_goes_on_in_it() {
    let bank = bank(300, &[0.7, 0.2, 0.1], 1);
    let settings = Settings {
        areas: vec![AreaIx(1)],
        ..Settings::new(Kind::Focused, 20)
    };
    let mut player = Player::start(&bank, settings, 3);
    while player.play(true) {}
    assert_eq!(areas(&bank, &player.events), vec![AreaIx(1); 20]);
}

#[test]
fn a_focused_session_keeps_to_its_areas() {
    let bank = bank(300, &[0.4, 0.3, 0.2, 0.1], 1);
    let settings = Settings {
        areas: vec![AreaIx(3), AreaIx(1)],
        ..Settings::new(Kind::Focused, 30)
    };
    let mut player = Player::start(&bank, settings, 3);
    while player.play(player.events.len().is_multiple_of(2)) {}
    let areas = areas(&bank, &player.events);
    assert!(
        areas
            .iter()
            .all(|area| [AreaIx(1), AreaIx(3)].contains(area)),
        "{areas:?}"
    );
}

#[test]
fn practice_asks_what_the_learner_can_answer_three_times_in_four() {
    let bank = bank(600, &[0.5, 0.5], 4);
    for (target, low, high) in [(0.60, 0.52, 0.68), (0.75, 0.68, 0.82), (0.85, 0.77, 0.92)] {
        let (mut right, mut all) = (0.0, 0.0);
        for seed in 0..12 {
            let settings = Settings {
                target_success: target,
                ..practice(60)
            };
            let mut player = Player::start(&bank, settings, seed);
            let mut chance = learnr_domain::tick::Chance::new(seed + 100);
            player.simulate(&[0.3, -0.3], &mut chance);
            let progress = player.session.progress();
            right += f64::from(progress.correct);
            all += f64::from(progress.answered);
        }
        let rate = right / all;
        assert!((low..high).contains(&rate), "aimed at {target}, got {rate}");
    }
}

#[test]
fn weak_areas_come_more_often() {
    let bank = bank(600, &[1.0, 1.0, 1.0], 4);
    let mut counts = [0; 3];
    for seed in 0..8 {
        let mut player = Player::start(&bank, practice(60), seed);
        let mut chance = learnr_domain::tick::Chance::new(seed);
        player.simulate(&[2.5, 2.5, -1.0], &mut chance);
        for area in areas(&bank, &player.events) {
            counts[area.at()] += 1;
        }
    }
    assert!(
        counts[2] > counts[0] + 30 && counts[2] > counts[1] + 30,
        "{counts:?}"
    );
    assert!(
        counts[0] > 20 && counts[1] > 20,
        "what is mastered still comes up: {counts:?}"
    );
}

#[test]
fn every_choice_carries_its_reason() {
    let bank = bank(300, &[0.5, 0.3, 0.2], 1);
    let mut player = Player::start(&bank, practice(30), 6);
    while player.play(!player.events.len().is_multiple_of(3)) {}
    let reasons: Vec<Reason> = served(&player.events)
        .into_iter()
        .map(|(_, why)| why)
        .collect();
    assert_eq!(reasons[0], Reason::New);
    assert_eq!(
        reasons.iter().filter(|why| **why == Reason::New).count(),
        3,
        "one for each area"
    );
    let probes = |why: &&Reason| **why == Reason::Probe;
    assert!(
        reasons
            .iter()
            .skip(4)
            .step_by(5)
            .all(|why| [Reason::Probe, Reason::New].contains(why))
    );
    assert!((5..=6).contains(&reasons.iter().filter(probes).count()));
    assert!(reasons.contains(&Reason::WeakestArea) && reasons.contains(&Reason::TargetDifficulty));

    let mut player = Player::start(&bank, diagnostic(12), 6);
    while player.play(true) {}
    let reasons: Vec<Reason> = served(&player.events)
        .into_iter()
        .map(|(_, why)| why)
        .collect();
    assert!(
        reasons
            .iter()
            .all(|why| [Reason::New, Reason::Information].contains(why)),
        "{reasons:?}"
    );
}

#[test]
fn a_diagnostic_takes_the_item_that_tells_most() {
    // One item of each area stands out; once the first, random positions are over it must be taken.
    let mut specs = items(60, 1, 9);
    for spec in &mut specs {
        let parameters = ItemParameters::three_pl(0.4, 0.0, 0.25);
        spec.difficulty = Difficulty::Parameters(parameters);
    }
    let sharp = ItemParameters::three_pl(3.0, 0.0, 0.0);
    specs[33].difficulty = Difficulty::Parameters(sharp);
    let bank = built(certification(&[1.0]), specs);
    for seed in 0..20 {
        let mut player = Player::start(&bank, diagnostic(10), seed);
        while player.play(player.events.len().is_multiple_of(2)) {}
        let place = served(&player.events)
            .iter()
            .position(|(ix, _)| bank.item(*ix).id == item_id(33));
        assert!(
            place.is_some_and(|place| place < 5),
            "seed {seed}: {place:?}"
        );
    }
}

#[test]
fn first_questions_differ_between_learners() {
    let mut specs = items(200, 2, 9);
    for spec in &mut specs {
        spec.difficulty = Difficulty::Label(Label::Medium);
    }
    let labelled = built(certification(&[0.5, 0.5]), specs);
    let calibrated = bank(200, &[0.5, 0.5], 9);
    let firsts = |bank: &Arc<Bank>, settings: &Settings| {
        let mut firsts: Vec<ItemIx> = (0..60)
            .map(|seed| Player::start(bank, settings.clone(), seed).served()[0])
            .collect();
        firsts.sort_unstable();
        firsts.dedup();
        firsts.len()
    };
    assert!(firsts(&labelled, &diagnostic(10)) > 40);
    assert!(firsts(&labelled, &practice(10)) > 40);
    assert!(
        firsts(&calibrated, &diagnostic(10)) >= 8,
        "the best five of each area"
    );
}

#[test]
fn options_that_speak_of_each_other_keep_their_order() {
    let mut specs = items(30, 1, 9);
    specs.iter_mut().for_each(|spec| spec.fixed_order = true);
    let bank = built(certification(&[1.0]), specs);
    let mut player = Player::start(&bank, practice(20), 1);
    while let Some(served) = player.session.open_question() {
        assert_eq!(
            served.order.iter().map(|o| o.0).collect::<Vec<_>>(),
            vec![0, 1, 2, 3]
        );
        player.play(true);
    }
}
