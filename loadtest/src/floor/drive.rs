//! What drives the echo: as many sockets as the learners have, up to a bound, each sending its next request when its reply has come,
//! and then one socket alone. Owns those loops, which run as a process of their own, as the learners do.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use learnr_protocol::Encoding;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::base::Base;
use crate::meter::{Latencies, Quantiles};
use crate::socket::{DEADLINE, Dial, Incoming, RawMessage, Socket};

/// The hidden verb that is this driver.
pub const VERB: &str = "echo-drive";
/// Most sockets.
const SOCKETS_MAX: usize = 15_000;
/// Longest a measurement may take, seconds.
const SECONDS_MAX: u64 = 120;
/// Round trips go uncounted for so long, milliseconds: every socket is under way by then.
const WARM_UP_MS: u64 = 500;

/// Longest that everything beside the measuring may take.
const AROUND: Duration = Duration::from_secs(30);

/// What is driven, and how.
#[derive(Debug, Clone)]
pub struct Load {
    /// The echo.
    pub base: Base,
    /// Sockets at once.
    pub sockets: usize,
    /// Bytes of a request.
    pub request_bytes: usize,
    /// Seconds with all of them; then half as long with one alone.
    pub seconds: u64,
}

/// What the echo does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Echoed {
    /// Round trips a second over all sockets.
    pub per_s: f64,
    /// One round trip of one socket alone, milliseconds.
    pub alone_ms: Quantiles,
}

impl Load {
    /// Drives the echo from this process.
    ///
    /// # Errors
    /// When it does not answer, or the load is out of range.
    pub fn drive(&self) -> anyhow::Result<Echoed> {
        ensure!(
            (1..=SOCKETS_MAX).contains(&self.sockets) && (1..=SECONDS_MAX).contains(&self.seconds),
            "sockets must be 1 to {SOCKETS_MAX} and seconds 1 to {SECONDS_MAX}"
        );
        ensure!(self.base.is_loopback(), "{} is not this machine", self.base);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start a runtime")?;
        let within = AROUND + Duration::from_secs(2 * self.seconds);
        runtime.block_on(async {
            let driven = async {
                let per_s = self.together().await?;
                let alone_ms = self.alone().await?;
                Ok(Echoed { per_s, alone_ms })
            };
            let driven = tokio::time::timeout(within, driven).await;
            driven.context("the echo stopped answering")?
        })
    }

    /// The same from a process of its own: `program` is the load test's own binary.
    ///
    /// # Errors
    /// When that does not end well.
    pub(super) fn drive_apart(&self, program: &Path) -> anyhow::Result<Echoed> {
        let ended = Command::new(program)
            .args([VERB, "--url", &self.base.to_string()])
            .args(["--sockets", &self.sockets.to_string()])
            .args(["--request-bytes", &self.request_bytes.to_string()])
            .args(["--seconds", &self.seconds.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("start {} {VERB}", program.display()))?;
        ensure!(ended.status.success(), "{VERB} ended with {}", ended.status);
        serde_json::from_slice(&ended.stdout).with_context(|| format!("read what {VERB} says"))
    }

    async fn together(&self) -> anyhow::Result<f64> {
        let mut sockets = Vec::with_capacity(self.sockets);
        for _ in 0..self.sockets {
            sockets.push(self.connect().await?);
        }
        let from = Instant::now() + Duration::from_millis(WARM_UP_MS);
        let until = from + Duration::from_secs(self.seconds);
        let mut loops = JoinSet::new();
        for mut socket in sockets {
            let request = self.request();
            loops.spawn(async move {
                let mut counted = 0_u64;
                loop {
                    round_trip(&mut socket, &request).await?;
                    let now = Instant::now();
                    if now >= until {
                        return anyhow::Ok(counted);
                    }
                    counted += u64::from(now >= from);
                }
            });
        }
        let mut counted = 0;
        while let Some(ended) = loops.join_next().await {
            counted += ended.context("a socket's task")??;
        }
        Ok(counted as f64 / self.seconds as f64)
    }

    async fn alone(&self) -> anyhow::Result<Quantiles> {
        let mut socket = self.connect().await?;
        let request = self.request();
        let until = Instant::now() + Duration::from_secs(self.seconds) / 2;
        let mut taken = Latencies::default();
        while Instant::now() < until {
            let begun = Instant::now();
            round_trip(&mut socket, &request).await?;
            taken.record(begun.elapsed());
        }
        Ok(taken.quantiles())
    }

    async fn connect(&self) -> anyhow::Result<Socket> {
        let mut dial = Dial::new(self.base.clone(), "floor", Encoding::MsgPack);
        // The echo speaks none.
        dial.subprotocols.clear();
        Socket::connect(&dial).await.context("connect to the echo")
    }

    fn request(&self) -> RawMessage {
        RawMessage::Binary(vec![0x5a; self.request_bytes].into())
    }
}

async fn round_trip(socket: &mut Socket, request: &RawMessage) -> anyhow::Result<()> {
    socket.send_raw(request.clone()).await?;
    match socket
        .incoming(tokio::time::Instant::now() + DEADLINE)
        .await
    {
        Some(Incoming::Payload(_)) => Ok(()),
        other => bail!("the echo gave {other:?}"),
    }
}
