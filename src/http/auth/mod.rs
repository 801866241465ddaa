//! Signing in: from an address of mail and a password to a token, and from one token to the next.
//!
//! Owns these routes, and that nothing they say or how long they take tells whether an address is known: what differs is in a mail.

mod limits;
mod mailed;
mod password;
mod register;
mod signed_in;

pub use limits::AuthLimits;

pub(super) use limits::{busy, network};
pub(super) use mailed::{Errand, ask_by_mail};
pub(super) use password::{
    __path_forgot, __path_reset, __path_sign_in, fit, forgot, passed, reset, sign_in, tell_changed,
};
pub(super) use register::{
    __path_confirm, __path_link, __path_register, confirm, email, link, name, register,
};
pub(super) use signed_in::{
    __path_refresh, __path_sign_out, account_view, refresh, role, sign_out,
};
