//! Owns the statements on accounts and on who a request comes from. Must not know how a password is made or checked.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::rows::Columns;
use super::provider;
use super::roles::roles_of_words;
use crate::store::{AccountRow, CallerRow, LearnerId, SignInId, email_key};

/// Every column of an account but its key, as [`account`] takes them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT learner, email, password_hash, name, created_at FROM accounts ",
            $rest
        )
    };
}

const CALLER: &str = "SELECT EXISTS (SELECT 1 FROM accounts WHERE learner = ?1), \
     (SELECT group_concat(role) FROM account_roles WHERE learner = ?1) \
     FROM learners WHERE id = ?1 AND (?2 IS NULL OR EXISTS \
     (SELECT 1 FROM sign_ins WHERE id = ?2 AND learner = ?1 AND expires_at > ?3))";
const ONE: &str = select!("WHERE learner = ?1");
const BY_EMAIL: &str = select!("WHERE email_key = ?1");
const EXISTS: &str = "SELECT 1 FROM accounts WHERE learner = ?1";
const HAS_PASSWORD: &str = "SELECT 1 FROM accounts WHERE learner = ?1 AND password_hash IS ?2";
const ADD: &str = "INSERT INTO accounts (learner, email, email_key, password_hash, name, created_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const SET_NAME: &str = "UPDATE accounts SET name = ?2 WHERE learner = ?1";
const SET_PASSWORD: &str = "UPDATE accounts SET password_hash = ?2 WHERE learner = ?1";
/// Either of the two: an earlier attempt of this call may have been done.
const CHANGE_PASSWORD: &str = "UPDATE accounts SET password_hash = ?3 \
     WHERE learner = ?1 AND (password_hash IS ?2 OR password_hash = ?3)";
const RENEW_PASSWORD: &str =
    "UPDATE accounts SET password_hash = ?3 WHERE learner = ?1 AND password_hash IN (?2, ?3)";
const SET_EMAIL: &str = "UPDATE accounts SET email = ?2, email_key = ?3 WHERE learner = ?1";
const END_OTHERS: &str = "DELETE FROM sign_ins WHERE learner = ?1 AND id IS NOT ?2";
const DROP_MAILS: &str = "DELETE FROM mail_tokens WHERE learner = ?1";

/// Who a request comes from.
pub(super) fn caller(
    conn: &Connection,
    learner: LearnerId,
    sign_in: Option<SignInId>,
    now_ms: i64,
) -> rusqlite::Result<Option<CallerRow>> {
    conn.prepare_cached(CALLER)?
        .query_row(params![learner, sign_in, now_ms], |row| {
            let words: Option<String> = row.get(1)?;
            Ok(CallerRow {
                has_account: row.get(0)?,
                roles: roles_of_words(words.as_deref()),
            })
        })
        .optional()
}

/// Whether a learner has an account.
pub(super) fn exists(conn: &Connection, learner: LearnerId) -> rusqlite::Result<bool> {
    conn.prepare_cached(EXISTS)?.exists([learner])
}

/// Whether a learner has an account with this password, or with none.
pub(super) fn has_password(
    conn: &Connection,
    learner: LearnerId,
    password_hash: Option<&str>,
) -> rusqlite::Result<bool> {
    conn.prepare_cached(HAS_PASSWORD)?
        .exists(params![learner, password_hash])
}

pub(super) fn one(conn: &Connection, learner: LearnerId) -> rusqlite::Result<Option<AccountRow>> {
    conn.prepare_cached(ONE)?
        .query_row([learner], account)
        .optional()
}

/// The account that has an address, however its letters are cased.
pub(super) fn by_email(conn: &Connection, email: &str) -> rusqlite::Result<Option<AccountRow>> {
    conn.prepare_cached(BY_EMAIL)?
        .query_row([email_key(email)], account)
        .optional()
}

/// Whether another account than this learner's has an address.
pub(super) fn is_taken(
    conn: &Connection,
    email: &str,
    learner: LearnerId,
) -> rusqlite::Result<bool> {
    let holder = by_email(conn, email)?;
    Ok(holder.is_some_and(|account| account.learner != learner))
}

/// Stores a new account.
pub(super) fn add(tx: &Connection, account: &AccountRow) -> rusqlite::Result<()> {
    tx.prepare_cached(ADD)?.execute(params![
        account.learner,
        account.email,
        account.email.as_deref().map(email_key),
        account.password_hash,
        account.name,
        account.created_at
    ])?;
    Ok(())
}

/// Whether there is such an account.
pub(super) fn set_name(tx: &Connection, learner: LearnerId, name: &str) -> rusqlite::Result<bool> {
    let changed = tx
        .prepare_cached(SET_NAME)?
        .execute(params![learner, name])?;
    Ok(changed > 0)
}

/// Stores another password in place of one, and ends what that began.
pub(super) fn change_password(
    tx: &Connection,
    learner: LearnerId,
    (from, to): (Option<&str>, &str),
    but: Option<SignInId>,
) -> rusqlite::Result<bool> {
    let changed = tx
        .prepare_cached(CHANGE_PASSWORD)?
        .execute(params![learner, from, to])?;
    if changed > 0 {
        end_others(tx, learner, but)?;
    }
    Ok(changed > 0)
}

/// Stores another password whatever it was, and ends everything that was begun before.
pub(super) fn reset_password(
    tx: &Connection,
    learner: LearnerId,
    password_hash: &str,
) -> rusqlite::Result<()> {
    tx.prepare_cached(SET_PASSWORD)?
        .execute(params![learner, password_hash])?;
    end_others(tx, learner, None)?;
    provider::forget(tx, learner)?;
    Ok(())
}

fn end_others(tx: &Connection, learner: LearnerId, but: Option<SignInId>) -> rusqlite::Result<()> {
    tx.prepare_cached(END_OTHERS)?
        .execute(params![learner, but])?;
    drop_mails(tx, learner)
}

/// Stores the same password hashed anew; whether it is so now, by this attempt or an earlier one.
pub(super) fn renew_password(
    tx: &Connection,
    learner: LearnerId,
    [from, to]: [&str; 2],
) -> rusqlite::Result<bool> {
    let changed = tx
        .prepare_cached(RENEW_PASSWORD)?
        .execute(params![learner, from, to])?;
    Ok(changed > 0)
}

/// Gives an account another address; whether there is such an account. What was sent to the one before it is dropped: who
/// reads that mailbox may be somebody else.
pub(super) fn set_email(
    tx: &Connection,
    learner: LearnerId,
    email: &str,
) -> rusqlite::Result<bool> {
    let changed =
        tx.prepare_cached(SET_EMAIL)?
            .execute(params![learner, email, email_key(email)])?;
    drop_mails(tx, learner)?;
    Ok(changed > 0)
}

/// Drops what mails asked for of a learner.
fn drop_mails(tx: &Connection, learner: LearnerId) -> rusqlite::Result<()> {
    tx.prepare_cached(DROP_MAILS)?.execute([learner])?;
    Ok(())
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let mut columns = Columns::of(row);
    Ok(AccountRow {
        learner: columns.take()?,
        email: columns.take()?,
        password_hash: columns.take()?,
        name: columns.take()?,
        created_at: columns.take()?,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use uuid::Uuid;

    use super::super::super::schema;
    use super::*;

    #[test]
    fn who_a_request_comes_from_is_found_by_keys_alone() {
        let mut conn = Connection::open_in_memory().expect("memory");
        schema::migrate(&mut conn, Path::new(":memory:")).expect("a schema");
        let mut plan = conn
            .prepare(&format!("EXPLAIN QUERY PLAN {CALLER}"))
            .expect("a statement");
        let (learner, sign_in) = (LearnerId(Uuid::nil()), SignInId(Uuid::nil()));
        let steps: Vec<String> = plan
            .query_map(params![learner, sign_in, 0], |row| row.get(3))
            .expect("a plan")
            .collect::<rusqlite::Result<_>>()
            .expect("its steps");
        let looks = |word| steps.iter().filter(|step| step.starts_with(word)).count();
        // The learner, the account, the roles, the sign-in.
        assert_eq!((looks("SEARCH"), looks("SCAN")), (4, 0), "{steps:?}");
    }
}
