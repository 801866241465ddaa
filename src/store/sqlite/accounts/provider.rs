//! Owns whose account it is that somebody signs in to at a provider. Must not know what a provider is asked.

use rusqlite::{Connection, params};

use super::super::learners;
use super::{account, roles};
use crate::store::{
    AccountRow, GUEST_ISSUER, Identity, LearnerId, ProviderAccount, ProviderSignIn,
};

/// Without an address nothing else would be left to sign in by.
const FORGET: &str = "DELETE FROM identities WHERE learner = ?1 AND issuer <> ?2 \
     AND EXISTS (SELECT 1 FROM accounts WHERE learner = ?1 AND email IS NOT NULL)";

/// The last one stays where nothing else would be left to sign in by.
const FORGET_ONE: &str = "DELETE FROM identities WHERE learner = ?1 AND issuer = ?2 AND subject = ?3 AND issuer <> ?4 \
     AND (EXISTS (SELECT 1 FROM accounts WHERE learner = ?1 AND email IS NOT NULL) \
     OR EXISTS (SELECT 1 FROM identities o WHERE o.learner = ?1 AND o.issuer <> ?4 \
     AND (o.issuer <> ?2 OR o.subject <> ?3)))";

/// The account that an identity is known by, from now on if not before.
pub(super) fn account(
    tx: &Connection,
    sign_in: &ProviderSignIn,
) -> rusqlite::Result<ProviderAccount> {
    let ProviderSignIn {
        identity,
        email,
        guest,
        fresh,
        now_ms,
        ..
    } = sign_in;
    if let Some(learner) = learners::known(tx, identity)? {
        return match account::one(tx, learner)? {
            Some(account) => Ok(ProviderAccount::Known(account)),
            // A learner of an imported session may be known by it, and have none.
            None => made(tx, sign_in, learner),
        };
    }
    if let Some(email) = email
        && let Some(account) = account::by_email(tx, email)?
    {
        if roles::has_any(tx, account.learner)? {
            return Ok(ProviderAccount::Reserved);
        }
        learners::add_identity(tx, identity, account.learner, *now_ms)?;
        return Ok(ProviderAccount::Joined(account));
    }
    let learner = match *guest {
        Some(guest) if learners::exists(tx, guest)? && !account::exists(tx, guest)? => guest,
        _ => {
            learners::add(tx, *fresh, *now_ms)?;
            *fresh
        }
    };
    learners::add_identity(tx, identity, learner, *now_ms)?;
    made(tx, sign_in, learner)
}

/// Forgets what providers know an account by that has an address; how many.
pub(super) fn forget(tx: &Connection, learner: LearnerId) -> rusqlite::Result<u64> {
    let forgotten = tx
        .prepare_cached(FORGET)?
        .execute(params![learner, GUEST_ISSUER])?;
    Ok(forgotten as u64)
}

/// Forgets one of the identities of an account; whether it did.
pub(super) fn forget_one(
    tx: &Connection,
    learner: LearnerId,
    identity: &Identity,
) -> rusqlite::Result<bool> {
    let forgotten = tx.prepare_cached(FORGET_ONE)?.execute(params![
        learner,
        identity.issuer,
        identity.subject,
        GUEST_ISSUER
    ])?;
    Ok(forgotten > 0)
}

/// Stores a new account, without the address where another has it.
fn made(
    tx: &Connection,
    sign_in: &ProviderSignIn,
    learner: LearnerId,
) -> rusqlite::Result<ProviderAccount> {
    let email = match &sign_in.email {
        Some(email) if !account::is_taken(tx, email, learner)? => Some(email.clone()),
        _ => None,
    };
    let made = AccountRow {
        learner,
        email,
        password_hash: None,
        name: sign_in.name.clone(),
        created_at: sign_in.now_ms,
    };
    account::add(tx, &made)?;
    Ok(ProviderAccount::Made(made))
}
