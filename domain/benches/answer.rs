//! From an answer to the next question: decide, then apply, as a live session does.

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/domain/fixture.rs"]
mod fixture;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use learnr_domain::Session;
use learnr_domain::bank::Bank;

use fixture::{Player, bank, certification, diagnostic, items, practice};

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

criterion_group!(benches, answers, building);
criterion_main!(benches);
