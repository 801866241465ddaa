//! One end of links, with a thread of its own unless told otherwise. Must not know what is tested.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use learnr::auth::{PeerSeal, Secret};
use learnr::cluster::Member;
use learnr::cluster::link::claim::{CLAIM_LIFETIME_MS, Claim};
use learnr::cluster::link::{Answer, Channel, Host, LinkError, Links, PATH, Received, Receiver};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode, header};
use tokio_tungstenite::tungstenite::{self};
use tokio_tungstenite::{WebSocketStream, client_async};
use uuid::Uuid;

use crate::harness::background::Background;

pub(super) const WITHIN: Duration = Duration::from_secs(10);

/// A channel that another end has opened.
pub(super) struct Opened {
    pub(super) by: Member,
    pub(super) request: Bytes,
    pub(super) channel: Channel,
    pub(super) answer: Answer,
}

struct Hands(mpsc::UnboundedSender<Opened>);

impl Host for Hands {
    fn opened(&self, by: Member, request: Bytes, channel: Channel, answer: Answer) {
        let opened = Opened {
            by,
            request,
            channel,
            answer,
        };
        // A test that looks at none of them has dropped its end: the channel closes.
        drop(self.0.send(opened));
    }
}

pub(super) struct Node {
    pub(super) member: Member,
    pub(super) links: Links,
    pub(super) opened: mpsc::UnboundedReceiver<Opened>,
    background: Option<Background>,
}

pub(super) fn secret() -> Secret {
    Secret::from_text(&"k".repeat(32)).expect("long enough")
}

pub(super) fn another_secret() -> Secret {
    Secret::from_text(&"o".repeat(32)).expect("long enough")
}

impl Node {
    /// An instance whose links run on a thread of their own, as in the server.
    pub(super) async fn start(name: &str) -> Self {
        Self::with_secret(name, secret()).await
    }

    pub(super) async fn with_secret(name: &str, secret: Secret) -> Self {
        let background = Background::start();
        let handle = background.handle().clone();
        let node = Self::on(name, secret, &handle).await;
        Self {
            background: Some(background),
            ..node
        }
    }

    /// An instance whose links run where the test does: nothing of them happens while the test does not wait.
    pub(super) async fn here(name: &str) -> Self {
        Self::on(name, secret(), &Handle::current()).await
    }

    async fn on(name: &str, secret: Secret, runtime: &Handle) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let member = Member {
            node: name.to_owned(),
            incarnation: i64::from_ne_bytes(Uuid::new_v4().as_bytes()[..8].try_into().expect("8")),
            address: listener.local_addr().expect("bound").to_string(),
        };
        let (hands, opened) = mpsc::unbounded_channel();
        let seal = Arc::new(PeerSeal::new(secret));
        let host = Arc::new(Hands(hands));
        let links = Links::listen(listener, member.clone(), seal, host, runtime).await;
        Self {
            member,
            links: links.expect("it listens"),
            opened,
            background: None,
        }
    }

    /// Ends it as `kill -9` does: its sockets close, nothing is said.
    pub(super) fn kill(mut self) -> Member {
        drop(self.background.take().expect("it has a thread of its own"));
        self.member.clone()
    }

    /// The instance, reached by way of another address.
    pub(super) fn by_way_of(&self, address: SocketAddr) -> Member {
        Member {
            address: address.to_string(),
            ..self.member.clone()
        }
    }

    pub(super) async fn next(&mut self) -> Opened {
        let opened = tokio::time::timeout(WITHIN, self.opened.recv()).await;
        opened.expect("a channel is opened").expect("it is there")
    }

    /// Answers whoever asks from now on, and drops their channels.
    pub(super) fn answer_all(mut self) {
        tokio::spawn(async move {
            let node = &mut self;
            while let Some(opened) = node.opened.recv().await {
                // Whoever asked may have stopped waiting.
                drop(opened.answer.send(Bytes::new()));
            }
        });
    }

    /// Opens a channel that nobody needs to answer by hand.
    pub(super) async fn asks(&self, to: &Member) -> Result<(Bytes, Channel), LinkError> {
        let request = Bytes::from_static(b"hello");
        self.links.open(to, request, WITHIN).await
    }
}

/// A channel from one instance to another: its ends there and here.
pub(super) async fn channel(from: &Node, to: &mut Node) -> (Channel, Channel) {
    let member = to.member.clone();
    channel_by_way_of(from, &member, to).await
}

pub(super) async fn channel_by_way_of(
    from: &Node,
    way: &Member,
    to: &mut Node,
) -> (Channel, Channel) {
    let taken = async {
        let opened = to.next().await;
        opened.answer.send(opened.request).expect("it is open");
        opened.channel
    };
    // Failing at once: nothing is opened then.
    let asked = async { from.asks(way).await.expect("it is answered").1 };
    tokio::join!(asked, taken)
}

/// The next frame; it is granted at once.
pub(super) async fn frame(receiver: &mut Receiver) -> Bytes {
    match received(receiver).await {
        Some(Received::Frame(frame)) => {
            receiver.grant(1);
            frame
        }
        other => panic!("no frame: {other:?}"),
    }
}

pub(super) async fn received(receiver: &mut Receiver) -> Option<Received> {
    let received = tokio::time::timeout(WITHIN, receiver.recv()).await;
    received.expect("something comes, or the end")
}

/// A claim that the instance takes.
pub(super) fn claim_for(to: &Member) -> Claim {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now_ms = i64::try_from(now.expect("after 1970").as_millis()).expect("not yet");
    Claim {
        from: Member {
            node: "stranger".to_owned(),
            incarnation: 1,
            address: "127.0.0.1:1".to_owned(),
        },
        to_node: to.node.clone(),
        to_incarnation: to.incarnation,
        expires_ms: now_ms + CLAIM_LIFETIME_MS / 2,
        nonce: Uuid::new_v4(),
    }
}

/// Whoever was not let in: what they were told.
pub(super) struct TurnedAway {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

/// Knocks with this `authorization`.
pub(super) async fn knock(
    to: &Member,
    path: &str,
    authorization: Option<&str>,
) -> Result<WebSocketStream<TcpStream>, TurnedAway> {
    let stream = TcpStream::connect(&to.address).await.expect("it listens");
    let request = format!("ws://{}{path}", to.address).into_client_request();
    let mut request = request.expect("an address");
    if let Some(text) = authorization {
        let value = text.parse().expect("safe in a header");
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(TurnedAway {
            status: response.status(),
            headers: response.headers().clone(),
        }),
        Err(other) => panic!("no answer in HTTP: {other}"),
    }
}

/// A socket on the internal route whose other end is the test, byte by byte.
pub(super) async fn let_in(to: &Member) -> WebSocketStream<TcpStream> {
    let claim = claim_for(to).seal(&PeerSeal::new(secret()));
    let socket = knock(to, PATH, Some(&format!("Bearer {claim}"))).await;
    socket.unwrap_or_else(|away| panic!("turned away with {}", away.status))
}
