//! Why nothing comes of a calibration.

use std::fmt;

use crate::irt::ItemParameters;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// There are no answers.
    NoAnswers,
    /// No item has both right and wrong answers, and no penalty says where such items lie.
    NothingVaries,
    /// Not one start for each item.
    Starts {
        /// Starts given.
        starts: usize,
        /// Items of the table.
        items: usize,
    },
    /// A start the models do not hold for: see [`ItemParameters::is_valid`]; b within 10 logits, a from 0.01 to
    /// 10, d = 1.
    Start {
        /// The item.
        item: usize,
        /// Its start.
        parameters: ItemParameters,
    },
    /// An option out of range.
    Option {
        /// Which.
        option: &'static str,
        /// What it is.
        got: f64,
    },
    /// The caller stopped it.
    Stopped {
        /// Cycles done.
        cycles: u32,
    },
    /// The likelihood is no number any more; not seen on any input.
    Degenerate {
        /// Cycles done.
        cycles: u32,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswers => write!(f, "there are no answers"),
            Self::NothingVaries => {
                write!(
                    f,
                    "no item has both right and wrong answers, and there is no penalty on b"
                )
            }
            Self::Starts { starts, items } => write!(f, "{starts} starts for {items} items"),
            Self::Start { item, parameters } => write!(
                f,
                "item {item}: no start for estimation: a {}, b {}, c {}, d {}",
                parameters.a, parameters.b, parameters.c, parameters.d
            ),
            Self::Option { option, got } => write!(f, "{option} out of range: {got}"),
            Self::Stopped { cycles } => write!(f, "stopped after {cycles} cycles"),
            Self::Degenerate { cycles } => {
                write!(f, "the likelihood is not a number after {cycles} cycles")
            }
        }
    }
}

impl std::error::Error for Failure {}
