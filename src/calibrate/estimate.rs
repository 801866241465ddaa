//! The order of estimation: each area by itself, then how areas hang together.
//!
//! Abilities of areas are N(0, 1) each, so that items of an area are calibrated on that area's answers, and rho and
//! q afterwards on everybody's sequences with the parameters found. Owns that order. Must not know the store.

use std::ops::ControlFlow;

use learnr_domain::calibration::{
    self, CalibratedItem, Failure, ItemStart, Kept, Options, Requirements, ResponseFault,
    Responses, Structure, StructureItem, Withheld, estimate_structure,
};
use learnr_domain::session::{Q_DEFAULT, RHO_DEFAULT};
use learnr_domain::{AreaIx, ItemParameters};

use super::evidence::Evidence;
use super::outcome::AreaFigures;
use crate::progress::Bar;

/// What is to be estimated.
pub(super) struct Task<'a> {
    /// Ids of the areas, in order.
    pub(super) areas: Vec<String>,
    /// Place of each item's area.
    pub(super) area_of: Vec<usize>,
    /// What penalties pull each item to.
    pub(super) centres: Vec<ItemParameters>,
    /// What each item has now.
    pub(super) current: Vec<ItemParameters>,
    pub(super) evidence: &'a Evidence,
    pub(super) options: Options,
    pub(super) requirements: Requirements,
}

/// What came of it.
pub(super) struct Estimated {
    /// For each item, its figures; `None` where nobody answered any of its area.
    pub(super) items: Vec<Option<CalibratedItem>>,
    pub(super) areas: Vec<AreaFigures>,
    pub(super) structure: Option<Structure>,
    /// Why nothing of it may be published.
    pub(super) withheld: Option<Withheld>,
}

/// Why estimation broke off; neither happens on what [`Evidence`] gives.
#[derive(Debug, thiserror::Error)]
pub(super) enum EstimateError {
    #[error("answers of one learner: {0}")]
    Responses(#[from] ResponseFault),
    #[error("area {area}: {failure}")]
    Area {
        area: String,
        #[source]
        failure: Failure,
    },
}

impl Task<'_> {
    /// Carries it out. Too few respondents are told before anything is estimated.
    pub(super) fn run(&self, bar: &mut Bar) -> Result<Estimated, EstimateError> {
        let mut estimated = Estimated {
            items: vec![None; self.centres.len()],
            areas: Vec::new(),
            structure: None,
            withheld: None,
        };
        let respondents = self.evidence.first.len() as f64;
        if let Err(withheld) = self.requirements.respondents(respondents) {
            estimated.withheld = Some(withheld);
            return Ok(estimated);
        }
        for area in 0..self.areas.len() {
            self.area(area, &mut estimated, bar)?;
        }
        if estimated.withheld.is_none() {
            estimated.withheld = self.nothing_left(&estimated);
        }
        if estimated.withheld.is_none() {
            estimated.structure = self.structure(&estimated, bar);
        }
        Ok(estimated)
    }

    /// Why an item keeps what it has; `None` when its estimate is published.
    pub(super) fn keeps(&self, item: Option<&CalibratedItem>) -> Option<Kept> {
        match item {
            Some(item) => self.requirements.keeps(item),
            None => Some(Kept::TooFewAnswers {
                answers: 0.0,
                needed: self.requirements.answers_min,
            }),
        }
    }

    fn area(
        &self,
        area: usize,
        estimated: &mut Estimated,
        bar: &mut Bar,
    ) -> Result<(), EstimateError> {
        let items: Vec<usize> = (0..self.area_of.len())
            .filter(|item| self.area_of[*item] == area)
            .collect();
        let responses = self.responses(&items)?;
        if responses.answers() == 0 {
            return Ok(());
        }
        let starts: Vec<ItemStart> = items
            .iter()
            .map(|item| ItemStart::at(self.centres[*item]))
            .collect();
        let name = &self.areas[area];
        let what = format!("area {} of {}: {name}", area + 1, self.areas.len());
        let tolerance = self.options.tolerance;
        let mut farthest: f64 = 0.0;
        let mut progress = |progress: calibration::Progress| {
            farthest = farthest.max(nearness(progress.change, tolerance));
            bar.draw(&what, (farthest * 100.0) as usize, 100);
            ControlFlow::Continue(())
        };
        let got = calibration::calibrate(&responses, &starts, &self.options, &mut progress)
            .map_err(|failure| EstimateError::Area {
                area: name.clone(),
                failure,
            })?;
        if !got.converged {
            estimated.withheld = Some(Withheld::NotConverged {
                cycles: got.cycles,
                change: got.change,
            });
        }
        estimated.areas.push(AreaFigures {
            area: name.clone(),
            respondents: responses.respondents(),
            answers: responses.answers(),
            log_likelihood: got.log_likelihood,
            cycles: got.cycles,
            converged: got.converged,
        });
        for (item, figures) in items.iter().zip(got.items) {
            estimated.items[*item] = Some(figures);
        }
        Ok(())
    }

    /// Everybody's first answers to these items, counted from 0 in their order.
    fn responses(&self, items: &[usize]) -> Result<Responses, ResponseFault> {
        let mut places = vec![None; self.area_of.len()];
        for (place, item) in items.iter().enumerate() {
            places[*item] = Some(place);
        }
        let mut responses = Responses::new(items.len());
        for answers in &self.evidence.first {
            let here: Vec<(usize, bool)> = answers
                .iter()
                .filter_map(|(item, correct)| Some((places[*item]?, *correct)))
                .collect();
            responses.push(&here, 1.0)?;
        }
        Ok(responses)
    }

    fn nothing_left(&self, estimated: &Estimated) -> Option<Withheld> {
        let kept = |item: &Option<CalibratedItem>| self.keeps(item.as_ref()).is_some();
        estimated
            .items
            .iter()
            .all(kept)
            .then_some(Withheld::NothingLeft {
                items: estimated.items.len(),
                answers_needed: self.requirements.answers_min,
            })
    }

    fn structure(&self, estimated: &Estimated, bar: &mut Bar) -> Option<Structure> {
        let items: Vec<StructureItem> = (0..self.current.len())
            .map(|item| {
                let figures = estimated.items[item].as_ref();
                let published = figures.filter(|item| self.requirements.keeps(item).is_none());
                StructureItem {
                    area: AreaIx(self.area_of[item] as u8),
                    parameters: published.map_or(self.current[item], |item| item.parameters),
                }
            })
            .collect();
        let mut progress = |done, of| {
            bar.draw("correlation of areas, and drift in practice", done, of);
            true
        };
        let sequences = &self.evidence.sequences;
        estimate_structure(&items, sequences, (RHO_DEFAULT, Q_DEFAULT), &mut progress)
    }
}

/// How near a change is to the tolerance, 0 to 1, on a scale of logarithms from a change of 1.
fn nearness(change: f64, tolerance: f64) -> f64 {
    (change.ln() / tolerance.ln()).clamp(0.0, 1.0)
}
