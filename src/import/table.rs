//! Questions from a table (CSV): one row each.
//!
//! Owns the rows of a file and their places. What a row says is `row`'s.

use csv::{ByteRecord, ReaderBuilder};

use super::columns::{Columns, has_header};
use super::content::{Area, Drafted};
use super::mapping::Mapping;
use super::names::Names;
use super::report::{Notes, Place};
use super::row::Row;

/// How a table is to be read.
#[derive(Debug, Clone)]
pub struct Table {
    /// What the columns hold; our own columns, named by a header, when `None`.
    pub mapping: Option<Mapping>,
    /// What stands between two columns.
    pub delimiter: u8,
}

/// The questions of a table, and the areas they name.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) items: Vec<Drafted>,
    pub(super) areas: Vec<Area>,
    /// Rows that hold a question, faulty ones included.
    pub(super) read: usize,
}

/// Reads a table. `area` is that of rows that name none; `origin` is the place of the whole file.
pub(super) fn parse(
    text: &[u8],
    table: &Table,
    area: &Area,
    origin: &Place,
    names: &mut Names,
    notes: &mut Notes,
) -> Rows {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(table.delimiter)
        .from_reader(text);
    let mut rows = Rows::default();
    let mut columns = None;
    let mut record = ByteRecord::new();
    for number in 1_u64.. {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                notes.fault_plain(origin.clone(), "a table", error);
                break;
            }
        }
        let place = Place {
            row: Some(number),
            line: record.position().map(csv::Position::line),
            ..origin.clone()
        };
        let header = number == 1 && has_header(table.mapping.as_ref());
        rows.read += usize::from(!header);
        let Some(cells) = utf8(&record, &place, notes) else {
            continue;
        };
        if number == 1 {
            columns = Columns::of(table.mapping.as_ref(), &cells, &place, notes);
        }
        let Some(columns) = &columns else { break };
        if header {
            continue;
        }
        let plain = table.mapping.is_some();
        let item = Row {
            columns,
            cells: &cells,
            place,
            plain,
            faulty: false,
            names,
            notes,
        };
        rows.items.extend(item.read(area, &mut rows.areas));
    }
    rows
}

fn utf8<'a>(record: &'a ByteRecord, place: &Place, notes: &mut Notes) -> Option<Vec<&'a str>> {
    let mut cells = Vec::with_capacity(record.len());
    for (at, cell) in record.iter().enumerate() {
        match std::str::from_utf8(cell) {
            Ok(text) => cells.push(text),
            Err(_) => {
                let place = place.column(format!("number {}", at + 1));
                notes.fault(place, "text in UTF-8", &String::from_utf8_lossy(cell));
            }
        }
    }
    (cells.len() == record.len()).then_some(cells)
}
