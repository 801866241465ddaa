//! Exports: whole, streamed, and left by their clients.

use learnr::store::{EventRow, OrganizationId, SessionId};
use learnr_protocol::history::SessionAnswers;
use learnr_protocol::{Encoding, SessionKind};
use reqwest::{Method, Response};
use serde_json::Value;

use super::owner::rolled_up;
use super::{CERTIFICATION, OWNER, of, owned, play, practice, told};
use crate::harness::{Server, answer_with, demonstration, finish, until};
use crate::store::contract::endings::completion;
use crate::store::fixture::{answered, new_session};

async fn ask(server: &Server, query: &str) -> Response {
    let path = of(&format!("export?{query}"));
    let request = server.rest.request(Method::GET, &path, Some(OWNER));
    request.send().await.expect("a reply")
}

async fn json(server: &Server, query: &str) -> Vec<Value> {
    let reply = ask(server, &format!("format=json&{query}")).await;
    assert_eq!(reply.headers()["content-type"], "application/json");
    reply.json().await.expect("a whole document")
}

#[actix_rt::test]
async fn answers_are_exported_as_they_count_in_both_forms() {
    let server = owned().await;
    let mut client = server.client(&practice(8), Encoding::MsgPack).await;
    play(&server, &mut client).await;
    let path = format!("/v1/sessions/{}/answers", client.session);
    let answers: SessionAnswers = told(&server, &client.token, &path).await;
    let mut exam = demonstration(SessionKind::Exam);
    exam.length = Some(5);
    let mut exam = server.client(&exam, Encoding::MsgPack).await;
    let question = exam.question();
    for (id, option) in [("a", 0), ("b", 1), ("c", 0)] {
        let option = question.options[option].id.as_str();
        exam.say(&answer_with(id, 1, &[option])).await;
        exam.recorded().await;
    }
    exam.say(&finish("submit")).await;
    exam.completed().await;
    // Under way: not in it.
    let mut open = server.client(&practice(8), Encoding::MsgPack).await;
    let first = open.question();
    open.answer(&first).await;

    let rows = json(&server, "what=answers").await;
    assert_eq!(rows.len(), 9, "eight of practice, the last one of the exam");
    for (row, answer) in rows.iter().zip(&answers.answers) {
        assert_eq!(row["session"], client.session.as_str());
        assert_eq!(row["item_id"], answer.item_id.as_str());
        assert_eq!(row["choice"], answer.choice.join(" "));
        assert_eq!(row["correct"], answer.correct.expect("judged"));
        assert_eq!(row["theta"].as_f64(), answer.theta);
        assert_eq!(row["elapsed_ms"], 10_000);
    }
    assert_eq!(rows[8]["kind"], "exam");
    assert_eq!(rows[8]["choice"], question.options[0].id.as_str());
    assert!(rows[8]["theta"].is_null());

    let reply = ask(&server, "format=csv").await;
    assert_eq!(reply.headers()["content-type"], "text/csv; charset=utf-8");
    let attachment = format!("attachment; filename=\"{CERTIFICATION}-answers.csv\"");
    assert_eq!(reply.headers()["content-disposition"], attachment.as_str());
    let text = reply.text().await.expect("a body");
    assert_eq!(text.lines().count(), 10);
    assert!(text.starts_with("session,learner,version,kind,ended_ms,position,item_id,"));

    rolled_up(&server).await;
    let items = json(&server, "what=items").await;
    let counts = items.iter().map(|item| item["answers"].as_i64());
    assert_eq!(counts.map(|count| count.expect("a count")).sum::<i64>(), 9);
    assert_eq!(json(&server, "what=learners").await.len(), 2);
    for (span, expected) in [
        ("from=2026-05-28&to=2026-05-28", 9),
        ("from=2026-05-29", 0),
        ("to=2026-05-27", 0),
    ] {
        assert_eq!(json(&server, span).await.len(), expected, "{span}");
    }
    server.stop().await;
}

/// A completed session with `rows` answers, of an item of that name.
async fn stored(server: &Server, version: &str, item: &str, rows: u32) -> SessionId {
    let identity = crate::store::fixture::identity("somebody");
    let learner = server.store.learner_for(identity, 0).await;
    let mut session = new_session(learner.expect("made"), "practice");
    session.certification = CERTIFICATION.to_owned();
    session.bank_version = version.to_owned();
    session.organization = OrganizationId::DEFAULT;
    let (id, fence) = (session.id, session.fence());
    server.store.create_session(session).await.expect("created");
    let answer = |seq| EventRow {
        item: Some(item.to_owned()),
        request_id: None,
        ..answered(seq, fence)
    };
    let all: Vec<EventRow> = (2..2 + rows).map(answer).collect();
    for rows in all.chunks(250) {
        server.append(&id.to_string(), rows.to_vec(), None).await;
    }
    let mut ending = completion(id, fence, 1_700_000_100_000);
    ending.rows[0].seq = 2 + rows;
    ending.rows[0].request_id = None;
    let ended = server.store.append(ending).expect("there is room");
    ended.await.expect("stored");
    id
}

async fn version(server: &Server) -> String {
    let row = server.store.certification(CERTIFICATION, None).await;
    row.expect("answered").expect("it is there").version
}

#[actix_rt::test]
async fn no_cell_of_a_table_is_a_formula() {
    let server = owned().await;
    let version = version(&server).await;
    stored(&server, &version, "=cmd|' /C calc'!A0", 1).await;
    let text = ask(&server, "format=csv")
        .await
        .text()
        .await
        .expect("a body");
    let row = text.lines().nth(1).expect("a row");
    assert!(row.contains(",'=cmd|' /C calc'!A0,"), "{row}");
    assert!(row.contains(",-0.1,0.3"), "a number is a number: {row}");
    let rows = json(&server, "what=answers").await;
    assert_eq!(rows[0]["item_id"], "=cmd|' /C calc'!A0", "JSON is no table");
    server.stop().await;
}

#[actix_rt::test]
async fn a_long_export_is_whole_and_one_that_its_client_leaves_harms_nobody() {
    const SESSIONS: u32 = 60;
    const ROWS: u32 = 1_000;
    let server = owned().await;
    let version = version(&server).await;
    for _ in 0..SESSIONS {
        stored(&server, &version, "item", ROWS).await;
    }
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut reply = ask(&server, "format=json").await;
        assert_eq!(reply.status(), 200);
        let first = reply.chunk().await.expect("read").expect("a beginning");
        assert!(first.starts_with(b"["));
        held.push(reply);
    }
    let refused = ask(&server, "format=json").await;
    assert_eq!(refused.status(), 429, "four run, and nobody reads them");
    assert!(refused.headers().contains_key("retry-after"));
    drop(held);
    until("the places of those that left are free", async || {
        ask(&server, "format=csv&to=1970-01-02").await.status() == 200
    })
    .await;
    let mut reply = ask(&server, "format=csv").await;
    let (mut lines, mut chunks) = (0, 0);
    while let Some(chunk) = reply.chunk().await.expect("read to the end") {
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
        chunks += 1;
    }
    assert_eq!(lines, (SESSIONS * ROWS) as usize + 1);
    assert!(chunks > 50, "it comes as it is read, in {chunks} pieces");
    server.stop().await;
}
