//! What a calibration came to, as programs read it.
//!
//! Owns the JSON of the report. How people read it is `report`'s.

use learnr_domain::ItemParameters;
use learnr_domain::bank::ItemSpec;
use learnr_domain::calibration::{CalibratedItem, Estimate, Misfit};
use serde::Serialize;

use super::evidence::Guests;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Published as a new version, which new sessions use from now on.
    Published,
    /// The current version has these parameters already.
    Unchanged,
    /// Estimated, and not published because that was not asked for.
    Checked,
    /// There was too little to go by; nothing was published.
    Withheld,
}

/// Answers that do not count, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The question had been seen in the 30 days before.
    pub repeats: usize,
    /// Their guest does not count, or they were too quick.
    pub of_guests: usize,
    /// The current version does not ask the same question any more.
    pub to_other_questions: usize,
    /// Whole sessions that cannot be read.
    pub unreadable_sessions: usize,
}

/// Figures of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AreaFigures {
    /// Its id.
    pub area: String,
    /// Learners with answers in it.
    pub respondents: usize,
    /// Their answers.
    pub answers: usize,
    /// Marginal log likelihood of these.
    pub log_likelihood: f64,
    /// Passes over the answers.
    pub cycles: u32,
    /// Whether the estimates settled.
    pub converged: bool,
}

/// A number that was estimated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its standard error; none at the end of its range.
    pub standard_error: Option<f64>,
}

/// Parameters of a question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameters {
    /// Discrimination, per logit.
    pub a: f64,
    /// Difficulty, in logits.
    pub b: f64,
    /// Chance of a right answer without ability.
    pub c: f64,
}

/// Figures of one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemFigures {
    /// Its id.
    pub item: String,
    /// Its area.
    pub area: String,
    /// Answers that count.
    pub answers: u32,
    /// Share of right ones.
    pub right: Option<f64>,
    /// What the version before has.
    pub before: Parameters,
    /// What was estimated; published unless `kept` says otherwise.
    pub estimate: Option<Parameters>,
    /// Standard error of a.
    pub a_error: Option<f64>,
    /// Standard error of b, in logits; with `new_questions`, its standard deviation after the answers.
    pub b_error: Option<f64>,
    /// Information-weighted mean square residual; 1 under the model.
    pub infit: Option<f64>,
    /// Mean square of standardised residuals; 1 under the model.
    pub outfit: Option<f64>,
    /// Correlation with the ability that learners' other answers show.
    pub item_rest: Option<f64>,
    /// What is wrong with it.
    pub misfit: Option<&'static str>,
    /// Why it keeps what it had.
    pub kept: Option<String>,
}

/// What a calibration came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What became of it.
    pub outcome: Outcome,
    /// Whether only questions with a label were given a difficulty.
    pub new_questions: bool,
    /// Why nothing was published.
    pub withheld: Option<String>,
    /// Id of the certification.
    pub certification: String,
    /// Its title.
    pub title: String,
    /// The version whose questions were calibrated.
    pub from_version: String,
    /// The version that the parameters make, once there are any.
    pub version: Option<String>,
    /// Sessions read.
    pub sessions: usize,
    /// Learners whose answers count.
    pub respondents: usize,
    /// Answers that count.
    pub answers: usize,
    /// Answers that do not.
    pub left_out: LeftOut,
    /// What became of guests.
    pub guests: Guests,
    /// Questions whose parameters were calibrated, or that were given a difficulty.
    pub calibrated: usize,
    /// Questions that keep what they had; with `new_questions`, those that keep their label.
    pub kept: usize,
    /// Correlation of area abilities; none where it was not estimated.
    pub rho: Option<Figure>,
    /// Variance of drift after a practice answer; none where it was not estimated.
    pub q: Option<Figure>,
    /// Areas with answers.
    pub areas: Vec<AreaFigures>,
    /// Every question; with `new_questions`, those with a label.
    pub items: Vec<ItemFigures>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: rounded(estimate.value),
            standard_error: estimate.standard_error.map(rounded),
        }
    }
}

impl Parameters {
    pub(super) fn of(parameters: &ItemParameters) -> Self {
        Self {
            a: rounded(parameters.a),
            b: rounded(parameters.b),
            c: rounded(parameters.c),
        }
    }
}

impl ItemFigures {
    /// Those of a question that nothing is known of but what it has.
    pub(super) fn of(item: &ItemSpec, before: &ItemParameters) -> Self {
        Self {
            item: item.id.to_string(),
            area: item.area.to_string(),
            answers: 0,
            right: None,
            before: Parameters::of(before),
            estimate: None,
            a_error: None,
            b_error: None,
            infit: None,
            outfit: None,
            item_rest: None,
            misfit: None,
            kept: None,
        }
    }

    /// Fills in what was estimated.
    pub(super) fn fill(&mut self, item: &CalibratedItem) {
        let answers = item.count.answers;
        self.answers = answers as u32;
        if answers <= 0.0 {
            return;
        }
        self.right = Some(rounded(item.count.right / answers));
        self.estimate = Some(Parameters::of(&item.parameters));
        self.a_error = item.standard_errors.a.map(rounded);
        self.b_error = item.standard_errors.b.map(rounded);
        self.infit = Some(rounded(item.fit.infit));
        self.outfit = Some(rounded(item.fit.outfit));
        self.item_rest = Some(rounded(item.fit.item_rest));
        self.misfit = item.fit.misfit(answers).map(|misfit| match misfit {
            Misfit::DoesNotDiscriminate => "does_not_discriminate",
            Misfit::Noisy => "noisy",
            Misfit::Redundant => "redundant",
        });
    }
}

/// To four decimals: far finer than any standard error, and the same in the report and in the version.
pub(super) fn rounded(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}
