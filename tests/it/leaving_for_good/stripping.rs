//! The beginning of a session without its learner: what goes, what stays, and who may still read it.

use learnr::store::record::{self, RecordError, event_for_statistics, event_from_row};
use learnr::store::{Beginning, EventRow};
use learnr_domain::session::{Fact, Started};
use learnr_protocol::SessionKind;

use super::{another, learner_of, practised};
use crate::harness::Server;

fn started(row: &EventRow) -> Started {
    match event_for_statistics(row).expect("it can be read").fact {
        Fact::Started(started) => *started,
        other => panic!("the beginning, got {other:?}"),
    }
}

#[actix_rt::test]
async fn a_beginning_loses_what_was_known_of_its_learner_and_nothing_else() {
    let server = Server::start().await;
    let past = practised(&server).await;
    let learner = learner_of(&server, &past.session).await;
    let granted = server.store.set_time_multiplier(learner, 1.5).await;
    assert!(granted.expect("answered"));
    let exam = another(&server, &past.token, SessionKind::Exam).await;
    let row = server.stored_session(&exam.session).await;
    let before = server.stored_events(&exam.session).await.remove(0);
    let whole = Beginning {
        settings: row.settings,
        started: before.clone(),
    };
    let stripped = record::strip(whole);
    let kept = started(&stripped.started);
    let was = started(&before);
    assert!(!was.prior.is_empty() && !was.seen.is_empty() && was.seed != 0);
    let mut expected = was;
    (expected.prior, expected.seen, expected.seed) = (Vec::new(), Vec::new(), 0);
    expected.settings.time_multiplier = 1.0;
    assert_eq!(kept, expected);
    let settings = record::settings_from_bytes(&stripped.settings);
    assert_eq!(settings.expect("readable"), expected.settings);
    assert!(
        stripped.started.event_version <= i16::MAX as u16,
        "PostgreSQL has no more"
    );
    let replayed = event_from_row(&stripped.started);
    assert!(
        matches!(replayed, Err(RecordError::Stripped)),
        "{replayed:?}"
    );
    let unchanged = EventRow {
        payload: before.payload.clone(),
        event_version: before.event_version,
        ..stripped.started.clone()
    };
    assert_eq!(unchanged, before, "no other column");
    assert_eq!(record::strip(stripped.clone()), stripped, "done again");
    server.stop().await;
}

#[actix_rt::test]
async fn a_beginning_that_cannot_be_read_goes_whole() {
    let server = Server::start().await;
    let client = server.practice().await;
    let before = server.stored_events(&client.session).await.remove(0);
    let damaged = EventRow {
        payload: vec![0xc1, 0xff, 7],
        ..before.clone()
    };
    let later = EventRow {
        event_version: 9,
        ..before.clone()
    };
    let other = EventRow {
        kind: "transmigrated".to_owned(),
        ..before
    };
    for started in [damaged, later, other] {
        let beginning = Beginning {
            settings: vec![0xc1],
            started,
        };
        let stripped = record::strip(beginning);
        assert!(stripped.settings.is_empty() && stripped.started.payload.is_empty());
        let replayed = event_from_row(&stripped.started);
        assert!(
            matches!(replayed, Err(RecordError::Stripped)),
            "{replayed:?}"
        );
        assert!(event_for_statistics(&stripped.started).is_err());
        assert_eq!(record::strip(stripped.clone()), stripped, "done again");
    }
    server.stop().await;
}
