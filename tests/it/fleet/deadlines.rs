//! Sessions past their deadline, seen by every instance of a fleet.

use learnr_protocol::Encoding;

use super::{Fleet, learner, leave, owner};
use crate::harness::{session_id, timed, until};

#[actix_rt::test]
async fn a_session_past_its_deadline_is_left_with_whoever_has_it() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let client = here.client(&timed(1), Encoding::MsgPack).await;
    let woken = there.app.registry.wake(session_id(&client.session)).await;
    let error = woken.expect_err("it is left there");
    assert_eq!(error.to_string(), "the session runs on another instance");
    assert_eq!(owner(&here, &client.session).await.as_deref(), Some("here"));
    here.stop().await;
    // Released, it is anybody's.
    let woken = there.app.registry.wake(session_id(&client.session)).await;
    assert!(woken.is_ok(), "{woken:?}");
    assert_eq!(
        owner(&there, &client.session).await.as_deref(),
        Some("there")
    );
    there.stop().await;
}

#[actix_rt::test]
async fn one_whose_owner_has_no_lease_is_taken_over() {
    let Some(fleet) = Fleet::new().await else {
        return;
    };
    let here = fleet.instance("here").await;
    let client = leave(learner(&here).await).await;
    until("it is let go of", async || here.sockets_open().await == 0).await;
    here.claim_away(&client.session).await;
    let woken = here.app.registry.wake(session_id(&client.session)).await;
    // The actor here has not heard of it yet; a socket that comes finds out.
    assert!(woken.is_ok(), "{woken:?}");
    let mut client = here.join(&client.token, &client.session).await;
    let question = client.question();
    client.answer(&question).await;
    assert_eq!(owner(&here, &client.session).await.as_deref(), Some("here"));
    here.stop().await;
}
