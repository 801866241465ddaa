//! Requests for history that cannot be answered: each says what to do.

use learnr_protocol::Encoding;
use learnr_protocol::history::{LearnerProgressPage, SessionHistory};
use reqwest::Method;

use super::{OWNER, of, owned, play, practice, told};
use crate::harness::{Server, demonstration};

async fn refused(server: &Server, token: &str, path: &str) -> (u16, String) {
    let request = server.rest.request(Method::GET, path, Some(token));
    let reply = request.send().await.expect("a reply");
    (reply.status().as_u16(), reply.text().await.expect("a body"))
}

#[actix_rt::test]
async fn a_query_out_of_range_is_refused_with_the_range() {
    let server = owned().await;
    let token = server.rest.guest().await.expect("a guest").token;
    for (path, word) in [
        ("/v1/sessions/history?limit=0".to_owned(), "1 to 100"),
        ("/v1/sessions/history?limit=101".to_owned(), "1 to 100"),
        ("/v1/sessions/history?limit=-1".to_owned(), "query"),
        ("/v1/sessions/history?status=lost".to_owned(), "query"),
        ("/v1/sessions/history?cursor=nonsense".to_owned(), "cursor"),
        ("/v1/sessions/history?colour=red".to_owned(), "colour"),
        (of("progress?from=2026-02-30"), "YYYY-MM-DD"),
        (of("progress?from=2026-01-02&to=2026-01-01"), "after"),
        (of("activity?from=2020-01-01&to=2026-01-01"), "366"),
        (of("activity?utc_offset_minutes=7"), "multiple of 15"),
        (of("activity?utc_offset_minutes=900"), "-720 to 840"),
        (of("hardest?limit=1000"), "1 to 100"),
        (of("hardest?answers_min=0"), "1 to 1000"),
    ] {
        let (status, body) = refused(&server, &token, &path).await;
        assert_eq!(status, 400, "{path} {body}");
        assert!(
            body.contains(word) && body.contains("bad_request"),
            "{path} {body}"
        );
    }
    for (path, status, word) in [
        (of("items/statistics?limit=501"), 400, "1 to 500"),
        (of("items/statistics?version=none"), 404, "not_found"),
        (of("learners?cursor=AAAA"), 400, "cursor"),
        (of("export"), 400, "format"),
        (of("export?format=xml"), 400, "query"),
        (of("export?format=csv&what=everything"), 400, "query"),
        (of("export?format=csv&from=now"), 400, "YYYY-MM-DD"),
        (
            "/v1/certifications/none/learners".to_owned(),
            404,
            "certification",
        ),
        (
            "/v1/certifications/none/export?format=csv".to_owned(),
            404,
            "certification",
        ),
    ] {
        let (found, body) = refused(&server, OWNER, &path).await;
        assert_eq!(found, status, "{path} {body}");
        assert!(body.contains(word), "{path} {body}");
    }
    for route in ["progress", "activity", "hardest"] {
        let path = format!("/v1/certifications/none/{route}");
        let (status, body) = refused(&server, &token, &path).await;
        assert_eq!(status, 404, "{path} {body}");
    }
    let (status, _) = refused(&server, &token, "/v1/sessions/none/answers").await;
    assert_eq!(status, 404);
    server.stop().await;
}

#[actix_rt::test]
async fn a_cursor_of_one_list_is_none_of_another() {
    let server = owned().await;
    let mut client = server.client(&practice(5), Encoding::MsgPack).await;
    play(&server, &mut client).await;
    super::another(&server, &client.token, &practice(5)).await;
    let page: SessionHistory = told(&server, &client.token, "/v1/sessions/history?limit=1").await;
    let cursor = page.next.expect("another page");
    for list in ["learners", "items/statistics"] {
        let (status, body) = refused(&server, OWNER, &of(&format!("{list}?cursor={cursor}"))).await;
        assert_eq!(status, 400, "{list} {body}");
    }
    let all: LearnerProgressPage = told(&server, OWNER, &of("learners")).await;
    assert_eq!(all.next, None);
    server.stop().await;
}

#[actix_rt::test]
async fn a_learner_looks_back_a_hundred_and_twenty_times_a_minute() {
    let server = Server::manual().await;
    let token = server.rest.guest().await.expect("a guest").token;
    for _ in 0..120 {
        let _page: SessionHistory = told(&server, &token, "/v1/sessions/history").await;
    }
    let (status, body) = refused(&server, &token, "/v1/sessions/history").await;
    assert_eq!(status, 429, "{body}");
    let other = server.rest.guest().await.expect("a guest").token;
    let _page: SessionHistory = told(&server, &other, "/v1/sessions/history").await;
    server.stop().await;
}

#[actix_rt::test]
async fn an_owners_token_that_is_too_short_is_refused_at_the_start() {
    let desk = crate::harness::Desk::new();
    let ran = desk.learnr(&["serve", "--port", "0", "--owner-token", "short"]);
    assert!(!ran.success);
    assert!(
        ran.stderr.contains("at least 32 characters"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}

/// A session that a fault stopped is in the list, and its answers are not told.
#[actix_rt::test]
async fn a_session_that_a_fault_stopped_is_listed_as_that() {
    let server = owned().await;
    let mut client = server
        .client(
            &demonstration(learnr_protocol::SessionKind::Practice),
            Encoding::MsgPack,
        )
        .await;
    let first = client.question();
    client.answer(&first).await;
    server.make_faulted(&client.session).await;
    let listed: SessionHistory = told(&server, &client.token, "/v1/sessions/history").await;
    let status = listed.sessions[0].session.status;
    assert_eq!(status, learnr_protocol::SessionStatus::Faulted);
    let path = format!("/v1/sessions/{}/answers", client.session);
    let (status, body) = refused(&server, &client.token, &path).await;
    assert_eq!(status, 409, "{body}");
    server.stop().await;
}
