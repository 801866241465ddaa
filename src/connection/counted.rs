//! One of something that is counted for as long as it is there.
//!
//! Owns the count, its bound and its gauge. Must not know what is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A place among those that may be taken, given back when dropped.
pub(super) struct Counted {
    among: Arc<AtomicUsize>,
    gauge: &'static str,
}

impl Counted {
    /// One more, if there are fewer than `max`.
    pub(super) fn below(max: usize, among: &Arc<AtomicUsize>, gauge: &'static str) -> Option<Self> {
        let before = among.fetch_add(1, Ordering::AcqRel);
        let counted = Self {
            among: Arc::clone(among),
            gauge,
        };
        metrics::gauge!(gauge).set((before + 1) as f64);
        (before < max).then_some(counted)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let before = self.among.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!(self.gauge).set((before - 1) as f64);
    }
}
