//! Owns the statements on what mails ask for and what confirming one does. Must not know how a mail is written or sent.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::learners;
use super::super::rows::Columns;
use super::account;
use crate::store::{
    AccountRow, Confirmation, Confirmed, LearnerId, MailPurpose, MailTokenRow, TokenHash,
};

/// One with the same hash is an earlier attempt of this call.
/// By the address: of nobody's there are as many as are under way.
const REPLACED: &str = "DELETE FROM mail_tokens \
     WHERE hash = ?1 OR (email = ?4 AND purpose = ?3 AND +learner IS ?2)";
const SAVE: &str = "INSERT INTO mail_tokens \
     (hash, purpose, learner, email, name, created_at, expires_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const ONE: &str = "SELECT purpose, learner, email, name, created_at, expires_at FROM mail_tokens \
     WHERE hash = ?1 AND expires_at > ?2";
const OF: &str = "SELECT purpose, learner, email, name, created_at, expires_at FROM mail_tokens \
     WHERE learner = ?1 AND expires_at > ?2 ORDER BY created_at, hash LIMIT ?3";
const FORGET: &str = "DELETE FROM mail_tokens WHERE hash = ?1";
const SWEEP: &str = "DELETE FROM mail_tokens WHERE hash IN \
     (SELECT hash FROM mail_tokens WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// Stores what a mail asks for, in place of what an earlier one did.
pub(super) fn save(tx: &Connection, hash: TokenHash, row: &MailTokenRow) -> rusqlite::Result<()> {
    let purpose = row.purpose.as_str();
    tx.prepare_cached(REPLACED)?
        .execute(params![hash, row.learner, purpose, row.email])?;
    tx.prepare_cached(SAVE)?.execute(params![
        hash,
        purpose,
        row.learner,
        row.email,
        row.name,
        row.created_at,
        row.expires_at
    ])?;
    Ok(())
}

/// What a mail asks for, while it can be used. A purpose that this binary does not know is none.
pub(super) fn one(
    conn: &Connection,
    hash: TokenHash,
    now_ms: i64,
) -> rusqlite::Result<Option<MailTokenRow>> {
    let found = conn
        .prepare_cached(ONE)?
        .query_row(params![hash, now_ms], asked)
        .optional()?;
    Ok(found.flatten())
}

/// What mails ask for of a learner, while it can be used, first asked first.
pub(super) fn of(
    conn: &Connection,
    learner: LearnerId,
    now_ms: i64,
    limit: u32,
) -> rusqlite::Result<Vec<MailTokenRow>> {
    conn.prepare_cached(OF)?
        .query_map(params![learner, now_ms, limit], asked)?
        .filter_map(Result::transpose)
        .collect()
}

fn asked(row: &Row<'_>) -> rusqlite::Result<Option<MailTokenRow>> {
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
pub(super) fn confirm(tx: &Connection, confirmation: &Confirmation) -> rusqlite::Result<Confirmed> {
    let Confirmation {
        hash,
        purpose,
        now_ms,
        ..
    } = confirmation;
    let asked = one(tx, *hash, *now_ms)?;
    let Some(asked) = asked.filter(|asked| asked.purpose == *purpose) else {
        return Ok(Confirmed::Unknown);
    };
    tx.prepare_cached(FORGET)?.execute(params![hash])?;
    match purpose {
        MailPurpose::Register => register(tx, asked, confirmation),
        MailPurpose::Reset => reset(tx, &asked, confirmation.password_hash.as_deref()),
        MailPurpose::Address => readdress(tx, &asked),
    }
}

/// What an earlier attempt of this call did, if it was done: the token may also have gone by another process.
pub(super) fn as_before(tx: &Connection, earlier: &Confirmed) -> rusqlite::Result<Confirmed> {
    if let Confirmed::Account(made) = earlier
        && account::one(tx, made.learner)?.as_ref() != Some(made)
    {
        return Ok(Confirmed::Unknown);
    }
    Ok(earlier.clone())
}

/// Drops mail tokens that have run out, at most `limit`; how many.
pub(super) fn sweep(tx: &Connection, now_ms: i64, limit: u32) -> rusqlite::Result<u64> {
    let dropped = tx.prepare_cached(SWEEP)?.execute(params![now_ms, limit])?;
    Ok(dropped as u64)
}

/// Makes the account: of the guest who asked for it and confirms it, or of a new learner where these are not the same, or
/// where that guest has got an account by another mail meanwhile.
fn register(
    tx: &Connection,
    asked: MailTokenRow,
    confirmation: &Confirmation,
) -> rusqlite::Result<Confirmed> {
    if account::by_email(tx, &asked.email)?.is_some() {
        return Ok(Confirmed::Taken);
    }
    let guest = match asked
        .learner
        .filter(|_| asked.learner == confirmation.guest)
    {
        Some(guest) if !account::exists(tx, guest)? => Some(guest),
        _ => None,
    };
    let learner = match guest {
        Some(guest) => guest,
        None => {
            learners::add(tx, confirmation.fresh, confirmation.now_ms)?;
            confirmation.fresh
        }
    };
    let made = AccountRow {
        learner,
        email: Some(asked.email),
        password_hash: confirmation.password_hash.clone(),
        name: asked.name,
        created_at: confirmation.now_ms,
    };
    account::add(tx, &made)?;
    Ok(Confirmed::Account(made))
}

/// Stores the password chosen, which ends every sign-in and what providers know the account by.
fn reset(
    tx: &Connection,
    asked: &MailTokenRow,
    password_hash: Option<&str>,
) -> rusqlite::Result<Confirmed> {
    let (Some(learner), Some(password_hash)) = (asked.learner, password_hash) else {
        return Ok(Confirmed::Unknown);
    };
    account::reset_password(tx, learner, password_hash)?;
    as_it_is_now(tx, learner)
}

/// Gives the account the address that the mail was sent to.
fn readdress(tx: &Connection, asked: &MailTokenRow) -> rusqlite::Result<Confirmed> {
    let Some(learner) = asked.learner else {
        return Ok(Confirmed::Unknown);
    };
    if account::is_taken(tx, &asked.email, learner)? {
        return Ok(Confirmed::Taken);
    }
    account::set_email(tx, learner, &asked.email)?;
    as_it_is_now(tx, learner)
}

fn as_it_is_now(tx: &Connection, learner: LearnerId) -> rusqlite::Result<Confirmed> {
    let found = account::one(tx, learner)?;
    Ok(found.map_or(Confirmed::Unknown, Confirmed::Account))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::super::schema;
    use super::*;

    fn store() -> Connection {
        let mut conn = Connection::open_in_memory().expect("memory");
        schema::migrate(&mut conn, Path::new(":memory:")).expect("a schema");
        conn
    }

    #[test]
    fn what_a_mail_replaces_is_found_by_its_token_and_its_address() {
        let conn = store();
        let mut plan = conn
            .prepare(&format!("EXPLAIN QUERY PLAN {REPLACED}"))
            .expect("a statement");
        let nobody: Option<LearnerId> = None;
        let steps: Vec<String> = plan
            .query_map(params![TokenHash([0; 32]), nobody, "", ""], |row| {
                row.get(3)
            })
            .expect("a plan")
            .collect::<rusqlite::Result<_>>()
            .expect("its steps");
        let plan = steps.join("\n");
        assert!(plan.contains("mail_tokens_of_address (email=?)"), "{plan}");
        assert!(!plan.contains("of_learner"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }

    #[test]
    fn a_mail_of_a_later_release_asks_for_nothing() {
        let conn = store();
        let later = "INSERT INTO mail_tokens VALUES (?1, 'invite', NULL, 'a@b', '', 0, 9)";
        let hash = TokenHash([1; 32]);
        conn.execute(later, params![hash]).expect("stored");
        assert_eq!(one(&conn, hash, 0).expect("read"), None);
    }
}
