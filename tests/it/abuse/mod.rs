//! One test for each attack that quiz servers have suffered (`design/field.md`), over real sockets and REST
//! against the real server. Each holds three things: what is refused, that nothing leaked or changed by it,
//! and that the rightful learner goes on.
//!
//! Owns the attacks of people who know the protocol and want what is not theirs: the key, somebody else's
//! session, more than their share. Wrong bytes, broken networks and full disks are `bad_input`'s; crashes and
//! takeovers under load are `crash`'s. What is proved there is not proved again here, only looked at from the
//! attacker's side:
//!
//! - one request from two sockets, after a restart, after a takeover: `bad_input/requests.rs`;
//! - forged, used and foreign tickets, one by one: `bad_input/hello.rs`;
//! - floods on one socket up to its close: `bad_input/floods.rs`; one reader that never reads: `bad_input/silence.rs`;
//! - acknowledged before stored: `bad_input/store_faults.rs` and `crash`.
//!
//! What a harvester of the key can learn, and what bounds it. An answer reveals the key of its question: that is
//! what practice is. So nobody learns the key of a question without spending an answer on it, under these limits:
//!
//! - five answers a second and ten at once in one session, however many sockets it has (`session/limits.rs`);
//! - one open session for each learner, certification and kind: another start resumes it, with the same
//!   question in the same order, so that neither a refresh nor a restart draws anew (a unique index of the store);
//! - thirty starts a minute for one learner (`http/starts.rs`): a new session has its ten answers again;
//! - sixty new guests a minute from one network and ten times as many in all (`http/guests.rs`).
//!
//! A session that ended without an answer reveals nothing, neither by its summary nor by what a review then asks; an exam
//! handed in blank tells no key either (`exam/secrecy.rs`).

mod answers;
mod crowds;
mod harvest;
mod record;
mod secrets;
mod slow;
mod small_bank;
mod sockets;
mod strangers;
