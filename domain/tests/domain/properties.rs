//! What holds of every session, whatever the learner does.

use std::sync::Arc;

use learnr_domain::bank::Bank;
use learnr_domain::session::{Kind, Settings, Status};
use learnr_domain::{AreaIx, Command, Decision, Fact, ItemId, Session};
use proptest::prelude::*;

use crate::fixture::{
    Player, bank, built, certification, diagnostic, item_id, items, practice, request,
};

/// What a learner may do next.
#[derive(Clone, Copy, Debug)]
enum Move {
    Right,
    Wrong,
    Pause,
    Resume,
    Wait,
    Credit,
    Repeat,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => Just(Move::Right),
        5 => Just(Move::Wrong),
        1 => Just(Move::Pause),
        2 => Just(Move::Resume),
        1 => Just(Move::Wait),
        1 => Just(Move::Credit),
        1 => Just(Move::Repeat),
    ];
    prop::collection::vec(one, 1..50)
}

fn settings() -> impl Strategy<Value = Settings> {
    let kind = prop_oneof![
        Just(Kind::Practice),
        Just(Kind::Diagnostic),
        Just(Kind::Focused)
    ];
    (
        kind,
        5_u16..30,
        0.60..=0.85,
        prop::option::of(1_000_i64..900_000),
    )
        .prop_map(|(kind, length, target_success, time_limit_ms)| Settings {
            areas: if kind == Kind::Focused {
                vec![AreaIx(2), AreaIx(0)]
            } else {
                Vec::new()
            },
            target_success,
            time_limit_ms,
            ..Settings::new(kind, length)
        })
}

/// Every third item is an enemy of the next.
fn bank_with_enemies() -> Arc<Bank> {
    let mut items = items(48, 4, 5);
    for k in (0..45).step_by(3) {
        items[k].enemies = vec![item_id(k + 4)];
    }
    built(certification(&[0.4, 0.3, 0.2, 0.1]), items)
}

fn make_move(player: &mut Player, one: Move, turn: usize) {
    let id = request(format!("turn-{turn}"));
    let command = match one {
        Move::Right | Move::Wrong => player.answer(matches!(one, Move::Right)),
        Move::Pause => Some(Command::Pause { request_id: id }),
        Move::Resume => Some(Command::Resume { request_id: id }),
        Move::Wait => {
            player.now = player.now.plus(60_000);
            Some(Command::DeadlinePassed)
        }
        Move::Credit => Some(Command::CreditTime { by_ms: 1_500 }),
        Move::Repeat => Some(Command::Finish {
            request_id: request("answer-1"),
        }),
    };
    player.now = player.now.plus(2_000);
    if let Some(command) = command {
        // A refusal is a legal outcome of any move; that it changes nothing is checked by the caller.
        let before = player.session.fingerprint();
        if player.send(&command).is_err() {
            assert_eq!(player.session.fingerprint(), before);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replay_equals_live_after_every_event(
        settings in settings(), moves in moves(), seed in any::<u64>(),
    ) {
        let bank = bank_with_enemies();
        let mut player = Player::start(&bank, settings, seed);
        let mut live = vec![player.session.fingerprint()];
        for (turn, one) in moves.into_iter().enumerate() {
            let before = player.events.len();
            make_move(&mut player, one, turn);
            let added = player.events.len() - before;
            prop_assert!(added <= 2);
            // Fingerprints between the two events of one command are checked by the replay below.
            live.resize(live.len() + added, player.session.fingerprint());
        }
        let mut replayed = Session::replay(Arc::clone(&bank), [&player.events[0]]).expect("a history");
        for (k, event) in player.events.iter().enumerate().skip(1) {
            replayed.apply(event).expect("a history");
            let whole = Session::replay(Arc::clone(&bank), &player.events[..=k]).expect("a history");
            prop_assert_eq!(replayed.fingerprint(), whole.fingerprint());
            if !matches!(&event.fact, Fact::Answered(answered) if answered.next.is_none()) {
                prop_assert_eq!(replayed.fingerprint(), live[k]);
            }
        }
        prop_assert_eq!(replayed.fingerprint(), player.session.fingerprint());
        prop_assert!(player.events.iter().map(|event| event.seq).eq(1..=player.events.len() as u32));
    }

    #[test]
    fn the_same_seed_gives_the_same_session(
        settings in settings(), moves in moves(), seed in any::<u64>(),
    ) {
        let bank = bank_with_enemies();
        let run = || {
            let mut player = Player::start(&bank, settings.clone(), seed);
            for (turn, one) in moves.iter().enumerate() {
                make_move(&mut player, *one, turn);
            }
            (player.session.fingerprint(), player.events)
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn no_item_comes_twice_nor_beside_its_enemy(settings in settings(), seed in any::<u64>()) {
        let bank = bank_with_enemies();
        let settings = Settings { length: 200, time_limit_ms: None, ..settings };
        let mut player = Player::start(&bank, settings, seed);
        let mut turn = seed;
        while player.play(turn & 1 == 1) {
            turn = turn.rotate_left(1);
        }
        let served = player.served();
        for (k, one) in served.iter().enumerate() {
            prop_assert!(!served[..k].contains(one));
            prop_assert!(served[..k].iter().all(|other| !bank.item(*other).enemies.contains(one)));
        }
    }

    #[test]
    fn the_options_served_are_a_permutation(seed in any::<u64>()) {
        let bank = bank(30, &[1.0, 1.0], 3);
        let mut player = Player::start(&bank, practice(15), seed);
        while let Some(served) = player.session.open_question() {
            let mut order: Vec<u8> = served.order.iter().map(|option| option.0).collect();
            order.sort_unstable();
            prop_assert_eq!(order, vec![0, 1, 2, 3]);
            player.play(true);
        }
    }

    #[test]
    fn every_prefix_of_a_diagnostic_is_within_one_item_of_the_blueprint(
        weights in prop::collection::vec(0.05..1.0, 1..8), seed in any::<u64>(),
    ) {
        let bank = bank(60 * weights.len(), &weights, seed);
        let mut player = Player::start(&bank, diagnostic(40), seed);
        while player.play(!player.events.len().is_multiple_of(3)) {}
        let mut counts = vec![0.0; weights.len()];
        for (n, ix) in player.served().into_iter().enumerate() {
            counts[bank.item(ix).area.at()] += 1.0;
            for (count, area) in counts.iter().zip(bank.areas()) {
                let off: f64 = count - area.weight * (n + 1) as f64;
                prop_assert!(off.abs() <= 1.0, "{off} after {n}");
            }
        }
    }

    #[test]
    fn in_a_diagnostic_theta_follows_the_answers(rights in prop::collection::vec(any::<bool>(), 25)) {
        let bank = bank(120, &[0.5, 0.3, 0.2], 8);
        let mut player = Player::start(&bank, diagnostic(25), 4);
        for right in rights {
            let Some(ix) = player.open() else { break };
            let area = bank.item(ix).area.at();
            let before = player.session.competency()[area].theta;
            player.play(right);
            let after = player.session.competency()[area].theta;
            let rise = if right { after - before } else { before - after };
            prop_assert!(rise >= -1e-12, "{before} to {after}, right: {right}");
        }
    }
}

#[test]
fn the_index_of_an_item_does_not_depend_on_the_order_it_came_in() {
    let weights = [0.5, 0.5];
    let mut reversed = items(40, 2, 1);
    reversed.reverse();
    let (one, other) = (
        bank(40, &weights, 1),
        built(certification(&weights), reversed),
    );
    let ids =
        |bank: &Bank| -> Vec<ItemId> { bank.items().iter().map(|item| item.id.clone()).collect() };
    assert_eq!(ids(&one), ids(&other));
    let run = |bank: &Arc<Bank>| {
        let mut player = Player::start(bank, practice(10), 77);
        while player.play(true) {}
        player.session.fingerprint()
    };
    assert_eq!(run(&one), run(&other));
}

#[test]
fn a_decision_changes_nothing_and_can_be_made_again() {
    let bank = bank(60, &[0.5, 0.5], 2);
    let mut player = Player::start(&bank, practice(10), 1);
    let before = player.session.fingerprint();
    let (command, tick) = (
        player.answer(true).expect("a question is open"),
        player.tick(),
    );
    let one = player.session.handle(&command, tick);
    assert_eq!(player.session.fingerprint(), before);
    assert_eq!(one, player.session.handle(&command, tick));
    assert!(matches!(one, Ok(Decision::Events(events)) if events.len() == 1));
    assert_eq!(player.session.status(), Status::Active);
}
