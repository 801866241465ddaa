//! A session follows its learner from one instance to another.

use learnr_protocol::{CloseCode, Encoding};

use super::{Fleet, elsewhere, epochs, known, learner, leave, owner};
use crate::harness::{answer, until};

#[actix_rt::test]
async fn a_session_follows_its_learner_to_another_instance() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    let question = client.question();
    let next = client.answer(&question).await.next.expect("another");
    assert_eq!(owner(&here, &client.session).await.as_deref(), Some("here"));
    let client = leave(client).await;
    until("the socket is gone", async || {
        here.sockets_open().await == 0
    })
    .await;

    let mut moved = elsewhere(&there, &client, Encoding::MsgPack).await;
    assert_eq!(moved.question(), next, "the same question");
    assert_eq!(
        owner(&there, &client.session).await.as_deref(),
        Some("there")
    );
    assert!(here.app.registry.is_empty(), "it was let go there");
    moved.answer(&next).await;
    let epochs = epochs(&there, &client.session).await;
    assert_eq!(epochs.len(), 3, "{epochs:?}");
    assert!(epochs.is_sorted() && epochs[1] < epochs[2], "{epochs:?}");
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn an_instance_that_was_overtaken_shows_nobody_what_it_still_has() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    let question = client.question();
    client.answer(&question).await;
    // Claimed from under it, as from an instance that was frozen.
    here.claim_away(&client.session).await;
    let mut fresh = elsewhere(&here, &known(&client), Encoding::MsgPack).await;
    assert_eq!(client.closed().await, CloseCode::Moved.number());
    assert_eq!(owner(&here, &client.session).await.as_deref(), Some("here"));
    let question = fresh.question();
    fresh.answer(&question).await;
    let epochs = epochs(&here, &client.session).await;
    assert!(epochs.is_sorted(), "{epochs:?}");
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn nobody_is_relayed_to_an_instance_that_was_overtaken() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    let question = client.question();
    let next = client.answer(&question).await.next.expect("another");
    // The directory still names it, and its learner is still there.
    here.claim_away(&client.session).await;
    let mut second = elsewhere(&there, &known(&client), Encoding::MsgPack).await;
    assert_eq!(client.closed().await, CloseCode::Moved.number());
    assert_eq!(
        owner(&there, &client.session).await.as_deref(),
        Some("there")
    );
    second.answer(&next).await;
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn an_answer_sent_again_to_the_next_instance_is_one_row() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    let question = client.question();
    client.say(&answer("once", &question)).await;
    let told = client.answered().await;
    let client = leave(client).await;
    until("the socket is gone", async || {
        here.sockets_open().await == 0
    })
    .await;

    let mut moved = elsewhere(&there, &client, Encoding::MsgPack).await;
    moved.say(&answer("once", &question)).await;
    assert_eq!(moved.answered().await, told, "the same reply");
    assert_eq!(there.stored_events(&client.session).await.len(), 2);
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn sessions_move_while_redis_is_gone_and_when_it_is_back_empty() {
    let Some((mut fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    fleet.redis.kill();
    let mut question = client.question();
    for (round, server) in [&there, &here, &there].into_iter().enumerate() {
        if round == 1 {
            fleet.redis.start_again().await;
        }
        // The owner in the row is asked itself: two sockets, so that the second is relayed rather than moved.
        let mut relayed = elsewhere(server, &known(&client), Encoding::Json).await;
        assert_eq!(relayed.question(), question);
        question = relayed.answer(&question).await.next.expect("another");
        client.answered().await;
        leave(client).await;
        let who = leave(relayed).await;
        until("the sockets are gone", async || {
            here.sockets_open().await + there.sockets_open().await == 0
        })
        .await;
        client = elsewhere(server, &who, Encoding::MsgPack).await;
    }
    here.stop().await;
    there.stop().await;
}
