//! Joining the fleet: whether the name is free, and whether the fleet is ours.
//!
//! Owns how an instance that lives is told from a lease that has not run out. Must not keep a lease.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tracing::{info, warn};

use super::JoinError;
use crate::cluster::directory::{Directory, DirectoryError, LEASE_TTL, RENEW_EVERY, Renewed};
use crate::cluster::member::Lease;

/// Between two looks at a lease that is watched.
const WATCH_EVERY: Duration = Duration::from_millis(250);
/// Longest that whoever holds the name may take to accept a connection before it is watched instead.
const KNOCK_WITHIN: Duration = Duration::from_millis(300);
/// How long a holder whose address is this machine's own loopback is watched after it has refused a connection: it may be another
/// machine's loopback that it means.
const LOOPBACK_WATCHED: Duration = RENEW_EVERY.saturating_mul(2);
/// Holders of one name met in turn; beyond it, somebody keeps starting.
const HOLDERS_MAX: usize = 3;

/// Publishes the first lease; when that was, or `None` if the directory does not answer.
pub(super) async fn join(
    directory: &dyn Directory,
    lease: &mut Lease,
) -> Result<Option<Instant>, JoinError> {
    match directory.leases().await {
        Ok(leases) => same_secret(&leases, lease)?,
        Err(error) => {
            warn!(%error, "the directory does not tell who is in the fleet; joining all the same");
        }
    }
    for _ in 0..HOLDERS_MAX {
        lease.beat += 1;
        match directory.renew(lease).await {
            Ok(Renewed::Held) => return Ok(Some(Instant::now())),
            Ok(Renewed::Taken(held)) => until_gone(directory, *held).await?,
            Err(error) => {
                warn!(%error, "no lease yet: other instances find this one only by the store");
                return Ok(None);
            }
        }
    }
    let held = directory.lease(&lease.member.node).await.ok().flatten();
    Err(taken(held.as_ref().unwrap_or(lease)))
}

/// Whether all that live sign with the same secret as this one.
fn same_secret(leases: &[Lease], own: &Lease) -> Result<(), JoinError> {
    let other = leases.iter().find(|lease| {
        lease.member.node != own.member.node && lease.secret_fingerprint != own.secret_fingerprint
    });
    match other {
        None => Ok(()),
        Some(other) => Err(JoinError::OtherSecret {
            node: other.member.node.clone(),
            address: other.member.address.clone(),
        }),
    }
}

/// Returns when this life does not hold the name any more, which is an error if it lives.
async fn until_gone(directory: &dyn Directory, held: Lease) -> Result<(), JoinError> {
    let watched = match refuses(&held.member.address).await {
        Some(Refused::Elsewhere) => Duration::ZERO,
        Some(Refused::Loopback) => LOOPBACK_WATCHED,
        None => LEASE_TTL + RENEW_EVERY,
    };
    info!(node = %held.member.node, watched_ms = watched.as_millis(), "the name has a lease; watching whether it is renewed");
    let deadline = Instant::now() + watched;
    let mut looks = interval(WATCH_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < deadline {
        looks.tick().await;
        match directory.lease(&held.member.node).await {
            Ok(None) => return Ok(()),
            Ok(Some(now)) if alive(&held, &now) => return Err(taken(&now)),
            Ok(Some(_)) | Err(DirectoryError::Unreadable { .. }) => {}
            // Nothing is known of it any more: whether it lives shows when the lease is kept.
            Err(_) => return Ok(()),
        }
    }
    // Not renewed in all that time. Given up for it, and only for that life.
    if let Err(error) = directory.leave(&held.member).await {
        warn!(%error, "a lease that nobody renews could not be removed; it runs out by itself");
    }
    Ok(())
}

/// Whether somebody renewed, or another life has come in between.
pub(super) fn alive(before: &Lease, now: &Lease) -> bool {
    now.member.incarnation != before.member.incarnation || now.beat > before.beat
}

fn taken(held: &Lease) -> JoinError {
    JoinError::Taken {
        node: held.member.node.clone(),
        address: held.member.address.clone(),
    }
}

/// That nobody listens at an address.
enum Refused {
    /// As another machine says, or this one of an address that only it has.
    Elsewhere,
    /// As this machine says of its loopback.
    Loopback,
}

async fn refuses(address: &str) -> Option<Refused> {
    let knocked = timeout(KNOCK_WITHIN, TcpStream::connect(address)).await;
    let refused =
        matches!(&knocked, Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused);
    if !refused {
        return None;
    }
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    Some(if loopback {
        Refused::Loopback
    } else {
        Refused::Elsewhere
    })
}
