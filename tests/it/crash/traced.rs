//! A server under strace with a few learners. Owns the tracer; what the trace shows is judged elsewhere.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_loadtest::chance::{Chance, Think};
use learnr_loadtest::{Learner, Recorder, Settings};
use learnr_protocol::Encoding;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::order::Order;
use super::server::{BINARY, Site};
use super::trace;

/// Learners at once, so that batches hold several answers and acknowledgements overlap with writes.
const LEARNERS: u64 = 5;
/// Answers of each.
const ANSWERS_EACH: usize = 10;
/// Answers a trace must show.
pub(super) const ANSWERS: usize = LEARNERS as usize * ANSWERS_EACH;
/// Bytes of each buffer shown: a page of the log, or several frames.
const BYTES_SHOWN: &str = "32768";
/// Every call that writes or syncs a file or a socket.
const CALLS: &str =
    "trace=fdatasync,fsync,pwrite64,pwritev,pwritev2,write,writev,sendto,sendmsg,sendmmsg";
/// Longest the tracer may take to end after the server has.
const TRACE_WITHIN: Duration = Duration::from_secs(30);

/// Why no process can be traced here; `None` where one can.
pub(super) fn unable() -> Option<String> {
    let tried = Command::new("strace")
        .args(["-f", "-yy", "-o", "/dev/null", "true"])
        .stdin(Stdio::null())
        .output();
    match tried {
        Err(error) => Some(format!("strace cannot be run: {error}")),
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let words = String::from_utf8_lossy(&output.stderr);
            let first = words.lines().next().unwrap_or_default();
            Some(format!("strace cannot trace: {first}"))
        }
    }
}

/// Lets learners answer against a traced server, and judges the order of what it did.
pub(super) async fn order_of(mutant: Option<&'static str>) -> Order {
    let site = Site::new(&mut Chance::new(u64::from(std::process::id())));
    let fifo = site.beside("trace");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()), "a fifo is made");
    let trace = read_to_end(&fifo);
    let mut command = Command::new("strace");
    command
        // With -D the server is our own child, by whose id it is killed; the tracer ends with it.
        .args(["-D", "-f", "-yy", "-s", BYTES_SHOWN, "-e", CALLS, "-o"])
        .arg(&fifo)
        .arg(BINARY);
    let faults: Vec<_> = mutant
        .map(|name| (name, "1".to_owned()))
        .into_iter()
        .collect();
    let server = site.launch(command, &faults).await;
    answer(&site).await;
    server.kill();
    let trace = timeout(TRACE_WITHIN, trace).await;
    let trace = trace.expect("the tracer ends").expect("the trace is text");
    Order::of(&trace::calls(&trace))
}

/// Every learner gives its answers, in JSON so that a trace can be read.
async fn answer(site: &Site) {
    let mut learners = JoinSet::new();
    for number in 0..LEARNERS {
        let mut settings = Settings::new(Rest::new(site.base()), "business-analysis-foundations");
        settings.encoding = Encoding::Json;
        settings.seed = number;
        learners.spawn(async move {
            let mut learner = Learner::start(Arc::new(settings), Recorder::default()).await?;
            learner.play(ANSWERS_EACH, Think::None).await
        });
    }
    for acked in learners.join_all().await {
        assert_eq!(
            acked.expect("a learner under a tracer gets along"),
            ANSWERS_EACH
        );
    }
}

/// Reads a fifo in a thread until its writer has gone, which is when the tracer has ended.
fn read_to_end(fifo: &Path) -> oneshot::Receiver<String> {
    let (whole, wait) = oneshot::channel();
    let fifo = fifo.to_owned();
    std::thread::spawn(move || {
        if let Ok(text) = std::fs::read_to_string(fifo)
            && whole.send(text).is_err()
        {
            eprintln!("nobody waits for the trace any more");
        }
    });
    wait
}
