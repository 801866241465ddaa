//! A bare echo on the server's WebSocket library: every frame is answered with one as large as a real reply, and
//! nothing else is done. Owns that server, which runs as a process of its own; knows no session.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::web::{self, Bytes, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use actix_ws::{Message, MessageStream, Session};
use anyhow::{Context, ensure};

use crate::base::Base;

/// The hidden verb that is this server.
pub const VERB: &str = "echo-floor";
/// What it prints before its address.
const READY_WORDS: &str = "echo at ";
/// Longest it may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// Connections that may wait to be accepted: the server's own bound.
const BACKLOG: u32 = 4_096;
/// Most threads.
const THREADS_MAX: usize = 64;
/// Largest reply, bytes: the most that the server may send.
const REPLY_BYTES_MAX: usize = 256 * 1024;

/// Serves on a free port until its input ends, which it does with whoever started it.
///
/// # Errors
/// When it cannot listen, or the arguments are out of range.
pub fn serve(threads: usize, reply_bytes: usize) -> anyhow::Result<()> {
    ensure!(
        (1..=THREADS_MAX).contains(&threads) && (1..=REPLY_BYTES_MAX).contains(&reply_bytes),
        "threads must be 1 to {THREADS_MAX} and a reply 1 to {REPLY_BYTES_MAX} bytes"
    );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    let address = listener.local_addr()?;
    let reply = web::Data::new(Bytes::from(vec![0x5a; reply_bytes]));
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(reply.clone())
                .default_service(web::to(upgrade))
        })
        .workers(threads)
        .backlog(BACKLOG)
        .disable_signals()
        .on_connect(|connection, _| {
            // As the server does: a reply goes out at once.
            let tcp = connection.downcast_ref::<rt::net::TcpStream>();
            if let Some(Err(error)) = tcp.map(|tcp| tcp.set_nodelay(true)) {
                eprintln!("a connection without TCP_NODELAY: {error}");
            }
        })
        .listen(listener)?
        .run();
        let handle = server.handle();
        thread::spawn(move || {
            let ended = io::stdin().lock().read_to_end(&mut Vec::new());
            if let Err(error) = ended {
                eprintln!("echo: stdin: {error}");
            }
            // Told without waiting: the process ends with its main future.
            drop(handle.stop(false));
        });
        println!("{READY_WORDS}http://{address}");
        server.await.context("serve the echo")
    })
}

async fn upgrade(
    request: HttpRequest,
    body: Payload,
    reply: web::Data<Bytes>,
) -> actix_web::Result<HttpResponse> {
    let (response, session, stream) = actix_ws::handle(&request, body)?;
    rt::spawn(answer(session, stream, reply.get_ref().clone()));
    Ok(response)
}

async fn answer(mut session: Session, mut stream: MessageStream, reply: Bytes) {
    while let Some(Ok(message)) = stream.recv().await {
        let sent = match message {
            Message::Binary(_) => session.binary(reply.clone()).await,
            Message::Ping(bytes) => session.pong(&bytes).await,
            Message::Close(reason) => {
                // The other side may be gone already, which is what it wants.
                session.close(reason).await.ok();
                return;
            }
            _ => Ok(()),
        };
        if sent.is_err() {
            return;
        }
    }
}

/// The server's process; ended when it is dropped.
#[derive(Debug)]
pub(super) struct Echo {
    child: Child,
    base: Base,
}

impl Echo {
    /// Starts `program`, which is the load test's own binary, as this server.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn start(
        program: &Path,
        threads: usize,
        reply_bytes: usize,
    ) -> anyhow::Result<Self> {
        let child = Command::new(program)
            .args([VERB, "--threads", &threads.to_string()])
            .args(["--reply-bytes", &reply_bytes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {} {VERB}", program.display()))?;
        let mut echo = Self {
            child,
            base: "http://127.0.0.1:1".parse()?,
        };
        let stdout = echo.child.stdout.take().context("the echo has no stdout")?;
        let (told, telling) = mpsc::sync_channel(1);
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line).map(|_| line);
            // Nobody waits any more when it comes too late.
            told.send(read).ok();
        });
        let line = telling
            .recv_timeout(READY_WITHIN)
            .context("the echo did not say in time that it is ready")??;
        let url = line.trim().strip_prefix(READY_WORDS);
        echo.base = url.context("the echo did not start")?.parse()?;
        Ok(echo)
    }

    /// Where it listens.
    pub(super) fn base(&self) -> &Base {
        &self.base
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("the echo {} may still be running", self.child.id());
        }
    }
}
