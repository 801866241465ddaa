//! Verbs of the command line that have files of their own. Owns nothing but their names.

pub(crate) mod compare;
mod floor;
pub(crate) mod page;
pub(crate) mod record;

pub(crate) use floor::{DriveArgs, EchoArgs, FloorArgs};
