//! How many files this process may have open, held against what it is to serve: every connection is one.
//!
//! Owns the warning at the start. Must not change a limit: that is for whoever starts the process.

/// Where Linux tells a process its limits.
const LIMITS: &str = "/proc/self/limits";
/// How the line begins that is meant.
const OPEN_FILES: &str = "Max open files";
/// Open besides connections: the store's files, the listener, the pollers and standard streams of every thread.
const FILES_BESIDE_CONNECTIONS: usize = 128;

/// Warns when fewer files may be open than so many connections need. Where the system does not say, nothing is said.
pub(super) fn warn_if_short(connections: usize) {
    let needed = connections.saturating_add(FILES_BESIDE_CONNECTIONS);
    let limits = std::fs::read_to_string(LIMITS).unwrap_or_default();
    if let Some(allowed) = soft_limit(&limits).filter(|allowed| *allowed < needed) {
        tracing::warn!(
            allowed,
            needed,
            "too few open files for LEARNR_SESSIONS_MAX: connections will be refused at the peak; raise the limit \
             (`ulimit -n {needed}`, `LimitNOFILE=` of systemd, `--ulimit nofile=` of Docker) or lower the setting"
        );
    }
}

/// The soft limit in the words of the system; `None` when there is none, or no such line.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix(OPEN_FILES))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_the_first_number_of_its_line() {
        let check = |limits: &str, expected: Option<usize>| {
            assert_eq!(soft_limit(limits), expected, "{limits}");
        };
        let head = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max processes             95683                95683                processes \n";
        let line =
            "Max open files            1024                 524288               files     \n";
        check(&format!("{head}{line}"), Some(1_024));
        check(
            "Max open files            unlimited            unlimited            files",
            None,
        );
        check(head, None);
        check("", None);
    }
}
