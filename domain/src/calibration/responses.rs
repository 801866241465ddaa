//! Who answered what: a sparse table of scored answers, each respondent with the items that were put to them.
//!
//! Owns the table and its checks. Must not know where answers come from nor what is estimated from them.

use std::fmt;

/// Most answers in one table: 4 GiB of them would not fit in memory together with what is computed.
pub const ANSWERS_MAX: usize = 1 << 28;

/// Scored answers of respondents to items; what was not answered is missing at random.
///
/// A respondent may stand for several with the same answers through its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    items: usize,
    /// `2 * item + correct`, in order of item within a respondent.
    codes: Vec<u32>,
    /// Where each respondent's answers end.
    ends: Vec<usize>,
    weights: Vec<f64>,
}

/// Why a respondent's answers are not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ResponseFault {
    /// The item is none of the table's.
    UnknownItem {
        /// The item named.
        item: usize,
        /// How many items there are.
        items: usize,
    },
    /// An item was answered twice; only its first sight is evidence.
    AnsweredTwice {
        /// The item.
        item: usize,
    },
    /// The weight is not a positive, finite number.
    Weight {
        /// The weight.
        weight: f64,
    },
    /// The table holds [`ANSWERS_MAX`] answers.
    Full,
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownItem { item, items } => {
                write!(f, "item {item}: there are {items}, counted from 0")
            }
            Self::AnsweredTwice { item } => write!(f, "item {item} is answered twice"),
            Self::Weight { weight } => write!(f, "weight must be > 0 and finite, got {weight}"),
            Self::Full => write!(f, "more than {ANSWERS_MAX} answers"),
        }
    }
}

impl std::error::Error for ResponseFault {}

impl Responses {
    /// A table of no respondents for `items` items, at most 2^31.
    pub fn new(items: usize) -> Self {
        Self {
            items: items.min(1 << 31),
            codes: Vec::new(),
            ends: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Adds a respondent: pairs of item, counted from 0, and whether the answer was right, in any order.
    /// `weight` is how many respondents these stand for, 1 as a rule. No answers add nobody.
    ///
    /// # Errors
    /// [`ResponseFault`], and the table stays as it was.
    pub fn push(&mut self, answers: &[(usize, bool)], weight: f64) -> Result<(), ResponseFault> {
        if !(weight > 0.0 && weight.is_finite()) {
            return Err(ResponseFault::Weight { weight });
        }
        if answers.len() > ANSWERS_MAX - self.codes.len() {
            return Err(ResponseFault::Full);
        }
        let items = self.items;
        if let Some((item, _)) = answers.iter().find(|(item, _)| *item >= items) {
            return Err(ResponseFault::UnknownItem { item: *item, items });
        }
        let mut sorted: Vec<u32> = answers
            .iter()
            .map(|(item, correct)| 2 * *item as u32 + u32::from(*correct))
            .collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] / 2 == pair[1] / 2) {
            let item = (pair[0] / 2) as usize;
            return Err(ResponseFault::AnsweredTwice { item });
        }
        if !sorted.is_empty() {
            self.codes.extend(sorted);
            self.ends.push(self.codes.len());
            self.weights.push(weight);
        }
        Ok(())
    }

    /// Adds a respondent by a row of the full table: one entry for each item, `None` where it was not answered.
    ///
    /// # Errors
    /// As [`Responses::push`]; a longer row names an item that is unknown.
    pub fn push_row(&mut self, row: &[Option<bool>], weight: f64) -> Result<(), ResponseFault> {
        let answered = row.iter().enumerate();
        let answers: Vec<(usize, bool)> = answered
            .filter_map(|(item, answer)| answer.map(|correct| (item, correct)))
            .collect();
        self.push(&answers, weight)
    }

    /// How many items there are.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many respondents were added; one that stands for several is one.
    pub fn respondents(&self) -> usize {
        self.weights.len()
    }

    /// How many answers there are, weights left out.
    pub fn answers(&self) -> usize {
        self.codes.len()
    }

    /// Answers to each item, and right ones among them, by weight.
    pub fn counts(&self) -> Vec<Count> {
        let mut counts = vec![Count::default(); self.items];
        for (codes, weight) in self.rows() {
            for code in codes {
                let count = &mut counts[(code / 2) as usize];
                count.answers += weight;
                count.right += weight * f64::from(code & 1);
            }
        }
        counts
    }

    /// Each respondent's answers, coded `2 * item + correct`, with the weight.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[u32], f64)> {
        let begins = std::iter::once(&0).chain(&self.ends);
        let spans = begins.zip(&self.ends);
        spans
            .zip(&self.weights)
            .map(|((begin, end), weight)| (&self.codes[*begin..*end], *weight))
    }
}

/// How often an item was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// Answers, by weight.
    pub answers: f64,
    /// Right ones among them.
    pub right: f64,
}

impl Count {
    /// Whether there are both right and wrong answers.
    pub(super) fn varies(&self) -> bool {
        self.right > 0.0 && self.right < self.answers
    }
}
