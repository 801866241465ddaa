//! The rule behind "stored before seen", held against a trace: between the write of an answer to the log
//! and its first acknowledgement on a socket, a sync of the log began and returned. Pure.

use std::collections::BTreeMap;
use std::fmt;

use super::trace::Call;

/// How the log's file ends.
const LOG: &str = "-wal";
/// An acknowledgement in a frame of JSON, as strace escapes it.
const ANSWERED: &str = r#"\"type\":\"answered\""#;
/// What stands before the id of the request it answers.
const REQUEST_ID: &str = r#"\"request_id\":\""#;

/// What a trace shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// Answers whose acknowledgement was seen on a socket.
    pub(super) acknowledged: usize,
    /// Request ids never seen on their way to the log before they were acknowledged.
    pub(super) unwritten: Vec<String>,
    /// Request ids acknowledged with no sync of the log after their write.
    pub(super) unsynced: Vec<String>,
    /// Syncs of the log that returned.
    pub(super) syncs: usize,
}

impl Order {
    /// Judges the calls of one server in the order they began.
    pub(super) fn of(calls: &[Call]) -> Self {
        let to_log: Vec<&Call> = calls
            .iter()
            .filter(|call| call.target.ends_with(LOG))
            .collect();
        let (syncs, writes): (Vec<&Call>, Vec<&Call>) = to_log
            .into_iter()
            .partition(|call| matches!(call.name.as_str(), "fdatasync" | "fsync"));
        let mut order = Self {
            syncs: syncs.iter().filter(|sync| sync.result == Some(0)).count(),
            ..Self::default()
        };
        for (request_id, acked) in acknowledgements(calls) {
            order.acknowledged += 1;
            let written = writes
                .iter()
                .find(|write| write.arguments.contains(request_id))
                .and_then(|write| write.returned)
                .filter(|at| *at < acked);
            let Some(written) = written else {
                order.unwritten.push(request_id.to_owned());
                continue;
            };
            let synced = syncs.iter().any(|sync| {
                let returned = sync.returned.filter(|_| sync.result == Some(0));
                sync.begun > written && returned.is_some_and(|at| at < acked)
            });
            if !synced {
                order.unsynced.push(request_id.to_owned());
            }
        }
        order
    }

    /// Whether at least so many answers were seen, each of them written and synced before it was
    /// acknowledged.
    pub(super) fn proves(&self, answers: usize) -> bool {
        self.acknowledged >= answers && self.unwritten.is_empty() && self.unsynced.is_empty()
    }

    /// What is wrong, a line each.
    pub(super) fn offences(&self) -> String {
        let unwritten = self
            .unwritten
            .iter()
            .map(|id| format!("{id}: not seen in the log\n"));
        let unsynced = self.unsynced.iter().map(|id| format!("{id}: not synced\n"));
        unwritten.chain(unsynced).collect()
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "trace: {} answers acknowledged, {} syncs of the log, {} acknowledged before a sync, {} not seen in the log",
            self.acknowledged,
            self.syncs,
            self.unsynced.len(),
            self.unwritten.len()
        )
    }
}

/// Every request id acknowledged on a socket, and the line on which the first acknowledgement began.
fn acknowledgements(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut first = BTreeMap::new();
    for call in calls.iter().filter(|call| call.target.starts_with("TCP")) {
        for frame in call.arguments.split(ANSWERED).skip(1) {
            let id = frame
                .split_once(REQUEST_ID)
                .and_then(|(_, id)| id.split_once('\\'));
            if let Some((id, _)) = id {
                first.entry(id).or_insert(call.begun);
            }
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::super::trace::calls;
    use super::*;

    const WRITE: &str = r#"7 pwrite64(11</d/x-wal>, "..id-1..", 8, 0) = 8"#;
    const SYNC: &str = "7 fdatasync(11</d/x-wal>) = 0";
    const ACK: &str = r#"8 sendto(4<TCP:[a->b]>, "\201{\"type\":\"answered\",\"request_id\":\"id-1\"}", 9, 0, NULL, 0) = 9"#;

    fn check(lines: &[&str], unwritten: usize, unsynced: usize) {
        let order = Order::of(&calls(&lines.join("\n")));
        assert_eq!(order.acknowledged, 1, "{lines:?}");
        let found = (order.unwritten.len(), order.unsynced.len());
        assert_eq!(found, (unwritten, unsynced), "{lines:?}");
        assert_eq!(order.proves(1), unwritten + unsynced == 0, "{lines:?}");
        assert!(!order.proves(2), "{lines:?}");
    }

    #[test]
    fn only_a_sync_of_the_log_between_write_and_acknowledgement_counts() {
        check(&[WRITE, SYNC, ACK], 0, 0);
        check(&[WRITE, ACK, SYNC], 0, 1);
        check(&[SYNC, WRITE, ACK], 0, 1);
        check(&[WRITE, ACK], 0, 1);
        check(&[WRITE, "7 fdatasync(12</d/x>) = 0", ACK], 0, 1);
        let failed = "7 fdatasync(11</d/x-wal>) = -1 EIO (Input/output error)";
        check(&[WRITE, failed, ACK], 0, 1);
    }

    #[test]
    fn a_sync_that_has_not_returned_or_began_too_early_does_not_count() {
        let begun = "7 fdatasync(11</d/x-wal> <unfinished ...>";
        let resumed = "7 <... fdatasync resumed>) = 0";
        check(&[WRITE, begun, resumed, ACK], 0, 0);
        check(&[WRITE, begun, ACK, resumed], 0, 1);
        let other = "9 fdatasync(11</d/x-wal> <unfinished ...>";
        let other_resumed = "9 <... fdatasync resumed>) = 0";
        check(&[other, WRITE, other_resumed, ACK], 0, 1);
    }

    #[test]
    fn an_answer_acknowledged_before_it_is_seen_in_the_log_is_told_apart() {
        check(&[SYNC, ACK], 1, 0);
        check(&[ACK, WRITE, SYNC], 1, 0);
    }

    #[test]
    fn of_several_acknowledgements_the_first_counts() {
        check(&[WRITE, ACK, SYNC, ACK], 0, 1);
        check(&[WRITE, SYNC, ACK, ACK], 0, 0);
    }
}
