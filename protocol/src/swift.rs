//! Reading the message that nearly every message is, an answer, without holding it whole in between.
//!
//! A message told apart by a field may have that field anywhere, so what reads any of them keeps every key and value first: twenty
//! allocations for an answer. Clients write `type` first. Owns the reading of an answer written so; whatever is written otherwise
//! is not read here, and whoever calls reads it as any message.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::{Answer, Response};

/// An answer, read from a message whose first field is its `type`.
pub(crate) struct SwiftAnswer(pub(crate) Answer);

/// A word where one is expected. Read from text alone: in MessagePack what is derived takes numbers for names too.
struct Word<const IS: usize>;

/// The words, each at its place.
const WORDS: [&str; 4] = ["type", "answer", "kind", "choice"];
type Type = Word<0>;
type IsAnswer = Word<1>;
type Kind = Word<2>;
type IsChoice = Word<3>;

impl<'de, const IS: usize> Deserialize<'de> for Word<IS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected<const IS: usize>;

        impl<const IS: usize> Visitor<'_> for Expected<IS> {
            type Value = Word<IS>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(WORDS[IS])
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Word<IS>, E> {
                match text == WORDS[IS] {
                    true => Ok(Word),
                    false => Err(E::custom("something else")),
                }
            }
        }

        deserializer.deserialize_str(Expected::<IS>)
    }
}

/// A field that makes the message ambiguous by being there, whatever it holds.
#[derive(Default)]
struct Absent;

impl<'de> Deserialize<'de> for Absent {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("told apart twice"))
    }
}

#[derive(serde::Deserialize)]
struct Rest {
    request_id: String,
    position: u16,
    response: SwiftChoice,
    #[serde(default)]
    confidence: Option<u8>,
    #[serde(default, rename = "type")]
    _again: Absent,
}

/// A choice, read from a response whose first field is its `kind`.
struct SwiftChoice(Vec<String>);

#[derive(serde::Deserialize)]
struct RestOfChoice {
    options: Vec<String>,
    #[serde(default, rename = "kind")]
    _again: Absent,
}

impl<'de> Deserialize<'de> for SwiftAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = SwiftAnswer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer whose type comes first")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SwiftAnswer, A::Error> {
        let (Some(Word), Word) = (map.next_key::<Type>()?, map.next_value::<IsAnswer>()?) else {
            return Err(Error::missing_field(WORDS[0]));
        };
        let rest = Rest::deserialize(MapAccessDeserializer::new(map))?;
        Ok(SwiftAnswer(Answer {
            request_id: rest.request_id,
            position: rest.position,
            response: Response::Choice {
                options: rest.response.0,
            },
            confidence: rest.confidence,
        }))
    }
}

impl<'de> Deserialize<'de> for SwiftChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ChoiceVisitor)
    }
}

struct ChoiceVisitor;

impl<'de> Visitor<'de> for ChoiceVisitor {
    type Value = SwiftChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a choice whose kind comes first")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SwiftChoice, A::Error> {
        let (Some(Word), Word) = (map.next_key::<Kind>()?, map.next_value::<IsChoice>()?) else {
            return Err(Error::missing_field(WORDS[2]));
        };
        let rest = RestOfChoice::deserialize(MapAccessDeserializer::new(map))?;
        Ok(SwiftChoice(rest.options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientMessage, examples};

    /// What any message is read as.
    fn slowly(json: &str) -> Option<ClientMessage> {
        serde_json::from_str(json).ok()
    }

    fn swiftly(json: &str) -> Option<ClientMessage> {
        let read = serde_json::from_str::<SwiftAnswer>(json).ok();
        read.map(|answer| ClientMessage::Answer(answer.0))
    }

    #[test]
    fn answers_as_clients_write_them_are_read_swiftly_and_alike() {
        let mut seen = 0;
        for (name, message) in examples::client() {
            let json = serde_json::to_string(&message).expect("it is written");
            let packed = rmp_serde::to_vec_named(&message).expect("it is written");
            let read = rmp_serde::from_slice::<SwiftAnswer>(&packed).ok();
            let read = read.map(|answer| ClientMessage::Answer(answer.0));
            let is_answer = matches!(message, ClientMessage::Answer(_));
            seen += usize::from(is_answer);
            let expected = is_answer.then_some(message);
            assert_eq!(swiftly(&json), expected, "{name}");
            assert_eq!(read, expected, "{name}");
        }
        assert!(seen > 0, "an example of an answer");
    }

    #[test]
    fn what_is_read_swiftly_is_what_would_be_read_slowly() {
        let response = r#""response":{"kind":"choice","options":["a"]}"#;
        let cases = [
            format!(r#"{{"type":"answer","request_id":"r","position":1,{response}}}"#),
            format!(r#"{{"type":"answer",{response},"position":1,"request_id":"r","x":[1,{{}}]}}"#),
            format!(r#"{{"type":"answer","request_id":"r","position":1,{response},"confidence":null}}"#),
            format!(r#"{{"type":"answer","request_id":"r","position":1,{response},"confidence":70}}"#),
            format!(r#"{{"request_id":"r","type":"answer","position":1,{response}}}"#),
            format!(r#"{{"type":"answer","type":"answer","request_id":"r","position":1,{response}}}"#),
            format!(r#"{{"type":"answer","request_id":"r","request_id":"s","position":1,{response}}}"#),
            format!(r#"{{"type":"answer","request_id":"r","position":-1,{response}}}"#),
            format!(r#"{{"type":"answer","request_id":"r","position":70000,{response}}}"#),
            format!(r#"{{"type":"answer","position":1,{response}}}"#),
            r#"{"type":"answer","request_id":"r","position":1,"response":{"options":["a"],"kind":"choice"}}"#.to_owned(),
            r#"{"type":"answer","request_id":"r","position":1,"response":{"kind":"essay","options":["a"]}}"#.to_owned(),
            r#"{"type":"answer","request_id":"r","position":1,"response":{"kind":"choice","kind":"choice","options":[]}}"#.to_owned(),
            r#"{"type":"answer","request_id":"r","position":1,"response":["choice",["a"]]}"#.to_owned(),
            format!(r#"{{"type":"answer","request_id":"r","position":1,{response},"type":null}}"#),
            r#"{"type":"answer","request_id":"r","position":1,"response":{"kind":"choice","options":[],"kind":null}}"#.to_owned(),
            r#"{"type":null,"request_id":"r","position":1,"response":{"kind":"choice","options":[]}}"#.to_owned(),
            r#"{"type":"ping","t":1}"#.to_owned(),
            r#"{"type":"choice"}"#.to_owned(),
            r#"["answer"]"#.to_owned(),
            "{}".to_owned(),
        ];
        for json in &cases {
            if let Some(read) = swiftly(json) {
                assert_eq!(Some(read), slowly(json), "{json}");
            }
        }
        assert!(cases.iter().filter(|json| swiftly(json).is_some()).count() >= 4);
        assert!(swiftly(&cases[0]).is_some() && swiftly(&cases[1]).is_some());
    }

    #[test]
    fn numbers_are_no_names() {
        // {0: "answer", "request_id": "r", ...} and {"type": 0, ...}: what is derived would take either.
        let rest =
            b"\xaarequest_id\xa1r\xa8position\x01\xa8response\x82\xa4kind\xa6choice\xa7options\x90";
        for first in [&b"\x00\xa6answer"[..], b"\xa4type\x00"] {
            let packed = [&b"\x84"[..], first, rest].concat();
            assert!(rmp_serde::from_slice::<SwiftAnswer>(&packed).is_err());
        }
        let packed = [&b"\x84\xa4type\xa6answer"[..], rest].concat();
        assert!(rmp_serde::from_slice::<SwiftAnswer>(&packed).is_ok());
    }
}
