//! What a campaign came to: a table, JSON, and a picture of the times. Must not decide anything: it counts what it is given.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::schedule::Kind;
use super::times::{Times, reach};

/// Problems shown at most.
const SHOWN_MAX: usize = 40;
/// The picture: pixels of a bar's longest, its height, and where bars begin.
const BAR_LENGTH: f64 = 420.0;
const BAR_HEIGHT: usize = 16;
const BARS_FROM: usize = 110;

/// How long learners were without their session.
pub(super) struct Spans {
    /// From the death of the instance a session was on.
    pub(super) takeover: Times,
    /// Of these, where a refused connection proves the death.
    pub(super) proven_death: Times,
    /// From the close 4001 of an instance that leaves.
    pub(super) drain: Times,
    /// The same two while other things fail too.
    pub(super) takeover_amid: Times,
    pub(super) drain_amid: Times,
    /// From the cut of every socket.
    pub(super) storm: Times,
}

impl Spans {
    fn named(&self) -> [(&'static str, &Times); 6] {
        [
            ("takeover_ms", &self.takeover),
            ("drain_ms", &self.drain),
            ("proven_death_ms", &self.proven_death),
            ("takeover_amid_faults_ms", &self.takeover_amid),
            ("drain_amid_faults_ms", &self.drain_amid),
            ("storm_ms", &self.storm),
        ]
    }
}

impl Serialize for Spans {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, times) in self.named() {
            map.serialize_entry(name, &times.quantiles())?;
        }
        map.end()
    }
}

/// The counts of one campaign.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) faults: BTreeMap<Kind, usize>,
    pub(super) learners: u64,
    pub(super) acked: u64,
    pub(super) missing: u64,
    pub(super) doubled: u64,
    pub(super) unsent: u64,
    pub(super) seq_gaps: u64,
    pub(super) epoch_regressions: u64,
    #[serde(flatten)]
    pub(super) spans: Spans,
    pub(super) mismatched: u64,
    pub(super) instances: usize,
    pub(super) sessions: usize,
    /// Stored events of any kind.
    pub(super) events: u64,
    pub(super) sent: u64,
    pub(super) stored: u64,
    /// Sockets made after a learner's first, by what ended the one before.
    pub(super) reconnects: BTreeMap<String, u64>,
    /// Answers sent again with the same request id.
    pub(super) resent: u64,
    /// Open questions compared with the server's after a reconnect.
    pub(super) questions_compared: u64,
    /// Sessions whose state was compared with their replay.
    pub(super) replays_compared: usize,
    pub(super) seconds: f64,
    /// What is wrong, in words.
    pub(super) problems: Vec<String>,
}

impl Report {
    /// What the ledger and the store disagree on, counted.
    pub(super) fn defects(&self) -> u64 {
        self.missing
            + self.doubled
            + self.unsent
            + self.seq_gaps
            + self.epoch_regressions
            + self.mismatched
    }

    /// Whether nothing is wrong, and enough was looked at for that to say something.
    pub(super) fn is_clean(&self) -> bool {
        self.defects() == 0
            && self.problems.is_empty()
            && self.acked > 0
            && self.questions_compared > 0
            && self.replays_compared > 0
    }

    /// What is wrong, a line each.
    pub(super) fn problems(&self) -> String {
        let shown = self.problems.iter().take(SHOWN_MAX);
        shown.map(|words| format!("- {words}\n")).collect()
    }

    /// Leaves the counts as `chaos/report.json` in the target folder, and the picture beside it.
    pub(super) fn write(&self) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let folder = target.expect("a folder in the target folder").join("chaos");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let text = serde_json::to_string_pretty(self).expect("counts are JSON");
        fs::write(folder.join("report.json"), text + "\n").expect("the report is written");
        fs::write(folder.join("times.svg"), self.picture()).expect("the picture is written");
    }

    /// A histogram of each kind of time.
    fn picture(&self) -> String {
        let mut body = String::new();
        let mut top = 24;
        for (name, times) in self.spans.named() {
            let quantiles = times.quantiles();
            let title = format!(
                "{name}: {} learners, p50 {} ms, p99 {} ms, max {} ms",
                quantiles.count, quantiles.p50, quantiles.p99, quantiles.max
            );
            writeln!(
                body,
                r#"<text x="8" y="{top}" font-weight="bold">{title}</text>"#
            )
            .expect("text takes text");
            let bars = times.bars();
            let most = bars.iter().max().copied().unwrap_or(0).max(1);
            for (bar, count) in bars.iter().enumerate() {
                let y = top + 8 + bar * BAR_HEIGHT;
                let (base, height) = (y + BAR_HEIGHT - 4, BAR_HEIGHT - 3);
                let length = BAR_LENGTH * *count as f64 / most as f64;
                let after = BARS_FROM as f64 + length + 6.0;
                let label = format!("to {} ms", reach(bar));
                writeln!(
                    body,
                    r##"<text x="8" y="{base}">{label}</text><rect x="{BARS_FROM}" y="{y}" width="{length:.1}" height="{height}" fill="#3867a8"/><text x="{after:.0}" y="{base}">{count}</text>"##
                )
                .expect("text takes text");
            }
            top += 40 + bars.len() * BAR_HEIGHT;
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"{top}\" font-family=\"sans-serif\" \
             font-size=\"12\"><rect width=\"640\" height=\"{top}\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: usize = self.faults.values().sum();
        writeln!(
            f,
            "chaos: seed {}, {faults} faults, {} instances, {} learners, {} sessions, {} answers sent, {} acknowledged, \
             {} stored, {} missing, {} doubled, {} unsent, {} mismatched, {} gaps, {} epoch regressions, {} sent again, \
             {} questions compared, {} replays compared, {} problems, {:.0} s",
            self.seed,
            self.instances,
            self.learners,
            self.sessions,
            self.sent,
            self.acked,
            self.stored,
            self.missing,
            self.doubled,
            self.unsent,
            self.mismatched,
            self.seq_gaps,
            self.epoch_regressions,
            self.resent,
            self.questions_compared,
            self.replays_compared,
            self.problems.len(),
            self.seconds
        )?;
        for (kind, times) in &self.faults {
            writeln!(f, "  {kind:?}: {times}")?;
        }
        for (name, times) in self.spans.named() {
            let quantiles = times.quantiles();
            writeln!(
                f,
                "  {name:<24} p50 {:>6} p99 {:>6} max {:>6} of {}",
                quantiles.p50, quantiles.p99, quantiles.max, quantiles.count
            )?;
        }
        writeln!(f, "  reconnects: {:?}", self.reconnects)
    }
}
