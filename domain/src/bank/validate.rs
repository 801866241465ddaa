//! The rules a bank must meet, every breach reported.
//!
//! Owns the rules. Must not build anything.

use super::concepts;
use super::fault::{BankFault, Subject};
use super::spec::*;
use crate::ids::{AREAS_MAX, AreaId, ConceptId, ItemId, OPTIONS_MAX};

/// Every fault of the input; `items` in order of id. The work is linear in the input but for lookups, and
/// the input is bounded, so the list is.
pub(super) fn faults(spec: &CertificationSpec, items: &[ItemSpec]) -> Vec<BankFault> {
    let mut faults = Faults::default();
    faults.certification(spec);
    if items.len() > ITEMS_MAX {
        let expected = format!("be at most {ITEMS_MAX}");
        faults.add(
            &Subject::Certification,
            "number of items",
            expected,
            items.len(),
        );
        return faults.found;
    }
    faults.areas(spec, items);
    let concepts = concepts::check(&spec.concepts, &mut faults);
    let mut areas: Vec<&AreaId> = spec.areas.iter().map(|area| &area.id).collect();
    areas.sort_unstable();
    for (place, item) in items.iter().enumerate() {
        let subject = Subject::Item(item.id.clone());
        if place > 0 && items[place - 1].id == item.id {
            faults.add(&subject, "id", "be unique", &item.id);
        }
        if areas.binary_search(&&item.area).is_err() {
            faults.add(
                &subject,
                "area",
                "be one of the certification's",
                &item.area,
            );
        }
        faults.texts(&subject, item);
        faults.options(&subject, item);
        faults.difficulty(&subject, item);
        faults.relations(&subject, item, items, &concepts);
    }
    faults.found
}

#[derive(Default)]
pub(super) struct Faults {
    found: Vec<BankFault>,
}

impl Faults {
    pub(super) fn add(
        &mut self,
        subject: &Subject,
        field: &'static str,
        expected: impl Into<String>,
        found: impl ToString,
    ) {
        self.found.push(BankFault {
            subject: subject.clone(),
            field,
            expected: expected.into(),
            found: found.to_string(),
        });
    }

    /// A text that must be there, and not too long.
    pub(super) fn text(
        &mut self,
        subject: &Subject,
        field: &'static str,
        text: &str,
        bytes_max: usize,
    ) {
        if text.trim().is_empty() {
            self.add(subject, field, "not be empty", format!("{text:?}"));
        }
        self.length(subject, field, text, bytes_max);
    }

    fn length(&mut self, subject: &Subject, field: &'static str, text: &str, bytes_max: usize) {
        if text.len() > bytes_max {
            let expected = format!("be at most {bytes_max} bytes");
            self.add(subject, field, expected, text.len());
        }
        // Files of text and databases keep no such character, so that it would not come back.
        if text.contains('\0') {
            self.add(subject, field, "hold no null character", "one");
        }
    }

    fn certification(&mut self, spec: &CertificationSpec) {
        let subject = Subject::Certification;
        self.text(&subject, "title", &spec.title, TITLE_BYTES_MAX);
        self.length(
            &subject,
            "description",
            &spec.description,
            DESCRIPTION_BYTES_MAX,
        );
        if !(spec.pass_mark > 0.0 && spec.pass_mark < 1.0) {
            self.add(&subject, "pass mark", "lie between 0 and 1", spec.pass_mark);
        }
        if !(1..=EXAM_LENGTH_MAX).contains(&spec.exam_length) {
            let expected = format!("be 1 to {EXAM_LENGTH_MAX}");
            self.add(&subject, "exam length", expected, spec.exam_length);
        }
        if !(1..=EXAM_MINUTES_MAX).contains(&spec.exam_minutes) {
            let expected = format!("be 1 to {EXAM_MINUTES_MAX}");
            self.add(&subject, "exam minutes", expected, spec.exam_minutes);
        }
        if !(1..=AREAS_MAX).contains(&spec.areas.len()) {
            let expected = format!("be 1 to {AREAS_MAX}");
            self.add(&subject, "number of areas", expected, spec.areas.len());
        }
        let total: f64 = spec.areas.iter().map(|area| area.weight).sum();
        if spec.areas.iter().all(|area| area.weight.is_finite()) && !total.is_finite() {
            self.add(&subject, "sum of area weights", "be finite", total);
        }
    }

    fn areas(&mut self, spec: &CertificationSpec, items: &[ItemSpec]) {
        let mut served: Vec<&AreaId> = items
            .iter()
            .filter(|item| item.active)
            .map(|item| &item.area)
            .collect();
        served.sort_unstable();
        served.dedup();
        for (place, area) in spec.areas.iter().enumerate() {
            let subject = Subject::Area(area.id.clone());
            if spec.areas[..place].iter().any(|other| other.id == area.id) {
                self.add(&subject, "id", "be unique", &area.id);
            }
            self.text(&subject, "title", &area.title, TITLE_BYTES_MAX);
            if !(area.weight > 0.0 && area.weight.is_finite()) {
                self.add(&subject, "weight", "be > 0 and finite", area.weight);
            }
            if served.binary_search(&&area.id).is_err() {
                self.add(&subject, "number of active items", "be at least 1", 0);
            }
        }
    }

    fn texts(&mut self, subject: &Subject, item: &ItemSpec) {
        self.text(subject, "stem", &item.stem, STEM_BYTES_MAX);
        if let Some(stimulus) = &item.stimulus {
            self.text(subject, "stimulus", stimulus, STIMULUS_BYTES_MAX);
        }
        if let Some(source) = &item.source {
            self.length(subject, "source", source, SOURCE_BYTES_MAX);
        }
        for option in &item.options {
            self.text(subject, "option text", &option.text, OPTION_BYTES_MAX);
            self.length(
                subject,
                "explanation",
                &option.explanation,
                EXPLANATION_BYTES_MAX,
            );
        }
    }

    fn options(&mut self, subject: &Subject, item: &ItemSpec) {
        let count = item.options.len();
        if !(2..=OPTIONS_MAX).contains(&count) {
            let expected = format!("be 2 to {OPTIONS_MAX}");
            self.add(subject, "number of options", expected, count);
        }
        for (place, option) in item.options.iter().enumerate() {
            if item.options[..place]
                .iter()
                .any(|other| other.id == option.id)
            {
                self.add(subject, "option id", "be unique in its item", &option.id);
            }
        }
        let keys = item.options.iter().filter(|option| option.correct).count();
        match item.select {
            _ if keys == 0 => self.add(subject, "number of correct options", "be at least 1", keys),
            _ if keys == count => {
                let expected = format!("be fewer than its {count} options");
                self.add(subject, "number of correct options", expected, keys);
            }
            Select::One if keys > 1 => {
                self.add(
                    subject,
                    "number of correct options",
                    "be 1 where one is selected",
                    keys,
                );
            }
            Select::One | Select::Many => {}
        }
    }

    fn difficulty(&mut self, subject: &Subject, item: &ItemSpec) {
        let Difficulty::Parameters(parameters) = item.difficulty else {
            return;
        };
        if !(parameters.a > 0.0 && parameters.a <= DISCRIMINATION_MAX) {
            let expected = format!("be > 0 and at most {DISCRIMINATION_MAX}");
            self.add(subject, "discrimination", expected, parameters.a);
        }
        if !(-DIFFICULTY_MAX..=DIFFICULTY_MAX).contains(&parameters.b) {
            let expected = format!("be -{DIFFICULTY_MAX} to {DIFFICULTY_MAX}");
            self.add(subject, "difficulty", expected, parameters.b);
        }
        if !(parameters.c >= 0.0 && parameters.c < 1.0) {
            self.add(
                subject,
                "guessing",
                "be at least 0 and under 1",
                parameters.c,
            );
        }
        if parameters.d != 1.0 {
            let expected = "be 1: slips are not modelled in sessions";
            self.add(subject, "upper asymptote", expected, parameters.d);
        }
    }

    /// `concepts`: the certification's, in order; empty where items name theirs freely.
    fn relations(
        &mut self,
        subject: &Subject,
        item: &ItemSpec,
        items: &[ItemSpec],
        concepts: &[&ConceptId],
    ) {
        if item.concepts.len() > CONCEPTS_MAX {
            let expected = format!("be at most {CONCEPTS_MAX}");
            self.add(subject, "number of concepts", expected, item.concepts.len());
        }
        let listed = |id: &ConceptId| concepts.binary_search(&id).is_ok();
        for concept in item
            .concepts
            .iter()
            .filter(|id| !concepts.is_empty() && !listed(id))
        {
            self.add(subject, "concept", "be one of the certification's", concept);
        }
        if item.enemies.len() > ENEMIES_MAX {
            let expected = format!("be at most {ENEMIES_MAX}");
            self.add(subject, "number of enemies", expected, item.enemies.len());
        }
        let known = |id: &ItemId| items.binary_search_by(|item| item.id.cmp(id)).is_ok();
        for enemy in &item.enemies {
            if *enemy == item.id {
                self.add(subject, "enemy", "be another item", enemy);
            } else if !known(enemy) {
                self.add(subject, "enemy", "be an item of the bank", enemy);
            }
        }
    }
}
