//! What the owner of a certification sees of its use.
//!
//! Owns these routes; who may call them is in `access`. They read roll-ups, and may be as late as a replica; exports read answers page by
//! page as the client takes them. Nothing here names a learner but by a random id.

mod export;
mod pages;
mod records;
mod statistics;

pub(super) use export::{__path_export, export};
pub(super) use statistics::{__path_items, __path_learners, items, learners};
