//! Hundreds of guests who ask and never read. Each starves alone: its own answers wait in its own bounded
//! outbox until that closes it, and nobody else waits.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use futures_util::future::join_all;
use learnr::session::OUTBOX_BYTES_MAX;
use learnr_loadtest::api::Rest;
use learnr_loadtest::raw::{self, BINARY};
use learnr_loadtest::run::server::Server as ChildServer;
use learnr_protocol::rest::{CreateSession, GuestCreated, SessionTicket};
use learnr_protocol::{ClientMessage, Encoding, ServerMessage, SessionKind, encode};
use serde_json::json;
use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use crate::harness::{Bare, Client, Heard, answer, demonstration, hello, until};

/// Guests who never read.
const DEAF: usize = 300;
/// Learners who do.
const READERS: usize = 3;
/// Questions each of them answers at most, so that no session ends before the test does.
const ANSWERS_MAX: usize = 150;
/// Bytes of the kernel's that a deaf client gives what it does not read.
const RECEIVE_BYTES: u32 = 4 * 1024;
/// Bytes of a segment on the way to it.
const SEGMENT_BYTES: u32 = 1_000;
/// Longest that a reader's acknowledgement may take meanwhile, on a busy machine in a debug build.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(5);
/// Most that one deaf client may cost the server: its outbox, and as much again and a half for what is on its
/// way from there to the kernel, for its session, and for an allocator that rounds up.
const DEAF_BYTES_MAX: usize = OUTBOX_BYTES_MAX * 5 / 2;

/// Stores a certification whose acknowledgements are as long as the importer lets them be.
fn load_heavy(binary: &Path, data: &Path) {
    let option = |n: usize| json!({"text": format!("Option {n}"), "correct": n == 0, "explanation": "e".repeat(8_000)});
    let item = |n: usize| {
        json!({
            "id": format!("heavy-{n}"), "area": "all", "difficulty": "medium", "stem": format!("{n} {}", "s".repeat(8_000)),
            "options": (0..4).map(option).collect::<Vec<_>>(),
        })
    };
    let areas = [json!({"id": "all", "title": "All", "weight": 1.0})];
    let certification = json!({
        "certification": {"id": "heavy", "title": "Heavy", "pass_mark": 0.65, "areas": areas, "exam": {"items": 20, "minutes": 20}},
        "items": (0..20).map(item).collect::<Vec<_>>(),
    });
    let file = data.join("heavy.json");
    fs::write(&file, certification.to_string()).expect("written");
    let mut import = Command::new(binary);
    import.arg("import").arg(&file).arg("--data").arg(data);
    let done = import.output().expect("the binary runs");
    assert!(done.status.success(), "{done:?}");
}

/// A practice session on one of the server's certifications.
fn practice(certification: &str, length: u16) -> CreateSession {
    let mut create = demonstration(SessionKind::Practice);
    create.certification = certification.to_owned();
    create.length = Some(length);
    create
}

async fn started(rest: &Rest, create: &CreateSession) -> (GuestCreated, SessionTicket) {
    let guest = rest.guest().await.expect("a guest");
    let ticket = rest.create_session(&guest.token, create).await;
    (guest, ticket.expect("a session"))
}

/// Connects as from a far and thin line: loopback's own segments let the server's kernel hold megabytes.
async fn narrow(address: &str) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BYTES)?;
    SockRef::from(&socket).set_tcp_mss(SEGMENT_BYTES)?;
    let address = address.parse().map_err(io::Error::other)?;
    socket.connect(address).await
}

/// A guest who was welcomed and from now on reads nothing.
struct Deaf {
    token: String,
    session: String,
    bare: Bare,
    /// An answer and a ping, over and over. Each repeat of the answer brings a frame of 40 KB.
    asked: Vec<u8>,
    at: usize,
}

impl Deaf {
    async fn join(rest: &Rest) -> Self {
        let (guest, ticket) = started(rest, &practice("heavy", 20)).await;
        let session = ticket.session_id;
        let stream = narrow(rest.base().authority()).await.expect("connected");
        let stream = raw::upgraded(stream, rest.base(), &session, Encoding::MsgPack).await;
        let mut bare = Bare {
            stream: stream.expect("the upgrade"),
        };
        bare.say(&hello(&ticket.ticket, None)).await;
        let welcome = bare.next().await;
        assert!(matches!(welcome, Heard::Message(ServerMessage::Welcome(_))));
        let Heard::Message(ServerMessage::State(state)) = bare.next().await else {
            panic!("the state follows the welcome");
        };
        let question = state.question.expect("a question is open");
        let frame = |message: &ClientMessage| {
            let payload = encode(message, Encoding::MsgPack);
            raw::frame(BINARY, true, &payload)
        };
        let asked = [
            frame(&answer("r", &question)),
            frame(&ClientMessage::Ping { t: 1 }),
        ];
        Self {
            token: guest.token,
            session,
            bare,
            asked: asked.concat(),
            at: 0,
        }
    }

    /// Asks once more, if the server takes it. One that has given up on the socket takes no more.
    fn ask(&mut self) {
        if let Ok(written) = self.bare.stream.try_write(&self.asked[self.at..]) {
            self.at = (self.at + written) % self.asked.len();
        }
    }
}

async fn sockets_open(rest: &Rest) -> usize {
    let figures = rest.text("/metrics").await.expect("the figures");
    let line = figures
        .lines()
        .find_map(|line| line.strip_prefix("learnr_sockets_open "));
    line.map_or(0, |open| open.parse().expect("a number"))
}

/// Lets every reader answer, one after the other; the longest that one of them waited.
async fn answer_once(readers: &mut [Client], answered: usize) -> Duration {
    let mut longest = Duration::ZERO;
    for reader in readers {
        let asked = Instant::now();
        if answered < ANSWERS_MAX {
            let state = reader.state.as_mut().expect("joined from nothing");
            let question = state.question.take().expect("a question is open");
            let next = reader.answer(&question).await.next;
            let state = reader.state.as_mut().expect("joined from nothing");
            state.question = next;
        } else {
            reader.ping().await;
        }
        longest = longest.max(asked.elapsed());
    }
    longest
}

#[actix_rt::test]
async fn hundreds_who_never_read_starve_alone_and_cost_no_more_than_their_outboxes() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let binary = Path::new(env!("CARGO_BIN_EXE_learnr"));
    load_heavy(binary, data.path());
    let server = ChildServer::start(binary, data.path(), false).expect("the server starts");
    let rest = Rest::new(server.base().clone());
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let (guest, ticket) = started(&rest, &practice("load", 200)).await;
        readers.push(Client::join(&rest, &guest.token, &ticket, Encoding::MsgPack).await);
    }
    let mut deaf = join_all((0..DEAF).map(|_| Deaf::join(&rest))).await;
    assert_eq!(sockets_open(&rest).await, DEAF + READERS);
    let before = server.usage().expect("the server runs");
    let (mut rounds, mut longest) = (0, Duration::ZERO);
    until("every deaf socket is given up on", async || {
        deaf.iter_mut().for_each(Deaf::ask);
        longest = longest.max(answer_once(&mut readers, rounds).await);
        rounds += 1;
        sockets_open(&rest).await == READERS
    })
    .await;
    let after = server.usage().expect("the server runs");
    assert!(longest < ACKNOWLEDGED_WITHIN, "{longest:?}");
    let grown = after.rss_peak_bytes.saturating_sub(before.rss_peak_bytes);
    let bound = u64::try_from(DEAF * DEAF_BYTES_MAX).expect("megabytes");
    assert!(grown < bound, "{grown} of {bound}: {before:?} {after:?}");
    // Whoever starved finds what it did, once, and goes on.
    let ticket = rest.ticket(&deaf[0].token, &deaf[0].session).await;
    let ticket = ticket.expect("a ticket");
    let mut back = Client::join(&rest, &deaf[0].token, &ticket, Encoding::MsgPack).await;
    let question = back.question();
    assert_eq!(back.answer(&question).await.offset, 3);
    server.stop().expect("a clean stop");
}
