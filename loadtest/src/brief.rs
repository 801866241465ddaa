//! The part of a server's message that a learner acts on, decoded in one pass.
//!
//! A reply carries some 2 KiB of text for people. At tens of thousands of replies a second building it
//! all would cost the load test more than the server spends sending it, so everything not named here is
//! skipped. Owns no shape of its own: tests hold it against every example of `learnr-protocol`.

use learnr_protocol::{Encoding, ErrorCode, Limits, Select, SessionStatus};
use serde::Deserialize;

use crate::chance::Chance;

/// Which message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `welcome`
    Welcome,
    /// `state`
    State,
    /// `started`
    Started,
    /// `answered`
    Answered,
    /// `recorded`
    Recorded,
    /// `saving`
    Saving,
    /// `completed`
    Completed,
    /// `session_changed`
    SessionChanged,
    /// `error`
    Error,
    /// `going_away`
    GoingAway,
    /// `pong`
    Pong,
    /// A type of a later version; ignored.
    #[serde(other)]
    Other,
}

impl Kind {
    /// Whether the message is a stored event's.
    #[must_use]
    pub fn is_durable(self) -> bool {
        matches!(
            self,
            Self::Started
                | Self::Answered
                | Self::Recorded
                | Self::Completed
                | Self::SessionChanged
        )
    }
}

/// An id, and nothing of what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OptionId {
    /// The option's id.
    pub id: Box<str>,
}

/// A question without its text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpenQuestion {
    /// 1-based position in the session.
    pub position: u16,
    /// Stable id of the item.
    pub item_id: Box<str>,
    /// Ids in the order served.
    pub options: Vec<OptionId>,
    /// How many options it takes.
    pub select: Select,
}

impl OpenQuestion {
    /// Options for it, chosen evenly: one, and where it takes several perhaps another.
    pub fn any_options(&self, chance: &mut Chance) -> Vec<String> {
        let first = chance.below(self.options.len());
        let also = match self.select {
            Select::One => first,
            Select::Many => chance.below(self.options.len()),
        };
        let chosen = self.options.iter().enumerate();
        chosen
            .filter(|(at, _)| *at == first || *at == also)
            .map(|(_, option)| option.id.to_string())
            .collect()
    }
}

/// What `welcome` says of the session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BriefSession {
    /// Where the session is in its life.
    pub status: SessionStatus,
}

/// Any server message, each field present where the type has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Brief {
    /// Which message it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Number of the stored event, or the last one.
    pub offset: Option<u32>,
    /// Offset before it.
    pub prev: Option<u32>,
    /// The command's.
    pub request_id: Option<String>,
    /// Position answered.
    pub position: Option<u16>,
    /// Whether the answer was right.
    pub correct: Option<bool>,
    /// The question that follows.
    pub next: Option<OpenQuestion>,
    /// The open question of a `state`.
    pub question: Option<OpenQuestion>,
    /// The status of a `state` or a change.
    pub status: Option<SessionStatus>,
    /// The session of a `welcome`.
    pub session: Option<BriefSession>,
    /// The history of a `welcome`.
    pub stream: Option<String>,
    /// Whether missed frames follow.
    pub recovered: Option<bool>,
    /// How often the server pings, milliseconds.
    pub heartbeat_ms: Option<i64>,
    /// The limits in force.
    pub limits: Option<Limits>,
    /// Why something was refused.
    pub code: Option<ErrorCode>,
    /// Whether sending the same again may succeed.
    pub retryable: Option<bool>,
    /// When to try again, milliseconds from now.
    pub retry_after_ms: Option<i64>,
    /// When to reconnect, milliseconds from now.
    pub reconnect_after_ms: Option<i64>,
}

impl Brief {
    /// Reads a server's frame.
    ///
    /// # Errors
    /// The decoder's own words.
    pub fn read(frame: &[u8], encoding: Encoding) -> Result<Self, String> {
        match encoding {
            Encoding::MsgPack => rmp_serde::from_slice(frame).map_err(|error| error.to_string()),
            Encoding::Json => serde_json::from_slice(frame).map_err(|error| error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use learnr_protocol::{ServerMessage, encode, examples};

    use super::*;

    fn open(question: &learnr_protocol::Question) -> OpenQuestion {
        OpenQuestion {
            position: question.position,
            item_id: question.item_id.as_str().into(),
            options: question
                .options
                .iter()
                .map(|option| OptionId {
                    id: option.id.as_str().into(),
                })
                .collect(),
            select: question.select,
        }
    }

    #[test]
    fn every_example_reads_in_both_encodings_as_the_contract_says() {
        for (name, message) in examples::server() {
            for encoding in Encoding::ALL {
                let brief = Brief::read(&encode(&message, encoding), encoding)
                    .unwrap_or_else(|error| panic!("{name} {encoding:?}: {error}"));
                assert_ne!(brief.kind, Kind::Other, "{name}");
                if let Some(offset) = message.offset() {
                    assert!(brief.kind.is_durable(), "{name}");
                    assert_eq!(brief.offset, Some(offset), "{name}");
                }
                match &message {
                    ServerMessage::Answered(m) => {
                        assert_eq!(brief.request_id.as_deref(), Some(m.request_id.as_str()));
                        assert_eq!(brief.correct, Some(m.correct));
                        assert_eq!(brief.next, m.next.as_ref().map(open));
                    }
                    ServerMessage::State(m) => {
                        assert_eq!(brief.question, m.question.as_ref().map(open));
                        assert_eq!(brief.status, Some(m.status));
                    }
                    ServerMessage::Welcome(m) => {
                        assert_eq!(brief.stream.as_deref(), Some(m.stream.as_str()));
                        assert_eq!(brief.limits.as_ref(), Some(&m.limits));
                    }
                    ServerMessage::Error(m) => assert_eq!(brief.code, Some(m.code)),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_type_of_a_later_version_is_read_and_left_alone() {
        let brief = Brief::read(br#"{"type":"confetti","colour":"red"}"#, Encoding::Json);
        assert_eq!(brief.map(|brief| brief.kind), Ok(Kind::Other));
    }
}
