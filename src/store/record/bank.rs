//! Certifications as rows: one packed body for the certification, one for each item.

use learnr_domain::bank::{
    AreaSpec, CertificationSpec, ConceptSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::{AreaId, Bank, CertificationId, ConceptId, ItemId, ItemParameters, OptionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{RecordError, damaged, pack, unpack};
use crate::store::{CertificationVersionRow, ItemRow, OrganizationId};

const WHAT: &str = "certification";
/// Version of the bodies written.
const BODY_VERSION: u16 = 1;

#[derive(Serialize, Deserialize)]
struct CertificationV1 {
    version: u16,
    areas: Vec<(String, String, f64)>,
    pass_mark: f64,
    exam_length: u16,
    exam_minutes: u16,
    /// Absent in rows of 0.1.0, and left out where there are none, so that their versions stay what they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<(String, String, Vec<String>)>,
}

#[derive(Serialize, Deserialize)]
struct ItemV1 {
    stem: String,
    stimulus: Option<String>,
    options: Vec<(String, String, bool, String)>,
    many: bool,
    concepts: Vec<String>,
    difficulty: DifficultyV1,
    source: Option<String>,
    enemies: Vec<String>,
    fixed_order: bool,
}

#[derive(Serialize, Deserialize)]
enum DifficultyV1 {
    Easy,
    Medium,
    Hard,
    Parameters(f64, f64, f64),
}

/// A checked certification as the row to save. Its version is the SHA-256 of its content, so that equal
/// content is one version, whoever imports it and however often.
#[must_use]
pub fn certification_row(
    certification: &CertificationSpec,
    items: &[ItemSpec],
) -> CertificationVersionRow {
    let body = pack(&CertificationV1 {
        version: BODY_VERSION,
        areas: certification
            .areas
            .iter()
            .map(|area| (area.id.to_string(), area.title.clone(), area.weight))
            .collect(),
        pass_mark: certification.pass_mark,
        exam_length: certification.exam_length,
        exam_minutes: certification.exam_minutes,
        concepts: concepts_to_row(&certification.concepts),
    });
    let mut sorted: Vec<&ItemSpec> = items.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let items: Vec<ItemRow> = (0..)
        .zip(sorted)
        .map(|(ix, item)| item_row(ix, item))
        .collect();
    let mut hash = Sha256::new();
    let mut feed = |part: &[u8]| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    feed(certification.id.as_str().as_bytes());
    feed(certification.title.as_bytes());
    feed(certification.description.as_bytes());
    feed(&body);
    for item in &items {
        feed(item.item_id.as_bytes());
        feed(item.area.as_bytes());
        feed(&[u8::from(item.active)]);
        feed(&item.body);
    }
    let version = hash.finalize()[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    CertificationVersionRow {
        id: certification.id.to_string(),
        version,
        organization: OrganizationId::DEFAULT,
        title: certification.title.clone(),
        description: certification.description.clone(),
        body,
        items,
        calibration: None,
    }
}

/// In order of id, so that the order in a file makes no difference.
fn concepts_to_row(concepts: &[ConceptSpec]) -> Vec<(String, String, Vec<String>)> {
    let mut rows: Vec<_> = concepts
        .iter()
        .map(|concept| {
            let needed = concept.prerequisites.iter().map(ToString::to_string);
            let (id, title) = (concept.id.to_string(), concept.title.clone());
            (id, title, needed.collect())
        })
        .collect();
    rows.sort();
    rows
}

fn item_row(ix: u32, item: &ItemSpec) -> ItemRow {
    let difficulty = match item.difficulty {
        Difficulty::Label(Label::Easy) => DifficultyV1::Easy,
        Difficulty::Label(Label::Medium) => DifficultyV1::Medium,
        Difficulty::Label(Label::Hard) => DifficultyV1::Hard,
        Difficulty::Parameters(p) => DifficultyV1::Parameters(p.a, p.b, p.c),
    };
    let stored = ItemV1 {
        stem: item.stem.clone(),
        stimulus: item.stimulus.clone(),
        options: item
            .options
            .iter()
            .map(|option| {
                let id = option.id.to_string();
                (
                    id,
                    option.text.clone(),
                    option.correct,
                    option.explanation.clone(),
                )
            })
            .collect(),
        many: item.select == Select::Many,
        concepts: item.concepts.iter().map(ToString::to_string).collect(),
        difficulty,
        source: item.source.clone(),
        enemies: item.enemies.iter().map(ToString::to_string).collect(),
        fixed_order: item.fixed_order,
    };
    ItemRow {
        ix,
        item_id: item.id.to_string(),
        area: item.area.to_string(),
        active: item.active,
        body: pack(&stored),
    }
}

/// What an author wrote, from its row.
///
/// # Errors
/// [`RecordError`] when the row is damaged.
pub fn specs_from_row(
    row: &CertificationVersionRow,
) -> Result<(CertificationSpec, Vec<ItemSpec>), RecordError> {
    let stored: CertificationV1 = unpack(WHAT, &row.body)?;
    if stored.version != BODY_VERSION {
        return Err(RecordError::Version {
            what: WHAT,
            found: stored.version,
        });
    }
    let certification = CertificationSpec {
        id: id(CertificationId::new(&row.id))?,
        title: row.title.clone(),
        description: row.description.clone(),
        areas: stored
            .areas
            .into_iter()
            .map(|(area, title, weight)| {
                Ok(AreaSpec {
                    id: id(AreaId::new(area))?,
                    title,
                    weight,
                })
            })
            .collect::<Result<_, RecordError>>()?,
        pass_mark: stored.pass_mark,
        exam_length: stored.exam_length,
        exam_minutes: stored.exam_minutes,
        concepts: stored
            .concepts
            .into_iter()
            .map(|(concept, title, needed)| {
                Ok(ConceptSpec {
                    id: id(ConceptId::new(concept))?,
                    title,
                    prerequisites: ids(needed, ConceptId::new)?,
                })
            })
            .collect::<Result<_, RecordError>>()?,
    };
    let items = row.items.iter().map(item_spec).collect::<Result<_, _>>()?;
    Ok((certification, items))
}

/// The bank a stored version is.
///
/// # Errors
/// [`RecordError`] when the row is damaged or is not a bank any more.
pub fn bank_from_row(row: &CertificationVersionRow) -> Result<Bank, RecordError> {
    let (certification, items) = specs_from_row(row)?;
    Bank::build(certification, items).map_err(RecordError::Bank)
}

fn id<T>(parsed: Result<T, learnr_domain::IdError>) -> Result<T, RecordError> {
    parsed.map_err(|error| damaged(WHAT, error))
}

fn ids<T>(
    texts: Vec<String>,
    parse: fn(String) -> Result<T, learnr_domain::IdError>,
) -> Result<Vec<T>, RecordError> {
    texts.into_iter().map(|text| id(parse(text))).collect()
}

fn item_spec(row: &ItemRow) -> Result<ItemSpec, RecordError> {
    let stored: ItemV1 = unpack("item", &row.body)?;
    let difficulty = match stored.difficulty {
        DifficultyV1::Easy => Difficulty::Label(Label::Easy),
        DifficultyV1::Medium => Difficulty::Label(Label::Medium),
        DifficultyV1::Hard => Difficulty::Label(Label::Hard),
        DifficultyV1::Parameters(a, b, c) => {
            Difficulty::Parameters(ItemParameters::three_pl(a, b, c))
        }
    };
    Ok(ItemSpec {
        id: id(ItemId::new(&row.item_id))?,
        area: id(AreaId::new(&row.area))?,
        stem: stored.stem,
        stimulus: stored.stimulus,
        options: stored
            .options
            .into_iter()
            .map(|(option, text, correct, explanation)| {
                Ok(OptionSpec {
                    id: id(OptionId::new(option))?,
                    text,
                    correct,
                    explanation,
                })
            })
            .collect::<Result<_, RecordError>>()?,
        select: if stored.many {
            Select::Many
        } else {
            Select::One
        },
        concepts: ids(stored.concepts, ConceptId::new)?,
        difficulty,
        source: stored.source,
        enemies: ids(stored.enemies, ItemId::new)?,
        fixed_order: stored.fixed_order,
        active: row.active,
    })
}
