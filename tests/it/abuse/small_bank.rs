//! A bank that runs out: a heavy user on a few questions goes on, or is told why not.

use learnr_protocol::{Encoding, EndReason, ErrorCode, ServerMessage, SessionKind};
use serde_json::{Value, json};

use super::secrets::Secrets;
use crate::harness::{Client, Server, demonstration};

/// Questions of the bank.
const ITEMS: u16 = 6;

/// A certification of `count` questions in two areas.
fn small_bank(count: usize) -> Value {
    let areas = ["left", "right"];
    let item = |n: usize| {
        let option = |m: usize| {
            json!({
                "text": format!("Option {m} of {n}"), "correct": m == n % 3,
                "explanation": format!("Why option {m} of question {n} is what it is"),
            })
        };
        json!({
            "id": format!("small-{n}"), "area": areas[n % 2], "difficulty": "medium",
            "stem": format!("Question {n}?"), "options": (0..3).map(option).collect::<Vec<_>>(),
        })
    };
    json!({
        "certification": {
            "id": "small", "title": "Small", "pass_mark": 0.65, "exam": {"items": 6, "minutes": 6},
            "areas": areas.map(|id| json!({"id": id, "title": id, "weight": 1.0})),
        },
        "items": (0..count).map(item).collect::<Vec<_>>(),
    })
}

#[actix_rt::test]
async fn a_small_bank_goes_on_serving_a_heavy_user_or_says_why_not() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let bank = small_bank(usize::from(ITEMS));
    let secrets = Secrets::of(&bank);
    server.import(&bank).await;
    let guest = server.rest.guest().await.expect("a guest");
    let kinds = [
        SessionKind::Practice,
        SessionKind::Diagnostic,
        SessionKind::Focused,
        SessionKind::Review,
    ];
    for (round, kind) in kinds.into_iter().cycle().take(16).enumerate() {
        let mut create = demonstration(kind);
        create.certification = "small".to_owned();
        create.length = Some(if round % 2 == 0 { 5 } else { 200 });
        if kind == SessionKind::Focused {
            create.areas = vec!["left".to_owned()];
        }
        let ticket = match server.rest.create_session(&guest.token, &create).await {
            Ok(ticket) => ticket,
            Err(refused) => {
                assert_eq!(refused.code(), Some(ErrorCode::NoItems), "{refused}");
                assert!(kind == SessionKind::Review, "{kind:?} {refused}");
                continue;
            }
        };
        let mut client = Client::join(&server.rest, &guest.token, &ticket, Encoding::Json).await;
        let mut open = Some(client.question());
        let mut answered: Vec<String> = Vec::new();
        while let Some(question) = open {
            let so_far: Vec<&str> = answered.iter().map(String::as_str).collect();
            secrets.assert_kept(&client.wire, &so_far);
            assert!(!answered.contains(&question.item_id), "twice in a session");
            answered.push(question.item_id.clone());
            open = client.answer(&question).await.next;
        }
        let ServerMessage::Completed(completed) = client.next().await else {
            panic!("the last answer is followed by the end");
        };
        let expected = [EndReason::Length, EndReason::NoItems, EndReason::Precise];
        assert!(
            expected.contains(&completed.summary.reason),
            "{completed:?}"
        );
        assert!((1..=ITEMS).contains(&completed.summary.answered));
    }
    server.stop().await;
}
