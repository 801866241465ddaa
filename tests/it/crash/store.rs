//! What is read from the store once the server has gone: its answers through the binary, and every event
//! through the store's contract. Must not know the ledger.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{EventRow, SessionId, Store};
use learnr_loadtest::StoredAnswer;

use super::server::BINARY;

/// What `learnr answers` prints, told where the data is.
pub(crate) fn answers(tell: impl FnOnce(&mut Command) -> &mut Command) -> Vec<StoredAnswer> {
    let output = tell(Command::new(BINARY).arg("answers"))
        .output()
        .expect("the binary runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "learnr answers: {words}");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// What is wrong with the order of events, counted and in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Disorder {
    /// Events looked at.
    pub(crate) events: u64,
    /// Events that have not the number after the one before.
    pub(crate) gaps: u64,
    /// Events under a lower epoch than the one before.
    pub(crate) epoch_regressions: u64,
    /// Everything that is wrong, those too.
    pub(crate) words: Vec<String>,
}

/// Looks at every event of the sessions of these answers.
pub(crate) async fn disorder(store: &dyn Store, answers: &[StoredAnswer]) -> Disorder {
    let sessions: BTreeSet<&str> = answers.iter().map(|row| row.session.as_str()).collect();
    let mut disorder = Disorder::default();
    for session in sessions {
        let id = SessionId(session.parse().expect("a session's id is a UUID"));
        let events = store.load_events(id).await.expect("its events are read");
        disorder.look_at(session, &events);
    }
    disorder
}

/// The same for the store of one server.
pub(super) async fn disorder_in(folder: &Path, answers: &[StoredAnswer]) -> Disorder {
    let path = SqliteStore::file_in(folder);
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("the store opens");
    let disorder = disorder(&store, answers).await;
    store.close().await;
    disorder
}

impl Disorder {
    /// What the events of one session, in order, may not show.
    fn look_at(&mut self, session: &str, events: &[EventRow]) {
        self.events += events.len() as u64;
        let mut offence = |words: String| self.words.push(format!("{session}: {words}"));
        if events.first().is_none_or(|first| first.kind != "started") {
            offence("it does not begin with its start".to_owned());
        }
        for (expected, event) in (1..).zip(events) {
            if event.seq != expected {
                self.gaps += 1;
                offence(format!("event {expected} has the number {}", event.seq));
            }
        }
        for pair in events.windows(2) {
            let [earlier, later] = [&pair[0], &pair[1]];
            if later.fence.epoch < earlier.fence.epoch {
                self.epoch_regressions += 1;
                offence(format!("the epoch falls at {}", later.seq));
            }
            let forked = later.fence.epoch == earlier.fence.epoch && later.fence != earlier.fence;
            if forked {
                offence(format!("two claims share an epoch at {}", later.seq));
            }
            if earlier.kind == "completed" {
                offence(format!("event {} comes after the end", later.seq));
            }
            if later.at_ms < earlier.at_ms {
                offence(format!("time runs backwards at {}", later.seq));
            }
        }
        let answered = events.iter().filter(|event| event.kind == "answered");
        for (expected, event) in (1..).zip(answered) {
            if event.position != Some(expected) {
                let position = event.position;
                offence(format!("answer {expected} is stored for {position:?}"));
            }
        }
    }
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
        let offences = |events: &[EventRow]| {
            let mut disorder = Disorder::default();
            disorder.look_at("s", events);
            disorder.words
        };
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
