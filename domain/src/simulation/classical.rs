//! A classical adaptive test of one ability, taken by an examinee.
//!
//! Owns the translation of a plan's rules into an [`AdaptiveTest`] over a bank's items, and of its trace back.
//! Must not know how the test is given.

use super::administration::{Administration, Step};
use super::examinees::Examinee;
use super::measures::Z_90;
use super::plan::{Rules, of_length};
use crate::bank::Bank;
use crate::cat::{AdaptiveTest, StopRule};
use crate::ids::ItemIx;
use crate::irt::{Estimator, ItemPool};
use crate::selection::ContentBalance;

/// A test by these rules of at most `length` items, passed at `cut`.
pub(super) fn test(
    bank: &Bank,
    rules: &Rules,
    estimator: Estimator,
    start: f64,
    (length, cut): (u16, f64),
) -> AdaptiveTest {
    let length = usize::from(length);
    let mut test = AdaptiveTest::new(of_length(rules.criterion, length), length);
    test.estimator = estimator;
    test.start_theta = start;
    test.among = vec![rules.randomesque];
    if rules.balanced {
        let groups = bank.items().iter().map(|item| item.area.0).collect();
        let shares: Vec<f64> = bank.areas().iter().map(|area| area.weight).collect();
        test.content = ContentBalance::new(groups, &shares);
    }
    test.stop.extend(rules.stop_se.map(StopRule::StandardError));
    if rules.stop_classified {
        test.stop.push(StopRule::Classification { cut, z: Z_90 });
    }
    test
}

/// Gives the test to an examinee. `eligible` says which items exposure control admits.
///
/// A standard error is at most the range of the estimator: that of a pattern about which an estimator knows
/// nothing is infinite, and would hide every other in a mean.
pub(super) fn take(
    test: &AdaptiveTest,
    bank: &Bank,
    pool: &ItemPool,
    examinee: Examinee,
    eligible: &dyn Fn(ItemIx) -> bool,
) -> Administration {
    let index = |item: usize| ItemIx(item as u32);
    let respond = |item: usize| {
        let item = index(item);
        let asked = bank.item(item);
        u8::from(examinee.answers(item, asked.area, &asked.parameters))
    };
    let open = |item: usize| bank.item(index(item)).active && eligible(index(item));
    let trace = test
        .administer(pool, open, &mut examinee.choices(), respond)
        .expect("the plan was tried on this pool, whose answers are possible everywhere");
    let widest = test.estimator.high - test.estimator.low;
    let steps = trace.items.iter().zip(&trace.answers).zip(&trace.estimates);
    Administration {
        steps: steps
            .map(|((item, answer), estimate)| Step {
                item: index(*item),
                correct: *answer == 1,
                theta: estimate.theta,
                standard_error: estimate.standard_error.min(widest),
            })
            .collect(),
        areas: Vec::new(),
        stopped: trace.stopped,
        examinee,
    }
}
