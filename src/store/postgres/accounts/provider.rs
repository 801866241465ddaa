//! Owns whose account it is that somebody signs in to at a provider. Must not know what a provider is asked.

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::rows::{Columns, int8, text, uuid};
use super::earlier::Earlier;
use super::{account, roles};
use crate::store::{
    AccountRow, GUEST_ISSUER, Identity, LearnerId, OrganizationId, ProviderAccount, ProviderSignIn,
    email_key,
};

const KNOWN: &str = "SELECT learner FROM identities WHERE issuer = $1 AND subject = $2";
/// Without an address nothing else would be left to sign in by.
const FORGET: &str = "DELETE FROM identities WHERE learner = $1 AND issuer <> $2 \
     AND EXISTS (SELECT FROM accounts WHERE learner = $1 AND email IS NOT NULL)";
/// The last one stays where nothing else would be left to sign in by.
const FORGET_ONE: &str = "DELETE FROM identities WHERE learner = $1 AND issuer = $2 AND subject = $3 AND issuer <> $4 \
     AND (EXISTS (SELECT FROM accounts WHERE learner = $1 AND email IS NOT NULL) \
     OR EXISTS (SELECT FROM identities o WHERE o.learner = $1 AND o.issuer <> $4 \
     AND (o.issuer <> $2 OR o.subject <> $3)))";
/// Whatever comes after it finds the learner there, or not at all.
const HOLD: &str = "SELECT id FROM learners WHERE id = $1 FOR NO KEY UPDATE";
const ADD_LEARNER: &str = "INSERT INTO learners (id, organization, created_at) VALUES ($1, $2, $3)";
const ADD_ACCOUNT: &str = "INSERT INTO accounts (learner, email, email_key, password_hash, name, created_at) \
     VALUES ($1, $2, $3, NULL, $4, $5) ON CONFLICT DO NOTHING";
const ADD_IDENTITY: &str = "INSERT INTO identities (issuer, subject, learner, created_at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// The account that an identity is known by, from now on if not before. Of two calls at once one waits for the other's keys, finds them
/// in its way, and tries again: then it sees what the other has made.
pub(super) async fn account(
    client: &mut Client,
    sign_in: &ProviderSignIn,
    earlier: &Earlier<ProviderAccount>,
) -> Result<ProviderAccount, Failure> {
    let tx = client.transaction().await?;
    let found = match known(&tx, sign_in).await? {
        Some(learner) => match account::one(&tx, learner).await? {
            Some(account) => return Ok(as_before(account, earlier)),
            // A learner of an imported session may be known by it, and have none.
            None => {
                hold(&tx, learner).await?;
                let email = unclaimed(&tx, sign_in).await?;
                made(&tx, sign_in, learner, email).await?
            }
        },
        None => match joined(&tx, sign_in).await? {
            Some(ProviderAccount::Reserved) => return Ok(ProviderAccount::Reserved),
            Some(joined) => joined,
            None => {
                let learner = whose(&tx, sign_in).await?;
                let made = made(&tx, sign_in, learner, sign_in.email.clone()).await?;
                identify(&tx, sign_in, learner).await?;
                made
            }
        },
    };
    earlier.note(found.clone());
    tx.commit().await?;
    Ok(found)
}

/// What an earlier attempt of this call did, if it was done: the identity is known by it.
fn as_before(account: AccountRow, earlier: &Earlier<ProviderAccount>) -> ProviderAccount {
    match earlier.get() {
        Some(ProviderAccount::Joined(before)) if before.learner == account.learner => {
            ProviderAccount::Joined(account)
        }
        Some(ProviderAccount::Made(before)) if before.learner == account.learner => {
            ProviderAccount::Made(account)
        }
        _ => ProviderAccount::Known(account),
    }
}

/// Forgets what providers know an account by that is held and has an address; how many.
pub(super) async fn forget(tx: &Transaction<'_>, learner: LearnerId) -> Result<u64, Failure> {
    let parameters = [uuid(&learner.0), text(&GUEST_ISSUER)];
    Ok(tx.execute_typed(FORGET, &parameters).await?)
}

/// Forgets one of the identities of an account; whether it did, by this attempt or an earlier one.
pub(super) async fn forget_one(
    client: &mut Client,
    learner: LearnerId,
    identity: &Identity,
    earlier: &Earlier<bool>,
) -> Result<bool, Failure> {
    let before = earlier.get().unwrap_or_default();
    let tx = client.transaction().await?;
    // Of two that go at once the second finds itself the last.
    if !account::lock(&tx, learner).await? {
        return Ok(before);
    }
    let parameters = [
        uuid(&learner.0),
        text(&identity.issuer),
        text(&identity.subject),
        text(&GUEST_ISSUER),
    ];
    let forgotten = tx.execute_typed(FORGET_ONE, &parameters).await? > 0 || before;
    earlier.note(forgotten);
    tx.commit().await?;
    Ok(forgotten)
}

async fn known(
    tx: &Transaction<'_>,
    sign_in: &ProviderSignIn,
) -> Result<Option<LearnerId>, Failure> {
    let identity = &sign_in.identity;
    let named = [text(&identity.issuer), text(&identity.subject)];
    let found = tx.query_typed_opt(KNOWN, &named).await?;
    found.map(|row| Columns::of(&row).take()).transpose()
}

/// The account that has the address, known by the identity from now on, or reserved.
async fn joined(
    tx: &Transaction<'_>,
    sign_in: &ProviderSignIn,
) -> Result<Option<ProviderAccount>, Failure> {
    let Some(email) = &sign_in.email else {
        return Ok(None);
    };
    let Some(found) = account::by_email(tx, email).await? else {
        return Ok(None);
    };
    // Held, it is looked at once more: it may have got another address, or be gone.
    let held = account::lock(tx, found.learner).await?;
    if !held || account::one(tx, found.learner).await?.as_ref() != Some(&found) {
        return Err(Failure::passing("an account changed while it was joined"));
    }
    // What gives a role holds the account too: none is given in between.
    if roles::has_any(tx, found.learner).await? {
        return Ok(Some(ProviderAccount::Reserved));
    }
    identify(tx, sign_in, found.learner).await?;
    Ok(Some(ProviderAccount::Joined(found)))
}

/// Whose the new account is: the guest's, if they are there and have none, or a new learner's.
async fn whose(tx: &Transaction<'_>, sign_in: &ProviderSignIn) -> Result<LearnerId, Failure> {
    if let Some(guest) = sign_in.guest
        && hold(tx, guest).await?
        && account::one(tx, guest).await?.is_none()
    {
        return Ok(guest);
    }
    let organization = OrganizationId::DEFAULT;
    let learner = [
        uuid(&sign_in.fresh.0),
        uuid(&organization.0),
        int8(&sign_in.now_ms),
    ];
    tx.execute_typed(ADD_LEARNER, &learner).await?;
    Ok(sign_in.fresh)
}

/// Holds a learner until the transaction ends; whether there is one.
async fn hold(tx: &Transaction<'_>, learner: LearnerId) -> Result<bool, Failure> {
    let found = tx.query_typed_opt(HOLD, &[uuid(&learner.0)]).await?;
    Ok(found.is_some())
}

/// The address, where nobody has it: somebody who is known already takes none from whom it belongs to.
async fn unclaimed(
    tx: &Transaction<'_>,
    sign_in: &ProviderSignIn,
) -> Result<Option<String>, Failure> {
    match &sign_in.email {
        Some(email) if account::by_email(tx, email).await?.is_none() => Ok(Some(email.clone())),
        _ => Ok(None),
    }
}

/// Makes the account. Whoever has got the address meanwhile is in its way, and found by the next try.
async fn made(
    tx: &Transaction<'_>,
    sign_in: &ProviderSignIn,
    learner: LearnerId,
    email: Option<String>,
) -> Result<ProviderAccount, Failure> {
    let key = email.as_deref().map(email_key);
    let parameters = [
        uuid(&learner.0),
        text(&email),
        text(&key),
        text(&sign_in.name),
        int8(&sign_in.now_ms),
    ];
    if tx.execute_typed(ADD_ACCOUNT, &parameters).await? == 0 {
        return Err(Failure::passing(
            "an account was made at the same moment, of this learner or with this address",
        ));
    }
    Ok(ProviderAccount::Made(AccountRow {
        learner,
        email,
        password_hash: None,
        name: sign_in.name.clone(),
        created_at: sign_in.now_ms,
    }))
}

/// Stores that a learner is known by the identity.
async fn identify(
    tx: &Transaction<'_>,
    sign_in: &ProviderSignIn,
    learner: LearnerId,
) -> Result<(), Failure> {
    let identity = &sign_in.identity;
    let parameters = [
        text(&identity.issuer),
        text(&identity.subject),
        uuid(&learner.0),
        int8(&sign_in.now_ms),
    ];
    if tx.execute_typed(ADD_IDENTITY, &parameters).await? == 0 {
        return Err(Failure::passing(
            "an identity was stored at the same moment",
        ));
    }
    Ok(())
}
