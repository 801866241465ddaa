//! What is read from the store once the server has gone: its answers through the binary, and every event
//! through the store's contract. Must not know the ledger.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{EventRow, SessionId, Store};
use learnr_loadtest::StoredAnswer;

use super::server::BINARY;

/// What `learnr answers` prints.
pub(super) fn answers(folder: &Path) -> Vec<StoredAnswer> {
    let output = Command::new(BINARY)
        .args(["answers", "--data"])
        .arg(folder)
        .output()
        .expect("the binary runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "learnr answers: {words}");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// How many events the sessions of these answers have, and what is wrong with them.
pub(super) async fn events(folder: &Path, answers: &[StoredAnswer]) -> (u64, Vec<String>) {
    let path = SqliteStore::file_in(folder);
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("the store opens");
    let sessions: BTreeSet<&str> = answers.iter().map(|row| row.session.as_str()).collect();
    let (mut count, mut problems) = (0, Vec::new());
    for session in sessions {
        let id = SessionId(session.parse().expect("a session's id is a UUID"));
        let events = store.load_events(id).await.expect("its events are read");
        count += events.len() as u64;
        problems.extend(
            offences(&events)
                .into_iter()
                .map(|words| format!("{session}: {words}")),
        );
    }
    store.close().await;
    (count, problems)
}

/// What the events of one session, in order, may not show.
fn offences(events: &[EventRow]) -> Vec<String> {
    let mut offences = Vec::new();
    if events.first().is_none_or(|first| first.kind != "started") {
        offences.push("it does not begin with its start".to_owned());
    }
    for (expected, event) in (1..).zip(events) {
        if event.seq != expected {
            offences.push(format!("event {expected} has the number {}", event.seq));
        }
    }
    for pair in events.windows(2) {
        let [earlier, later] = [&pair[0], &pair[1]];
        if later.fence.epoch < earlier.fence.epoch {
            offences.push(format!("the epoch falls at {}", later.seq));
        }
        let forked = later.fence.epoch == earlier.fence.epoch && later.fence != earlier.fence;
        if forked {
            offences.push(format!("two claims share an epoch at {}", later.seq));
        }
        if earlier.kind == "completed" {
            offences.push(format!("event {} comes after the end", later.seq));
        }
        if later.at_ms < earlier.at_ms {
            offences.push(format!("time runs backwards at {}", later.seq));
        }
    }
    let answered = events.iter().filter(|event| event.kind == "answered");
    for (expected, event) in (1..).zip(answered) {
        if event.position != Some(expected) {
            let position = event.position;
            offences.push(format!("answer {expected} is stored for {position:?}"));
        }
    }
    offences
}

#[cfg(test)]
mod tests {
    use learnr::store::Fence;

    use super::*;

    fn event(seq: u32, epoch: i64, claim: i64, kind: &str, position: Option<u16>) -> EventRow {
        EventRow {
            seq,
            fence: Fence { epoch, claim },
            kind: kind.to_owned(),
            event_version: 1,
            participant: 0,
            at_ms: i64::from(seq),
            request_id: None,
            position,
            item: None,
            choice: None,
            correct: None,
            elapsed_ms: None,
            area: None,
            theta: None,
            standard_error: None,
            payload: Vec::new(),
        }
    }

    fn session() -> Vec<EventRow> {
        vec![
            event(1, 1, 7, "started", None),
            event(2, 2, 8, "answered", Some(1)),
            event(3, 4, 9, "answered", Some(2)),
            event(4, 4, 9, "completed", None),
        ]
    }

    #[test]
    fn events_in_order_are_no_offence_and_each_disorder_is_one() {
        assert_eq!(offences(&session()), Vec::<String>::new());
        type Break = fn(&mut Vec<EventRow>);
        let broken: [(&str, Break); 7] = [
            ("no start", |events| events[0].kind = "resumed".to_owned()),
            ("a lower epoch", |events| events[1].fence.epoch = 5),
            ("another claim", |events| events[3].fence.claim = 1),
            ("a hole", |events| events[3].seq = 5),
            ("a position twice", |events| events[2].position = Some(1)),
            ("time", |events| events[3].at_ms = 0),
            ("an event after the end", |events| {
                events.push(event(5, 4, 9, "paused", None));
            }),
        ];
        for (name, breaks) in broken {
            let mut events = session();
            breaks(&mut events);
            assert_eq!(
                offences(&events).len(),
                1,
                "{name}: {:?}",
                offences(&events)
            );
        }
    }
}
