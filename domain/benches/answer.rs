//! From an answer to the next question: decide, then apply, as a live session does. And what else learners wait for.

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/domain/fixture.rs"]
mod fixture;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use learnr_domain::bank::Bank;
use learnr_domain::learner::{Exam, Posterior, SeenItem};
use learnr_domain::session::{Kind, Settings};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{LearnerState, Session};

use fixture::{
    BEGINNING, Player, bank, bank_with_concepts, built, certification, diagnostic, item_id, items,
    practice,
};

const SIX_AREAS: [f64; 6] = [0.25, 0.2, 0.2, 0.15, 0.1, 0.1];

fn answers(criterion: &mut Criterion) {
    for count in [1_000, 10_000] {
        let bank = bank(count, &SIX_AREAS, 1);
        for (name, settings) in [("practice", practice(60)), ("diagnostic", diagnostic(60))] {
            let mut player = Player::start(&bank, settings, 7);
            for turn in 0..9 {
                player.play(turn % 3 != 0);
            }
            let command = player.answer(true).expect("a question is open");
            let tick = player.tick();
            criterion.bench_function(&format!("answer_to_next/{name}/{count}"), |bencher| {
                bencher.iter_batched_ref(
                    || player.session.clone(),
                    |session: &mut Session| match session.handle(black_box(&command), tick) {
                        Ok(learnr_domain::Decision::Events(events)) => {
                            for event in &events {
                                session.apply(event).expect("its own event");
                            }
                        }
                        other => panic!("expected an event, got {other:?}"),
                    },
                    BatchSize::SmallInput,
                );
            });
        }
    }
}

/// A learner who has met 2,000 of 10,000 items, 200 of them due, where most concepts need another first.
fn returning(criterion: &mut Criterion) {
    let needs: Vec<(usize, usize)> = (6..60).map(|concept| (concept, concept - 6)).collect();
    let bank = bank_with_concepts((10_000, 6, 60), &needs);
    let seen = |item: usize| {
        let days = if item.is_multiple_of(10) { 5 } else { 1 };
        let at = BEGINNING.plus(-days * DAY_MS);
        SeenItem::from_last_answer(item_id(item * 5), at, true, 1)
    };
    let learner = LearnerState {
        seen: (0..2_000).map(seen).collect(),
        updated_at: BEGINNING,
        ..LearnerState::default()
    };
    // A review follows the eighth answer, and an item near the target the fifty-second, when half were reviews.
    for (name, answers) in [("review", 7), ("target", 51)] {
        let settings = practice(80);
        let started = Player::resume(&bank, settings, Some(learner.clone()), BEGINNING, 7);
        let mut player = started.expect("a session starts");
        for turn in 0..answers {
            player.play(turn % 3 != 0);
        }
        let command = player.answer(true).expect("a question is open");
        let tick = player.tick();
        criterion.bench_function(
            &format!("answer_to_next/practice_returning/{name}"),
            |bencher| {
                bencher.iter(|| {
                    player
                        .session
                        .handle(black_box(&command), tick)
                        .expect("an answer")
                });
            },
        );
    }
}

fn readiness(criterion: &mut Criterion) {
    let mut longest = certification(&[1.0; 64]);
    longest.exam_length = 500;
    for (name, bank) in [
        ("60_in_6_areas", bank(1_000, &SIX_AREAS, 1)),
        ("500_in_64_areas", built(longest, items(1_000, 64, 1))),
    ] {
        let posterior = Posterior::new(bank.factor_grid(0.5), &[]);
        let mut group = criterion.benchmark_group("readiness");
        group.sample_size(20);
        group.bench_function(name, |bencher| {
            bencher.iter(|| Exam::new(black_box(&bank)).readiness(&posterior));
        });
        group.finish();
    }
}

/// An exam of 150 questions assembled from banks of two sizes.
fn exams(criterion: &mut Criterion) {
    for count in [1_000, 10_000] {
        let bank = bank(count, &SIX_AREAS, 1);
        let settings = Settings::new(Kind::Exam, 150);
        let mut seed = 0;
        criterion.bench_function(&format!("exam/start/{count}"), |bencher| {
            bencher.iter(|| {
                seed += 1;
                Player::start(&bank, black_box(settings.clone()), seed)
            });
        });
    }
}

fn building(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bank");
    group.sample_size(20);
    group.bench_function("build/14079", |bencher| {
        bencher.iter_batched(
            || (certification(&SIX_AREAS), items(14_079, 6, 1)),
            |(certification, items)| Bank::build(certification, items).expect("a valid bank"),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, answers, returning, exams, readiness, building);
criterion_main!(benches);
