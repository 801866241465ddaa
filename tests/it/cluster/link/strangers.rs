//! Nobody but an instance of the fleet gets onto the internal route, nobody fools a dialler, and who tries holds nothing up.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use learnr::auth::{PeerSeal, Secret, Ticket, guest_token};
use learnr::cluster::Member;
use learnr::cluster::link::claim::{CLAIM_LIFETIME_MS, VERSION};
use learnr::cluster::link::{LinkError, PATH, Seal};
use learnr::store::{LearnerId, SessionId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::http::StatusCode;
use uuid::Uuid;

use super::node::{Node, another_secret, channel, claim_for, knock, let_in, secret};
use crate::harness::until;

fn seal() -> PeerSeal {
    PeerSeal::new(secret())
}

fn bearer(text: &str) -> String {
    format!("Bearer {text}")
}

#[tokio::test]
async fn whoever_is_no_instance_is_turned_away_and_told_nothing() {
    let b = Node::start("b").await;
    let now_ms = claim_for(&b.member).expires_ms;
    let learner = LearnerId(Uuid::from_u128(1));
    let token = guest_token(&secret(), learner, now_ms).0;
    let ticket = Ticket::issue(learner, SessionId(Uuid::from_u128(2)), now_ms).seal(&secret());
    let claim = claim_for(&b.member);
    let mut versioned = Vec::from([VERSION + 1, b'c']);
    versioned.extend(rmp_serde::to_vec(&claim).expect("packs"));
    let mut proof = versioned.clone();
    proof[..2].copy_from_slice(&[VERSION, b'p']);
    for (what, authorization) in [
        ("nothing", None),
        ("a guest's token", Some(bearer(&token))),
        ("a ticket", Some(bearer(&ticket))),
        ("nonsense", Some(bearer("i1.x.y"))),
        ("too much", Some(bearer(&"x".repeat(4_000)))),
        (
            "another secret",
            Some(bearer(&claim.seal(&PeerSeal::new(another_secret())))),
        ),
        ("no claim at all", Some(bearer(&seal().seal(b"")))),
        ("another version", Some(bearer(&seal().seal(&versioned)))),
        ("a proof", Some(bearer(&seal().seal(&proof)))),
        ("no bearer", Some(claim.seal(&seal()))),
    ] {
        let away = knock(&b.member, PATH, authorization.as_deref()).await;
        let away = away.err().unwrap_or_else(|| panic!("let in with {what}"));
        assert_eq!(away.status, StatusCode::UNAUTHORIZED, "{what}");
        assert!(away.headers.get("learnr-proof").is_none(), "{what}");
    }
    let other = knock(&b.member, "/v1/ws", Some(&bearer(&claim.seal(&seal())))).await;
    assert_eq!(
        other.err().map(|away| away.status),
        Some(StatusCode::UNAUTHORIZED)
    );
    let refused = async || b.links.counts().refused == 11;
    until("each is counted", refused).await;
    assert_eq!(b.links.counts().links_in, 0);
}

#[tokio::test]
async fn a_claim_works_once_for_this_life_and_for_its_time() {
    let b = Node::start("b").await;
    let asked = async |change: &dyn Fn(&mut learnr::cluster::link::claim::Claim)| {
        let mut claim = claim_for(&b.member);
        change(&mut claim);
        let away = knock(&b.member, PATH, Some(&bearer(&claim.seal(&seal())))).await;
        away.err()
            .map(|away| (away.status, away.headers.contains_key("learnr-proof")))
    };
    let expired = asked(&|claim| claim.expires_ms -= CLAIM_LIFETIME_MS).await;
    assert_eq!(expired, Some((StatusCode::CONFLICT, true)));
    let ahead = asked(&|claim| claim.expires_ms += CLAIM_LIFETIME_MS).await;
    assert_eq!(ahead, Some((StatusCode::CONFLICT, true)));
    let former = asked(&|claim| claim.to_incarnation -= 1).await;
    assert_eq!(former, Some((StatusCode::GONE, true)));
    let another = asked(&|claim| claim.to_node = "c".to_owned()).await;
    assert_eq!(another, Some((StatusCode::GONE, true)));
    let text = bearer(&claim_for(&b.member).seal(&seal()));
    let first = knock(&b.member, PATH, Some(&text)).await;
    let _socket = first.unwrap_or_else(|away| panic!("turned away with {}", away.status));
    let replayed = knock(&b.member, PATH, Some(&text)).await.err();
    let replayed = replayed.expect("it was used");
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
    assert!(replayed.headers.get("learnr-proof").is_none());
}

#[tokio::test]
async fn a_dialler_tells_the_dead_from_the_silent_and_from_strangers() {
    let a = Node::start("a").await;
    let b = Node::start("b").await;
    let c = Node::with_secret("c", another_secret()).await;
    assert_eq!(a.asks(&c.member).await.err(), Some(LinkError::Denied));
    let former = Member {
        incarnation: b.member.incarnation - 1,
        ..b.member.clone()
    };
    assert_eq!(a.asks(&former).await.err(), Some(LinkError::Refused));
    let another = Member {
        node: "d".to_owned(),
        ..b.member.clone()
    };
    assert_eq!(a.asks(&another).await.err(), Some(LinkError::Refused));
    let dead = b.kill();
    assert_eq!(a.asks(&dead).await.err(), Some(LinkError::Refused));
    for nowhere in ["no such host.:1", "", "127.0.0.1"] {
        let nowhere = Member {
            address: nowhere.to_owned(),
            ..dead.clone()
        };
        assert_eq!(a.asks(&nowhere).await.err(), Some(LinkError::Silent));
    }
    let quiet = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let quiet = Member {
        address: quiet.local_addr().expect("bound").to_string(),
        ..dead
    };
    assert_eq!(a.asks(&quiet).await.err(), Some(LinkError::Silent));
}

/// Answers whoever connects with these lines.
async fn impostor(lines: &'static str) -> Member {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.expect("a request");
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let key = request
                .lines()
                .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
                .expect("a key");
            let accept =
                tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.as_bytes());
            let claim = request
                .lines()
                .find_map(|line| line.strip_prefix("authorization: Bearer "))
                .expect("a claim");
            let answer = lines.replace("ACCEPT", &accept).replace("CLAIM", claim);
            stream.write_all(answer.as_bytes()).await.expect("written");
        }
    });
    Member {
        node: "b".to_owned(),
        incarnation: 1,
        address,
    }
}

#[tokio::test]
async fn nobody_without_the_secret_passes_for_an_instance() {
    let a = Node::start("a").await;
    for lines in [
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-accept: ACCEPT\r\n\r\n",
        // What the dialler sent is no proof.
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-accept: ACCEPT\r\nlearnr-proof: CLAIM\r\n\r\n",
        // Nor does it prove anybody dead, or the clock wrong.
        "HTTP/1.1 410 Gone\r\nlearnr-proof: CLAIM\r\n\r\n",
        "HTTP/1.1 410 Gone\r\n\r\n",
        "HTTP/1.1 409 Conflict\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "220 mail.example ESMTP\r\n",
    ] {
        let impostor = impostor(lines).await;
        assert_eq!(
            a.asks(&impostor).await.err(),
            Some(LinkError::Denied),
            "{lines}"
        );
    }
    assert_eq!(a.links.counts().links_out, 0);
}

#[tokio::test]
async fn those_who_connect_and_say_nothing_hold_others_up_for_a_second_at_most() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let connects = (0..100).map(|_| TcpStream::connect(b.member.address.clone()));
    let mut idle: Vec<_> = join_all(connects)
        .await
        .into_iter()
        .map(|stream| stream.expect("it listens"))
        .collect();
    let begun = Instant::now();
    let _channel = channel(&a, &mut b).await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    for stream in &mut idle {
        let mut byte = [0; 1];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut byte));
        let ended = read.await.expect("it is closed");
        assert!(matches!(ended, Ok(0) | Err(_)));
    }
    let refused = async || b.links.counts().refused == 100;
    until("each is counted", refused).await;
}

#[tokio::test]
async fn an_instance_that_dials_again_has_lost_its_former_link() {
    let b = Node::start("b").await;
    let _former = let_in(&b.member).await;
    let _now = let_in(&b.member).await;
    until("one is left", async || b.links.counts().links_in == 1).await;
}

#[test]
fn a_secret_is_told_from_another() {
    let (ours, theirs): (Secret, Secret) = (secret(), another_secret());
    let text = PeerSeal::new(ours).seal(b"x");
    assert_eq!(PeerSeal::new(theirs).open(&text), None);
}
