//! Owns the statements that add an ended session to the roll-ups. Must not know how what it adds was reckoned.

use rusqlite::{Connection, params};

use super::super::sessions::{select, session};
use crate::store::{LearnerId, SessionRollup, SessionRow};

const MARK: &str = "UPDATE sessions SET rolled_up = 1 \
     WHERE id = ?1 AND learner = ?2 AND status = 'completed' AND rolled_up = 0";
const KNOWN: &str = "SELECT 1 FROM learners WHERE id = ?1";
const ACTIVITY: &str = "INSERT INTO learner_activity (learner, certification, quarter, area, \
     sessions, answers, correct, elapsed_ms, theta, standard_error, theta_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
     ON CONFLICT (learner, certification, quarter, area) DO UPDATE SET \
     sessions = sessions + ?5, answers = answers + ?6, correct = correct + ?7, \
     elapsed_ms = elapsed_ms + ?8, \
     theta = iif(?11 >= coalesce(theta_at, ?11), ?9, theta), \
     standard_error = iif(?11 >= coalesce(theta_at, ?11), ?10, standard_error), \
     theta_at = iif(?11 >= coalesce(theta_at, ?11), ?11, theta_at)";
const CONCEPT: &str = "INSERT INTO learner_concepts (learner, certification, concept, answers, \
     correct, elapsed_ms, expected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
     ON CONFLICT (learner, certification, concept) DO UPDATE SET answers = answers + ?4, \
     correct = correct + ?5, elapsed_ms = elapsed_ms + ?6, expected = expected + ?7";
const PROGRESS: &str = "INSERT INTO learner_progress (learner, certification, sessions, answers, \
     correct, elapsed_ms, first_at, last_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?6) \
     ON CONFLICT (certification, learner) DO UPDATE SET sessions = sessions + 1, \
     answers = answers + ?3, correct = correct + ?4, elapsed_ms = elapsed_ms + ?5, \
     first_at = min(first_at, ?6), last_at = max(last_at, ?6)";
const VERSION: &str = "INSERT INTO version_statistics (certification, version, sessions, answers, \
     correct, elapsed_ms, last_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6) \
     ON CONFLICT (certification, version) DO UPDATE SET sessions = sessions + 1, \
     answers = answers + ?3, correct = correct + ?4, elapsed_ms = elapsed_ms + ?5, \
     last_at = max(last_at, ?6)";
const ITEM: &str = "INSERT INTO item_statistics (certification, version, item, served, answers, \
     correct, elapsed_ms, judged, squares, variances, square_variances, standardised, \
     standardised_variances, judged_right, ability, ability_squares, ability_right) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) \
     ON CONFLICT (certification, version, item) DO UPDATE SET served = served + ?4, \
     answers = answers + ?5, correct = correct + ?6, elapsed_ms = elapsed_ms + ?7, \
     judged = judged + ?8, squares = squares + ?9, variances = variances + ?10, \
     square_variances = square_variances + ?11, standardised = standardised + ?12, \
     standardised_variances = standardised_variances + ?13, judged_right = judged_right + ?14, \
     ability = ability + ?15, ability_squares = ability_squares + ?16, \
     ability_right = ability_right + ?17";

/// Completed sessions that are not marked, of one learner and certification or of all. The order is that of their index,
/// which holds no others, so that it is the one that is read.
pub(super) fn waiting(
    conn: &Connection,
    of: Option<&(LearnerId, String)>,
    limit: u32,
) -> rusqlite::Result<Vec<SessionRow>> {
    let Some((learner, certification)) = of else {
        return conn
            .prepare_cached(select!(
                "WHERE status = 'completed' AND rolled_up = 0 ORDER BY learner, certification LIMIT ?1"
            ))?
            .query_map([limit], session)?
            .collect();
    };
    conn.prepare_cached(select!(
        "WHERE status = 'completed' AND rolled_up = 0 AND learner = ?1 AND certification = ?2 \
         LIMIT ?3"
    ))?
    .query_map(params![learner, certification, limit], session)?
    .collect()
}

/// Marks the session and adds it, unless it was marked before or belongs to somebody else by now.
pub(super) fn add(tx: &Connection, rollup: &SessionRollup) -> rusqlite::Result<bool> {
    let marked = tx
        .prepare_cached(MARK)?
        .execute(params![rollup.session, rollup.learner])?;
    if marked == 0 {
        return Ok(false);
    }
    if tx.prepare_cached(KNOWN)?.exists([rollup.learner])? {
        add_learner(tx, rollup)?;
    }
    if rollup.totals.answers > 0 {
        tx.prepare_cached(VERSION)?.execute(params![
            rollup.certification,
            rollup.version,
            rollup.totals.answers,
            rollup.totals.correct,
            rollup.totals.elapsed_ms,
            rollup.ended_at,
        ])?;
    }
    add_items(tx, rollup)?;
    Ok(true)
}

fn add_learner(tx: &Connection, rollup: &SessionRollup) -> rusqlite::Result<()> {
    let (learner, certification) = (rollup.learner, &rollup.certification);
    if rollup.totals.answers > 0 {
        tx.prepare_cached(PROGRESS)?.execute(params![
            learner,
            certification,
            rollup.totals.answers,
            rollup.totals.correct,
            rollup.totals.elapsed_ms,
            rollup.ended_at,
        ])?;
    }
    let mut activity = tx.prepare_cached(ACTIVITY)?;
    for one in &rollup.activity {
        activity.execute(params![
            learner,
            certification,
            one.quarter,
            one.area,
            one.sessions,
            one.totals.answers,
            one.totals.correct,
            one.totals.elapsed_ms,
            one.ability.map(|ability| ability.theta),
            one.ability.map(|ability| ability.standard_error),
            one.ability.map(|ability| ability.at_ms),
        ])?;
    }
    let mut concepts = tx.prepare_cached(CONCEPT)?;
    for one in &rollup.concepts {
        concepts.execute(params![
            learner,
            certification,
            one.concept,
            one.totals.answers,
            one.totals.correct,
            one.totals.elapsed_ms,
            one.expected,
        ])?;
    }
    Ok(())
}

fn add_items(tx: &Connection, rollup: &SessionRollup) -> rusqlite::Result<()> {
    let mut items = tx.prepare_cached(ITEM)?;
    for one in &rollup.items {
        items.execute(params![
            rollup.certification,
            rollup.version,
            one.item,
            one.served,
            one.totals.answers,
            one.totals.correct,
            one.totals.elapsed_ms,
            one.fit.answers,
            one.fit.squares,
            one.fit.variances,
            one.fit.square_variances,
            one.fit.standardised,
            one.fit.standardised_variances,
            one.fit.right,
            one.fit.ability,
            one.fit.ability_squares,
            one.fit.together,
        ])?;
    }
    Ok(())
}
