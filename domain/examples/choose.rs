//! Times one choice by maximum information over a bank, for scripts/against-catsim.sh.
//!
//! Reads lines of `a,b,c` from the file named, chooses for each ability named after it, and prints for each the
//! item's number from 0 and the median time of a choice in nanoseconds. The first choice is not counted.

use std::hint::black_box;
use std::time::Instant;

use learnr_domain::irt::{ItemParameters, ItemPool, Pattern, Prior, Quadrature};
use learnr_domain::selection::Best;
use learnr_domain::selection::criterion::{Examinee, Rule};

const ROUNDS: usize = 2_001;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: choose BANK.csv THETA...")?;
    let mut items = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let fields: Vec<f64> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let [a, b, c] = fields[..] else {
            return Err(format!("expected a,b,c, got {line:?}").into());
        };
        items.push(ItemParameters::three_pl(a, b, c));
    }
    let pool = ItemPool::logistic(items)?;
    for theta in arguments {
        let theta: f64 = theta.parse()?;
        let (item, nanoseconds) = choose(&pool, theta)?;
        println!("{item},{nanoseconds}");
    }
    Ok(())
}

fn choose(pool: &ItemPool, theta: f64) -> Result<(usize, u128), Box<dyn std::error::Error>> {
    // Ten items given before, as in the other program.
    let pattern = Pattern::of(pool, (0..10).map(|item| (item, 1)))?;
    let quadrature = Quadrature::new(33, -4.0, 4.0).ok_or("no quadrature")?;
    let mut given = vec![false; pool.items().len()];
    given[..10].fill(true);
    let (mut times, mut chosen) = (Vec::with_capacity(ROUNDS), 0);
    for _ in 0..ROUNDS {
        let before = Instant::now();
        let examinee = Examinee {
            pattern: &pattern,
            theta: black_box(theta),
            quadrature: &quadrature,
            prior: Prior::STANDARD,
        };
        let mut best = Best::lowest_first();
        let criterion = Rule::MaximumInformation.prepare(&examinee)?;
        criterion.rank(0..given.len(), &|item| !given[item], &mut best);
        chosen = best.first().ok_or("no item is open")?;
        times.push(before.elapsed().as_nanos());
    }
    times.remove(0);
    times.sort_unstable();
    Ok((chosen, times[times.len() / 2]))
}
