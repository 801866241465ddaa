//! Strata of a pool by discrimination, for tests that keep the sharp items for late.
//!
//! Owns that division. Must not know how a test uses it.

use crate::irt::ItemPool;

/// The stratum of every item, from 0 for the least discriminating. Source: Chang & Ying (1999).
///
/// Strata are of one size, the last taking what is left, but that items of one discrimination share the
/// stratum of the last of them. Empty when `count` is 0.
pub fn strata(pool: &ItemPool, count: usize) -> Vec<usize> {
    if count == 0 {
        return Vec::new();
    }
    let items = pool.items();
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|x, y| {
        let (x, y) = (items[*x].discrimination(), items[*y].discrimination());
        x.total_cmp(&y)
    });
    let size = items.len().div_ceil(count);
    let mut strata = vec![0; items.len()];
    let mut stratum = 0;
    for (place, item) in order.iter().enumerate().rev() {
        let alone = order
            .get(place + 1)
            .is_none_or(|next| items[*next].discrimination() > items[*item].discrimination());
        if alone {
            stratum = place / size;
        }
        strata[*item] = stratum;
    }
    strata
}
