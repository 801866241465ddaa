//! A peer with the contract's manners and scripted faults: enough REST and socket to try a learner's
//! rules without the real server. Owns a tiny store, so that the ledger can be held against it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::{SinkExt, StreamExt};
use learnr_loadtest::socket::RawMessage;
use learnr_loadtest::{Base, StoredAnswer};
use learnr_protocol::{
    Answer, ClientMessage, Encoding, ErrorCode, Hello, Progress, Question, Refused, Saving,
    ServerMessage, SessionStatus, decode_client, encode, examples,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What goes wrong with one answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing does.
    None,
    /// Stored, and the connection dies before the acknowledgement.
    StoreThenDie,
    /// The connection dies before it is stored.
    DieFirst,
    /// Stored, then closed with this code in place of the acknowledgement.
    StoreThenClose(u16),
    /// Not stored; refused for a moment.
    RateLimited,
    /// `saving` before the acknowledgement.
    Saving,
    /// Another event is stored with it, whose frame is never sent: a gap.
    SkipFrame,
    /// A ping first; nothing is stored until its pong is there.
    PingFirst,
    /// Stored, and not a word said.
    StoreThenSilence,
}

/// What the peer keeps.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Every durable frame, in order; its place is its offset less 1.
    pub(crate) frames: Vec<ServerMessage>,
    /// Every stored answer.
    pub(crate) stored: Vec<StoredAnswer>,
    /// Every `hello` taken.
    pub(crate) hellos: Vec<Hello>,
    /// Faults to come, one for each answer received.
    pub(crate) faults: VecDeque<Fault>,
    tickets: u32,
}

/// A running peer.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Where it listens.
    pub(crate) base: Base,
    books: Arc<Mutex<Books>>,
    length: u16,
}

/// Whether the socket goes on.
type GoesOn = bool;
type Stream = WebSocketStream<TcpStream>;

impl Peer {
    /// Serves one session of `length` questions, with these faults.
    pub(crate) async fn start(length: u16, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let peer = Self {
            base: format!("http://{address}").parse().expect("an address"),
            books: Arc::default(),
            length,
        };
        {
            let mut books = peer.books();
            books.faults = faults.iter().copied().collect();
            let started = learnr_protocol::Started {
                offset: 1,
                prev: 0,
                next: question(1),
            };
            books.frames.push(ServerMessage::Started(started));
        }
        let serving = peer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let peer = serving.clone();
                tokio::spawn(async move { peer.serve(stream).await });
            }
        });
        peer
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("nobody panics while holding it")
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut start = [0_u8; 64];
        let seen = stream.peek(&mut start).await.unwrap_or(0);
        if String::from_utf8_lossy(&start[..seen]).starts_with("GET /v1/ws/") {
            self.socket(stream).await;
        } else {
            self.rest(&mut stream).await;
        }
    }

    /// Any REST call is answered with all that a guest, a session and a ticket need.
    async fn rest(&self, stream: &mut TcpStream) {
        let mut request = vec![0_u8; 8 * 1024];
        if stream.read(&mut request).await.is_err() {
            return;
        }
        let ticket = {
            let mut books = self.books();
            books.tickets += 1;
            format!("ticket-{}", books.tickets)
        };
        let body = format!(
            r#"{{"token":"t","expires_ms":1,"session_id":"s","path":"/v1/ws/sessions/s","ticket":"{ticket}","resumed":false}}"#
        );
        let reply = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream
            .write_all(reply.as_bytes())
            .await
            .expect("the client is there");
    }

    async fn socket(&self, stream: TcpStream) {
        let mut encoding = Encoding::Json;
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        let choose = |request: &Request, mut response: Response| {
            let offered = request.headers()["sec-websocket-protocol"].clone();
            if offered == Encoding::MsgPack.subprotocol() {
                encoding = Encoding::MsgPack;
            }
            response
                .headers_mut()
                .insert("sec-websocket-protocol", offered);
            Ok(response)
        };
        let Ok(mut stream) = tokio_tungstenite::accept_hdr_async(stream, choose).await else {
            return;
        };
        while let Some(Ok(frame)) = stream.next().await {
            let message = match frame {
                RawMessage::Binary(payload) => decode_client(&payload, encoding),
                RawMessage::Text(text) => decode_client(text.as_bytes(), encoding),
                _ => continue,
            };
            let goes_on = match message.expect("learners send what the contract says") {
                ClientMessage::Hello(hello) => {
                    self.greet(&mut stream, encoding, hello).await;
                    true
                }
                ClientMessage::Answer(answer) => self.answer(&mut stream, encoding, answer).await,
                other => panic!("no learner here sends {other:?}"),
            };
            if !goes_on {
                return;
            }
        }
    }

    async fn greet(&self, stream: &mut Stream, encoding: Encoding, hello: Hello) {
        let replies = {
            let mut books = self.books();
            books.hellos.push(hello.clone());
            let ServerMessage::Welcome(mut welcome) = example("welcome") else {
                panic!("the example is a welcome")
            };
            welcome.session.status = SessionStatus::Open;
            welcome.stream = "history".to_owned();
            welcome.offset = books.frames.len() as u32;
            welcome.recovered = hello.resume.is_some();
            let mut replies = vec![ServerMessage::Welcome(welcome)];
            match hello.resume {
                Some(resume) => replies.extend_from_slice(&books.frames[resume.offset as usize..]),
                None => replies.push(self.state(&books)),
            }
            replies
        };
        for reply in replies {
            say(stream, encoding, &reply).await;
        }
    }

    fn state(&self, books: &Books) -> ServerMessage {
        let ServerMessage::State(mut state) = example("state") else {
            panic!("the example is a state")
        };
        let next = books.stored.len() as u16 + 1;
        state.offset = books.frames.len() as u32;
        state.status = SessionStatus::Open;
        state.question = (next <= self.length).then(|| question(next));
        state.summary = None;
        ServerMessage::State(state)
    }

    async fn answer(&self, stream: &mut Stream, encoding: Encoding, answer: Answer) -> GoesOn {
        let fault = self.books().faults.pop_front().unwrap_or(Fault::None);
        if let Fault::DieFirst = fault {
            return false;
        }
        if let Fault::RateLimited = fault {
            let refused = ServerMessage::Error(Refused {
                request_id: Some(answer.request_id),
                code: ErrorCode::RateLimited,
                message: "later".to_owned(),
                retryable: true,
                retry_after_ms: Some(20),
            });
            say(stream, encoding, &refused).await;
            return true;
        }
        if let Fault::Saving = fault {
            let saving = ServerMessage::Saving(Saving {
                request_id: answer.request_id.clone(),
                since_ms: 500,
            });
            say(stream, encoding, &saving).await;
        }
        if let Fault::PingFirst = fault {
            let ping = RawMessage::Ping("beat".into());
            stream.send(ping).await.expect("the client is there");
            let reply = stream.next().await.expect("the client is there");
            assert_eq!(reply.ok(), Some(RawMessage::Pong("beat".into())));
        }
        let replies = self.store(&answer, matches!(fault, Fault::SkipFrame));
        match fault {
            Fault::StoreThenDie => return false,
            Fault::StoreThenSilence => return true,
            Fault::StoreThenClose(code) => {
                let frame = CloseFrame {
                    code: code.into(),
                    reason: "scripted".into(),
                };
                stream
                    .close(Some(frame))
                    .await
                    .expect("the client is there");
                return true;
            }
            _ => {}
        }
        for reply in replies {
            say(stream, encoding, &reply).await;
        }
        true
    }

    /// Stores the answer unless it is there; the reply is the same either way.
    fn store(&self, answer: &Answer, after_another: bool) -> Vec<ServerMessage> {
        let mut books = self.books();
        let known = books.frames.iter().find(
            |frame| matches!(frame, ServerMessage::Answered(m) if m.request_id == answer.request_id),
        );
        if let Some(known) = known {
            return vec![known.clone()];
        }
        if after_another {
            let ServerMessage::SessionChanged(mut changed) = example("session_changed") else {
                panic!("the example is a change")
            };
            changed.prev = books.frames.len() as u32;
            changed.offset = changed.prev + 1;
            changed.status = SessionStatus::Open;
            books.frames.push(ServerMessage::SessionChanged(changed));
        }
        let prev = books.frames.len() as u32;
        let answered = answered(answer, prev, self.length);
        books.frames.push(answered.clone());
        books.stored.push(StoredAnswer {
            session: "s".to_owned(),
            seq: prev + 1,
            request_id: answer.request_id.clone(),
            position: answer.position,
            epoch: 1,
        });
        let mut replies = vec![answered];
        if answer.position == self.length {
            let ServerMessage::Completed(mut completed) = example("completed") else {
                panic!("the example is a completion")
            };
            completed.prev = prev + 1;
            completed.offset = prev + 2;
            books
                .frames
                .push(ServerMessage::Completed(completed.clone()));
            replies.push(ServerMessage::Completed(completed));
        }
        replies
    }
}

fn answered(answer: &Answer, prev: u32, length: u16) -> ServerMessage {
    let ServerMessage::Answered(mut answered) = example("answered") else {
        panic!("the example is an answer")
    };
    answered.prev = prev;
    answered.offset = prev + 1;
    answered.request_id.clone_from(&answer.request_id);
    answered.position = answer.position;
    answered.progress = Progress {
        answered: answer.position,
        correct: 0,
        length,
    };
    answered.next = (answer.position < length).then(|| question(answer.position + 1));
    ServerMessage::Answered(answered)
}

async fn say(stream: &mut Stream, encoding: Encoding, message: &ServerMessage) {
    let payload = encode(message, encoding);
    let raw = match encoding {
        Encoding::MsgPack => RawMessage::Binary(payload),
        Encoding::Json => RawMessage::Text(payload.try_into().expect("JSON is UTF-8")),
    };
    stream.send(raw).await.expect("the client is there");
}

fn example(name: &str) -> ServerMessage {
    let mut all = examples::server().into_iter();
    all.find(|(known, _)| *known == name)
        .expect("an example of each type")
        .1
}

fn question(position: u16) -> Question {
    let ServerMessage::Started(started) = example("started") else {
        panic!("the example is a start")
    };
    Question {
        position,
        ..started.next
    }
}
