//! What the kills did: live state against its replay, the same question after one more kill, the ledger
//! against the store. Must not start a round.

use std::collections::BTreeSet;

use learnr_loadtest::LedgerReport;
use learnr_loadtest::ledger::{Ack, Sent};
use learnr_protocol::rest::SessionView;
use learnr_protocol::{
    AreaScore, Encoding, Progress, Question, ServerMessage, SessionStatus, State,
};

use super::campaign::{Aftermath, LEARNERS};
use super::crew::Place;
use super::report::Report;
use super::store;
use crate::harness::Client;

/// A live session as a new device was told it.
struct Picture {
    place: Place,
    state: State,
}

/// Everything held against everything.
pub(super) async fn of(mut after: Aftermath) -> Report {
    let findings = after.crew.take_findings();
    let (mut problems, mut ended) = (findings.problems, findings.ended);
    let mut pictures = Vec::new();
    for place in std::mem::take(&mut after.open) {
        match one_more_answer(&after, &place, &mut problems).await {
            Some(state) => pictures.push(Picture { place, state }),
            None => ended.push(place),
        }
    }
    for picture in &pictures {
        compare_with_replay(&after, picture, &mut problems).await;
    }
    for place in &ended {
        compare_summary(&after, place, &mut problems).await;
    }
    after.server.kill();
    after.server = after.site.start(&[]).await;
    for picture in &pictures {
        compare_with_successor(&after, picture, &mut problems).await;
    }
    let mut report = settle(after).await;
    report.kills += 1;
    report.questions_compared = findings.compared + pictures.len() as u64;
    report.replays_compared = (pictures.len() + ended.len()) as u64;
    report.problems.extend(problems);
    report
}

/// The ledger against the store and nothing else: what learners of a mutant see may make no sense.
pub(super) async fn of_ledger(after: Aftermath) -> Report {
    settle(after).await
}

/// Stops the server in order and counts.
async fn settle(after: Aftermath) -> Report {
    after.server.stop().await;
    let answers = store::answers(&after.site.data());
    let (events, problems) = store::events(&after.site.data(), &answers).await;
    let sessions: BTreeSet<&str> = answers.iter().map(|row| row.session.as_str()).collect();
    let ledger: LedgerReport = after
        .crew
        .recorder
        .take_ledger()
        .check(answers.iter().cloned());
    let (reconnects, resent) = after
        .crew
        .recorder
        .meter(|meter| (meter.reconnects.values().sum(), meter.resent));
    Report {
        seed: after.campaign.seed,
        rounds: after.campaign.rounds,
        kills: after.campaign.rounds,
        learners: LEARNERS,
        sessions: sessions.len(),
        events,
        ledger,
        reconnects,
        resent,
        questions_compared: 0,
        replays_compared: 0,
        seconds: after.begun.elapsed().as_secs_f64(),
        problems,
    }
}

/// Answers once more over a socket of its own. The live state as a new device is told it, after the reply
/// was held against it; `None` when the session ended with that answer.
async fn one_more_answer(
    after: &Aftermath,
    place: &Place,
    problems: &mut Vec<String>,
) -> Option<State> {
    let mut client = join(after, place).await;
    let question = client.question();
    // What `Client::answer` sends first, written down before its first byte leaves.
    let line = after.crew.recorder.with(|books| {
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
    after
        .crew
        .recorder
        .with(|books| books.ledger.acked(line, ack));
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
    Some(state)
}

/// REST folds the stored events anew: it must come to what the live session came to.
async fn compare_with_replay(after: &Aftermath, picture: &Picture, problems: &mut Vec<String>) {
    let view = view(after, &picture.place).await;
    let live = &picture.state;
    let replayed = standing(&view.progress, &view.competency);
    let is = standing(&live.progress, &live.competency);
    if view.offset != live.offset || replayed != is {
        let session = &picture.place.session;
        problems.push(format!("{session}: live {is}, replayed {replayed}"));
    }
}

/// An ended session's stored summary was made from live state.
async fn compare_summary(after: &Aftermath, place: &Place, problems: &mut Vec<String>) {
    let view = view(after, place).await;
    let summary = after.crew.rest.summary(&place.token, &place.session).await;
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

/// After one more kill a new server tells a new socket what the old one told the old socket.
async fn compare_with_successor(after: &Aftermath, picture: &Picture, problems: &mut Vec<String>) {
    let now = join(after, &picture.place).await.state;
    let before = Some(&picture.state);
    if now.as_ref() != before {
        let session = &picture.place.session;
        problems.push(format!(
            "{session}: before the kill {before:?}, after it {now:?}"
        ));
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

async fn join(after: &Aftermath, place: &Place) -> Client {
    let rest = &after.crew.rest;
    let ticket = rest.ticket(&place.token, &place.session).await;
    let ticket = ticket.expect("the learner's own session is open");
    Client::join(rest, &place.token, &ticket, Encoding::MsgPack).await
}

async fn view(after: &Aftermath, place: &Place) -> SessionView {
    let view = after
        .crew
        .rest
        .session_view(&place.token, &place.session)
        .await;
    view.expect("the learner's own session can be seen")
}
