//! Nothing of right or wrong leaves before an exam is submitted.

use learnr_protocol::{ClientMessage, Encoding, ErrorCode, ServerMessage};
use serde_json::Value;

use super::{bank, exam, key, seated};
use crate::harness::{Client, Server, answer_with, finish, flag, go_to};

/// A server on which a whole exam can be sat in no time.
async fn unlimited() -> Server {
    Server::flagged(&["--rate-limits", "off"]).await
}

/// Sits a whole exam, every answer right or every answer wrong, and goes back to each question once.
async fn sat(server: &Server, right: bool) -> Client {
    let bank = bank(server).await;
    let mut client = server.client(&exam(8), Encoding::Json).await;
    let mut question = client.question();
    for position in 1..=8 {
        let keys = key(&bank, &question.item_id);
        let mut options = question.options.iter().map(|option| option.id.as_str());
        let chosen: Vec<&str> = match right {
            true => keys.iter().map(String::as_str).collect(),
            false => options
                .find(|id| !keys.iter().any(|key| key == id))
                .into_iter()
                .collect(),
        };
        client
            .say(&answer_with(&format!("a{position}"), position, &chosen))
            .await;
        question = client.recorded().await.next.unwrap_or(question);
        client.say(&flag(&format!("f{position}"), position)).await;
        client.changed().await;
    }
    for position in 1..=8 {
        client.say(&go_to(position)).await;
        client.changed().await;
    }
    client
}

fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                found.push(name.clone());
                names(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

#[actix_rt::test]
async fn nothing_of_right_or_wrong_is_on_the_wire_before_the_exam_is_submitted() {
    let server = unlimited().await;
    let bank = bank(&server).await;
    let explanations: Vec<&str> = bank
        .items()
        .iter()
        .flat_map(|item| &item.options)
        .map(|option| option.explanation.as_str())
        .filter(|text| !text.is_empty())
        .collect();
    assert!(explanations.len() > 100);
    for right in [true, false] {
        let client = sat(&server, right).await;
        let state = client.again().await;
        let mut missed = client.resume_from(10).await;
        for _ in 11..=25 {
            missed.next().await;
        }
        let wire = [&client.wire, &state.wire, &missed.wire];
        for frame in wire.into_iter().flatten() {
            let text = std::str::from_utf8(frame).expect("JSON is text");
            assert!(!explanations.iter().any(|one| text.contains(one)), "{text}");
            let message: Value = serde_json::from_slice(frame).expect("JSON");
            let mut found = Vec::new();
            names(&message, &mut found);
            for secret in [
                "correct_choice",
                "explanations",
                "theta",
                "standard_error",
                "key",
            ] {
                assert!(
                    !found.iter().any(|name| name == secret),
                    "{secret} in {text}"
                );
            }
            if let Some(progress) = message.get("progress") {
                assert_eq!(progress["correct"], 0, "{text}");
            }
        }
    }
    server.stop().await;
}

#[actix_rt::test]
async fn what_is_told_of_right_answers_is_what_is_told_of_wrong_ones() {
    let server = unlimited().await;
    let told = async |right| {
        let client = sat(&server, right).await;
        let view = client
            .rest
            .session_view(&client.token, &client.session)
            .await;
        let view = view.expect("the session as it is stored");
        let state = client.again().await.state.expect("the whole state");
        (
            (view.progress, view.competency),
            (state.progress, state.competency, state.exam),
        )
    };
    assert_eq!(told(true).await, told(false).await);
    server.stop().await;
}

#[actix_rt::test]
async fn summary_and_review_are_refused_until_the_end_and_to_everybody_else() {
    let server = Server::start().await;
    let mut client = seated(&server, 5).await;
    let (token, session) = (client.token.clone(), client.session.clone());
    let rest = client.rest.clone();
    let status = async |token: &str| {
        rest.review(token, &session)
            .await
            .err()
            .and_then(|e| e.status())
    };
    assert_eq!(status(&token).await, Some(404), "it has not ended");
    assert_eq!(
        rest.summary(&token, &session)
            .await
            .err()
            .and_then(|e| e.status()),
        Some(404)
    );
    client.say(&finish("f")).await;
    client.completed().await;
    assert!(rest.review(&token, &session).await.is_ok());
    let stranger = rest.guest().await.expect("a guest").token;
    assert_eq!(status(&stranger).await, Some(404));
    assert_eq!(status("forged").await, Some(401));
    // Of practice too: nothing of an open question, and the whole of what was answered at the end.
    let mut practice = server.practice().await;
    let question = practice.question();
    let next = practice
        .answer(&question)
        .await
        .next
        .expect("a next question");
    let review = rest.review(&practice.token, &practice.session).await;
    assert_eq!(review.err().and_then(|e| e.status()), Some(404));
    practice.say(&finish("f")).await;
    practice.completed().await;
    let review = rest
        .review(&practice.token, &practice.session)
        .await
        .expect("a review");
    assert_eq!(review.questions.len(), 1);
    assert_eq!(review.questions[0].question.stem, question.stem);
    assert!(
        review
            .questions
            .iter()
            .all(|one| one.question.item_id != next.item_id)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn after_the_end_an_exam_takes_nothing_and_tells_its_summary_to_whoever_comes() {
    let server = unlimited().await;
    let mut client = sat(&server, true).await;
    client.say(&finish("f")).await;
    let summary = client.completed().await;
    for late in [answer_with("late", 1, &["o1"]), flag("late-f", 1), go_to(1)] {
        client.say(&late).await;
        client.refused(ErrorCode::Ended).await;
    }
    client
        .say(&ClientMessage::Finish {
            request_id: "f".to_owned(),
        })
        .await;
    assert!(
        matches!(client.next().await, ServerMessage::Completed(again) if again.summary == summary)
    );
    let state = client.again().await.state.expect("the whole state");
    assert_eq!(state.summary, Some(summary));
    assert_eq!(state.question, None);
    assert_eq!(state.progress.correct, 8);
    server.stop().await;
}

#[actix_rt::test]
async fn an_exam_submitted_unanswered_tells_no_key() {
    let server = Server::start().await;
    let mut client = seated(&server, 150).await;
    client.say(&finish("f")).await;
    client.completed().await;
    let review = client.rest.review(&client.token, &client.session).await;
    let told = review.expect("a review").questions;
    let keys = told
        .iter()
        .filter(|one| !one.correct_choice.is_empty())
        .count();
    assert_eq!(keys, 0, "of {} questions nobody answered", told.len());
    server.stop().await;
}
