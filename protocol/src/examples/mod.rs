//! One golden message of each type: used by the Rust tests, the web tests and the documentation.

mod history;

use crate::*;

pub use history::history;

fn question(position: u16) -> Question {
    let option = |id: &str, text: &str| QuestionOption {
        id: id.to_owned(),
        text: text.to_owned(),
    };
    Question {
        position,
        item_id: format!("baf-{position:03}"),
        stem: "Which of these is a *stakeholder*?".to_owned(),
        stimulus: None,
        options: vec![
            option("o4f1c2a", "Anyone affected by the change"),
            option("o9b03de", "Only whoever pays for it"),
        ],
        select: Select::One,
        area: "elicitation".to_owned(),
        deadline_ms: None,
        reason: Reason::WeakestArea,
        choice: Vec::new(),
    }
}

fn score() -> AreaScore {
    AreaScore {
        area: "elicitation".to_owned(),
        score: 64.0,
        low: 52.5,
        high: 75.0,
    }
}

fn progress() -> Progress {
    Progress {
        answered: 1,
        correct: 1,
        length: 20,
    }
}

fn summary() -> Summary {
    Summary {
        reason: EndReason::Length,
        answered: 20,
        correct: 15,
        elapsed_ms: 840_000,
        areas: vec![AreaResult {
            area: "elicitation".to_owned(),
            title: "Elicitation".to_owned(),
            answered: 4,
            correct: 3,
            before: AreaScore {
                score: 58.0,
                low: 40.0,
                high: 74.5,
                ..score()
            },
            after: score(),
        }],
        exam: None,
    }
}

fn session() -> SessionInfo {
    SessionInfo {
        id: "0192f0c4-6f3e-7c3a-9d0e-3f5a5b6c7d8e".to_owned(),
        kind: SessionKind::Practice,
        certification: CertificationRef {
            id: "business-analysis-foundations".to_owned(),
            title: "Business Analysis Foundations".to_owned(),
        },
        settings: Settings {
            length: 20,
            areas: Vec::new(),
            concepts: Vec::new(),
            time_limit_ms: None,
            time_multiplier: 1.0,
        },
        status: SessionStatus::Open,
    }
}

/// One of each message a client sends, with its name.
#[must_use]
pub fn client() -> Vec<(&'static str, ClientMessage)> {
    let request_id = || "5b1f6c0e-answer-1".to_owned();
    vec![
        (
            "hello",
            ClientMessage::Hello(Hello {
                ticket: "v1.c2Vzc2lvbg.c2lnbmF0dXJl".to_owned(),
                resume: Some(ResumePoint {
                    stream: "k3v9x2".to_owned(),
                    offset: 7,
                }),
                client: "learnr-web/0.1.0".to_owned(),
            }),
        ),
        (
            "answer",
            ClientMessage::Answer(Answer {
                request_id: request_id(),
                position: 1,
                response: Response::Choice {
                    options: vec!["o4f1c2a".to_owned()],
                },
                confidence: Some(80),
            }),
        ),
        (
            "flag",
            ClientMessage::Flag {
                request_id: request_id(),
                position: 3,
            },
        ),
        (
            "unflag",
            ClientMessage::Unflag {
                request_id: request_id(),
                position: 3,
            },
        ),
        ("go_to", ClientMessage::GoTo { position: 3 }),
        (
            "pause",
            ClientMessage::Pause {
                request_id: request_id(),
            },
        ),
        (
            "resume",
            ClientMessage::Resume {
                request_id: request_id(),
            },
        ),
        (
            "finish",
            ClientMessage::Finish {
                request_id: request_id(),
            },
        ),
        (
            "ping",
            ClientMessage::Ping {
                t: 1_764_000_000_000,
            },
        ),
    ]
}

/// One of each message the server sends, with its name.
#[must_use]
pub fn server() -> Vec<(&'static str, ServerMessage)> {
    let request_id = || "5b1f6c0e-answer-1".to_owned();
    let server_time_ms = 1_764_000_000_000;
    vec![
        ("welcome", ServerMessage::Welcome(welcome(server_time_ms))),
        (
            "state",
            ServerMessage::State(State {
                offset: 2,
                status: SessionStatus::Open,
                progress: progress(),
                competency: vec![score()],
                question: Some(question(2)),
                exam: None,
                summary: None,
            }),
        ),
        (
            "started",
            ServerMessage::Started(Started {
                offset: 1,
                prev: 0,
                next: question(1),
            }),
        ),
        ("answered", ServerMessage::Answered(answered(request_id()))),
        (
            "recorded",
            ServerMessage::Recorded(Recorded {
                offset: 2,
                prev: 1,
                request_id: request_id(),
                position: 1,
                choice: vec!["o4f1c2a".to_owned()],
                progress: Progress {
                    correct: 0,
                    ..progress()
                },
                next: Some(question(2)),
            }),
        ),
    ]
    .into_iter()
    .chain(passing(request_id(), server_time_ms))
    .collect()
}

/// Of the messages the server sends, those that follow no stored event, and the end.
fn passing(request_id: String, server_time_ms: i64) -> Vec<(&'static str, ServerMessage)> {
    vec![
        (
            "saving",
            ServerMessage::Saving(Saving {
                request_id: request_id.clone(),
                since_ms: 500,
            }),
        ),
        (
            "completed",
            ServerMessage::Completed(Completed {
                offset: 22,
                prev: 21,
                summary: summary(),
            }),
        ),
        (
            "session_changed",
            ServerMessage::SessionChanged(SessionChanged {
                offset: 3,
                prev: 2,
                request_id: Some("5b1f6c0e-pause-1".to_owned()),
                status: SessionStatus::Paused,
                progress: progress(),
                deadline_ms: None,
                flag: None,
                question: None,
            }),
        ),
        (
            "error",
            ServerMessage::Error(Refused {
                request_id: Some(request_id),
                code: ErrorCode::RateLimited,
                message: "too many answers at once: wait and send it again".to_owned(),
                retryable: true,
                retry_after_ms: Some(200),
            }),
        ),
        (
            "going_away",
            ServerMessage::GoingAway(GoingAway {
                reconnect_after_ms: 740,
                reason: "this instance is being restarted".to_owned(),
            }),
        ),
        (
            "pong",
            ServerMessage::Pong(Pong {
                t: 1_764_000_000_000,
                server_time_ms,
            }),
        ),
    ]
}

fn welcome(server_time_ms: i64) -> Welcome {
    Welcome {
        session: session(),
        stream: "k3v9x2".to_owned(),
        offset: 7,
        recovered: true,
        server_time_ms,
        heartbeat_ms: 25_000,
        limits: Limits {
            frame_bytes: 16_384,
            answers_per_s: 5,
            answers_burst: 10,
            messages_per_s: 20,
            outbound_frames: 256,
            outbound_bytes: 262_144,
            sockets: 8,
        },
    }
}

fn answered(request_id: String) -> Answered {
    Answered {
        offset: 2,
        prev: 1,
        request_id,
        position: 1,
        choice: vec!["o4f1c2a".to_owned()],
        correct: true,
        correct_choice: vec!["o4f1c2a".to_owned()],
        explanations: vec![
            Explanation {
                option_id: "o4f1c2a".to_owned(),
                text: "Whoever is affected has a stake.".to_owned(),
            },
            Explanation {
                option_id: "o9b03de".to_owned(),
                text: "Paying for it is one stake among many.".to_owned(),
            },
        ],
        competency: vec![score()],
        progress: progress(),
        next: Some(question(2)),
    }
}
