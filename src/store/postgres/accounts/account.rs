//! Owns the statements on accounts and on who a request comes from. Must not know how a password is made or checked.

use tokio_postgres::Row;

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::rows::{Columns, int8, text, uuid};
use super::provider;
use super::roles::roles_of;
use crate::store::{AccountRow, CallerRow, LearnerId, SignInId, email_key};

/// Every column of an account, as [`account`] takes them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT learner, email, password_hash, name, created_at FROM accounts ",
            $rest
        )
    };
}

/// Asked for every request: each part is a look at a primary key.
const CALLER: &str = "SELECT EXISTS (SELECT FROM accounts a WHERE a.learner = l.id), \
     ARRAY(SELECT r.role FROM account_roles r WHERE r.learner = l.id) \
     FROM learners l WHERE l.id = $1 AND ($2::uuid IS NULL OR EXISTS \
     (SELECT FROM sign_ins s WHERE s.id = $2 AND s.learner = $1 AND s.expires_at > $3))";
const ONE: &str = select!("WHERE learner = $1");
const BY_EMAIL: &str = select!("WHERE email_key = $1");
/// The learner before the account: what deletes an account locks them in the same order. Everything that changes what
/// belongs to an account holds it first, so that nothing else needs an order.
const LOCK: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $1 FOR KEY SHARE) \
     SELECT a.learner FROM alive JOIN accounts a ON a.learner = alive.id FOR NO KEY UPDATE OF a";
const HAS_PASSWORD: &str =
    "SELECT learner FROM accounts WHERE learner = $1 AND password_hash IS NOT DISTINCT FROM $2";
const SET_NAME: &str = "UPDATE accounts SET name = $2 WHERE learner = $1";
const SET_PASSWORD: &str = "UPDATE accounts SET password_hash = $2 WHERE learner = $1";
/// Either of the two: an earlier attempt of this call may have been done.
const CHANGE_PASSWORD: &str = "UPDATE accounts SET password_hash = $3 \
     WHERE learner = $1 AND (password_hash IS NOT DISTINCT FROM $2 OR password_hash = $3)";
/// The same.
const RENEW_PASSWORD: &str =
    "UPDATE accounts SET password_hash = $3 WHERE learner = $1 AND password_hash IN ($2, $3)";
const END_OTHERS: &str = "DELETE FROM sign_ins WHERE learner = $1 AND id IS DISTINCT FROM $2";
const DROP_MAILS: &str = "DELETE FROM mail_tokens WHERE learner = $1";

/// Who a request comes from.
pub(super) async fn caller(
    client: &Client,
    learner: LearnerId,
    sign_in: Option<SignInId>,
    now_ms: i64,
) -> Result<Option<CallerRow>, Failure> {
    let sign_in = sign_in.map(|id| id.0);
    let parameters = [uuid(&learner.0), uuid(&sign_in), int8(&now_ms)];
    let Some(row) = client.query_typed_opt(CALLER, &parameters).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    let has_account = columns.take()?;
    let words: Vec<String> = columns.take()?;
    Ok(Some(CallerRow {
        has_account,
        roles: roles_of(&words),
    }))
}

pub(super) async fn one(
    client: &impl Queries,
    learner: LearnerId,
) -> Result<Option<AccountRow>, Failure> {
    let found = client.query_typed_opt(ONE, &[uuid(&learner.0)]).await?;
    found.as_ref().map(account).transpose()
}

/// The account that has an address, however its letters are cased.
pub(super) async fn by_email(
    client: &impl Queries,
    email: &str,
) -> Result<Option<AccountRow>, Failure> {
    let key = email_key(email);
    let found = client.query_typed_opt(BY_EMAIL, &[text(&key)]).await?;
    found.as_ref().map(account).transpose()
}

/// Holds an account until the transaction ends; whether there is one.
pub(super) async fn lock(tx: &Transaction<'_>, learner: LearnerId) -> Result<bool, Failure> {
    let found = tx.query_typed_opt(LOCK, &[uuid(&learner.0)]).await?;
    Ok(found.is_some())
}

/// Whether an account that is held has this password, or none.
pub(super) async fn has_password(
    tx: &Transaction<'_>,
    learner: LearnerId,
    password_hash: Option<&str>,
) -> Result<bool, Failure> {
    let parameters = [uuid(&learner.0), text(&password_hash)];
    let found = tx.query_typed_opt(HAS_PASSWORD, &parameters).await?;
    Ok(found.is_some())
}

/// Whether there is such an account.
pub(super) async fn set_name(
    client: &Client,
    learner: LearnerId,
    name: &str,
) -> Result<bool, Failure> {
    let parameters = [uuid(&learner.0), text(&name)];
    Ok(client.execute_typed(SET_NAME, &parameters).await? > 0)
}

/// Stores the same password hashed anew; whether it is so now, by this attempt or an earlier one.
pub(super) async fn renew_password(
    client: &Client,
    learner: LearnerId,
    [from, to]: [&str; 2],
) -> Result<bool, Failure> {
    let parameters = [uuid(&learner.0), text(&from), text(&to)];
    Ok(client.execute_typed(RENEW_PASSWORD, &parameters).await? > 0)
}

/// Stores another password in place of one, and ends what that began.
pub(super) async fn change_password(
    client: &mut Client,
    learner: LearnerId,
    (from, to): (Option<&str>, &str),
    but: Option<SignInId>,
) -> Result<bool, Failure> {
    let tx = client.transaction().await?;
    if !lock(&tx, learner).await? {
        return Ok(false);
    }
    let change = [uuid(&learner.0), text(&from), text(&to)];
    if tx.execute_typed(CHANGE_PASSWORD, &change).await? == 0 {
        return Ok(false);
    }
    end_others(&tx, learner, but).await?;
    tx.commit().await?;
    Ok(true)
}

/// Stores another password of an account that is held, whatever it was, and ends everything that was begun before.
pub(super) async fn reset_password(
    tx: &Transaction<'_>,
    learner: LearnerId,
    password_hash: &str,
) -> Result<(), Failure> {
    let password = [uuid(&learner.0), text(&password_hash)];
    tx.execute_typed(SET_PASSWORD, &password).await?;
    end_others(tx, learner, None).await?;
    provider::forget(tx, learner).await?;
    Ok(())
}

async fn end_others(
    tx: &Transaction<'_>,
    learner: LearnerId,
    but: Option<SignInId>,
) -> Result<(), Failure> {
    let but = but.map(|id| id.0);
    let others = [uuid(&learner.0), uuid(&but)];
    tx.execute_typed(END_OTHERS, &others).await?;
    drop_mails(tx, learner).await
}

/// Drops what mails asked for of a learner.
pub(super) async fn drop_mails(tx: &Transaction<'_>, learner: LearnerId) -> Result<(), Failure> {
    tx.execute_typed(DROP_MAILS, &[uuid(&learner.0)]).await?;
    Ok(())
}

fn account(row: &Row) -> Result<AccountRow, Failure> {
    let mut columns = Columns::of(row);
    Ok(AccountRow {
        learner: columns.take()?,
        email: columns.take()?,
        password_hash: columns.take()?,
        name: columns.take()?,
        created_at: columns.take()?,
    })
}
