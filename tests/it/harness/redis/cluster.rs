//! A Redis Cluster of three servers without replicas, whose slots can be moved while it is used.
//!
//! Owns its servers and which slots each has. Must not know what is stored there.

use super::{RedisOptions, RedisServer};
use crate::harness::{free_port, until};

/// Slots of any Redis Cluster.
const SLOTS: u32 = 16_384;
const SERVERS: u32 = 3;

/// Three servers that share the slots.
pub(crate) struct RedisCluster {
    servers: Vec<RedisServer>,
}

impl RedisCluster {
    /// A cluster that is empty and complete.
    pub(crate) async fn start() -> Self {
        let mut servers = Vec::new();
        let mut buses = Vec::new();
        for _ in 0..SERVERS {
            let bus = free_port();
            let on = |name, value: &str| (name, value.to_owned());
            let settings = vec![
                on("cluster-enabled", "yes"),
                on("cluster-node-timeout", "2000"),
                on("cluster-port", &bus.to_string()),
            ];
            let options = RedisOptions {
                settings,
                ..RedisOptions::default()
            };
            servers.push(RedisServer::with(options).await);
            buses.push(bus);
        }
        let share = SLOTS / SERVERS;
        for (number, server) in (0..SERVERS).zip(&servers) {
            let first = number * share;
            let last = if number + 1 == SERVERS {
                SLOTS - 1
            } else {
                first + share - 1
            };
            let (first, last) = (first.to_string(), last.to_string());
            server.run(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
            let epoch = (number + 1).to_string();
            server.run(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        for (server, bus) in servers.iter().zip(&buses).skip(1) {
            let (port, bus) = (server.port().to_string(), bus.to_string());
            servers[0].run(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
        }
        for server in &servers {
            until("the servers are one cluster", async || {
                let info = server.run(&["CLUSTER", "INFO"]);
                info.contains("cluster_state:ok") && info.contains("cluster_size:3")
            })
            .await;
        }
        Self { servers }
    }

    /// Its URL as LearnR takes it: two of the three, the rest is learnt.
    pub(crate) fn url(&self) -> String {
        let (one, other) = (self.servers[0].port(), self.servers[1].port());
        format!("redis-cluster://127.0.0.1:{one},127.0.0.1:{other}")
    }

    pub(crate) fn servers(&mut self) -> &mut [RedisServer] {
        &mut self.servers
    }

    /// Runs a command over one key where the key is.
    pub(crate) fn run_at(&self, key: &str, words: &[&str]) -> String {
        self.servers[self.owner(key)].run(words)
    }

    /// Which server has a key's slot.
    fn owner(&self, key: &str) -> usize {
        let has = |server: &RedisServer| {
            let slot: u32 = slot(server, key).parse().expect("a slot's number");
            let own = server.run(&["CLUSTER", "NODES"]);
            let own = own.lines().find(|line| line.contains("myself"));
            let ranges = own.expect("it knows itself").split_whitespace().skip(8);
            ranges.filter(|range| !range.starts_with('[')).any(|range| {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let bound = |text: &str| text.parse::<u32>().expect("a slot's number");
                (bound(first)..=bound(last)).contains(&slot)
            })
        };
        let found = self.servers.iter().position(has);
        found.expect("every slot has a server")
    }

    /// Begins to move a key's slot to another server: from now on one of both answers ASK for keys that are not where they are asked for.
    pub(crate) fn begin_move(&self, key: &str) -> Move {
        let from = self.owner(key);
        let to = (from + 1) % self.servers.len();
        let moved = Move {
            slot: slot(&self.servers[from], key),
            from,
            to,
        };
        let (source, target) = (self.id(from), self.id(to));
        self.servers[to].run(&["CLUSTER", "SETSLOT", &moved.slot, "IMPORTING", &source]);
        self.servers[from].run(&["CLUSTER", "SETSLOT", &moved.slot, "MIGRATING", &target]);
        moved
    }

    /// Moves the keys that are there.
    pub(crate) fn move_keys(&self, moved: &Move) {
        let keys = self.servers[moved.from].run(&["CLUSTER", "GETKEYSINSLOT", &moved.slot, "100"]);
        let port = self.servers[moved.to].port().to_string();
        for key in keys.lines().filter(|key| !key.is_empty()) {
            self.servers[moved.from].run(&["MIGRATE", "127.0.0.1", &port, key, "0", "1000"]);
        }
    }

    /// Ends the move: the former server answers MOVED.
    pub(crate) fn end_move(&self, moved: &Move) {
        let target = self.id(moved.to);
        for server in [moved.to, moved.from] {
            self.servers[server].run(&["CLUSTER", "SETSLOT", &moved.slot, "NODE", &target]);
        }
    }

    fn id(&self, server: usize) -> String {
        self.servers[server].run(&["CLUSTER", "MYID"])
    }
}

fn slot(server: &RedisServer, key: &str) -> String {
    server.run(&["CLUSTER", "KEYSLOT", key])
}

/// A slot on its way.
pub(crate) struct Move {
    slot: String,
    from: usize,
    to: usize,
}
