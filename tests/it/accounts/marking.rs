//! Questions that are marked or complained of: those alone that were answered and judged, as they were then.

use learnr_protocol::keeping::{Bookmark, BookmarkPage, ItemReportPage};
use learnr_protocol::{Encoding, SessionKind};
use reqwest::Method;
use serde_json::{Value, json};

use super::stored_text::certification;
use super::{OWNER, send, served};
use crate::harness::{Client, Server, answer, demonstration, finish};

/// A certification of six questions.
const HOSTILE: &str = "hostile";

/// Status of marking a question, and of complaining of it.
async fn tools(server: &Server, client: &Client, item: &str) -> [u16; 2] {
    let mark = format!("/v1/certifications/{HOSTILE}/bookmarks/{item}");
    let report = format!("/v1/certifications/{HOSTILE}/items/{item}/reports");
    let (note, reason) = (json!({"note": ""}), json!({"reason": "typo", "note": ""}));
    let token = Some(client.token.as_str());
    let marked = send(server, (Method::PUT, &mark), token, &note).await;
    let reported = send(server, (Method::POST, &report), token, &reason).await;
    [marked.status().as_u16(), reported.status().as_u16()]
}

async fn marks(server: &Server, client: &Client) -> Vec<Bookmark> {
    let path = format!("/v1/certifications/{HOSTILE}/bookmarks");
    let page = server.rest.get::<BookmarkPage>(&path, &client.token).await;
    page.expect("marks").bookmarks
}

/// A session of a kind, of a guest or of somebody who was there before.
async fn begun(server: &Server, kind: SessionKind, token: Option<&str>) -> Client {
    let mut create = demonstration(kind);
    create.certification = HOSTILE.to_owned();
    create.length = Some(if kind == SessionKind::Exam { 6 } else { 5 });
    let token = match token {
        Some(token) => token.to_owned(),
        None => server.rest.guest().await.expect("a guest").token,
    };
    let ticket = server
        .rest
        .create_session(&token, &create)
        .await
        .expect("a ticket");
    Client::join(&server.rest, &token, &ticket, Encoding::MsgPack).await
}

#[actix_rt::test]
async fn an_exam_tells_nothing_by_a_mark_before_it_is_submitted_nor_of_what_was_left_after() {
    let (server, _mailbox) = served("off").await;
    server.import(&certification("Plain")).await;
    let mut client = begun(&server, SessionKind::Exam, None).await;
    let answered = client.question();
    client.say(&answer("a", &answered)).await;
    let left = client.recorded().await.next.expect("the second question");
    for question in [&answered, &left] {
        let status = tools(&server, &client, &question.item_id).await;
        assert_eq!(status, [404, 404], "{}", question.position);
    }
    client.say(&finish("submit")).await;
    client.completed().await;
    for (question, expected) in [(&answered, [204, 202]), (&left, [404, 404])] {
        let status = tools(&server, &client, &question.item_id).await;
        assert_eq!(status, expected, "{}", question.position);
    }
    let marks = marks(&server, &client).await;
    assert_eq!(marks.len(), 1);
    assert_eq!((&marks[0].item, marks[0].key.len()), (&answered.item_id, 1));
    server.stop().await;
}

/// The certification with every key moved on by one option.
fn rekeyed(text: &str) -> Value {
    let mut moved = certification(text);
    for item in moved["items"].as_array_mut().expect("items") {
        let options = item["options"].as_array_mut().expect("options");
        let right: Vec<Value> = options.iter().map(|one| one["correct"].clone()).collect();
        for (option, was) in options.iter_mut().zip(right.iter().cycle().skip(2)) {
            option["correct"] = was.clone();
        }
    }
    moved
}

/// Text of the question that is marked, and of the option told as right.
fn told(mark: &Bookmark) -> [String; 2] {
    let question = mark.question.clone().expect("a question");
    let mut options = question.options.into_iter();
    let right = options.find(|option| mark.key.contains(&option.id));
    [question.stem, right.expect("a key").text]
}

#[actix_rt::test]
async fn a_mark_shows_the_question_and_the_key_of_the_version_that_was_answered() {
    let (server, _mailbox) = served("off").await;
    server.import(&certification("First")).await;
    let mut first = begun(&server, SessionKind::Practice, None).await;
    let item = first.question().item_id;
    let question = first.question();
    first.answer(&question).await;
    assert_eq!(tools(&server, &first, &item).await, [204, 202]);
    first.say(&finish("enough")).await;
    first.completed().await;
    assert_eq!(tools(&server, &first, &item).await, [204, 202]);
    let number: usize = item
        .rsplit('-')
        .next()
        .expect("a number")
        .parse()
        .expect("digits");
    let as_first = [format!("{number} First"), format!("{} First", number % 3)];
    assert_eq!(told(&marks(&server, &first).await[0]), as_first);
    server.import(&rekeyed("Second")).await;
    assert_eq!(told(&marks(&server, &first).await[0]), as_first);
    let mut exam = begun(&server, SessionKind::Exam, Some(&first.token)).await;
    let mut next = Some(exam.question());
    while let Some(question) = next {
        exam.say(&answer(&format!("a{}", question.position), &question))
            .await;
        next = exam.recorded().await.next;
    }
    // Answered in the second version, and not judged: what may be told is still of the first.
    assert_eq!(tools(&server, &exam, &item).await, [204, 202]);
    assert_eq!(told(&marks(&server, &exam).await[0]), as_first);
    exam.say(&finish("submit")).await;
    exam.completed().await;
    assert_eq!(tools(&server, &exam, &item).await, [204, 202]);
    let as_second = [
        format!("{number} Second"),
        format!("{} Second", (number + 1) % 3),
    ];
    assert_eq!(told(&marks(&server, &exam).await[0]), as_second);
    let path = format!("/v1/certifications/{HOSTILE}/reports");
    let page = server.rest.get::<ItemReportPage>(&path, OWNER).await;
    let page = page.expect("reports");
    assert_eq!(page.reports.len(), 2, "one of each version");
    assert_ne!(page.reports[0].version, page.reports[1].version);
    server.stop().await;
}
