//! What a campaign came to, as one line and as JSON. Must not decide anything: it counts what it is given.

use std::fmt;
use std::fs;
use std::path::Path;

use learnr_loadtest::LedgerReport;
use serde::Serialize;

/// The counts of one campaign.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) rounds: u32,
    pub(super) kills: u32,
    pub(super) learners: u64,
    pub(super) sessions: usize,
    /// Stored events of any kind.
    pub(super) events: u64,
    pub(super) ledger: LedgerReport,
    pub(super) reconnects: u64,
    /// Answers sent again with the same request id.
    pub(super) resent: u64,
    /// Open questions compared with the server's after a reconnect.
    pub(super) questions_compared: u64,
    /// Sessions whose live state was compared with their replay.
    pub(super) replays_compared: u64,
    pub(super) seconds: f64,
    /// What is wrong beside the ledger, in words.
    pub(super) problems: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong, and enough was looked at for that to say something.
    pub(super) fn is_clean(&self) -> bool {
        self.ledger.is_clean()
            && self.problems.is_empty()
            && self.ledger.acked > 0
            && self.questions_compared > 0
            && self.replays_compared > 0
    }

    /// Everything that is wrong, a line each.
    pub(super) fn problems(&self) -> String {
        let all = self.ledger.examples.iter().chain(&self.problems);
        all.map(|words| format!("- {words}\n")).collect()
    }

    /// Leaves the counts as `crash/report.json` in the target folder, for the documentation.
    pub(super) fn write(&self) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let folder = target.expect("a folder in the target folder").join("crash");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let text = serde_json::to_string_pretty(self).expect("counts are JSON");
        fs::write(folder.join("report.json"), text + "\n").expect("the report is written");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = &self.ledger;
        write!(
            f,
            "crash: seed {}, {} rounds, {} kills, {} learners, {} sessions, {} answers sent, {} acknowledged, \
             {} stored, {} missing, {} doubled, {} unsent, {} mismatched, {} gaps, {} epoch regressions, \
             {} reconnects, {} sent again, {} questions compared, {} replays compared, {} other problems, {:.0} s",
            self.seed,
            self.rounds,
            self.kills,
            self.learners,
            self.sessions,
            ledger.sent,
            ledger.acked,
            ledger.stored,
            ledger.missing,
            ledger.doubled,
            ledger.unsent,
            ledger.mismatched,
            ledger.gaps,
            ledger.epoch_regressions,
            self.reconnects,
            self.resent,
            self.questions_compared,
            self.replays_compared,
            self.problems.len(),
            self.seconds
        )
    }
}
