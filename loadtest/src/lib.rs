//! Simulated learners over real sockets, and the ledger that proves nothing acknowledged was lost.
//!
//! Owns the client's side of the wire contract: one raw socket ([`socket`]), the rules every client
//! follows ([`learner`]), what was sent and acknowledged ([`ledger`]) and load runs ([`run`]). It knows
//! the server only through `learnr-protocol`, its sockets and its command line.

pub mod api;
pub mod base;
pub mod brief;
pub mod chance;
pub mod crew;
pub mod disk;
pub mod environment;
pub mod examinee;
pub mod floor;
pub mod learner;
pub mod ledger;
pub mod machine;
pub mod meter;
pub mod raw;
pub mod record;
pub mod relay;
pub mod report;
pub mod run;
pub mod scenario;
pub mod socket;

pub use base::Base;
pub use learner::{Learner, LearnerError, Settings, Turn};
pub use ledger::{Ledger, LedgerReport, StoredAnswer};
pub use meter::{Books, Meter, Recorder};
