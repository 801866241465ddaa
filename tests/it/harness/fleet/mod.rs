//! Several instances of the built server, what they share, and what stands between them: for tests that break one of these.
//!
//! Must not know what learners do, or what is proved.

mod balancer;
mod clock;
mod instance;

pub(crate) use balancer::Balancer;
pub(crate) use clock::{Clockwork, clock_library};
pub(crate) use instance::{Instance, Surroundings};
