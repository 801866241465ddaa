//! Fills a store with sessions that simulated learners sat, as many as have a number of answers: what
//! `scripts/at-size.sh` measures on.
//!
//! `cargo bench --bench at_size -- FOLDER ANSWERS`

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use learnr::clock::{Clock, SystemClock};
use learnr::import::load_demonstration;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{
    FIRST_EPOCH, Fence, Imported, LearnerId, OrganizationId, SessionId, SessionRow, SessionStatus,
    Sitter, Store, WholeSession, record,
};
use learnr_domain::session::{Kind, Settings, Start};
use learnr_domain::tick::Chance;
use learnr_domain::{Bank, Command, Decision, Event, Millis, RequestId, Session, Tick};
use uuid::{NoContext, Timestamp, Uuid};

const CERTIFICATION: &str = "business-analysis-foundations";
/// Questions of a session.
const LENGTH: u16 = 20;
/// Sessions of a learner.
const SESSIONS_EACH: u64 = 5;
/// Sessions stored at a time.
const BATCH: usize = 250;
/// Over how long the sessions are spread, in milliseconds: a year, so that PostgreSQL has its partitions.
const SPREAD_MS: i64 = 365 * 86_400_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&String> = args.iter().filter(|word| !word.starts_with("--")).collect();
    // Cargo runs benchmarks as tests too, and without arguments; this one has nothing to check.
    let [folder, answers] = words.as_slice() else {
        println!("NOT RUN: at_size: it fills a folder for scripts/at-size.sh");
        return;
    };
    let answers: u64 = answers.parse().expect("a number of answers");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .expect("a runtime")
        .block_on(fill(Path::new(folder), answers));
}

async fn fill(folder: &Path, answers: u64) {
    let begun = Instant::now();
    let store = SqliteStore::open(&SqliteStore::file_in(folder), SqliteOptions::default());
    let store = store.expect("a store");
    load_demonstration(&store).await.expect("the demonstration");
    let row = store.certification(CERTIFICATION, None).await;
    let row = row.expect("it is read").expect("it is there");
    let bank = Arc::new(record::bank_from_row(&row).expect("a bank"));
    let now = SystemClock::start().now_ms();
    let sessions = answers.div_ceil(u64::from(LENGTH));
    let mut chance = Chance::new(1);
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..sessions {
        let at = now - SPREAD_MS + SPREAD_MS / sessions as i64 * number as i64;
        batch.push(sit(&bank, &row.version, number, at, &mut chance));
        if batch.len() == BATCH || number + 1 == sessions {
            let stored = store.import_sessions(std::mem::take(&mut batch), now).await;
            let stored = stored.expect("they are stored");
            assert!(
                stored.iter().all(|outcome| *outcome == Imported::Stored),
                "{stored:?}"
            );
        }
    }
    store.close().await;
    println!(
        "{sessions} sessions in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}

/// One session, from its start to its end.
fn sit(bank: &Arc<Bank>, version: &str, number: u64, at: i64, chance: &mut Chance) -> WholeSession {
    let fence = Fence {
        epoch: FIRST_EPOCH,
        claim: 7,
    };
    let settings = Settings::new(Kind::Practice, LENGTH);
    let tick = Tick {
        now: Millis(at),
        seed: chance.bits(),
    };
    let start = Start::new(settings.clone(), None, Arc::from(version));
    let event = Session::start(Arc::clone(bank), start, tick).expect("it starts");
    let mut session = Session::replay(Arc::clone(bank), [&event]).expect("its own event");
    let mut events = vec![record::event_to_row(&event, bank, fence)];
    let mut now = Millis(at);
    while session.open_question().is_some() {
        now = now.plus(9_000);
        for event in answer(&mut session, now, chance) {
            events.push(record::event_to_row(&event, bank, fence));
        }
    }
    let milliseconds = u64::try_from(at).expect("after 1970");
    let (seconds, rest) = (
        milliseconds / 1_000,
        (milliseconds % 1_000) as u32 * 1_000_000,
    );
    WholeSession {
        sitter: Sitter::Learner(format!("learner-{}", number / SESSIONS_EACH)),
        row: SessionRow {
            id: SessionId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, rest))),
            learner: LearnerId(Uuid::nil()),
            organization: OrganizationId::DEFAULT,
            certification: CERTIFICATION.to_owned(),
            bank_version: version.to_owned(),
            kind: record::kind_name(settings.kind).to_owned(),
            settings: record::settings_to_bytes(&settings),
            stream: Uuid::new_v4().to_string(),
            status: SessionStatus::Completed,
            fence,
            owner: None,
            deadline_at: None,
            started_at: at,
            ended_at: Some(now.0),
            summary: None,
        },
        events,
    }
}

/// Answers the open question: right two times of three.
fn answer(session: &mut Session, now: Millis, chance: &mut Chance) -> Vec<Event> {
    let served = session
        .open_question()
        .copied()
        .expect("a question is open");
    let item = session.bank().item(served.item);
    let right = chance.unit() < 0.66;
    let options = item.options.iter().filter(|option| option.correct == right);
    let wanted = if right { usize::MAX } else { 1 };
    let command = Command::Answer {
        request_id: RequestId::new(format!("r{}", served.position.0)).expect("an id"),
        position: served.position,
        options: options
            .take(wanted)
            .map(|option| option.id.clone())
            .collect(),
        confidence: None,
    };
    let tick = Tick {
        now,
        seed: chance.bits(),
    };
    let Ok(Decision::Events(events)) = session.handle(&command, tick) else {
        panic!("an answer to an open question makes events");
    };
    for event in &events {
        session.apply(event).expect("its own event");
    }
    events
}
