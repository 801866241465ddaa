//! Days and numbers that no calendar and no learner has.

use learnr_protocol::keeping::PreferencesView;
use reqwest::Method;
use serde_json::{Value, json};

use super::{CERTIFICATION, send, served};
use crate::harness::Server;

const PATH: &str = "/v1/learners/me/preferences";

fn preferring(field: &str, value: Value) -> Value {
    let mut body = json!({"goals": [], "daily_minutes": null, "time_multiplier": 1, "theme": "system", "reminders": false});
    body[field] = value;
    body
}

fn exam_on(day: Value) -> Value {
    preferring(
        "goals",
        json!([{"certification": CERTIFICATION, "exam_date": day, "target": null}]),
    )
}

async fn status(server: &Server, token: &str, body: &Value) -> u16 {
    let reply = send(server, (Method::PUT, PATH), Some(token), body).await;
    reply.status().as_u16()
}

#[actix_rt::test]
async fn the_day_of_an_exam_may_be_over_or_far_away_and_is_a_day_of_the_calendar() {
    let (server, _mailbox) = served("off").await;
    let guest = server.rest.guest().await.expect("a guest");
    let standing = format!("/v1/certifications/{CERTIFICATION}/standing");
    for day in ["1970-01-01", "2024-02-29", "2026-01-01", "9999-12-31"] {
        let taken = status(&server, &guest.token, &exam_on(json!(day))).await;
        assert_eq!(taken, 200, "{day}");
        let kept: PreferencesView = server.rest.get(PATH, &guest.token).await.expect("kept");
        assert_eq!(kept.goals[0].exam_date.as_deref(), Some(day));
        let stands: Value = server
            .rest
            .get(&standing, &guest.token)
            .await
            .expect("stands");
        assert!(stands["readiness"].is_object(), "{day}");
    }
    for day in [
        "",
        "today",
        "1969-12-31",
        "0000-00-00",
        "-001-01-01",
        "10000-01-01",
        "+9999-1-01",
        "2026-02-29",
        "2027-02-30",
        "2027-13-01",
        "2027-00-10",
        "2027-3-1",
        "2027/03/01",
        "2027-03-01T00:00:00Z",
        "2027-03-01\u{0}",
        "٢٠٢٧-٠٣-٠١",
    ] {
        let refused = status(&server, &guest.token, &exam_on(json!(day))).await;
        assert_eq!(refused, 400, "{day:?}");
    }
    for no_text in [json!(20_270_301), json!(true), json!([]), json!(1e300)] {
        let refused = status(&server, &guest.token, &exam_on(no_text.clone())).await;
        assert_eq!(refused, 400, "{no_text}");
    }
    let kept: PreferencesView = server.rest.get(PATH, &guest.token).await.expect("kept");
    assert_eq!(kept.goals[0].exam_date.as_deref(), Some("9999-12-31"));
    server.stop().await;
}

#[actix_rt::test]
async fn numbers_out_of_range_are_refused_and_nothing_is_changed() {
    let (server, _mailbox) = served("off").await;
    let guest = server.rest.guest().await.expect("a guest");
    for (field, value, refused) in [
        ("daily_minutes", json!(4), 422),
        ("daily_minutes", json!(481), 422),
        ("daily_minutes", json!(-30), 400),
        ("daily_minutes", json!(30.5), 400),
        ("daily_minutes", json!(1e9), 400),
        ("daily_minutes", json!("30"), 400),
        ("time_multiplier", json!(-1), 422),
        ("time_multiplier", json!(0.999), 422),
        ("time_multiplier", json!(1e300), 422),
        ("time_multiplier", json!("2"), 400),
        ("time_multiplier", json!(null), 400),
        ("theme", json!("neon"), 400),
        ("reminders", json!("yes"), 400),
    ] {
        let body = preferring(field, value);
        assert_eq!(
            status(&server, &guest.token, &body).await,
            refused,
            "{body}"
        );
    }
    let many = (0..101).map(|n| json!({"certification": format!("c{n}")}));
    let many = preferring("goals", many.collect());
    assert_eq!(status(&server, &guest.token, &many).await, 422);
    for (field, value) in [("target", json!(0.49)), ("target", json!(1.01))] {
        let mut goal = json!({"certification": CERTIFICATION});
        goal[field] = value;
        let body = preferring("goals", json!([goal]));
        assert_eq!(status(&server, &guest.token, &body).await, 422, "{body}");
    }
    let kept: PreferencesView = server.rest.get(PATH, &guest.token).await.expect("kept");
    assert_eq!((kept.goals.len(), kept.daily_minutes), (0, None));
    server.stop().await;
}

#[actix_rt::test]
async fn spans_from_the_first_to_the_last_day_there_is_are_refused_or_empty() {
    let (server, _mailbox) = served("off").await;
    let guest = server.rest.guest().await.expect("a guest");
    let activity = format!("/v1/certifications/{CERTIFICATION}/activity");
    for (query, expected) in [
        ("from=1970-01-01&to=1970-01-01", 200),
        ("from=9999-12-31&to=9999-12-31", 200),
        ("to=1970-01-01", 200),
        ("from=1970-01-01&to=9999-12-31", 400),
        ("from=9999-12-31", 400),
        ("from=2026-01-02&to=2026-01-01", 400),
        ("utc_offset_minutes=99999999999", 400),
        ("utc_offset_minutes=-2147483648", 400),
    ] {
        let path = format!("{activity}?{query}");
        let to = (Method::GET, path.as_str());
        let reply = send(&server, to, Some(&guest.token), &Value::Null).await;
        assert_eq!(reply.status(), expected, "{query}");
    }
    server.stop().await;
}
