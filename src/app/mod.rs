//! The server put together: one way to build it, for `main` and for tests.
//!
//! Owns the order of starting and of stopping. A stop is: not ready, no new sessions, every session flushed
//! and released, sockets told to come back, mail that was promised sent, the listener closed, the lease given up, the store closed.

mod fleet;
mod open_files;
mod socket;

pub use fleet::open_directory;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::Method;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as WebApp, HttpServer, web};
use anyhow::Context as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::auth::{OwnerToken, Passwords, Secret};
use crate::clock::{Clock, SystemClock};
use crate::cluster::Lost;
use crate::config::{ServeConfig, Switch};
use crate::connection::ConnectionContext;
use crate::http::{
    self, AuthLimits, EXPORTS_PER_MINUTE, Exports, GuestLimits, HttpContext, LOOKUPS_PER_MINUTE,
    Lookups, Proxies, PublicUrl, Reckonings, STANDINGS_PER_MINUTE, STARTS_PER_MINUTE, StartLimits,
};
use crate::mail::Mails;
use crate::provider::Providers;
use crate::session::fleet::Fleet;
use crate::session::{
    BankCache, Exposures, MessageLimits, RateLimit, Registry, SessionContext, SpentTickets,
};
use crate::store::Store;
use crate::worker::Reminders;
use crate::{import, metrics, worker};

/// Connections accepted beside the sockets that may be open: REST, health checks, and sockets that are one too many
/// and are told so. Beyond it they wait in the backlog, unheard.
const CONNECTIONS_BESIDE_SOCKETS: usize = 1_024;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4_096;
/// The kernel ends a connection whose peer acknowledges nothing for this long: a stalled reader holds
/// its buffers no longer than that.
const USER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest that background work may take to end.
const WORKER_WITHIN: Duration = Duration::from_secs(1);
/// Longest that a stop waits for mail that people were told is on its way.
const MAIL_WITHIN: Duration = Duration::from_secs(5);
/// Jobs of metrics upkeep run this often.
const UPKEEP: Duration = Duration::from_secs(5);

/// A running server.
pub struct App {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its sessions.
    pub registry: Arc<Registry>,
    store: Arc<dyn Store>,
    server: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
    worker: JoinHandle<()>,
    stop_worker: watch::Sender<bool>,
    connections: web::Data<ConnectionContext>,
    http: web::Data<HttpContext>,
    fleet: Option<fleet::Fleet>,
    drain: Drain,
}

/// How long a stop may take.
#[derive(Clone, Copy)]
struct Drain {
    /// From saying so to doing so.
    notice: Duration,
    /// Until what is left is cut off.
    within: Duration,
}

impl App {
    /// Opens the store as configured and starts serving on `listener`.
    ///
    /// # Errors
    /// What is wrong with the configuration or the store, in words that say what to do.
    pub async fn start(config: ServeConfig, listener: TcpListener) -> anyhow::Result<Self> {
        // Before anything is counted: what is counted often is looked up once, and stays what it was then.
        metrics::install()?;
        let store = config.data.place().open().await?;
        // Every instance goes by the database's time: a session that moves is not to leap.
        let clock = SystemClock::at(store.now_ms().await?);
        Self::with(config, listener, store, Arc::new(clock)).await
    }

    /// Starts serving from a store and a clock that are there already.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub async fn with(
        config: ServeConfig,
        listener: TcpListener,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        metrics::install()?;
        let address = listener.local_addr()?;
        open_files::warn_if_short(connections_max(&config));
        if !config.no_demo && store.certifications().await?.is_empty() {
            import::load_demonstration(&*store).await?;
        }
        let secret = match &config.secret {
            Some(text) => Secret::from_text(text)?,
            None => Secret::load_or_create(&config.data.secret())?,
        };
        let threads = config.threads.unwrap_or_else(threads);
        let muster = fleet::Muster::call(&config.fleet, address, &clock).await?;
        let context = session_context(&config, &muster, &store, clock);
        let registry = Registry::new(context, threads);
        let connections = web::Data::new(ConnectionContext::new(
            Arc::clone(&registry),
            secret.clone(),
            config.origins.clone(),
            config.sessions_max,
            accepts(&config),
        ));
        let http = web::Data::new(http_context(
            &config,
            secret.clone(),
            &registry,
            (threads, address),
        )?);
        let public_url = http.public_url.as_str().to_owned();
        let reminders = Reminders::new(http.mails.clone(), secret.clone(), public_url);
        let (stop_worker, stopped) = watch::channel(false);
        let shared = connections.clone().into_inner();
        // Before anybody is served: what is claimed here is to be found by the lease of this life.
        let fleet = muster.join(&shared, &secret, address).await?;
        let contexts = (http.clone(), connections.clone());
        let (server, serving) = serve(&config, listener, threads, contexts)?;
        let worker = actix_rt::spawn(worker::run(Arc::clone(&registry), reminders, stopped));
        Ok(Self {
            address,
            registry,
            store,
            server,
            serving,
            worker,
            stop_worker,
            connections,
            http,
            fleet,
            drain: Drain {
                notice: Duration::from_millis(config.drain_notice_ms),
                within: Duration::from_millis(config.drain_ms),
            },
        })
    }

    /// Ends when this instance has to stop though nobody asked it to, and why: another has taken its name.
    pub fn ousted(&self) -> impl Future<Output = Lost> + use<> {
        let lost = self.fleet.as_ref().map(fleet::Fleet::lost);
        async move {
            match lost {
                Some(lost) => lost.await,
                None => std::future::pending().await,
            }
        }
    }

    /// Stops in order: nothing acknowledged or taken is lost.
    ///
    /// # Errors
    /// What the listener failed with, if it did.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.registry.leave_soon();
        if let Some(fleet) = &self.fleet {
            fleet.leave_soon();
        }
        tokio::time::sleep(self.drain.notice).await;
        self.stop_worker.send_replace(true);
        let mut worker = self.worker;
        if tokio::time::timeout(WORKER_WITHIN, &mut worker)
            .await
            .is_err()
        {
            // Whatever it waits for will be done by another instance, or by the next start.
            worker.abort();
        }
        self.connections.leave();
        self.registry.drain(self.drain.within).await;
        let lost = self.http.drain_mail(MAIL_WITHIN).await;
        if lost > 0 {
            tracing::warn!(
                lost,
                "mails are lost: the server of mail has not taken them"
            );
        }
        self.server.stop(true).await;
        self.serving.await?.context("the listener failed")?;
        if let Some(fleet) = self.fleet {
            fleet.leave().await?;
        }
        self.store.close().await;
        Ok(())
    }
}

/// Half the cores for sockets, half for sessions; the writer fits beside them. More threads than cores only
/// take turns: on two cores 13,800 answers a second and core with one of each, 12,300 with two.
fn threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    (cores / 2).max(1)
}

/// Connections at once, on every thread: all of them may come to the same.
fn connections_max(config: &ServeConfig) -> usize {
    config
        .sessions_max
        .saturating_add(CONNECTIONS_BESIDE_SOCKETS)
}

fn session_context(
    config: &ServeConfig,
    muster: &fleet::Muster,
    store: &Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) -> Arc<SessionContext> {
    Arc::new(SessionContext {
        store: Arc::clone(store),
        clock,
        banks: BankCache::new(Arc::clone(store)),
        exposures: Exposures::new(Arc::clone(store)),
        owner: muster.owner.clone(),
        fleet: Fleet::new(Arc::clone(&muster.directory)),
        shared: Arc::clone(&muster.shared),
        spent: SpentTickets::default(),
        limits: match config.rate_limits {
            Switch::On => MessageLimits::new(MessageLimits::DEFAULT),
            Switch::Off => MessageLimits::off(),
        },
        heartbeat_ms: config.heartbeat_ms,
        idle_ms: config.idle_ms,
        sessions_max: config.sessions_max,
    })
}

fn http_context(
    config: &ServeConfig,
    secret: Secret,
    registry: &Arc<Registry>,
    (threads, address): (usize, SocketAddr),
) -> anyhow::Result<HttpContext> {
    let public_url = public_url(config, address)?;
    if public_url.is_tls() {
        config.mail.reaches_people()?;
    }
    let metrics = metrics::install()?;
    let upkeep = metrics.clone();
    actix_rt::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(HttpContext {
        registry: Arc::clone(registry),
        secret,
        proxies: Proxies::new(config.proxies.clone()),
        guests: GuestLimits::new(config.guests_per_minute),
        starts: match config.rate_limits {
            Switch::On => StartLimits::new(STARTS_PER_MINUTE),
            Switch::Off => StartLimits::off(),
        },
        reckonings: match config.rate_limits {
            Switch::On => Reckonings::new(STANDINGS_PER_MINUTE, threads),
            Switch::Off => Reckonings::off(threads),
        },
        lookups: match config.rate_limits {
            Switch::On => Lookups::new(LOOKUPS_PER_MINUTE),
            Switch::Off => Lookups::off(),
        },
        owner: owner_token(config)?,
        exports: Exports::new(EXPORTS_PER_MINUTE),
        passwords: Passwords::default(),
        auth: match config.rate_limits {
            Switch::On => AuthLimits::on(),
            Switch::Off => AuthLimits::off(),
        },
        mails: Mails::start(&config.mail)?,
        providers: Providers::new(&config.oidc)?,
        public_url,
        origins: config.origins.clone(),
        api_origin: config.api_origin.clone(),
        no_worker: config.no_worker,
        metrics,
    })
}

/// Where people find the page; by default here.
fn public_url(config: &ServeConfig, address: SocketAddr) -> anyhow::Result<PublicUrl> {
    let told = config.public_url.as_deref().map(str::trim);
    if let Some(url) = told.filter(|url| !url.is_empty()) {
        let url = PublicUrl::parse(url)?;
        if url.is_secure() && !url.is_tls() {
            tracing::warn!(
                "LEARNR_PUBLIC_URL is without TLS: browsers will not keep people signed in, and whoever is on the way reads their passwords"
            );
        }
        return Ok(url);
    }
    if !address.ip().is_loopback() {
        tracing::warn!(
            "links in mails lead to this machine: set LEARNR_PUBLIC_URL or --public-url to where people find the page"
        );
    }
    Ok(PublicUrl::parse(&format!(
        "http://127.0.0.1:{}",
        address.port()
    ))?)
}

/// What the owner's token is recognised by; an empty one is none.
fn owner_token(config: &ServeConfig) -> anyhow::Result<Option<OwnerToken>> {
    let token = config.owner_token.as_deref().map(str::trim);
    let token = token.filter(|token| !token.is_empty());
    Ok(token.map(OwnerToken::from_text).transpose()?)
}

fn serve(
    config: &ServeConfig,
    listener: TcpListener,
    threads: usize,
    (http, connections): (web::Data<HttpContext>, web::Data<ConnectionContext>),
) -> anyhow::Result<(ServerHandle, JoinHandle<std::io::Result<()>>)> {
    let origins = config.origins.clone();
    let tls = http.public_url.is_tls();
    let server = HttpServer::new(move || {
        WebApp::new()
            .app_data(http.clone())
            .app_data(connections.clone())
            .wrap(from_fn(http::refuse_nul))
            .wrap(Compress::default())
            .wrap(http::cors(&origins))
            .wrap(http::security(tls))
            .wrap(from_fn(http::note_request))
            .configure(sockets)
            .configure(http::routes)
    })
    .workers(threads)
    .backlog(BACKLOG)
    .max_connections(connections_max(config))
    .shutdown_timeout(2)
    .disable_signals()
    .on_connect(|connection, _| {
        if let Some(stream) = connection.downcast_ref::<actix_rt::net::TcpStream>() {
            let socket = socket2::SockRef::from(stream);
            let set = stream
                .set_nodelay(true)
                .and_then(|()| socket.set_tcp_user_timeout(Some(USER_TIMEOUT)));
            if let Err(error) = set {
                tracing::debug!(%error, "socket options not set");
            }
        }
    })
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((handle, actix_rt::spawn(server)))
}

/// The routes that upgrade.
fn sockets(config: &mut web::ServiceConfig) {
    config.service(http::path(
        "/v1/ws/sessions/{id}",
        [(Method::GET, web::to(socket::open))],
    ));
    #[cfg(feature = "echo")]
    config.service(http::path(
        "/v1/ws/echo",
        [(Method::GET, web::to(socket::echo))],
    ));
}

/// How fast sockets may be opened.
fn accepts(config: &ServeConfig) -> RateLimit {
    match config.rate_limits {
        Switch::On => RateLimit::new(config.accepts_per_s, config.accepts_per_s),
        Switch::Off => RateLimit::new(1_000_000, 1_000_000),
    }
}
