//! Answers drawn from known parameters.

use learnr_domain::calibration::Responses;
use learnr_domain::irt::{ItemParameters, probability};
use learnr_domain::tick::Chance;

/// A draw from N(0, 1), from twelve uniform ones.
pub(super) fn normal(chance: &mut Chance) -> f64 {
    (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0
}

/// 2PL items of moderate, differing discriminations, spread over difficulty.
pub(super) fn items(count: usize) -> Vec<ItemParameters> {
    (0..count)
        .map(|j| {
            let a = 0.7 + 0.2 * (j % 5) as f64;
            ItemParameters::two_pl(a, 3.0 * (j as f64 + 0.5) / count as f64 - 1.5)
        })
        .collect()
}

/// `respondents` of ability N(0, 1), each answering an item with chance `share`; their abilities as well.
pub(super) fn answers(
    items: &[ItemParameters],
    respondents: usize,
    share: f64,
    seed: u64,
) -> (Responses, Vec<f64>) {
    let mut chance = Chance::new(seed);
    let mut responses = Responses::new(items.len());
    let mut abilities = Vec::new();
    for _ in 0..respondents {
        let theta = normal(&mut chance);
        let row: Vec<Option<bool>> = items
            .iter()
            .map(|item| {
                let asked = chance.unit() < share;
                let correct = chance.unit() < probability(item, theta);
                asked.then_some(correct)
            })
            .collect();
        responses.push_row(&row, 1.0).expect("a sound row");
        abilities.push(theta);
    }
    (responses, abilities)
}
