//! Owns the statements on devices that are signed in and on their refresh tokens. Must not know what a token looks like.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::rows::Columns;
use super::account;
use crate::store::{LearnerId, NewSignIn, Rotation, SIGN_INS_MAX, SignInId, SignInRow, TokenHash};

const ADD: &str = "INSERT INTO sign_ins (id, learner, agent, created_at, used_at, expires_at) \
     VALUES (?1, ?2, ?3, ?4, ?4, ?5) ON CONFLICT (id) DO NOTHING";
const ADD_TOKEN: &str = "INSERT INTO refresh_tokens (hash, sign_in, issued_at, parent) \
     VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO NOTHING";
/// The one just added stays, whatever the clocks of others said.
const END_OLDEST: &str = "DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins \
     WHERE learner = ?1 AND id <> ?2 ORDER BY used_at DESC, id DESC LIMIT -1 OFFSET ?3)";
const TOKEN: &str = "SELECT s.id, s.learner, s.used_at, s.expires_at, t.spent_at, t.revoked \
     FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in \
     WHERE t.hash = ?1 AND s.expires_at > ?2";
const SPEND: &str = "UPDATE refresh_tokens SET spent_at = ?2 WHERE hash = ?1 AND spent_at IS NULL";
const GONE_ON: &str = "SELECT 1 FROM refresh_tokens \
     WHERE sign_in = ?1 AND parent = ?2 AND spent_at IS NOT NULL";
/// But the next one: an earlier attempt of this call may have stored it.
const REVOKE: &str = "UPDATE refresh_tokens SET revoked = 1 \
     WHERE sign_in = ?1 AND parent = ?2 AND spent_at IS NULL AND hash <> ?3";
const USED: &str = "UPDATE sign_ins SET used_at = ?2, expires_at = ?3 WHERE id = ?1";
const FORGET: &str = "DELETE FROM refresh_tokens WHERE sign_in = ?1 \
     AND (spent_at < ?2 OR (spent_at IS NULL AND issued_at < ?2))";
const LIST: &str = "SELECT id, agent, created_at, used_at FROM sign_ins \
     WHERE learner = ?1 AND expires_at > ?2 ORDER BY used_at DESC, id DESC";
const END: &str = "DELETE FROM sign_ins WHERE learner = ?1 AND (?2 IS NULL OR id = ?2)";
const SWEEP: &str = "DELETE FROM sign_ins WHERE id IN \
     (SELECT id FROM sign_ins WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// A refresh token that comes, and what takes its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spending {
    pub(super) token: TokenHash,
    pub(super) next: TokenHash,
    pub(super) now_ms: i64,
    /// How long a spent token gives another beside the one it gave.
    pub(super) leeway_ms: i64,
}

impl Spending {
    /// Whether the token was spent by somebody who is not to be taken for another tab.
    fn comes_late(self, found: &Found) -> bool {
        let late = |spent_at| self.now_ms.saturating_sub(spent_at) > self.leeway_ms;
        found.spent_at.is_some_and(late)
    }
}

/// The sign-in of a token that comes.
struct Found {
    sign_in: SignInId,
    learner: LearnerId,
    used_at: i64,
    expires_at: i64,
    spent_at: Option<i64>,
    revoked: bool,
}

/// Signs a device in, and ends the oldest beyond the limit; whether there is such an account with the password it has.
pub(super) fn add(tx: &Connection, new: &NewSignIn) -> rusqlite::Result<bool> {
    if !account::has_password(tx, new.learner, new.password_hash.as_deref())? {
        return Ok(false);
    }
    tx.prepare_cached(ADD)?.execute(params![
        new.id,
        new.learner,
        new.agent,
        new.created_at,
        new.expires_at
    ])?;
    tx.prepare_cached(ADD_TOKEN)?.execute(params![
        new.token,
        new.id,
        new.created_at,
        None::<TokenHash>
    ])?;
    tx.prepare_cached(END_OLDEST)?
        .execute(params![new.learner, new.id, SIGN_INS_MAX - 1])?;
    Ok(true)
}

/// Spends a token and stores the next, or ends its sign-in.
pub(super) fn rotate(tx: &Connection, spending: Spending) -> rusqlite::Result<Rotation> {
    let Some(found) = find(tx, spending.token, spending.now_ms)? else {
        return Ok(Rotation::Unknown);
    };
    let Found {
        sign_in, learner, ..
    } = found;
    if has_two_holders(tx, spending, &found)? {
        end(tx, learner, Some(sign_in))?;
        return Ok(Rotation::Reused { learner });
    }
    spend(tx, spending, &found)?;
    Ok(Rotation::Rotated { learner, sign_in })
}

/// Whether two have one token: another was given in its place, or what it gave is used already. While nobody has used that, it was lost.
fn has_two_holders(tx: &Connection, spending: Spending, found: &Found) -> rusqlite::Result<bool> {
    if found.revoked || !spending.comes_late(found) {
        return Ok(found.revoked);
    }
    tx.prepare_cached(GONE_ON)?
        .exists(params![found.sign_in, spending.token])
}

fn spend(tx: &Connection, spending: Spending, found: &Found) -> rusqlite::Result<()> {
    let Spending {
        token,
        next,
        now_ms,
        ..
    } = spending;
    let sign_in = found.sign_in;
    if spending.comes_late(found) {
        tx.prepare_cached(REVOKE)?
            .execute(params![sign_in, token, next])?;
    }
    tx.prepare_cached(SPEND)?.execute(params![token, now_ms])?;
    tx.prepare_cached(ADD_TOKEN)?
        .execute(params![next, sign_in, now_ms, token])?;
    // It lasts as long again as it did when it was last used.
    let lasts_ms = found.expires_at.saturating_sub(found.used_at);
    let used_at = now_ms.max(found.used_at);
    tx.prepare_cached(USED)?.execute(params![
        sign_in,
        used_at,
        used_at.saturating_add(lasts_ms)
    ])?;
    // Whoever has had one of these for so long would have been signed out by now: it need not be known any more.
    tx.prepare_cached(FORGET)?
        .execute(params![sign_in, now_ms.saturating_sub(lasts_ms)])?;
    Ok(())
}

/// Whose a token is, and of which sign-in, while that lasts.
pub(super) fn of_token(
    conn: &Connection,
    token: TokenHash,
    now_ms: i64,
) -> rusqlite::Result<Option<(LearnerId, SignInId)>> {
    let found = find(conn, token, now_ms)?;
    Ok(found.map(|found| (found.learner, found.sign_in)))
}

/// The sign-in of a token, while it lasts.
fn find(tx: &Connection, token: TokenHash, now_ms: i64) -> rusqlite::Result<Option<Found>> {
    tx.prepare_cached(TOKEN)?
        .query_row(params![token, now_ms], |row| {
            let mut columns = Columns::of(row);
            Ok(Found {
                sign_in: columns.take()?,
                learner: columns.take()?,
                used_at: columns.take()?,
                expires_at: columns.take()?,
                spent_at: columns.take()?,
                revoked: columns.take()?,
            })
        })
        .optional()
}

/// The devices that are signed in, latest used first.
pub(super) fn list(
    conn: &Connection,
    learner: LearnerId,
    now_ms: i64,
) -> rusqlite::Result<Vec<SignInRow>> {
    conn.prepare_cached(LIST)?
        .query_map(params![learner, now_ms], |row| {
            let mut columns = Columns::of(row);
            Ok(SignInRow {
                id: columns.take()?,
                agent: columns.take()?,
                created_at: columns.take()?,
                used_at: columns.take()?,
            })
        })?
        .collect()
}

/// Ends one sign-in of a learner, or all of them; how many. Refresh tokens go with them.
pub(super) fn end(
    tx: &Connection,
    learner: LearnerId,
    sign_in: Option<SignInId>,
) -> rusqlite::Result<u64> {
    let ended = tx.prepare_cached(END)?.execute(params![learner, sign_in])?;
    Ok(ended as u64)
}

/// Drops sign-ins that have run out, at most `limit`; how many.
pub(super) fn sweep(tx: &Connection, now_ms: i64, limit: u32) -> rusqlite::Result<u64> {
    let dropped = tx.prepare_cached(SWEEP)?.execute(params![now_ms, limit])?;
    Ok(dropped as u64)
}
