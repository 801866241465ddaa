//! A simulation with its measures, and the words for its rules that every form of report shares.
//!
//! Owns those words. Must not know how they are laid out.

use learnr_domain::bank::Bank;
use learnr_domain::irt::{Estimator, Method};
use learnr_domain::selection::criterion::Rule;
use learnr_domain::simulation::{Accuracy, Engine, Measures, Model, Plan, Simulation};

/// What is to be reported.
pub(super) struct Report<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) measures: &'a Measures,
    /// Where the bank is from.
    pub(super) bank: &'a str,
}

impl Report<'_> {
    pub(super) fn plan(&self) -> &Plan {
        self.simulation.plan()
    }

    pub(super) fn bank(&self) -> &Bank {
        self.simulation.bank()
    }

    /// Accuracy after quarters of the longest test, and at its end.
    pub(super) fn quarters(&self) -> Vec<&Accuracy> {
        let all = &self.measures.by_position;
        let mut places: Vec<usize> = (1..=4).map(|k| (all.len() * k).div_ceil(4)).collect();
        places.dedup();
        places
            .iter()
            .filter_map(|place| all.get(place.checked_sub(1)?))
            .collect()
    }

    /// The rules of the test, as pairs of a name and what it is.
    pub(super) fn rules(&self) -> Vec<(&'static str, String)> {
        let plan = self.plan();
        let mut rules = vec![("engine", engine_name(&plan.engine).to_owned())];
        match &plan.engine {
            Engine::Session { rho, .. } => rules.push(("correlation believed in", rho.to_string())),
            Engine::Designed { rules: own, model } => {
                rules.push(("criterion", criterion_name(&own.criterion).to_owned()));
                match model {
                    Model::OneAbility { estimator, start } => {
                        rules.push(("estimator", estimator_name(estimator).to_owned()));
                        rules.push(("start", start.to_string()));
                    }
                    Model::Areas { rho } => {
                        rules.push(("correlation believed in", rho.to_string()));
                    }
                }
                let exposure = own.exposure.map(|most| most.to_string());
                rules.push((
                    "exposure",
                    exposure.unwrap_or_else(|| "not controlled".into()),
                ));
                rules.push(("among the best", own.randomesque.to_string()));
                let balanced = if own.balanced { "by blueprint" } else { "no" };
                rules.push(("balanced", balanced.to_owned()));
                rules.extend(own.stop_se.map(|se| ("stops at SE", se.to_string())));
                if own.stop_classified {
                    rules.push(("stops when", "classified at 90 %".to_owned()));
                }
            }
        }
        let exposure = self.simulation.exposure_max();
        let exposure = exposure.map(|most| format!("at most {most:.3}"));
        rules.push((
            "exposure",
            exposure.unwrap_or_else(|| "not controlled".into()),
        ));
        rules.push(("length", plan.length.to_string()));
        rules
    }
}

/// The engine, as the command line calls it.
pub(super) fn engine_name(engine: &Engine) -> &'static str {
    match engine {
        Engine::Session { .. } => "session",
        Engine::Designed { model, .. } => match model {
            Model::OneAbility { .. } => "cat",
            Model::Areas { .. } => "areas",
        },
    }
}

/// The criterion, as the command line calls it; those it cannot name are "other".
pub(super) fn criterion_name(rule: &Rule) -> &'static str {
    match rule {
        Rule::MaximumInformation => "mfi",
        Rule::ExpectedPosteriorVariance(_) => "mepv",
        Rule::PosteriorWeightedInformation => "mpwi",
        Rule::PosteriorKullbackLeibler => "kl",
        Rule::Urry => "urry",
        Rule::Progressive { .. } => "progressive",
        Rule::Random { .. } => "random",
        _ => "other",
    }
}

/// The estimator, as the command line calls it; those it cannot name are "other".
pub(super) fn estimator_name(estimator: &Estimator) -> &'static str {
    match estimator.method {
        Method::Eap { .. } => "eap",
        Method::Map(_) => "map",
        Method::Wle => "wle",
        Method::Ml => "ml",
        Method::Robust(_) => "other",
    }
}
