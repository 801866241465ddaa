//! A learner who leaves for good: the account deleted over REST and by an operator, with sockets open and answers under
//! way; and their own records given to them.

mod bytes;
mod command;
mod deletion;
mod export;
mod fleet;
mod statistics;
mod stripping;

use learnr::store::LearnerId;
use learnr_loadtest::api::Rest;
use learnr_protocol::SessionKind;
use learnr_protocol::learner::LearnerDeleted;
use reqwest::{Method, Response};

use crate::harness::{Client, Server, demonstration, finish, until};

/// Asks for the deletion of an account with some body.
async fn ask(rest: &Rest, token: &str, body: &str) -> Response {
    let request = rest.request(Method::DELETE, "/v1/learners/me", Some(token));
    let request = request
        .header("content-type", "application/json")
        .body(body.to_owned());
    request.send().await.expect("an answer")
}

/// Deletes an account; what was deleted.
pub(crate) async fn delete(rest: &Rest, token: &str) -> LearnerDeleted {
    let reply = ask(rest, token, r#"{"confirm":"delete"}"#).await;
    assert_eq!(reply.status(), 200);
    reply.json().await.expect("what was deleted")
}

/// The learner of a session.
async fn learner_of(server: &Server, session: &str) -> LearnerId {
    server.stored_session(session).await.learner
}

/// Answers a few questions, ends the session, and waits until it is folded into what is known of the learner.
async fn practised(server: &Server) -> Client {
    let mut client = server.practice().await;
    let mut question = client.question();
    for _ in 0..4 {
        question = client.answer(&question).await.next.expect("another");
    }
    client.say(&finish("enough")).await;
    client.completed().await;
    let row = server.stored_session(&client.session).await;
    until("the session is folded", async || {
        let state = server
            .store
            .learner_state(row.learner, &row.certification)
            .await;
        state.expect("the store answers").is_some()
    })
    .await;
    client
}

/// Another session of the same learner.
async fn another(server: &Server, token: &str, kind: SessionKind) -> Client {
    let ticket = server
        .rest
        .create_session(token, &demonstration(kind))
        .await
        .expect("a session");
    server.join(token, &ticket.session_id).await
}
