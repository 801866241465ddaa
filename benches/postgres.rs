//! How fast the PostgreSQL store takes rows, beside a bare loop of the same fenced statement with the same rows, in one
//! run; and the bytes a row takes.
//!
//! Needs a server, which `bash scripts/bench-postgres.sh` starts; without one it says so. It makes a database of its own
//! in the one TEST_DATABASE_URL names, and drops it.

use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::{
    Append, CertificationVersionRow, EventRow, FIRST_EPOCH, Fence, Identity, ItemRow, LearnerId,
    NewSession, OrganizationId, Outcome, SessionId, Store,
};
use learnr_loadtest::floor::postgres::{BATCH_ROWS, LANES, Written, prepare, store_batch};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const SESSIONS: usize = 10_000;
/// How long each is measured.
const FOR: Duration = Duration::from_secs(8);
/// Bytes of an answer's payload: the next question's option order, and so on.
const PAYLOAD_BYTES: usize = 96;

struct Live {
    id: SessionId,
    fence: Fence,
    seq: u32,
}

impl Live {
    fn written(&self) -> Written {
        Written {
            id: self.id.0,
            epoch: self.fence.epoch,
            claim: self.fence.claim,
            seq: self.seq,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
        println!("postgres: not run, there is no server: see `bash scripts/bench-postgres.sh`");
        return;
    };
    let admin = connect(&server).await;
    let name = format!("learnr_bench_{}", Uuid::new_v4().simple());
    run(&admin, &format!("CREATE DATABASE {name}")).await;
    let base = server.rsplit_once('/').expect("a URL with a database").0;
    let url = format!("{base}/{name}");
    measure(&url).await;
    run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn measure(url: &str) {
    let store = PostgresStore::open(PostgresOptions::at(url)).await;
    let store = store.expect("opens");
    let mut sessions = live(&store).await;
    let bare = bare(url, &mut sessions).await;
    println!("bare statement, {LANES} connections, {BATCH_ROWS} rows each: {bare:.0} rows/s");
    let through = through(&store, &mut sessions).await;
    println!(
        "the store, {LANES} lanes: {through:.0} rows/s, {:.0} % of that",
        100.0 * through / bare
    );
    let alone = alone(&store, &mut sessions[0]).await;
    println!("one row alone: {:.2} ms", alone.as_secs_f64() * 1e3);
    let client = connect(url).await;
    let sizes = "SELECT sum(pg_table_size(inhrelid))::float8, sum(pg_indexes_size(inhrelid))::float8, \
         (SELECT count(*) FROM events)::float8 FROM pg_inherits WHERE inhparent = 'events'::regclass";
    let row = client.query_one(sizes, &[]).await.expect("sizes");
    let [table, indexes, rows]: [f64; 3] = [row.get(0), row.get(1), row.get(2)];
    println!(
        "{rows:.0} rows, {:.0} bytes a row: {:.0} in the table, {:.0} in its indexes",
        (table + indexes) / rows,
        table / rows,
        indexes / rows
    );
    store.close().await;
}

/// Rows a second of the statement alone: the same rows, the same batches, nothing around it.
async fn bare(url: &str, sessions: &mut [Live]) -> f64 {
    let clients = join_all((0..LANES).map(|_| connect(url))).await;
    let share = sessions.len() / LANES;
    let mut written: Vec<Written> = sessions.iter().map(Live::written).collect();
    let begun = Instant::now();
    let lanes = clients.iter().zip(written.chunks_mut(share)).map(
        async |(client, own)| -> anyhow::Result<usize> {
            let statement = prepare(client).await?;
            let (mut rows, mut server) = (0, 0);
            while begun.elapsed() < FOR {
                for batch in own.chunks_mut(BATCH_ROWS) {
                    store_batch((client, &statement), batch, &mut server).await?;
                    rows += batch.len();
                }
            }
            Ok(rows)
        },
    );
    let rows = try_join_all(lanes).await.expect("stored");
    for (live, written) in sessions.iter_mut().zip(written) {
        live.seq = written.seq;
    }
    rows.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64()
}

/// Rows a second through the store: one row for each session, all handed over before the first outcome is awaited.
async fn through(store: &PostgresStore, sessions: &mut [Live]) -> f64 {
    let begun = Instant::now();
    let mut rows = 0;
    while begun.elapsed() < FOR {
        let outcomes: Vec<_> = sessions
            .iter_mut()
            .map(|live| store.append(append(live)).expect("there is room"))
            .collect();
        for outcome in outcomes {
            assert_eq!(outcome.await, Ok(Outcome::Stored));
            rows += 1;
        }
    }
    f64::from(rows) / begun.elapsed().as_secs_f64()
}

/// How long one row takes that waits for nobody.
async fn alone(store: &PostgresStore, live: &mut Live) -> Duration {
    const TIMES: u32 = 500;
    let begun = Instant::now();
    for _ in 0..TIMES {
        let outcome = store.append(append(live)).expect("there is room");
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    begun.elapsed() / TIMES
}

fn append(live: &mut Live) -> Append {
    let row = next(live);
    Append {
        session: live.id,
        fence: live.fence,
        rows: vec![row],
        status: None,
    }
}

fn next(live: &mut Live) -> EventRow {
    live.seq += 1;
    answered(live.seq, live.fence)
}

async fn live(store: &PostgresStore) -> Vec<Live> {
    let certification = CertificationVersionRow {
        id: "cert".to_owned(),
        version: "1".to_owned(),
        organization: OrganizationId::DEFAULT,
        title: "Title".to_owned(),
        description: String::new(),
        body: Vec::new(),
        items: Vec::<ItemRow>::new(),
        calibration: None,
    };
    store
        .save_certification(certification)
        .await
        .expect("is stored");
    let identity = Identity {
        issuer: "guest".to_owned(),
        subject: "bench".to_owned(),
    };
    let learner = store.learner_for(identity, 1).await.expect("is stored");
    let mut live = Vec::with_capacity(SESSIONS);
    let numbers: Vec<usize> = (0..SESSIONS).collect();
    for some in numbers.chunks(100) {
        let created = some
            .iter()
            .map(|number| store.create_session(new_session(learner, *number)));
        for created in join_all(created).await {
            let row = match created.expect("is created") {
                learnr::store::Created::New(row) => row,
                learnr::store::Created::Open(row) => panic!("{} is open", row.id),
                learnr::store::Created::NoLearner => panic!("the learner is there"),
            };
            live.push(Live {
                id: row.id,
                fence: row.fence,
                seq: 1,
            });
        }
    }
    live
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
        standard_error: Some(0.123),
        payload: vec![7; PAYLOAD_BYTES],
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.expect(sql);
}
