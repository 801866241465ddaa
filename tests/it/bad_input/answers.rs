//! Answers that cannot count: refused in words, nothing stored, the question stays open.

use learnr_protocol::{
    Answer, ClientMessage, ErrorCode, Select, ServerMessage, SessionKind, SessionStatus,
};

use crate::harness::{Server, answer, answer_with, demonstration, finish, pause, resume};

#[actix_rt::test]
async fn an_answer_to_a_question_that_was_not_served_is_refused() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    for position in [0, 2, 3, u16::MAX] {
        client
            .say(&answer_with("early", position, &[&question.options[0].id]))
            .await;
        let refused = client.refused(ErrorCode::NotServed).await;
        assert_eq!(refused.request_id.as_deref(), Some("early"));
    }
    client.assert_intact(&question, 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn another_answer_to_an_answered_question_is_refused() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    let next = client
        .answer(&question)
        .await
        .next
        .expect("a next question");
    client
        .say(&answer_with(
            "second-thoughts",
            1,
            &[&question.options[1].id],
        ))
        .await;
    client.refused(ErrorCode::AlreadyAnswered).await;
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    client.assert_intact(&next, 1).await;
    server.stop().await;
}

#[actix_rt::test]
async fn an_answer_with_options_the_question_does_not_take_is_refused() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    assert_eq!(question.select, Select::One);
    let ids: Vec<&str> = question
        .options
        .iter()
        .map(|option| option.id.as_str())
        .collect();
    let all_and_one = [&ids[..], &ids[..1]].concat();
    let cases = [
        (vec!["nowhere"], ErrorCode::UnknownOption),
        (vec!["not an id!"], ErrorCode::UnknownOption),
        (vec![""], ErrorCode::UnknownOption),
        (vec![], ErrorCode::NoOption),
        (vec![ids[0], ids[1]], ErrorCode::TooManyOptions),
        (vec![ids[0], ids[0]], ErrorCode::TooManyOptions),
        (vec![ids[0], "nowhere"], ErrorCode::UnknownOption),
        (all_and_one, ErrorCode::TooManyOptions),
    ];
    for (options, code) in cases {
        client.say(&answer_with("wrong", 1, &options)).await;
        assert_eq!(
            client.refused(code).await.request_id.as_deref(),
            Some("wrong"),
            "{options:?}"
        );
    }
    assert_eq!(server.stored_events(&client.session).await.len(), 1);
    // A refused request was not carried out, so its id is still free.
    client.say(&answer("wrong", &question)).await;
    assert_eq!(client.answered().await.request_id, "wrong");
    server.stop().await;
}

#[actix_rt::test]
async fn a_confidence_that_is_no_percentage_is_refused() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    let sure = |confidence: u8| match answer("sure", &question) {
        ClientMessage::Answer(answer) => ClientMessage::Answer(Answer {
            confidence: Some(confidence),
            ..answer
        }),
        other => other,
    };
    for confidence in [101, u8::MAX] {
        client.say(&sure(confidence)).await;
        let refused = client.refused(ErrorCode::BadMessage).await;
        assert_eq!(refused.request_id.as_deref(), Some("sure"));
        assert!(refused.message.contains(&confidence.to_string()));
    }
    client.say(&sure(100)).await;
    assert_eq!(client.answered().await.request_id, "sure");
    server.stop().await;
}

#[actix_rt::test]
async fn a_paused_session_takes_no_answer_until_it_is_resumed() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.say(&resume("r0")).await;
    client.refused(ErrorCode::NotPaused).await;
    client.say(&pause("p1")).await;
    let ServerMessage::SessionChanged(changed) = client.next().await else {
        panic!("a pause is told");
    };
    assert_eq!(changed.status, SessionStatus::Paused);
    client.say(&answer("a1", &question)).await;
    client.refused(ErrorCode::Paused).await;
    client.say(&pause("p2")).await;
    client.refused(ErrorCode::Paused).await;
    client.say(&resume("r1")).await;
    assert!(matches!(
        client.next().await,
        ServerMessage::SessionChanged(_)
    ));
    client.assert_intact(&question, 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn an_ended_session_takes_nothing_more() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.say(&finish("f")).await;
    let ServerMessage::Completed(completed) = client.next().await else {
        panic!("finish ends the session");
    };
    for message in [
        answer("a", &question),
        pause("p"),
        resume("r"),
        finish("another"),
    ] {
        client.say(&message).await;
        client.refused(ErrorCode::Ended).await;
    }
    client.say(&finish("f")).await;
    assert_eq!(
        client.next().await,
        ServerMessage::Completed(completed),
        "the same request again"
    );
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn what_only_an_exam_has_is_refused_elsewhere() {
    use learnr_protocol::ClientMessage::{Flag, GoTo, Unflag};

    let server = Server::start().await;
    let create = demonstration(SessionKind::Practice);
    let mut client = server
        .client(&create, learnr_protocol::Encoding::Json)
        .await;
    let request_id = "f".to_owned();
    let flag = Flag {
        request_id: request_id.clone(),
        position: 1,
    };
    let unflag = Unflag {
        request_id,
        position: 1,
    };
    for message in [flag, unflag, GoTo { position: 1 }] {
        client.say(&message).await;
        client.refused(ErrorCode::NotSupported).await;
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}
