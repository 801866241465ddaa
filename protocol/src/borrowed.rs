//! The frame that nearly every acknowledgement is, with its texts where they stand: written, it is the same bytes as
//! [`crate::ServerMessage::Answered`], without a copy of every text first. Owns no shape of its own: each is another's, and tests
//! hold them to it.

use serde::Serialize;

use crate::{Answered, AreaScore, Explanation, Progress, Question, QuestionOption, Reason, Select};

/// [`Answered`] as the message it travels in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename = "answered")]
#[expect(missing_docs, reason = "each field is that of the shape it stands for")]
pub struct AnsweredRef<'a> {
    pub offset: u32,
    pub prev: u32,
    pub request_id: &'a str,
    pub position: u16,
    pub choice: Vec<&'a str>,
    pub correct: bool,
    pub correct_choice: Vec<&'a str>,
    pub explanations: Vec<ExplanationRef<'a>>,
    pub competency: Vec<AreaScoreRef<'a>>,
    pub progress: &'a Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<QuestionRef<'a>>,
}

/// [`Question`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is that of the shape it stands for")]
pub struct QuestionRef<'a> {
    pub position: u16,
    pub item_id: &'a str,
    pub stem: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stimulus: Option<&'a str>,
    pub options: Vec<QuestionOptionRef<'a>>,
    pub select: Select,
    pub area: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<i64>,
    pub reason: Reason,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice: Vec<&'a str>,
}

/// [`QuestionOption`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is that of the shape it stands for")]
pub struct QuestionOptionRef<'a> {
    pub id: &'a str,
    pub text: &'a str,
}

/// [`Explanation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is that of the shape it stands for")]
pub struct ExplanationRef<'a> {
    pub option_id: &'a str,
    pub text: &'a str,
}

/// [`AreaScore`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is that of the shape it stands for")]
pub struct AreaScoreRef<'a> {
    pub area: &'a str,
    pub score: f64,
    pub low: f64,
    pub high: f64,
}

impl AnsweredRef<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Answered {
        Answered {
            offset: self.offset,
            prev: self.prev,
            request_id: self.request_id.to_owned(),
            position: self.position,
            choice: owned(self.choice),
            correct: self.correct,
            correct_choice: owned(self.correct_choice),
            explanations: self
                .explanations
                .into_iter()
                .map(ExplanationRef::into_owned)
                .collect(),
            competency: self
                .competency
                .into_iter()
                .map(AreaScoreRef::into_owned)
                .collect(),
            progress: self.progress.clone(),
            next: self.next.map(QuestionRef::into_owned),
        }
    }
}

impl QuestionRef<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Question {
        let option = |option: QuestionOptionRef<'_>| QuestionOption {
            id: option.id.to_owned(),
            text: option.text.to_owned(),
        };
        Question {
            position: self.position,
            item_id: self.item_id.to_owned(),
            stem: self.stem.to_owned(),
            stimulus: self.stimulus.map(ToOwned::to_owned),
            options: self.options.into_iter().map(option).collect(),
            select: self.select,
            area: self.area.to_owned(),
            deadline_ms: self.deadline_ms,
            reason: self.reason,
            choice: owned(self.choice),
        }
    }
}

impl ExplanationRef<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Explanation {
        Explanation {
            option_id: self.option_id.to_owned(),
            text: self.text.to_owned(),
        }
    }
}

impl AreaScoreRef<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> AreaScore {
        AreaScore {
            area: self.area.to_owned(),
            score: self.score,
            low: self.low,
            high: self.high,
        }
    }
}

fn owned(ids: Vec<&str>) -> Vec<String> {
    ids.into_iter().map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoding, ServerMessage, encode, examples};

    fn question(question: &Question) -> QuestionRef<'_> {
        QuestionRef {
            position: question.position,
            item_id: &question.item_id,
            stem: &question.stem,
            stimulus: question.stimulus.as_deref(),
            options: question
                .options
                .iter()
                .map(|option| QuestionOptionRef {
                    id: &option.id,
                    text: &option.text,
                })
                .collect(),
            select: question.select,
            area: &question.area,
            deadline_ms: question.deadline_ms,
            reason: question.reason,
            choice: question.choice.iter().map(String::as_str).collect(),
        }
    }

    fn answered(answered: &Answered) -> AnsweredRef<'_> {
        AnsweredRef {
            offset: answered.offset,
            prev: answered.prev,
            request_id: &answered.request_id,
            position: answered.position,
            choice: answered.choice.iter().map(String::as_str).collect(),
            correct: answered.correct,
            correct_choice: answered.correct_choice.iter().map(String::as_str).collect(),
            explanations: answered
                .explanations
                .iter()
                .map(|explanation| ExplanationRef {
                    option_id: &explanation.option_id,
                    text: &explanation.text,
                })
                .collect(),
            competency: answered
                .competency
                .iter()
                .map(|score| AreaScoreRef {
                    area: &score.area,
                    score: score.score,
                    low: score.low,
                    high: score.high,
                })
                .collect(),
            progress: &answered.progress,
            next: answered.next.as_ref().map(question),
        }
    }

    fn check(owned: &Answered) {
        let borrowed = answered(owned);
        for encoding in Encoding::ALL {
            let message = ServerMessage::Answered(owned.clone());
            assert_eq!(encode(&borrowed, encoding), encode(&message, encoding));
        }
        assert_eq!(&borrowed.into_owned(), owned);
    }

    #[test]
    fn borrowed_and_owned_are_written_alike() {
        let mut seen = 0;
        for (_, message) in examples::server() {
            let ServerMessage::Answered(mut owned) = message else {
                continue;
            };
            seen += 1;
            check(&owned);
            if let Some(next) = &mut owned.next {
                next.stimulus = Some("a case".to_owned());
                next.deadline_ms = Some(17);
                next.choice = vec!["o1".to_owned(), "o2".to_owned()];
            }
            check(&owned);
            owned.next = None;
            check(&owned);
        }
        assert!(seen > 0, "an example of an answer");
    }
}
