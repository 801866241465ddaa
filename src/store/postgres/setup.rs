//! Owns what is asked of a server before it is used: that it can be reached, its release, what it promises of a
//! commit, its time-outs. Must not change anything but the role's own settings.

use tokio_postgres::error::SqlState;
use tracing::{info, warn};

use super::client::Queries;
use super::connect::{Connection, Way};
use super::fault::Failure;
use crate::store::StoreError;

/// The oldest server whose partitions and statistics we rely on, as `server_version_num` has it.
const SERVER_MIN: i32 = 150_000;

/// The role's settings that end what hangs. A pooler drops those of a connection, so the role has them; whoever runs
/// a migration sets them where nobody has.
const TIMEOUTS: [(&str, &str); 3] = [
    ("statement_timeout", "30s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "60s"),
];

/// The first connection to a server: one attempt, and one clear line when it fails.
pub(super) async fn first_connection(way: &Way) -> Result<Connection, StoreError> {
    let place = way.address.shown.clone();
    let connection = way.connect().await.map_err(|failure| {
        let advice = match failure.code() {
            Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                "check user and password of the address, and pg_hba.conf of the server"
            }
            Some(SqlState::INVALID_CATALOG_NAME) => "create the database with createdb, owned by that user",
            Some(SqlState::TOO_MANY_CONNECTIONS) => {
                "raise max_connections of the server, or lower the connections of the instances"
            }
            Some(_) => "mend what the server says",
            None => "see that PostgreSQL runs there and takes connections, or set DATABASE_URL to where it does",
        };
        StoreError::Setup {
            detail: described(&failure),
            place: place.clone(),
            advice: advice.to_owned(),
        }
    })?;
    let version: i32 = shown(&connection, "server_version_num")
        .await
        .and_then(|text| text.parse().map_err(|_| Failure::Unreadable(text)))
        .map_err(|failure| refusal(failure, &place))?;
    if version < SERVER_MIN {
        return Err(StoreError::Setup {
            place,
            detail: format!("the server is PostgreSQL {}", version / 10_000),
            advice: format!("LearnR needs {} or later", SERVER_MIN / 10_000),
        });
    }
    Ok(connection)
}

/// What is wrong with a server, a database or a role that refuses what every start needs, in one line that says what to do.
pub(super) fn refusal(failure: Failure, place: &str) -> StoreError {
    let advice = match failure.code() {
        Some(SqlState::INSUFFICIENT_PRIVILEGE) => {
            "let the role own the database, or GRANT CREATE, USAGE ON SCHEMA public to it and run `learnr migrate` as it; a role \
             that only serves (--no-migrate) needs SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public"
        }
        Some(SqlState::READ_ONLY_SQL_TRANSACTION) => {
            "it is a standby, or set to read only: name the primary, or name both with ?target_session_attrs=read-write"
        }
        _ => return failure.into_store_error(place),
    };
    StoreError::Setup {
        place: place.to_owned(),
        detail: failure.to_string(),
        advice: advice.to_owned(),
    }
}

/// Tables of ours that the role may not use as serving needs. The migrations' own is only read, and partitions are used
/// through their parent.
const FORBIDDEN: &str = "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c \
     WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('sessions')) \
     AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migrations' \
     AND c.relname NOT LIKE 'events_%' \
     AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
     AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))";

/// Refuses a role that could start and then store nothing.
pub(super) async fn check_rights(connection: &Connection, place: &str) -> Result<(), StoreError> {
    let asked = connection.query_typed_one(FORBIDDEN, &[]).await;
    let tables = asked.and_then(|row| row.try_get::<_, Option<String>>(0));
    match tables.map_err(|error| refusal(error.into(), place))? {
        None => Ok(()),
        Some(tables) => Err(StoreError::Setup {
            place: place.to_owned(),
            detail: format!("the role may not read and write {tables}"),
            advice: "as the owner: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO the role".to_owned(),
        }),
    }
}

/// Refuses a server that acknowledges commits it may lose, and says what else could be better.
pub(super) async fn check_promises(connection: &Connection, place: &str) -> Result<(), StoreError> {
    let ask = async |name: &str| {
        let value = shown(connection, name).await;
        value.map_err(|failure| refusal(failure, place))
    };
    let commit = ask("synchronous_commit").await?;
    if matches!(commit.as_str(), "off" | "local") {
        return Err(StoreError::Setup {
            place: place.to_owned(),
            detail: format!(
                "synchronous_commit is {commit}: answers told of as stored could be lost"
            ),
            advice:
                "set it to on, for the server or with ALTER ROLE ... SET synchronous_commit = on"
                    .to_owned(),
        });
    }
    if ask("fsync").await? == "off" {
        warn!(
            place,
            "fsync is off on the server: a power cut may lose everything; only for tests"
        );
    }
    if ask("synchronous_standby_names").await?.is_empty() {
        info!(
            place,
            "no synchronous standby: answers survive a crash of the server, but not the loss of its disk; set synchronous_standby_names for that"
        );
    }
    for (name, wanted) in TIMEOUTS {
        if ask(name).await? == "0" {
            warn!(
                place,
                "{name} is not set: run `learnr migrate`, or ALTER ROLE ... SET {name} = '{wanted}'"
            );
        }
    }
    Ok(())
}

/// Gives the role the time-outs it lacks. A role may always set its own.
pub(super) async fn set_timeouts(connection: &Connection) -> Result<(), Failure> {
    for (name, wanted) in TIMEOUTS {
        if shown(connection, name).await? == "0" {
            // For the role from its next connection on, and for this one. Behind the lock of the migrations: a role that
            // two instances alter at once is an error to one of them.
            connection
                .driver().batch_execute(&format!(
                    "BEGIN; {}; ALTER ROLE CURRENT_USER SET {name} = '{wanted}'; COMMIT; SET {name} = '{wanted}'",
                    super::schema::MIGRATING
                ))
                .await?;
            info!("{name} of the role set to {wanted}");
        }
    }
    Ok(())
}

async fn shown(connection: &Connection, name: &str) -> Result<String, Failure> {
    let row = connection
        .query_typed_one("SELECT current_setting($1)", &[super::rows::text(&name)])
        .await?;
    Ok(row.try_get(0)?)
}

/// A failure to connect, with what the system said.
fn described(failure: &Failure) -> String {
    let mut text = failure.to_string();
    if failure.code().is_some() {
        return text;
    }
    let mut source = std::error::Error::source(failure);
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}
