//! Who may do what, without asking the store: signed tokens, one-use tickets, the owner's token, passwords against their hashes.
//!
//! Owns the signing secret and what is signed with it. Knows no socket, no route and no session state.

mod access_token;
mod attempt;
mod email;
mod owner;
mod password;
mod peer;
mod refresh_token;
mod secret;
mod ticket;
mod token;
mod unsubscribe;

pub use access_token::{ACCESS_LIFETIME_MS, access_token, signed_in_as};
pub use attempt::{ATTEMPT_LIFETIME_MS, Attempt, no_attempt_cookie};
pub use email::Email;
pub use owner::{OWNER_TOKEN_CHARS_MIN, OwnerToken, OwnerTokenTooShort};
pub use password::{PasswordError, Passwords, Verdict};
pub use peer::PeerSeal;
pub use refresh_token::{
    REUSE_LEEWAY_MS, RandomToken, SIGN_IN_LIFETIME_MS, no_refresh_cookie, refresh_cookie,
    refresh_hash,
};
pub use secret::{Secret, SecretError};
pub use ticket::{Role, TICKET_LIFETIME_MS, Ticket, TicketError};
pub use token::{GUEST_LIFETIME_MS, TokenError, guest_token, learner_of};
pub use unsubscribe::{unsubscribe_token, unsubscribes};
