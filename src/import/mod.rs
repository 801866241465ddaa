//! Certifications from files: read, checked as a whole, stored as one version or not at all; and written again.
//!
//! Owns the file formats and what is said about their faults. Checking is the domain's, storing the store's. All of
//! it works on bytes: the command line in `command` is one caller, authors over REST will be another.

mod answers;
mod args;
mod carried;
mod columns;
mod command;
mod content;
mod export;
mod jobs;
mod json;
mod mapping;
mod names;
mod outcome;
mod report;
mod row;
mod shape;
mod source;
mod table;
mod text;

use std::sync::Arc;

use learnr_domain::CertificationId;

pub use args::{ExportArgs, ImportArgs, Layout};
pub use columns::Field;
pub use command::{export, import, load_demonstration};
pub use content::Wish;
pub use export::{Format, write};
pub use mapping::Mapping;
pub use outcome::{Outcome, Report};
pub use report::{Finding, Findings, Notes, Place};
pub use source::{FILE_BYTES_MAX, Source};
pub use table::Table;

use crate::store::CertificationVersionRow;
use content::Area;

/// The single area of a certification whose file names none.
const AREA: &str = "general";

/// What files came to: the row to store, if there is one, and what is to be said.
#[derive(Debug)]
pub struct Reading {
    /// The checked certification; `None` when there is any fault.
    pub row: Option<CertificationVersionRow>,
    /// What was found.
    pub report: Report,
}

/// Reads one certification from our JSON.
#[must_use]
pub fn read_json(source: &Source) -> Reading {
    let (mut report, mut notes) = (Report::of(std::slice::from_ref(source)), Notes::default());
    let origin = Place::default();
    let text = source::text_of(&source.bytes, &origin, &mut notes);
    let text = text.and_then(|bytes| match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let place = Place {
                line: Some(1 + before.iter().filter(|byte| **byte == b'\n').count() as u64),
                ..origin.clone()
            };
            notes.fault_plain(place, "text in UTF-8", "other bytes");
            None
        }
    });
    let contents = text.map_or_else(Default::default, |text| {
        json::parse(text, &origin, &mut notes)
    });
    report.read = contents.read;
    let mut items = contents.items;
    report.duplicates = content::leave_duplicates_out(&mut items, &mut notes);
    let row = match contents.certification {
        Some(spec) => settle(spec, items, &mut report, &mut notes),
        None => None,
    };
    report.take(notes);
    Reading { row, report }
}

/// Reads one certification from one or more tables. Of several, each is an area unless its rows name theirs.
#[must_use]
pub fn read_tables(sources: &[Source], table: &Table, wish: &Wish) -> Reading {
    let (mut report, mut notes) = (Report::of(sources), Notes::default());
    let several = sources.len() > 1;
    let (mut items, mut areas, mut names) = (Vec::new(), Vec::new(), names::Names::default());
    for source in sources {
        let origin = Place {
            file: several.then(|| Arc::from(source.name.as_str())),
            ..Place::default()
        };
        let Some(text) = source::text_of(&source.bytes, &origin, &mut notes) else {
            continue;
        };
        let Some(area) = area_of(source, several, wish, &origin, &mut notes) else {
            continue;
        };
        let rows = table::parse(text, table, &area, &origin, &mut names, &mut notes);
        report.read += rows.read;
        items.extend(rows.items);
        for area in rows.areas {
            if !areas.iter().any(|known: &Area| known.id == area.id) {
                areas.push(area);
            }
        }
    }
    report.duplicates = content::leave_duplicates_out(&mut items, &mut notes);
    let spec = content::certification(wish, areas, &items);
    // Where nothing could be read, there is nothing to say of the whole.
    let nothing = items.is_empty() && !notes.faults.is_empty();
    let row = match nothing {
        true => None,
        false => settle(spec, items, &mut report, &mut notes),
    };
    report.take(notes);
    Reading { row, report }
}

/// The area of a table's rows that name none: the file's, when there are several.
fn area_of(
    source: &Source,
    several: bool,
    wish: &Wish,
    origin: &Place,
    notes: &mut Notes,
) -> Option<Area> {
    let (id, title) = if several {
        (names::slug(&source.name), names::title(&source.name))
    } else {
        let title = wish
            .title
            .clone()
            .unwrap_or_else(|| names::title(wish.id.as_str()));
        (AREA.to_owned(), title)
    };
    match learnr_domain::AreaId::new(&id) {
        Ok(id) => Some(Area { id, title }),
        Err(error) => {
            let expected = format!("a file name that can be the id of an area: {error}");
            notes.fault(origin.clone(), expected, &source.name);
            None
        }
    }
}

fn settle(
    spec: learnr_domain::bank::CertificationSpec,
    items: Vec<content::Drafted>,
    report: &mut Report,
    notes: &mut Notes,
) -> Option<CertificationVersionRow> {
    report.questions = items.len();
    report.kept_in_order = items.iter().filter(|item| item.spec.fixed_order).count();
    report.areas = spec.areas.len();
    report.certification = Some(spec.id.to_string());
    report.title = Some(spec.title.clone());
    let row = content::check(spec, items, notes);
    report.version = row.as_ref().map(|row| row.version.clone());
    row
}

/// A certification's id from the name of its file.
///
/// # Errors
/// When nothing of the name can be in an id.
pub fn id_of_file(name: &str) -> Result<CertificationId, learnr_domain::IdError> {
    CertificationId::new(names::slug(name))
}
