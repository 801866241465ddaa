//! How the server is told what to do: flags, each with an environment variable and a sensible default.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

use crate::connection::{ACCEPTS_PER_S, HEARTBEAT_MS};
use crate::http::GUESTS_PER_MINUTE;
use crate::mail::MailConfig;
use crate::provider::OidcConfig;
use crate::session::IDLE_MS;
use crate::store::Place;
use crate::store::postgres::PostgresOptions;
use crate::store::sqlite::SqliteStore;

/// Where the data is. It has no `Debug`, so that no password in an address is logged by accident.
#[derive(Clone, Args)]
pub struct DataConfig {
    /// Folder of the database and the signing secret; `serve`, `import` and `migrate` make it when it is missing.
    #[arg(
        long = "data",
        env = "LEARNR_DATA",
        default_value = "./data",
        value_name = "DIR"
    )]
    pub dir: PathBuf,
    /// PostgreSQL database to use instead of a file: postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full.
    /// Several hosts with target_session_attrs=read-write follow a failover.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Replica of it for dashboards and exports; what a learner sees of themselves is always read from the database.
    #[arg(
        long,
        env = "DATABASE_READ_URL",
        hide_env_values = true,
        requires = "database_url",
        value_name = "URL"
    )]
    pub database_read_url: Option<String>,
    /// Connections to PostgreSQL beside those of the writers and of dashboards.
    #[arg(
        long,
        env = "LEARNR_DATABASE_CONNECTIONS",
        default_value_t = 16,
        value_parser = clap::value_parser!(u32).range(1..=1_000),
        value_name = "N"
    )]
    pub database_connections: u32,
    /// Writers to PostgreSQL, each with a connection and one batch in flight.
    #[arg(
        long,
        env = "LEARNR_DATABASE_WRITERS",
        default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(1..=4),
        value_name = "N"
    )]
    pub database_writers: u32,
    /// Months of answers that PostgreSQL keeps attached beside the current one; older ones are detached as tables of
    /// their own, for you to archive or drop. By default all are kept.
    #[arg(long, env = "LEARNR_KEEP_MONTHS", value_name = "N")]
    pub keep_months: Option<u32>,
    /// Do not bring PostgreSQL to the newest schema: `learnr migrate` does that, as another role perhaps.
    #[arg(long, env = "LEARNR_NO_MIGRATE")]
    pub no_migrate: bool,
}

impl DataConfig {
    /// The system of record.
    #[must_use]
    pub fn place(&self) -> Place {
        // Set to nothing is not set: what a compose file leaves behind.
        let Some(url) = self.database_url.as_ref().filter(|url| !url.is_empty()) else {
            return Place::File(SqliteStore::file_in(&self.dir));
        };
        let read_url = self.database_read_url.clone();
        Place::Server(Box::new(PostgresOptions {
            read_url: read_url.filter(|url| !url.is_empty()),
            lanes: self.database_writers as usize,
            connections: self.database_connections,
            migrate: !self.no_migrate,
            keep_months: self.keep_months,
            ..PostgresOptions::at(url)
        }))
    }

    /// The signing secret, unless one is given.
    #[must_use]
    pub fn secret(&self) -> PathBuf {
        self.dir.join("secret")
    }
}

/// Whether something is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// How this instance is one of several. It has no `Debug`: the address of Redis has its password.
#[derive(Clone, Args)]
pub struct FleetConfig {
    /// Redis that the instances of a fleet find each other through: redis://:PASSWORD@HOST:6379, rediss:// with TLS. They also
    /// share DATABASE_URL and LEARNR_SECRET. Without it this instance is alone.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: Option<String>,
    /// Name of this instance, which no other has and a restart keeps; by default `local`, and in a fleet the name of the machine
    /// and the port of the internal listener.
    #[arg(long, env = "LEARNR_NODE", value_name = "NAME")]
    pub node: Option<String>,
    /// Where other instances of the fleet reach this one; never to be open to learners.
    #[arg(
        long,
        env = "LEARNR_INTERNAL_LISTEN",
        default_value = "127.0.0.1:0",
        value_name = "HOST:PORT"
    )]
    pub internal_listen: SocketAddr,
    /// What others dial to get there, when it is not the address listened on.
    #[arg(long, env = "LEARNR_INTERNAL_ADDRESS", value_name = "HOST:PORT")]
    pub internal_address: Option<String>,
}

/// Everything `learnr serve` can be told. It has no `Debug`: secrets are among it.
#[derive(Clone, Args)]
pub struct ServeConfig {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataConfig,
    /// Address to listen on; 0.0.0.0 or :: for every network.
    #[arg(long, env = "LEARNR_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port to listen on; 0 for any free one.
    #[arg(long, env = "PORT", default_value_t = 8000)]
    pub port: u16,
    /// Origins whose pages may use this server beside its own, such as `https://learn.example`.
    #[arg(
        long,
        env = "LEARNR_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGIN,..."
    )]
    pub origins: Vec<String>,
    /// Networks of load balancers and proxies in front, such as 10.0.0.0/8: their `X-Forwarded-For` is believed, so that not all
    /// learners behind them count as one network.
    #[arg(
        long,
        env = "LEARNR_PROXIES",
        value_delimiter = ',',
        value_name = "NETWORK,..."
    )]
    pub proxies: Vec<IpNet>,
    /// Origin the page finds the server at, when it is not the page's own.
    #[arg(
        long,
        env = "LEARNR_API_ORIGIN",
        default_value = "",
        value_name = "ORIGIN"
    )]
    pub api_origin: String,
    /// Serve a service worker that takes itself out of browsers: the way out when a broken one was shipped.
    #[arg(long, env = "LEARNR_NO_WORKER")]
    pub no_worker: bool,
    /// Where people find the page: what links in mails begin with, such as https://learn.example. By default this machine, which is for
    /// development: the cookie of who is signed in then travels without TLS as well.
    #[arg(long, env = "LEARNR_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Mail to people.
    #[command(flatten)]
    pub mail: MailConfig,
    /// Signing in elsewhere.
    #[command(flatten)]
    pub oidc: OidcConfig,
    /// Key that signs tokens, at least 32 bytes; by default made once and kept beside the data.
    #[arg(
        long,
        env = "LEARNR_SECRET",
        hide_env_values = true,
        value_name = "TEXT"
    )]
    pub secret: Option<String>,
    /// Token of the organization's owner, at least 32 characters: who bears it sees statistics, learners' progress and
    /// exports. Without one nobody does.
    #[arg(
        long,
        env = "LEARNR_OWNER_TOKEN",
        hide_env_values = true,
        value_name = "TEXT"
    )]
    pub owner_token: Option<String>,
    /// The other instances.
    #[command(flatten)]
    pub fleet: FleetConfig,
    /// Threads that serve sockets, and as many that run sessions; by default one for every two cores.
    #[arg(long, env = "LEARNR_THREADS", value_name = "N")]
    pub threads: Option<usize>,
    /// Sessions and sockets held at most.
    #[arg(
        long,
        env = "LEARNR_SESSIONS_MAX",
        default_value_t = 16_000,
        value_name = "N"
    )]
    pub sessions_max: usize,
    /// Sockets opened a second at most; whoever comes beyond that is told when to come again.
    #[arg(long, env = "LEARNR_ACCEPTS_PER_SECOND", default_value_t = ACCEPTS_PER_S, value_name = "N")]
    pub accepts_per_s: u32,
    /// Milliseconds that a stop may take before what is left is cut off.
    #[arg(
        long,
        env = "LEARNR_DRAIN_MS",
        default_value_t = 10_000,
        value_name = "MS"
    )]
    pub drain_ms: u64,
    /// Milliseconds between saying that this instance is leaving (/readyz) and leaving: how long a load balancer takes to notice.
    #[arg(
        long,
        env = "LEARNR_DRAIN_NOTICE_MS",
        default_value_t = 0,
        value_name = "MS"
    )]
    pub drain_notice_ms: u64,
    /// New guests a minute from one network; ten times as many in all.
    #[arg(long, env = "LEARNR_GUESTS_PER_MINUTE", default_value_t = GUESTS_PER_MINUTE, value_name = "N")]
    pub guests_per_minute: u32,
    /// Limits on messages and on starts of sessions; off only for load tests.
    #[arg(
        long,
        env = "LEARNR_RATE_LIMITS",
        default_value = "on",
        value_name = "on|off"
    )]
    pub rate_limits: Switch,
    /// Milliseconds between pings.
    #[arg(long, env = "LEARNR_HEARTBEAT_MS", default_value_t = HEARTBEAT_MS, value_name = "MS")]
    pub heartbeat_ms: i64,
    /// Milliseconds a session nobody is connected to stays in memory.
    #[arg(long, env = "LEARNR_IDLE_MS", default_value_t = IDLE_MS, value_name = "MS")]
    pub idle_ms: i64,
    /// Do not load the demonstration certification into an empty store.
    #[arg(long, env = "LEARNR_NO_DEMO")]
    pub no_demo: bool,
}
