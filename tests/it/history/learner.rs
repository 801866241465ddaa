//! A learner looks back.

use learnr_protocol::history::{
    Activity, CompetencyHistory, HardestConcepts, SessionAnswers, SessionHistory,
};
use learnr_protocol::{Encoding, SessionKind, SessionStatus};

use super::{of, owned, play, practice, told};
use crate::harness::{Server, answer_with, demonstration, finish};
use crate::history::another;

#[actix_rt::test]
async fn a_session_is_in_every_figure_the_moment_it_has_ended() {
    let server = owned().await;
    let mut client = server.client(&practice(12), Encoding::MsgPack).await;
    let summary = play(&server, &mut client).await;
    let token = client.token.clone();

    let listed: SessionHistory = told(&server, &token, "/v1/sessions/history").await;
    let [session] = listed.sessions.as_slice() else {
        panic!("one session, got {listed:?}");
    };
    assert_eq!(session.session.id, client.session);
    assert_eq!(session.session.status, SessionStatus::Completed);
    let counts = (session.answered, session.correct, session.elapsed_ms);
    let expected = (summary.answered, summary.correct, summary.elapsed_ms);
    assert_eq!(
        counts,
        (Some(expected.0), Some(expected.1), Some(expected.2))
    );
    assert_eq!(session.ended_ms, Some(session.started_ms + 120_000));
    assert_eq!(listed.next, None);

    let activity: Activity = told(&server, &token, &of("activity")).await;
    let (mut answers, mut correct, mut sessions) = (0, 0, 0);
    for day in &activity.days {
        answers += day.answers;
        correct += day.correct;
        sessions += day.sessions;
    }
    let right = u32::from(summary.correct);
    assert_eq!((sessions, answers, correct), (1, 12, right), "{activity:?}");
    let by_area: u32 = activity.areas.iter().map(|area| area.answers).sum();
    let elapsed: i64 = activity.areas.iter().map(|area| area.elapsed_ms).sum();
    assert_eq!((by_area, elapsed), (12, 120_000));

    let path = format!("/v1/sessions/{}/answers", client.session);
    let answers: SessionAnswers = told(&server, &token, &path).await;
    let progress: CompetencyHistory = told(&server, &token, &of("progress")).await;
    let touched: Vec<_> = summary
        .areas
        .iter()
        .filter(|area| area.answered > 0)
        .collect();
    assert_eq!(progress.areas.len(), touched.len());
    for (area, result) in progress.areas.iter().zip(touched) {
        assert_eq!((&area.area, &area.title), (&result.area, &result.title));
        let [point] = area.points.as_slice() else {
            panic!("one day, got {area:?}");
        };
        let mut of_area = answers.answers.iter().rev();
        let last = of_area.find(|answer| answer.area == area.area);
        let last = last.expect("an answer in the area");
        assert_eq!(Some(point.theta), last.theta);
        assert_eq!(Some(point.standard_error), last.standard_error);
        assert!(point.low < point.score && point.score < point.high);
    }

    server.stop().await;
}

#[actix_rt::test]
async fn the_hardest_concepts_come_first_with_what_was_expected() {
    let server = owned().await;
    let mut client = server.client(&practice(20), Encoding::MsgPack).await;
    play(&server, &mut client).await;
    let token = &client.token;
    let path = of("hardest?answers_min=1&limit=100");
    let hardest: HardestConcepts = told(&server, token, &path).await;
    assert!(!hardest.concepts.is_empty());
    for concept in &hardest.concepts {
        assert_ne!(concept.title, concept.concept, "people see a title");
        assert!((0.0..=100.0).contains(&concept.expected), "{concept:?}");
        assert!(concept.correct <= concept.answers);
    }
    let ease = |of: usize| {
        let concept = &hardest.concepts[of];
        f64::from(concept.correct + 1) / f64::from(concept.answers + 2)
    };
    assert!((1..hardest.concepts.len()).all(|at| ease(at - 1) <= ease(at)));
    server.stop().await;
}

#[actix_rt::test]
async fn answers_come_with_their_key_and_open_questions_without() {
    let server = owned().await;
    let mut client = server.client(&practice(10), Encoding::Json).await;
    let first = client.question();
    let answered = client.answer(&first).await;
    let second = answered.next.clone().expect("another question");
    let path = format!("/v1/sessions/{}/answers", client.session);
    let told: SessionAnswers = told(&server, &client.token, &path).await;
    assert_eq!(told.session.status, SessionStatus::Open);
    let [one] = told.answers.as_slice() else {
        panic!("one answer, got {told:?}");
    };
    assert_eq!((one.position, &one.item_id), (1, &first.item_id));
    assert_eq!((&one.stem, &one.choice), (&first.stem, &answered.choice));
    assert_eq!(one.correct, Some(answered.correct));
    assert_eq!(one.correct_choice, answered.correct_choice);
    assert_eq!(one.explanations.len(), one.options.len());
    assert!(one.theta.is_some() && one.standard_error.is_some());
    let text = serde_json::to_string(&told).expect("it is JSON");
    assert!(!text.contains(&second.item_id), "{text}");
    server.stop().await;
}

#[actix_rt::test]
async fn an_exam_is_judged_when_it_is_submitted_and_the_last_answer_counts() {
    let server = owned().await;
    let mut create = demonstration(SessionKind::Exam);
    create.length = Some(5);
    let mut client = server.client(&create, Encoding::MsgPack).await;
    let question = client.question();
    let options: Vec<&str> = question
        .options
        .iter()
        .map(|option| option.id.as_str())
        .collect();
    for (id, option) in [("a", options[0]), ("b", options[1])] {
        client.say(&answer_with(id, 1, &[option])).await;
        client.recorded().await;
    }
    let path = format!("/v1/sessions/{}/answers", client.session);
    let before: SessionAnswers = told(&server, &client.token, &path).await;
    assert_eq!(before.answers.len(), 1, "the other four are not told of");
    let one = &before.answers[0];
    assert_eq!(one.choice, [options[1]]);
    assert_eq!((one.correct, one.correct_choice.len()), (None, 0));
    assert_eq!((one.explanations.len(), one.theta), (0, None));

    client.say(&finish("submit")).await;
    let summary = client.completed().await;
    let after: SessionAnswers = told(&server, &client.token, &path).await;
    assert_eq!(after.answers.len(), 1, "a key is told for an answer only");
    let one = &after.answers[0];
    assert_eq!(one.correct, Some(summary.correct == 1));
    assert!(!one.correct_choice.is_empty() && !one.explanations.is_empty());
    let listed: SessionHistory = told(&server, &client.token, "/v1/sessions/history").await;
    let exam = listed.sessions[0].exam.as_ref().expect("a result");
    assert_eq!((exam.questions, exam.correct), (5, summary.correct));
    let progress: CompetencyHistory = told(&server, &client.token, &of("progress")).await;
    let areas: Vec<_> = progress.areas.iter().map(|area| &area.area).collect();
    assert_eq!(areas, [&one.area], "ability moves at the end of an exam");
    server.stop().await;
}

#[actix_rt::test]
async fn pages_of_sessions_stay_what_they_are_while_sessions_are_added() {
    let server = owned().await;
    let mut client = server.client(&practice(5), Encoding::MsgPack).await;
    let token = client.token.clone();
    let mut ids = Vec::new();
    for _ in 0..5 {
        play(&server, &mut client).await;
        ids.insert(0, client.session.clone());
        client = another(&server, &token, &practice(5)).await;
    }
    let open = client.session.clone();
    ids.insert(0, open.clone());
    let (mut seen, mut path) = (Vec::new(), "/v1/sessions/history?limit=2".to_owned());
    loop {
        let page: SessionHistory = told(&server, &token, &path).await;
        assert!(page.sessions.len() <= 2);
        seen.extend(page.sessions.into_iter().map(|session| session.session.id));
        let Some(next) = page.next else { break };
        path = format!("/v1/sessions/history?limit=2&cursor={next}");
        play(&server, &mut client).await;
        client = another(&server, &token, &practice(5)).await;
    }
    assert_eq!(seen, ids);
    let filtered = format!(
        "/v1/sessions/history?status=open&certification={}",
        super::CERTIFICATION
    );
    let filtered: SessionHistory = told(&server, &token, &filtered).await;
    let open: Vec<_> = filtered
        .sessions
        .iter()
        .map(|one| &one.session.id)
        .collect();
    assert_eq!(open, [&client.session]);
    let none = "/v1/sessions/history?certification=another";
    let none: SessionHistory = told(&server, &token, none).await;
    assert!(none.sessions.is_empty());
    server.stop().await;
}

#[actix_rt::test]
async fn a_stranger_sees_nothing_of_another_learner() {
    let server: Server = owned().await;
    let mut client = server.client(&practice(5), Encoding::MsgPack).await;
    play(&server, &mut client).await;
    let stranger = server.rest.guest().await.expect("a guest").token;
    let path = format!("/v1/sessions/{}/answers", client.session);
    let request = server
        .rest
        .request(reqwest::Method::GET, &path, Some(&stranger));
    let reply = request.send().await.expect("a reply");
    assert_eq!(reply.status(), 404);
    let listed: SessionHistory = told(&server, &stranger, "/v1/sessions/history").await;
    assert!(listed.sessions.is_empty());
    let activity: Activity = told(&server, &stranger, &of("activity")).await;
    assert!(activity.days.is_empty() && activity.areas.is_empty());
    let progress: CompetencyHistory = told(&server, &stranger, &of("progress")).await;
    assert!(progress.areas.is_empty());
    let hardest: HardestConcepts = told(&server, &stranger, &of("hardest?answers_min=1")).await;
    assert!(hardest.concepts.is_empty());
    server.stop().await;
}
