//! What a relay adds: round trips of pings on two sockets of one session, one where it runs and one on another instance.
//!
//! Owns the measurement. The instances are to be started with `--rate-limits off`: a learner may send 20 messages a second.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hdrhistogram::Histogram;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{ClientMessage, Encoding, Hello, ServerMessage, SessionKind};
use tokio::time::Instant;

use crate::api::Rest;
use crate::base::Base;
use crate::socket::{Dial, Frame, Socket};

/// Between two pairs of pings: the machine is to be idle in between.
const GAP: Duration = Duration::from_millis(2);
/// Longest round trip recorded, in microseconds.
const TRIP_US_MAX: u64 = 60_000_000;

/// Round trips in microseconds.
#[derive(Debug)]
pub struct Trips {
    /// On the instance that has the session.
    pub direct: Histogram<u64>,
    /// On the other one.
    pub relayed: Histogram<u64>,
}

/// Pings for `seconds` on two sockets of one session, in turn: the first at `owner`, the second at `gateway`.
///
/// # Errors
/// When they are not two instances of one fleet on this machine, or what they say makes no sense.
pub fn measure(owner: &Base, gateway: &Base, seconds: u64) -> anyhow::Result<Trips> {
    for base in [owner, gateway] {
        ensure!(
            base.is_loopback(),
            "{base} is not this machine: a load test drives a server on a loopback address only"
        );
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(pinged(owner, gateway, Duration::from_secs(seconds)))
}

async fn pinged(owner: &Base, gateway: &Base, within: Duration) -> anyhow::Result<Trips> {
    let histogram = || Histogram::new_with_max(TRIP_US_MAX, 3);
    let mut trips = Trips {
        direct: histogram()?,
        relayed: histogram()?,
    };
    let rest = Rest::new(owner.clone());
    let token = rest.guest().await?.token;
    let listed = rest.certifications().await?.certifications;
    let certification = listed.into_iter().next();
    let create = CreateSession {
        certification: certification.context("the server has no certification")?.id,
        kind: SessionKind::Practice,
        length: None,
        areas: Vec::new(),
        concepts: Vec::new(),
        time_limit_minutes: None,
    };
    let session = rest.create_session(&token, &create).await?.session_id;
    let mut direct = welcomed(&rest, &token, &session).await?;
    let mut relayed = welcomed(&Rest::new(gateway.clone()), &token, &session).await?;
    let until = Instant::now() + within;
    while Instant::now() < until {
        trips.direct.saturating_record(trip(&mut direct).await?);
        trips.relayed.saturating_record(trip(&mut relayed).await?);
        tokio::time::sleep(GAP).await;
    }
    Ok(trips)
}

/// A socket of the session, with its state.
async fn welcomed(rest: &Rest, token: &str, session: &str) -> anyhow::Result<Socket> {
    let ticket = rest.ticket(token, session).await?.ticket;
    let dial = Dial::new(rest.base().clone(), session, Encoding::MsgPack);
    let mut socket = Socket::connect(&dial).await?;
    let hello = Hello {
        ticket,
        resume: None,
        client: "learnr-loadtest/relay".to_owned(),
    };
    socket.send(&ClientMessage::Hello(hello)).await?;
    loop {
        match socket.next().await? {
            Frame::Message(ServerMessage::State(_)) => return Ok(socket),
            Frame::Message(_) => {}
            other => bail!("a welcome and a state, got {other:?}"),
        }
    }
}

/// One round trip in microseconds.
async fn trip(socket: &mut Socket) -> anyhow::Result<u64> {
    let sent = Instant::now();
    socket.send(&ClientMessage::Ping { t: 0 }).await?;
    loop {
        match socket.next().await? {
            Frame::Message(ServerMessage::Pong(_)) => {
                return Ok(u64::try_from(sent.elapsed().as_micros()).unwrap_or(TRIP_US_MAX));
            }
            Frame::Message(ServerMessage::Error(refused)) => {
                bail!(
                    "{}: start the instances with --rate-limits off",
                    refused.message
                )
            }
            Frame::Message(_) => {}
            other => bail!("a pong, got {other:?}"),
        }
    }
}
