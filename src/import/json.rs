//! Our JSON: one certification with its items.

use std::fmt::Display;

use learnr_domain::bank::{
    AreaSpec, CertificationSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::{AreaId, CertificationId, ConceptId, ItemId, ItemParameters, OptionId};
use serde::Deserialize;

use super::{Content, option_id, refuse_all};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    certification: Certification,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Certification {
    id: String,
    title: String,
    #[serde(default)]
    description: String,
    pass_mark: f64,
    exam: Exam,
    areas: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exam {
    items: u16,
    minutes: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    id: String,
    title: String,
    weight: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    area: String,
    #[serde(default)]
    concepts: Vec<String>,
    difficulty: Level,
    stem: String,
    stimulus: Option<String>,
    #[serde(default)]
    select: Selects,
    options: Vec<Choice>,
    #[serde(default)]
    enemies: Vec<String>,
    #[serde(default)]
    fixed_order: bool,
    source: Option<String>,
    #[serde(default = "yes")]
    active: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
enum Level {
    Label(LevelLabel),
    Parameters { a: f64, b: f64, c: f64 },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LevelLabel {
    Easy,
    Medium,
    Hard,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Selects {
    #[default]
    One,
    Many,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    id: Option<String>,
    text: String,
    #[serde(default)]
    correct: bool,
    #[serde(default)]
    explanation: String,
}

fn yes() -> bool {
    true
}

/// What the text of a file holds.
pub(super) fn parse(text: &str) -> anyhow::Result<Content> {
    let file: File = serde_json::from_str(text)?;
    let mut faults = Vec::new();
    let certification = certification(file.certification, &mut faults);
    let items: Vec<ItemSpec> = file
        .items
        .into_iter()
        .filter_map(|item| {
            let name = item.id.clone();
            spec(item)
                .map_err(|error| faults.push(format!("item {name}: {error}")))
                .ok()
        })
        .collect();
    refuse_all(&faults)?;
    let certification =
        certification.ok_or_else(|| anyhow::anyhow!("the certification cannot be read"))?;
    Ok(Content {
        certification,
        items,
        warnings: Vec::new(),
    })
}

fn certification(from: Certification, faults: &mut Vec<String>) -> Option<CertificationSpec> {
    let mut fault = |what: &str, error: &dyn Display| faults.push(format!("{what}: {error}"));
    let id = CertificationId::new(&from.id)
        .map_err(|error| fault("certification id", &error))
        .ok();
    let mut areas = Vec::with_capacity(from.areas.len());
    for area in from.areas {
        match AreaId::new(&area.id) {
            Ok(id) => areas.push(AreaSpec {
                id,
                title: area.title,
                weight: area.weight,
            }),
            Err(error) => fault("area id", &error),
        }
    }
    Some(CertificationSpec {
        id: id?,
        title: from.title,
        description: from.description,
        areas,
        pass_mark: from.pass_mark,
        exam_length: from.exam.items,
        exam_minutes: from.exam.minutes,
    })
}

fn spec(item: Item) -> Result<ItemSpec, learnr_domain::IdError> {
    let options = item.options.into_iter().enumerate().map(|(place, option)| {
        let id = option
            .id
            .unwrap_or_else(|| option_id(&item.id, place, &option.text));
        Ok(OptionSpec {
            id: OptionId::new(id)?,
            text: option.text,
            correct: option.correct,
            explanation: option.explanation,
        })
    });
    Ok(ItemSpec {
        options: options.collect::<Result<_, _>>()?,
        id: ItemId::new(&item.id)?,
        area: AreaId::new(item.area)?,
        stem: item.stem,
        stimulus: item.stimulus,
        select: match item.select {
            Selects::One => Select::One,
            Selects::Many => Select::Many,
        },
        concepts: item
            .concepts
            .into_iter()
            .map(ConceptId::new)
            .collect::<Result<_, _>>()?,
        difficulty: match item.difficulty {
            Level::Label(LevelLabel::Easy) => Difficulty::Label(Label::Easy),
            Level::Label(LevelLabel::Medium) => Difficulty::Label(Label::Medium),
            Level::Label(LevelLabel::Hard) => Difficulty::Label(Label::Hard),
            Level::Parameters { a, b, c } => Difficulty::Parameters(ItemParameters { a, b, c }),
        },
        source: item.source,
        enemies: item
            .enemies
            .into_iter()
            .map(ItemId::new)
            .collect::<Result<_, _>>()?,
        fixed_order: item.fixed_order,
        active: item.active,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_demonstration_certification_is_a_bank() {
        let content = super::parse(super::super::DEMONSTRATION).expect("it parses");
        assert_eq!(content.items.len(), 36);
        assert_eq!(content.certification.areas.len(), 6);
        super::super::checked(content).expect("the domain finds no fault");
    }
}
