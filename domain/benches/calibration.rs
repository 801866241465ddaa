//! Calibration of an exam: 2,392 candidates, 100 items, the 2PL, on one core.
//!
//! Reads `dataMedical.csv` beside the repository; without it, answers drawn from a 2PL of the same size.

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{Criterion, criterion_group, criterion_main};
use learnr_domain::AreaIx;
use learnr_domain::calibration::{
    Calibration, Discrimination, ItemStart, Options, Penalties, Responses, Sequence, Sitting,
    StructureItem, calibrate, estimate_structure,
};
use learnr_domain::irt::{ItemParameters, probability};
use learnr_domain::tick::Chance;

const RESPONDENTS: usize = 2_392;
const ITEMS: usize = 100;
const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/psychometrics/dataMedical.csv"
);

fn exam() -> (&'static str, Responses) {
    match std::fs::read_to_string(PATH) {
        Ok(text) => ("dataMedical", medical(&text)),
        Err(_) => ("simulated", simulated()),
    }
}

fn medical(text: &str) -> Responses {
    let mut responses = Responses::new(ITEMS);
    for line in text.lines().skip(1) {
        let row: Vec<Option<bool>> = line
            .split(',')
            .take(ITEMS)
            .map(|cell| match cell {
                "0" => Some(false),
                "1" => Some(true),
                _ => None,
            })
            .collect();
        responses.push_row(&row, 1.0).expect("a sound row");
    }
    responses
}

fn simulated() -> Responses {
    let mut chance = Chance::new(1);
    let mut responses = Responses::new(ITEMS);
    for _ in 0..RESPONDENTS {
        let theta = (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0;
        let row: Vec<Option<bool>> = (0..ITEMS)
            .map(|j| {
                let item =
                    ItemParameters::two_pl(0.5 + (j % 10) as f64 / 8.0, j as f64 / 25.0 - 2.0);
                Some(chance.unit() < probability(&item, theta))
            })
            .collect();
        responses.push_row(&row, 1.0).expect("a sound row");
    }
    responses
}

fn run(responses: &Responses, options: &Options) -> Calibration {
    let starts = [ItemStart::at(ItemParameters::rasch(0.0)); ITEMS];
    let mut carry_on = |_| ControlFlow::Continue(());
    calibrate(responses, &starts, options, &mut carry_on).expect("sound input")
}

fn exams(criterion: &mut Criterion) {
    let (name, responses) = exam();
    let penalised = Options::default();
    let unpenalised = Options {
        penalties: Penalties::NONE,
        ..penalised
    };
    let precise = Options::unpenalised(Discrimination::Free);
    let mut group = criterion.benchmark_group("calibration");
    group.sample_size(10);
    for (kind, options) in [
        ("penalised", penalised),
        ("unpenalised", unpenalised),
        ("to_1e-7_on_61_points", precise),
    ] {
        let got = run(&responses, &options);
        println!(
            "{name}, {kind}: {} respondents, {} answers, {} cycles, converged: {}, log likelihood {:.4}",
            responses.respondents(),
            responses.answers(),
            got.cycles,
            got.converged,
            got.log_likelihood
        );
        group.bench_function(format!("{name}/2392x100/{kind}"), |bencher| {
            bencher.iter(|| run(black_box(&responses), &options));
        });
    }
    group.finish();
}

/// 200 learners of 50 answers in two areas: all passes over 10,000 answers.
fn structure(criterion: &mut Criterion) {
    let mut chance = Chance::new(2);
    let items: Vec<StructureItem> = (0..ITEMS)
        .map(|j| StructureItem {
            area: AreaIx((j % 2) as u8),
            parameters: ItemParameters::two_pl(1.2, j as f64 / 25.0 - 2.0),
        })
        .collect();
    let learner = |_| {
        let theta = (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0;
        let answers = (0..50).map(|_| {
            let item = chance.below(ITEMS);
            (
                item,
                chance.unit() < probability(&items[item].parameters, theta),
            )
        });
        vec![Sitting {
            drift_before: 0.0,
            practice: true,
            answers: answers.collect(),
        }]
    };
    let sequences: Vec<Sequence> = (0..200).map(learner).collect();
    let mut passes = 0;
    let mut count = |done, _| {
        passes = done;
        true
    };
    estimate_structure(&items, &sequences, (0.5, 0.05), &mut count).expect("not stopped");
    println!("structure: {passes} passes over 10000 answers");
    let mut group = criterion.benchmark_group("structure");
    group.sample_size(10);
    group.bench_function("200x50", |bencher| {
        bencher.iter(|| {
            let sequences = black_box(&sequences);
            estimate_structure(&items, sequences, (0.5, 0.05), &mut |_, _| true)
        });
    });
    group.finish();
}

criterion_group!(benches, exams, structure);
criterion_main!(benches);
