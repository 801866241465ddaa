//! Stored events of every release must still be read, and still replay to the state they had.
//!
//! `tests/golden/<release>/` holds a bank, the rows of one session over it, and the fingerprint of its state.
//! With `LEARNR_GOLDEN=write` a release that has none yet records its own; a recorded one is never rewritten.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use learnr::import::{Source, read_json};
use learnr::store::record::{bank_from_row, event_from_row, event_to_row};
use learnr::store::{EventRow, Fence};
use learnr_domain::session::{Event, Kind, Settings, Start};
use learnr_domain::{Bank, Command, Decision, Millis, RequestId, Session, Tick};
use serde::{Deserialize, Serialize};

const FENCE: Fence = Fence {
    epoch: 3,
    claim: 77,
};
const START_MS: i64 = 1_780_000_000_000;

/// A row of `events`, as the golden file keeps it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct GoldenRow {
    seq: u32,
    kind: String,
    event_version: u16,
    at_ms: i64,
    request_id: Option<String>,
    position: Option<u16>,
    item: Option<String>,
    choice: Option<String>,
    correct: Option<bool>,
    elapsed_ms: Option<i64>,
    area: Option<String>,
    theta: Option<f64>,
    standard_error: Option<f64>,
    payload: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Golden {
    fingerprint: String,
    rows: Vec<GoldenRow>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16);
    pairs
        .map(|pair| byte(pair).expect("two hexadecimal digits"))
        .collect()
}

impl GoldenRow {
    fn of(row: &EventRow) -> Self {
        Self {
            seq: row.seq,
            kind: row.kind.clone(),
            event_version: row.event_version,
            at_ms: row.at_ms,
            request_id: row.request_id.clone(),
            position: row.position,
            item: row.item.clone(),
            choice: row.choice.clone(),
            correct: row.correct,
            elapsed_ms: row.elapsed_ms,
            area: row.area.clone(),
            theta: row.theta,
            standard_error: row.standard_error,
            payload: hex(&row.payload),
        }
    }

    fn row(&self) -> EventRow {
        EventRow {
            seq: self.seq,
            fence: FENCE,
            kind: self.kind.clone(),
            event_version: self.event_version,
            participant: 0,
            at_ms: self.at_ms,
            request_id: self.request_id.clone(),
            position: self.position,
            item: self.item.clone(),
            choice: self.choice.clone(),
            correct: self.correct,
            elapsed_ms: self.elapsed_ms,
            area: self.area.clone(),
            theta: self.theta,
            standard_error: self.standard_error,
            payload: unhex(&self.payload),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn bank_of(release: &Path) -> Arc<Bank> {
    let reading = read_json(&Source {
        name: "bank".to_owned(),
        bytes: std::fs::read(release.join("bank.json")).expect("a golden bank"),
    });
    let row = reading.row.unwrap_or_else(|| panic!("{}", reading.report));
    Arc::new(bank_from_row(&row).expect("it is a bank"))
}

/// A session with everything a session can do: answers, a pause, credited time, the end.
fn a_session(bank: &Arc<Bank>) -> (Session, Vec<Event>) {
    let tick = |n: u64| Tick {
        now: Millis(START_MS + i64::try_from(n).expect("few ticks") * 7_000),
        seed: n * 1_001,
    };
    let mut settings = Settings::new(Kind::Practice, 8);
    settings.time_limit_ms = Some(3_600_000);
    let start = Start::new(settings, None, Arc::from("golden"));
    let first = Session::start(Arc::clone(bank), start, tick(0)).expect("it starts");
    let mut session = Session::replay(Arc::clone(bank), [&first]).expect("it is live");
    let mut events = vec![first];
    for n in 1..=12 {
        let request_id = RequestId::new(format!("r{n}")).expect("an id");
        let command = match (n, session.open_question()) {
            (4, _) => Command::Pause { request_id },
            (5, _) => Command::Resume { request_id },
            (6, _) => Command::CreditTime { by_ms: 1_500 },
            (12, _) | (_, None) => Command::Finish { request_id },
            (_, Some(open)) => Command::Answer {
                request_id,
                position: open.position,
                options: vec![
                    bank.item(open.item).options[usize::from(n % 3 == 0)]
                        .id
                        .clone(),
                ],
                confidence: (n % 2 == 0).then_some(70),
            },
        };
        let Ok(Decision::Events(decided)) = session.handle(&command, tick(n)) else {
            break;
        };
        for event in decided {
            session.apply(&event).expect("it follows");
            events.push(event);
        }
    }
    (session, events)
}

fn record(release: &Path) {
    let bank = bank_of(release);
    let (session, events) = a_session(&bank);
    let rows = events
        .iter()
        .map(|event| GoldenRow::of(&event_to_row(event, &bank, FENCE)));
    let golden = Golden {
        fingerprint: hex(&session.fingerprint()),
        rows: rows.collect(),
    };
    let text = serde_json::to_string_pretty(&golden).expect("plain values");
    std::fs::write(release.join("events.json"), text + "\n").expect("written");
}

#[test]
fn stored_events_of_every_release_replay_to_their_fingerprints() {
    let releases: Vec<PathBuf> = std::fs::read_dir(root())
        .expect("golden releases")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    assert!(!releases.is_empty(), "there is no golden release");
    for release in releases {
        let file = release.join("events.json");
        if !file.exists() && std::env::var("LEARNR_GOLDEN").is_ok_and(|value| value == "write") {
            record(&release);
        }
        let text = std::fs::read_to_string(&file).expect("record it with LEARNR_GOLDEN=write");
        let golden: Golden = serde_json::from_str(&text).expect("golden events");
        let bank = bank_of(&release);
        let events: Vec<Event> = golden
            .rows
            .iter()
            .map(|row| event_from_row(&row.row()).expect("a stored event is read"))
            .collect();
        let session = Session::replay(Arc::clone(&bank), &events).expect("it replays");
        assert_eq!(
            hex(&session.fingerprint()),
            golden.fingerprint,
            "{}",
            release.display()
        );
        for (event, row) in events.iter().zip(&golden.rows) {
            let again = GoldenRow::of(&event_to_row(event, &bank, FENCE));
            assert_eq!(&again, row, "an event is written as it was read");
        }
    }
}

#[test]
fn an_event_of_a_version_not_known_is_refused_and_never_guessed() {
    let release = root().join("0.1.0");
    let text = std::fs::read_to_string(release.join("events.json")).expect("golden events");
    let golden: Golden = serde_json::from_str(&text).expect("golden events");
    let mut row = golden.rows[1].row();
    row.event_version += 1;
    assert!(event_from_row(&row).is_err());
    row.event_version -= 1;
    row.kind = "danced".to_owned();
    assert!(event_from_row(&row).is_err());
    let mut row = golden.rows[1].row();
    row.payload.truncate(3);
    assert!(event_from_row(&row).is_err());
}
