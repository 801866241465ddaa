//! The command line: `learnr serve` (the default), `migrate`, `import`, `export`, `backup`, `restore`, `copy`, `calibrate`,
//! `simulate`, `extra-time`, `forget`, `cluster`, `roles`, `schema`, `answers`, `health`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Parser, Subcommand};
use learnr_domain::session::TIME_MULTIPLIER_MAX;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::calibrate::{self, CalibrateArgs};
use crate::config::{DataConfig, ServeConfig};
use crate::fleet::{self, ClusterArgs};
use crate::forget::{self, ForgetArgs};
use crate::import::{self, ExportArgs, ImportArgs};
use crate::simulate::{self, SimulateArgs};
use crate::store::SessionId;
use crate::transfer::{self, BackupArgs, CopyArgs, RestoreArgs};
use crate::{http, telemetry};

/// Answers read from the store at a time.
const ANSWERS_AT_A_TIME: u32 = 10_000;

/// A realtime adaptive quiz engine for professional certification.
///
/// Started without a command it serves: a page for learners on http://127.0.0.1:8000, REST below /v1
/// (/v1/openapi.json says what there is), live sessions over WebSocket, data in ./data.
#[derive(Parser)]
#[command(name = "learnr", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeConfig,
}

#[derive(Subcommand)]
enum Command {
    /// Serve learners (the default). Ctrl-C or SIGTERM lets every session go in order.
    Serve(Box<ServeConfig>),
    /// Bring the database to the newest schema, and say which that is.
    Migrate(DataConfig),
    /// Load certifications from files, each whole or not at all.
    Import {
        #[command(flatten)]
        args: ImportArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Write a certification to a file that `import` reads back to the same content.
    Export {
        #[command(flatten)]
        args: ExportArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Write the whole store to a file, while it is in use, and hold the file against it.
    Backup {
        #[command(flatten)]
        args: BackupArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Fill an empty store from a backup, all of it or nothing.
    Restore {
        #[command(flatten)]
        args: RestoreArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Copy a whole store into another, empty one: from SQLite to PostgreSQL, or back.
    Copy(CopyArgs),
    /// Estimate the parameters of questions from stored answers, and publish them as a new version.
    Calibrate {
        #[command(flatten)]
        args: CalibrateArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Simulate adaptive tests over a bank: how precise, how long, which items wear out, who passes.
    Simulate {
        #[command(flatten)]
        args: Box<SimulateArgs>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Print who may call what, as docs/roles.md has it.
    Roles,
    /// Write the generated contract: JSON Schemas, AsyncAPI, OpenAPI, TypeScript types, examples.
    Schema {
        /// Folder of the protocol package.
        #[arg(long, default_value = "protocol", value_name = "DIR")]
        out: PathBuf,
    },
    /// Give a learner more time: multiply every time limit of theirs from their next session on.
    ExtraTime {
        /// Id of any session of the learner: the last part of the page's address.
        session: uuid::Uuid,
        /// What time limits are multiplied by, 1 to 4; 1.5 is half as much again, 1 takes it back.
        times: f64,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Delete a learner's account: say what is kept of them, and with --yes forget it.
    Forget {
        #[command(flatten)]
        args: ForgetArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Show the instances of a fleet, or where a session is.
    Cluster {
        #[command(flatten)]
        args: ClusterArgs,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Print every stored answer as a line of JSON, for checking a ledger against the store.
    Answers(DataConfig),
    /// Ask a running server whether it is alive; exit with 1 when it is not.
    Health {
        /// Its port on this machine.
        #[arg(long, env = "PORT", default_value_t = 8000)]
        port: u16,
    },
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, in words that say what to do.
pub fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    telemetry::init()?;
    match cli
        .command
        .unwrap_or_else(|| Command::Serve(Box::new(cli.serve)))
    {
        Command::Serve(config) => actix_rt::System::new().block_on(serve(*config)),
        Command::Migrate(data) => actix_rt::System::new().block_on(migrate(&data)),
        Command::Import { args, data } => {
            actix_rt::System::new().block_on(import::import(&args, &data.place()))
        }
        Command::Export { args, data } => {
            actix_rt::System::new().block_on(import::export(&args, &data.place()))
        }
        Command::Backup { args, data } => {
            actix_rt::System::new().block_on(transfer::backup(&args, &data.place()))
        }
        Command::Restore { args, data } => {
            actix_rt::System::new().block_on(transfer::restore(&args, &data.place()))
        }
        Command::Copy(args) => actix_rt::System::new().block_on(transfer::copy(&args)),
        Command::Calibrate { args, data } => {
            actix_rt::System::new().block_on(calibrate::calibrate(&args, &data.place()))
        }
        Command::Simulate { args, data } => {
            actix_rt::System::new().block_on(simulate::simulate(&args, &data.place()))
        }
        Command::Roles => {
            print!("{}", http::access::markdown());
            Ok(())
        }
        Command::Schema { out } => schema(&out),
        Command::ExtraTime {
            session,
            times,
            data,
        } => actix_rt::System::new().block_on(extra_time(SessionId(session), times, &data)),
        Command::Forget { args, data } => actix_rt::System::new().block_on(forget(&args, &data)),
        Command::Cluster { args, data } => {
            actix_rt::System::new().block_on(fleet::show(&args, &data))
        }
        Command::Answers(data) => actix_rt::System::new().block_on(answers(&data)),
        Command::Health { port } => health(port),
    }
}

async fn serve(config: ServeConfig) -> anyhow::Result<()> {
    let listener = TcpListener::bind((config.host, config.port)).with_context(|| {
        format!(
            "cannot listen on {}:{}: set PORT or --port to a free one",
            config.host, config.port
        )
    })?;
    let app = App::start(config, listener).await?;
    // Before it says that it is ready: whoever stops it from then on is heard.
    let asked = asked_to_stop()?;
    println!("LearnR is ready at http://{}", app.address);
    std::io::stdout().flush()?;
    tokio::select! {
        () = asked => {
            tracing::info!("draining");
            app.stop().await
        }
        lost = app.ousted() => {
            tracing::error!(%lost, "draining");
            app.stop().await?;
            Err(lost.into())
        }
    }
}

/// Hears Ctrl-C and SIGTERM from now on; resolves at the first.
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn migrate(data: &DataConfig) -> anyhow::Result<()> {
    // Opening migrates, whatever a server is told.
    let place = DataConfig {
        no_migrate: false,
        ..data.clone()
    }
    .place();
    let store = place.open().await?;
    let version = store.schema_version().await?;
    println!("{place}: schema {version}");
    store.close().await;
    Ok(())
}

async fn extra_time(session: SessionId, times: f64, data: &DataConfig) -> anyhow::Result<()> {
    ensure!(
        (1.0..=TIME_MULTIPLIER_MAX).contains(&times),
        "time limits can be multiplied by 1 to {TIME_MULTIPLIER_MAX}, got {times}"
    );
    let store = data.place().open_existing().await?;
    let row = store.session(session).await?;
    let granted = match &row {
        Some(row) => store.set_time_multiplier(row.learner, times).await?,
        None => false,
    };
    store.close().await;
    ensure!(granted, "there is no session {session}");
    println!(
        "time limits of the learner of session {session} are multiplied by {times} from their next session on"
    );
    Ok(())
}

async fn forget(args: &ForgetArgs, data: &DataConfig) -> anyhow::Result<()> {
    let store = data.place().open_existing().await?;
    let done = forget::forget(args, Arc::clone(&store)).await;
    store.close().await;
    done
}

fn schema(out: &std::path::Path) -> anyhow::Result<()> {
    let mut files = learnr_protocol::schema::files();
    files.insert("schema/openapi.json".to_owned(), http::openapi::document());
    let written = files.len();
    for (path, text) in files {
        let path = out.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("{written} files below {}", out.display());
    Ok(())
}

async fn answers(data: &DataConfig) -> anyhow::Result<()> {
    let store = data.place().open().await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = None;
    loop {
        let answers = store.answers_after(after, ANSWERS_AT_A_TIME).await?;
        let Some(last) = answers.last() else { break };
        after = Some((last.session, last.seq));
        for answer in &answers {
            let line = serde_json::json!({
                "session": answer.session.to_string(),
                "seq": answer.seq,
                "request_id": answer.request_id,
                "position": answer.position,
                "epoch": answer.epoch,
            });
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    store.close().await;
    Ok(())
}

fn health(port: u16) -> anyhow::Result<()> {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let within = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&address, within)
        .with_context(|| format!("nothing listens on port {port}"))?;
    stream.set_read_timeout(Some(within))?;
    stream.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    anyhow::ensure!(status.ends_with(b"200"), "the server is not well");
    println!("ok");
    Ok(())
}
