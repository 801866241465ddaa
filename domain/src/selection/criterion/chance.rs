//! Criteria with a part left to chance: progressive, proportional, random.
//!
//! Owns how chance and information share. Each item's draw is a hash of seed and item, so that the order in
//! which candidates are looked at changes nothing.

use super::{Criterion, Examinee};
use crate::irt::{ItemModel, ItemPool};
use crate::tick::mix;

/// How far a test of `length` items is with this examinee: sum of (f - 1)^k over the positions so far and the
/// next, over that of all; 0 at the first item and 1 at the last. Source: Barrada et al. (2008). O(length), so
/// `length` comes from [`planned`].
pub(super) fn share(examinee: &Examinee<'_>, length: usize, acceleration: f64) -> f64 {
    let next = examinee.pattern.answers().len() + 1;
    if next >= length {
        return if length <= 1 { 0.0 } else { 1.0 };
    }
    let power = |f: usize| libm::pow((f - 1) as f64, acceleration);
    let (so_far, all): (f64, f64) = ((2..=next).map(power).sum(), (2..=length).map(power).sum());
    // An acceleration beyond all measure leaves no number; then chance alone decides.
    let share = so_far / all;
    if share.is_finite() { share } else { 0.0 }
}

/// The length of a test that no pool is too small for.
pub(super) fn planned(examinee: &Examinee<'_>, length: usize) -> usize {
    length.min(examinee.pattern.pool().items().len())
}

/// A number in (0, 1), the item's own.
fn draw(seed: u64, item: usize) -> f64 {
    let bits = mix(seed ^ mix(item as u64)) >> 11;
    (bits as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

pub(super) struct Progressive<'a> {
    items: &'a [ItemModel],
    theta: f64,
    seed: u64,
    share: f64,
    most: f64,
}

impl<'a> Progressive<'a> {
    pub(super) fn new(seed: u64, share: f64, examinee: &Examinee<'a>) -> Self {
        let items = examinee.pattern.pool().items();
        let open = (0..items.len()).filter(|item| !examinee.pattern.has(*item));
        let informations = open.map(|item| items[item].information(examinee.theta));
        Self {
            items,
            theta: examinee.theta,
            seed,
            share,
            most: informations.fold(0.0, f64::max),
        }
    }
}

impl Criterion for Progressive<'_> {
    fn worth(&self, item: usize) -> f64 {
        let information = self.items[item].information(self.theta);
        (1.0 - self.share) * self.most * draw(self.seed, item) + self.share * information
    }
}

pub(super) struct Proportional<'a> {
    pool: &'a ItemPool,
    theta: f64,
    seed: u64,
    power: f64,
}

impl<'a> Proportional<'a> {
    pub(super) fn new(seed: u64, power: f64, examinee: &Examinee<'a>) -> Self {
        Self {
            pool: examinee.pattern.pool(),
            theta: examinee.theta,
            seed,
            power,
        }
    }
}

impl Criterion for Proportional<'_> {
    /// ln(u) / w: its maximum falls on each item with a probability in proportion to w (Efraimidis & Spirakis
    /// 2006), w the information to the power.
    fn worth(&self, item: usize) -> f64 {
        let information = self.pool.items()[item].information(self.theta);
        let weight = libm::pow(information, self.power).clamp(f64::MIN_POSITIVE, f64::MAX);
        libm::log(draw(self.seed, item)) / weight
    }
}

pub(super) struct Random {
    pub(super) seed: u64,
}

impl Criterion for Random {
    fn worth(&self, item: usize) -> f64 {
        draw(self.seed, item)
    }
}
