//! Names of things: validated text ids, indices into one bank, and small sets of options.
//!
//! Owns what a legal id is. Must not know what the named things contain.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Longest id in bytes; ids are primary keys and travel in every frame.
pub const ID_BYTES_MAX: usize = 64;

/// Most options an item may have; an [`OptionSet`] is one byte.
pub const OPTIONS_MAX: usize = 8;

/// Most areas a certification may have.
pub const AREAS_MAX: usize = 64;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdError {
    /// The text is empty.
    Empty,
    /// The text is longer than [`ID_BYTES_MAX`].
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The text holds a character outside `[A-Za-z0-9._:-]`.
    Character {
        /// The first such character.
        found: char,
    },
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an id must not be empty"),
            Self::TooLong { bytes } => {
                write!(f, "an id must be at most {ID_BYTES_MAX} bytes, got {bytes}")
            }
            Self::Character { found } => write!(
                f,
                "an id may hold letters, digits and ._:- only, got {found:?}"
            ),
        }
    }
}

impl std::error::Error for IdError {}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong { bytes: text.len() });
    }
    let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    match text.chars().find(|c| !legal(c)) {
        Some(found) => Err(IdError::Character { found }),
        None => Ok(()),
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses an id: 1 to 64 bytes of `[A-Za-z0-9._:-]`.
            ///
            /// # Errors
            /// [`IdError`] says which rule the text breaks.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                check(text)?;
                Ok(Self(Arc::from(text)))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }
    };
}

text_id!(
    /// Names a certification.
    CertificationId
);
text_id!(
    /// Names a knowledge area of one certification.
    AreaId
);
text_id!(
    /// Names an item (people see: question) of one certification.
    ItemId
);
text_id!(
    /// Names an option of one item.
    OptionId
);
text_id!(
    /// Names a concept that items touch.
    ConceptId
);
text_id!(
    /// A client's name for one request; the same name is the same request.
    RequestId
);

/// Index of an item in one [`crate::Bank`]: the rank of its id among all ids of that bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemIx(pub u32);

/// Index of an area in one [`crate::Bank`], in the order of the certification; below 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaIx(pub u8);

impl AreaIx {
    /// The index as a `usize`, for slices.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// Index of an option in its item, in the author's order; below 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptionIx(pub u8);

impl OptionIx {
    /// The index as a `usize`, for slices.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// Place of a question in its session, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u16);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
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
    fn an_id_is_short_and_plain() {
        let long = "x".repeat(65);
        let cases: [(&str, Result<(), IdError>); 5] = [
            ("cpa.far:1_a-Z", Ok(())),
            (&long[..64], Ok(())),
            ("", Err(IdError::Empty)),
            (&long, Err(IdError::TooLong { bytes: 65 })),
            ("a b", Err(IdError::Character { found: ' ' })),
        ];
        for (text, expected) in cases {
            assert_eq!(ItemId::new(text).map(|_| ()), expected, "{text:?}");
        }
    }

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
