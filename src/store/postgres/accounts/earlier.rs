//! Owns what one call remembers from attempt to attempt. Must not outlive the call.

use std::sync::{Mutex, PoisonError};

/// What an earlier attempt of a call was about to commit: one whose commit was not known finds nothing to do again.
pub(super) struct Earlier<T>(Mutex<Option<T>>);

impl<T: Clone> Earlier<T> {
    pub(super) fn none() -> Earlier<T> {
        Earlier(Mutex::new(None))
    }

    /// To be called right before the commit.
    pub(super) fn note(&self, done: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    }

    pub(super) fn get(&self) -> Option<T> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }
}
