//! Which column of a table holds what: our own names, and mappings for other layouts.
//!
//! Owns the names of columns and the syntax of a mapping. Must not know what cells mean.

use std::collections::HashMap;
use std::str::FromStr;

use learnr_domain::ids::OPTIONS_MAX;

use super::report::{Notes, Place};

/// Highest column a mapping may name: as many as a spreadsheet has.
const COLUMN_MAX: usize = 16_384;

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Id of the question; without one it is made from the content.
    Id,
    /// Id or name of the area.
    Area,
    /// Ids of concepts.
    Concepts,
    /// easy, medium or hard, or `a=1.2 b=0.3 c=0.25`.
    Difficulty,
    /// one or many.
    Select,
    /// The question.
    Stem,
    /// A case that several questions may share.
    Stimulus,
    /// One option by its place.
    Option(u8),
    /// Why that option is right or wrong.
    Explanation(u8),
    /// Letters, places or the text of the right options.
    Key,
    /// Ids of questions that must not share a session with this one.
    Enemies,
    /// yes or no; without it, decided by whether options speak of each other.
    FixedOrder,
    /// Where the question comes from.
    Source,
    /// yes or no; yes without it.
    Active,
    /// Ids of the options; without them they are made from the content.
    OptionIds,
}

/// Fields that there is one column for, by name.
const NAMES: [(Field, &str); 13] = [
    (Field::Id, "id"),
    (Field::Area, "area"),
    (Field::Concepts, "concepts"),
    (Field::Difficulty, "difficulty"),
    (Field::Select, "select"),
    (Field::Stem, "stem"),
    (Field::Stimulus, "stimulus"),
    (Field::Key, "key"),
    (Field::Enemies, "enemies"),
    (Field::FixedOrder, "fixed_order"),
    (Field::Source, "source"),
    (Field::Active, "active"),
    (Field::OptionIds, "option_ids"),
];

impl Field {
    /// The name of its column: `stem`, `option_a`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Option(place) => format!("option_{}", letter(place).to_ascii_lowercase()),
            Self::Explanation(place) => {
                format!("explanation_{}", letter(place).to_ascii_lowercase())
            }
            one => {
                let named = NAMES.iter().find(|(field, _)| *field == one);
                named.map_or_else(String::new, |(_, name)| (*name).to_owned())
            }
        }
    }

    /// The field a name stands for, in any case.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let place = |prefix: &str| {
            let letter = name.strip_prefix(prefix)?;
            (0..OPTIONS_MAX as u8)
                .find(|place| letter == self::letter(*place).to_ascii_lowercase().to_string())
        };
        let one = NAMES.iter().find(|(_, known)| *known == name);
        one.map(|(field, _)| *field)
            .or_else(|| place("option_").map(Self::Option))
            .or_else(|| place("explanation_").map(Self::Explanation))
    }
}

/// The letter people call an option by: A for the first.
pub(super) fn letter(place: u8) -> char {
    char::from(b'A' + place)
}

/// One part of a mapping: what is where.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// Counted from 0.
    At(usize),
    Named(String),
}

/// What a table of another layout holds where: `stem=1,options=2-5,key=6` for one without a header,
/// `stem=Question,option_a=First,option_b=Second,key=Answer` for one with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(Field, Column)>,
    /// Columns there are, in a table without a header.
    width: usize,
}

impl Mapping {
    /// Question, four options, the letter of the right one; no header.
    #[must_use]
    pub fn question_options_key() -> Self {
        "stem=1,options=2-5,key=6"
            .parse()
            .expect("a mapping as documented")
    }

    fn has_header(&self) -> bool {
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

/// Where in a row each field stands.
pub(super) struct Columns {
    at: HashMap<Field, usize>,
    /// Columns every row must have.
    pub(super) width: usize,
}

impl Columns {
    /// The columns of a table, by its header or by a mapping that needs none; `None`, and a fault for each thing
    /// missing, when the header does not fit.
    pub(super) fn of(
        mapping: Option<&Mapping>,
        first_row: &[&str],
        place: &Place,
        notes: &mut Notes,
    ) -> Option<Self> {
        match mapping {
            Some(mapping) if mapping.has_header() => mapped(mapping, first_row, place, notes),
            Some(mapping) => {
                let at = mapping
                    .columns
                    .iter()
                    .filter_map(|(field, column)| match column {
                        Column::At(at) => Some((*field, *at)),
                        Column::Named(_) => None,
                    });
                Some(Self {
                    at: at.collect(),
                    width: mapping.width,
                })
            }
            None => own(first_row, place, notes),
        }
    }

    /// The text of a field in a row; `None` when there is no such column.
    pub(super) fn cell<'a>(&self, row: &[&'a str], field: Field) -> Option<&'a str> {
        row.get(*self.at.get(&field)?).copied()
    }
}

/// Whether the first row of a table is its header.
pub(super) fn has_header(mapping: Option<&Mapping>) -> bool {
    mapping.is_none_or(Mapping::has_header)
}

fn mapped(mapping: &Mapping, header: &[&str], place: &Place, notes: &mut Notes) -> Option<Columns> {
    let mut at = HashMap::new();
    for (field, column) in &mapping.columns {
        let Column::Named(name) = column else {
            continue;
        };
        let is_named = |cell: &&str| cell.trim().eq_ignore_ascii_case(name);
        match header.iter().position(is_named) {
            Some(place) => {
                at.insert(*field, place);
            }
            None => {
                let expected = format!("a column {name:?} for {}", field.name());
                notes.fault(place.clone(), expected, &header.join(", "));
            }
        }
    }
    (at.len() == mapping.columns.len()).then_some(Columns {
        at,
        width: header.len(),
    })
}

fn own(header: &[&str], place: &Place, notes: &mut Notes) -> Option<Columns> {
    let mut at = HashMap::new();
    for (column, name) in header.iter().enumerate() {
        match Field::named(name) {
            None => notes.warn(
                place.column(*name),
                "a column that is read",
                "one that is not".to_owned(),
            ),
            Some(field) => {
                if at.insert(field, column).is_some() {
                    notes.fault(place.column(*name), "each column once", name);
                }
            }
        }
    }
    let needed = [Field::Stem, Field::Option(0), Field::Option(1), Field::Key];
    let lacks: Vec<String> = needed
        .iter()
        .filter(|field| !at.contains_key(field))
        .map(|field| field.name())
        .collect();
    if lacks.is_empty() {
        return Some(Columns {
            at,
            width: header.len(),
        });
    }
    let mut expected = format!("a header with the columns {}", lacks.join(", "));
    if header.len() == 1 {
        expected.push_str(" (another --delimiter?)");
    } else {
        expected.push_str(" (or say with --layout or --map what the columns hold)");
    }
    notes.fault(place.clone(), expected, &header.join(", "));
    None
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

    #[test]
    fn every_field_has_a_name_that_names_it() {
        let places = 0..OPTIONS_MAX as u8;
        let fields = NAMES.iter().map(|(field, _)| *field);
        let fields = fields
            .chain(places.clone().map(Field::Option))
            .chain(places.map(Field::Explanation));
        for field in fields {
            assert_eq!(Field::named(&field.name()), Some(field));
        }
        assert_eq!(Field::named("option_i"), None);
    }
}
