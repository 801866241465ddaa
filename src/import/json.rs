//! Questions from our JSON: one certification with its items, every fault of each named.
//!
//! Owns which fields there are. `export` writes what is read here.

use learnr_domain::bank::{
    AreaSpec, CertificationSpec, ConceptSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::{AreaId, CertificationId, ConceptId, ItemId, ItemParameters, OptionId};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::content::Drafted;
use super::names::option_ids;
use super::report::{Notes, Place};
use super::shape::Shape;
use super::text::speaks_of_others;

/// The outside of a file: its parts are read one by one, so that a fault in one hides no other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(borrow)]
    certification: &'a RawValue,
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) certification: Option<CertificationSpec>,
    pub(super) items: Vec<Drafted>,
    /// Items there are, faulty ones included.
    pub(super) read: usize,
}

/// Reads a file's text; `origin` is the place of the whole file.
pub(super) fn parse(text: &str, origin: &Place, notes: &mut Notes) -> Contents {
    let file: File<'_> = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let place = Place {
                line: Some(error.line() as u64),
                column: Some(format!("character {}", error.column())),
                ..origin.clone()
            };
            let expected = "JSON with a certification and items";
            notes.fault_plain(place, expected, error);
            return Contents::default();
        }
    };
    let mut lines = Lines::of(text);
    let place = Place {
        line: Some(lines.of_part(file.certification)),
        ..origin.clone()
    };
    let certification = object(file.certification, &place, notes)
        .and_then(|value| read(value, "certification", &place, notes, certification));
    let mut contents = Contents {
        certification,
        items: Vec::with_capacity(file.items.len()),
        read: file.items.len(),
    };
    for raw in file.items {
        let mut place = Place {
            line: Some(lines.of_part(raw)),
            ..origin.clone()
        };
        let Some(value) = object(raw, &place, notes) else {
            continue;
        };
        place.item = value.get("id").and_then(Value::as_str).map(Into::into);
        let spec = read(value, "", &place, notes, item);
        contents.items.extend(spec.map(|spec| {
            warn_of_repeats(&spec, &place, notes);
            Drafted::new(spec, place)
        }));
    }
    contents
}

fn object(raw: &RawValue, place: &Place, notes: &mut Notes) -> Option<Value> {
    serde_json::from_str(raw.get())
        .map_err(|error| notes.fault_plain(place.clone(), "JSON", error))
        .ok()
}

fn read<T>(
    value: Value,
    path: &str,
    place: &Place,
    notes: &mut Notes,
    read: impl FnOnce(&mut Shape<'_>) -> Option<T>,
) -> Option<T> {
    let mut shape = Shape::of(value, path, place, notes)?;
    let found = read(&mut shape);
    shape.done();
    found
}

fn certification(shape: &mut Shape<'_>) -> Option<CertificationSpec> {
    let id = shape.id("id", CertificationId::new);
    let title = shape.text("title");
    let description = shape.text_or("description");
    let pass_mark = shape.number("pass_mark");
    let exam = shape.object("exam", |exam| {
        let (items, minutes) = (exam.whole("items"), exam.whole("minutes"));
        Some((items?, minutes?))
    });
    let areas = shape.list("areas", true, |area, _| {
        let id = area.id("id", AreaId::new);
        let (title, weight) = (area.text("title"), area.number("weight"));
        Some(AreaSpec {
            id: id?,
            title: title?,
            weight: weight?,
        })
    });
    let concepts = shape.list("concepts", false, |concept, _| {
        let id = concept.id("id", ConceptId::new);
        let title = concept.text("title");
        let prerequisites = concept.ids("prerequisites", ConceptId::new);
        Some(ConceptSpec {
            id: id?,
            title: title?,
            prerequisites: prerequisites?,
        })
    });
    let (exam_length, exam_minutes) = exam?;
    Some(CertificationSpec {
        id: id?,
        title: title?,
        description: description?.unwrap_or_default(),
        areas: areas?,
        concepts: concepts?,
        pass_mark: pass_mark?,
        exam_length,
        exam_minutes,
    })
}

fn item(shape: &mut Shape<'_>) -> Option<ItemSpec> {
    let id = shape.id("id", ItemId::new);
    let area = shape.id("area", AreaId::new);
    let stem = shape.text("stem");
    let stimulus = shape.text_or("stimulus");
    let select = shape.maybe("select", "\"one\" or \"many\"", |value| {
        match value.as_str()? {
            "one" => Some(Select::One),
            "many" => Some(Select::Many),
            _ => None,
        }
    });
    let concepts = shape.ids("concepts", ConceptId::new);
    let difficulty = difficulty(shape);
    let source = shape.text_or("source");
    let enemies = shape.ids("enemies", ItemId::new);
    let active = shape.flag_or("active", true);
    let choices = shape.list("options", true, |option, _| choice(option));
    let options = choices.map(|choices| specs(id.as_ref().map_or("", ItemId::as_str), choices));
    let speak = |options: &[OptionSpec]| options.iter().any(|o| speaks_of_others(&o.text));
    let fixed_order = shape.flag_or("fixed_order", options.as_deref().is_some_and(speak));
    Some(ItemSpec {
        id: id?,
        area: area?,
        stem: stem?,
        stimulus: stimulus?,
        options: options?,
        select: select?.unwrap_or(Select::One),
        concepts: concepts?,
        difficulty: difficulty?,
        source: source?.filter(|source| !source.is_empty()),
        enemies: enemies?,
        fixed_order: fixed_order?,
        active: active?,
    })
}

/// An option as it is written: its own id, if it has one.
struct Choice {
    id: Option<OptionId>,
    text: String,
    correct: bool,
    explanation: String,
}

fn choice(option: &mut Shape<'_>) -> Option<Choice> {
    let id = option.text_or("id");
    let text = option.text("text");
    let correct = option.flag_or("correct", false);
    let explanation = option.text_or("explanation");
    let id = match id? {
        Some(id) => Some(option.parsed("id", id, OptionId::new)?),
        None => None,
    };
    Some(Choice {
        id,
        text: text?,
        correct: correct?,
        explanation: explanation?.unwrap_or_default(),
    })
}

fn specs(item: &str, choices: Vec<Choice>) -> Vec<OptionSpec> {
    let derived = option_ids(item, choices.iter().map(|choice| choice.text.as_str()));
    let spec = |(choice, derived): (Choice, OptionId)| OptionSpec {
        id: choice.id.unwrap_or(derived),
        text: choice.text,
        correct: choice.correct,
        explanation: choice.explanation,
    };
    choices.into_iter().zip(derived).map(spec).collect()
}

fn difficulty(shape: &mut Shape<'_>) -> Option<Difficulty> {
    let expected = "\"easy\", \"medium\", \"hard\" or {\"a\": 1.2, \"b\": 0.3, \"c\": 0.25}";
    shape.read("difficulty", expected, |value| match value {
        Value::String(label) => match label.as_str() {
            "easy" => Some(Difficulty::Label(Label::Easy)),
            "medium" => Some(Difficulty::Label(Label::Medium)),
            "hard" => Some(Difficulty::Label(Label::Hard)),
            _ => None,
        },
        Value::Object(numbers) if numbers.len() == 3 => {
            let number = |name: &str| numbers.get(name).and_then(Value::as_f64);
            Some(Difficulty::Parameters(ItemParameters::three_pl(
                number("a")?,
                number("b")?,
                number("c")?,
            )))
        }
        _ => None,
    })
}

fn warn_of_repeats(item: &ItemSpec, place: &Place, notes: &mut Notes) {
    for (at, option) in item.options.iter().enumerate() {
        let earlier = item.options[..at]
            .iter()
            .position(|other| other.text == option.text);
        if let Some(first) = earlier {
            let place = place.column(format!("options[{at}].text"));
            let value = format!("that of options[{first}] again");
            notes.warn(place, "each option once", value);
        }
    }
}

/// Lines of parts of a text, asked for in the order of the text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line where a part of the text begins.
    fn of_part(&mut self, part: &RawValue) -> u64 {
        let from = part.get().as_ptr() as usize - self.text.as_ptr() as usize;
        if from < self.at {
            (self.at, self.line) = (0, 1);
        }
        let between = &self.text.as_bytes()[self.at..from];
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = from;
        self.line
    }
}
