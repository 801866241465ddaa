//! How fast the SQLite store takes rows: ten thousand sessions at once, and one alone.
//!
//! Prints the bytes a row takes in the file. `TMPDIR` says which disk is measured.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{
    Append, CertificationVersionRow, EventRow, FIRST_EPOCH, Fence, Identity, ItemRow, LearnerId,
    NewSession, OrganizationId, Outcome, SessionId, Store,
};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const SESSIONS: usize = 10_000;
/// As many items as the largest certification of real questions here.
const ITEMS: u32 = 14_079;
/// Bytes of an answer's payload: the next question's option order, and so on.
const PAYLOAD_BYTES: usize = 96;

struct Live {
    id: SessionId,
    fence: Fence,
    seq: u32,
}

impl Live {
    fn next(&mut self) -> Append {
        self.seq += 1;
        Append {
            session: self.id,
            fence: self.fence,
            rows: vec![answered(self.seq, self.fence)],
            status: None,
        }
    }
}

fn append(criterion: &mut Criterion) {
    let runtime = runtime();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = SqliteStore::file_in(directory.path());
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("opens");
    let mut sessions = runtime.block_on(live(&store));
    let mut rows = 0;
    let mut group = criterion.benchmark_group("store");
    // Some thirty rows a session, as a quiz has: a row costs more the longer its session is.
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(SESSIONS as u64));
    group.bench_function("append_10000_sessions", |bencher| {
        bencher.iter_custom(|rounds| {
            let begun = Instant::now();
            for _ in 0..rounds {
                rows += SESSIONS;
                runtime.block_on(round(&store, &mut sessions));
            }
            begun.elapsed()
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("append_alone", |bencher| {
        bencher.iter(|| {
            rows += 1;
            runtime.block_on(round(&store, &mut sessions[..1]));
        });
    });
    group.finish();
    runtime.block_on(store.close());
    let bytes = fs::metadata(&path).expect("is there").len();
    println!(
        "{rows} rows, {} bytes a row in the file",
        bytes / rows as u64
    );
}

fn import(criterion: &mut Criterion) {
    let runtime = runtime();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = SqliteStore::file_in(directory.path());
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("opens");
    let mut version = 0;
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10);
    group.bench_function("import_14079_items", |bencher| {
        bencher.iter(|| {
            version += 1;
            let row = certification(&version.to_string(), ITEMS);
            runtime
                .block_on(store.save_certification(row))
                .expect("is stored")
        });
    });
    group.bench_function("load_14079_items", |bencher| {
        bencher.iter(|| {
            let row = runtime.block_on(store.certification("cert", None));
            black_box(row.expect("is read").expect("is stored").items.len())
        });
    });
    runtime.block_on(store.close());
    group.bench_function("open_14079_items", |bencher| {
        bencher.iter(|| SqliteStore::open(&path, SqliteOptions::default()).expect("opens"));
    });
    group.finish();
}

/// One row for each session, all handed over before the first outcome is awaited.
async fn round(store: &SqliteStore, sessions: &mut [Live]) {
    let outcomes: Vec<_> = sessions
        .iter_mut()
        .map(|session| store.append(session.next()).expect("there is room"))
        .collect();
    for outcome in outcomes {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
}

async fn live(store: &SqliteStore) -> Vec<Live> {
    store
        .save_certification(certification("1", 36))
        .await
        .expect("is stored");
    let identity = Identity {
        issuer: "guest".to_owned(),
        subject: "bench".to_owned(),
    };
    let learner = store.learner_for(identity, 1).await.expect("is stored");
    let new: Vec<_> = (0..SESSIONS)
        .map(|number| new_session(learner, number))
        .collect();
    let live = new
        .iter()
        .map(|session| Live {
            id: session.id,
            fence: session.fence(),
            seq: 1,
        })
        .collect();
    for created in join_all(new.into_iter().map(|session| store.create_session(session))).await {
        created.expect("is created");
    }
    live
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

fn new_session(learner: LearnerId, number: usize) -> NewSession {
    let fence = Fence {
        epoch: FIRST_EPOCH,
        claim: number as i64,
    };
    NewSession {
        id: SessionId(Uuid::now_v7()),
        learner,
        organization: OrganizationId::DEFAULT,
        certification: "cert".to_owned(),
        bank_version: "1".to_owned(),
        kind: format!("practice-{number}"),
        settings: Vec::new(),
        stream: "stream".to_owned(),
        claim: fence.claim,
        deadline_at: None,
        started_at: 1,
        started: answered(1, fence),
    }
}

fn answered(seq: u32, fence: Fence) -> EventRow {
    EventRow {
        seq,
        fence,
        kind: "answered".to_owned(),
        event_version: 1,
        participant: 0,
        at_ms: 1_700_000_000_000,
        request_id: Some(Uuid::new_v4().to_string()),
        position: Some(12),
        item: Some("item-1234".to_owned()),
        choice: Some("2".to_owned()),
        correct: Some(true),
        elapsed_ms: Some(12_345),
        area: Some("taxation".to_owned()),
        theta: Some(0.123),
        standard_error: Some(0.456),
        payload: vec![7; PAYLOAD_BYTES],
    }
}

fn certification(version: &str, items: u32) -> CertificationVersionRow {
    CertificationVersionRow {
        id: "cert".to_owned(),
        version: version.to_owned(),
        organization: OrganizationId::DEFAULT,
        title: "Title".to_owned(),
        description: "Description".to_owned(),
        body: Vec::new(),
        items: (0..items)
            .map(|ix| ItemRow {
                ix,
                item_id: format!("item-{ix}"),
                area: format!("area-{}", ix % 6),
                active: true,
                body: vec![7; 800],
            })
            .collect(),
        calibration: None,
    }
}

criterion_group!(benches, append, import);
criterion_main!(benches);
