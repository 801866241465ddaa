//! One choice by criterion, over a whole bank in one area: what the gates of docs/psychometrics.md name.
//!
//! `mfi`: take in an answer, estimate ability, rank all items by maximum information. `mepv`: rank all items by
//! expected posterior variance. Times are of one core.

use std::hint::black_box;

use criterion::{Criterion as Bench, criterion_group, criterion_main};
use learnr_domain::irt::{
    ItemParameters, ItemPool, NODES, Pattern, Prior, Quadrature, RunningEap, Screen, THETA,
    probability,
};
use learnr_domain::selection::Best;
use learnr_domain::selection::criterion::{Criterion, Examinee, Outlook, Rule};
use learnr_domain::tick::Chance;

fn items(count: usize) -> Vec<ItemParameters> {
    let mut chance = Chance::new(7);
    let mut draw = move |low: f64, high: f64| low + (high - low) * chance.unit();
    (0..count)
        .map(|_| ItemParameters::three_pl(draw(0.5, 2.0), draw(-3.0, 3.0), draw(0.1, 0.25)))
        .collect()
}

fn choices(bench: &mut Bench) {
    for count in [1_000, 10_000] {
        let items = items(count);
        mfi(bench, &items);
        mepv(bench, &items);
    }
}

fn mfi(bench: &mut Bench, items: &[ItemParameters]) {
    let pool = ItemPool::logistic(items.iter().copied()).expect("valid items");
    let answers = (0..10).map(|k| (k * 97 % items.len(), u8::from(k % 3 != 0)));
    let pattern = Pattern::of(&pool, answers).expect("known items");
    let quadrature = Quadrature::new(61, -4.0, 4.0).expect("a range");
    let mut before = RunningEap::new(quadrature.clone(), &Prior::STANDARD);
    for (item, category) in pattern.models() {
        before.observe(item, category);
    }
    let name = format!("mfi/answer_to_next/{}", items.len());
    bench.bench_function(&name, |bencher| {
        bencher.iter(|| {
            let mut running = before.clone();
            running.observe(black_box(&pool.items()[5]), 1);
            let theta = running.estimate().expect("an estimate").theta;
            let examinee = Examinee {
                pattern: &pattern,
                theta,
                quadrature: &quadrature,
                prior: Prior::STANDARD,
            };
            let criterion = Rule::MaximumInformation.prepare(&examinee);
            let mut best = Best::new(3);
            criterion
                .expect("a criterion")
                .rank(0..items.len(), &|_| true, &mut best);
            best.first()
        });
    });
}

fn mepv(bench: &mut Bench, items: &[ItemParameters]) {
    let curves: Vec<[f64; NODES]> = items
        .iter()
        .map(|item| THETA.map(|theta| probability(item, theta)))
        .collect();
    let screen = Screen::new(&curves);
    let mut masses = THETA.map(|theta| (-2.0 * (theta - 0.4) * (theta - 0.4)).exp());
    let total: f64 = masses.iter().sum();
    masses.iter_mut().for_each(|mass| *mass /= total);
    let name = |form: &str| format!("mepv/{form}/{}", items.len());
    bench.bench_function(&name("choice"), |bencher| {
        bencher.iter(|| {
            let outlook = Outlook::new(black_box(masses), &curves, &screen);
            let mut best = Best::new(3);
            outlook.rank(0..items.len(), &|_| true, &mut best);
            best.first()
        });
    });
    bench.bench_function(&name("all_in_f64"), |bencher| {
        bencher.iter(|| {
            let outlook = Outlook::new(black_box(masses), &curves, &screen);
            let mut best = Best::new(3);
            (0..items.len()).for_each(|item| best.offer(item, outlook.worth(item)));
            best.first()
        });
    });
}

criterion_group!(benches, choices);
criterion_main!(benches);
