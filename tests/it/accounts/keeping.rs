//! What learners keep: preferences, marks, reports.

use learnr::http::LOOKUPS_PER_MINUTE;
use learnr::store::LearnerId;
use learnr_protocol::keeping::{BookmarkPage, ItemReportPage, PreferencesView};
use learnr_protocol::rest::SessionTicket;
use reqwest::Method;
use serde_json::json;

use super::{CERTIFICATION, OWNER, send, served};
use crate::harness::Server;

/// Status of a call with a body.
async fn status(server: &Server, to: (Method, &str), token: &str, body: serde_json::Value) -> u16 {
    let reply = send(server, to, Some(token), &body).await;
    reply.status().as_u16()
}

#[actix_rt::test]
async fn a_guest_prefers_something_and_it_is_kept() {
    let (server, _mailbox) = served("off").await;
    let client = server.practice().await;
    let (path, token) = ("/v1/learners/me/preferences", client.token.as_str());
    let usual: PreferencesView = server.rest.get(path, token).await.expect("preferences");
    assert_eq!((usual.time_multiplier, usual.goals.len()), (1.0, 0));
    let preferred = json!({
        "goals": [{"certification": CERTIFICATION, "exam_date": "2027-03-01", "target": 0.8}],
        "daily_minutes": 30, "time_multiplier": 1.5, "theme": "dark", "reminders": true,
        "time_zone": "Europe/Berlin",
    });
    let put = || (Method::PUT, path);
    assert_eq!(status(&server, put(), token, preferred.clone()).await, 200);
    let kept: PreferencesView = server.rest.get(path, token).await.expect("preferences");
    let mut told = preferred.clone();
    told["granted_time_multiplier"] = json!(1.0);
    assert_eq!(serde_json::to_value(&kept).expect("JSON"), told);
    assert_eq!(
        status(&server, put(), token, told).await,
        400,
        "nobody grants themselves anything"
    );
    let learner = server.stored_session(&client.session).await.learner;
    let row = server.store.learner(learner).await.expect("answered");
    let granted = row.map(|row| row.time_multiplier);
    assert_eq!(granted, Some(1.0), "nobody has granted anything");
    for (field, value) in [
        ("time_multiplier", json!(4.5)),
        ("time_multiplier", json!(0)),
        ("daily_minutes", json!(1)),
        ("time_zone", json!("no; zone")),
        ("goals", json!([{"certification": ""}])),
        (
            "goals",
            json!([{"certification": "a"}, {"certification": "a"}]),
        ),
    ] {
        let mut bad = preferred.clone();
        bad[field] = value;
        assert_eq!(status(&server, put(), token, bad).await, 422, "{field}");
    }
    server.stop().await;
}

#[actix_rt::test]
async fn to_write_down_or_take_away_counts_as_a_look_at_what_is_ones_own() {
    let (server, _mailbox) = served("on").await;
    let token = server.rest.guest().await.expect("a guest").token;
    let put = (Method::PUT, "/v1/learners/me/preferences");
    let body = json!({"goals": [], "time_multiplier": 1, "theme": "dark", "reminders": false});
    let mark = format!("/v1/certifications/{CERTIFICATION}/bookmarks/nowhere");
    let drop = (Method::DELETE, mark.as_str());
    for look in 0..LOOKUPS_PER_MINUTE / 2 {
        assert_eq!(
            status(&server, put.clone(), &token, body.clone()).await,
            200,
            "{look}"
        );
        assert_eq!(
            status(&server, drop.clone(), &token, json!({})).await,
            404,
            "{look}"
        );
    }
    assert_eq!(status(&server, put, &token, body).await, 429);
    assert_eq!(status(&server, drop, &token, json!({})).await, 429);
    server.stop().await;
}

/// Starts a timed session; whose it is, and what its limit is multiplied by.
async fn timed(server: &Server, token: &str, kind: &str) -> (LearnerId, f64) {
    let create = json!({"certification": CERTIFICATION, "kind": kind, "time_limit_minutes": 30});
    let to = (Method::POST, "/v1/sessions");
    let reply = send(server, to, Some(token), &create).await;
    assert_eq!(reply.status(), 201, "{kind}");
    let ticket: SessionTicket = reply.json().await.expect("a ticket");
    let view = server.rest.session_view(token, &ticket.session_id).await;
    let row = server.stored_session(&ticket.session_id).await;
    let settings = view.expect("a session").session.settings;
    (row.learner, settings.time_multiplier)
}

#[actix_rt::test]
async fn a_learner_takes_more_time_to_practise_and_is_granted_it_where_they_are_measured() {
    let (server, _mailbox) = served("off").await;
    for (preferred, granted) in [(2.0, 1.0), (2.0, 1.5), (1.0, 1.5)] {
        let token = server.rest.guest().await.expect("a guest").token;
        let (path, token) = ("/v1/learners/me/preferences", token.as_str());
        let body = json!({
            "goals": [], "time_multiplier": preferred, "theme": "dark", "reminders": false,
        });
        let put = (Method::PUT, path);
        assert_eq!(status(&server, put, token, body).await, 200);
        let (learner, before) = timed(&server, token, "diagnostic").await;
        assert_eq!(before, 1.0, "nothing is granted yet");
        let set = server.store.set_time_multiplier(learner, granted).await;
        assert!(set.expect("answered"));
        let more = f64::max(preferred, granted);
        for (kind, expected) in [("practice", more), ("exam", granted)] {
            let (_, multiplier) = timed(&server, token, kind).await;
            assert_eq!(multiplier, expected, "{kind} {preferred} {granted}");
        }
        let told: PreferencesView = server.rest.get(path, token).await.expect("preferences");
        assert_eq!(
            (told.time_multiplier, told.granted_time_multiplier),
            (preferred, granted)
        );
        // A page writes back what it was told; then the grant is taken back.
        let body = json!({
            "goals": [], "time_multiplier": told.time_multiplier, "theme": "light", "reminders": false,
        });
        assert_eq!(status(&server, (Method::PUT, path), token, body).await, 200);
        let set = server.store.set_time_multiplier(learner, 1.0).await;
        assert!(set.expect("answered"));
        let told: PreferencesView = server.rest.get(path, token).await.expect("preferences");
        assert_eq!(
            (told.time_multiplier, told.granted_time_multiplier),
            (preferred, 1.0)
        );
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_question_is_marked_once_it_was_answered_and_shows_its_key_to_nobody_before() {
    let (server, _mailbox) = served("off").await;
    let mut client = server.practice().await;
    let question = client.question();
    let token = client.token.clone();
    let list = format!("/v1/certifications/{CERTIFICATION}/bookmarks");
    let path = format!("{list}/{}", question.item_id);
    let put = || (Method::PUT, path.as_str());
    let note = json!({"note": "<b>why</b> not B?"});
    assert_eq!(status(&server, put(), &token, note.clone()).await, 404);
    client.answer(&question).await;
    assert_eq!(status(&server, put(), &token, note.clone()).await, 204);
    let page: BookmarkPage = server.rest.get(&list, &token).await.expect("marks");
    assert_eq!((page.bookmarks.len(), page.next), (1, None));
    let mark = &page.bookmarks[0];
    assert_eq!(mark.note, "<b>why</b> not B?");
    assert!(mark.question.is_some() && !mark.key.is_empty());
    let long = json!({"note": "n".repeat(2_001)});
    assert_eq!(status(&server, put(), &token, long).await, 422);
    let stranger = server.practice().await;
    let page: BookmarkPage = server
        .rest
        .get(&list, &stranger.token)
        .await
        .expect("marks");
    assert!(page.bookmarks.is_empty());
    let drop = || (Method::DELETE, path.as_str());
    assert_eq!(
        status(&server, drop(), &stranger.token, json!({})).await,
        404
    );
    assert_eq!(status(&server, drop(), &token, json!({})).await, 204);
    assert_eq!(status(&server, drop(), &token, json!({})).await, 404);
    server.stop().await;
}

#[actix_rt::test]
async fn what_learners_report_is_read_by_those_who_may_and_names_nobody() {
    let (server, _mailbox) = served("off").await;
    let mut client = server.practice().await;
    let question = client.question();
    let item = &question.item_id;
    let report = format!("/v1/certifications/{CERTIFICATION}/items/{item}/reports");
    let post = || (Method::POST, report.as_str());
    let early = json!({"reason": "wrong_key", "note": "of a question that was not answered"});
    assert_eq!(status(&server, post(), &client.token, early).await, 404);
    client.answer(&question).await;
    for note in ["first", "second"] {
        let body = json!({"reason": "wrong_key", "note": note});
        assert_eq!(status(&server, post(), &client.token, body).await, 202);
    }
    let bad = json!({"reason": "because", "note": ""});
    assert_eq!(status(&server, post(), &client.token, bad).await, 400);
    let nowhere = format!("/v1/certifications/{CERTIFICATION}/items/nowhere/reports");
    let body = json!({"reason": "typo", "note": ""});
    let to = (Method::POST, nowhere.as_str());
    assert_eq!(status(&server, to, &client.token, body).await, 404);
    let path = format!("/v1/certifications/{CERTIFICATION}/reports");
    let text = send(&server, (Method::GET, &path), Some(OWNER), &json!({})).await;
    let text = text.text().await.expect("a body");
    let learner = server.stored_session(&client.session).await.learner;
    assert!(!text.contains(&learner.to_string()), "{text}");
    let page: ItemReportPage = serde_json::from_str(&text).expect("reports");
    let notes: Vec<_> = page.reports.iter().map(|report| &report.note).collect();
    assert_eq!(notes, ["second"], "of one version a learner says one thing");
    server.stop().await;
}
