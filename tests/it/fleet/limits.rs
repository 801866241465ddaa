//! What instances count together for a learner, and what each counts by itself when Redis is gone; what they keep for each other.

use std::time::Duration;

use learnr::auth::Ticket;
use learnr::session::AttachRefused;
use learnr::store::{LearnerId, SessionId};
use learnr_loadtest::api::ApiError;
use learnr_protocol::SessionKind;
use learnr_protocol::standing::Standing;
use uuid::Uuid;

use super::Fleet;
use crate::harness::{Server, demonstration, until};

const CERTIFICATION: &str = "business-analysis-foundations";
/// Exports a minute for one learner.
const EXPORTS: usize = 6;

/// How long the learner has to wait for the export that they ask for; zero if they get it.
async fn export(server: &Server, token: &str) -> Duration {
    let exported = server
        .rest
        .get::<serde_json::Value>("/v1/learners/me/export", token);
    match exported.await {
        Ok(_) => Duration::ZERO,
        Err(ApiError::Refused {
            status: 429,
            retry_after: Some(wait),
            ..
        }) => wait,
        Err(other) => panic!("{other}"),
    }
}

#[actix_rt::test]
async fn a_learner_is_limited_in_the_whole_fleet_and_on_each_instance_without_redis() {
    let Some((mut fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let guest = here.rest.guest().await.expect("a guest");
    let other = here.rest.guest().await.expect("another");
    let turns = [&here, &there].into_iter().cycle();
    for (turn, server) in turns.take(EXPORTS).enumerate() {
        assert!(export(server, &guest.token).await.is_zero(), "turn {turn}");
    }
    for server in [&here, &there] {
        let wait = export(server, &guest.token).await;
        assert!((1..=10).contains(&wait.as_secs()), "{wait:?}");
    }
    assert!(export(&there, &other.token).await.is_zero());
    // Each counts on with what it has seen itself: three and one refused.
    fleet.redis.kill();
    for server in [&here, &there] {
        for _ in 0..2 {
            assert!(export(server, &guest.token).await.is_zero());
        }
        assert!(!export(server, &guest.token).await.is_zero());
    }
    fleet.redis.start_again().await;
    until("they count together again", async || {
        fleet.redis.run(&["KEYS", "learnr:node:*"]).lines().count() == 2
    })
    .await;
    let newcomer = here.rest.guest().await.expect("a third");
    assert!(export(&here, &newcomer.token).await.is_zero());
    assert!(
        fleet
            .redis
            .run(&["KEYS", "learnr:limit:exports:*"])
            .lines()
            .count()
            == 1
    );
    here.stop().await;
    there.stop().await;
}

#[actix_rt::test]
async fn a_ticket_is_used_up_for_the_whole_fleet_while_there_is_redis() {
    let Some((mut fleet, here, there)) = Fleet::of_two().await else {
        return;
    };
    let ticket = || Ticket::issue(LearnerId(Uuid::new_v4()), SessionId(Uuid::new_v4()), 0);
    let spend = async |server: &Server, ticket: &Ticket| {
        let context = server.app.registry.context();
        context.spend_in_fleet(ticket, 0).await
    };
    let (one, other) = (ticket(), ticket());
    assert_eq!(spend(&here, &one).await, Ok(()));
    assert_eq!(spend(&there, &one).await, Err(AttachRefused::TicketSpent));
    assert_eq!(spend(&here, &one).await, Err(AttachRefused::TicketSpent));
    assert_eq!(spend(&there, &other).await, Ok(()));
    fleet.redis.kill();
    assert_eq!(spend(&there, &one).await, Ok(()), "nobody knows better");
    here.stop().await;
    there.stop().await;
}

async fn standing(server: &Server, token: &str) -> Standing {
    let told = server.rest.standing(token, CERTIFICATION).await;
    told.expect("where the learner stands")
}

#[actix_rt::test]
async fn a_standing_is_kept_until_there_is_evidence_and_reckoned_where_redis_has_none() {
    let Some(mut fleet) = Fleet::new().await else {
        return;
    };
    // Answered faster than people do.
    let quick = ["--rate-limits", "off"];
    let here = fleet.instance_with("here", &quick).await;
    let there = fleet.instance_with("there", &quick).await;
    let mut client = super::learner(&here).await;
    let token = client.token.clone();
    let before = standing(&here, &token).await;
    let kept = async || {
        let keys = fleet.redis.run(&["KEYS", "learnr:kept:*"]);
        keys.lines().filter(|key| !key.is_empty()).count()
    };
    assert_eq!(kept().await, 1);
    assert_eq!(standing(&there, &token).await, before);
    // Somebody else of whom nothing is known: the same standing, and nothing of theirs in the key.
    let stranger = there.rest.guest().await.expect("a guest");
    assert_eq!(standing(&there, &stranger.token).await, before);
    let mut question = client.question();
    while let Some(next) = client.answer(&question).await.next {
        question = next;
    }
    client.next().await;
    let after = standing(&there, &token).await;
    let answers = |told: &Standing| told.areas.iter().map(|area| area.answers).sum::<u32>();
    assert!(answers(&after) > answers(&before), "the evidence is seen");
    assert_eq!(answers(&standing(&here, &token).await), answers(&after));
    fleet.redis.run(&["FLUSHALL"]);
    assert_eq!(answers(&standing(&here, &token).await), answers(&after));
    fleet.redis.kill();
    assert_eq!(answers(&standing(&there, &token).await), answers(&after));
    let again = demonstration(SessionKind::Practice);
    let created = there.rest.create_session(&token, &again).await;
    assert!(created.is_ok(), "{created:?}");
    here.stop().await;
    there.stop().await;
}
