//! Answers held against what the answers before them foretold.

use std::sync::Arc;

use learnr_domain::calibration::{FitSums, Misfit};
use learnr_domain::irt::probability;
use learnr_domain::session::{Kind, Settings, predictions};
use learnr_domain::tick::Chance;
use learnr_domain::{Command, Position, Session};

use crate::fixture::{Player, answer, bank, diagnostic, normal, option_id, practice, request};

#[test]
fn an_answer_is_foretold_by_what_the_session_believed_before_it() {
    for settings in [practice(15), diagnostic(12)] {
        let bank = bank(60, &[0.5, 0.3, 0.2], 3);
        let mut player = Player::start(&bank, settings, 5);
        let mut chance = Chance::new(9);
        player.simulate(&[0.8, -0.4, 0.1], &mut chance);
        let foretold = predictions(&bank, &player.events).expect("it has ended");
        assert_eq!(
            foretold.len(),
            usize::from(player.session.progress().answered)
        );
        for (k, one) in foretold.iter().enumerate() {
            let before = Session::replay(Arc::clone(&bank), &player.events[..=k]);
            let before = before.expect("its own events");
            let known = before.competency()[one.area.at()];
            assert_eq!(one.ability, known.theta, "answer {k}");
            let open = before.open_question().expect("the question answered");
            assert_eq!((one.position, one.item), (open.position, open.item));
            assert_eq!(one.evidence, open.evidence);
            let expected = one.expected.expect("an active item");
            let item = bank.item(one.item).parameters;
            let (low, high) = (probability(&item, -4.0), probability(&item, 4.0));
            assert!((low..=high).contains(&expected), "{expected}");
        }
    }
}

#[test]
fn a_session_under_way_foretells_nothing() {
    let bank = bank(60, &[1.0], 3);
    let mut player = Player::start(&bank, practice(15), 5);
    player.play(true);
    assert_eq!(predictions(&bank, &player.events), None);
    assert_eq!(predictions(&bank, &[]), None);
}

#[test]
fn of_an_exam_the_last_answer_to_each_question_counts_in_order_of_position() {
    let bank = bank(60, &[1.0], 3);
    let settings = Settings {
        time_limit_ms: Some(3_600_000),
        ..Settings::new(Kind::Exam, 10)
    };
    let mut player = Player::start(&bank, settings, 5);
    let prior = player.session.competency()[0].theta;
    for (name, position, option) in [("a", 7, 0), ("b", 2, 0), ("c", 7, 1), ("d", 4, 1)] {
        player.now = player.now.plus(1_000);
        let answered = Command::Answer {
            request_id: request(name),
            position: Position(position),
            options: vec![option_id(option)],
            confidence: None,
        };
        player.send(&answered).expect("it is recorded");
    }
    let request_id = request("submit");
    player
        .send(&Command::Finish { request_id })
        .expect("it is submitted");
    let foretold = predictions(&bank, &player.events).expect("it has ended");
    let told: Vec<_> = foretold
        .iter()
        .map(|one| (one.position.0, one.correct))
        .collect();
    assert_eq!(told, [(2, false), (4, true), (7, true)]);
    assert_eq!(foretold[0].ability, prior);
    assert!(foretold[1].ability < prior && foretold[2].ability > foretold[1].ability);
}

/// Residuals of adaptive sessions: as the model says where answers come from it, and far off for an item whose key is
/// wrong. The bounds are four standard errors and more.
#[test]
fn items_that_fit_are_left_alone_and_a_wrong_key_is_found() {
    const LEARNERS: u64 = 400;
    let bank = bank(40, &[1.0], 3);
    let mut chance = Chance::new(77);
    let mut sums = vec![FitSums::default(); bank.items().len()];
    for learner in 0..LEARNERS {
        let theta = normal(&mut chance);
        let mut player = Player::start(&bank, diagnostic(30), learner);
        while let Some(served) = player.session.open_question().copied() {
            let p = probability(&bank.item(served.item).parameters, theta);
            // The key of the first item is wrong: whoever knows it answers wrong.
            let p = if served.item.0 == 0 { 1.0 - p } else { p };
            let right = chance.unit() < p;
            player.now = player.now.plus(10_000);
            let command = answer(served.position, &[usize::from(right)]);
            player
                .send(&command)
                .expect("an answer to the open question");
        }
        for one in predictions(&bank, &player.events).expect("it has ended") {
            let expected = one.expected.expect("an active item");
            let given = if one.correct {
                expected
            } else {
                1.0 - expected
            };
            sums[one.item.0 as usize].add(one.correct, given, one.ability, 1.0);
        }
    }
    let wrong = sums[0].fit();
    assert_eq!(
        wrong.misfit(sums[0].answers),
        Some(Misfit::DoesNotDiscriminate),
        "{wrong:?}"
    );
    let (mut judged, mut flagged) = (0, 0);
    for sums in sums[1..].iter().filter(|sums| sums.answers >= 100.0) {
        let fit = sums.fit();
        judged += 1;
        flagged += usize::from(fit.misfit(sums.answers).is_some());
        assert!((0.75..1.25).contains(&fit.infit), "{fit:?}");
    }
    assert!(judged > 20 && flagged <= 2, "{flagged} of {judged}");
}
