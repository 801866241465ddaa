//! Exposure control from session to session: what ended diagnostics showed is counted, and the next one draws by it.

use std::time::Duration;

use learnr::store::{ExposureRow, record};
use learnr_domain::session::Fact;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, ServerMessage, SessionKind};

use crate::harness::{Server, demonstration, until};

const CERTIFICATION: &str = "business-analysis-foundations";

fn sitting(kind: SessionKind) -> CreateSession {
    CreateSession {
        length: Some(10),
        ..demonstration(kind)
    }
}

/// A learner who is new sits a session to its end; how many items the lottery had kept out of it.
async fn sit(server: &Server, kind: SessionKind) -> usize {
    let mut client = server.client(&sitting(kind), Encoding::MsgPack).await;
    let mut question = client.question();
    while let Some(next) = client.answer(&question).await.next {
        // No faster than a client may send.
        server.advance(Duration::from_secs(5));
        question = next;
    }
    let ServerMessage::Completed(_) = client.next().await else {
        panic!("the last answer is followed by the end");
    };
    let rows = server.stored_events(&client.session).await;
    let first = record::event_from_row(&rows[0]).expect("a stored event");
    match first.fact {
        Fact::Started(started) => started.ineligible.len(),
        other => panic!("expected a start, got {other:?}"),
    }
}

async fn version(server: &Server) -> String {
    let listed = server.store.certifications().await.expect("answered");
    let listed = listed.into_iter().find(|listed| listed.id == CERTIFICATION);
    listed.expect("it is there").version
}

async fn counted(server: &Server) -> Option<ExposureRow> {
    let version = version(server).await;
    let row = server.store.exposure(CERTIFICATION, &version).await;
    row.expect("answered")
}

async fn until_counted(server: &Server, examinees: i64) {
    until("the sessions are counted", async || {
        let row = counted(server).await;
        row.is_some_and(|row| row.examinees == examinees)
    })
    .await;
}

#[actix_rt::test]
async fn ended_diagnostics_are_counted_and_the_next_one_draws_by_the_counts() {
    let server = Server::manual().await;
    assert_eq!(sit(&server, SessionKind::Diagnostic).await, 0);
    until_counted(&server, 1).await;
    let counts = |row: ExposureRow| record::exposure_from_bytes(&row.body).expect("counts");
    let row = counted(&server).await.expect("counts are stored");
    let served: f64 = counts(row).iter().map(|count| count.served).sum();
    assert!((served - 10.0).abs() < 1e-6, "{served}");

    // Counts are read anew after ten seconds at most.
    server.advance(Duration::from_secs(60));
    let out = sit(&server, SessionKind::Diagnostic).await;
    assert!(
        (5..=10).contains(&out),
        "{out} of the 10 served were kept out"
    );
    until_counted(&server, 2).await;
    server.stop().await;
}

#[actix_rt::test]
async fn practice_is_neither_counted_nor_drawn() {
    let server = Server::manual().await;
    sit(&server, SessionKind::Diagnostic).await;
    until_counted(&server, 1).await;
    server.advance(Duration::from_secs(60));
    assert_eq!(sit(&server, SessionKind::Practice).await, 0);
    sit(&server, SessionKind::Diagnostic).await;
    // Jobs are done in order: had practice been counted, it would be by now.
    until_counted(&server, 2).await;
    server.stop().await;
}

#[actix_rt::test]
async fn damaged_counts_keep_nobody_from_a_session() {
    let server = Server::manual().await;
    let row = ExposureRow {
        certification: CERTIFICATION.to_owned(),
        version: version(&server).await,
        examinees: 7,
        body: b"no counts".to_vec(),
    };
    let saved = server.store.save_exposure(row, None).await;
    assert!(saved.expect("answered"));
    assert_eq!(sit(&server, SessionKind::Diagnostic).await, 0);
    until_counted(&server, 1).await;
    server.stop().await;
}
