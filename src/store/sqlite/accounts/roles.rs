//! Owns the statements on roles, authors and people. Must not decide who may do what.

use rusqlite::{Connection, Row, params};

use super::super::rows::Columns;
use super::{account, audit};
use crate::store::{AccountRow, LearnerId, NewAudit, Person, RoleName, TakenRole, email_key};

const GRANT_ROLE: &str = "INSERT INTO account_roles (learner, role, granted_at) VALUES (?1, ?2, ?3) \
     ON CONFLICT (learner, role) DO NOTHING";
const TAKE_ROLE: &str = "DELETE FROM account_roles WHERE learner = ?1 AND role = ?2";
const HAS_ROLE: &str = "SELECT 1 FROM account_roles WHERE learner = ?1 AND role = ?2";
const ANOTHER_HAS_ROLE: &str = "SELECT 1 FROM account_roles WHERE learner <> ?1 AND role = ?2";
const ROLES: &str = "SELECT group_concat(role) FROM account_roles WHERE learner = ?1";
const HAS_ANY: &str = "SELECT 1 FROM account_roles WHERE learner = ?1 \
     UNION ALL SELECT 1 FROM certification_authors WHERE learner = ?1";
const HAS_CERTIFICATION: &str = "SELECT 1 FROM certifications WHERE id = ?1";
const ENTER_AUTHOR: &str = "INSERT INTO certification_authors (certification, learner, granted_at) \
     VALUES (?1, ?2, ?3) ON CONFLICT (certification, learner) DO NOTHING";
const STRIKE_AUTHOR: &str =
    "DELETE FROM certification_authors WHERE certification = ?1 AND learner = ?2";
const AUTHORED: &str =
    "SELECT certification FROM certification_authors WHERE learner = ?1 ORDER BY certification";

/// Accounts narrowed to those that contain ?1, in lower case ?2; SQLite's own lower case knows ASCII alone.
macro_rules! select_people {
    ($place:literal) => {
        concat!(
            "SELECT learner, email, name, created_at, password_hash IS NOT NULL FROM accounts WHERE (?1 IS NULL \
             OR instr(email_key, ?2) > 0 OR instr(name, ?1) > 0 OR instr(lower(name), ?2) > 0) AND ",
            $place
        )
    };
}

const WITH_ADDRESS: &str = select_people!("email_key > ?3 ORDER BY email_key LIMIT ?4");
const WITHOUT_ADDRESS: &str =
    select_people!("email_key IS NULL AND learner > ?3 ORDER BY learner LIMIT ?4");

/// Grants or takes away a role, and writes down what changed.
pub(super) fn set_role(
    tx: &Connection,
    learner: LearnerId,
    role: RoleName,
    granted: bool,
    entry: &NewAudit,
) -> rusqlite::Result<Option<bool>> {
    if !account::exists(tx, learner)? {
        return Ok(None);
    }
    let word = role.as_str();
    let changed = if granted {
        tx.prepare_cached(GRANT_ROLE)?
            .execute(params![learner, word, entry.at])?
    } else {
        tx.prepare_cached(TAKE_ROLE)?
            .execute(params![learner, word])?
    };
    noted(tx, changed, entry).map(Some)
}

/// Takes a role away but from the last who has it, and writes down what changed.
pub(super) fn take_but_the_last(
    tx: &Connection,
    learner: LearnerId,
    role: RoleName,
    entry: &NewAudit,
) -> rusqlite::Result<Option<TakenRole>> {
    let held = |statement| {
        let mut statement = tx.prepare_cached(statement)?;
        statement.exists(params![learner, role.as_str()])
    };
    if held(HAS_ROLE)? && !held(ANOTHER_HAS_ROLE)? {
        return Ok(Some(TakenRole::Last));
    }
    let taken = set_role(tx, learner, role, false, entry)?;
    Ok(taken.map(|taken| {
        if taken {
            TakenRole::Taken
        } else {
            TakenRole::NotThere
        }
    }))
}

/// Enters an author of a certification or strikes them out, and writes down what changed.
pub(super) fn set_author(
    tx: &Connection,
    learner: LearnerId,
    certification: &str,
    granted: bool,
    entry: &NewAudit,
) -> rusqlite::Result<Option<bool>> {
    let known = tx
        .prepare_cached(HAS_CERTIFICATION)?
        .exists([certification])?;
    if !known || !account::exists(tx, learner)? {
        return Ok(None);
    }
    let changed = if granted {
        tx.prepare_cached(ENTER_AUTHOR)?
            .execute(params![certification, learner, entry.at])?
    } else {
        tx.prepare_cached(STRIKE_AUTHOR)?
            .execute(params![certification, learner])?
    };
    noted(tx, changed, entry).map(Some)
}

/// Writes down what changed something, and nothing else: what is asked for twice is done once.
fn noted(tx: &Connection, changed: usize, entry: &NewAudit) -> rusqlite::Result<bool> {
    if changed > 0 {
        audit::add(tx, entry)?;
    }
    Ok(changed > 0)
}

/// Whether somebody has a role, whatever it is called, or is entered as an author.
pub(super) fn has_any(tx: &Connection, learner: LearnerId) -> rusqlite::Result<bool> {
    tx.prepare_cached(HAS_ANY)?.exists([learner])
}

/// The certifications a learner is an author of.
pub(super) fn authored(conn: &Connection, learner: LearnerId) -> rusqlite::Result<Vec<String>> {
    conn.prepare_cached(AUTHORED)?
        .query_map([learner], |row| row.get(0))?
        .collect()
}

/// Accounts by address, then those without one by id. Behind somebody who is not there any more there is nobody.
pub(super) fn people(
    conn: &Connection,
    containing: Option<&str>,
    after: Option<LearnerId>,
    limit: u32,
) -> rusqlite::Result<Vec<Person>> {
    let mark = match after {
        None => None,
        Some(learner) => match account::one(conn, learner)? {
            None => return Ok(Vec::new()),
            Some(account) => Some(account),
        },
    };
    let lower = containing.map(str::to_lowercase);
    let mut found: Vec<Person> = Vec::new();
    let among_addresses = mark.as_ref().is_none_or(|account| account.email.is_some());
    if among_addresses {
        let address = mark.as_ref().and_then(|account| account.email.as_deref());
        let behind = address.map(email_key).unwrap_or_default();
        found = conn
            .prepare_cached(WITH_ADDRESS)?
            .query_map(params![containing, lower, behind, limit], listed)?
            .collect::<rusqlite::Result<_>>()?;
    }
    let left = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
    if left > 0 {
        // No id is before an empty one.
        let behind = mark.filter(|_| !among_addresses);
        let behind = behind.map_or_else(Vec::new, |account| account.learner.0.as_bytes().to_vec());
        let others = conn
            .prepare_cached(WITHOUT_ADDRESS)?
            .query_map(params![containing, lower, behind, left], listed)?
            .collect::<rusqlite::Result<Vec<Person>>>()?;
        found.extend(others);
    }
    for person in &mut found {
        entitle(conn, person)?;
    }
    Ok(found)
}

/// Roles from their words with commas between them; what this binary does not know grants nothing.
pub(super) fn roles_of_words(words: Option<&str>) -> Vec<RoleName> {
    let words = words.unwrap_or_default().split(',');
    let mut roles: Vec<RoleName> = words.filter_map(RoleName::parse).collect();
    roles.sort_unstable();
    roles
}

/// Reads what somebody may do.
fn entitle(conn: &Connection, person: &mut Person) -> rusqlite::Result<()> {
    let learner = person.account.learner;
    let words: Option<String> = conn
        .prepare_cached(ROLES)?
        .query_row([learner], |row| row.get(0))?;
    person.roles = roles_of_words(words.as_deref());
    person.authored = authored(conn, learner)?;
    Ok(())
}

/// Somebody, without what they may do.
fn listed(row: &Row<'_>) -> rusqlite::Result<Person> {
    let mut columns = Columns::of(row);
    Ok(Person {
        account: AccountRow {
            learner: columns.take()?,
            email: columns.take()?,
            password_hash: None,
            name: columns.take()?,
            created_at: columns.take()?,
        },
        has_password: columns.take()?,
        roles: Vec::new(),
        authored: Vec::new(),
    })
}
