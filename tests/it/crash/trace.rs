//! Reads what strace writes with `-f -yy`: calls with their thread, the file behind their descriptor, and
//! the lines on which they began and returned. Pure; must not know what the calls mean.

use std::collections::HashMap;

/// One system call. Times are line numbers: strace writes lines in the order it lets threads go on, so a
/// call that caused another comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) thread: u32,
    pub(super) name: String,
    /// What `-yy` says of the descriptor: a path, or `TCP:[...]`.
    pub(super) target: String,
    /// The arguments as written, escapes and all.
    pub(super) arguments: String,
    pub(super) begun: usize,
    /// `None` when the trace ends first.
    pub(super) returned: Option<usize>,
    /// What it returned; `None` when it failed, or never did.
    pub(super) result: Option<i64>,
}

const UNFINISHED: &str = " <unfinished ...>";

/// Every call in a trace, in the order they began. Lines that are no calls (signals, exits) are left out.
pub(super) fn calls(trace: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    // At most one call a thread is under way.
    let mut under_way: HashMap<u32, usize> = HashMap::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let Ok(thread) = thread.parse() else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            if let Some(index) = under_way.remove(&thread) {
                let call: &mut Call = &mut calls[index];
                call.returned = Some(at);
                call.result = result(rest);
            }
            continue;
        }
        let first_part = rest.strip_suffix(UNFINISHED);
        let Some(mut call) = begin(thread, at, first_part.unwrap_or(rest)) else {
            continue;
        };
        if first_part.is_some() {
            under_way.insert(thread, calls.len());
        } else {
            call.returned = Some(at);
            call.result = result(rest);
        }
        calls.push(call);
    }
    calls
}

/// A call from its first line: `name(3<target>, ...`.
fn begin(thread: u32, at: usize, line: &str) -> Option<Call> {
    let (name, arguments) = line.split_once('(')?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !is_name {
        return None;
    }
    let descriptor = arguments.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let target = descriptor.strip_prefix('<').map_or("", |open| {
        // A socket's name has an arrow in it: `TCP:[127.0.0.1:1->127.0.0.1:2]`.
        let end = open.find([',', ')']).unwrap_or(open.len());
        let end = open[..end].rfind('>').unwrap_or(end);
        &open[..end]
    });
    Some(Call {
        thread,
        name: name.to_owned(),
        target: target.to_owned(),
        arguments: arguments.to_owned(),
        begun: at,
        returned: None,
        result: None,
    })
}

/// The number after the last `) = `; the call's own text may hold more of them.
fn result(line: &str) -> Option<i64> {
    let (_, after) = line.rsplit_once(") = ").or_else(|| {
        // strace aligns short calls with spaces.
        let (before, after) = line.rsplit_once(" = ")?;
        before
            .trim_end()
            .ends_with([')', '>'])
            .then_some((before, after))
    })?;
    let number: i64 = after.split_whitespace().next()?.parse().ok()?;
    (number >= 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thread, name, target, begun, returned, result.
    type Seen<'a> = (u32, &'a str, &'a str, usize, Option<usize>, Option<i64>);

    fn check(trace: &str, expected: &[Seen]) {
        let calls = calls(trace);
        let found: Vec<_> = calls
            .iter()
            .map(|call| {
                let (name, target) = (call.name.as_str(), call.target.as_str());
                (
                    call.thread,
                    name,
                    target,
                    call.begun,
                    call.returned,
                    call.result,
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_call_on_one_line_has_its_target_and_its_result() {
        check(
            "17 pwrite64(11</d/learnr.sqlite3-wal>, \"a) = 7\", 24, 32) = 24\n\
             17 fdatasync(11</d/learnr.sqlite3-wal>)    = 0\n\
             18 sendto(43<TCP:[127.0.0.1:80->127.0.0.1:9]>, \"x\", 1, MSG_NOSIGNAL, NULL, 0) = 1",
            &[
                (
                    17,
                    "pwrite64",
                    "/d/learnr.sqlite3-wal",
                    0,
                    Some(0),
                    Some(24),
                ),
                (
                    17,
                    "fdatasync",
                    "/d/learnr.sqlite3-wal",
                    1,
                    Some(1),
                    Some(0),
                ),
                (
                    18,
                    "sendto",
                    "TCP:[127.0.0.1:80->127.0.0.1:9]",
                    2,
                    Some(2),
                    Some(1),
                ),
            ],
        );
    }

    #[test]
    fn calls_of_several_threads_are_put_together_again() {
        check(
            "17 fdatasync(11</d/wal> <unfinished ...>\n\
             18 writev(43<TCP:[a->b]>, [{iov_base=\"x\", iov_len=1}], 1 <unfinished ...>\n\
             19 write(4<anon_inode:[eventfd]>, \"\\1\\0\", 8) = 8\n\
             17 <... fdatasync resumed>)                = 0\n\
             18 <... writev resumed>)                   = 1",
            &[
                (17, "fdatasync", "/d/wal", 0, Some(3), Some(0)),
                (18, "writev", "TCP:[a->b]", 1, Some(4), Some(1)),
                (19, "write", "anon_inode:[eventfd]", 2, Some(2), Some(8)),
            ],
        );
    }

    #[test]
    fn a_call_that_failed_or_never_returned_has_no_result() {
        check(
            "17 sendto(43<TCP:[a->b]>, \"x\", 1, 0, NULL, 0) = -1 EAGAIN (Resource temporarily unavailable)\n\
             17 fdatasync(11</d/wal> <unfinished ...>\n\
             18 fsync(11</d/wal>) = ?\n\
             17 +++ killed by SIGKILL +++\n\
             --- SIGTERM {si_signo=SIGTERM} ---",
            &[
                (17, "sendto", "TCP:[a->b]", 0, Some(0), None),
                (17, "fdatasync", "/d/wal", 1, None, None),
                (18, "fsync", "/d/wal", 2, Some(2), None),
            ],
        );
    }
}
