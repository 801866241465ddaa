//! The demonstration certification is written to teach: what can be counted of that is held here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use learnr::import::{Format, Source, read_json, write};
use learnr::store::record;
use learnr_domain::bank::{CertificationSpec, Difficulty, ItemSpec, Label, Select};
use serde::Deserialize;

/// Questions with four options there are to be, at the least.
const QUESTIONS_MIN: usize = 180;
/// Reading pieces there are to be, at the least.
const READINGS_MIN: usize = 60;
/// Share of the three-word sequences of the shorter of two questions that may stand in the other. Two questions of one case
/// share its names; beyond this they ask the same.
const OVERLAP_MAX: f64 = 0.4;

/// A short text tied to concepts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    id: String,
    area: String,
    title: String,
    concepts: Vec<String>,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Readings {
    certification: String,
    readings: Vec<Reading>,
}

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("content")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn content() -> (CertificationSpec, Vec<ItemSpec>) {
    let reading = read_json(&Source {
        name: "demonstration".to_owned(),
        bytes: file("business-analysis-foundations.json"),
    });
    assert_eq!(reading.report.warnings.total, 0, "{}", reading.report);
    let row = reading.row.unwrap_or_else(|| panic!("{}", reading.report));
    record::specs_from_row(&row).expect("its own row")
}

fn readings() -> Readings {
    let bytes = file("business-analysis-foundations-reading.json");
    serde_json::from_slice(&bytes).expect("reading pieces as they are laid out")
}

/// Places of the right options.
fn key(item: &ItemSpec) -> Vec<usize> {
    let places = item.options.iter().enumerate();
    places
        .filter(|(_, option)| option.correct)
        .map(|(place, _)| place)
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

fn sequences(text: &str) -> BTreeSet<Vec<String>> {
    words(text).windows(3).map(<[String]>::to_vec).collect()
}

#[test]
fn the_file_is_as_export_writes_it() {
    let (certification, items) = content();
    let mut out = Vec::new();
    write(Format::Json, &certification, &items, &mut out).expect("memory takes everything");
    assert!(
        out == file("business-analysis-foundations.json"),
        "import it and export it again"
    );
}

#[test]
fn there_are_enough_questions_each_fully_explained() {
    let (certification, items) = content();
    let four = items.iter().filter(|item| item.options.len() == 4).count();
    assert!(
        four >= QUESTIONS_MIN,
        "{four} of {} questions have four options",
        items.len()
    );
    assert_eq!(certification.areas.len(), 6);
    assert_eq!(certification.exam_length, 30);
    for item in &items {
        assert!(!item.concepts.is_empty(), "{}", item.id);
        assert!(item.source.is_some(), "{}", item.id);
        for option in &item.options {
            let length = option.explanation.chars().count();
            assert!(
                length >= 40,
                "{}: {:?} is hardly explained",
                item.id,
                option.text
            );
        }
        if item.select == Select::One {
            assert_eq!(key(item).len(), 1, "{}", item.id);
        }
    }
}

#[test]
fn every_area_has_every_difficulty_in_fair_shares() {
    let (certification, items) = content();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for item in &items {
        let label = match item.difficulty {
            Difficulty::Label(Label::Easy) => "easy",
            Difficulty::Label(Label::Medium) => "medium",
            Difficulty::Label(Label::Hard) => "hard",
            Difficulty::Parameters(_) => panic!("{}: nobody has calibrated it", item.id),
        };
        *counts.entry((item.area.as_str(), label)).or_default() += 1;
    }
    for area in &certification.areas {
        for label in ["easy", "medium", "hard"] {
            let count = counts.get(&(area.id.as_str(), label)).copied().unwrap_or(0);
            assert!(count >= 8, "{} has {count} {label} questions", area.id);
        }
    }
}

#[test]
fn the_place_and_the_length_of_an_option_do_not_give_the_key_away() {
    let (_, items) = content();
    let single: Vec<&ItemSpec> = items
        .iter()
        .filter(|item| item.select == Select::One)
        .collect();
    let mut places = [0_usize; 4];
    let mut longest = 0;
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for item in &single {
        let key = key(item)[0];
        places[key] += 1;
        let lengths: Vec<usize> = item
            .options
            .iter()
            .map(|o| o.text.chars().count())
            .collect();
        let others = lengths
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != key);
        longest += usize::from(others.clone().all(|(_, length)| *length < lengths[key]));
        right.push(lengths[key]);
        wrong.extend(others.map(|(_, length)| *length));
    }
    let fair = single.len() as f64 / 4.0;
    for (place, count) in places.iter().enumerate() {
        let share = *count as f64 / fair;
        assert!(
            (0.8..=1.2).contains(&share),
            "place {place} is right {count} times of {places:?}"
        );
    }
    let mean = |lengths: &[usize]| lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
    assert!(
        mean(&right) <= mean(&wrong),
        "{} against {}",
        mean(&right),
        mean(&wrong)
    );
    // Whoever takes the longest option is right no more often than by chance.
    assert!(
        longest * 4 <= single.len(),
        "the longest is right {longest} times of {}",
        single.len()
    );
}

#[test]
fn no_two_questions_ask_nearly_the_same() {
    let (_, items) = content();
    let whole = |item: &ItemSpec| {
        let options: Vec<&str> = item
            .options
            .iter()
            .map(|option| option.text.as_str())
            .collect();
        format!("{} {}", item.stem, options.join(" "))
    };
    let asked: Vec<_> = items
        .iter()
        .map(|item| (item, sequences(&whole(item))))
        .collect();
    for (at, (one, first)) in asked.iter().enumerate() {
        for (other, second) in &asked[..at] {
            let shared = first.intersection(second).count() as f64;
            let overlap = shared / first.len().min(second.len()) as f64;
            assert!(
                overlap <= OVERLAP_MAX,
                "{} and {}: {overlap:.2}",
                other.id,
                one.id
            );
        }
    }
}

#[test]
fn options_stand_for_themselves_and_stems_ask_something() {
    let (_, items) = content();
    for item in &items {
        let asks = item.stem.contains('?') || item.stem.contains("**Choose");
        assert!(asks, "{}: {:?} asks nothing", item.id, item.stem);
        let lower = item.stem.to_lowercase();
        for leaning in [
            "which of the following",
            "which of these",
            "all of the above",
        ] {
            assert!(!lower.contains(leaning), "{}: {leaning}", item.id);
        }
        for option in &item.options {
            let text = option.text.to_lowercase();
            assert!(
                !text.contains("of the above"),
                "{}: {:?}",
                item.id,
                option.text
            );
        }
        if item.select == Select::Many {
            assert!(
                item.stem.contains("**Choose"),
                "{} does not say how many",
                item.id
            );
        }
    }
}

#[test]
fn concepts_build_on_each_other_and_none_is_idle() {
    let (certification, items) = content();
    let asked: BTreeSet<&str> = items
        .iter()
        .flat_map(|item| &item.concepts)
        .map(AsRef::as_ref)
        .collect();
    for concept in &certification.concepts {
        assert!(
            asked.contains(concept.id.as_str()),
            "no question on {}",
            concept.id
        );
    }
    let built = certification
        .concepts
        .iter()
        .filter(|concept| !concept.prerequisites.is_empty());
    assert!(
        built.count() * 3 >= certification.concepts.len(),
        "few concepts build on others"
    );
}

#[test]
fn reading_pieces_are_short_and_cover_every_concept() {
    let (certification, _) = content();
    let Readings {
        certification: id,
        readings,
    } = readings();
    assert_eq!(id, certification.id.as_str());
    assert!(readings.len() >= READINGS_MIN, "{}", readings.len());
    let mut met: HashMap<&str, &str> = HashMap::new();
    let mut covered = BTreeSet::new();
    let known: BTreeSet<&str> = certification
        .concepts
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    for reading in &readings {
        assert!(
            met.insert(&reading.id, &reading.title).is_none(),
            "{} twice",
            reading.id
        );
        assert!(
            certification
                .areas
                .iter()
                .any(|area| area.id.as_str() == reading.area)
        );
        assert!(
            !reading.title.is_empty() && !reading.concepts.is_empty(),
            "{}",
            reading.id
        );
        let length = words(&reading.text).len();
        assert!(
            (100..=260).contains(&length),
            "{}: {length} words",
            reading.id
        );
        for concept in &reading.concepts {
            assert!(
                known.contains(concept.as_str()),
                "{}: {concept}",
                reading.id
            );
            covered.insert(concept.as_str());
        }
    }
    let missing: Vec<&&str> = known.difference(&covered).collect();
    assert!(missing.is_empty(), "nothing to read on {missing:?}");
}
