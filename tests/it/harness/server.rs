//! The server under test: the real one, as `learnr serve` builds it.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use learnr::app::App;
use learnr::clock::{Clock, ManualClock, SystemClock};
use learnr::config::ServeConfig;
use learnr::store::Store;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr_loadtest::api::Rest;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, SessionKind};
use tempfile::TempDir;

use super::Client;

/// Where a manual clock stands at first: milliseconds since the epoch, some day in 2026.
const MANUAL_START_MS: i64 = 1_780_000_000_000;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    serve: ServeConfig,
}

/// The configuration of `learnr serve --data DIR FLAGS...`, whatever the environment says of the port.
pub(crate) fn test_config(data: &Path, flags: &[&str]) -> ServeConfig {
    let data = data.to_str().expect("temporary paths are text");
    let fixed = ["test", "--data", data, "--port", "0", "--threads", "2", "--guests-per-minute", "100000"];
    Flags::parse_from(fixed.iter().chain(flags)).serve
}

/// How a test wants its server.
#[derive(Default)]
pub(crate) struct ServerOptions {
    /// Flags of `learnr serve`.
    pub(crate) flags: Vec<&'static str>,
    /// A clock that moves only when told to.
    pub(crate) manual_clock: bool,
    /// What the store does.
    pub(crate) store: Option<SqliteOptions>,
}

/// A running server and its data.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) rest: Rest,
    pub(crate) store: Arc<dyn Store>,
    /// The clock, when the test holds it.
    pub(crate) clock: Option<Arc<ManualClock>>,
    pub(crate) data: TempDir,
    options: ServerOptions,
}

impl Server {
    /// A server with the demonstration certification.
    pub(crate) async fn start() -> Self {
        Self::with(ServerOptions::default()).await
    }

    /// A server as the options say.
    pub(crate) async fn with(options: ServerOptions) -> Self {
        Self::over(tempfile::tempdir().expect("a temporary folder"), options).await
    }

    async fn over(data: TempDir, options: ServerOptions) -> Self {
        let config = test_config(data.path(), &options.flags);
        let store_options = options.store.clone().unwrap_or_default();
        let store = SqliteStore::open(&config.data.database(), store_options).expect("a new store");
        let store: Arc<dyn Store> = Arc::new(store);
        let manual = options
            .manual_clock
            .then(|| Arc::new(ManualClock::at(MANUAL_START_MS)));
        let clock: Arc<dyn Clock> = match &manual {
            Some(clock) => Arc::<ManualClock>::clone(clock),
            None => Arc::new(SystemClock::start()),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let app = App::with(config, listener, Arc::clone(&store), clock)
            .await
            .expect("the server starts");
        let base = format!("http://{}", app.address).parse().expect("a loopback address");
        Self {
            rest: Rest::new(base),
            app,
            store,
            clock: manual,
            data,
            options,
        }
    }

    /// Stops in order and starts again on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.app.stop().await.expect("a clean stop");
        Self::over(self.data, self.options).await
    }

    /// Stops in order.
    pub(crate) async fn stop(self) {
        self.app.stop().await.expect("a clean stop");
    }

    /// Moves the manual clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock
            .as_ref()
            .expect("the test asked for a manual clock")
            .advance(by);
    }

    /// A new guest in a new practice session, connected and welcomed, in MessagePack.
    pub(crate) async fn practice(&self) -> Client {
        self.client(&demonstration(SessionKind::Practice), Encoding::MsgPack)
            .await
    }

    /// A new guest in a new session, connected and welcomed.
    pub(crate) async fn client(&self, create: &CreateSession, encoding: Encoding) -> Client {
        let guest = self.rest.guest().await.expect("a guest");
        let ticket = self
            .rest
            .create_session(&guest.token, create)
            .await
            .expect("a session");
        Client::join(&self.rest, &guest.token, &ticket, encoding).await
    }
}

/// A session of a kind on the demonstration certification.
pub(crate) fn demonstration(kind: SessionKind) -> CreateSession {
    CreateSession {
        certification: "business-analysis-foundations".to_owned(),
        kind,
        length: None,
        areas: Vec::new(),
        time_limit_minutes: None,
    }
}
