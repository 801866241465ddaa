//! What a client can get wrong in an exam, and about one.

use learnr_loadtest::api::ApiError;
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{ErrorCode, SessionKind};
use serde_json::json;

use super::{exam, seated};
use crate::harness::{
    Server, answer, answer_with, demonstration, flag, go_to, pause, resume, unflag,
};

#[actix_rt::test]
async fn positions_options_and_requests_that_do_not_fit_are_refused_and_leave_no_trace() {
    let server = Server::start().await;
    let mut client = seated(&server, 5).await;
    let question = client.question();
    let (one, two) = (&question.options[0].id, &question.options[1].id);
    for position in [0, 6, u16::MAX] {
        for message in [
            flag("f", position),
            unflag("u", position),
            go_to(position),
            answer_with("a", position, &[one]),
        ] {
            client.say(&message).await;
            let refused = client.refused(ErrorCode::NotServed).await;
            assert!(refused.message.contains(&position.to_string()));
        }
    }
    let nobody: [&str; 0] = [];
    for (options, code) in [
        (&["nowhere"][..], ErrorCode::UnknownOption),
        (&nobody[..], ErrorCode::NoOption),
        (&[one.as_str(), one][..], ErrorCode::TooManyOptions),
    ] {
        client.say(&answer_with("a", 1, options)).await;
        client.refused(code).await;
    }
    client.say(&pause("p")).await;
    client.refused(ErrorCode::NotSupported).await;
    client.say(&resume("r")).await;
    client.refused(ErrorCode::NotPaused).await;
    assert_eq!(server.stored_events(&client.session).await.len(), 1);
    client.say(&answer("a", &question)).await;
    let recorded = client.recorded().await;
    // The same request again, even with another option, is the same request.
    client.say(&answer_with("a", 1, &[two])).await;
    assert_eq!(client.recorded().await, recorded);
    for reused in [answer_with("a", 2, &[one]), flag("a", 1)] {
        client.say(&reused).await;
        client.refused(ErrorCode::RequestIdReused).await;
    }
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn settings_that_make_no_exam_are_refused_with_what_would() {
    let server = Server::start().await;
    let token = server.rest.guest().await.expect("a guest").token;
    let refused =
        async |create: CreateSession| match server.rest.create_session(&token, &create).await {
            Err(ApiError::Refused {
                status: 422,
                code,
                message,
                ..
            }) => (code, message),
            other => panic!("it is refused, got {other:?}"),
        };
    for length in [0, 501, u16::MAX] {
        let (code, message) = refused(exam(length)).await;
        assert_eq!(code, Some(ErrorCode::BadRequest));
        assert!(message.contains("1 to 500"), "{message}");
    }
    let (code, message) = refused(exam(199)).await;
    assert_eq!(code, Some(ErrorCode::NoItems));
    assert!(
        message.contains("199") && message.contains("198"),
        "{message}"
    );
    // Each area has 33 questions, and the blueprint wants a fifth of 180 from two of them.
    let (code, message) = refused(exam(180)).await;
    assert_eq!(code, Some(ErrorCode::NoItems));
    assert!(
        message.contains("36") && message.contains("33"),
        "{message}"
    );
    let mut areas = demonstration(SessionKind::Exam);
    areas.areas = vec!["strategy-analysis".to_owned()];
    assert_eq!(refused(areas).await.0, Some(ErrorCode::BadRequest));
    let mut timed = demonstration(SessionKind::Exam);
    timed.time_limit_minutes = Some(0);
    assert_eq!(refused(timed).await.0, Some(ErrorCode::BadRequest));
    server.stop().await;
}

#[actix_rt::test]
async fn an_exam_follows_the_shortest_and_the_longest_certification() {
    let server = Server::start().await;
    let option = |ix: usize| json!({"id": format!("o{ix}"), "text": format!("Option {ix}"), "correct": ix == 0});
    let item = |n: usize| {
        json!({"id": format!("q{n}"), "area": "a", "stem": format!("Question {n}?"),
            "options": (0..3).map(option).collect::<Vec<_>>(), "select": "one", "difficulty": "medium"})
    };
    for (id, items, minutes) in [("short", 1, 1), ("long", 500, 1_440)] {
        server
            .import(&json!({
                "certification": {"id": id, "title": id, "pass_mark": 0.5,
                    "exam": {"items": items, "minutes": minutes},
                    "areas": [{"id": "a", "title": "A", "weight": 1.0}]},
                "items": (0..items).map(item).collect::<Vec<_>>(),
            }))
            .await;
        let create = CreateSession {
            certification: id.to_owned(),
            ..demonstration(SessionKind::Exam)
        };
        let client = server
            .client(&create, learnr_protocol::Encoding::MsgPack)
            .await;
        let settings = &client.welcome.session.settings;
        assert_eq!(usize::from(settings.length), items);
        assert_eq!(settings.time_limit_ms, Some(minutes * 60_000));
        assert_eq!(client.question().position, 1);
    }
    server.stop().await;
}
