//! Several sockets of one learner: an old one and a new one in a race, and who is told what how often.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};
use learnr_protocol::{Encoding, ErrorCode, Question, ServerMessage, SessionKind, decode_server};

use super::record::Record;
use crate::harness::{Client, Server, answer, demonstration};

/// Rounds of a race that has two ends.
const ROUNDS: u16 = 12;

/// Offsets of the durable frames heard, in their order.
fn offsets(heard: &[ServerMessage]) -> Vec<u32> {
    heard.iter().filter_map(ServerMessage::offset).collect()
}

#[actix_rt::test]
async fn a_new_socket_survives_the_end_of_the_old_one_however_the_two_meet() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let mut create = demonstration(SessionKind::Practice);
    create.length = Some(30);
    let mut old = server.client(&create, Encoding::MsgPack).await;
    let mut question = old.question();
    for round in 1..=ROUNDS {
        let request_id = format!("r{round}");
        let frame = answer(&request_id, &question);
        // The answer is under way on the old socket when it ends, and the new one is on its way in.
        old.say(&frame).await;
        let ticket = old.ticket().await;
        let (rest, token) = (old.rest.clone(), old.token.clone());
        let coming = Client::join(&rest, &token, &ticket, Encoding::MsgPack);
        let leaving = async {
            if round % 2 == 0 {
                // Without a farewell; what it has not read makes it a reset.
                drop(old);
            } else {
                old.socket.close(1001).await.expect("closed in turn");
            }
        };
        let (mut new, ()) = join(coming, leaving).await;
        new.say(&frame).await;
        // Told when it is stored, and perhaps once more because it was asked again.
        let answered = new.answered().await;
        assert_eq!(answered.request_id, request_id);
        assert_eq!(answered.offset, u32::from(round) + 1);
        new.settled().await;
        question = answered.next.expect("a next question");
        old = new;
    }
    assert_eq!(
        Record::of(&server, &old).await.answers(),
        usize::from(ROUNDS)
    );
    old.assert_intact(&question, ROUNDS).await;
    server.stop().await;
}

#[actix_rt::test]
async fn what_an_old_socket_says_late_changes_nothing_that_the_new_one_did() {
    let server = Server::start().await;
    let mut old = server.practice().await;
    let question = old.question();
    let mut new = old.again().await;
    let answered = new.answer(&question).await;
    assert_eq!(
        old.answered().await,
        answered,
        "the old one is told as well"
    );
    let before = Record::of(&server, &new).await;
    old.say(&answer("late", &question)).await;
    old.refused(ErrorCode::AlreadyAnswered).await;
    assert_eq!(Record::of(&server, &new).await, before);
    drop(old);
    let next = answered.next.expect("a next question");
    assert_eq!(new.answer(&next).await.position, 2);
    server.stop().await;
}

/// Answers `count` questions and returns the next; what is told of them stays on the wire.
async fn run(client: &mut Client, mut question: Question, count: u16) -> Question {
    for n in 0..count {
        let request_id = format!("run-{n}");
        client.say(&answer(&request_id, &question)).await;
        let told = client.answered().await;
        assert_eq!(told.request_id, request_id);
        question = told.next.expect("a next question");
    }
    question
}

#[actix_rt::test]
async fn each_socket_is_told_of_each_answer_once_even_one_that_comes_in_between() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let mut create = demonstration(SessionKind::Practice);
    create.length = Some(30);
    let mut first = server.client(&create, Encoding::MsgPack).await;
    let mut second = first.again().await;
    let question = first.question();
    let (rest, token, session) = (
        first.rest.clone(),
        first.token.clone(),
        first.session.clone(),
    );
    // They come in while answers are being stored: each is told the rest, and nothing that its state holds.
    let comers = join_all((0..5).map(|_| async {
        let ticket = rest.ticket(&token, &session).await.expect("a ticket");
        Client::join(&rest, &token, &ticket, Encoding::Json).await
    }));
    let (_, mut comers) = join(run(&mut first, question, 10), comers).await;
    let told = second.settled().await;
    assert_eq!(offsets(&told), (2..=11).collect::<Vec<u32>>());
    assert_eq!(told.len(), 10, "and nothing else: {told:?}");
    assert_eq!(first.settled().await, []);
    for comer in &mut comers {
        let from = comer.state.as_ref().map_or(0, |state| state.offset);
        let told = comer.settled().await;
        assert_eq!(offsets(&told), (from + 1..=11).collect::<Vec<u32>>());
    }
    server.stop().await;
}

#[actix_rt::test]
async fn no_answer_reaches_anybody_else_on_the_server() {
    const LEARNERS: usize = 24;
    const ANSWERS: u16 = 5;
    let server = Server::start().await;
    let joining = (0..LEARNERS).map(|n| {
        let encoding = Encoding::ALL[n % 2];
        let create = demonstration(SessionKind::Practice);
        let server = &server;
        async move { server.client(&create, encoding).await }
    });
    let mut learners = join_all(joining).await;
    let mut onlooker = server.practice().await;
    let answering = learners.iter_mut().map(|learner| {
        let question = learner.question();
        run(learner, question, ANSWERS)
    });
    join_all(answering).await;
    assert_eq!(onlooker.settled().await, [], "a learner who does nothing");
    for learner in &mut learners {
        assert_eq!(learner.settled().await, []);
        let encoding = learner.socket.encoding();
        let heard = learner.wire.iter().filter(|bytes| {
            let message = decode_server(bytes, encoding).expect("decoded before");
            !matches!(message, ServerMessage::Saving(_))
        });
        // Welcome, state, one message for each answer, and the reply that settles it.
        assert_eq!(heard.count(), 3 + usize::from(ANSWERS));
    }
    let stored = server.store.answers_after(None, 10_000).await;
    let mut rows = BTreeMap::new();
    for row in stored.expect("the answers") {
        *rows.entry(row.session).or_insert(0) += 1;
    }
    assert_eq!(rows.len(), LEARNERS);
    assert!(rows.values().all(|count| *count == ANSWERS), "{rows:?}");
    server.stop().await;
}
