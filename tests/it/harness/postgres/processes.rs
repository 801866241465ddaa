//! Processes by their ids: whose children they are, and signals to them. Must not know what they run.

use std::process::Command;
use std::time::Duration;

use super::programs::said;

/// Between two looks at something that cannot tell when it is done.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Longest that is waited for.
const AT_MOST: Duration = Duration::from_secs(60);

/// A process and its children, for PostgreSQL all there is: each child is in a process group of its own.
pub(super) fn family(parent: u32) -> Vec<u32> {
    let mut family = vec![parent];
    family.extend(living().filter(|(_, of)| *of == parent).map(|(id, _)| id));
    family
}

/// Sends a signal, by name, to each that is still there.
pub(crate) fn signal(name: &str, ids: &[u32]) {
    let ids = ids.iter().map(u32::to_string);
    // One that has just gone is no fault.
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .args(ids)
        .stderr(std::process::Stdio::null())
        .status();
    sent.expect("kill runs");
}

/// Whether any of them lives.
pub(super) fn any_alive(ids: &[u32]) -> bool {
    living().any(|(id, _)| ids.contains(&id))
}

/// Every process with its parent, but for the dead whom nobody has taken away yet.
fn living() -> impl Iterator<Item = (u32, u32)> {
    let listing = said(Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]));
    let lines: Vec<String> = listing.lines().map(str::to_owned).collect();
    lines.into_iter().filter_map(|line| {
        let mut words = line.split_whitespace();
        let id = words.next()?.parse().ok()?;
        let parent = words.next()?.parse().ok()?;
        let dead = words.next()?.starts_with('Z');
        (!dead).then_some((id, parent))
    })
}

/// Waits for what no message tells, without keeping a core busy: it is PostgreSQL that needs it.
pub(super) async fn settled(what: &str, mut reached: impl FnMut() -> bool) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let wait = async {
        while !reached() {
            looks.tick().await;
        }
    };
    tokio::time::timeout(AT_MOST, wait)
        .await
        .unwrap_or_else(|_| panic!("never reached: {what}"));
}
