//! One of each shape of history and of what owners see.

use super::{question, session};
use crate::history as shapes;
use crate::*;

fn past_session() -> shapes::PastSession {
    shapes::PastSession {
        session: SessionInfo {
            status: SessionStatus::Completed,
            ..session()
        },
        started_ms: 1_764_000_000_000,
        ended_ms: Some(1_764_000_840_000),
        answered: Some(20),
        correct: Some(15),
        elapsed_ms: Some(840_000),
        exam: None,
    }
}

fn answered_question() -> shapes::AnsweredQuestion {
    let Question {
        position,
        item_id,
        stem,
        options,
        area,
        ..
    } = question(1);
    shapes::AnsweredQuestion {
        position,
        item_id,
        area,
        stem,
        stimulus: None,
        choice: vec![options[0].id.clone()],
        correct: Some(true),
        correct_choice: vec![options[0].id.clone()],
        explanations: vec![Explanation {
            option_id: options[0].id.clone(),
            text: "Whoever is affected has a stake in it.".to_owned(),
        }],
        options,
        elapsed_ms: 21_400,
        answered_ms: 1_764_000_021_400,
        theta: Some(0.31),
        standard_error: Some(0.62),
    }
}

fn competency_history() -> shapes::CompetencyHistory {
    shapes::CompetencyHistory {
        certification: session().certification,
        from: "2026-11-01".to_owned(),
        to: "2026-11-30".to_owned(),
        utc_offset_minutes: 60,
        areas: vec![shapes::AreaProgress {
            area: "elicitation".to_owned(),
            title: "Elicitation".to_owned(),
            points: vec![shapes::CompetencyPoint {
                day: "2026-11-24".to_owned(),
                score: 64.0,
                low: 52.5,
                high: 75.0,
                theta: 0.31,
                standard_error: 0.44,
            }],
        }],
    }
}

fn activity() -> shapes::Activity {
    let of = competency_history();
    shapes::Activity {
        certification: of.certification,
        from: of.from,
        to: of.to,
        utc_offset_minutes: of.utc_offset_minutes,
        days: vec![shapes::ActivityDay {
            day: "2026-11-24".to_owned(),
            sessions: 1,
            answers: 20,
            correct: 15,
            elapsed_ms: 820_000,
        }],
        areas: vec![shapes::ActivityArea {
            area: "elicitation".to_owned(),
            title: "Elicitation".to_owned(),
            answers: 4,
            correct: 3,
            elapsed_ms: 160_000,
        }],
    }
}

fn item_statistics() -> shapes::ItemStatisticsPage {
    shapes::ItemStatisticsPage {
        certification: session().certification,
        version: "0f3a5c2be19d4c7788aa01b2".to_owned(),
        versions: vec![shapes::VersionUse {
            version: "0f3a5c2be19d4c7788aa01b2".to_owned(),
            sessions: 1_200,
            answers: 22_800,
            correct: 16_100,
            elapsed_ms: 410_400_000,
            last_ms: 1_764_000_840_000,
        }],
        items: vec![shapes::ItemStatistics {
            item_id: "baf-001".to_owned(),
            area: "elicitation".to_owned(),
            active: true,
            served: 240,
            exposure_rate: 0.2,
            answers: 231,
            correct: 163,
            p_value: Some(0.7056),
            mean_elapsed_ms: Some(18_200),
            judged: 198,
            discrimination: Some(0.34),
            infit: Some(0.98),
            infit_z: Some(-0.4),
            outfit: Some(1.03),
            outfit_z: Some(0.5),
            misfit: None,
        }],
        next: Some("gaNJdGVtp2JhZi0wMDE".to_owned()),
    }
}

/// One of each shape of history and of what owners see, with its name, as REST tells it.
///
/// # Panics
/// Never: the shapes are plain values.
#[must_use]
pub fn history() -> Vec<(&'static str, serde_json::Value)> {
    let value = |shape: serde_json::Result<serde_json::Value>| shape.expect("a plain value");
    let sessions = shapes::SessionHistory {
        sessions: vec![past_session()],
        next: None,
    };
    let answers = shapes::SessionAnswers {
        session: past_session().session,
        answers: vec![answered_question()],
    };
    let hardest = shapes::HardestConcepts {
        certification: session().certification,
        concepts: vec![shapes::HardConcept {
            concept: "interviews".to_owned(),
            title: "Interviews".to_owned(),
            answers: 8,
            correct: 2,
            score: 25.0,
            expected: 61.5,
            elapsed_ms: 190_000,
        }],
    };
    let learners = shapes::LearnerProgressPage {
        certification: session().certification,
        learners: vec![shapes::LearnerProgress {
            learner: "7d2f9c1e-58a4-4f7b-9d0e-3f5a5b6c7d8e".to_owned(),
            sessions: 12,
            answers: 231,
            correct: 163,
            elapsed_ms: 4_200_000,
            first_ms: 1_762_000_000_000,
            last_ms: 1_764_000_840_000,
        }],
        next: None,
    };
    vec![
        ("session_history", value(serde_json::to_value(sessions))),
        ("session_answers", value(serde_json::to_value(answers))),
        (
            "competency_history",
            value(serde_json::to_value(competency_history())),
        ),
        ("activity", value(serde_json::to_value(activity()))),
        ("hardest_concepts", value(serde_json::to_value(hardest))),
        (
            "item_statistics",
            value(serde_json::to_value(item_statistics())),
        ),
        ("learner_progress", value(serde_json::to_value(learners))),
    ]
}
