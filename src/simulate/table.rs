//! A bank as a table: id, area, a, b, c, one item a row.
//!
//! Owns the columns and what is said of faulty rows, all of them. Must not know what is simulated.

use std::collections::HashMap;
use std::fmt;

use csv::{Reader, StringRecord};
use learnr_domain::bank::{DIFFICULTY_MAX, DISCRIMINATION_MAX, ITEMS_MAX};
use learnr_domain::ids::AREAS_MAX;
use learnr_domain::irt::ItemParameters;
use learnr_domain::simulation::CalibratedItem;
use learnr_domain::{AreaId, ItemId};

/// The columns, by name in the header; others are passed over.
const COLUMNS: [&str; 5] = ["id", "area", "a", "b", "c"];
/// Faults shown; the rest is counted.
const SHOWN: usize = 20;
/// Characters of a value shown.
const VALUE_CHARS_MAX: usize = 40;

/// The items of a table, and their areas in the order they first come up.
#[derive(Debug)]
pub(super) struct BankTable {
    pub(super) items: Vec<CalibratedItem>,
    pub(super) areas: Vec<AreaId>,
}

/// Everything wrong with a table.
#[derive(Debug, Default)]
pub(super) struct TableFaults {
    total: usize,
    shown: Vec<String>,
}

impl TableFaults {
    fn add(&mut self, place: impl fmt::Display, expected: impl fmt::Display, got: &str) {
        self.total += 1;
        if self.shown.len() < SHOWN {
            let got: String = got.chars().take(VALUE_CHARS_MAX).collect();
            let fault = format!("{place}: expected {expected}, got {got:?}");
            self.shown.push(fault);
        }
    }
}

impl fmt::Display for TableFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.total == 1 { "fault" } else { "faults" };
        write!(f, "{} {noun}:", self.total)?;
        for fault in &self.shown {
            write!(f, "\n  {fault}")?;
        }
        match self.total - self.shown.len() {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

/// Reads a table. `scaling` is the constant D its discriminations were estimated with.
pub(super) fn parse(text: &[u8], scaling: f64) -> Result<BankTable, TableFaults> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let mut faults = TableFaults::default();
    let Some(columns) = columns(&mut reader, &mut faults) else {
        return Err(faults);
    };
    let mut rows = Rows {
        columns,
        scaling,
        faults,
        lines: HashMap::new(),
        table: BankTable {
            items: Vec::new(),
            areas: Vec::new(),
        },
    };
    let mut record = StringRecord::new();
    let mut read = 0;
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => rows.take(&record),
            Err(error) => {
                rows.faults
                    .add(format!("line {line}"), "text in UTF-8", &error.to_string());
                if error.is_io_error() {
                    break;
                }
            }
        }
        read += 1;
        if read > ITEMS_MAX {
            let most = format!("at most {ITEMS_MAX} items");
            rows.faults.add(format!("line {line}"), most, "one more");
            break;
        }
    }
    if read == 0 {
        rows.faults.add("the table", "at least one item", "");
    }
    match rows.faults.total {
        0 => Ok(rows.table),
        _ => Err(rows.faults),
    }
}

/// The places of the columns, in the order of [`COLUMNS`].
fn columns(reader: &mut Reader<&[u8]>, faults: &mut TableFaults) -> Option<[usize; 5]> {
    let header = match reader.headers() {
        Ok(header) => header,
        Err(error) => {
            faults.add("line 1", "a header in UTF-8", &error.to_string());
            return None;
        }
    };
    let mut places = [0; 5];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        let mut found = (0..header.len()).filter(|k| header[*k].eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some(at), None) => *place = at,
            (Some(_), Some(_)) => faults.add("line 1", format!("one column {name}"), "two"),
            (None, _) => {
                let got = header.iter().collect::<Vec<_>>().join(",");
                faults.add("line 1", format!("a column {name}"), &got);
            }
        }
    }
    (faults.total == 0).then_some(places)
}

struct Rows {
    columns: [usize; 5],
    scaling: f64,
    faults: TableFaults,
    /// The line each id was met on first.
    lines: HashMap<ItemId, u64>,
    table: BankTable,
}

impl Rows {
    fn take(&mut self, record: &StringRecord) {
        let line = record.position().map_or(0, csv::Position::line);
        let needed = self.columns.iter().max().map_or(0, |last| last + 1);
        if record.len() < needed {
            let expected = format!("at least {needed} columns");
            let got = record.len().to_string();
            self.faults.add(format!("line {line}"), expected, &got);
            return;
        }
        let [id, area, a, b, c] = self.columns.map(|place| &record[place]);
        let id = self.id(line, id);
        let area = self.area(line, area);
        let a = self.number(
            line,
            "a",
            a,
            &|a: f64| a > 0.0 && a <= DISCRIMINATION_MAX,
            || format!("a discrimination > 0 and at most {DISCRIMINATION_MAX}"),
        );
        let b = self.number(line, "b", b, &|b: f64| b.abs() <= DIFFICULTY_MAX, || {
            format!("a difficulty of -{DIFFICULTY_MAX} to {DIFFICULTY_MAX}")
        });
        let c = self.number(line, "c", c, &|c: f64| (0.0..1.0).contains(&c), || {
            "a chance of guessing of at least 0 and under 1".to_owned()
        });
        if let (Some(id), Some(area), Some(a), Some(b), Some(c)) = (id, area, a, b, c) {
            self.table.items.push(CalibratedItem {
                id,
                area,
                parameters: ItemParameters::three_pl(a, b, c),
            });
        }
    }

    fn id(&mut self, line: u64, text: &str) -> Option<ItemId> {
        let place = format!("line {line}, column id");
        let Ok(id) = ItemId::new(text) else {
            let expected = "an id: 1 to 64 letters, digits and ._:-";
            self.faults.add(place, expected, text);
            return None;
        };
        if let Some(first) = self.lines.get(&id) {
            let expected = format!("each id once (line {first} has it)");
            self.faults.add(place, expected, text);
            return None;
        }
        self.lines.insert(id.clone(), line);
        Some(id)
    }

    fn area(&mut self, line: u64, text: &str) -> Option<AreaId> {
        let place = format!("line {line}, column area");
        let Ok(area) = AreaId::new(text) else {
            let expected = "an id: 1 to 64 letters, digits and ._:-";
            self.faults.add(place, expected, text);
            return None;
        };
        if !self.table.areas.contains(&area) {
            if self.table.areas.len() == AREAS_MAX {
                let expected = format!("at most {AREAS_MAX} areas");
                self.faults.add(place, expected, text);
                return None;
            }
            self.table.areas.push(area.clone());
        }
        Some(area)
    }

    fn number(
        &mut self,
        line: u64,
        column: &str,
        text: &str,
        legal: &dyn Fn(f64) -> bool,
        expected: impl FnOnce() -> String,
    ) -> Option<f64> {
        let scaling = if column == "a" { self.scaling } else { 1.0 };
        let number = text.parse().map(|number: f64| number * scaling);
        match number {
            Ok(number) if legal(number) => Some(number),
            _ => {
                let place = format!("line {line}, column {column}");
                self.faults.add(place, expected(), text);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_others_passed_over() {
        let text = "\u{feff}b, A ,note,ID,c,Area\n0.5,1.2,\"x\ny\",i1,0.2,far\n-1,2,,i2,0,aud\n";
        let table = parse(text.as_bytes(), 1.0).expect("a sound table");
        let areas: Vec<&str> = table.areas.iter().map(AreaId::as_str).collect();
        assert_eq!(areas, ["far", "aud"]);
        assert_eq!(
            table.items[0].parameters,
            ItemParameters::three_pl(1.2, 0.5, 0.2)
        );
        assert_eq!(table.items[1].id.as_str(), "i2");
        let scaled = parse(text.as_bytes(), 1.702).expect("a sound table");
        assert_eq!(scaled.items[1].parameters.a, 2.0 * 1.702);
    }

    #[test]
    fn every_fault_is_named_with_its_line_and_column() {
        let text = "id,area,a,b,c\n\
            i1,far,NaN,0,0\n\
            i1,far,1,inf,0\n\
            i2,,0,0,1\n\
            i3,far,1\n\
            i 4,far,1,0,0\n\
            i5,far,-1,x,-0.1\n";
        let faults = parse(text.as_bytes(), 1.0).expect_err("faults").to_string();
        let lines: Vec<&str> = faults.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "11 faults:",
                "line 2, column a: expected a discrimination > 0 and at most 10, got \"NaN\"",
                "line 3, column id: expected each id once (line 2 has it), got \"i1\"",
                "line 3, column b: expected a difficulty of -10 to 10, got \"inf\"",
                "line 4, column area: expected an id: 1 to 64 letters, digits and ._:-, got \"\"",
                "line 4, column a: expected a discrimination > 0 and at most 10, got \"0\"",
                "line 4, column c: expected a chance of guessing of at least 0 and under 1, got \"1\"",
                "line 5: expected at least 5 columns, got \"3\"",
                "line 6, column id: expected an id: 1 to 64 letters, digits and ._:-, got \"i 4\"",
                "line 7, column a: expected a discrimination > 0 and at most 10, got \"-1\"",
                "line 7, column b: expected a difficulty of -10 to 10, got \"x\"",
                "line 7, column c: expected a chance of guessing of at least 0 and under 1, got \"-0.1\"",
            ]
        );
    }

    #[test]
    fn a_table_without_header_rows_or_text_is_a_fault() {
        for (text, expected) in [
            (&b""[..], "a column id"),
            (b"id,area,a,b,c\n", "at least one item"),
            (b"id,area,a,b\n1,x,1,0\n", "a column c"),
            (b"id,area,a,a,b,c\n1,x,1,1,0,0\n", "one column a"),
            (b"id,area,a,b,c\n\xff,x,1,0,0\n", "text in UTF-8"),
        ] {
            let faults = parse(text, 1.0).expect_err("a fault").to_string();
            assert!(faults.contains(expected), "{faults}");
        }
    }
}
