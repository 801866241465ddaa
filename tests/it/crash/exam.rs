//! An exam on a server that is killed: what was acknowledged is there, where it was left.

use learnr_loadtest::api::Rest;
use learnr_loadtest::chance::Chance;
use learnr_protocol::{Encoding, ExamGrid, SessionKind};

use super::server::Site;
use crate::harness::{Client, answer, answer_with, demonstration, finish, flag, go_to};

#[tokio::test]
async fn an_exam_is_as_it_was_left_after_kill_9() {
    let site = Site::new(&mut Chance::new(super::seed()));
    let server = site.start(&[]).await;
    let rest = Rest::new(site.base());
    let token = rest.guest().await.expect("a guest").token;
    let mut create = demonstration(SessionKind::Exam);
    create.length = Some(6);
    let ticket = rest.create_session(&token, &create).await.expect("an exam");
    let session = ticket.session_id.clone();
    let mut client = Client::join(&rest, &token, &ticket, Encoding::MsgPack).await;
    let first = client.question();
    client.say(&answer("a", &first)).await;
    client.recorded().await;
    client
        .say(&answer_with("b", 1, &[&first.options[1].id]))
        .await;
    client.recorded().await;
    client.say(&flag("f", 3)).await;
    client.changed().await;
    client.say(&go_to(1)).await;
    client.changed().await;
    server.kill();

    let server = site.start(&[]).await;
    let ticket = rest.ticket(&token, &session).await.expect("a ticket");
    let mut client = Client::join(&rest, &token, &ticket, Encoding::MsgPack).await;
    let question = client.question();
    assert_eq!(question.position, 1);
    assert_eq!(question.options, first.options);
    assert_eq!(question.choice, [first.options[1].id.clone()]);
    let grid = client.state.as_ref().and_then(|state| state.exam.clone());
    let left = ExamGrid {
        answered: vec![1],
        flagged: vec![3],
    };
    assert_eq!(grid, Some(left));
    client.say(&finish("f9")).await;
    let ended = loop {
        match client.next().await {
            learnr_protocol::ServerMessage::Completed(completed) => break completed.summary,
            // The time the takeover took is given back.
            learnr_protocol::ServerMessage::SessionChanged(_) => {}
            other => panic!("the end, got {other:?}"),
        }
    };
    assert_eq!(ended.answered, 1);
    server.stop().await;
}
