//! Accounts as admins see them, and what admins do to them.
//!
//! Owns these routes, and that everything done by them is written down.

mod audit;
mod listed;
mod rights;

pub(super) use audit::{__path_audit, audit};
pub(super) use listed::{__path_list, list};
pub(super) use rights::{
    __path_enter, __path_grant, __path_revoke, __path_sign_out, __path_strike, enter, grant,
    revoke, sign_out, strike,
};
