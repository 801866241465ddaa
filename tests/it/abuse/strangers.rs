//! What belongs to somebody else: their request ids, their sessions, their summaries, and frames that name
//! them.

use bytes::Bytes;
use learnr_loadtest::socket::{Incoming, RawMessage};
use learnr_protocol::{
    Encoding, ErrorCode, ResumePoint, ServerMessage, SessionKind, rest::CreateSession,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::record::{Record, fetched};
use super::secrets::Secrets;
use crate::harness::{Client, Server, answer_with, demonstration, finish, hello};

/// Foreign sockets that knock: more than a session has places.
const KNOCKS: usize = 12;

/// A session about one area alone, so that two of them never ask the same.
fn focused(area: &str) -> CreateSession {
    let mut create = demonstration(SessionKind::Focused);
    create.areas = vec![area.to_owned()];
    create
}

/// Two learners whose questions have nothing in common.
async fn two_learners(server: &Server) -> (Client, Client) {
    let one = focused("strategy-analysis");
    let other = focused("solution-evaluation");
    (
        server.client(&one, Encoding::Json).await,
        server.client(&other, Encoding::Json).await,
    )
}

#[actix_rt::test]
async fn a_request_id_of_somebody_else_is_only_a_word() {
    let server = Server::start().await;
    let secrets = Secrets::of_the_demonstration();
    let (mut victim, mut thief) = two_learners(&server).await;
    let (theirs, mine) = (victim.question(), thief.question());
    let right = secrets.key(&theirs);
    victim.say(&answer_with("r", 1, &right)).await;
    let told = victim.answered().await;
    // The very frame of the victim, then the id alone on the thief's own question.
    thief.say(&answer_with("r", 1, &right)).await;
    thief.refused(ErrorCode::UnknownOption).await;
    secrets.assert_kept(&thief.wire, &[]);
    thief
        .say(&answer_with("r", 1, &[secrets.wrong(&mine)]))
        .await;
    let answered = thief.answered().await;
    assert_eq!(answered.correct_choice, secrets.key(&mine));
    secrets.assert_kept(&thief.wire, &[&mine.item_id]);
    secrets.assert_kept(&victim.wire, &[&theirs.item_id]);
    for (client, correct) in [(&victim, true), (&thief, false)] {
        let stored = Record::of(&server, client).await.events;
        let row = (stored[1].request_id.as_deref(), stored[1].correct);
        assert_eq!(row, (Some("r"), Some(correct)));
    }
    victim
        .assert_intact(&told.next.expect("a next question"), 1)
        .await;
    server.stop().await;
}

/// Everything a socket is told up to its end, and the code it was closed with.
async fn knock(client: &Client, session: &str, ticket: &str) -> (Vec<Bytes>, u16) {
    let mut socket = Client::dial(&client.rest, session, Encoding::Json).await;
    socket.send(&hello(ticket, None)).await.expect("sent");
    let mut heard = Vec::new();
    loop {
        match socket
            .incoming(Instant::now() + learnr_loadtest::socket::DEADLINE)
            .await
        {
            Some(Incoming::Payload(payload)) => heard.push(payload),
            Some(Incoming::Close { code, .. }) => return (heard, code),
            other => panic!("a close frame, got {other:?}"),
        }
    }
}

#[actix_rt::test]
async fn another_learners_session_is_shut_by_rest_and_by_socket_and_its_places_stay_theirs() {
    let server = Server::start().await;
    let (mut victim, stranger) = two_learners(&server).await;
    let before = Record::of(&server, &victim).await;
    let nobodys = uuid::Uuid::new_v4().to_string();
    let body = async |method: Method, id: &str, tail: &str| {
        let path = format!("/v1/sessions/{id}{tail}");
        let (status, body) = fetched(&stranger, method, &path, Some(&stranger.token)).await;
        assert_eq!(status, 404, "{path}");
        let mut said: Value = serde_json::from_slice(&body).expect("the envelope");
        said["error"]["request_id"].take();
        said
    };
    for (method, tail) in [
        (Method::GET, ""),
        (Method::GET, "/summary"),
        (Method::POST, "/tickets"),
    ] {
        let told = body(method.clone(), &victim.session, tail).await;
        let of_nobody = body(method, &nobodys, tail).await;
        assert_eq!(told, of_nobody, "whether it exists is not told");
    }
    for _ in 0..KNOCKS {
        let ticket = stranger.ticket().await.ticket;
        let shut = knock(&stranger, &victim.session, &ticket).await;
        assert_eq!(shut, (Vec::new(), 4500));
    }
    let shut = knock(&stranger, &victim.session, &victim.token).await;
    assert_eq!(shut, (Vec::new(), 4500), "a token is no ticket");
    assert_eq!(Record::of(&server, &victim).await, before);
    victim.ping().await;
    victim.assert_intact(&victim.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn what_a_session_came_to_is_shown_to_its_learner_and_to_nobody_else() {
    let server = Server::start().await;
    let (mut victim, stranger) = two_learners(&server).await;
    let question = victim.question();
    victim.answer(&question).await;
    victim.say(&finish("f")).await;
    let ended = victim.next().await;
    assert!(matches!(ended, ServerMessage::Completed(_)), "{ended:?}");
    for tail in ["", "/summary"] {
        let path = format!("/v1/sessions/{}{tail}", victim.session);
        for (token, expected) in [(Some(&stranger.token), 404), (None, 401)] {
            let token = token.map(String::as_str);
            let (status, body) = fetched(&victim, Method::GET, &path, token).await;
            assert_eq!(status, expected, "{path}");
            let said: Value = serde_json::from_slice(&body).expect("the envelope");
            let fields = said.as_object().map(serde_json::Map::len);
            assert_eq!(fields, Some(1), "nothing but the error: {said}");
        }
        let own = fetched(&victim, Method::GET, &path, Some(&victim.token)).await;
        assert_eq!(own.0, 200);
    }
    let path = "/v1/sessions?status=open";
    let (_, listed) = fetched(&stranger, Method::GET, path, Some(&stranger.token)).await;
    let listed = String::from_utf8(listed.to_vec()).expect("text");
    assert!(listed.contains(&stranger.session) && !listed.contains(&victim.session));
    // An ended session still gives its learner a ticket, and a stranger none.
    let path = format!("/v1/sessions/{}/tickets", victim.session);
    let refused = fetched(&victim, Method::POST, &path, Some(&stranger.token)).await;
    assert_eq!(refused.0, 404);
    assert_eq!(
        victim.again().await.state.map(|state| state.offset),
        Some(3)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn frames_that_name_another_session_act_on_ones_own_alone() {
    let server = Server::start().await;
    let secrets = Secrets::of_the_demonstration();
    let (mut victim, mut stranger) = two_learners(&server).await;
    let before = Record::of(&server, &victim).await;
    let theirs = victim.question();
    let named = |mut frame: Value| {
        for field in ["session", "session_id", "stream", "learner", "participant"] {
            frame[field] = json!(victim.session);
        }
        RawMessage::Text(frame.to_string().into())
    };
    let response = json!({"kind": "choice", "options": [theirs.options[0].id]});
    let frames = [
        json!({"type": "answer", "request_id": "a", "position": 1, "response": response}),
        json!({"type": "pause", "request_id": "p"}),
        json!({"type": "finish", "request_id": "f"}),
    ];
    for frame in frames {
        let sent = stranger.socket.send_raw(named(frame)).await;
        sent.expect("sent");
        stranger.next().await;
    }
    // The stream and the offset of the victim, on the stranger's own session: nothing to catch up with.
    let resume = ResumePoint {
        stream: victim.welcome.stream.clone(),
        offset: 0,
    };
    let mut socket = Client::dial(&server.rest, &stranger.session, Encoding::Json).await;
    let ticket = stranger.ticket().await.ticket;
    let said = socket.send(&hello(&ticket, Some(resume))).await;
    said.expect("sent");
    let welcome = match socket.next().await {
        Ok(learnr_loadtest::socket::Frame::Message(ServerMessage::Welcome(welcome))) => welcome,
        other => panic!("a welcome, got {other:?}"),
    };
    assert_eq!(
        (welcome.session.id, welcome.recovered),
        (stranger.session.clone(), false)
    );
    secrets.assert_kept(&stranger.wire, &[]);
    let (status, own) = fetched(
        &stranger,
        Method::GET,
        &format!("/v1/sessions/{}", stranger.session),
        Some(&stranger.token),
    )
    .await;
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&own).contains("completed"));
    assert_eq!(Record::of(&server, &victim).await, before);
    victim.ping().await;
    victim.assert_intact(&theirs, 0).await;
    server.stop().await;
}
