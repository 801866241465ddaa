//! Several instances of the real server over one database and one Redis: sessions that follow their learners, sockets that are
//! relayed, instances that leave.

mod deadlines;
mod leaving;
mod limits;
mod moving;
mod relaying;
mod removal;
mod storms;
mod strangers;

use std::sync::Arc;

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr_protocol::{Encoding, SessionKind};

use crate::harness::postgres::{self, Database};
use crate::harness::redis::{self, RedisServer};
use crate::harness::{Client, Server, demonstration};

/// What all instances sign with.
const SECRET: &str = "a secret that every instance of this fleet has";
/// The token of whoever runs it.
const OWNER: &str = "the token of whoever runs this fleet of instances";

/// What the instances of a fleet share.
struct Fleet {
    database: Database,
    redis: RedisServer,
}

impl Fleet {
    /// A database and a Redis with nothing in them; `None` where there is no such server, which is noted.
    async fn new() -> Option<Self> {
        if postgres::left_out() || redis::left_out() {
            return None;
        }
        Some(Self {
            database: Database::empty().await,
            redis: RedisServer::start().await,
        })
    }

    /// A fleet of two instances, `here` and `there`.
    async fn of_two() -> Option<(Self, Server, Server)> {
        let fleet = Self::new().await?;
        let (here, there) = (fleet.instance("here").await, fleet.instance("there").await);
        Some((fleet, here, there))
    }

    /// Another instance.
    async fn instance(&self, node: &str) -> Server {
        self.instance_with(node, &[]).await
    }

    /// Another instance with flags of its own.
    async fn instance_with(&self, node: &str, flags: &[&str]) -> Server {
        let store = PostgresStore::open(PostgresOptions::at(self.database.url())).await;
        let redis = self.redis.url();
        let fixed = [
            "--node",
            node,
            "--redis-url",
            &redis,
            "--secret",
            SECRET,
            "--owner-token",
            OWNER,
        ];
        let flags: Vec<&str> = fixed.iter().chain(flags).copied().collect();
        Server::instance(Arc::new(store.expect("opens")), &flags).await
    }
}

/// Who a learner is, and what they sit.
struct Known {
    token: String,
    session: String,
}

/// Who the learner of a socket is.
fn known(client: &Client) -> Known {
    Known {
        token: client.token.clone(),
        session: client.session.clone(),
    }
}

/// Closes a learner's socket.
async fn leave(client: Client) -> Known {
    let known = known(&client);
    client.socket.close(1000).await.expect("a clean close");
    known
}

/// The socket of a learner who comes to `server` with what they had on another instance.
async fn elsewhere(server: &Server, who: &Known, encoding: Encoding) -> Client {
    let ticket = server.rest.ticket(&who.token, &who.session).await;
    Client::join(
        &server.rest,
        &who.token,
        &ticket.expect("a ticket"),
        encoding,
    )
    .await
}

/// A learner in a new practice session.
async fn learner(server: &Server) -> Client {
    server
        .client(&demonstration(SessionKind::Practice), Encoding::MsgPack)
        .await
}

/// The epochs that the rows of a session were written under, in order.
async fn epochs(server: &Server, session: &str) -> Vec<i64> {
    let events = server.stored_events(session).await;
    events.iter().map(|event| event.fence.epoch).collect()
}

/// The name of the instance that owns a session, as the database says.
async fn owner(server: &Server, session: &str) -> Option<String> {
    let row = server.stored_session(session).await;
    row.owner.map(|owner| owner.node)
}
