//! The fleet and what it stands on, and how each fault is done to it and mended. Must not draw anything: it is told.

use std::collections::HashSet;
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex as Guarded, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_postgres::NoTls;

use super::schedule::{Kind, Planned};
use crate::harness::fleet::{Balancer, Instance, Surroundings};
use crate::harness::postgres::Cluster;
use crate::harness::proxy::Direction;
use crate::harness::redis::{RedisOptions, RedisServer};

/// Seconds that a clock jumps, one way or the other: more than a lease, a ticket and a heartbeat last.
const CLOCK_STEP_S: i64 = 90;
/// Starts of an instance before it counts as broken: PostgreSQL may be away for some of them.
const STARTS_MAX: usize = 60;
/// Between two of them, as whatever watches over a process would wait.
const START_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Longest that is waited for what the store has to say of a session's owner.
const OWNED_WITHIN: Duration = Duration::from_millis(500);

/// A fault as it was done.
#[derive(Debug)]
pub(super) struct Blow {
    pub(super) kind: Kind,
    pub(super) at: Instant,
    /// When what it broke was mended: up again, reachable again.
    pub(super) mended: Instant,
    /// Whether nothing else struck meanwhile.
    pub(super) alone: bool,
    /// Sessions that the instance it struck owned then.
    pub(super) sessions: HashSet<String>,
}

/// Everything that can be broken.
pub(super) struct World {
    pub(super) instances: Vec<Arc<Mutex<Instance>>>,
    pub(super) balancer: Balancer,
    redis: Mutex<RedisServer>,
    pub(super) postgres: Mutex<Cluster>,
    pub(super) database_url: String,
    /// So that at least one instance is left.
    may_be_away: Semaphore,
    /// Takes connections and never answers, like the address of a machine that is gone.
    nowhere: TcpListener,
    pub(super) blows: Guarded<Vec<Blow>>,
    pub(super) problems: Guarded<Vec<String>>,
}

impl World {
    /// A fleet of so many, all ready; the last has a clock that can be stepped, where this machine can do that.
    pub(super) async fn start(count: usize, environment: Vec<(&'static str, String)>) -> Self {
        let redis = RedisServer::with(RedisOptions {
            settings: vec![("appendonly", "yes".to_owned())],
            ..RedisOptions::default()
        });
        let redis = redis.await;
        let postgres = Cluster::start().await;
        let surroundings = Surroundings {
            database_url: postgres.create_database("chaos"),
            redis: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, redis.port()))),
            environment,
        };
        let mut instances = Vec::new();
        for number in 0..count {
            let with_clock = number + 1 == count;
            let mut instance = Instance::new(number, surroundings.clone(), with_clock);
            assert!(instance.start().await, "{}", instance.log_tail());
            instances.push(instance);
        }
        let addresses = instances.iter().map(|instance| instance.address).collect();
        Self {
            balancer: Balancer::before(addresses),
            instances: instances
                .into_iter()
                .map(Mutex::new)
                .map(Arc::new)
                .collect(),
            redis: Mutex::new(redis),
            postgres: Mutex::new(postgres),
            database_url: surroundings.database_url,
            may_be_away: Semaphore::new(count - 1),
            nowhere: TcpListener::bind(("127.0.0.1", 0)).expect("a free port"),
            blows: Guarded::default(),
            problems: Guarded::default(),
        }
    }

    /// Does one fault and mends it. Those to one thing follow each other.
    pub(super) async fn strike(&self, fault: Planned) {
        match fault.kind {
            Kind::InstanceKill
            | Kind::InstanceVanish
            | Kind::InstanceFreeze
            | Kind::InstanceDrain => {
                let away = self.may_be_away.acquire().await;
                let away = away.expect("nobody closes the semaphore");
                self.strike_instance(fault).await;
                drop(away);
            }
            Kind::ClockStep | Kind::RedisUnreachable | Kind::LinkCut => {
                self.strike_surroundings(fault).await;
            }
            Kind::RedisKill | Kind::RedisEmpty => self.strike_redis(fault).await,
            Kind::PostgresKill => {
                let mut postgres = self.postgres.lock().await;
                let at = Instant::now();
                postgres.kill().await;
                lasts(fault.hold).await;
                postgres.start_again().await;
                self.note(fault, at, HashSet::new());
            }
            Kind::Storm => {
                let at = Instant::now();
                self.balancer.cut_all();
                self.note(fault, at, HashSet::new());
            }
        }
    }

    async fn strike_instance(&self, fault: Planned) {
        let mut instance = self.instances[fault.instance].lock().await;
        if !instance.is_running() {
            return;
        }
        let sessions = owned(&self.database_url, &instance.name).await;
        let mut at = Instant::now();
        match fault.kind {
            Kind::InstanceKill => {
                instance.link.refuse();
                instance.kill();
                lasts(fault.hold).await;
                instance.link.accept();
            }
            Kind::InstanceVanish => {
                let nowhere = self.nowhere.local_addr().expect("it is bound");
                instance.vanish(nowhere);
                at = Instant::now();
                lasts(fault.hold).await;
                instance.reappear();
            }
            Kind::InstanceFreeze => {
                instance.freeze();
                lasts(fault.hold).await;
                instance.thaw();
                self.note(fault, at, sessions);
                return;
            }
            _ => {
                let ended = instance.drain().await;
                if !ended.is_some_and(|status| status.success()) {
                    let name = &instance.name;
                    self.problem(format!("{name} was asked to end and did not: {ended:?}"));
                }
                self.note(fault, at, sessions);
                lasts(fault.hold).await;
                self.bring_up(&mut instance).await;
                return;
            }
        }
        self.bring_up(&mut instance).await;
        self.note(fault, at, sessions);
    }

    async fn bring_up(&self, instance: &mut Instance) {
        for _ in 0..STARTS_MAX {
            if instance.start().await {
                return;
            }
            lasts(START_AGAIN_AFTER).await;
        }
        let log = instance.log_tail();
        self.problem(format!("it does not start any more: {log}"));
    }

    /// What befalls what an instance stands on; meanwhile the instance itself may be struck as well.
    async fn strike_surroundings(&self, fault: Planned) {
        let at = Instant::now();
        let one = &self.instances[fault.instance];
        one.lock().await.disturb(fault);
        lasts(fault.hold).await;
        one.lock().await.calm(fault);
        self.note(fault, at, HashSet::new());
    }

    async fn strike_redis(&self, fault: Planned) {
        let mut redis = self.redis.lock().await;
        let at = Instant::now();
        if fault.kind == Kind::RedisEmpty {
            redis.run(&["FLUSHALL"]);
        }
        // Emptied while everybody is connected, or coming back with nothing.
        if fault.kind == Kind::RedisKill || fault.other_way {
            redis.kill();
            lasts(fault.hold).await;
            redis.start_again().await;
        }
        self.note(fault, at, HashSet::new());
    }

    fn note(&self, fault: Planned, at: Instant, sessions: HashSet<String>) {
        let blow = Blow {
            kind: fault.kind,
            alone: fault.alone,
            at,
            mended: Instant::now(),
            sessions,
        };
        locked(&self.blows).push(blow);
    }

    fn problem(&self, words: String) {
        locked(&self.problems).push(words);
    }

    /// The ends of all logs.
    pub(super) async fn log_tails(&self) -> String {
        let mut tails = String::new();
        for instance in &self.instances {
            tails += &instance.lock().await.log_tail();
        }
        tails
    }
}

impl Instance {
    /// Dies with `kill -9`, and its internal address leads to what takes connections and never answers.
    fn vanish(&mut self, nowhere: SocketAddr) {
        for way in [Direction::ToServer, Direction::ToClient] {
            self.link.stall(way);
        }
        self.link.switch_to(nowhere);
        self.kill();
    }

    fn reappear(&self) {
        self.link.switch_to(self.internal);
        self.link.reset_all();
        self.link.flow();
    }

    fn disturb(&self, fault: Planned) {
        match (fault.kind, &self.clock, &self.redis) {
            (Kind::ClockStep, Some(clock), _) if fault.other_way => clock.set(-CLOCK_STEP_S),
            (Kind::ClockStep, Some(clock), _) => clock.set(CLOCK_STEP_S),
            (Kind::RedisUnreachable, _, Some(redis)) if fault.other_way => {
                redis.refuse();
                redis.reset_all();
            }
            (Kind::RedisUnreachable, _, Some(redis)) => redis.stall(Direction::ToServer),
            (Kind::LinkCut, ..) if fault.other_way => self.link.cut(Direction::ToClient),
            (Kind::LinkCut, ..) => self.link.cut(Direction::ToServer),
            _ => {}
        }
    }

    fn calm(&self, fault: Planned) {
        match (fault.kind, &self.clock, &self.redis) {
            (Kind::ClockStep, Some(clock), _) => clock.set(0),
            (Kind::RedisUnreachable, _, Some(redis)) => {
                redis.flow();
                redis.accept();
            }
            (Kind::LinkCut, ..) => self.link.mend(),
            _ => {}
        }
    }
}

/// Lets time go by.
pub(super) async fn lasts(hold: Duration) {
    // What never comes is awaited in vain: its deadline is what is wanted.
    if timeout(hold, pending::<()>()).await.is_ok() {
        unreachable!("nothing comes");
    }
}

/// Open sessions that the store says an instance owns; none when it does not say in time.
async fn owned(database_url: &str, node: &str) -> HashSet<String> {
    let ask = async {
        let (client, connection) = tokio_postgres::connect(database_url, NoTls).await.ok()?;
        let serving = tokio::spawn(connection);
        let sql =
            "SELECT id::text FROM sessions WHERE owner_node = $1 AND status IN ('open', 'paused')";
        let rows = client.query(sql, &[&node]).await.ok()?;
        drop(client);
        serving.abort();
        Some(rows.iter().map(|row| row.get(0)).collect())
    };
    let told: Option<HashSet<String>> = timeout(OWNED_WITHIN, ask).await.ok().flatten();
    told.unwrap_or_default()
}

/// What a lock holds, whoever panicked with it.
pub(super) fn locked<T>(guarded: &Guarded<T>) -> std::sync::MutexGuard<'_, T> {
    guarded.lock().unwrap_or_else(PoisonError::into_inner)
}
