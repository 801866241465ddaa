//! The options of one item: an index, a set, and the order they were served in, each a few bytes.
//!
//! Owns those three. Must not know what an option says or whether it is right.

use std::fmt;

/// Most options an item may have; an [`OptionSet`] is one byte.
pub const OPTIONS_MAX: usize = 8;

/// Index of an option in its item, in the author's order; below 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptionIx(pub u8);

impl OptionIx {
    /// The index as a `usize`, for slices.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of options of one item: bit `i` is the option with index `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OptionSet(pub u8);

impl OptionSet {
    /// Adds an option; an index of 8 or more is not an option and changes nothing.
    pub fn insert(&mut self, option: OptionIx) {
        self.0 |= 1_u8.checked_shl(u32::from(option.0)).unwrap_or(0);
    }

    /// Whether the option is in the set.
    pub fn contains(self, option: OptionIx) -> bool {
        self.0 & 1_u8.checked_shl(u32::from(option.0)).unwrap_or(0) != 0
    }

    /// How many options are in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no option is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The options in the set, in the author's order.
    pub fn iter(self) -> impl Iterator<Item = OptionIx> {
        (0..OPTIONS_MAX as u8)
            .map(OptionIx)
            .filter(move |option| self.contains(*option))
    }
}

/// The order in which an item's options were served.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OptionOrder {
    len: u8,
    options: [OptionIx; OPTIONS_MAX],
}

impl OptionOrder {
    /// The author's order of `count` options; counts above 8 are cut to 8.
    pub fn authored(count: usize) -> Self {
        let mut options = [OptionIx(0); OPTIONS_MAX];
        for (slot, ix) in options.iter_mut().zip(0..) {
            *slot = OptionIx(ix);
        }
        Self {
            len: count.min(OPTIONS_MAX) as u8,
            options,
        }
    }

    /// An order from its indices, as stored; `None` unless they are a permutation of `0..len`,
    /// with 1 to 8 of them.
    pub fn from_indices(indices: &[u8]) -> Option<Self> {
        if indices.is_empty() || indices.len() > OPTIONS_MAX {
            return None;
        }
        let mut order = Self::authored(indices.len());
        let mut met = OptionSet::default();
        for (slot, &ix) in order.options.iter_mut().zip(indices) {
            let option = OptionIx(ix);
            if usize::from(ix) >= indices.len() || met.contains(option) {
                return None;
            }
            met.insert(option);
            *slot = option;
        }
        Some(order)
    }

    /// The options in the order served.
    pub fn as_slice(&self) -> &[OptionIx] {
        &self.options[..usize::from(self.len)]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [OptionIx] {
        &mut self.options[..usize::from(self.len)]
    }

    /// The options in the order served.
    pub fn iter(&self) -> impl Iterator<Item = OptionIx> + '_ {
        self.as_slice().iter().copied()
    }

    /// How many options were served.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether no option was served; never true of an item of a built bank.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Debug for OptionOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.as_slice().iter().map(|o| o.0))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_from_storage_must_be_a_permutation() {
        for bad in [&[][..], &[0, 0], &[1, 2], &[0, 1, 2, 3, 4, 5, 6, 7, 8]] {
            assert_eq!(OptionOrder::from_indices(bad), None, "{bad:?}");
        }
        let order = OptionOrder::from_indices(&[2, 0, 1]).expect("a permutation of three");
        assert_eq!(order.iter().map(|o| o.0).collect::<Vec<_>>(), vec![2, 0, 1]);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set = OptionSet::default();
        set.insert(OptionIx(7));
        set.insert(OptionIx(0));
        set.insert(OptionIx(9));
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            vec![OptionIx(0), OptionIx(7)]
        );
        assert_eq!(set.len(), 2);
    }
}
