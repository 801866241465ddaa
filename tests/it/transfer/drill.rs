//! The drill: a store under load is backed up, the backup restored elsewhere, the ledger of acknowledged answers held
//! against it, and sessions go on there.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use learnr_protocol::SessionKind;

use crate::harness::{Client, Desk, Server, ServerOptions, demonstration, text, until};

/// Learners at work.
const LEARNERS: usize = 8;

/// An answer that a learner was told is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Acknowledged {
    session: String,
    seq: u32,
    position: u16,
}

/// What learners have been told so far.
#[derive(Default)]
struct Ledger {
    answers: Mutex<Vec<Acknowledged>>,
    stopping: AtomicBool,
}

impl Ledger {
    fn so_far(&self) -> Vec<Acknowledged> {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Answers until told to stop.
async fn work(mut client: Client, ledger: Arc<Ledger>) -> Client {
    let mut question = client.question();
    while !ledger.stopping.load(Ordering::Relaxed) {
        let answered = client.answer(&question).await;
        let acknowledged = Acknowledged {
            session: client.session.clone(),
            seq: answered.offset,
            position: answered.position,
        };
        ledger
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(acknowledged);
        match answered.next {
            Some(next) => question = next,
            None => break,
        }
    }
    client
}

#[actix_rt::test]
async fn a_store_under_load_is_backed_up_restored_elsewhere_and_goes_on_there() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let ledger = Arc::new(Ledger::default());
    let mut create = demonstration(SessionKind::Practice);
    create.length = Some(150);
    let mut learners = Vec::new();
    for _ in 0..LEARNERS {
        let client = server
            .client(&create, learnr_protocol::Encoding::MsgPack)
            .await;
        learners.push(actix_rt::spawn(work(client, ledger.clone())));
    }
    until("everybody is at work", async || {
        ledger.so_far().len() >= 4 * LEARNERS
    })
    .await;
    let before = ledger.so_far();
    let desk = Desk::new();
    let file = desk.path("under-load.sqlite3");
    run(&["backup", &text(&file), "--data", &text(server.data.path())]).await;
    let after = ledger.so_far().len();
    ledger.stopping.store(true, Ordering::Relaxed);
    let mut clients = Vec::new();
    for learner in learners {
        clients.push(learner.await.expect("the learner goes on"));
    }
    println!(
        "{} answers acknowledged before the backup, {after} when it was done",
        before.len()
    );
    assert!(after > before.len(), "nobody worked during the backup");

    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    run(&["restore", &text(&file), "--data", &text(elsewhere.path())]).await;
    let secret = |folder: &std::path::Path| folder.join("secret");
    fs::copy(secret(server.data.path()), secret(elsewhere.path())).expect("copied");
    let restored = Server::over(
        elsewhere,
        ServerOptions {
            flags: ["--rate-limits", "off"].map(str::to_owned).to_vec(),
            ..ServerOptions::default()
        },
    )
    .await;
    for acknowledged in &before {
        let events = restored.stored_events(&acknowledged.session).await;
        let event = events.get(acknowledged.seq as usize - 1);
        let position = event.and_then(|event| event.position);
        assert_eq!(
            position,
            Some(acknowledged.position),
            "{acknowledged:?} was lost"
        );
    }
    for client in &clients {
        let mut there = restored.join(&client.token, &client.session).await;
        let question = there.question();
        let answered = there.answer(&question).await;
        assert_eq!(answered.position, question.position);
    }
    restored.stop().await;
    server.stop().await;
}

/// Runs the binary to its end while learners work.
async fn run(args: &[&str]) {
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let run = move || {
        std::process::Command::new(env!("CARGO_BIN_EXE_learnr"))
            .args(args)
            .env("LEARNR_LOG", "error")
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("it is run");
    let output = output.expect("the binary runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
}
