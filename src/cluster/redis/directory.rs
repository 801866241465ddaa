//! The directory in Redis, one key a command.
//!
//! Owns the keys `learnr:node:{id}`, `learnr:nodes` and `learnr:session:{id}`. Must not know how Redis is reached.

use async_trait::async_trait;
use futures_util::future::{join, join_all};
use redis::cmd;
use uuid::Uuid;

use super::scripts::Scripts;
use super::{Redis, published};
use crate::cluster::member::PUBLISHED_VERSION;
use crate::cluster::{
    Directory, DirectoryError, ENTRY_TTL, Entry, LEASE_TTL, Lease, Member, Renewed,
};

/// Names of instances, each with the second at which it was seen last.
const NODES: &str = "learnr:nodes";
/// Seconds after which a name that nobody renews is forgotten.
const NODES_FORGOTTEN_AFTER_SECONDS: u64 = 60 * 60;
/// Instances listed, those seen last first.
const NODES_MAX: usize = 1_024;

/// Leases and entries of a fleet, in the Redis that its instances share.
pub struct RedisDirectory {
    redis: Redis,
    scripts: Scripts,
    version: String,
}

impl RedisDirectory {
    /// The directory in a Redis that is open.
    #[must_use]
    pub fn over(redis: &Redis) -> Self {
        Self {
            redis: redis.clone(),
            scripts: Scripts::new(),
            version: PUBLISHED_VERSION.to_string(),
        }
    }

    async fn read_lease(&self, node: &str) -> Result<Option<Lease>, DirectoryError> {
        let key = node_key(node);
        let text: Option<Vec<u8>> = self.redis.call("lease", cmd("GET").arg(&key)).await?;
        text.map(|text| published::read_lease(&key, &text))
            .transpose()
    }
}

fn node_key(node: &str) -> String {
    format!("learnr:node:{node}")
}

fn session_key(session: Uuid) -> String {
    format!("learnr:session:{session}")
}

#[async_trait]
impl Directory for RedisDirectory {
    async fn renew(&self, lease: &Lease) -> Result<Renewed, DirectoryError> {
        let node = &lease.member.node;
        let (key, text) = (node_key(node), published::lease(lease));
        let life = lease.member.incarnation.to_string();
        let lasts = LEASE_TTL.as_millis().to_string();
        let arguments: [&[u8]; 4] = [
            text.as_bytes(),
            life.as_bytes(),
            lasts.as_bytes(),
            self.version.as_bytes(),
        ];
        let forgotten = NODES_FORGOTTEN_AFTER_SECONDS.to_string();
        let seen: [&[u8]; 2] = [node.as_bytes(), forgotten.as_bytes()];
        let (held, listed) = join(
            self.redis
                .run::<Option<Vec<u8>>>("renew", &self.scripts.renew, &key, &arguments),
            self.redis
                .run::<()>("seen", &self.scripts.seen, NODES, &seen),
        )
        .await;
        match held? {
            Some(other) => {
                let other = published::read_lease(&key, &other)?;
                Ok(Renewed::Taken(Box::new(other)))
            }
            None => listed.map(|()| Renewed::Held),
        }
    }

    async fn leave(&self, member: &Member) -> Result<(), DirectoryError> {
        let life = member.incarnation.to_string();
        let key = node_key(&member.node);
        let left: bool = self
            .redis
            .run("leave", &self.scripts.leave, &key, &[life.as_bytes()])
            .await?;
        if left {
            // Whoever takes the name in between is listed again with its next renewal.
            let command = &mut cmd("ZREM");
            command.arg(NODES).arg(&member.node);
            self.redis.call::<()>("leave", command).await?;
        }
        Ok(())
    }

    async fn lease(&self, node: &str) -> Result<Option<Lease>, DirectoryError> {
        self.read_lease(node).await
    }

    async fn leases(&self) -> Result<Vec<Lease>, DirectoryError> {
        let command = &mut cmd("ZREVRANGE");
        command.arg(NODES).arg(0).arg(NODES_MAX - 1);
        let mut nodes: Vec<String> = self.redis.call("leases", command).await?;
        nodes.sort();
        let read = join_all(nodes.iter().map(|node| self.read_lease(node))).await;
        let mut leases = Vec::new();
        for lease in read {
            match lease {
                Ok(Some(lease)) => leases.push(lease),
                Ok(None) | Err(DirectoryError::Unreadable { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(leases)
    }

    async fn entry(&self, session: Uuid) -> Result<Option<Entry>, DirectoryError> {
        let key = session_key(session);
        let text: Option<Vec<u8>> = self.redis.call("entry", cmd("GET").arg(&key)).await?;
        text.map(|text| published::read_entry(&key, &text))
            .transpose()
    }

    async fn record(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let (text, epoch) = (published::entry(entry), entry.epoch.to_string());
        let lasts = ENTRY_TTL.as_secs().to_string();
        let arguments: [&[u8]; 4] = [
            text.as_bytes(),
            epoch.as_bytes(),
            lasts.as_bytes(),
            self.version.as_bytes(),
        ];
        let key = session_key(session);
        self.redis
            .run("record", &self.scripts.record, &key, &arguments)
            .await
    }

    async fn erase(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let text = published::entry(entry);
        let key = session_key(session);
        self.redis
            .run("erase", &self.scripts.erase, &key, &[text.as_bytes()])
            .await
    }
}
