//! Where a learner stands between sessions, as REST tells it, and what the next session makes of it.

use std::time::Duration;

use learnr::store::record::{self, CalibrationRecord, EstimateRecord};
use learnr_loadtest::api::ApiError;
use learnr_protocol::standing::{MasteryStatus, Standing, Verdict};
use learnr_protocol::{Encoding, Reason, ServerMessage, SessionKind};

use crate::harness::{Client, Server, demonstration};

const CERTIFICATION: &str = "business-analysis-foundations";
const DAY: Duration = Duration::from_secs(86_400);

async fn standing(server: &Server, token: &str) -> Standing {
    let told = server.rest.standing(token, CERTIFICATION).await;
    told.expect("where the learner stands")
}

/// Answers every question of a session; the reasons they came with.
async fn play(server: &Server, mut client: Client) -> Vec<Reason> {
    let mut question = client.question();
    let mut reasons = Vec::new();
    loop {
        reasons.push(question.reason);
        // No faster than a client may send.
        server.advance(Duration::from_secs(5));
        match client.answer(&question).await.next {
            Some(next) => question = next,
            None => break,
        }
    }
    let ServerMessage::Completed(_) = client.next().await else {
        panic!("the last answer is followed by the end");
    };
    reasons
}

#[actix_rt::test]
async fn a_learner_without_sessions_stands_where_nothing_is_known() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    let told = standing(&server, &guest.token).await;
    assert_eq!(told.certification.id, CERTIFICATION);
    let listed = server.rest.certifications().await.expect("the list");
    let listed = listed
        .certifications
        .iter()
        .find(|listed| listed.id == CERTIFICATION);
    let areas = &listed.expect("it is listed").areas;
    assert!(
        told.areas
            .iter()
            .map(|area| &area.area)
            .eq(areas.iter().map(|area| &area.id))
    );
    for area in &told.areas {
        assert!(
            area.answers == 0 && area.low < area.score && area.score < area.high,
            "{area:?}"
        );
    }
    assert!(told.concepts.len() > 50);
    for concept in &told.concepts {
        assert_eq!(
            (concept.answers, concept.status),
            (0, MasteryStatus::Uncertain)
        );
        assert!(0.0 <= concept.low && concept.low < concept.high && concept.high <= 100.0);
        assert_ne!(concept.title, concept.concept, "people see a title");
    }
    assert_eq!(told.readiness.verdict, Verdict::NotEnoughEvidence);
    assert!(
        told.readiness.low < 50.0 && told.readiness.high > 50.0,
        "{:?}",
        told.readiness
    );
    assert_eq!((told.reviews.now, told.reviews.next_days), (0, vec![0; 7]));
    server.stop().await;
}

#[actix_rt::test]
async fn what_was_answered_counts_and_comes_back_when_it_is_due() {
    let server = Server::manual().await;
    let mut create = demonstration(SessionKind::Practice);
    create.length = Some(12);
    let client = server.client(&create, Encoding::MsgPack).await;
    let token = client.token.clone();
    play(&server, client).await;
    let told = standing(&server, &token).await;
    let answers = |told: &Standing| told.areas.iter().map(|area| area.answers).sum::<u32>();
    assert_eq!(answers(&told), 12);
    assert!(told.concepts.iter().any(|concept| concept.answers > 0));
    assert_eq!(told.reviews.now, 0);
    assert_eq!(
        told.reviews.next_days.iter().sum::<u32>(),
        12,
        "{:?}",
        told.reviews
    );

    server.advance(3 * DAY);
    let due = standing(&server, &token).await.reviews;
    assert_eq!((due.now, due.next_days.iter().sum::<u32>()), (12, 0));
    let ticket = server
        .rest
        .create_session(&token, &create)
        .await
        .expect("a session");
    let again = Client::join(&server.rest, &token, &ticket, Encoding::Json).await;
    let reasons = play(&server, again).await;
    let reviews = reasons
        .iter()
        .filter(|reason| **reason == Reason::DueForReview)
        .count();
    assert_eq!(reviews, 6, "half the session: {reasons:?}");
    let told = standing(&server, &token).await;
    assert_eq!(told.reviews.now, 6);
    assert_eq!(answers(&told), 18, "a review is no evidence about ability");
    server.stop().await;
}

/// What one area says of the others depends on how far they go together: the standing reckons with the correlation
/// that the version was calibrated with.
#[actix_rt::test]
async fn the_correlation_of_a_calibrated_version_counts() {
    let server = Server::manual().await;
    let mut create = demonstration(SessionKind::Focused);
    create.length = Some(10);
    let listed = server.rest.certifications().await.expect("the list");
    let areas = &listed.certifications[0].areas;
    create.areas = vec![areas[0].id.clone()];
    let client = server.client(&create, Encoding::MsgPack).await;
    let token = client.token.clone();
    play(&server, client).await;
    let untouched = |told: &Standing| {
        let last = told.areas.last().expect("an area");
        assert_eq!(last.answers, 0);
        last.score
    };
    let before = untouched(&standing(&server, &token).await);

    let row = server.store.certification(CERTIFICATION, None).await;
    let mut row = row.expect("answered").expect("it is there");
    row.version = "calibrated".to_owned();
    row.calibration = Some(record::calibration_to_bytes(&CalibrationRecord {
        rho: Some(EstimateRecord {
            value: 0.0,
            standard_error: None,
        }),
        ..CalibrationRecord::default()
    }));
    server.store.save_certification(row).await.expect("stored");
    let after = untouched(&standing(&server, &token).await);
    let none = {
        let guest = server.rest.guest().await.expect("a guest");
        untouched(&standing(&server, &guest.token).await)
    };
    assert!(
        (after - none).abs() < 0.11,
        "no area says anything of another: {after}, {none}"
    );
    assert!(
        (before - after).abs() > 0.5,
        "{before} before, {after} after"
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_focused_session_keeps_to_the_concepts_asked_for() {
    let server = Server::manual().await;
    let mut create = demonstration(SessionKind::Focused);
    create.length = Some(5);
    create.concepts = vec!["interviews".to_owned(), "business-rules".to_owned()];
    let client = server.client(&create, Encoding::MsgPack).await;
    assert_eq!(client.welcome.session.settings.concepts, create.concepts);
    let token = client.token.clone();
    play(&server, client).await;
    let told = standing(&server, &token).await;
    let asked = told
        .concepts
        .iter()
        .filter(|concept| create.concepts.contains(&concept.concept));
    assert_eq!(asked.map(|concept| concept.answers).sum::<u32>(), 5);
    server.stop().await;
}

#[actix_rt::test]
async fn one_learner_asks_for_their_standing_sixty_times_a_minute_and_another_is_not_kept_waiting()
{
    let server = Server::manual().await;
    let guest = server.rest.guest().await.expect("a guest");
    for _ in 0..60 {
        standing(&server, &guest.token).await;
    }
    let refused = server.rest.standing(&guest.token, CERTIFICATION).await;
    let refused = refused.expect_err("one too many");
    assert!(
        matches!(&refused, ApiError::Refused { status: 429, .. }),
        "{refused:?}"
    );
    let other = server.rest.guest().await.expect("another guest");
    standing(&server, &other.token).await;
    server.advance(Duration::from_secs(1));
    standing(&server, &guest.token).await;
    server.stop().await;
}
