//! How the server takes its leave: of an instance that is asked to stop, of a session that has ended.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_protocol::{CloseCode, Encoding, ServerMessage, SessionKind};

use crate::harness::{Client, Server, demonstration, finish};

/// A server in a process of its own, killed with the test if it is still there.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // After it has ended and been waited for, neither does anything.
        if self.0.kill().is_ok() && self.0.wait().is_err() {
            eprintln!("the server {} may still be running", self.0.id());
        }
    }
}

impl Process {
    /// Starts `learnr serve` on a free port; how to reach it.
    fn serving(data: &std::path::Path) -> (Self, Rest) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_learnr"))
            .args(["serve", "--port", "0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let stdout = child.stdout.take().expect("it is piped");
        let process = Self(child);
        let mut ready = String::new();
        BufReader::new(stdout)
            .read_line(&mut ready)
            .expect("the ready line");
        let address = ready.trim().strip_prefix("LearnR is ready at ");
        let base = address.and_then(|address| address.parse().ok());
        (process, Rest::new(base.expect("its address")))
    }

    /// Asks it to stop.
    fn terminate(&self) {
        let id = self.0.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.is_ok_and(|asked| asked.success()), "SIGTERM is sent");
    }
}

#[actix_rt::test]
async fn a_server_asked_to_stop_tells_its_clients_when_to_come_back_and_ends_well() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (mut process, rest) = Process::serving(data.path());
    let guest = rest.guest().await.expect("a guest");
    let create = demonstration(SessionKind::Practice);
    let ticket = rest.create_session(&guest.token, &create).await;
    let ticket = ticket.expect("a session");
    let mut client = Client::join(&rest, &guest.token, &ticket, Encoding::MsgPack).await;
    let question = client.question();
    client.answer(&question).await;
    process.terminate();
    match client.next().await {
        ServerMessage::GoingAway(going) => {
            assert!((0..2_000).contains(&going.reconnect_after_ms));
        }
        other => panic!("a farewell, got {other:?}"),
    }
    assert_eq!(client.closed().await, CloseCode::Draining.number());
    let status = tokio::task::spawn_blocking(move || process.0.wait())
        .await
        .expect("no panic");
    assert!(status.expect("it can be waited for").success());
}

#[actix_rt::test]
async fn a_session_that_has_ended_closes_its_sockets_after_a_minute() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    client.say(&finish("f")).await;
    assert!(matches!(client.next().await, ServerMessage::Completed(_)));
    server.advance(Duration::from_millis(59_999));
    client.ping().await;
    server.advance(Duration::from_millis(1));
    assert_eq!(client.closed().await, CloseCode::SessionEnded.number());
    server.stop().await;
}
