//! What `learnr simulate` can be told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use learnr_domain::CertificationId;
use learnr_domain::bank::ITEMS_MAX;
use learnr_domain::simulation::GeneratedModel;

/// What a simulated test chooses its questions by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CriterionName {
    /// Maximum Fisher information.
    Mfi,
    /// Minimum expected posterior variance.
    Mepv,
    /// Maximum posterior weighted information.
    Mpwi,
    /// Kullback-Leibler information, weighted by the posterior.
    Kl,
    /// Difficulty nearest the estimate.
    Urry,
    /// Chance at first, information more and more.
    Progressive,
    /// Chance alone.
    Random,
}

/// How a simulated test estimates ability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EstimatorName {
    /// Expected a posteriori, standard normal prior, 61 points on -4 to 4.
    Eap,
    /// Maximum a posteriori, standard normal prior.
    Map,
    /// Weighted likelihood.
    Wle,
    /// Maximum likelihood, -4 to 4.
    Ml,
}

/// What examines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// A classical adaptive test with one ability; every rule below is yours.
    Cat,
    /// The learner model of sessions, an ability in each area, under your rules.
    Areas,
    /// The diagnostic session people get, with its own rules.
    Session,
}

impl EngineName {
    /// The name as it is given.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cat => "cat",
            Self::Areas => "areas",
            Self::Session => "session",
        }
    }
}

/// A bank to be made up: `3pl:1000:7` is 1,000 items by the seed 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generate {
    /// The model of the items.
    pub model: GeneratedModel,
    /// How many, at least 1.
    pub items: usize,
    /// The seed of their parameters.
    pub seed: u64,
}

impl FromStr for Generate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || format!("expected MODEL:ITEMS:SEED, as 3pl:1000:7, got {text:?}");
        let parts: Vec<&str> = text.split(':').collect();
        let [model, items, seed] = parts[..] else {
            return Err(wanted());
        };
        let model = match model.to_ascii_lowercase().as_str() {
            "1pl" | "rasch" => GeneratedModel::Rasch,
            "2pl" => GeneratedModel::TwoPl,
            "3pl" => GeneratedModel::ThreePl,
            _ => return Err(format!("expected the model 1pl, 2pl or 3pl, got {model:?}")),
        };
        let items = items.parse().map_err(|_| wanted())?;
        if !(1..=ITEMS_MAX).contains(&items) {
            return Err(format!("expected 1 to {ITEMS_MAX} items, got {items}"));
        }
        let seed = seed.parse().map_err(|_| wanted())?;
        Ok(Self { model, items, seed })
    }
}

impl Generate {
    /// The model and the number of items, in words.
    pub(super) fn name(&self) -> String {
        let model = match self.model {
            GeneratedModel::Rasch => "1PL",
            GeneratedModel::TwoPl => "2PL",
            GeneratedModel::ThreePl => "3PL",
        };
        format!("{} {model} items", self.items)
    }
}

/// Weights of areas: `law=0.6,ethics=0.4`, or `0.6,0.4` for areas made up.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint(pub Vec<(Option<String>, f64)>);

impl FromStr for Blueprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let weight = |part: &str| {
            let (name, number) = match part.split_once('=') {
                Some((name, number)) => (Some(name.trim().to_owned()), number),
                None => (None, part),
            };
            match number.trim().parse::<f64>() {
                Ok(weight) if weight > 0.0 && weight.is_finite() => Ok((name, weight)),
                _ => Err(format!("expected a weight > 0, got {number:?} in {part:?}")),
            }
        };
        text.split(',')
            .map(weight)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// What `learnr simulate` can be told.
#[derive(Debug, Clone, Args)]
#[command(
    allow_negative_numbers = true,
    after_help = "\
Examples:
  learnr simulate --bank items.csv --length 30
      a table with the columns id, area, a, b, c: how well do thirty items measure, and which items wear out?
  learnr simulate --bank items.csv --exposure 0.25 --stop-se 0.3 --html report.html
      no item for more than a quarter of people, tests that end once they are precise; plots in one file
  learnr simulate --certification business-analysis-foundations --engine session --length 40
      the diagnostic sessions people get of a stored certification
  learnr simulate --generate 3pl:1000:7 --blueprint 0.25,0.2,0.2,0.15,0.1,0.1 --engine areas --rho 0.7
      a bank made up, six areas with correlated abilities

The same flags and seed give the same results to the last bit, with any number of threads. A table of results goes to
the standard output; docs/simulation.md says what each figure is."
)]
pub struct SimulateArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,
    /// Weights of the areas: law=0.6,ethics=0.4; or, of a bank made up, one number for each area it is to have.
    /// By default a table's areas weigh as many items as they have, and a bank made up has one area.
    #[arg(long, value_name = "AREA=WEIGHT,...", conflicts_with = "certification")]
    pub(super) blueprint: Option<Blueprint>,
    /// Constant that the discriminations of the table were estimated with: 1.702 for the normal metric.
    #[arg(long, value_name = "D", default_value_t = 1.0, conflicts_with_all = ["certification", "generate"])]
    pub(super) scaling: f64,
    #[command(flatten)]
    pub(super) people: PeopleArgs,
    #[command(flatten)]
    pub(super) test: TestArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct SourceArgs {
    /// Table of items: CSV with a header that names the columns id, area, a, b and c, in any order.
    #[arg(long, value_name = "FILE.csv")]
    pub(super) bank: Option<PathBuf>,
    /// Id of a stored certification.
    #[arg(long, value_name = "ID")]
    pub(super) certification: Option<CertificationId>,
    /// Make a bank up: ln a ~ N(0, 0.3), b ~ N(0, 1), c ~ U(0.1, 0.25).
    #[arg(long, value_name = "1pl|2pl|3pl:ITEMS:SEED")]
    pub(super) generate: Option<Generate>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Examinees")]
pub(super) struct PeopleArgs {
    /// How many.
    #[arg(long, default_value_t = 2000, value_name = "N")]
    pub(super) examinees: u32,
    /// Mean of their ability, in logits.
    #[arg(long, default_value_t = 0.0, value_name = "LOGITS")]
    pub(super) mean: f64,
    /// Standard deviation of their ability; 0 gives all of them the mean.
    #[arg(long, default_value_t = 1.0, value_name = "LOGITS")]
    pub(super) sd: f64,
    /// Correlation of their abilities in two areas, 0 to 1; by default 1 with --engine cat, else 0.5.
    #[arg(long)]
    pub(super) rho: Option<f64>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Test")]
pub(super) struct TestArgs {
    /// What examines.
    #[arg(long, value_enum, default_value = "cat")]
    pub(super) engine: EngineName,
    /// Most questions.
    #[arg(long, default_value_t = 30, value_name = "N")]
    pub(super) length: u16,
    /// What questions are chosen by (cat, areas); mpwi and kl with one ability only.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) criterion: Option<CriterionName>,
    /// How ability is estimated (cat).
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) estimator: Option<EstimatorName>,
    /// Ability the first question is chosen for (cat).
    #[arg(long, value_name = "LOGITS")]
    pub(super) start: Option<f64>,
    /// Correlation of areas that the engine believes in (areas, session); by default that of the examinees, at
    /// most 0.9.
    #[arg(long, value_name = "RHO")]
    pub(super) assumed_rho: Option<f64>,
    /// Largest share of people who may see an item, held by item eligibility; 1 for no control. By default none
    /// with cat and areas, and with session what the server holds: 0.25, or more where the bank is small.
    #[arg(long, value_name = "RATE")]
    pub(super) exposure: Option<f64>,
    /// Draw each question among the best N, up to 8 (cat, areas).
    #[arg(long, value_name = "N")]
    pub(super) randomesque: Option<usize>,
    /// Do not balance areas by their weights (cat, areas).
    #[arg(long)]
    pub(super) no_balance: bool,
    /// Stop once the standard error is at most this (cat, areas).
    #[arg(long, value_name = "LOGITS")]
    pub(super) stop_se: Option<f64>,
    /// Stop once the 90 % interval lies clear of the pass mark (cat, areas).
    #[arg(long)]
    pub(super) stop_classified: bool,
    /// Overall ability that passes, in logits; 0 unless a pass mark is given.
    #[arg(long, value_name = "LOGITS", conflicts_with = "pass_mark")]
    pub(super) cut: Option<f64>,
    /// Expected share of right answers to the whole bank that passes; a certification has its own.
    #[arg(long, value_name = "SHARE")]
    pub(super) pass_mark: Option<f64>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Run")]
pub(super) struct RunArgs {
    /// Seed of everything left to chance.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Threads to use; exposure control learns from one test for the next, and uses one.
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) threads: u16,
    /// Write everything as JSON, to a file or instead of the table.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(super) json: Option<Option<PathBuf>>,
    /// Write a page with plots, in one file that needs no network.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_to_be_made_up_is_named_by_three_parts() {
        let generate: Generate = "3PL:1000:7".parse().expect("three parts");
        assert_eq!((generate.items, generate.seed), (1_000, 7));
        for bad in [
            "",
            "3pl",
            "3pl:0:1",
            "3pl:200000:1",
            "4pl:5:1",
            "3pl:x:1",
            "3pl:5:-1",
        ] {
            assert!(bad.parse::<Generate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_blueprint_is_weights_with_or_without_names() {
        let named: Blueprint = "law=0.6, ethics=0.4".parse().expect("weights");
        assert_eq!(named.0[1], (Some("ethics".to_owned()), 0.4));
        let bare: Blueprint = "3,1".parse().expect("weights");
        assert_eq!(bare.0, [(None, 3.0), (None, 1.0)]);
        for bad in ["", "a=", "a=0", "-1", "nan", "a=1,,", "inf"] {
            assert!(bad.parse::<Blueprint>().is_err(), "{bad}");
        }
    }
}
