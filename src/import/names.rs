//! Ids made from content, for whatever a file gives none.
//!
//! Owns that they say nothing of the author's order. Ids are on the wire beside the texts they are made of: if the order
//! went into them, whoever tried every order would find the author's, and many authors write the right option first.

use std::collections::HashMap;

use learnr_domain::OptionId;
use sha2::{Digest, Sha256};

/// Ids of the questions of one certification, as they are read.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// For each question, whatever the order of its options: the orders met so far.
    met: HashMap<[u8; 32], Vec<[u8; 32]>>,
}

impl Names {
    /// The id of a question without one. The same question gets the same id; with its options in another order
    /// it is told apart by a number.
    pub(super) fn item(&mut self, stem: &str, stimulus: Option<&str>, texts: &[String]) -> String {
        let asked = [stem, stimulus.unwrap_or_default()];
        let mut sorted: Vec<&str> = texts.iter().map(String::as_str).collect();
        let in_order = digest(asked.iter().chain(&sorted).copied());
        sorted.sort_unstable();
        let whatever_order = digest(asked.iter().chain(&sorted).copied());
        let orders = self.met.entry(whatever_order).or_default();
        let known = orders.iter().position(|order| *order == in_order);
        let number = known.unwrap_or_else(|| {
            orders.push(in_order);
            orders.len() - 1
        });
        let base = hex(whatever_order);
        match number {
            0 => format!("q{}", &base[..16]),
            _ => format!("q{}-{number}", &base[..16]),
        }
    }
}

/// The ids of options without one, by the question's id and their texts. They differ between questions, and for texts that
/// are the same.
pub(super) fn option_ids<'a>(
    item: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Vec<OptionId> {
    let mut met: HashMap<&str, usize> = HashMap::new();
    let name = |text| {
        let again = met.entry(text).or_default();
        let number = again.to_string();
        *again += 1;
        let parts = [item, text, &number].into_iter();
        OptionId::new(format!("o{}", &hex(digest(parts))[..10]))
            .expect("hexadecimal digits are an id")
    };
    texts.into_iter().map(name).collect()
}

/// A name for content.
pub(super) fn digest<'a>(parts: impl Iterator<Item = &'a str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

fn hex(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name as an id: lower case, with a hyphen for whatever an id may not hold.
pub(super) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// A file's name as people write a title: `high_school_biology` as "High school biology".
pub(super) fn title(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn ids_do_not_tell_where_the_author_put_an_option() {
        let turned = texts(&["c", "a", "b"]);
        let order = texts(&["a", "b", "c"]);
        let first = |texts: &[String]| Names::default().item("?", None, texts);
        assert_eq!(first(&order), first(&turned));
        let ids = |texts: &[String]| option_ids("q", texts.iter().map(String::as_str));
        assert_eq!(ids(&turned)[1..], ids(&order)[..2]);
        assert_ne!(option_ids("q", ["a"]), option_ids("r", ["a"]));
    }

    #[test]
    fn the_same_question_has_one_id_and_in_another_order_another() {
        let mut names = Names::default();
        let (order, turned) = (texts(&["a", "b"]), texts(&["b", "a"]));
        let first = names.item("?", None, &order);
        let second = names.item("?", None, &turned);
        assert_eq!(second, format!("{first}-1"));
        assert_eq!(names.item("?", None, &order), first);
        assert_eq!(names.item("?", None, &turned), second);
        assert_ne!(names.item("?", Some("a case"), &order), first);
    }

    #[test]
    fn options_that_say_the_same_have_ids_of_their_own() {
        let ids = option_ids("q", ["a", "a", "b"]);
        assert_ne!(ids[0], ids[1]);
        assert_eq!(option_ids("q", ["a"])[0], ids[0]);
    }
}
