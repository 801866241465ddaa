//! Owns the statements on what mails ask for and what confirming one does. Must not know how a mail is written or sent.

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::learners;
use super::super::rows::{Columns, Parameter, bytes, int8, text, uuid};
use super::account;
use super::earlier::Earlier;
use crate::store::{
    AccountRow, Confirmation, Confirmed, LearnerId, MailPurpose, MailTokenRow, OrganizationId,
    TokenHash, email_key,
};

/// One with the same hash is an earlier attempt of this call. Of two saved at the same moment both stay: they went to the
/// same mailbox. Nothing is kept for a learner who is not there.
const SAVE: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $3 FOR KEY SHARE), \
     replaced AS (DELETE FROM mail_tokens \
     WHERE email = $4 AND purpose = $2 AND learner IS NOT DISTINCT FROM $3 AND hash <> $1) \
     INSERT INTO mail_tokens (hash, purpose, learner, email, name, created_at, expires_at) \
     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE $3::uuid IS NULL OR EXISTS (SELECT FROM alive) \
     ON CONFLICT (hash) DO NOTHING";
const ONE: &str = "SELECT purpose, learner, email, name, created_at, expires_at FROM mail_tokens \
     WHERE hash = $1 AND expires_at > $2";
const OF: &str = "SELECT purpose, learner, email, name, created_at, expires_at FROM mail_tokens \
     WHERE learner = $1 AND expires_at > $2 ORDER BY created_at, hash LIMIT $3";
/// The learner before the account, and the account before the token. Of two mails of one guest the second sees what the
/// first has made.
const HOLD: &str = "SELECT id FROM learners WHERE id = $1 FOR NO KEY UPDATE";
const FORGET: &str = "DELETE FROM mail_tokens WHERE hash = $1";
const ADD: &str = "INSERT INTO accounts (learner, email, email_key, password_hash, name, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
/// The account goes in first: where its address is taken there is no learner without one. That an account has a learner
/// is checked when the statement is done.
const ADD_FRESH: &str = "WITH account AS (INSERT INTO accounts (learner, email, email_key, password_hash, name, \
     created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING learner, created_at) \
     INSERT INTO learners (id, organization, created_at) SELECT learner, $7, created_at FROM account";
const SET_EMAIL: &str = "UPDATE accounts SET email = $2, email_key = $3 WHERE learner = $1 \
     AND NOT EXISTS (SELECT FROM accounts o WHERE o.email_key = $3 AND o.learner <> $1)";
const SWEEP: &str = "WITH past AS (SELECT hash FROM mail_tokens WHERE expires_at <= $1 \
     ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) DELETE FROM mail_tokens m USING past WHERE m.hash = past.hash";

/// Stores what a mail asks for, in place of what an earlier one did.
pub(super) async fn save(
    client: &Client,
    hash: TokenHash,
    row: &MailTokenRow,
) -> Result<(), Failure> {
    let hash = &hash.0[..];
    let purpose = row.purpose.as_str();
    let learner = row.learner.map(|id| id.0);
    let parameters = [
        bytes(&hash),
        text(&purpose),
        uuid(&learner),
        text(&row.email),
        text(&row.name),
        int8(&row.created_at),
        int8(&row.expires_at),
    ];
    let saved = client.execute_typed(SAVE, &parameters).await?;
    match row.learner {
        Some(learner) if saved == 0 => learners::known(client, learner).await,
        _ => Ok(()),
    }
}

/// What a mail asks for, while it can be used. A purpose that this binary does not know is none.
pub(super) async fn one(
    client: &impl Queries,
    hash: TokenHash,
    now_ms: i64,
) -> Result<Option<MailTokenRow>, Failure> {
    let hash = &hash.0[..];
    let usable = [bytes(&hash), int8(&now_ms)];
    match client.query_typed_opt(ONE, &usable).await? {
        Some(row) => asked(&row),
        None => Ok(None),
    }
}

/// What mails ask for of a learner, while it can be used, first asked first.
pub(super) async fn of(
    client: &Client,
    learner: LearnerId,
    now_ms: i64,
    limit: u32,
) -> Result<Vec<MailTokenRow>, Failure> {
    let limit = i64::from(limit);
    let parameters = [uuid(&learner.0), int8(&now_ms), int8(&limit)];
    let rows = client.query_typed(OF, &parameters).await?;
    let rows = rows.iter().map(asked);
    rows.filter_map(Result::transpose).collect()
}

fn asked(row: &Row) -> Result<Option<MailTokenRow>, Failure> {
    let mut columns = Columns::of(row);
    let purpose: String = columns.take()?;
    let Some(purpose) = MailPurpose::parse(&purpose) else {
        return Ok(None);
    };
    Ok(Some(MailTokenRow {
        purpose,
        learner: columns.take()?,
        email: columns.take()?,
        name: columns.take()?,
        created_at: columns.take()?,
        expires_at: columns.take()?,
    }))
}

/// Does what a mail asked for and forgets it, whatever comes of it.
pub(super) async fn confirm(
    client: &mut Client,
    confirmation: &Confirmation,
    earlier: &Earlier<Confirmed>,
) -> Result<Confirmed, Failure> {
    let tx = client.transaction().await?;
    let hash = &confirmation.hash.0[..];
    let found = one(&tx, confirmation.hash, confirmation.now_ms).await?;
    let Some(asked) = found.filter(|asked| asked.purpose == confirmation.purpose) else {
        return as_before(&tx, earlier).await;
    };
    if let Some(learner) = asked.learner {
        tx.query_typed_opt(HOLD, &[uuid(&learner.0)]).await?;
        account::lock(&tx, learner).await?;
    }
    // Used by somebody else while this waited, or gone with its learner.
    if tx.execute_typed(FORGET, &[bytes(&hash)]).await? == 0 {
        return as_before(&tx, earlier).await;
    }
    let confirmed = match confirmation.purpose {
        MailPurpose::Register => register(&tx, asked, confirmation).await?,
        MailPurpose::Reset => reset(&tx, &asked, confirmation.password_hash.as_deref()).await?,
        MailPurpose::Address => readdress(&tx, &asked).await?,
    };
    earlier.note(confirmed.clone());
    tx.commit().await?;
    Ok(confirmed)
}

/// What an earlier attempt of this call did, if it was done: the token may also have gone by somebody else.
async fn as_before(
    tx: &Transaction<'_>,
    earlier: &Earlier<Confirmed>,
) -> Result<Confirmed, Failure> {
    let before = earlier.get().unwrap_or(Confirmed::Unknown);
    if let Confirmed::Account(made) = &before
        && account::one(tx, made.learner).await?.as_ref() != Some(made)
    {
        return Ok(Confirmed::Unknown);
    }
    Ok(before)
}

/// Makes the account: of the guest who asked for it and confirms it, or of a new learner where these are not the same, or
/// where that guest has got an account by another mail meanwhile.
async fn register(
    tx: &Transaction<'_>,
    asked: MailTokenRow,
    confirmation: &Confirmation,
) -> Result<Confirmed, Failure> {
    let guest = match asked
        .learner
        .filter(|_| asked.learner == confirmation.guest)
    {
        Some(guest) if account::one(tx, guest).await?.is_none() => Some(guest),
        _ => None,
    };
    let key = email_key(&asked.email);
    let made = AccountRow {
        learner: guest.unwrap_or(confirmation.fresh),
        email: Some(asked.email),
        password_hash: confirmation.password_hash.clone(),
        name: asked.name,
        created_at: confirmation.now_ms,
    };
    let organization = OrganizationId::DEFAULT;
    let mut parameters: Vec<Parameter<'_>> = vec![
        uuid(&made.learner.0),
        text(&made.email),
        text(&key),
        text(&made.password_hash),
        text(&made.name),
        int8(&made.created_at),
    ];
    let added = if guest.is_some() {
        tx.execute_typed(ADD, &parameters).await?
    } else {
        parameters.push(uuid(&organization.0));
        tx.execute_typed(ADD_FRESH, &parameters).await?
    };
    drop(parameters);
    Ok(if added == 0 {
        Confirmed::Taken
    } else {
        Confirmed::Account(made)
    })
}

/// Stores the password chosen, which ends every sign-in and what providers know the account by.
async fn reset(
    tx: &Transaction<'_>,
    asked: &MailTokenRow,
    password_hash: Option<&str>,
) -> Result<Confirmed, Failure> {
    let (Some(learner), Some(password_hash)) = (asked.learner, password_hash) else {
        return Ok(Confirmed::Unknown);
    };
    account::reset_password(tx, learner, password_hash).await?;
    as_it_is_now(tx, learner).await
}

/// Gives the account the address that the mail was sent to. What was sent to the one before it is dropped: who reads that
/// mailbox may be somebody else.
async fn readdress(tx: &Transaction<'_>, asked: &MailTokenRow) -> Result<Confirmed, Failure> {
    let Some(learner) = asked.learner else {
        return Ok(Confirmed::Unknown);
    };
    let key = email_key(&asked.email);
    let parameters = [uuid(&learner.0), text(&asked.email), text(&key)];
    let changed = tx.execute_typed(SET_EMAIL, &parameters).await;
    let changed = changed.map_err(|error| {
        if error.code() == Some(&SqlState::UNIQUE_VIOLATION) {
            // Tried again, it sees the other's.
            Failure::passing("another account took the address at the same moment")
        } else {
            error.into()
        }
    })?;
    if changed == 0 {
        let known = account::one(tx, learner).await?.is_some();
        return Ok(if known {
            Confirmed::Taken
        } else {
            Confirmed::Unknown
        });
    }
    account::drop_mails(tx, learner).await?;
    as_it_is_now(tx, learner).await
}

async fn as_it_is_now(tx: &Transaction<'_>, learner: LearnerId) -> Result<Confirmed, Failure> {
    let found = account::one(tx, learner).await?;
    Ok(found.map_or(Confirmed::Unknown, Confirmed::Account))
}

/// Drops mail tokens that have run out, at most `limit`; how many.
pub(super) async fn sweep(client: &Client, now_ms: i64, limit: u32) -> Result<u64, Failure> {
    let limit = i64::from(limit);
    let parameters = [int8(&now_ms), int8(&limit)];
    Ok(client.execute_typed(SWEEP, &parameters).await?)
}
