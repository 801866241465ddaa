//! `learnr calibrate --new-questions`: its report, and the version it makes.
//!
//! Owns what is stored of streamed difficulties, and when nothing is. The arithmetic is `stream`'s; publishing is
//! the command's.

use learnr_domain::ItemParameters;
use learnr_domain::bank::Difficulty;

use super::found::{Found, Made};
use super::outcome::{ItemFigures, Parameters, Report, rounded};
use super::stream::{DEVIATION_MAX, KeepsLabel, NewQuestion, Stream};
use crate::store::CertificationVersionRow;
use crate::store::record::{self, CalibrationRecord, ItemErrors, RecordError};

/// Why nothing is published.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
enum NothingNew {
    #[error(
        "none of {items} questions is calibrated: calibrate once first, without --new-questions"
    )]
    NothingCalibrated { items: usize },
    #[error("all {items} questions are calibrated, none has a label")]
    NoLabels { items: usize },
    #[error(
        "no question is calibrated in the areas of the {labelled} with a label: calibrate once first, without \
         --new-questions"
    )]
    AreasNotCalibrated { labelled: usize },
    #[error(
        "none of {labelled} questions with a label has the {answers_needed} answers and the standard deviation of \
         {DEVIATION_MAX} it needs; the surest has {answers} and {deviation:.2}"
    )]
    Imprecise {
        labelled: usize,
        answers_needed: u32,
        answers: u32,
        deviation: f64,
    },
}

/// Gives the questions with a label a difficulty from the answers so far.
///
/// # Errors
/// When what the current version says of its calibration cannot be read.
pub(super) fn stream(found: &Found<'_>, answers_min: u32) -> anyhow::Result<Made> {
    let labelled: Vec<bool> = found
        .items
        .iter()
        .map(|item| matches!(item.difficulty, Difficulty::Label(_)))
        .collect();
    let stream = Stream {
        area_of: &found.area_of,
        current: &found.current,
        labelled: &labelled,
        answers_min,
    };
    let new = stream.run(&found.evidence.first);
    let withheld = withheld(found.items.len(), answers_min, &new);
    let version = match withheld {
        None => Some(version(found, &new)?),
        Some(_) => None,
    };
    let report = Report {
        new_questions: true,
        withheld: withheld.map(|withheld| withheld.to_string()),
        ..found.report(new.iter().map(|new| figures(found, new)).collect())
    };
    Ok((report, version))
}

/// Why nothing of what was found out of the questions with a label, out of `items` in all, is published.
fn withheld(items: usize, answers_needed: u32, new: &[NewQuestion]) -> Option<NothingNew> {
    let labelled = new.len();
    if labelled == items {
        return Some(NothingNew::NothingCalibrated { items });
    }
    if labelled == 0 {
        return Some(NothingNew::NoLabels { items });
    }
    if new.iter().any(|new| new.kept.is_none()) {
        return None;
    }
    let surest = new
        .iter()
        .filter(|new| new.kept != Some(KeepsLabel::NothingCalibrated))
        .min_by(|x, y| x.belief.variance.total_cmp(&y.belief.variance));
    Some(match surest {
        None => NothingNew::AreasNotCalibrated { labelled },
        Some(surest) => NothingNew::Imprecise {
            labelled,
            answers_needed,
            answers: surest.belief.answers,
            deviation: surest.deviation(),
        },
    })
}

/// The current version with these difficulties; all else, and what it says of its calibration, is as it was.
fn version(found: &Found<'_>, new: &[NewQuestion]) -> Result<CertificationVersionRow, RecordError> {
    let mut items = found.items.clone();
    let kept = record::calibration_from_row(found.row)?;
    let mut calibration = kept.unwrap_or_else(|| CalibrationRecord {
        respondents: found.evidence.first.len() as u32,
        ..CalibrationRecord::default()
    });
    for new in new.iter().filter(|new| new.kept.is_none()) {
        let item = &mut items[new.item];
        item.difficulty = Difficulty::Parameters(parameters(found, new));
        calibration.items.push(ItemErrors {
            item: item.id.to_string(),
            answers: new.belief.answers,
            a: None,
            b: Some(rounded(new.deviation())),
        });
    }
    Ok(CertificationVersionRow {
        calibration: Some(record::calibration_to_bytes(&calibration)),
        ..record::certification_row(&found.certification, &items)
    })
}

fn figures(found: &Found<'_>, new: &NewQuestion) -> ItemFigures {
    let answers = new.belief.answers;
    let mut figures = ItemFigures::of(&found.items[new.item], &found.current[new.item]);
    figures.answers = answers;
    figures.right = (answers > 0).then(|| rounded(f64::from(new.right) / f64::from(answers)));
    figures.estimate = Some(Parameters::of(&parameters(found, new)));
    figures.b_error = Some(rounded(new.deviation()));
    figures.kept = new.kept.map(|kept| kept.to_string());
    figures
}

/// The label's own a and c, and what answers say of b.
fn parameters(found: &Found<'_>, new: &NewQuestion) -> ItemParameters {
    ItemParameters {
        b: rounded(new.belief.mean),
        ..found.current[new.item]
    }
}
