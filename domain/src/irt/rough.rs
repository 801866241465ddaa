//! Information of many logistic items at one ability, in single precision: to find the few worth computing
//! exactly.
//!
//! Owns that table and its arithmetic, laid out by parameter so that the compiler computes four items at once.
//! Its relative error is under 1e-6 (1 + |a (theta - b)|). Must not know what is done
//! with it; decisions are made in double precision.

use super::item::ItemModel;

/// The parameters of logistic items, one list each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rough {
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
    d: Vec<f32>,
}

impl Rough {
    /// The table of these items; `None` when one is not logistic.
    pub(super) fn new(items: &[ItemModel]) -> Option<Self> {
        let mut rough = Self::default();
        for item in items {
            let ItemModel::Logistic(item) = item else {
                return None;
            };
            rough.a.push(item.a as f32);
            rough.b.push(item.b as f32);
            rough.c.push(item.c as f32);
            rough.d.push(item.d as f32);
        }
        Some(rough)
    }

    /// Information of every item at `theta`; `into` is overwritten.
    pub(super) fn information(&self, theta: f64, into: &mut Vec<f32>) {
        let theta = theta as f32;
        into.clear();
        into.resize(self.a.len(), 0.0);
        let shape = self.a.iter().zip(&self.b);
        let asymptotes = self.c.iter().zip(&self.d);
        for ((out, (a, b)), (c, d)) in into.iter_mut().zip(shape).zip(asymptotes) {
            // Between -80 and 80 nothing below over- or underflows, and beyond it information is nil.
            let x = (a * (theta - b)).clamp(-80.0, 80.0);
            let odds = exp(-x.abs());
            let near = 1.0 / (1.0 + odds);
            let far = odds * near;
            let range = d - c;
            // The logistic and its complement; which is which depends on the side of b.
            let (l, m) = if x >= 0.0 { (near, far) } else { (far, near) };
            let (p, q) = (c + range * l, (1.0 - d) + range * m);
            let slope = a * range * l * m;
            *out = slope * (slope / (p * q));
        }
    }
}

/// e to the `x`, for `x` from -88 to 0, with a relative error under 2e-7.
///
/// 2^n times a polynomial in the rest, |rest| <= ln 2 / 2, that is Taylor's to the sixth power. Adding and
/// taking away 1.5 * 2^23 rounds to a whole number, whose bits are then the exponent's.
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let rest = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let series = 1.0
        + rest
            * (1.0
                + rest
                    * (0.5
                        + rest
                            * (1.0 / 6.0
                                + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    series * power
}

/// The leading bits of ln 2, few enough that a product with a small whole number is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
/// What is left of it.
const LN_2_LOW: f32 = -2.121_944_4e-4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::ItemParameters;
    use crate::tick::Chance;

    #[test]
    fn the_rough_information_is_near_the_exact_one() {
        let mut chance = Chance::new(5);
        let items: Vec<ItemModel> = (0..500)
            .map(|k| {
                let a = 0.2 + 3.0 * chance.unit();
                let b = 8.0 * chance.unit() - 4.0;
                let d = if k % 3 == 0 { 0.9 } else { 1.0 };
                ItemParameters::four_pl(a, b, 0.3 * chance.unit(), d).into()
            })
            .collect();
        let rough = Rough::new(&items).expect("all are logistic");
        let mut got = Vec::new();
        for theta in [-4.0, -1.3, 0.0, 0.7, 4.0] {
            rough.information(theta, &mut got);
            for (item, got) in items.iter().zip(&got) {
                let exact = item.information(theta);
                let error = (f64::from(*got) - exact).abs();
                let ItemModel::Logistic(parameters) = item else {
                    unreachable!("all are logistic");
                };
                let away = (parameters.a * (theta - parameters.b)).abs();
                assert!(
                    error < 1e-6 * (1.0 + away) * exact,
                    "{item:?} at {theta}: {got} for {exact}"
                );
            }
        }
    }

    #[test]
    fn extreme_items_give_numbers() {
        let items: Vec<ItemModel> = vec![
            ItemParameters::two_pl(1e6, 3.0).into(),
            ItemParameters::three_pl(10.0, -10.0, 0.99).into(),
        ];
        let rough = Rough::new(&items).expect("all are logistic");
        let mut got = Vec::new();
        rough.information(4.0, &mut got);
        assert!(got.iter().all(|x| x.is_finite() && *x >= 0.0), "{got:?}");
    }
}
