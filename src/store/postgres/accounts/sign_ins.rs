//! Owns the statements on devices that are signed in and on their refresh tokens. Must not know what a token looks like.

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::rows::{Columns, bytes, int8, text, uuid};
use super::earlier::Earlier;
use super::{account, provider};
use crate::store::{LearnerId, NewSignIn, Rotation, SIGN_INS_MAX, SignInId, SignInRow, TokenHash};

const ADD: &str = "INSERT INTO sign_ins (id, learner, agent, created_at, used_at, expires_at) \
     VALUES ($1, $2, $3, $4, $4, $5) ON CONFLICT (id) DO NOTHING";
const ADD_TOKEN: &str = "INSERT INTO refresh_tokens (hash, sign_in, issued_at, parent) \
     SELECT $1, id, $3, $4 FROM sign_ins WHERE id = $2 ON CONFLICT (hash) DO NOTHING";
/// The one just added stays, whatever the clocks of others said.
const END_OLDEST: &str = "DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins \
     WHERE learner = $1 AND id <> $2 ORDER BY used_at DESC, id DESC OFFSET $3)";
const WHOSE: &str = "SELECT s.learner, s.id FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in \
     WHERE t.hash = $1 AND s.expires_at > $2";
/// The sign-in before its token: what sweeps passes over one that is held.
const TOKEN: &str = "SELECT s.id, s.used_at, s.expires_at, t.spent_at, t.revoked \
     FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in \
     WHERE t.hash = $1 AND s.expires_at > $2 FOR NO KEY UPDATE OF s";
const SPEND: &str = "UPDATE refresh_tokens SET spent_at = $2 WHERE hash = $1 AND spent_at IS NULL";
const GONE_ON: &str = "SELECT hash FROM refresh_tokens \
     WHERE sign_in = $1 AND parent = $2 AND spent_at IS NOT NULL LIMIT 1";
/// But the next one: an earlier attempt of this call may have stored it.
const REVOKE: &str = "UPDATE refresh_tokens SET revoked = true \
     WHERE sign_in = $1 AND parent = $2 AND spent_at IS NULL AND hash <> $3";
const USED: &str = "UPDATE sign_ins SET used_at = $2, expires_at = $3 WHERE id = $1";
const FORGET: &str = "DELETE FROM refresh_tokens WHERE sign_in = $1 \
     AND (spent_at < $2 OR (spent_at IS NULL AND issued_at < $2))";
const LIST: &str = "SELECT id, agent, created_at, used_at FROM sign_ins \
     WHERE learner = $1 AND expires_at > $2 ORDER BY used_at DESC, id DESC";
const END: &str = "DELETE FROM sign_ins WHERE learner = $1 AND ($2::uuid IS NULL OR id = $2)";
/// Those that somebody holds are passed over: they are used at the moment, and last.
const SWEEP: &str = "WITH past AS (SELECT id FROM sign_ins WHERE expires_at <= $1 \
     ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) DELETE FROM sign_ins s USING past WHERE s.id = past.id";

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
    used_at: i64,
    expires_at: i64,
    spent_at: Option<i64>,
    revoked: bool,
}

/// Signs a device in, and ends the oldest beyond the limit; whether there is such an account with the password it has. That
/// is read behind the lock: whoever changes it has ended what was there, or waits and ends this.
pub(super) async fn add(client: &mut Client, new: &NewSignIn) -> Result<bool, Failure> {
    let tx = client.transaction().await?;
    let password = new.password_hash.as_deref();
    if !account::lock(&tx, new.learner).await?
        || !account::has_password(&tx, new.learner, password).await?
    {
        return Ok(false);
    }
    let sign_in = [
        uuid(&new.id.0),
        uuid(&new.learner.0),
        text(&new.agent),
        int8(&new.created_at),
        int8(&new.expires_at),
    ];
    tx.execute_typed(ADD, &sign_in).await?;
    add_token(&tx, new.token, None, (new.id, new.created_at)).await?;
    let others = i64::from(SIGN_INS_MAX) - 1;
    let oldest = [uuid(&new.learner.0), uuid(&new.id.0), int8(&others)];
    tx.execute_typed(END_OLDEST, &oldest).await?;
    tx.commit().await?;
    Ok(true)
}

async fn add_token(
    tx: &Transaction<'_>,
    token: TokenHash,
    parent: Option<TokenHash>,
    (sign_in, now_ms): (SignInId, i64),
) -> Result<(), Failure> {
    let token = &token.0[..];
    let parent = parent.as_ref().map(|parent| &parent.0[..]);
    let parameters = [
        bytes(&token),
        uuid(&sign_in.0),
        int8(&now_ms),
        bytes(&parent),
    ];
    tx.execute_typed(ADD_TOKEN, &parameters).await?;
    Ok(())
}

/// Spends a token and stores the next, or ends its sign-in. What an earlier attempt of this call spent was spent at this
/// very `now_ms`, which is within the leeway, and its next is stored already: it is rotated again.
pub(super) async fn rotate(
    client: &mut Client,
    spending: Spending,
    earlier: &Earlier<Rotation>,
) -> Result<Rotation, Failure> {
    // An attempt whose commit was not known may have ended the sign-in.
    let unknown = || earlier.get().unwrap_or(Rotation::Unknown);
    let whose = of_token(client, spending.token, spending.now_ms).await?;
    let Some((learner, _)) = whose else {
        return Ok(unknown());
    };
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(unknown());
    }
    // Read anew behind the lock: of two that come at once the second sees what the first did.
    let Some(found) = find(&tx, spending).await? else {
        return Ok(unknown());
    };
    let rotation = if has_two_holders(&tx, spending, &found).await? {
        end_in(&tx, learner, Some(found.sign_in)).await?;
        Rotation::Reused { learner }
    } else {
        spend(&tx, spending, &found).await?;
        Rotation::Rotated {
            learner,
            sign_in: found.sign_in,
        }
    };
    // What was rotated is found again; noted, it would outlive a sign-out between two attempts.
    if matches!(rotation, Rotation::Reused { .. }) {
        earlier.note(rotation.clone());
    }
    tx.commit().await?;
    Ok(rotation)
}

/// Whose a token is, and of which sign-in, while that lasts.
pub(super) async fn of_token(
    client: &Client,
    token: TokenHash,
    now_ms: i64,
) -> Result<Option<(LearnerId, SignInId)>, Failure> {
    let token = &token.0[..];
    let parameters = [bytes(&token), int8(&now_ms)];
    let Some(row) = client.query_typed_opt(WHOSE, &parameters).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    Ok(Some((columns.take()?, columns.take()?)))
}

/// Whether two have one token: another was given in its place, or what it gave is used already. While nobody has used that, it was lost.
async fn has_two_holders(
    tx: &Transaction<'_>,
    spending: Spending,
    found: &Found,
) -> Result<bool, Failure> {
    if found.revoked || !spending.comes_late(found) {
        return Ok(found.revoked);
    }
    let token = &spending.token.0[..];
    let parameters = [uuid(&found.sign_in.0), bytes(&token)];
    let gone_on = tx.query_typed_opt(GONE_ON, &parameters).await?;
    Ok(gone_on.is_some())
}

/// The sign-in of a token, while it lasts.
async fn find(tx: &Transaction<'_>, spending: Spending) -> Result<Option<Found>, Failure> {
    let token = &spending.token.0[..];
    let parameters = [bytes(&token), int8(&spending.now_ms)];
    let Some(row) = tx.query_typed_opt(TOKEN, &parameters).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    Ok(Some(Found {
        sign_in: columns.take()?,
        used_at: columns.take()?,
        expires_at: columns.take()?,
        spent_at: columns.take()?,
        revoked: columns.take()?,
    }))
}

async fn spend(tx: &Transaction<'_>, spending: Spending, found: &Found) -> Result<(), Failure> {
    let Spending {
        token,
        next,
        now_ms,
        ..
    } = spending;
    let (spent, given) = (&token.0[..], &next.0[..]);
    if spending.comes_late(found) {
        let lost = [uuid(&found.sign_in.0), bytes(&spent), bytes(&given)];
        tx.execute_typed(REVOKE, &lost).await?;
    }
    let spent = [bytes(&spent), int8(&now_ms)];
    tx.execute_typed(SPEND, &spent).await?;
    add_token(tx, next, Some(token), (found.sign_in, now_ms)).await?;
    // It lasts as long again as it did when it was last used.
    let lasts_ms = found.expires_at.saturating_sub(found.used_at);
    let used_at = now_ms.max(found.used_at);
    let expires_at = used_at.saturating_add(lasts_ms);
    let used = [uuid(&found.sign_in.0), int8(&used_at), int8(&expires_at)];
    tx.execute_typed(USED, &used).await?;
    // Whoever has had one of these for so long would have been signed out by now: it need not be known any more.
    let long_ago = now_ms.saturating_sub(lasts_ms);
    let forgotten = [uuid(&found.sign_in.0), int8(&long_ago)];
    tx.execute_typed(FORGET, &forgotten).await?;
    Ok(())
}

/// The devices that are signed in, latest used first.
pub(super) async fn list(
    client: &Client,
    learner: LearnerId,
    now_ms: i64,
) -> Result<Vec<SignInRow>, Failure> {
    let parameters = [uuid(&learner.0), int8(&now_ms)];
    let rows = client.query_typed(LIST, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(SignInRow {
                id: columns.take()?,
                agent: columns.take()?,
                created_at: columns.take()?,
                used_at: columns.take()?,
            })
        })
        .collect()
}

/// Ends one sign-in of a learner, or all of them; how many, by this attempt or an earlier one.
pub(super) async fn end(
    client: &mut Client,
    learner: LearnerId,
    sign_in: Option<SignInId>,
    earlier: &Earlier<u64>,
) -> Result<u64, Failure> {
    let before = earlier.get().unwrap_or_default();
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(before);
    }
    let ended = end_in(&tx, learner, sign_in).await?.max(before);
    earlier.note(ended);
    tx.commit().await?;
    Ok(ended)
}

/// Ends every sign-in of a learner and what providers know them by; how many of the latter, by this attempt or an earlier one.
pub(super) async fn shut_out(
    client: &mut Client,
    learner: LearnerId,
    earlier: &Earlier<u64>,
) -> Result<u64, Failure> {
    let before = earlier.get().unwrap_or_default();
    let tx = client.transaction().await?;
    if !account::lock(&tx, learner).await? {
        return Ok(before);
    }
    end_in(&tx, learner, None).await?;
    let forgotten = provider::forget(&tx, learner).await?.max(before);
    earlier.note(forgotten);
    tx.commit().await?;
    Ok(forgotten)
}

/// Ends sign-ins of an account that is held. Refresh tokens go with them.
async fn end_in(
    tx: &Transaction<'_>,
    learner: LearnerId,
    sign_in: Option<SignInId>,
) -> Result<u64, Failure> {
    let sign_in = sign_in.map(|id| id.0);
    let parameters = [uuid(&learner.0), uuid(&sign_in)];
    Ok(tx.execute_typed(END, &parameters).await?)
}

/// Drops sign-ins that have run out, at most `limit`; how many.
pub(super) async fn sweep(client: &Client, now_ms: i64, limit: u32) -> Result<u64, Failure> {
    let limit = i64::from(limit);
    let parameters = [int8(&now_ms), int8(&limit)];
    Ok(client.execute_typed(SWEEP, &parameters).await?)
}
