//! The server under test: the real one, as `learnr serve` builds it.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use learnr::app::App;
use learnr::clock::{Clock, ManualClock, SystemClock};
use learnr::config::ServeConfig;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{
    Append, EventRow, Outcome, Owner, SessionId, SessionRow, SessionStatus, StatusChange, Store,
};
use learnr_loadtest::api::Rest;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, SessionKind};
use tempfile::TempDir;

use super::Client;

/// Where a manual clock stands at first: milliseconds since the epoch, some day in 2026.
const MANUAL_START_MS: i64 = 1_780_000_000_000;

/// Longest wait for what no message tells: far above what a busy machine needs.
const UNTIL_AT_MOST: Duration = Duration::from_secs(20);

#[derive(Parser)]
#[command(args_override_self = true)]
struct Flags {
    #[command(flatten)]
    serve: ServeConfig,
}

/// The configuration of `learnr serve --data DIR FLAGS...`, whatever the environment says of the port.
pub(crate) fn config(data: &Path, flags: &[&str]) -> ServeConfig {
    let data = data.to_str().expect("temporary paths are text");
    let fixed = [
        "test",
        "--data",
        data,
        "--port",
        "0",
        "--threads",
        "2",
        "--guests-per-minute",
        "100000",
    ];
    Flags::parse_from(fixed.iter().chain(flags)).serve
}

/// How a test wants its server.
#[derive(Default)]
pub(crate) struct ServerOptions {
    /// Flags of `learnr serve`.
    pub(crate) flags: Vec<String>,
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

    /// A server whose clock the test holds.
    pub(crate) async fn manual() -> Self {
        Self::with(ServerOptions {
            manual_clock: true,
            ..ServerOptions::default()
        })
        .await
    }

    /// A server with flags of `learnr serve`.
    pub(crate) async fn flagged(flags: &[&str]) -> Self {
        Self::with(ServerOptions {
            flags: flags.iter().map(ToString::to_string).collect(),
            ..ServerOptions::default()
        })
        .await
    }

    /// A server over a store that behaves as told.
    pub(crate) async fn stored(store: SqliteOptions, manual_clock: bool) -> Self {
        Self::with(ServerOptions {
            flags: vec!["--rate-limits".to_owned(), "off".to_owned()],
            manual_clock,
            store: Some(store),
        })
        .await
    }

    /// An instance of a fleet: its own store over what others have too.
    pub(crate) async fn instance(store: Arc<dyn Store>, flags: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let options = ServerOptions {
            flags: flags.iter().map(ToString::to_string).collect(),
            ..ServerOptions::default()
        };
        Self::serving(data, options, store).await
    }

    /// A server on data that is there already.
    pub(crate) async fn over(data: TempDir, options: ServerOptions) -> Self {
        let store_options = options.store.clone().unwrap_or_default();
        let store = SqliteStore::open(&SqliteStore::file_in(data.path()), store_options)
            .expect("a new store");
        Self::serving(data, options, Arc::new(store)).await
    }

    async fn serving(data: TempDir, options: ServerOptions, store: Arc<dyn Store>) -> Self {
        let flags: Vec<&str> = options.flags.iter().map(String::as_str).collect();
        let config = config(data.path(), &flags);
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
        let base = format!("http://{}", app.address)
            .parse()
            .expect("a loopback address");
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

    /// Stores a certification beside the demonstration.
    pub(crate) async fn import(&self, certification: &serde_json::Value) {
        let source = learnr::import::Source {
            name: "certification.json".to_owned(),
            bytes: certification.to_string().into_bytes(),
        };
        let reading = learnr::import::read_json(&source);
        let row = reading
            .row
            .unwrap_or_else(|| panic!("no fault, got {:?}", reading.report));
        let saved = self.store.save_certification(row).await;
        saved.expect("the certification is stored");
    }

    /// A socket of a learner's own session, from nothing.
    pub(crate) async fn join(&self, token: &str, session: &str) -> Client {
        let ticket = self.rest.ticket(token, session).await.expect("a ticket");
        Client::join(&self.rest, token, &ticket, Encoding::MsgPack).await
    }

    /// Moves the manual clock until sessions that nobody is connected to are let go.
    pub(crate) async fn let_go(&self) {
        let deserted = async || self.sockets_open().await == 0;
        until("nobody is connected", deserted).await;
        until("every session is let go", async || {
            self.advance(Duration::from_secs(600));
            // One reply for each step: a clock that ran freely would outrun the tokens, which last half a year.
            deserted().await && self.app.registry.is_empty()
        })
        .await;
    }

    /// Moves the manual clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock
            .as_ref()
            .expect("the test asked for a manual clock")
            .advance(by);
    }

    /// Events of a session as they are stored.
    pub(crate) async fn stored_events(&self, session: &str) -> Vec<EventRow> {
        self.store
            .load_events(session_id(session))
            .await
            .expect("the store answers")
    }

    /// Sockets open now, by the server's own figures.
    pub(crate) async fn sockets_open(&self) -> u32 {
        self.figure("learnr_sockets_open").await
    }

    /// One of the server's own figures; 0 before it was first counted.
    pub(crate) async fn figure(&self, name: &str) -> u32 {
        let figures = self.rest.text("/metrics").await.expect("the figures");
        let mut lines = figures.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(found, _)| *found == name);
        found.map_or(0, |(_, number)| number.parse().expect("a number"))
    }

    /// The row of a session as it is stored.
    pub(crate) async fn stored_session(&self, session: &str) -> SessionRow {
        let row = self.store.session(session_id(session)).await;
        row.expect("the store answers").expect("a session")
    }

    /// Stores an event that no binary knows, as a newer release might: the session cannot be run any more.
    pub(crate) async fn make_unreadable(&self, session: &str) {
        let fence = self.stored_session(session).await.fence;
        let mut row = self.stored_events(session).await.pop().expect("an event");
        row.seq += 1;
        row.fence = fence;
        row.kind = "transmigrated".to_owned();
        row.request_id = None;
        self.append(session, vec![row], None).await;
    }

    /// Stores the session as stopped by a fault.
    pub(crate) async fn make_faulted(&self, session: &str) {
        let status = StatusChange {
            status: SessionStatus::Faulted,
            ended_at: None,
            deadline_at: None,
            summary: None,
            jobs: Vec::new(),
        };
        self.append(session, Vec::new(), Some(status)).await;
    }

    /// Stores rows of a session under its present fence.
    pub(crate) async fn append(
        &self,
        session: &str,
        rows: Vec<EventRow>,
        status: Option<StatusChange>,
    ) {
        let append = Append {
            session: session_id(session),
            fence: self.stored_session(session).await.fence,
            rows,
            status,
        };
        let outcome = self.store.append(append).expect("there is room");
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }

    /// Makes another instance the owner of a session.
    pub(crate) async fn claim_away(&self, session: &str) {
        let id = session_id(session);
        let row = self.stored_session(session).await;
        let owner = Owner {
            node: "elsewhere".to_owned(),
            incarnation: 1,
            address: "192.0.2.1:8000".to_owned(),
        };
        let claimed = self.store.claim(id, row.fence.epoch, 7, owner).await;
        claimed
            .expect("the store answers")
            .expect("nobody else claims");
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

/// Waits until `reached`, a few seconds at most. For what no message tells.
pub(crate) async fn until(what: &str, mut reached: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !reached().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(UNTIL_AT_MOST, wait)
        .await
        .unwrap_or_else(|_| panic!("never reached: {what}"));
}

pub(crate) fn session_id(session: &str) -> SessionId {
    SessionId(session.parse().expect("a session's id is a UUID"))
}

/// A practice session of the demonstration certification with a time limit.
pub(crate) fn timed(minutes: u16) -> CreateSession {
    CreateSession {
        time_limit_minutes: Some(minutes),
        ..demonstration(SessionKind::Practice)
    }
}

/// A session of a kind on the demonstration certification.
pub(crate) fn demonstration(kind: SessionKind) -> CreateSession {
    CreateSession {
        certification: "business-analysis-foundations".to_owned(),
        kind,
        length: None,
        areas: Vec::new(),
        concepts: Vec::new(),
        time_limit_minutes: None,
    }
}
