//! Who may do what, without asking the store: signed guest tokens and one-use tickets.
//!
//! Owns the signing secret and what is signed with it. Knows no socket, no route and no session state.

mod secret;
mod ticket;
mod token;

pub use secret::{Secret, SecretError};
pub use ticket::{Role, TICKET_LIFETIME_MS, Ticket, TicketError};
pub use token::{GUEST_LIFETIME_MS, TokenError, guest_token, learner_of};
