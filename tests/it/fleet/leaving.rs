//! An instance that is asked to stop, in a fleet.

use learnr_protocol::cluster::{ClusterView, SessionPlace};
use learnr_protocol::{CloseCode, Encoding, ServerMessage, SessionKind};

use super::{Fleet, OWNER, elsewhere, known, learner, owner};
use crate::harness::{Client, answer, demonstration, until};

#[actix_rt::test]
async fn a_drained_session_goes_on_elsewhere_with_nothing_lost() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let mut client = learner(&here).await;
    let question = client.question();
    client.say(&answer("at-the-last-moment", &question)).await;
    let told = client.answered().await;
    here.stop().await;
    let going = client.next().await;
    assert!(
        matches!(&going, ServerMessage::GoingAway(going) if going.reconnect_after_ms < 500),
        "{going:?}"
    );
    assert_eq!(client.closed().await, CloseCode::Draining.number());
    let row = there.stored_session(&client.session).await;
    assert_eq!(row.owner, None, "released");
    let moved = elsewhere(&there, &known(&client), Encoding::MsgPack).await;
    assert_eq!(Some(moved.question()), told.next);
    assert_eq!(
        owner(&there, &client.session).await.as_deref(),
        Some("there")
    );
    there.stop().await;
}

#[actix_rt::test]
async fn an_instance_about_to_leave_says_so_first_and_serves_on() {
    let Some(fleet) = Fleet::new().await else {
        return;
    };
    let here = fleet
        .instance_with("here", &["--drain-notice-ms", "1500"])
        .await;
    let rest = here.rest.clone();
    let create = demonstration(SessionKind::Practice);
    let mut client = here.client(&create, Encoding::MsgPack).await;
    let question = client.question();
    let stopping = actix_rt::spawn(here.stop());
    let not_ready = rest.text("/readyz").await;
    let not_ready = not_ready.expect_err("it is not ready any more");
    assert_eq!(not_ready.status(), Some(503));
    // Whoever is there is served until the time has come.
    client.answer(&question).await;
    let guest = rest.guest().await.expect("a guest still");
    let ticket = rest.create_session(&guest.token, &create).await;
    Client::join(
        &rest,
        &guest.token,
        &ticket.expect("a session"),
        Encoding::Json,
    )
    .await;
    stopping.await.expect("it stops");
}

#[actix_rt::test]
async fn whoever_runs_the_fleet_sees_its_instances_and_where_a_session_is() {
    let Some((_fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let client = learner(&here).await;
    let _second = elsewhere(&there, &known(&client), Encoding::Json).await;
    let view: ClusterView = there
        .rest
        .get("/v1/admin/cluster", OWNER)
        .await
        .expect("a view");
    let names: Vec<&str> = view.nodes.iter().map(|node| node.node.as_str()).collect();
    assert_eq!(names, ["here", "there"]);
    assert_eq!(view.sessions, []);
    // Told once a second; whoever is on two instances counts on both.
    let present = async || {
        let view: ClusterView = there
            .rest
            .get("/v1/admin/cluster", OWNER)
            .await
            .expect("a view");
        view.learners_present == Some(2)
    };
    until("both instances have told who is present", present).await;
    let path = format!("/v1/admin/cluster/sessions/{}", client.session);
    let place: SessionPlace = there.rest.get(&path, OWNER).await.expect("a place");
    assert_eq!(place.owner.as_deref(), Some("here"));
    assert!(place.owner_is_live);
    for path in ["/v1/admin/cluster", path.as_str()] {
        let refused = there
            .rest
            .get::<serde_json::Value>(path, &client.token)
            .await;
        assert_eq!(
            refused.expect_err("no learner's business").status(),
            Some(403)
        );
    }
    here.stop().await;
    there.stop().await;
}
