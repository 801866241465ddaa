//! One row of a table as a question, every fault of it named.
//!
//! Owns what cells mean. Which column holds what is `columns`'.

use std::collections::HashMap;

use learnr_domain::bank::{Difficulty, ItemSpec, Label, OptionSpec, Select};
use learnr_domain::ids::OPTIONS_MAX;
use learnr_domain::{AreaId, ConceptId, ItemId, ItemParameters, OptionId};

use super::columns::{Columns, Field, letter};
use super::content::{Area, Drafted};
use super::names::{Names, option_ids, slug};
use super::report::{AN_ID, Notes, Place, quoted};
use super::text::{escape, speaks_of_others};

/// One row on its way to an item.
pub(super) struct Row<'a> {
    pub(super) columns: &'a Columns,
    pub(super) cells: &'a [&'a str],
    pub(super) place: Place,
    /// Whether texts are plain, not CommonMark.
    pub(super) plain: bool,
    pub(super) faulty: bool,
    pub(super) names: &'a mut Names,
    pub(super) notes: &'a mut Notes,
}

impl<'a> Row<'a> {
    pub(super) fn read(mut self, area: &Area, areas: &mut Vec<Area>) -> Option<Drafted> {
        if self.cells.len() != self.columns.width {
            let expected = format!("{} columns", self.columns.width);
            self.notes
                .fault_plain(self.place, expected, self.cells.len());
            return None;
        }
        let stem = self.text(Field::Stem);
        let stimulus = Some(self.text(Field::Stimulus)).filter(|text| !text.is_empty());
        let texts = self.options();
        let id = self.id(&stem, stimulus.as_deref(), &texts);
        if stem.trim().is_empty() {
            self.fault(Field::Stem, "a text");
        }
        let key = self.key(&texts);
        let select = self.select(key.len());
        let options = self.option_specs(&id, &texts, &key);
        let speak = texts.iter().any(|text| speaks_of_others(text));
        let source = Some(self.cell(Field::Source)).filter(|text| !text.is_empty());
        let spec = ItemSpec {
            area: self.area(area, areas),
            stem,
            stimulus,
            options,
            select,
            concepts: self.ids(Field::Concepts, ConceptId::new),
            difficulty: self.difficulty(),
            source: source.map(ToOwned::to_owned),
            enemies: self.ids(Field::Enemies, ItemId::new),
            fixed_order: self.flag(Field::FixedOrder, speak),
            active: self.flag(Field::Active, true),
            id: id?,
        };
        (!self.faulty).then(|| Drafted::new(spec, self.place))
    }

    /// A cell; empty when there is no such column.
    fn cell(&self, field: Field) -> &'a str {
        self.columns.cell(self.cells, field).unwrap_or_default()
    }

    /// A text as CommonMark.
    fn text(&self, field: Field) -> String {
        let cell = self.cell(field);
        if self.plain {
            escape(cell)
        } else {
            cell.to_owned()
        }
    }

    fn fault(&mut self, field: Field, expected: impl Into<String>) {
        let value = self.cell(field).to_owned();
        self.notes
            .fault(self.place.column(field.name()), expected, &value);
        self.faulty = true;
    }

    /// The texts of the options: those up to the last that has one.
    fn options(&mut self) -> Vec<String> {
        let text = |place| self.text(Field::Option(place));
        let mut texts: Vec<String> = (0..OPTIONS_MAX as u8).map(text).collect();
        let count = texts.iter().rposition(|text| !text.is_empty());
        texts.truncate(count.map_or(0, |last| last + 1));
        for place in 0..texts.len() as u8 {
            if texts[usize::from(place)].is_empty() {
                self.fault(Field::Option(place), "a text, as later options have one");
            }
        }
        if texts.len() < 2 {
            self.fault(Field::Option(texts.len() as u8), "at least two options");
        }
        texts
    }

    /// The places of the right options.
    fn key(&mut self, texts: &[String]) -> Vec<usize> {
        let cell = self.cell(Field::Key).trim().to_owned();
        let last = letter(texts.len().max(1) as u8 - 1);
        let expected = format!("a letter from A to {last}, or several");
        let named = |word: &str| -> Option<usize> {
            let mut letters = word.chars();
            match (letters.next(), letters.next()) {
                (Some(one), None) => {
                    (0..texts.len()).find(|place| letter(*place as u8) == one.to_ascii_uppercase())
                }
                _ => None,
            }
        };
        let words = cell
            .split([' ', ',', ';', '/', '|'])
            .filter(|word| !word.is_empty());
        let mut places: Vec<usize> = match words.map(named).collect() {
            Some(places) => places,
            // A key may also be the text of an option, as it stands in its own cell.
            None => self
                .option_of_text(&cell, texts.len())
                .into_iter()
                .collect(),
        };
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            self.fault(Field::Key, expected);
        }
        places
    }

    fn option_of_text(&self, text: &str, count: usize) -> Option<usize> {
        let cell = |place: &usize| self.cell(Field::Option(*place as u8)).trim() == text;
        let mut places = (0..count).filter(cell);
        places.next().filter(|_| places.next().is_none())
    }

    fn select(&mut self, keys: usize) -> Select {
        match self.cell(Field::Select).trim() {
            "" if keys > 1 => Select::Many,
            "" | "one" => Select::One,
            "many" => Select::Many,
            _ => {
                self.fault(Field::Select, "one or many");
                Select::One
            }
        }
    }

    fn id(&mut self, stem: &str, stimulus: Option<&str>, texts: &[String]) -> Option<ItemId> {
        let cell = self.cell(Field::Id).trim();
        let id = if cell.is_empty() {
            ItemId::new(self.names.item(stem, stimulus, texts))
        } else {
            ItemId::new(cell)
        };
        match id {
            Ok(id) => {
                self.place.item = Some(id.as_str().into());
                Some(id)
            }
            Err(_) => {
                self.fault(Field::Id, AN_ID);
                None
            }
        }
    }

    fn option_specs(
        &mut self,
        item: &Option<ItemId>,
        texts: &[String],
        key: &[usize],
    ) -> Vec<OptionSpec> {
        let item = item.as_ref().map(ItemId::as_str).unwrap_or_default();
        let ids = self.ids(Field::OptionIds, OptionId::new);
        if !ids.is_empty() && ids.len() != texts.len() {
            self.fault(
                Field::OptionIds,
                format!("{} ids, one for each option", texts.len()),
            );
        }
        for place in texts.len()..OPTIONS_MAX {
            let field = Field::Explanation(place as u8);
            if !self.cell(field).is_empty() {
                self.fault(field, "no text, as there is no such option");
            }
        }
        let mut met: HashMap<&str, usize> = HashMap::new();
        for (place, text) in texts.iter().enumerate() {
            if let Some(first) = met.insert(text, place).filter(|_| !text.is_empty()) {
                let first = Field::Option(first as u8).name();
                let at = self.place.column(Field::Option(place as u8).name());
                let value = format!("{} as in {first}", quoted(text));
                self.notes.warn(at, "each option once", value);
            }
        }
        let derived = option_ids(item, texts.iter().map(String::as_str));
        let option = |(place, text): (usize, &String)| OptionSpec {
            id: ids.get(place).unwrap_or(&derived[place]).clone(),
            text: text.clone(),
            correct: key.contains(&place),
            explanation: self.text(Field::Explanation(place as u8)),
        };
        texts.iter().enumerate().map(option).collect()
    }

    fn area(&mut self, default: &Area, areas: &mut Vec<Area>) -> AreaId {
        let cell = self.cell(Field::Area).trim().to_owned();
        let id = AreaId::new(&cell).or_else(|_| AreaId::new(slug(&cell)));
        let area = match (cell.as_str(), id) {
            ("", _) => default.clone(),
            (_, Ok(id)) => Area { id, title: cell },
            (_, Err(_)) => {
                self.fault(Field::Area, "the id or the name of an area");
                default.clone()
            }
        };
        if !areas.iter().any(|known| known.id == area.id) {
            areas.push(area.clone());
        }
        area.id
    }

    /// Ids between spaces, commas or semicolons.
    fn ids<T>(
        &mut self,
        field: Field,
        parse: fn(String) -> Result<T, learnr_domain::IdError>,
    ) -> Vec<T> {
        let cell = self.cell(field).to_owned();
        let words = cell.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let mut ids = Vec::new();
        for word in words {
            match parse(word.to_owned()) {
                Ok(id) => ids.push(id),
                Err(_) => self.fault(
                    field,
                    "ids of letters, digits and ._:- with spaces between them",
                ),
            }
        }
        ids
    }

    fn difficulty(&mut self) -> Difficulty {
        match self.cell(Field::Difficulty).trim() {
            "easy" => Difficulty::Label(Label::Easy),
            "" | "medium" => Difficulty::Label(Label::Medium),
            "hard" => Difficulty::Label(Label::Hard),
            other => match parameters(other) {
                Some(parameters) => Difficulty::Parameters(parameters),
                None => {
                    self.fault(
                        Field::Difficulty,
                        "easy, medium, hard or a=1.2 b=0.3 c=0.25",
                    );
                    Difficulty::Label(Label::Medium)
                }
            },
        }
    }

    fn flag(&mut self, field: Field, otherwise: bool) -> bool {
        match self.cell(field).trim().to_ascii_lowercase().as_str() {
            "" => otherwise,
            "yes" | "true" | "1" => true,
            "no" | "false" | "0" => false,
            _ => {
                self.fault(field, "yes or no");
                otherwise
            }
        }
    }
}

/// `a=1.2 b=0.3 c=0.25`.
fn parameters(text: &str) -> Option<ItemParameters> {
    let mut words = text.split(' ');
    let mut number = |name: &str| words.next()?.strip_prefix(name)?.parse().ok();
    let (a, b, c) = (number("a=")?, number("b=")?, number("c=")?);
    words
        .next()
        .is_none()
        .then_some(ItemParameters::three_pl(a, b, c))
}
