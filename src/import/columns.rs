//! Which column of a table holds what, by its header or by a mapping.
//!
//! Owns the names of columns. Must not know what cells mean.

use std::collections::HashMap;

use learnr_domain::ids::OPTIONS_MAX;

use super::mapping::{Column, Mapping};
use super::report::{Notes, Place};

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
    pub(super) fn named(name: &str) -> Option<Self> {
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
