//! Diagnostics under exposure control, the blueprint that stays feasible, and new items on trial.

use std::sync::Arc;

use learnr_domain::bank::{Bank, Difficulty, Label};
use learnr_domain::selection::TRIAL_SHARE;
use learnr_domain::selection::exposure::Exposure;
use learnr_domain::session::{Reason, Settings, Start};
use learnr_domain::{Fact, ItemIx, Refusal, Session};

use crate::fixture::{
    BEGINNING, Player, bank, built, certification, diagnostic, item, item_id, items, practice,
};

fn begin(
    bank: &Arc<Bank>,
    settings: Settings,
    ineligible: Vec<ItemIx>,
    seed: u64,
) -> Result<Player, Refusal> {
    let mut start = Start::new(settings, None, Arc::from("v1"));
    start.ineligible = ineligible;
    Player::begin(bank, start, BEGINNING, seed)
}

#[test]
fn what_exposure_control_keeps_out_is_not_served_while_there_is_anything_else() {
    let bank = bank(120, &[0.5, 0.5], 3);
    // In no order, and one twice: the session puts them in order.
    let out: Vec<ItemIx> = (0..60).rev().chain([7]).map(ItemIx).collect();
    for seed in 0..5 {
        let mut player = begin(&bank, diagnostic(30), out.clone(), seed).expect("it starts");
        while player.play(true) {}
        assert!(player.served().iter().all(|item| item.0 >= 60));
        let again = Session::replay(Arc::clone(&bank), &player.events).expect("its own events");
        assert_eq!(again.fingerprint(), player.session.fingerprint());
    }
}

#[test]
fn the_blueprint_counts_for_more_than_exposure_control() {
    let bank = bank(40, &[0.5, 0.5], 3);
    // All of the first area.
    let out: Vec<ItemIx> = (0..40).filter(|k| k % 2 == 0).map(ItemIx).collect();
    let mut player = begin(&bank, diagnostic(20), out, 1).expect("it starts");
    while player.play(player.events.len().is_multiple_of(2)) {}
    let first = player
        .served()
        .iter()
        .filter(|item| item.0 % 2 == 0)
        .count();
    assert!((9..=11).contains(&first), "{first} of 20");
}

#[test]
fn only_what_measures_is_under_exposure_control() {
    let bank = bank(60, &[1.0], 3);
    let started = |settings| {
        let player = begin(&bank, settings, vec![ItemIx(3)], 1).expect("it starts");
        match &player.events[0].fact {
            Fact::Started(started) => started.ineligible.clone(),
            other => panic!("expected a start, got {other:?}"),
        }
    };
    assert_eq!(started(diagnostic(20)), vec![ItemIx(3)]);
    assert_eq!(started(practice(20)), vec![]);
    let foreign = begin(&bank, diagnostic(20), vec![ItemIx(60)], 1).map(drop);
    assert!(matches!(foreign, Err(Refusal::InvalidSetting(text)) if text.contains("60")));
}

#[test]
fn no_item_is_seen_by_many_more_than_the_share_allowed() {
    let bank = bank(300, &[0.4, 0.3, 0.3], 5);
    let mut exposure = Exposure::new(300, 0.25);
    let mut seen = vec![0_u32; 300];
    let examinees: u32 = 400;
    for seed in 0..u64::from(examinees) {
        let out = exposure.ineligible(seed);
        let items = out.iter().map(|item| ItemIx(*item as u32)).collect();
        let mut player = begin(&bank, diagnostic(20), items, seed).expect("it starts");
        while player.play(!player.events.len().is_multiple_of(3)) {}
        let served = player.served();
        for item in &served {
            seen[item.0 as usize] += 1;
        }
        exposure.record(&out, served.iter().map(|item| item.0 as usize));
    }
    let most = seen.iter().max().expect("an item");
    // The gate: what is allowed and 0.05.
    assert!(f64::from(*most) / f64::from(examinees) < 0.30, "{most}");
}

#[test]
fn an_item_that_would_bar_what_the_blueprint_needs_is_left_alone() {
    // The sharpest item of the first area is an enemy of all but three items of the second.
    let mut items = items(60, 2, 9);
    items[0].difficulty = Difficulty::Parameters(learnr_domain::ItemParameters::two_pl(4.0, 0.0));
    items[0].enemies = (1..60).step_by(2).skip(3).map(item_id).collect();
    let bank = built(certification(&[0.5, 0.5]), items);
    for seed in 0..10 {
        let mut player = Player::start(&bank, diagnostic(20), seed);
        while player.play(player.events.len().is_multiple_of(2)) {}
        let served = player.served();
        assert!(!served.contains(&ItemIx(0)), "seed {seed}");
        let first = served.iter().filter(|item| item.0 % 2 == 0).count();
        assert_eq!((first, served.len()), (10, 20), "seed {seed}");
    }
}

#[test]
fn an_enemy_does_no_harm_where_enough_is_left() {
    let mut items = items(60, 2, 9);
    items[0].difficulty = Difficulty::Parameters(learnr_domain::ItemParameters::two_pl(4.0, 0.0));
    items[0].enemies = (1..60).step_by(2).skip(15).map(item_id).collect();
    let bank = built(certification(&[0.5, 0.5]), items);
    let sat = |seed| {
        let mut player = Player::start(&bank, diagnostic(20), seed);
        while player.play(player.events.len().is_multiple_of(2)) {}
        player.served().contains(&ItemIx(0))
    };
    assert!((0..10).any(sat));
}

/// Items of one area, of which every tenth has a label for its parameters.
fn partly_calibrated(count: usize) -> Arc<Bank> {
    let mut items = items(count, 1, 4);
    for item in items.iter_mut().step_by(10) {
        item.difficulty = Difficulty::Label(Label::Medium);
    }
    built(certification(&[1.0]), items)
}

#[test]
fn new_items_get_five_to_ten_percent_of_the_positions() {
    let bank = partly_calibrated(400);
    for settings in [diagnostic(20), practice(20)] {
        let (mut trials, mut positions) = (0.0, 0.0);
        for seed in 0..150 {
            let mut player = Player::start(&bank, settings.clone(), seed);
            while let Some(open) = player.session.open_question().copied() {
                positions += 1.0;
                if open.reason == Reason::Trial {
                    trials += 1.0;
                    assert!(!bank.item(open.item).calibrated && open.evidence);
                }
                player.play(player.events.len().is_multiple_of(2));
            }
        }
        let share: f64 = trials / positions;
        // Three standard errors of a share of 0.075 over 3,000 positions are 0.015.
        assert!((share - TRIAL_SHARE).abs() < 0.015, "{share}");
    }
}

#[test]
fn in_a_bank_of_labels_no_item_is_on_trial() {
    let mut labels = items(60, 1, 4);
    for item in &mut labels {
        item.difficulty = Difficulty::Label(Label::Easy);
    }
    let labels = built(certification(&[1.0]), labels);
    let one = item(0, 0, learnr_domain::ItemParameters::rasch(0.0));
    let all = (1..60).map(|k| item(k, 0, learnr_domain::ItemParameters::rasch(0.1)));
    let calibrated = built(
        certification(&[1.0]),
        std::iter::once(one).chain(all).collect(),
    );
    for bank in [labels, calibrated] {
        for seed in 0..20 {
            let mut player = Player::start(&bank, diagnostic(30), seed);
            while let Some(open) = player.session.open_question().copied() {
                assert_ne!(open.reason, Reason::Trial);
                player.play(true);
            }
        }
    }
}
