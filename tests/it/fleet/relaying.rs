//! Two devices of one learner on two instances: one of them is relayed.

use learnr_protocol::{CloseCode, Encoding, ServerMessage};

use super::{Fleet, elsewhere, epochs, learner, owner};
use crate::harness::{answer, until};

#[actix_rt::test]
async fn a_second_device_on_another_instance_sees_and_answers_the_same_session() {
    let Some(fleet) = Fleet::new("fleet::relaying::a_second_device").await else {
        return;
    };
    let (here, there) = (fleet.instance("here").await, fleet.instance("there").await);
    let mut first = learner(&here).await;
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let mut second = elsewhere(&there, &first, encoding).await;
        let question = second.question();
        let told = second.answer(&question).await;
        assert_eq!(first.answered().await, told, "one broadcast for all");
        let question = told.next.expect("another");
        let told = first.answer(&question).await;
        assert_eq!(second.answered().await, told);
        second.ping().await;
        second.socket.close().await;
        until("the relay is over", async || there.figure("learnr_relays_out").await == 0).await;
        first = first.again().await;
    }
    assert_eq!(owner(&here, &first.session).await.as_deref(), Some("here"));
    let epochs = epochs(&here, &first.session).await;
    assert!(epochs.iter().all(|epoch| *epoch == epochs[1] || *epoch == epochs[0]), "{epochs:?}");
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn a_relayed_socket_outlives_the_instance_its_session_was_on() {
    let Some(fleet) = Fleet::new("fleet::relaying::a_relayed_socket_outlives").await else {
        return;
    };
    let (here, there) = (fleet.instance("here").await, fleet.instance("there").await);
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &first, Encoding::MsgPack).await;
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
    assert_eq!(owner(&there, &second.session).await.as_deref(), Some("there"));
    there.stop().await;
}

#[actix_rt::test]
async fn an_instance_that_leaves_sends_its_relayed_sockets_away_and_the_session_stays() {
    let Some(fleet) = Fleet::new("fleet::relaying::an_instance_that_leaves").await else {
        return;
    };
    let (here, there) = (fleet.instance("here").await, fleet.instance("there").await);
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &first, Encoding::Json).await;
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
    let Some(fleet) = Fleet::new("fleet::relaying::refusals_and_limits").await else {
        return;
    };
    let (here, there) = (fleet.instance("here").await, fleet.instance("there").await);
    let mut first = learner(&here).await;
    let mut second = elsewhere(&there, &first, Encoding::MsgPack).await;
    let question = second.question();
    second.answer(&question).await;
    first.answered().await;
    second.say(&answer("late", &question)).await;
    second
        .refused(learnr_protocol::ErrorCode::AlreadyAnswered)
        .await;
    for _ in 0..100 {
        second.say(&learnr_protocol::ClientMessage::Ping { t: 1 }).await;
    }
    second.refused(learnr_protocol::ErrorCode::RateLimited).await;
    here.stop().await;
    there.stop().await;
}
