//! A load balancer that hashes nothing: every connection goes to any instance that says it is ready. Must not know what
//! the connections carry.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::harness::background::Background;
use crate::harness::proxy::Proxy;

/// Between two looks at an instance.
const CHECK_EVERY: Duration = Duration::from_millis(300);
/// An instance that does not answer within this time is not ready.
const CHECK_WITHIN: Duration = Duration::from_millis(1_500);
/// What is asked.
const QUESTION: &[u8] = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n";
/// Bytes of the answer that say whether it is.
const ANSWER_BYTES: usize = 15;

/// One address for many instances.
pub(crate) struct Balancer {
    proxy: Arc<Proxy>,
    _checks: Background,
}

impl Balancer {
    /// In front of these, of which none is known to be ready yet.
    pub(crate) fn before(instances: Vec<SocketAddr>) -> Self {
        let proxy = Arc::new(Proxy::to_any(Vec::new()));
        let checks = Background::start();
        checks
            .handle()
            .spawn(check_for_ever(Arc::clone(&proxy), instances));
        Self {
            proxy,
            _checks: checks,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// Cuts every connection at once.
    pub(crate) fn cut_all(&self) {
        self.proxy.reset_all();
    }
}

async fn check_for_ever(proxy: Arc<Proxy>, instances: Vec<SocketAddr>) {
    let mut looks = interval(CHECK_EVERY);
    let mut known = Vec::new();
    loop {
        looks.tick().await;
        let asked: Vec<_> = instances
            .iter()
            .map(|instance| tokio::spawn(is_ready(*instance)))
            .collect();
        let mut ready = Vec::new();
        for (instance, answer) in instances.iter().zip(asked) {
            if answer.await.is_ok_and(|ready| ready) {
                ready.push(*instance);
            }
        }
        if ready != known {
            proxy.switch_to_any(ready.clone());
            known = ready;
        }
    }
}

async fn is_ready(instance: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(instance).await.ok()?;
        stream.write_all(QUESTION).await.ok()?;
        let mut answer = [0; ANSWER_BYTES];
        stream.read_exact(&mut answer).await.ok()?;
        answer.ends_with(b" 200 OK").then_some(())
    };
    matches!(timeout(CHECK_WITHIN, ask).await, Ok(Some(())))
}
