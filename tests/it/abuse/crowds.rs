//! Many at once: one session asked fifteen times at the same moment, and one office behind one address.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use learnr_loadtest::api::Rest;
use learnr_loadtest::run::server::Server as ChildServer;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, ErrorCode, ServerMessage, SessionKind};
use serde_json::Value;

use super::record::Record;
use crate::harness::{Client, Server, ServerOptions, answer, answer_with, demonstration};

/// Answers and requests that meet in one session: where the original answered HTTP 500 to all but two.
const AT_ONCE: usize = 15;
/// Sockets of one session.
const SOCKETS: usize = 8;
/// Answers that a learner may send at once.
const ANSWERS_BURST: usize = 10;

/// A practice session on whatever the server was given to ask first.
async fn first_certification(rest: &Rest) -> CreateSession {
    let listed = rest.certifications().await.expect("the list");
    let mut create = demonstration(SessionKind::Practice);
    create.certification = listed.certifications[0].id.clone();
    create
}

/// What `learnr answers` prints of a stopped server's data.
fn listed_answers(binary: &Path, data: &Path) -> Vec<Value> {
    let listed = Command::new(binary)
        .args(["answers", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    assert!(listed.status.success(), "{listed:?}");
    let lines = String::from_utf8(listed.stdout).expect("text");
    let rows = lines.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().expect("a line of JSON each")
}

/// Everything the sockets are told of `count` answers that meet: each reply belongs to one request.
async fn replies(sockets: &mut [Client]) -> Vec<(String, bool)> {
    let mut replies = Vec::new();
    for socket in sockets {
        let mut own = socket.settled().await;
        own.extend(socket.settled().await);
        for message in own {
            match message {
                ServerMessage::Answered(told) => replies.push((told.request_id, true)),
                ServerMessage::Error(refused) => {
                    assert_eq!(refused.code, ErrorCode::AlreadyAnswered);
                    let request_id = refused.request_id.expect("the request it refuses");
                    replies.push((request_id, false));
                }
                other => panic!("a reply, got {other:?}"),
            }
        }
    }
    replies
}

#[actix_rt::test]
async fn fifteen_answers_at_once_in_one_session_all_get_a_reply_and_one_of_them_counts() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let binary = Path::new(env!("CARGO_BIN_EXE_learnr"));
    let server = ChildServer::start(binary, data.path(), false).expect("the server starts");
    let rest = Rest::new(server.base().clone());
    let guest = rest.guest().await.expect("a guest");
    let create = first_certification(&rest).await;
    let starting = (0..AT_ONCE).map(|_| rest.create_session(&guest.token, &create));
    let started: Vec<_> = join_all(starting)
        .await
        .into_iter()
        .map(|ticket| ticket.expect("the session, whoever started it"))
        .collect();
    assert!(
        started
            .iter()
            .all(|ticket| ticket.session_id == started[0].session_id)
    );
    assert_eq!(started.iter().filter(|ticket| !ticket.resumed).count(), 1);
    let joining = started.iter().take(SOCKETS);
    let joining =
        joining.map(|ticket| Client::join(&rest, &guest.token, ticket, Encoding::MsgPack));
    let mut sockets = join_all(joining).await;
    let question = sockets[0].question();
    assert!(sockets.iter().all(|socket| socket.question() == question));
    // Two from all but one: fifteen answers, each its own request, and as many looks at the session.
    let sending = sockets.iter_mut().enumerate().map(|(n, socket)| {
        let question = &question;
        async move {
            for m in 0..if n == 0 { 1 } else { 2 } {
                let option = &question.options[(n + m) % question.options.len()].id;
                let request_id = format!("at-once-{n}-{m}");
                socket.say(&answer_with(&request_id, 1, &[option])).await;
            }
        }
    });
    let looking = (0..AT_ONCE).map(|_| rest.session_view(&guest.token, &started[0].session_id));
    let (_, looks) = futures_util::future::join(join_all(sending), join_all(looking)).await;
    assert!(looks.iter().all(Result::is_ok), "{looks:?}");
    let replies = replies(&mut sockets).await;
    let counted: Vec<_> = replies.iter().filter(|(_, counted)| *counted).collect();
    assert_eq!(
        counted.len(),
        SOCKETS,
        "each socket is told once: {replies:?}"
    );
    assert!(counted.iter().all(|told| *told == counted[0]));
    assert_eq!(replies.len() - counted.len(), AT_ONCE - 1);
    let mut last = sockets.pop().expect("eight sockets");
    let mut back = last.again().await;
    let next = back.question();
    assert_eq!(back.answer(&next).await.position, 2);
    assert_eq!(last.answered().await.progress.answered, 2);
    server.stop().expect("a clean stop");
    let rows = listed_answers(binary, data.path());
    let stored: Vec<_> = rows.iter().map(|row| row["request_id"].as_str()).collect();
    assert_eq!(stored, [Some(counted[0].0.as_str()), Some("2-1")]);
}

#[actix_rt::test]
async fn one_office_behind_one_address_is_as_many_learners_as_it_has() {
    const OFFICE: usize = 40;
    let server = Server::with(ServerOptions {
        flags: ["--guests-per-minute", "60"].map(str::to_owned).to_vec(),
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await;
    let joining = (0..OFFICE).map(|_| server.practice());
    let mut office = join_all(joining).await;
    let mut greedy = server.practice().await;
    let submitted = answer("r", &greedy.question());
    for _ in 0..ANSWERS_BURST {
        greedy.say(&submitted).await;
        greedy.answered().await;
    }
    greedy.say(&submitted).await;
    greedy.refused(ErrorCode::RateLimited).await;
    // At the same instant everybody else has all that one learner may have.
    let answering = office.iter_mut().map(|learner| async {
        let mut question = learner.question();
        for _ in 0..ANSWERS_BURST {
            question = learner.answer(&question).await.next.expect("a next one");
        }
    });
    join_all(answering).await;
    for learner in [&office[0], &office[OFFICE - 1]] {
        let record = Record::of(&server, learner).await;
        assert_eq!(record.answers(), ANSWERS_BURST);
    }
    greedy.say(&submitted).await;
    greedy.refused(ErrorCode::RateLimited).await;
    server.advance(Duration::from_secs(10));
    greedy.say(&submitted).await;
    greedy.answered().await;
    assert_eq!(Record::of(&server, &greedy).await.answers(), 1);
    server.stop().await;
}
