//! Owns the statements that add an ended session to the roll-ups. Must not know how what it adds was reckoned.
//!
//! One transaction takes its locks in one order: the session, its learner's rows, the version, the items by id. Those
//! that many sessions share come last, just before the commit.

use super::super::client::{Client, Queries, Transaction};

use super::super::fault::Failure;
use super::super::rows::{float8s, int8, int8s, text, texts, uuid};
use super::super::sessions::{columns, select, several};
use crate::store::{LearnerId, SessionRollup, SessionRow};

/// In the order of their index, which holds no others, so that it is the one that is read.
const WAITING: &str = select!(
    "WHERE s.status = 'completed' AND NOT s.rolled_up ORDER BY s.learner, s.certification LIMIT $1"
);
const WAITING_OF: &str = select!(
    "WHERE s.status = 'completed' AND NOT s.rolled_up AND s.learner = $2 AND s.certification = $3 LIMIT $1"
);
const MARK: &str = "UPDATE sessions SET rolled_up = true \
     WHERE id = $1 AND learner = $2 AND status = 'completed' AND NOT rolled_up";
/// Locked, so that an account deleted at this moment is deleted before or after.
const KNOWN: &str = "SELECT 1 FROM learners WHERE id = $1 FOR KEY SHARE";
const PROGRESS: &str = "INSERT INTO learner_progress AS t (learner, certification, sessions, answers, correct, \
     elapsed_ms, first_at, last_at) VALUES ($1, $2, 1, $3, $4, $5, $6, $6) \
     ON CONFLICT (certification, learner) DO UPDATE SET sessions = t.sessions + 1, answers = t.answers + $3, \
     correct = t.correct + $4, elapsed_ms = t.elapsed_ms + $5, first_at = least(t.first_at, $6), \
     last_at = greatest(t.last_at, $6)";
const ACTIVITY: &str = "INSERT INTO learner_activity AS t (learner, certification, quarter, area, sessions, answers, \
     correct, elapsed_ms, theta, standard_error, theta_at) \
     SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) \
     ON CONFLICT (learner, certification, quarter, area) DO UPDATE SET sessions = t.sessions + excluded.sessions, \
     answers = t.answers + excluded.answers, correct = t.correct + excluded.correct, \
     elapsed_ms = t.elapsed_ms + excluded.elapsed_ms, \
     theta = CASE WHEN excluded.theta_at >= coalesce(t.theta_at, excluded.theta_at) THEN excluded.theta \
     ELSE t.theta END, \
     standard_error = CASE WHEN excluded.theta_at >= coalesce(t.theta_at, excluded.theta_at) \
     THEN excluded.standard_error ELSE t.standard_error END, \
     theta_at = CASE WHEN excluded.theta_at >= coalesce(t.theta_at, excluded.theta_at) THEN excluded.theta_at \
     ELSE t.theta_at END";
const CONCEPTS: &str = "INSERT INTO learner_concepts AS t (learner, certification, concept, answers, correct, \
     elapsed_ms, expected) SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7) \
     ON CONFLICT (learner, certification, concept) DO UPDATE SET answers = t.answers + excluded.answers, \
     correct = t.correct + excluded.correct, elapsed_ms = t.elapsed_ms + excluded.elapsed_ms, \
     expected = t.expected + excluded.expected";
const VERSION: &str = "INSERT INTO version_statistics AS t (certification, version, sessions, answers, correct, \
     elapsed_ms, last_at) VALUES ($1, $2, 1, $3, $4, $5, $6) \
     ON CONFLICT (certification, version) DO UPDATE SET sessions = t.sessions + 1, answers = t.answers + $3, \
     correct = t.correct + $4, elapsed_ms = t.elapsed_ms + $5, last_at = greatest(t.last_at, $6)";
const ITEMS: &str = "INSERT INTO item_statistics AS t (certification, version, item, served, answers, correct, \
     elapsed_ms, judged, squares, variances, square_variances, standardised, standardised_variances, judged_right, \
     ability, ability_squares, ability_right) \
     SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
     ON CONFLICT (certification, version, item) DO UPDATE SET served = t.served + excluded.served, \
     answers = t.answers + excluded.answers, correct = t.correct + excluded.correct, \
     elapsed_ms = t.elapsed_ms + excluded.elapsed_ms, judged = t.judged + excluded.judged, \
     squares = t.squares + excluded.squares, variances = t.variances + excluded.variances, \
     square_variances = t.square_variances + excluded.square_variances, \
     standardised = t.standardised + excluded.standardised, \
     standardised_variances = t.standardised_variances + excluded.standardised_variances, \
     judged_right = t.judged_right + excluded.judged_right, ability = t.ability + excluded.ability, \
     ability_squares = t.ability_squares + excluded.ability_squares, \
     ability_right = t.ability_right + excluded.ability_right";

/// Completed sessions that are not marked, of one learner and certification or of all.
pub(super) async fn waiting(
    client: &Client,
    of: Option<(LearnerId, &str)>,
    limit: u32,
) -> Result<Vec<SessionRow>, Failure> {
    let limit = i64::from(limit);
    match of {
        None => several(client, WAITING, &[int8(&limit)]).await,
        Some((learner, certification)) => {
            let parameters = [int8(&limit), uuid(&learner.0), text(&certification)];
            several(client, WAITING_OF, &parameters).await
        }
    }
}

/// Marks the session and adds it, unless it was marked before or belongs to somebody else by now.
pub(super) async fn add(client: &mut Client, rollup: &SessionRollup) -> Result<bool, Failure> {
    let tx = client.transaction().await?;
    let session = [uuid(&rollup.session.0), uuid(&rollup.learner.0)];
    if tx.execute_typed(MARK, &session).await? == 0 {
        return Ok(false);
    }
    let learner = [uuid(&rollup.learner.0)];
    if tx.query_typed_opt(KNOWN, &learner).await?.is_some() {
        add_progress(&tx, rollup).await?;
        add_activity(&tx, rollup).await?;
        add_concepts(&tx, rollup).await?;
    }
    add_version(&tx, rollup).await?;
    add_items(&tx, rollup).await?;
    tx.commit().await?;
    Ok(true)
}

async fn add_progress(tx: &Transaction<'_>, rollup: &SessionRollup) -> Result<(), Failure> {
    let totals = rollup.totals;
    if totals.answers == 0 {
        return Ok(());
    }
    let (answers, correct) = (i64::from(totals.answers), i64::from(totals.correct));
    let parameters = [
        uuid(&rollup.learner.0),
        text(&rollup.certification),
        int8(&answers),
        int8(&correct),
        int8(&totals.elapsed_ms),
        int8(&rollup.ended_at),
    ];
    tx.execute_typed(PROGRESS, &parameters).await?;
    Ok(())
}

async fn add_version(tx: &Transaction<'_>, rollup: &SessionRollup) -> Result<(), Failure> {
    let totals = rollup.totals;
    if totals.answers == 0 {
        return Ok(());
    }
    let (answers, correct) = (i64::from(totals.answers), i64::from(totals.correct));
    let parameters = [
        text(&rollup.certification),
        text(&rollup.version),
        int8(&answers),
        int8(&correct),
        int8(&totals.elapsed_ms),
        int8(&rollup.ended_at),
    ];
    tx.execute_typed(VERSION, &parameters).await?;
    Ok(())
}

/// One column of a list, in its order.
fn column<'a, T, V>(list: &'a [T], value: impl Fn(&'a T) -> V) -> Vec<V> {
    list.iter().map(value).collect()
}

async fn add_activity(tx: &Transaction<'_>, rollup: &SessionRollup) -> Result<(), Failure> {
    let list = &rollup.activity;
    if list.is_empty() {
        return Ok(());
    }
    let quarters = column(list, |one| one.quarter);
    let areas = column(list, |one| one.area.as_str());
    let sessions = column(list, |one| i64::from(one.sessions));
    let answers = column(list, |one| i64::from(one.totals.answers));
    let correct = column(list, |one| i64::from(one.totals.correct));
    let elapsed = column(list, |one| one.totals.elapsed_ms);
    let thetas = column(list, |one| one.ability.map(|ability| ability.theta));
    let errors = column(list, |one| one.ability.map(|known| known.standard_error));
    let at = column(list, |one| one.ability.map(|ability| ability.at_ms));
    let parameters = [
        uuid(&rollup.learner.0),
        text(&rollup.certification),
        int8s(&quarters),
        texts(&areas),
        int8s(&sessions),
        int8s(&answers),
        int8s(&correct),
        int8s(&elapsed),
        float8s(&thetas),
        float8s(&errors),
        int8s(&at),
    ];
    tx.execute_typed(ACTIVITY, &parameters).await?;
    Ok(())
}

async fn add_concepts(tx: &Transaction<'_>, rollup: &SessionRollup) -> Result<(), Failure> {
    let list = &rollup.concepts;
    if list.is_empty() {
        return Ok(());
    }
    let concepts = column(list, |one| one.concept.as_str());
    let answers = column(list, |one| i64::from(one.totals.answers));
    let correct = column(list, |one| i64::from(one.totals.correct));
    let elapsed = column(list, |one| one.totals.elapsed_ms);
    let expected = column(list, |one| one.expected);
    let parameters = [
        uuid(&rollup.learner.0),
        text(&rollup.certification),
        texts(&concepts),
        int8s(&answers),
        int8s(&correct),
        int8s(&elapsed),
        float8s(&expected),
    ];
    tx.execute_typed(CONCEPTS, &parameters).await?;
    Ok(())
}

async fn add_items(tx: &Transaction<'_>, rollup: &SessionRollup) -> Result<(), Failure> {
    let list = &rollup.items;
    if list.is_empty() {
        return Ok(());
    }
    let items = column(list, |one| one.item.as_str());
    let counts = [
        column(list, |one| i64::from(one.served)),
        column(list, |one| i64::from(one.totals.answers)),
        column(list, |one| i64::from(one.totals.correct)),
        column(list, |one| one.totals.elapsed_ms),
    ];
    let sums = [
        column(list, |one| one.fit.answers),
        column(list, |one| one.fit.squares),
        column(list, |one| one.fit.variances),
        column(list, |one| one.fit.square_variances),
        column(list, |one| one.fit.standardised),
        column(list, |one| one.fit.standardised_variances),
        column(list, |one| one.fit.right),
        column(list, |one| one.fit.ability),
        column(list, |one| one.fit.ability_squares),
        column(list, |one| one.fit.together),
    ];
    let mut parameters = vec![
        text(&rollup.certification),
        text(&rollup.version),
        texts(&items),
    ];
    parameters.extend(counts.iter().map(int8s));
    parameters.extend(sums.iter().map(float8s));
    tx.execute_typed(ITEMS, &parameters).await?;
    Ok(())
}
