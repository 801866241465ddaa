//! What a run begins from: the current version, and the answers that say something of its questions.
//!
//! Owns what reports of every kind of run have in common. Must not estimate anything.

use learnr_domain::ItemParameters;
use learnr_domain::bank::{CertificationSpec, ItemSpec};

use super::evidence::Evidence;
use super::gather::Gathered;
use super::outcome::{ItemFigures, LeftOut, Outcome, Report};
use crate::store::CertificationVersionRow;

/// What comes of a run: its report, and the version to publish unless it is withheld.
pub(super) type Made = (Report, Option<CertificationVersionRow>);

/// The current version and the answers to its questions.
pub(super) struct Found<'a> {
    pub(super) row: &'a CertificationVersionRow,
    pub(super) certification: CertificationSpec,
    pub(super) items: Vec<ItemSpec>,
    /// Place of each item's area.
    pub(super) area_of: Vec<usize>,
    /// What each item has now, be it from its label.
    pub(super) current: Vec<ItemParameters>,
    pub(super) gathered: Gathered,
    pub(super) evidence: Evidence,
}

impl Found<'_> {
    /// The report of a run that published nothing yet, with what was found out of questions.
    pub(super) fn report(&self, figures: Vec<ItemFigures>) -> Report {
        let kept = figures.iter().filter(|item| item.kept.is_some()).count();
        Report {
            outcome: Outcome::Withheld,
            new_questions: false,
            withheld: None,
            certification: self.row.id.clone(),
            title: self.row.title.clone(),
            from_version: self.row.version.clone(),
            version: None,
            sessions: self.gathered.sessions,
            respondents: self.evidence.first.len(),
            answers: self.evidence.first.iter().map(Vec::len).sum(),
            left_out: LeftOut {
                repeats: self.evidence.repeats,
                of_guests: self.evidence.of_guests,
                to_other_questions: self.gathered.answers_to_other_questions,
                unreadable_sessions: self.gathered.unreadable_sessions,
            },
            guests: self.evidence.guests,
            calibrated: figures.len() - kept,
            kept,
            rho: None,
            q: None,
            areas: Vec::new(),
            items: figures,
            seconds: 0.0,
        }
    }
}
