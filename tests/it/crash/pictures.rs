//! Sessions as their learners see them: once more answered, held against the replay of what is stored. Must not know what was
//! done to the servers.

use learnr_loadtest::ledger::{Ack, Sent};
use learnr_protocol::rest::SessionView;
use learnr_protocol::{
    AreaScore, Encoding, Progress, Question, ServerMessage, SessionStatus, State,
};

use super::crew::{Crew, Place};
use crate::harness::Client;

/// A live session as a new device was told it.
pub(crate) struct Picture {
    pub(crate) place: Place,
    pub(crate) state: State,
}

/// Answers once more over a socket of its own. The live state as a new device is told it, after the reply
/// was held against it; `None` when the session ended with that answer.
pub(crate) async fn one_more_answer(
    crew: &Crew,
    place: &Place,
    problems: &mut Vec<String>,
) -> Option<Picture> {
    let mut client = join(crew, place).await;
    let state = client.state.as_ref();
    if state.is_some_and(|state| state.status == SessionStatus::Completed) {
        // Its last answer was stored after its learner had gone, and ended it.
        return None;
    }
    let question = client.question();
    // What `Client::answer` sends first, written down before its first byte leaves.
    let line = crew.recorder.with(|books| {
        books.ledger.sent(Sent {
            session: place.session.clone(),
            request_id: format!("{}-1", question.position),
            position: question.position,
            options: vec![question.options[0].id.clone()],
            at_ms: 0,
        })
    });
    let answered = client.answer(&question).await;
    let ack = Ack {
        offset: answered.offset,
        correct: Some(answered.correct),
        at_ms: 0,
    };
    crew.recorder.with(|books| books.ledger.acked(line, ack));
    if answered.next.is_none() {
        // The end is stored with the answer, and told right after it.
        let end = client.next().await;
        assert!(matches!(end, ServerMessage::Completed(_)), "{end:?}");
        return None;
    }
    let state = client.again().await.state.expect("it joined from nothing");
    let told = (answered.offset, &answered.progress, served(&answered.next));
    let is = (state.offset, &state.progress, served(&state.question));
    let known = |score: &AreaScore| state.competency.contains(score);
    if told != is || !answered.competency.iter().all(known) {
        let moved = &answered.competency;
        let words = standing(&state.progress, &state.competency);
        problems.push(format!("told {told:?} {moved:?}, is {is:?} {words}"));
    }
    let place = place.clone();
    Some(Picture { place, state })
}

/// REST folds the stored events anew: it must come to what the live session came to.
pub(crate) async fn compare_with_replay(
    crew: &Crew,
    picture: &Picture,
    problems: &mut Vec<String>,
) {
    let view = view(crew, &picture.place).await;
    let live = &picture.state;
    let replayed = standing(&view.progress, &view.competency);
    let is = standing(&live.progress, &live.competency);
    if view.offset != live.offset || replayed != is {
        let session = &picture.place.session;
        problems.push(format!("{session}: live {is}, replayed {replayed}"));
    }
}

/// An ended session's stored summary was made from live state.
pub(crate) async fn compare_summary(crew: &Crew, place: &Place, problems: &mut Vec<String>) {
    let view = view(crew, place).await;
    let summary = crew.rest.summary(&place.token, &place.session).await;
    let summary = summary.expect("an ended session has a summary").summary;
    let progress = Progress {
        answered: summary.answered,
        correct: summary.correct,
        length: view.progress.length,
    };
    let scores: Vec<AreaScore> = summary.areas.into_iter().map(|area| area.after).collect();
    let is = standing(&progress, &scores);
    let replayed = standing(&view.progress, &view.competency);
    if is != replayed || view.session.status != SessionStatus::Completed {
        let session = &place.session;
        problems.push(format!("{session}: summed up as {is}, replayed {replayed}"));
    }
}

/// What tells one served question from another: its place, its item, its options in order.
fn served(question: &Option<Question>) -> Option<(u16, &str, Vec<&str>)> {
    let question = question.as_ref()?;
    let options = question.options.iter().map(|option| option.id.as_str());
    Some((question.position, &question.item_id, options.collect()))
}

/// Progress and competency in words short enough to read, and exact enough to compare.
fn standing(progress: &Progress, competency: &[AreaScore]) -> String {
    let scores: Vec<_> = competency
        .iter()
        .map(|score| (&score.area, score.score, score.low, score.high))
        .collect();
    format!("{progress:?} {scores:?}")
}

pub(crate) async fn join(crew: &Crew, place: &Place) -> Client {
    let rest = &crew.rest;
    let ticket = rest.ticket(&place.token, &place.session).await;
    let ticket = ticket.expect("the learner's own session is open");
    Client::join(rest, &place.token, &ticket, Encoding::MsgPack).await
}

async fn view(crew: &Crew, place: &Place) -> SessionView {
    let view = crew.rest.session_view(&place.token, &place.session).await;
    view.expect("the learner's own session can be seen")
}
