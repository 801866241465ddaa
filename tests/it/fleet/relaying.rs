//! Two devices of one learner on two instances: one of them is relayed.

use std::time::Duration;

use learnr_protocol::{ClientMessage, CloseCode, Encoding, ErrorCode, ServerMessage};

use super::{Fleet, elsewhere, epochs, known, learner, leave, owner};
use crate::harness::{answer, until};

/// Longest it may take to come up against the limit on messages, 20 a second.
const LIMITED_WITHIN: Duration = Duration::from_secs(10);

#[actix_rt::test]
async fn a_second_device_on_another_instance_sees_and_answers_the_same_session() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut first = learner(&here).await;
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let mut second = elsewhere(&there, &known(&first), encoding).await;
        let question = second.question();
        let told = second.answer(&question).await;
        assert_eq!(first.answered().await, told, "one broadcast for all");
        let question = told.next.expect("another");
        let told = first.answer(&question).await;
        assert_eq!(second.answered().await, told);
        second.ping().await;
        leave(second).await;
        until("the relay is over", async || {
            there.figure("learnr_relays_out").await == 0
        })
        .await;
        first = first.again().await;
    }
    assert_eq!(owner(&here, &first.session).await.as_deref(), Some("here"));
    let epochs = epochs(&here, &first.session).await;
    assert!(
        epochs
            .iter()
            .all(|epoch| *epoch == epochs[1] || *epoch == epochs[0]),
        "{epochs:?}"
    );
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn a_relayed_socket_outlives_the_instance_its_session_was_on() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &known(&first), Encoding::MsgPack).await;
    let question = second.question();
    here.stop().await;
    assert!(matches!(first.next().await, ServerMessage::GoingAway(_)));
    assert_eq!(first.closed().await, CloseCode::Draining.number());
    // No close and no ticket: the whole state comes over the same socket.
    let welcome = second.next().await;
    assert!(matches!(welcome, ServerMessage::Welcome(_)), "{welcome:?}");
    let ServerMessage::State(state) = second.next().await else {
        panic!("the whole state follows");
    };
    assert_eq!(state.question.as_ref(), Some(&question));
    second.answer(&question).await;
    assert_eq!(
        owner(&there, &second.session).await.as_deref(),
        Some("there")
    );
    there.stop().await;
}

#[actix_rt::test]
async fn an_instance_that_leaves_sends_its_relayed_sockets_away_and_the_session_stays() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &known(&first), Encoding::Json).await;
    there.stop().await;
    assert!(matches!(second.next().await, ServerMessage::GoingAway(_)));
    assert_eq!(second.closed().await, CloseCode::Draining.number());
    let question = first.question();
    first.answer(&question).await;
    assert_eq!(owner(&here, &first.session).await.as_deref(), Some("here"));
    here.stop().await;
}

#[actix_rt::test]
async fn refusals_and_limits_reach_a_relayed_socket() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &known(&first), Encoding::MsgPack).await;
    let question = second.question();
    second.answer(&question).await;
    first.answered().await;
    second.say(&answer("late", &question)).await;
    second.refused(ErrorCode::AlreadyAnswered).await;
    let limited = async {
        loop {
            second.say(&ClientMessage::Ping { t: 1 }).await;
            match second.next().await {
                ServerMessage::Pong(_) => {}
                other => return other,
            }
        }
    };
    let told = tokio::time::timeout(LIMITED_WITHIN, limited).await;
    assert!(
        matches!(&told, Ok(ServerMessage::Error(refused)) if refused.code == ErrorCode::RateLimited),
        "{told:?}"
    );
    here.stop().await;
    there.stop().await;
}
