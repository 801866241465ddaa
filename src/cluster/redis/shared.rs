//! What a fleet counts and remembers together, in Redis, one key a command.
//!
//! Owns the keys `learnr:limit:{key}`, `learnr:spent:{nonce}`, `learnr:kept:{digest}` and `learnr:present:{node}`, each with a time to
//! live. Must not know how Redis is reached.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use redis::cmd;
use uuid::Uuid;

use super::Redis;
use super::scripts::{LIMIT, OneKey, PRESENT};
use crate::cluster::shared::{
    Counting, KEPT_BYTES_MAX, PRESENT_CHANGES_MAX, PresenceChange, Rate, Shared,
};
use crate::cluster::{DirectoryError, LEASE_TTL};

/// The field of a presence that tells its state; no learner's id has this form.
const STATE_FIELD: u64 = 1;

/// What the instances of a fleet share.
pub struct RedisShared {
    redis: Redis,
    limit: OneKey,
    present: OneKey,
}

impl RedisShared {
    /// What is shared in a Redis that is open.
    #[must_use]
    pub fn over(redis: &Redis) -> Self {
        Self {
            redis: redis.clone(),
            limit: OneKey::new(LIMIT),
            present: OneKey::new(PRESENT),
        }
    }
}

fn kept_key(digest: &[u8; 32]) -> String {
    let (first, last) = digest.split_at(16);
    let half =
        |bytes: &[u8]| u128::from_be_bytes(bytes.try_into().expect("half of 32 bytes is 16"));
    format!("learnr:kept:{:032x}{:032x}", half(first), half(last))
}

fn present_key(node: &str) -> String {
    format!("learnr:present:{node}")
}

fn millis(duration: Duration) -> u64 {
    // Redis takes no time to live of zero.
    u64::try_from(duration.as_millis())
        .unwrap_or(u64::MAX)
        .max(1)
}

#[async_trait]
impl Shared for RedisShared {
    async fn limit(
        &self,
        key: &str,
        rate: Rate,
        counting: Counting,
    ) -> Result<Duration, DirectoryError> {
        let key = format!("learnr:limit:{key}");
        let interval = rate.interval.as_micros().to_string();
        let tolerance = rate.tolerance.as_micros().to_string();
        let counts: &[u8] = match counting {
            Counting::Take => b"1",
            Counting::Look => b"0",
        };
        let arguments = [interval.as_bytes(), tolerance.as_bytes(), counts];
        let wait_ms: u64 = self
            .redis
            .run("limit", &self.limit, &key, &arguments)
            .await?;
        Ok(Duration::from_millis(wait_ms))
    }

    async fn spend(&self, nonce: Uuid, lasts: Duration) -> Result<bool, DirectoryError> {
        let command = &mut cmd("SET");
        command.arg(format!("learnr:spent:{nonce}")).arg(1);
        command.arg("NX").arg("PX").arg(millis(lasts));
        let set: Option<()> = self.redis.call("spend", command).await?;
        Ok(set.is_some())
    }

    async fn kept(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, DirectoryError> {
        let command = &mut cmd("GET");
        self.redis.call("kept", command.arg(kept_key(digest))).await
    }

    async fn keep(
        &self,
        digest: &[u8; 32],
        body: &[u8],
        lasts: Duration,
    ) -> Result<(), DirectoryError> {
        if body.len() > KEPT_BYTES_MAX {
            return Ok(());
        }
        let command = &mut cmd("SET");
        command.arg(kept_key(digest)).arg(body);
        command.arg("PX").arg(millis(lasts));
        self.redis.call("keep", command).await
    }

    async fn note_presence(&self, change: &PresenceChange) -> Result<bool, DirectoryError> {
        debug_assert!(change.come.len() + change.gone.len() <= PRESENT_CHANGES_MAX);
        let state = |state: u64| format!("{}:{state}", change.incarnation);
        let words = [
            millis(LEASE_TTL).to_string(),
            change.from.map_or_else(String::new, state),
            state(change.to),
            change.come.len().to_string(),
        ];
        let come = change
            .come
            .iter()
            .map(|learner| learner.as_bytes().as_slice());
        let gone = change
            .gone
            .iter()
            .map(|learner| learner.as_bytes().as_slice());
        let arguments: Vec<&[u8]> = words
            .iter()
            .map(String::as_bytes)
            .chain(come)
            .chain(gone)
            .collect();
        let key = present_key(&change.node);
        self.redis
            .run("presence", &self.present, &key, &arguments)
            .await
    }

    async fn is_present(&self, nodes: &[String], learner: Uuid) -> Result<bool, DirectoryError> {
        let asked = nodes.iter().map(async |node| {
            let command = &mut cmd("HEXISTS");
            command.arg(present_key(node)).arg(learner.as_bytes());
            self.redis.call::<bool>("is_present", command).await
        });
        Ok(try_join_all(asked).await?.contains(&true))
    }

    async fn count_present(&self, nodes: &[String]) -> Result<u64, DirectoryError> {
        let asked = nodes.iter().map(async |node| {
            let command = &mut cmd("HLEN");
            command.arg(present_key(node));
            self.redis.call::<u64>("count_present", command).await
        });
        let fields = try_join_all(asked).await?.into_iter();
        Ok(fields
            .map(|fields| fields.saturating_sub(STATE_FIELD))
            .sum())
    }
}
