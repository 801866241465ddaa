//! Who may do what, without asking the store: signed guest tokens, one-use tickets, the owner's token.
//!
//! Owns the signing secret and what is signed with it. Knows no socket, no route and no session state.

mod owner;
mod peer;
mod secret;
mod ticket;
mod token;

pub use owner::{OWNER_TOKEN_CHARS_MIN, OwnerToken, OwnerTokenTooShort};
pub use peer::PeerSeal;
pub use secret::{Secret, SecretError};
pub use ticket::{Role, TICKET_LIFETIME_MS, Ticket, TicketError};
pub use token::{GUEST_LIFETIME_MS, TokenError, guest_token, learner_of};
