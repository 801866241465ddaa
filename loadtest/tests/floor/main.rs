//! The echo of the floor as its two processes: it answers, it is counted, and it ends with whoever started it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use learnr_loadtest::floor::{drive, echo};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_learnr-loadtest");

#[test]
fn an_echo_is_driven_and_ends_when_its_input_does() {
    let mut server = Command::new(PROGRAM)
        .args([echo::VERB, "--threads", "1", "--reply-bytes", "1750"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this package's own binary");
    let mut line = String::new();
    let mut stdout = BufReader::new(server.stdout.take().expect("it is piped"));
    stdout
        .read_line(&mut line)
        .expect("it says where it listens");
    let url = line.trim().rsplit(' ').next().expect("a line has a word");
    let driven = Command::new(PROGRAM)
        .args([drive::VERB, "--url", url, "--sockets", "20"])
        .args(["--request-bytes", "115", "--seconds", "1"])
        .output()
        .expect("this package's own binary");
    drop(server.stdin.take());
    let ended = server.wait().expect("it can be waited for");
    assert!(ended.success(), "{ended}");
    let said = String::from_utf8_lossy(&driven.stderr);
    assert!(driven.status.success(), "{said}");
    let found: Value = serde_json::from_slice(&driven.stdout).expect("it says JSON");
    let figure = |pointer: &str| found.pointer(pointer).and_then(Value::as_f64);
    assert!(
        figure("/per_s").is_some_and(|per_s| per_s > 100.0),
        "{found}"
    );
    assert!(
        figure("/alone_ms/p50").is_some_and(|ms| ms > 0.0),
        "{found}"
    );
}

#[test]
fn only_this_machine_is_driven() {
    let driven = Command::new(PROGRAM)
        .args([
            drive::VERB,
            "--url",
            "http://192.0.2.1:80",
            "--sockets",
            "1",
        ])
        .args(["--request-bytes", "1", "--seconds", "1"])
        .output()
        .expect("this package's own binary");
    assert!(!driven.status.success());
    let said = String::from_utf8_lossy(&driven.stderr);
    assert!(said.contains("not this machine"), "{said}");
}
