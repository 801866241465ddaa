//! The caller's own account: what it says, its password and address, what providers know it by, the devices that are signed in.
//!
//! Owns these routes. Deleting it is `learners`', everything kept of it `export`'s.

mod identities;
mod profile;
mod secrets;
mod sign_ins;

pub(super) use identities::{__path_end_identity, __path_identities, end_identity, identities};
pub(super) use profile::{__path_change, __path_view, change, view};
pub(super) use secrets::{__path_email, __path_password, email, is_fresh, password, proven};
pub(super) use sign_ins::{
    __path_end_one, __path_end_others, __path_sign_ins, end_one, end_others, sign_ins,
};

use super::{ApiError, HttpContext};
use crate::store::{AccountRow, LearnerId};

/// The account of a caller, who had one a moment ago.
async fn own(context: &HttpContext, learner: LearnerId) -> Result<AccountRow, ApiError> {
    let account = context.sessions().store.account(learner).await?;
    account.ok_or_else(ApiError::no_account)
}
