//! What `learnr calibrate` can be told.

use clap::Args;
use clap::builder::ArgPredicate;
use learnr_domain::CertificationId;
use learnr_domain::calibration::{Discrimination, Requirements};

/// Which response model is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Model {
    /// One difficulty for each question; all discriminate alike, as labels say.
    Rasch,
    /// A difficulty for each question, and one discrimination for all of an area.
    #[value(name = "1pl")]
    OneParameter,
    /// A difficulty and a discrimination for each question.
    #[value(name = "2pl")]
    TwoParameter,
}

/// What `learnr calibrate` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr calibrate my-exam --dry-run
      what the answers so far say of every question; stores nothing
  learnr calibrate my-exam
      the same, and publishes it: new sessions use the parameters, sessions under way keep theirs
  learnr calibrate my-exam --json > calibration.json
      every figure of every question, for a spreadsheet or a program
  learnr calibrate my-exam --model rasch --min-respondents 100
      fewer parameters, for fewer answers
  learnr calibrate my-exam --new-questions
      between full runs: a difficulty for questions that still carry a label, from the answers so far; nothing else changes

What counts: the first answer of a learner to a question, when it was the first sight of it in 30 days, in any version of
the certification that asked the same question. Guests count once they have given 30 plausible answers. The chance of
guessing right stays one in the number of options; difficulties are held near the author's label, discriminations near 1,
by as much as few answers leave open. Questions with too few answers keep what they have.

Nothing is stored before the end, and then all of it at once: it can be stopped at any time. Exit code 1 when there is too
little to go by, with the figures; nothing is published then.")]
pub struct CalibrateArgs {
    /// Id of the certification.
    pub certification: CertificationId,
    /// Estimate and report; publish nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Only give questions that still carry a label a difficulty; everything else stays as it was calibrated.
    #[arg(long, conflicts_with_all = ["model", "min_respondents"])]
    pub new_questions: bool,
    /// What is estimated.
    #[arg(long, value_enum, default_value = "2pl")]
    pub model: Model,
    /// Learners below whom nothing is published, at least 30.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(30..))]
    pub min_respondents: u32,
    /// Answers below which a question keeps what it has, at least 10; with --new-questions 20 unless told otherwise.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        default_value_if("new_questions", ArgPredicate::Equals("true".into()), "20"),
        value_parser = clap::value_parser!(u32).range(10..)
    )]
    pub min_answers: u32,
}

impl CalibrateArgs {
    pub(super) fn requirements(&self) -> Requirements {
        Requirements {
            respondents_min: f64::from(self.min_respondents),
            answers_min: f64::from(self.min_answers),
        }
    }
}

impl Model {
    pub(super) fn discrimination(self) -> Discrimination {
        match self {
            Self::Rasch => Discrimination::Fixed,
            Self::OneParameter => Discrimination::Common,
            Self::TwoParameter => Discrimination::Free,
        }
    }
}
