//! Names of things: validated text ids, and indices into one bank.
//!
//! Owns what a legal id is. Must not know what the named things contain.

mod options;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use options::{OPTIONS_MAX, OptionIx, OptionOrder, OptionSet};

/// Longest id in bytes; ids are primary keys and travel in every frame.
pub const ID_BYTES_MAX: usize = 64;

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

/// Index of a concept in one [`crate::Bank`]: the rank of its id among all concepts of that bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptIx(pub u32);

impl ConceptIx {
    /// The index as a `usize`, for slices.
    pub fn at(self) -> usize {
        self.0 as usize
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
}
