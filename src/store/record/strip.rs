//! A session without its learner, for an account that is deleted.
//!
//! Owns what goes and what stays: the answers, and what they were answers to.

use super::event::strip_started;
use super::session::{SettingsV1, without_accommodation};
use super::{pack, unpack};
use crate::store::Beginning;

/// Takes the learner out of a session's beginning; what cannot be read goes whole. Done again, it changes nothing.
#[must_use]
pub fn strip(beginning: Beginning) -> Beginning {
    let Beginning {
        settings,
        mut started,
    } = beginning;
    strip_started(&mut started);
    let settings = match unpack::<SettingsV1>("session settings", &settings) {
        Ok(settings) => pack(&without_accommodation(settings)),
        Err(_) => Vec::new(),
    };
    Beginning { settings, started }
}
