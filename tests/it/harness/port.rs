//! Ports that stay free while nobody listens.

use std::net::{Ipv4Addr, TcpListener};

/// Below those that systems give to clients: one that knocks while nobody listens could be given the very port it knocks at,
/// and talk to itself.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Ports tried.
const ATTEMPTS_MAX: usize = 100;

/// A loopback port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let drawn = || {
        let chance = uuid::Uuid::new_v4().as_u64_pair().1 % u64::from(PORTS.end - PORTS.start);
        PORTS.start + u16::try_from(chance).expect("fewer than 65,536 ports")
    };
    (0..ATTEMPTS_MAX)
        .map(|_| drawn())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one of many ports is free")
}
