//! What a certification keeps from its learners, and the proof that none of it was on a wire.
//!
//! Owns the search. It reads bytes as they came, in either encoding and from REST, so that a field which no
//! client decodes is found as well. Knows the content from its file, not from the server.

use std::collections::HashMap;

use bytes::Bytes;
use learnr_protocol::Question;
use serde_json::Value;

/// Names of fields that tell the key or how hard a question is, wherever they stand.
const TELLING: [&str; 14] = [
    "a",
    "b",
    "c",
    "correct_choice",
    "difficulty",
    "discrimination",
    "explanation",
    "explanations",
    "guessing",
    "key",
    "misconception",
    "parameters",
    "standard_error",
    "theta",
];

/// The same of a stored answer's own frame, where they are what the learner has earned.
const EARNED: [&str; 3] = ["correct", "correct_choice", "explanations"];

/// What one item keeps to itself.
struct Kept {
    /// Texts of the options that are right.
    key: Vec<String>,
    /// Explanations as they may stand on a wire: plain, and escaped as JSON has it.
    explanations: Vec<String>,
}

/// What a certification keeps from its learners.
pub(super) struct Secrets {
    items: HashMap<String, Kept>,
}

impl Secrets {
    /// Those of the demonstration certification.
    pub(super) fn of_the_demonstration() -> Self {
        let text = include_str!("../../../content/business-analysis-foundations.json");
        Self::of(&serde_json::from_str(text).expect("the demonstration is JSON"))
    }

    /// Those of a certification in our JSON.
    pub(super) fn of(certification: &Value) -> Self {
        let items = certification["items"].as_array().expect("a list of items");
        let kept = items.iter().map(|item| {
            let id = item["id"].as_str().expect("an item has an id");
            (id.to_owned(), Kept::of(item))
        });
        Self {
            items: kept.collect(),
        }
    }

    /// Ids of the options of a question that are right.
    pub(super) fn key<'a>(&self, question: &'a Question) -> Vec<&'a str> {
        let key = &self.items[&question.item_id].key;
        let right = question
            .options
            .iter()
            .filter(|option| key.contains(&option.text));
        right.map(|option| option.id.as_str()).collect()
    }

    /// The id of an option of a question that is wrong.
    pub(super) fn wrong<'a>(&self, question: &'a Question) -> &'a str {
        let key = self.key(question);
        let mut ids = question.options.iter().map(|option| option.id.as_str());
        ids.find(|id| !key.contains(id)).expect("not all are right")
    }

    /// Holds that `wire` tells nothing of any item but those that were `answered`, by id.
    pub(super) fn assert_kept<'a>(
        &self,
        wire: impl IntoIterator<Item = &'a Bytes>,
        answered: &[&str],
    ) {
        let mut looked_at = 0;
        for bytes in wire {
            looked_at += 1;
            let text = String::from_utf8_lossy(bytes);
            for (item, kept) in &self.items {
                let told = kept.explanations.iter().any(|kept| text.contains(kept));
                assert!(
                    !told || answered.contains(&item.as_str()),
                    "{item} is explained in {bytes:?}"
                );
            }
            let found = telling(&unearned(read(bytes)));
            assert_eq!(found, None, "on the wire: {bytes:?}");
        }
        assert!(looked_at > 0, "there was nothing to look at");
    }
}

impl Kept {
    fn of(item: &Value) -> Self {
        let options = item["options"].as_array().expect("a list of options");
        let text = |option: &Value, field: &str| {
            let text = option[field].as_str().expect("an option has texts");
            text.to_owned()
        };
        let right = options.iter().filter(|option| option["correct"] == true);
        let explanations = options.iter().flat_map(|option| {
            let escaped = option["explanation"].to_string();
            let plain = text(option, "explanation");
            [plain, escaped.trim_matches('"').to_owned()]
        });
        Self {
            key: right.map(|option| text(option, "text")).collect(),
            explanations: explanations.filter(|text| !text.is_empty()).collect(),
        }
    }
}

/// A message in whichever encoding it is.
fn read(bytes: &[u8]) -> Value {
    match bytes.first() {
        Some(b'{') => serde_json::from_slice(bytes).expect("a JSON object"),
        _ => rmp_serde::from_slice(bytes).expect("a MessagePack map"),
    }
}

/// A message without what its learner has earned by the answer it acknowledges.
fn unearned(mut message: Value) -> Value {
    if message["type"] == "answered"
        && let Some(fields) = message.as_object_mut()
    {
        fields.retain(|name, _| !EARNED.contains(&name.as_str()));
    }
    message
}

/// The first field that tells what it must not. `correct` may be a count, never a yes or no.
fn telling(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, inner)| {
            let tells = TELLING.contains(&name.as_str()) || (name == "correct" && !inner.is_u64());
            if tells {
                Some(name.clone())
            } else {
                telling(inner)
            }
        }),
        Value::Array(values) => values.iter().find_map(telling),
        _ => None,
    }
}

#[test]
fn what_tells_the_key_is_found_in_either_encoding_and_what_was_earned_is_not_held_against_it() {
    use serde_json::json;

    let found = |message: &Value| {
        for bytes in [
            message.to_string().into_bytes(),
            rmp_serde::to_vec(message).expect("packs"),
        ] {
            assert_eq!(read(&bytes), *message);
        }
        telling(&unearned(message.clone()))
    };
    let option = |name: &str| json!({"type": "state", "question": {"options": [{name: true}]}});
    for name in ["correct", "explanation", "key"] {
        assert_eq!(found(&option(name)).as_deref(), Some(name));
    }
    assert_eq!(
        found(&json!({"type": "state", "progress": {"correct": 3}})),
        None
    );
    let earned =
        json!({"type": "answered", "correct": true, "explanations": [], "next": {"key": 1}});
    assert_eq!(found(&earned).as_deref(), Some("key"));
}
