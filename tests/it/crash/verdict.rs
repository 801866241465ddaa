//! What the kills did: live state against its replay, the same question after one more kill, the ledger
//! against the store. Must not start a round.

use std::collections::BTreeSet;

use learnr_loadtest::LedgerReport;

use super::campaign::{Aftermath, LEARNERS};
use super::pictures::{self, Picture};
use super::report::Report;
use super::store;

/// Everything held against everything.
pub(super) async fn of(mut after: Aftermath) -> Report {
    let findings = after.crew.take_findings();
    let (mut problems, mut ended) = (findings.problems, findings.ended);
    let mut pictures = Vec::new();
    for place in std::mem::take(&mut after.open) {
        match pictures::one_more_answer(&after.crew, &place, &mut problems).await {
            Some(picture) => pictures.push(picture),
            None => ended.push(place),
        }
    }
    for picture in &pictures {
        pictures::compare_with_replay(&after.crew, picture, &mut problems).await;
    }
    for place in &ended {
        pictures::compare_summary(&after.crew, place, &mut problems).await;
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
    let data = after.site.data();
    let answers = store::answers(|command| command.arg("--data").arg(&data));
    let disorder = store::disorder_in(&data, &answers).await;
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
        events: disorder.events,
        ledger,
        reconnects,
        resent,
        questions_compared: 0,
        replays_compared: 0,
        seconds: after.begun.elapsed().as_secs_f64(),
        problems: disorder.words,
    }
}

/// After one more kill a new server tells a new socket what the old one told the old socket.
async fn compare_with_successor(after: &Aftermath, picture: &Picture, problems: &mut Vec<String>) {
    let now = pictures::join(&after.crew, &picture.place).await.state;
    let before = Some(&picture.state);
    if now.as_ref() != before {
        let session = &picture.place.session;
        problems.push(format!(
            "{session}: before the kill {before:?}, after it {now:?}"
        ));
    }
}
