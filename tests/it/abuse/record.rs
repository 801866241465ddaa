//! What is on record of a session, by REST and in the store, to be held against what it was before an attack.

use bytes::Bytes;
use learnr::store::EventRow;
use learnr_protocol::rest::SessionView;
use reqwest::Method;

use crate::harness::{Client, Server};

/// What is on record of one session.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// As REST shows it to its learner.
    pub(super) view: SessionView,
    /// As it is stored.
    pub(super) events: Vec<EventRow>,
}

impl Record {
    /// Of a client's session, now.
    pub(super) async fn of(server: &Server, client: &Client) -> Self {
        let view = client
            .rest
            .session_view(&client.token, &client.session)
            .await
            .expect("a learner's own session");
        let events = server.stored_events(&client.session).await;
        let last = events.last().map(|event| event.seq);
        assert_eq!(last, Some(view.offset), "REST shows what is stored");
        Self { view, events }
    }

    /// How many answers are stored.
    pub(super) fn answers(&self) -> usize {
        let answers = self.events.iter().filter(|event| event.kind == "answered");
        answers.count()
    }
}

/// Status and body of a request as they come.
pub(super) async fn fetched(
    client: &Client,
    method: Method,
    path: &str,
    token: Option<&str>,
) -> (u16, Bytes) {
    let request = client.rest.request(method, path, token);
    let reply = request.send().await.expect("a reply");
    let status = reply.status().as_u16();
    (status, reply.bytes().await.expect("a body"))
}
