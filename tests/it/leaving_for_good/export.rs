//! `GET /v1/learners/me/export`: everything that is kept of a learner, and no key.

use learnr::store::{
    Created, FIRST_EPOCH, Fence, LearnerId, NewSession, OrganizationId, SessionId,
};
use learnr_protocol::learner::{ExportedEvent, LearnerExport};
use learnr_protocol::{SessionKind, SessionStatus};
use reqwest::{Method, Response};
use uuid::Uuid;

use super::{another, learner_of, practised};
use crate::harness::{Client, Server, answer, finish};

async fn asked(server: &Server, token: &str) -> Response {
    let path = "/v1/learners/me/export";
    let request = server.rest.request(Method::GET, path, Some(token));
    request.send().await.expect("an answer")
}

/// The caller's export, as text and read.
async fn exported(server: &Server, token: &str) -> (String, LearnerExport) {
    let reply = asked(server, token).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["cache-control"], "no-store");
    let text = reply.text().await.expect("all of it");
    let read = serde_json::from_str(&text).expect("one document");
    (text, read)
}

fn of_kind<'a>(events: &'a [ExportedEvent], kind: &str) -> Vec<&'a ExportedEvent> {
    events.iter().filter(|event| event.kind == kind).collect()
}

#[actix_rt::test]
async fn everything_that_is_kept_is_given_to_its_learner() {
    let server = Server::start().await;
    let client = practised(&server).await;
    let open = another(&server, &client.token, SessionKind::Practice).await;
    let learner = learner_of(&server, &client.session).await;
    let stranger = server.practice().await;
    let (text, export) = exported(&server, &client.token).await;
    assert!(export.complete && export.version == 1);
    assert_eq!(export.format, "learnr-learner-export");
    assert_eq!(export.learner.id, learner.to_string());
    assert_eq!(export.learner.identities.len(), 1);
    assert_eq!(export.learner.identities[0].issuer, "guest");
    let [state] = &export.states[..] else {
        panic!("one certification, got {:?}", export.states);
    };
    assert_eq!((state.questions.len(), &state.unreadable), (4, &None));
    assert!(state.areas.iter().all(|area| area.likelihood.len() == 41));
    let [present, past] = &export.sessions[..] else {
        panic!("two sessions, got {:?}", export.sessions);
    };
    assert_eq!((&past.id, &present.id), (&client.session, &open.session));
    assert_eq!(past.status, SessionStatus::Completed);
    assert_eq!(
        past.summary.as_ref().map(|summary| summary.answered),
        Some(4)
    );
    assert_eq!(
        past.events.len(),
        server.stored_events(&past.id).await.len()
    );
    let answers = of_kind(&past.events, "answered");
    assert_eq!(answers.len(), 4);
    for answered in answers {
        assert!(answered.correct.is_some() && answered.stem.is_some());
        assert_eq!(answered.answer.as_ref().map(Vec::len), Some(1));
    }
    let began_from = present.events[0].began_from.as_ref();
    assert_eq!(began_from.map(|from| from.seen.len()), Some(4));
    assert!(!text.contains("unreadable") && !text.contains(&stranger.session));
    server.stop().await;
}

/// Records an answer to each question of an exam of eight.
async fn sat(server: &Server) -> Client {
    let exam = learnr_protocol::rest::CreateSession {
        length: Some(8),
        ..crate::harness::demonstration(SessionKind::Exam)
    };
    let mut client = server
        .client(&exam, learnr_protocol::Encoding::MsgPack)
        .await;
    let mut question = client.question();
    for position in 1..=8 {
        client
            .say(&answer(&format!("a{position}"), &question))
            .await;
        question = client.recorded().await.next.unwrap_or(question);
    }
    client
}

#[actix_rt::test]
async fn an_export_tells_no_key_and_of_an_exam_nothing_before_it_is_submitted() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let row = server
        .store
        .certification("business-analysis-foundations", None);
    let row = row.await.expect("answered").expect("it is stored");
    let bank = learnr::store::record::bank_from_row(&row).expect("a bank");
    let mut client = sat(&server).await;
    let (text, export) = exported(&server, &client.token).await;
    let recorded = of_kind(&export.sessions[0].events, "recorded");
    assert_eq!(recorded.len(), 8);
    assert!(recorded.iter().all(|event| event.correct.is_none()));
    assert!(recorded.iter().all(|event| event.answer.is_some()));
    for word in ["\"correct\"", "correct_choice", "\"key\"", "explanation"] {
        assert!(!text.contains(word), "{word} is in {text}");
    }
    client.say(&finish("submit")).await;
    client.completed().await;
    let (text, export) = exported(&server, &client.token).await;
    let recorded = of_kind(&export.sessions[0].events, "recorded");
    assert!(recorded.iter().all(|event| event.correct.is_some()));
    let explained = bank.items().iter().flat_map(|item| &item.options);
    let mut explained = explained.filter(|option| !option.explanation.is_empty());
    assert!(!explained.any(|option| text.contains(&option.explanation)));
    server.stop().await;
}

#[actix_rt::test]
async fn what_cannot_be_read_is_said_to_be_there() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.answer(&question).await;
    let (token, session) = (client.token.clone(), client.session.clone());
    drop(client);
    server.let_go().await;
    server.make_unreadable(&session).await;
    let (_, export) = exported(&server, &token).await;
    let last = export.sessions[0].events.last().expect("events");
    assert_eq!(last.kind, "transmigrated");
    let said = last.unreadable.as_deref().unwrap_or_default();
    assert!(said.contains("transmigrated"), "{said}");
    assert_eq!(
        last.correct, None,
        "whether that is a secret nobody can say"
    );
    assert!(export.complete);
    server.stop().await;
}

#[actix_rt::test]
async fn exports_are_limited() {
    let server = Server::start().await;
    let client = server.practice().await;
    for _ in 0..6 {
        exported(&server, &client.token).await;
    }
    let refused = asked(&server, &client.token).await;
    assert_eq!(refused.status(), 429);
    let wait = refused.headers()["retry-after"].to_str().expect("text");
    assert!((1..=10).contains(&wait.parse::<u64>().expect("seconds")));
    let stranger = server.practice().await;
    exported(&server, &stranger.token).await;
    server.stop().await;
}

/// A session like another, of a kind of its own.
async fn copy(server: &Server, of: &str, learner: LearnerId, number: usize) -> SessionId {
    let row = server.stored_session(of).await;
    let mut started = server.stored_events(of).await.remove(0);
    let claim = i64::try_from(number).expect("few") + 1;
    started.fence = Fence {
        epoch: FIRST_EPOCH,
        claim,
    };
    let created = server.store.create_session(NewSession {
        id: SessionId(Uuid::now_v7()),
        learner,
        organization: OrganizationId::DEFAULT,
        certification: row.certification,
        bank_version: row.bank_version,
        kind: format!("kind-{number}"),
        settings: row.settings,
        stream: row.stream,
        claim,
        deadline_at: None,
        started_at: row.started_at,
        started,
    });
    match created.await.expect("answered") {
        Created::New(row) => row.id,
        other => panic!("a session, got {other:?}"),
    }
}

#[actix_rt::test]
async fn a_long_history_is_given_in_order_each_session_once() {
    let server = Server::start().await;
    let client = server.practice().await;
    let learner = learner_of(&server, &client.session).await;
    let mut sessions = vec![client.session.clone()];
    for number in 0..130 {
        let id = copy(&server, &client.session, learner, number).await;
        sessions.push(id.to_string());
    }
    sessions.sort();
    sessions.reverse();
    let (_, export) = exported(&server, &client.token).await;
    let listed: Vec<_> = export
        .sessions
        .into_iter()
        .map(|session| session.id)
        .collect();
    assert_eq!(listed, sessions);
    server.stop().await;
}
