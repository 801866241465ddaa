//! Owns the statements on roles, authors and people. Must not decide who may do what.

use tokio_postgres::Row;

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::rows::{Columns, int8, text, uuid};
use super::account;
use super::audit;
use super::earlier::Earlier;
use crate::store::{AccountRow, LearnerId, NewAudit, Person, RoleName, TakenRole, email_key};

const GRANT_ROLE: &str = "INSERT INTO account_roles (learner, role, granted_at) VALUES ($1, $2, $3) \
     ON CONFLICT (learner, role) DO NOTHING";
const TAKE_ROLE: &str = "DELETE FROM account_roles WHERE learner = $1 AND role = $2";
/// Held until the transaction ends: of two who take it from each other the second finds itself the last.
const HOLDERS: &str =
    "SELECT learner FROM account_roles WHERE role = $1 ORDER BY learner FOR UPDATE";
const HAS_ANY: &str = "SELECT learner FROM account_roles WHERE learner = $1 \
     UNION ALL SELECT learner FROM certification_authors WHERE learner = $1 LIMIT 1";
const HAS_CERTIFICATION: &str = "SELECT id FROM certifications WHERE id = $1 FOR KEY SHARE";
const ENTER_AUTHOR: &str = "INSERT INTO certification_authors (certification, learner, granted_at) \
     VALUES ($1, $2, $3) ON CONFLICT (certification, learner) DO NOTHING";
const STRIKE_AUTHOR: &str =
    "DELETE FROM certification_authors WHERE certification = $1 AND learner = $2";
const AUTHORED: &str =
    "SELECT certification FROM certification_authors WHERE learner = $1 ORDER BY certification";

/// Accounts narrowed to those that contain $1, in lower case $2; columns in the "C" collation know the lower case of
/// ASCII alone.
macro_rules! select_people {
    ($place:literal) => {
        concat!(
            "SELECT a.learner, a.email, a.name, a.created_at, a.password_hash IS NOT NULL, \
             ARRAY(SELECT r.role FROM account_roles r WHERE r.learner = a.learner), \
             ARRAY(SELECT c.certification FROM certification_authors c WHERE c.learner = a.learner ORDER BY 1) \
             FROM accounts a WHERE ($1::text IS NULL OR strpos(a.email_key, $2) > 0 OR strpos(a.name, $1) > 0 \
             OR strpos(lower(a.name), $2) > 0) AND ",
            $place
        )
    };
}

const WITH_ADDRESS: &str = select_people!("a.email_key > $3 ORDER BY a.email_key LIMIT $4");
const WITHOUT_ADDRESS: &str = select_people!(
    "a.email_key IS NULL AND ($3::uuid IS NULL OR a.learner > $3) ORDER BY a.learner LIMIT $4"
);

/// Grants or takes away a role, and writes down what changed.
pub(super) async fn set_role(
    client: &mut Client,
    (learner, role): (LearnerId, RoleName),
    granted: bool,
    entry: &NewAudit,
    earlier: &Earlier<bool>,
) -> Result<Option<bool>, Failure> {
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(None);
    }
    let changed = if granted {
        let word = role.as_str();
        let parameters = [uuid(&learner.0), text(&word), int8(&entry.at)];
        tx.execute_typed(GRANT_ROLE, &parameters).await?
    } else {
        take(&tx, learner, role).await?
    };
    noted(tx, changed, entry, earlier).await.map(Some)
}

/// Takes a role away but from the last who has it, and writes down what changed.
pub(super) async fn take_but_the_last(
    client: &mut Client,
    (learner, role): (LearnerId, RoleName),
    entry: &NewAudit,
    earlier: &Earlier<bool>,
) -> Result<Option<TakenRole>, Failure> {
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(None);
    }
    let word = role.as_str();
    let rows = tx.query_typed(HOLDERS, &[text(&word)]).await?;
    let holders = rows.iter().map(|row| Columns::of(row).take());
    let holders: Vec<LearnerId> = holders.collect::<Result<_, _>>()?;
    if holders == [learner] {
        return Ok(Some(TakenRole::Last));
    }
    let changed = take(&tx, learner, role).await?;
    let taken = noted(tx, changed, entry, earlier).await?;
    Ok(Some(if taken {
        TakenRole::Taken
    } else {
        TakenRole::NotThere
    }))
}

async fn take(tx: &Transaction<'_>, learner: LearnerId, role: RoleName) -> Result<u64, Failure> {
    let word = role.as_str();
    let parameters = [uuid(&learner.0), text(&word)];
    Ok(tx.execute_typed(TAKE_ROLE, &parameters).await?)
}

/// Enters an author of a certification or strikes them out, and writes down what changed.
pub(super) async fn set_author(
    client: &mut Client,
    (learner, certification): (LearnerId, &str),
    granted: bool,
    entry: &NewAudit,
    earlier: &Earlier<bool>,
) -> Result<Option<bool>, Failure> {
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(None);
    }
    let named = [text(&certification)];
    let known = tx.query_typed_opt(HAS_CERTIFICATION, &named).await?;
    if known.is_none() {
        return Ok(None);
    }
    let changed = if granted {
        let parameters = [text(&certification), uuid(&learner.0), int8(&entry.at)];
        tx.execute_typed(ENTER_AUTHOR, &parameters).await?
    } else {
        let parameters = [text(&certification), uuid(&learner.0)];
        tx.execute_typed(STRIKE_AUTHOR, &parameters).await?
    };
    noted(tx, changed, entry, earlier).await.map(Some)
}

/// Writes down what changed something, and nothing else: what an earlier attempt did changes nothing again, and is not
/// written down twice.
async fn noted(
    tx: Transaction<'_>,
    changed: u64,
    entry: &NewAudit,
    earlier: &Earlier<bool>,
) -> Result<bool, Failure> {
    if changed == 0 {
        return Ok(earlier.get().unwrap_or_default());
    }
    audit::add(&tx, entry).await?;
    earlier.note(true);
    tx.commit().await?;
    Ok(true)
}

/// Whether somebody whose account is held has a role, whatever it is called, or is entered as an author.
pub(super) async fn has_any(tx: &Transaction<'_>, learner: LearnerId) -> Result<bool, Failure> {
    let found = tx.query_typed_opt(HAS_ANY, &[uuid(&learner.0)]).await?;
    Ok(found.is_some())
}

/// The certifications a learner is an author of.
pub(super) async fn authored(client: &Client, learner: LearnerId) -> Result<Vec<String>, Failure> {
    let rows = client.query_typed(AUTHORED, &[uuid(&learner.0)]).await?;
    rows.iter().map(|row| Columns::of(row).take()).collect()
}

/// Accounts by address, those without one behind them by id.
pub(super) async fn people(
    client: &Client,
    containing: Option<&str>,
    after: Option<LearnerId>,
    limit: u32,
) -> Result<Vec<Person>, Failure> {
    let mark = match after {
        None => None,
        Some(learner) => match account::one(client, learner).await? {
            None => return Ok(Vec::new()),
            Some(account) => Some(account),
        },
    };
    let lower = containing.map(str::to_lowercase);
    let limit = i64::from(limit);
    let address = mark.as_ref().map(|account| account.email.as_deref());
    let mut found = Vec::new();
    // Behind one without an address there are no more with one.
    if address != Some(None) {
        let behind = address.flatten().map(email_key).unwrap_or_default();
        let parameters = [text(&containing), text(&lower), text(&behind), int8(&limit)];
        let rows = client.query_typed(WITH_ADDRESS, &parameters).await?;
        found.extend(rows);
    }
    let left = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
    if left > 0 {
        let behind = after.filter(|_| address == Some(None)).map(|id| id.0);
        let parameters = [text(&containing), text(&lower), uuid(&behind), int8(&left)];
        let rows = client.query_typed(WITHOUT_ADDRESS, &parameters).await?;
        found.extend(rows);
    }
    found.iter().map(person).collect()
}

fn person(row: &Row) -> Result<Person, Failure> {
    let mut columns = Columns::of(row);
    let account = AccountRow {
        learner: columns.take()?,
        email: columns.take()?,
        password_hash: None,
        name: columns.take()?,
        created_at: columns.take()?,
    };
    let has_password = columns.take()?;
    let words: Vec<String> = columns.take()?;
    Ok(Person {
        account,
        has_password,
        roles: roles_of(&words),
        authored: columns.take()?,
    })
}

/// Roles from their words; what this binary does not know grants nothing.
pub(super) fn roles_of(words: &[String]) -> Vec<RoleName> {
    let mut roles: Vec<RoleName> = words
        .iter()
        .filter_map(|word| RoleName::parse(word))
        .collect();
    roles.sort_unstable();
    roles
}
