//! Items by number, and the answers given to some of them.
//!
//! Owns their checks, so that estimators and criteria need none. Must not know a certification, texts or
//! learners: this is the bank as a psychometrician has it.

use std::fmt;

use super::item::ItemModel;
use super::model::ItemParameters;
use super::rough::Rough;

/// Calibrated items, numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPool {
    items: Vec<ItemModel>,
    rough: Option<Rough>,
}

/// What is wrong with a pool or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolFault {
    /// A pool must have items.
    Empty,
    /// The parameters of this item are out of range or not finite.
    Parameters {
        /// The item.
        item: usize,
    },
    /// The pool has no such item.
    UnknownItem {
        /// The number asked for.
        item: usize,
        /// Items in the pool.
        items: usize,
    },
    /// The item has no such category.
    UnknownCategory {
        /// The item.
        item: usize,
        /// The category given.
        category: u8,
        /// Categories of the item.
        categories: usize,
    },
    /// The item was answered before.
    Repeated {
        /// The item.
        item: usize,
    },
}

impl fmt::Display for PoolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a pool must have items"),
            Self::Parameters { item } => {
                write!(
                    f,
                    "parameters of item {item} are out of range: expected a > 0, 0 <= c < d <= 1, all finite"
                )
            }
            Self::UnknownItem { item, items } => {
                write!(f, "no item {item}: the pool has {items}, numbered from 0")
            }
            Self::UnknownCategory {
                item,
                category,
                categories,
            } => write!(
                f,
                "item {item} has no category {category}: it has {categories}, from 0"
            ),
            Self::Repeated { item } => write!(f, "item {item} was answered before"),
        }
    }
}

impl std::error::Error for PoolFault {}

impl ItemPool {
    /// A pool of these items.
    ///
    /// # Errors
    /// [`PoolFault::Empty`], [`PoolFault::Parameters`] of the first item out of range.
    pub fn new(items: Vec<ItemModel>) -> Result<Self, PoolFault> {
        if items.is_empty() {
            return Err(PoolFault::Empty);
        }
        match items.iter().position(|item| !item.is_valid()) {
            Some(item) => Err(PoolFault::Parameters { item }),
            None => Ok(Self {
                rough: Rough::new(&items),
                items,
            }),
        }
    }

    /// A pool of logistic items.
    ///
    /// # Errors
    /// As [`ItemPool::new`].
    pub fn logistic(items: impl IntoIterator<Item = ItemParameters>) -> Result<Self, PoolFault> {
        Self::new(items.into_iter().map(ItemModel::from).collect())
    }

    /// The items, by number.
    pub fn items(&self) -> &[ItemModel] {
        &self.items
    }

    /// Information of every item at `theta` in single precision, for finding the few worth computing exactly;
    /// whether there is such a table, which a pool with partial credit items does not have.
    pub(crate) fn rough_information(&self, theta: f64, into: &mut Vec<f32>) -> bool {
        let Some(rough) = &self.rough else {
            return false;
        };
        rough.information(theta, into);
        true
    }

    /// Test information of these items at ability `theta`: the sum of theirs.
    pub fn information(&self, items: impl IntoIterator<Item = usize>, theta: f64) -> f64 {
        let known = items.into_iter().filter_map(|item| self.items.get(item));
        known.map(|item| item.information(theta)).sum()
    }
}

/// The answers of one examinee to items of one pool, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern<'a> {
    pool: &'a ItemPool,
    answers: Vec<(usize, u8)>,
}

impl<'a> Pattern<'a> {
    /// No answer yet.
    pub fn new(pool: &'a ItemPool) -> Self {
        Self {
            pool,
            answers: Vec::new(),
        }
    }

    /// These answers, as (item, category).
    ///
    /// # Errors
    /// As [`Pattern::answer`], of the first that is wrong.
    pub fn of(
        pool: &'a ItemPool,
        answers: impl IntoIterator<Item = (usize, u8)>,
    ) -> Result<Self, PoolFault> {
        let mut pattern = Self::new(pool);
        for (item, category) in answers {
            pattern.answer(item, category)?;
        }
        Ok(pattern)
    }

    /// Adds the answer to an item: 1 for right and 0 for wrong, or a category.
    ///
    /// # Errors
    /// [`PoolFault::UnknownItem`], [`PoolFault::UnknownCategory`], [`PoolFault::Repeated`].
    pub fn answer(&mut self, item: usize, category: u8) -> Result<(), PoolFault> {
        let items = self.pool.items.len();
        let Some(model) = self.pool.items.get(item) else {
            return Err(PoolFault::UnknownItem { item, items });
        };
        let categories = model.categories();
        if usize::from(category) >= categories {
            return Err(PoolFault::UnknownCategory {
                item,
                category,
                categories,
            });
        }
        if self.has(item) {
            return Err(PoolFault::Repeated { item });
        }
        self.answers.push((item, category));
        Ok(())
    }

    /// The pool answered.
    pub fn pool(&self) -> &'a ItemPool {
        self.pool
    }

    /// The answers, as (item, category), in the order given.
    pub fn answers(&self) -> &[(usize, u8)] {
        &self.answers
    }

    /// Whether an item was answered.
    pub fn has(&self, item: usize) -> bool {
        self.answers.iter().any(|(answered, _)| *answered == item)
    }

    /// Each answered item's model with the answer to it.
    pub fn models(&self) -> impl Iterator<Item = (&'a ItemModel, usize)> + '_ {
        self.answers
            .iter()
            .map(|(item, category)| (&self.pool.items[*item], usize::from(*category)))
    }

    /// Whether every answer is in the lowest category, or every one in the highest: then the likelihood has
    /// its maximum at no finite ability.
    pub fn is_constant(&self) -> bool {
        let all = |end: fn(&ItemModel) -> usize| self.models().all(|(item, k)| k == end(item));
        all(|_| 0) || all(|item| item.categories() - 1)
    }
}
