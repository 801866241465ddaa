//! How a table of another layout is described: `stem=1,options=2-5,key=6`.
//!
//! Owns that syntax.

use std::str::FromStr;

use learnr_domain::ids::OPTIONS_MAX;

use super::columns::Field;

/// Highest column a mapping may name: as many as a spreadsheet has.
const COLUMN_MAX: usize = 16_384;

/// One part of a mapping: what is where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// Counted from 0.
    At(usize),
    Named(String),
}

/// What a table of another layout holds where: `stem=1,options=2-5,key=6` for one without a header,
/// `stem=Question,option_a=First,option_b=Second,key=Answer` for one with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) columns: Vec<(Field, Column)>,
    /// Columns there are, in a table without a header.
    pub(super) width: usize,
}

impl Mapping {
    /// Question, four options, the letter of the right one; no header.
    #[must_use]
    pub fn question_options_key() -> Self {
        "stem=1,options=2-5,key=6"
            .parse()
            .expect("a mapping as documented")
    }

    pub(super) fn has_header(&self) -> bool {
        let named = |(_, column): &(Field, Column)| matches!(column, Column::Named(_));
        self.columns.iter().any(named)
    }

    fn add(&mut self, what: &str, column: &str) -> Result<(), String> {
        let (first, last) = match column.split_once('-') {
            Some((first, last)) => (first.parse::<usize>(), last.parse::<usize>()),
            None => (column.parse(), column.parse()),
        };
        let numbers = match (first, last) {
            (Ok(first), Ok(last)) => Some((first, last)),
            _ => None,
        };
        if let Some((first, last)) = numbers {
            if !(1..=COLUMN_MAX).contains(&first) || !(first..=COLUMN_MAX).contains(&last) {
                return Err(format!("{what}={column}: columns are counted from 1"));
            }
            self.width = self.width.max(last);
            if what == "ignore" {
                return Ok(());
            }
            if what == "options" {
                let places = (0..OPTIONS_MAX as u8).zip(first - 1..last);
                let columns = places.map(|(place, at)| (Field::Option(place), Column::At(at)));
                self.columns.extend(columns);
                return if last - first < OPTIONS_MAX {
                    Ok(())
                } else {
                    Err(format!("{what}={column}: at most {OPTIONS_MAX} options"))
                };
            }
        }
        let field =
            Field::named(what).ok_or_else(|| format!("{what}: no field of that name; {FIELDS}"))?;
        let column = match numbers {
            Some((first, last)) if first == last => Column::At(first - 1),
            Some(_) => return Err(format!("{what}={column}: one column only")),
            None if column.is_empty() => return Err(format!("{what}: which column?")),
            None => Column::Named(column.to_owned()),
        };
        if self.columns.iter().any(|(known, _)| *known == field) {
            return Err(format!("{what}: named twice"));
        }
        self.columns.push((field, column));
        Ok(())
    }
}

const FIELDS: &str = "there are id, area, concepts, difficulty, select, stem, stimulus, options (a range of \
    numbers), option_a to option_h, key, explanation_a to explanation_h, enemies, fixed_order, source, active, \
    option_ids, ignore";

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut mapping = Self {
            columns: Vec::new(),
            width: 0,
        };
        for part in text.split(',') {
            let (what, column) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?}: expected field=column"))?;
            mapping.add(what.trim(), column.trim())?;
        }
        let has = |wanted: &dyn Fn(&Field) -> bool| mapping.columns.iter().any(|(f, _)| wanted(f));
        for (there, what) in [
            (has(&|field| *field == Field::Stem), "stem"),
            (has(&|field| *field == Field::Key), "key"),
            (has(&|field| *field == Field::Option(0)), "options"),
        ] {
            if !there {
                return Err(format!("{what} is missing"));
            }
        }
        let at = mapping
            .columns
            .iter()
            .filter(|(_, c)| matches!(c, Column::At(_)));
        if mapping.has_header() && at.count() > 0 {
            return Err("columns are named or numbered, not both".to_owned());
        }
        Ok(mapping)
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read_or_refused_with_a_reason() {
        for (text, expected) in [
            ("stem=1,options=2-5,key=6", ""),
            (
                "stem=Question,option_a=One,option_b=Two,key=Right answer",
                "",
            ),
            ("stem=1,options=2-3,key=4,ignore=5-9", ""),
            ("stem=1,options=2-3", "key is missing"),
            (
                "stem=1,options=2-10,key=11",
                "options=2-10: at most 8 options",
            ),
            (
                "stem=0,options=2-3,key=4",
                "stem=0: columns are counted from 1",
            ),
            ("stem=1-2,options=2-3,key=4", "stem=1-2: one column only"),
            ("stem=1,stem=2,options=2-3,key=4", "stem: named twice"),
            (
                "stem=1,options=2-3,key=Answer",
                "columns are named or numbered, not both",
            ),
            ("stem", r#""stem": expected field=column"#),
            ("stem=", "stem: which column?"),
        ] {
            let parsed = text.parse::<Mapping>().err().unwrap_or_default();
            assert_eq!(parsed, expected, "{text}");
        }
        let error = "colour=1".parse::<Mapping>().expect_err("no such field");
        assert!(error.contains("option_a to option_h"), "{error}");
    }
}
