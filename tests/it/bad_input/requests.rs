//! Requests that arrive twice, late, or for two things at once: one row, one answer.

use futures_util::future::join;
use learnr::store::sqlite::SqliteOptions;
use learnr_protocol::{Answered, ErrorCode, Question, ServerMessage};

use crate::harness::{Client, Server, ServerOptions, answer, answer_with, pause};

/// Events kept in memory by the server; a repeat of an older one is read from the store.
const HISTORY_EVENTS_MAX: u16 = 16;

/// Answers `count` questions from `question` on; the first acknowledgement and the question after the last.
async fn run(client: &mut Client, mut question: Question, count: u16) -> (Answered, Question) {
    let mut first = None;
    for n in 0..count {
        client.say(&answer(&format!("run-{n}"), &question)).await;
        let answered = client.answered().await;
        question = answered.next.clone().expect("a next question");
        first.get_or_insert(answered);
    }
    (first.expect("at least one answer"), question)
}

fn answers(heard: &[ServerMessage]) -> Vec<&Answered> {
    heard
        .iter()
        .filter_map(|message| match message {
            ServerMessage::Answered(answered) => Some(answered),
            _ => None,
        })
        .collect()
}

#[actix_rt::test]
async fn one_request_sent_at_once_from_two_sockets_is_one_row_and_one_answer() {
    let server = Server::start().await;
    let mut one = server.practice().await;
    let mut other = one.again().await;
    let submitted = answer("same", &one.question());
    join(one.say(&submitted), other.say(&submitted)).await;
    let (told, told_too) = (one.settled().await, other.settled().await);
    // Whichever came second is settled behind it; the first may still be told of it.
    let late = one.settled().await;
    let all = [answers(&told), answers(&told_too), answers(&late)].concat();
    assert!(!answers(&told).is_empty() && !answers(&told_too).is_empty());
    assert!(all.iter().all(|answered| *answered == all[0]), "{all:?}");
    assert_eq!(server.stored_events(&one.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn two_sockets_answering_one_question_store_one_answer_and_refuse_the_other() {
    let server = Server::start().await;
    let mut one = server.practice().await;
    let mut other = one.again().await;
    let question = one.question();
    let (mine, theirs) = (
        answer_with("mine", 1, &[&question.options[0].id]),
        answer_with("theirs", 1, &[&question.options[1].id]),
    );
    join(one.say(&mine), other.say(&theirs)).await;
    let told = one.settled().await;
    let told_too = other.settled().await;
    let late = one.settled().await;
    let heard_by_one = [told, late].concat();
    let stored = answers(&heard_by_one);
    assert_eq!(stored.len(), 1);
    assert_eq!(
        answers(&told_too),
        stored,
        "both are told of the same answer"
    );
    let refusals: Vec<_> = heard_by_one
        .iter()
        .chain(&told_too)
        .filter_map(|message| match message {
            ServerMessage::Error(refused) => Some((refused.code, refused.request_id.clone())),
            _ => None,
        })
        .collect();
    let loser = if stored[0].request_id == "mine" {
        "theirs"
    } else {
        "mine"
    };
    assert_eq!(
        refusals,
        [(ErrorCode::AlreadyAnswered, Some(loser.to_owned()))]
    );
    assert_eq!(server.stored_events(&one.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_sent_again_after_a_restart_gets_the_same_answer() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.say(&answer("r", &question)).await;
    let before = client.answered().await;
    let server = server.restart().await;
    let mut back = server.join(&client.token, &client.session).await;
    back.say(&answer("r", &question)).await;
    assert_eq!(back.answered().await, before);
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_sent_again_after_a_takeover_gets_the_same_answer() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.say(&answer("r", &question)).await;
    let before = client.answered().await;
    server.claim_away(&client.session).await;
    client
        .say(&answer(
            "r2",
            before.next.as_ref().expect("a next question"),
        ))
        .await;
    assert_eq!(client.closed().await, 4002);
    let mut back = client.again().await;
    back.say(&answer("r", &question)).await;
    assert_eq!(back.answered().await, before);
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_older_than_what_is_kept_in_memory_gets_the_same_answer() {
    let server = Server::stored(SqliteOptions::default(), false).await;
    let mut client = server.practice().await;
    let first_question = client.question();
    let count = HISTORY_EVENTS_MAX + 2;
    let (first, next) = run(&mut client, first_question.clone(), count).await;
    client.say(&answer("run-0", &first_question)).await;
    assert_eq!(client.answered().await, first);
    assert_eq!(
        server.stored_events(&client.session).await.len(),
        usize::from(count) + 1
    );
    client.assert_intact(&next, count).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_id_used_for_something_else_is_refused() {
    let server = Server::with(ServerOptions::default()).await;
    let mut client = server.practice().await;
    let question = client.question();
    client.say(&answer("r", &question)).await;
    let next = client.answered().await.next.expect("a next question");
    for message in [answer("r", &next), pause("r")] {
        client.say(&message).await;
        client.refused(ErrorCode::RequestIdReused).await;
    }
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    client.assert_intact(&next, 1).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_sent_again_with_other_options_gets_the_first_answer() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client
        .say(&answer_with("r", 1, &[&question.options[0].id]))
        .await;
    let first = client.answered().await;
    client
        .say(&answer_with("r", 1, &[&question.options[1].id]))
        .await;
    assert_eq!(client.answered().await, first);
    server.stop().await;
}
