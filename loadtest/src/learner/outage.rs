//! Times in which a learner had no socket with everything missed come in. Owns when each began and ended; knows no socket.

use tokio::time::Instant;

/// Outages kept of one run; of more, only the number is wrong.
pub const OUTAGES_MAX: usize = 200_000;

/// From the loss of a learner's socket until its session is before it again: its question, or the state it was in.
#[derive(Debug, Clone)]
pub struct Outage {
    /// The session's id.
    pub session: String,
    /// What ended the socket: a close code, or what the learner saw.
    pub cause: String,
    /// When the socket was given up.
    pub lost: Instant,
    /// When everything missed had come in.
    pub back: Instant,
}

/// The outage under way, if any.
#[derive(Debug, Default)]
pub(super) struct Away(Option<(Instant, String)>);

impl Away {
    /// The socket is gone. While it already was, nothing changes: attempts that fail belong to the same outage.
    pub(super) fn begin(&mut self, cause: &str, now: Instant) {
        self.0.get_or_insert_with(|| (now, cause.to_owned()));
    }

    /// All is there again: the outage that ends with it.
    pub(super) fn end(&mut self, session: &str, now: Instant) -> Option<Outage> {
        let (lost, cause) = self.0.take()?;
        Some(Outage {
            session: session.to_owned(),
            cause,
            lost,
            back: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_outage_runs_from_the_first_loss_to_the_return() {
        let mut away = Away::default();
        let start = Instant::now();
        assert!(away.end("s", start).is_none());
        away.begin("4001", start);
        away.begin("connect", start + Duration::from_secs(1));
        let outage = away.end("s", start + Duration::from_secs(2));
        let outage = outage.expect("it was away");
        assert_eq!(
            (outage.cause.as_str(), outage.session.as_str()),
            ("4001", "s")
        );
        assert_eq!(outage.back - outage.lost, Duration::from_secs(2));
        assert!(away.end("s", start).is_none());
    }
}
