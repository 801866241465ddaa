//! Certifications to files: what `import` reads back to the same content, byte for byte.
//!
//! Owns how content is written. What is left out is what reading puts there by itself.

use std::io::{self, Write};

use learnr_domain::OptionId;
use learnr_domain::bank::{CertificationSpec, Difficulty, ItemSpec, Label, Select};
use serde::Serialize;

use super::columns::{Field, letter};
use super::names::option_ids;
use super::text::speaks_of_others;

/// How a certification is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Everything: the certification, its areas and concepts, its questions.
    Json,
    /// The questions, one a row; areas' titles and weights, concepts and the exam stay behind.
    Csv,
}

/// Writes a certification with its items, in order of id.
///
/// # Errors
/// Whatever `out` does not take.
pub fn write(
    format: Format,
    certification: &CertificationSpec,
    items: &[ItemSpec],
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => write_json(certification, items, out),
        Format::Csv => write_csv(items, out),
    }
}

#[derive(Serialize)]
struct FileOut<'a> {
    certification: CertificationOut<'a>,
    items: Vec<ItemOut<'a>>,
}

#[derive(Serialize)]
struct CertificationOut<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    pass_mark: f64,
    exam: ExamOut,
    areas: Vec<AreaOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<ConceptOut<'a>>,
}

#[derive(Serialize)]
struct ExamOut {
    items: u16,
    minutes: u16,
}

#[derive(Serialize)]
struct AreaOut<'a> {
    id: &'a str,
    title: &'a str,
    weight: f64,
}

#[derive(Serialize)]
struct ConceptOut<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prerequisites: Vec<&'a str>,
}

#[derive(Serialize)]
struct ItemOut<'a> {
    id: &'a str,
    area: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<&'a str>,
    difficulty: DifficultyOut,
    stem: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stimulus: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    select: Option<&'static str>,
    options: Vec<OptionOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enemies: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_order: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "is_yes")]
    active: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DifficultyOut {
    Label(&'static str),
    Parameters { a: f64, b: f64, c: f64 },
}

#[derive(Serialize)]
struct OptionOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "is_no")]
    correct: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    explanation: &'a str,
}

fn is_yes(flag: &bool) -> bool {
    *flag
}

fn is_no(flag: &bool) -> bool {
    !*flag
}

fn write_json(
    certification: &CertificationSpec,
    items: &[ItemSpec],
    out: &mut dyn Write,
) -> io::Result<()> {
    let areas = certification.areas.iter().map(|area| AreaOut {
        id: area.id.as_str(),
        title: &area.title,
        weight: area.weight,
    });
    let concepts = certification.concepts.iter().map(|concept| ConceptOut {
        id: concept.id.as_str(),
        title: &concept.title,
        prerequisites: strs(&concept.prerequisites),
    });
    let file = FileOut {
        certification: CertificationOut {
            id: certification.id.as_str(),
            title: &certification.title,
            description: &certification.description,
            pass_mark: certification.pass_mark,
            exam: ExamOut {
                items: certification.exam_length,
                minutes: certification.exam_minutes,
            },
            areas: areas.collect(),
            concepts: concepts.collect(),
        },
        items: items.iter().map(item_out).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &file).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

fn item_out(item: &ItemSpec) -> ItemOut<'_> {
    let speak = item
        .options
        .iter()
        .any(|option| speaks_of_others(&option.text));
    ItemOut {
        id: item.id.as_str(),
        area: item.area.as_str(),
        concepts: strs(&item.concepts),
        difficulty: match item.difficulty {
            Difficulty::Label(label) => DifficultyOut::Label(label_name(label)),
            Difficulty::Parameters(p) => DifficultyOut::Parameters {
                a: p.a,
                b: p.b,
                c: p.c,
            },
        },
        stem: &item.stem,
        stimulus: item.stimulus.as_deref(),
        select: (item.select == Select::Many).then_some("many"),
        options: item
            .options
            .iter()
            .zip(derived_ids(item))
            .map(|(option, derived)| OptionOut {
                id: (option.id != derived).then(|| option.id.as_str()),
                text: &option.text,
                correct: option.correct,
                explanation: &option.explanation,
            })
            .collect(),
        enemies: strs(&item.enemies),
        fixed_order: (item.fixed_order != speak).then_some(item.fixed_order),
        source: item.source.as_deref().filter(|source| !source.is_empty()),
        active: item.active,
    }
}

fn strs<T: AsRef<str>>(ids: &[T]) -> Vec<&str> {
    ids.iter().map(AsRef::as_ref).collect()
}

fn label_name(label: Label) -> &'static str {
    match label {
        Label::Easy => "easy",
        Label::Medium => "medium",
        Label::Hard => "hard",
    }
}

/// The ids that the options get when they are read without one.
fn derived_ids(item: &ItemSpec) -> Vec<OptionId> {
    let texts = item.options.iter().map(|option| option.text.as_str());
    option_ids(item.id.as_str(), texts)
}

fn write_csv(items: &[ItemSpec], out: &mut dyn Write) -> io::Result<()> {
    let options = items
        .iter()
        .map(|item| item.options.len())
        .max()
        .unwrap_or(2)
        .max(2) as u8;
    let mut fields = vec![
        Field::Id,
        Field::Area,
        Field::Concepts,
        Field::Difficulty,
        Field::Stem,
    ];
    fields.extend((0..options).map(Field::Option));
    fields.push(Field::Key);
    fields.extend((0..options).map(Field::Explanation));
    fields.extend([
        Field::Stimulus,
        Field::Select,
        Field::Enemies,
        Field::FixedOrder,
        Field::Source,
        Field::Active,
        Field::OptionIds,
    ]);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(fields.iter().map(|field| field.name()))?;
    for item in items {
        writer.write_record(fields.iter().map(|field| cell(item, *field)))?;
    }
    writer.flush()
}

fn cell(item: &ItemSpec, field: Field) -> String {
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let option = |place: u8| item.options.get(usize::from(place));
    match field {
        Field::Id => item.id.to_string(),
        Field::Area => item.area.to_string(),
        Field::Concepts => strs(&item.concepts).join(" "),
        Field::Difficulty => match item.difficulty {
            Difficulty::Label(label) => label_name(label).to_owned(),
            Difficulty::Parameters(p) => format!("a={} b={} c={}", p.a, p.b, p.c),
        },
        Field::Select => match item.select {
            Select::One => "one".to_owned(),
            Select::Many => "many".to_owned(),
        },
        Field::Stem => item.stem.clone(),
        Field::Stimulus => item.stimulus.clone().unwrap_or_default(),
        Field::Option(place) => option(place).map(|o| o.text.clone()).unwrap_or_default(),
        Field::Explanation(place) => option(place)
            .map(|o| o.explanation.clone())
            .unwrap_or_default(),
        Field::Key => {
            let keyed = (0..)
                .zip(&item.options)
                .filter(|(_, option)| option.correct);
            let letters: Vec<String> = keyed.map(|(place, _)| letter(place).to_string()).collect();
            letters.join(" ")
        }
        Field::Enemies => strs(&item.enemies).join(" "),
        Field::FixedOrder => yes(item.fixed_order),
        Field::Source => item.source.clone().unwrap_or_default(),
        Field::Active => yes(item.active),
        Field::OptionIds => {
            let mut pairs = item.options.iter().zip(derived_ids(item));
            if pairs.any(|(option, derived)| option.id != derived) {
                let ids: Vec<&str> = item
                    .options
                    .iter()
                    .map(|option| option.id.as_str())
                    .collect();
                ids.join(" ")
            } else {
                String::new()
            }
        }
    }
}
