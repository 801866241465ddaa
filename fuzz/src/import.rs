//! The importers: whatever a file holds, it is refused with reasons or comes back as it was.

use learnr::import::{
    Format, Mapping, Reading, Source, Table, Wish, read_json, read_tables, write,
};
use learnr::store::CertificationVersionRow;
use learnr::store::record;
use learnr_domain::CertificationId;

/// The first byte says how the table is laid out, the rest is the table.
pub fn import_csv(data: &[u8]) {
    let [layout, bytes @ ..] = data else { return };
    let (mapping, delimiter) = match layout % 4 {
        0 => (None, b','),
        1 => (Some(Mapping::question_options_key()), b','),
        2 => {
            let named = "stem=Q,option_a=A,option_b=B,option_c=C,key=K,area=Topic,difficulty=D";
            (Some(named.parse().expect("a legal mapping")), b';')
        }
        _ => (None, b'\t'),
    };
    let table = Table { mapping, delimiter };
    let reading = read_tables(&[source(bytes)], &table, &wish(None));
    if let Some(row) = judged(&reading) {
        comes_back_as_json(row);
        comes_back_as_csv(row);
    }
}

/// A file of our JSON.
pub fn import_json(bytes: &[u8]) {
    if let Some(row) = judged(&read_json(&source(bytes))) {
        comes_back_as_json(row);
        comes_back_as_csv(row);
    }
}

/// A refusal has reasons, and can be said in words and as JSON.
fn judged(reading: &Reading) -> Option<&CertificationVersionRow> {
    assert_eq!(reading.row.is_none(), !reading.report.faults.is_empty());
    assert!(!reading.report.to_string().is_empty());
    for finding in &reading.report.faults.found {
        assert!(finding.value.chars().count() < 600, "{finding}");
    }
    reading.row.as_ref()
}

fn comes_back_as_json(row: &CertificationVersionRow) {
    let first = written(row, Format::Json);
    let reading = read_json(&source(&first));
    let again = reading
        .row
        .as_ref()
        .unwrap_or_else(|| panic!("{}", reading.report));
    assert_eq!(again, row);
    assert_eq!(written(again, Format::Json), first);
}

/// A table has the questions; whatever else there is to the certification is in the store.
fn comes_back_as_csv(row: &CertificationVersionRow) {
    let first = written(row, Format::Csv);
    let table = Table {
        mapping: None,
        delimiter: b',',
    };
    let reading = read_tables(&[source(&first)], &table, &wish(Some(row)));
    let again = reading
        .row
        .as_ref()
        .unwrap_or_else(|| panic!("{}", reading.report));
    assert_eq!(again, row);
}

fn written(row: &CertificationVersionRow, format: Format) -> Vec<u8> {
    let (certification, items) = record::specs_from_row(row).expect("its own row");
    let mut out = Vec::new();
    write(format, &certification, &items, &mut out).expect("memory takes everything");
    out
}

fn source(bytes: &[u8]) -> Source {
    Source {
        name: "fuzz".to_owned(),
        bytes: bytes.to_vec(),
    }
}

fn wish(stored: Option<&CertificationVersionRow>) -> Wish {
    let stored = stored.map(|row| record::specs_from_row(row).expect("its own row").0);
    Wish {
        id: stored.as_ref().map_or_else(
            || CertificationId::new("fuzz").expect("a legal id"),
            |stored| stored.id.clone(),
        ),
        title: None,
        stored,
    }
}
