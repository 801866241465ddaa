//! Sockets that do not begin as they must: no `hello`, another message, a ticket that is not to be taken.

use std::time::Duration;

use learnr::auth::{Secret, Ticket};
use learnr::store::{LearnerId, SessionId};
use learnr_protocol::{ClientMessage, Encoding, ErrorCode, ServerMessage};
use uuid::Uuid;

use crate::harness::{Client, Server, ServerOptions, closed, finish, hello, pause, until};

/// What tickets are signed with, where a test has to forge one.
const SECRET: &str = "a secret that only the tests know of";

/// Says `hello` with a ticket to a session; the close code it gets.
async fn closed_for(client: &Client, session: &str, ticket: &str) -> u16 {
    let mut socket = Client::dial(&client.rest, session, Encoding::MsgPack).await;
    socket.send(&hello(ticket, None)).await.expect("sent");
    closed(&mut socket).await
}

#[actix_rt::test]
async fn a_socket_without_hello_is_closed_after_five_seconds() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let mut silent = Client::dial(&client.rest, &client.session, Encoding::MsgPack).await;
    server.advance(Duration::from_millis(4_999));
    silent
        .send_raw(learnr_loadtest::socket::RawMessage::Ping(Vec::new().into()))
        .await
        .expect("sent");
    // The other socket of the session said hello; it stays.
    client.ping().await;
    server.advance(Duration::from_millis(1));
    assert_eq!(closed(&mut silent).await, 4502);
    client.ping().await;
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_first_message_other_than_hello_closes_the_socket() {
    let server = Server::start().await;
    let client = server.practice().await;
    for message in [ClientMessage::Ping { t: 1 }, pause("p")] {
        let mut socket = Client::dial(&client.rest, &client.session, Encoding::Json).await;
        socket.send(&message).await.expect("sent");
        assert_eq!(closed(&mut socket).await, 4502);
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn hello_said_twice_is_refused_and_the_socket_stays_open() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let ticket = client.ticket().await;
    client.say(&hello(&ticket.ticket, None)).await;
    client.refused(ErrorCode::BadMessage).await;
    // The ticket was not taken, so it is still good.
    let spare = Client::join(&client.rest, &client.token, &ticket, Encoding::MsgPack).await;
    let question = client.question();
    assert_eq!(client.answer(&question).await.offset, 2);
    drop(spare);
    server.stop().await;
}

#[actix_rt::test]
async fn a_ticket_works_once() {
    let server = Server::start().await;
    let client = server.practice().await;
    let ticket = client.ticket().await;
    let taken = Client::join(&client.rest, &client.token, &ticket, Encoding::MsgPack).await;
    assert_eq!(
        closed_for(&client, &client.session, &ticket.ticket).await,
        4030
    );
    drop(taken);
    assert_eq!(
        closed_for(&client, &client.session, &ticket.ticket).await,
        4030
    );
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_used_ticket_stays_used_when_its_session_has_been_let_go() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let ticket = client.ticket().await;
    let mut last = Client::join(&client.rest, &client.token, &ticket, Encoding::MsgPack).await;
    last.say(&finish("f")).await;
    assert!(matches!(last.next().await, ServerMessage::Completed(_)));
    let (rest, session) = (client.rest.clone(), client.session.clone());
    drop((client, last));
    until("the session is let go", async || {
        server.app.registry.is_empty()
    })
    .await;
    let mut socket = Client::dial(&rest, &session, Encoding::MsgPack).await;
    socket
        .send(&hello(&ticket.ticket, None))
        .await
        .expect("sent");
    assert_eq!(closed(&mut socket).await, 4030);
    server.stop().await;
}

#[actix_rt::test]
async fn a_ticket_expires_after_thirty_seconds() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let (early, late) = (client.ticket().await, client.ticket().await);
    server.advance(Duration::from_millis(29_999));
    Client::join(&client.rest, &client.token, &early, Encoding::MsgPack).await;
    server.advance(Duration::from_millis(1));
    assert_eq!(
        closed_for(&client, &client.session, &late.ticket).await,
        4030
    );
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_forged_ticket_is_refused_for_good() {
    let server = Server::start().await;
    let client = server.practice().await;
    let ticket = client.ticket().await.ticket;
    let cut = &ticket[..ticket.len() - 1];
    let swapped: String = {
        let (head, tail) = ticket.split_at(ticket.len() / 2);
        let other = if tail.starts_with('A') { 'B' } else { 'A' };
        format!("{head}{other}{}", &tail[1..])
    };
    let session = SessionId(client.session.parse().expect("a UUID"));
    let other_secret = Secret::from_text(SECRET).expect("long enough");
    let now = client.welcome.server_time_ms;
    let other_key = Ticket::issue(LearnerId(Uuid::nil()), session, now).seal(&other_secret);
    let long = "t1.".repeat(4_000);
    for forged in [cut, &swapped, &other_key, &client.token, "", "t1..", &long] {
        assert_eq!(
            closed_for(&client, &client.session, forged).await,
            4500,
            "{forged}"
        );
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_ticket_for_another_session_is_refused_for_good() {
    let server = Server::start().await;
    let client = server.practice().await;
    let stranger = server.practice().await;
    let ticket = stranger.ticket().await;
    assert_eq!(
        closed_for(&client, &client.session, &ticket.ticket).await,
        4500
    );
    // The attempt has not used it up.
    Client::join(&stranger.rest, &stranger.token, &ticket, Encoding::MsgPack).await;
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_ticket_of_ours_for_another_learner_or_no_session_at_all_is_refused_for_good() {
    let server = Server::with(ServerOptions {
        flags: ["--secret", SECRET].map(str::to_owned).to_vec(),
        ..ServerOptions::default()
    })
    .await;
    let client = server.practice().await;
    let secret = Secret::from_text(SECRET).expect("long enough");
    let now = client.welcome.server_time_ms;
    let issue = |session: &str| {
        let session = SessionId(session.parse().expect("a UUID"));
        Ticket::issue(LearnerId(Uuid::nil()), session, now).seal(&secret)
    };
    let foreign = issue(&client.session);
    assert_eq!(closed_for(&client, &client.session, &foreign).await, 4500);
    let nowhere = Uuid::new_v4().to_string();
    assert_eq!(closed_for(&client, &nowhere, &issue(&nowhere)).await, 4503);
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}
