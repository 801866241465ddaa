//! Reading the cases and the data beside them.

use std::path::PathBuf;

use learnr_domain::irt::{ItemModel, ItemParameters, ItemPool, PartialCredit, Pattern};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/psychometrics"
    ))
}

/// The parsed file of cases.
pub(super) struct Cases(Value);

/// The cases; `None` when the folder is not there.
pub(super) fn cases() -> Option<Cases> {
    let text = std::fs::read_to_string(folder().join("cases.json")).ok()?;
    Some(Cases(
        serde_json::from_str(&text).expect("the cases are JSON"),
    ))
}

/// A file beside the cases.
pub(super) fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("the data of a case can be read")
}

/// A file that is not always there: beside the cases, or in the folder `LEARNR_REFERENCE_DATA` names.
pub(super) fn text_if_there(name: &str) -> Option<String> {
    let elsewhere = std::env::var_os("LEARNR_REFERENCE_DATA").map(PathBuf::from);
    let places = elsewhere.into_iter().chain([folder()]);
    places
        .map(|place| std::fs::read_to_string(place.join(name)))
        .find_map(Result::ok)
}

pub(super) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(number).collect()
}

pub(super) fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Numbers from 1, as indices from 0.
pub(super) fn indices(value: &Value) -> Vec<usize> {
    numbers(value).iter().map(|n| *n as usize - 1).collect()
}

/// Rows of a, b, c, d.
pub(super) fn pool(rows: &Value) -> ItemPool {
    let rows = rows.as_array().expect("rows of parameters");
    let item = |row: &Value| match numbers(row)[..] {
        [a, b, c, d] => ItemParameters::four_pl(a, b, c, d),
        _ => panic!("four parameters expected, got {row}"),
    };
    ItemPool::logistic(rows.iter().map(item)).expect("the parameters are valid")
}

/// Answers to all items, in order.
pub(super) fn pattern<'a>(pool: &'a ItemPool, answers: &[f64]) -> Pattern<'a> {
    let answers = answers.iter().enumerate();
    Pattern::of(pool, answers.map(|(item, x)| (item, *x as u8))).expect("answers to known items")
}

impl Cases {
    pub(super) fn all(&self) -> &[Value] {
        self.0["cases"].as_array().expect("a list of cases")
    }

    pub(super) fn case(&self, id: &str) -> &Value {
        let found = self.all().iter().find(|case| case["id"] == id);
        found.expect("the case is there")
    }

    pub(super) fn tcals(&self) -> ItemPool {
        pool(&self.0["banks"]["tcals"]["items"])
    }

    /// The content group of every item of tcals, and their names in order of first use.
    pub(super) fn groups(&self) -> (Vec<u8>, Vec<String>) {
        let mut names: Vec<String> = Vec::new();
        let list = self.0["banks"]["tcals"]["group"].as_array();
        let mut of_item = Vec::new();
        for name in list.expect("a group for each item") {
            let name = name.as_str().expect("a name");
            let place = names.iter().position(|known| known == name);
            of_item.push(place.unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            }) as u8);
        }
        (of_item, names)
    }

    /// The pattern of case C05: an answer to every item of tcals.
    pub(super) fn c05_answers(&self) -> Vec<f64> {
        numbers(&self.case("C05")["inputs"]["x"])
    }
}

/// The bank of partial credit items: a discrimination and two steps in each row.
pub(super) fn cat_pav() -> ItemPool {
    let text = text("cat_pav.txt");
    let item = |line: &str| {
        let fields: Vec<f64> = line
            .split('\t')
            .skip(1)
            .map(|field| field.trim().parse().expect("a number"))
            .collect();
        ItemModel::from(PartialCredit {
            a: fields[0],
            steps: fields[1..].into(),
        })
    };
    let lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    ItemPool::new(lines.map(item).collect()).expect("the parameters are valid")
}
