//! Who answers, and what: an ability, and answers drawn from each item's own model.
//!
//! Owns the key of the certification that a server was loaded with. It takes the response function from
//! `learnr-domain` and knows no session and no socket.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, ensure};
use learnr_domain::bank::{Label, Select as KeyedSelect, label_parameters};
use learnr_domain::irt::{ItemParameters, probability};
use serde::Deserialize;

use crate::brief::OpenQuestion;
use crate::chance::Chance;

/// The right options of every item and how hard it is, by its id.
#[derive(Debug, Default)]
pub struct Key(HashMap<Box<str>, KeyedItem>);

#[derive(Debug)]
struct KeyedItem {
    parameters: ItemParameters,
    right: Box<[Box<str>]>,
}

/// What is read of a certification's file.
#[derive(Deserialize)]
struct FileContent {
    items: Vec<FileItem>,
}

#[derive(Deserialize)]
struct FileItem {
    id: Box<str>,
    difficulty: FileDifficulty,
    options: Vec<FileOption>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileDifficulty {
    Label(FileLabel),
    Parameters { a: f64, b: f64, c: f64 },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FileLabel {
    Easy,
    Medium,
    Hard,
}

#[derive(Deserialize)]
struct FileOption {
    id: Option<Box<str>>,
    #[serde(default)]
    correct: bool,
}

impl Key {
    /// Reads the file that a certification was imported from; each option must have an id of its own.
    ///
    /// # Errors
    /// When it cannot be read, or an option has no id: those the import derives are not known here.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("the certification in {}", file.display()))
    }

    fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let content: FileContent = serde_json::from_slice(text)?;
        let mut items = HashMap::with_capacity(content.items.len());
        for item in content.items {
            let mut right = Vec::new();
            for option in &item.options {
                let id = option.id.as_ref();
                let id = id.with_context(|| format!("item {}: an option has no id", item.id))?;
                if option.correct {
                    right.push(id.clone());
                }
            }
            ensure!(!right.is_empty(), "item {}: no option is right", item.id);
            let keyed = KeyedItem {
                parameters: parameters(&item),
                right: right.into(),
            };
            items.insert(item.id, keyed);
        }
        Ok(Self(items))
    }

    /// Chance of a right answer to an item at ability `theta`, logits; `None` for an item it does not have.
    #[must_use]
    pub fn chance_of_right(&self, item_id: &str, theta: f64) -> Option<f64> {
        let item = self.0.get(item_id)?;
        Some(probability(&item.parameters, theta))
    }
}

/// Those that the server's bank gives the item.
fn parameters(item: &FileItem) -> ItemParameters {
    let label = match item.difficulty {
        FileDifficulty::Label(FileLabel::Easy) => Label::Easy,
        FileDifficulty::Label(FileLabel::Medium) => Label::Medium,
        FileDifficulty::Label(FileLabel::Hard) => Label::Hard,
        FileDifficulty::Parameters { a, b, c } => return ItemParameters::three_pl(a, b, c),
    };
    label_parameters(label, KeyedSelect::One, item.options.len())
}

/// A learner's ability and the chance that they answer by.
#[derive(Debug)]
pub struct Examinee {
    theta: f64,
    chance: Chance,
}

impl Examinee {
    /// Draws an ability from a normal distribution, logits.
    #[must_use]
    pub fn draw(mean: f64, sd: f64, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            theta: mean + sd * chance.normal(),
            chance,
        }
    }

    /// Ability, logits.
    #[must_use]
    pub fn theta(&self) -> f64 {
        self.theta
    }

    /// The options they name: right with the probability that the item's model gives their ability, else one
    /// of the wrong ones; any at all for an item that the key does not have.
    pub fn answer(&mut self, question: &OpenQuestion, key: &Key) -> Vec<String> {
        let Some(item) = key.0.get(&question.item_id) else {
            return question.any_options(&mut self.chance);
        };
        if self.chance.unit() < probability(&item.parameters, self.theta) {
            return item.right.iter().map(ToString::to_string).collect();
        }
        let is_right = |id: &str| item.right.iter().any(|right| &**right == id);
        let options = question.options.iter().map(|option| &*option.id);
        let wrong: Vec<&str> = options.filter(|id| !is_right(id)).collect();
        match wrong.get(self.chance.below(wrong.len())) {
            Some(id) => vec![(*id).to_owned()],
            None => question.any_options(&mut self.chance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::OptionId;

    const FILE: &[u8] = br#"{"items":[
        {"id":"i","difficulty":"hard","options":[{"id":"a"},{"id":"b","correct":true},{"id":"c"},{"id":"d"}]},
        {"id":"j","difficulty":{"a":2.0,"b":0.5,"c":0.2},"options":[{"id":"a","correct":true},{"id":"b"}]}]}"#;

    fn question(item: &str) -> OpenQuestion {
        OpenQuestion {
            position: 1,
            item_id: item.into(),
            options: ["a", "b", "c", "d"]
                .map(|id| OptionId { id: id.into() })
                .into(),
            select: learnr_protocol::Select::One,
        }
    }

    #[test]
    fn right_answers_are_as_frequent_as_the_model_says() {
        const ANSWERS: usize = 20_000;
        let key = Key::parse(FILE).expect("the file is a certification");
        for mean in [-2.0, 0.0, 2.0] {
            let mut examinee = Examinee::draw(mean, 0.0, 3);
            let question = question("i");
            let right = (0..ANSWERS)
                .filter(|_| examinee.answer(&question, &key) == ["b"])
                .count();
            // A hard item of four options: a = 1, b = 1, c = 1/4.
            let expected = probability(&ItemParameters::three_pl(1.0, 1.0, 0.25), mean);
            assert_eq!(key.chance_of_right("i", mean), Some(expected));
            let share = right as f64 / ANSWERS as f64;
            let error = (expected * (1.0 - expected) / ANSWERS as f64).sqrt();
            assert!((share - expected).abs() < 4.0 * error, "{share} {expected}");
        }
    }

    #[test]
    fn abilities_have_the_mean_and_the_spread_asked_for() {
        const LEARNERS: usize = 20_000;
        let thetas: Vec<f64> = (0..LEARNERS as u64)
            .map(|seed| Examinee::draw(0.5, 1.5, seed * 7_919).theta())
            .collect();
        let mean = thetas.iter().sum::<f64>() / LEARNERS as f64;
        let squares = thetas.iter().map(|theta| (theta - mean).powi(2));
        let sd = (squares.sum::<f64>() / LEARNERS as f64).sqrt();
        assert!((mean - 0.5).abs() < 0.05, "{mean}");
        assert!((sd - 1.5).abs() < 0.05, "{sd}");
    }

    #[test]
    fn an_item_that_nobody_knows_is_guessed() {
        let mut examinee = Examinee::draw(3.0, 0.0, 1);
        let answers: Vec<_> = (0..400)
            .map(|_| examinee.answer(&question("unknown"), &Key::default()))
            .collect();
        for id in ["a", "b", "c", "d"] {
            let times = answers.iter().filter(|answer| *answer == &[id]).count();
            assert!((60..140).contains(&times), "{id}: {times}");
        }
    }

    #[test]
    fn an_option_without_an_id_is_refused_by_the_name_of_its_item() {
        let file = br#"{"items":[{"id":"i","difficulty":"easy","options":[{"correct":true}]}]}"#;
        let error = Key::parse(file).expect_err("its id is not known");
        assert!(error.to_string().contains("item i"), "{error}");
    }
}
