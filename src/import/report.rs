//! What was found in files: faults, for which nothing is stored, and warnings.
//!
//! Owns where something stands and how it is said. Must not know what is right or wrong.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// Findings kept; all are counted. A file with more is not mended finding by finding.
const FINDINGS_MAX: usize = 10_000;
/// Characters of a value shown; the place says where the rest is.
const VALUE_CHARS_MAX: usize = 80;

/// Where something stands, as far as it can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// Row of a table, counted from 1 as a spreadsheet shows it, the header included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Line of the file where the row or the question begins, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Id of the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Arc<str>>,
    /// Column of a table, or field of an object: `options[2].text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Place {
    /// The same place, in one column.
    #[must_use]
    pub fn column(&self, name: impl Into<String>) -> Self {
        Self {
            column: Some(name.into()),
            ..self.clone()
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.file.as_ref().map(|file| file.to_string()));
        match (self.row, self.line) {
            (Some(row), Some(line)) if row != line => {
                parts.push(format!("row {row} (line {line})"))
            }
            (Some(row), _) => parts.push(format!("row {row}")),
            (None, line) => parts.extend(line.map(|line| format!("line {line}"))),
        }
        // A row is enough to find a question by, and its id may be one that we made.
        if self.row.is_none() {
            parts.extend(self.item.as_ref().map(|item| format!("question {item}")));
        }
        let kind = if self.row.is_some() {
            "column"
        } else {
            "field"
        };
        parts.extend(
            self.column
                .as_ref()
                .map(|column| format!("{kind} {column}")),
        );
        f.write_str(&parts.join(", "))
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What was expected there.
    pub expected: String,
    /// What is there, cut to 80 characters.
    pub value: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.to_string();
        let separator = if place.is_empty() { "" } else { ": " };
        write!(
            f,
            "{place}{separator}expected {}, got {}",
            self.expected, self.value
        )
    }
}

/// Findings of one weight: the first ones, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub found: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, place: Place, expected: String, value: String) {
        self.total += 1;
        if self.found.len() < FINDINGS_MAX {
            self.found.push(Finding {
                place,
                expected,
                value,
            });
        }
    }

    /// In the order of the files, whatever found them.
    pub(super) fn sort(&mut self) {
        self.found
            .sort_by_key(|finding| (finding.place.file.clone(), finding.place.line));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// Everything found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Reasons to store nothing.
    pub faults: Findings,
    /// Worth a look, and no more.
    pub warnings: Findings,
}

impl Notes {
    pub(super) fn fault(&mut self, place: Place, expected: impl Into<String>, value: &str) {
        self.faults.add(place, expected.into(), quoted(value));
    }

    /// A fault whose value is a number or our own words: it is not quoted.
    pub(super) fn fault_plain(
        &mut self,
        place: Place,
        expected: impl Into<String>,
        value: impl ToString,
    ) {
        self.faults
            .add(place, expected.into(), cut(&value.to_string()));
    }

    pub(super) fn warn(&mut self, place: Place, expected: impl Into<String>, value: String) {
        self.warnings.add(place, expected.into(), cut(&value));
    }
}

/// What an id is, for whoever wrote something else.
pub(super) const AN_ID: &str = "an id: 1 to 64 letters, digits and ._:-";

/// A value as it is shown: in quotes, without control characters, cut.
pub(super) fn quoted(value: &str) -> String {
    format!("{:?}", cut(value))
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where_what_was_expected_and_what_is_there() {
        let mut notes = Notes::default();
        let place = Place {
            file: Some("a.csv".into()),
            row: Some(3),
            line: Some(5),
            item: Some("q1".into()),
            column: None,
        };
        notes.fault(place.column("key"), "a letter from A to D", "E\n");
        notes.fault_plain(place, "6 columns", 7);
        let shown: Vec<String> = notes.faults.found.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                r#"a.csv, row 3 (line 5), column key: expected a letter from A to D, got "E\n""#,
                "a.csv, row 3 (line 5): expected 6 columns, got 7",
            ]
        );
        notes.fault(Place::default(), "less", &"x".repeat(200));
        assert!(notes.faults.found[2].to_string().len() < 120);
    }

    #[test]
    fn findings_beyond_the_bound_are_counted_and_not_kept() {
        let mut notes = Notes::default();
        for _ in 0..FINDINGS_MAX + 5 {
            notes.fault(Place::default(), "a text", "");
        }
        assert_eq!(notes.faults.found.len(), FINDINGS_MAX);
        assert_eq!(notes.faults.total, FINDINGS_MAX as u64 + 5);
    }
}
