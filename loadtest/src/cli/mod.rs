//! Verbs of the command line that have files of their own. Owns nothing but their names.

mod floor;
pub(crate) mod page;

pub(crate) use floor::{DriveArgs, EchoArgs, FloorArgs};
