//! What the faults did: live state against its replay, the ledger against the store, how long it took. Must not break anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr_loadtest::LedgerReport;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::campaign::Aftermath;
use super::report::{Report, Spans};
use super::schedule::Kind;
use super::times::{silences, takeovers};
use super::world::{Blow, locked};
use crate::crash::crew::{Crew, Place};
use crate::crash::pictures;
use crate::crash::store;

/// Sessions looked at once.
const AT_ONCE: usize = 8;
/// Ended sessions whose summary is compared, at most: the last that ended.
const ENDED_MAX: usize = 300;

/// Everything held against everything.
pub(super) async fn of(mut after: Aftermath) -> Report {
    let mut findings = after.crew.take_findings();
    after.problems.append(&mut findings.problems);
    let newest = findings.ended.len().saturating_sub(ENDED_MAX);
    let ended = findings.ended.split_off(newest);
    let open = std::mem::take(&mut after.open);
    let places = open.into_iter().map(|place| (place, true));
    let places = places.chain(ended.into_iter().map(|place| (place, false)));
    let (replays, mut problems) = compare_all(&after.crew, places.collect()).await;
    after.problems.append(&mut problems);
    let mut report = settle(after).await;
    report.questions_compared = findings.compared;
    report.replays_compared = replays;
    report
}

/// The ledger against the store and nothing else: what learners of a mutant see may make no sense.
pub(super) async fn of_ledger(after: Aftermath) -> Report {
    settle(after).await
}

/// Every session, some at once: how many, and what is wrong.
async fn compare_all(crew: &Arc<Crew>, places: Vec<(Place, bool)>) -> (usize, Vec<String>) {
    let count = places.len();
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut comparing = JoinSet::new();
    for (place, is_open) in places {
        let (crew, at_once) = (Arc::clone(crew), Arc::clone(&at_once));
        comparing.spawn(async move {
            let _place_of_its_own = at_once.acquire().await;
            let mut problems = Vec::new();
            let picture = match is_open {
                true => pictures::one_more_answer(&crew, &place, &mut problems).await,
                false => None,
            };
            match picture {
                Some(picture) => {
                    pictures::compare_with_replay(&crew, &picture, &mut problems).await;
                }
                None => pictures::compare_summary(&crew, &place, &mut problems).await,
            }
            problems
        });
    }
    let mut problems = Vec::new();
    while let Some(compared) = comparing.join_next().await {
        match compared {
            Ok(found) => problems.extend(found),
            Err(error) => problems.push(format!("a session could not be compared: {error}")),
        }
    }
    (count, problems)
}

/// Stops the fleet in order and counts.
async fn settle(mut after: Aftermath) -> Report {
    for instance in &after.world.instances {
        let mut instance = instance.lock().await;
        if instance.is_running() {
            let ended = instance.drain().await;
            if !ended.is_some_and(|status| status.success()) {
                let name = &instance.name;
                let words = format!("{name} does not end in order: {ended:?}");
                after.problems.push(words);
            }
        }
    }
    let url = &after.world.database_url;
    let answers = store::answers(|command| command.env("DATABASE_URL", url));
    let opened = PostgresStore::open(PostgresOptions::at(url)).await;
    let stored = opened.expect("the store opens");
    let disorder = store::disorder(&stored, &answers).await;
    stored.close().await;
    let sessions: BTreeSet<&str> = answers.iter().map(|row| row.session.as_str()).collect();
    let recorder = &after.crew.recorder;
    let ledger: LedgerReport = recorder.take_ledger().check(answers.iter().cloned());
    let (reconnects, resent) = recorder.meter(|meter| (meter.reconnects.clone(), meter.resent));
    let spans = spans(&after);
    after.problems.extend(disorder.words);
    after.problems.extend(ledger.examples.iter().cloned());
    let campaign = &after.campaign;
    Report {
        seed: campaign.seed,
        faults: after.faults,
        learners: campaign.learners,
        acked: ledger.acked,
        missing: ledger.missing,
        doubled: ledger.doubled,
        unsent: ledger.unsent,
        seq_gaps: ledger.gaps.max(disorder.gaps),
        epoch_regressions: ledger.epoch_regressions.max(disorder.epoch_regressions),
        spans,
        mismatched: ledger.mismatched,
        instances: campaign.instances,
        sessions: sessions.len(),
        events: disorder.events,
        sent: ledger.sent,
        stored: ledger.stored,
        reconnects,
        resent,
        questions_compared: 0,
        replays_compared: 0,
        seconds: after.begun.elapsed().as_secs_f64(),
        problems: after.problems,
    }
}

fn spans(after: &Aftermath) -> Spans {
    let blows = locked(&after.world.blows);
    let outages = after
        .crew
        .recorder
        .with(|books| std::mem::take(&mut books.outages));
    let (alone, amid): (Vec<&Blow>, Vec<&Blow>) = blows.iter().partition(|blow| blow.alone);
    let deaths = [Kind::InstanceKill, Kind::InstanceVanish];
    let (drain, leaving) = (Kind::InstanceDrain, Some("4001"));
    Spans {
        takeover: takeovers(&alone, &outages, &deaths),
        proven_death: takeovers(&alone, &outages, &deaths[..1]),
        drain: silences(&alone, &outages, drain, None),
        takeover_amid: takeovers(&amid, &outages, &deaths),
        drain_amid: silences(&amid, &outages, drain, leaving),
        storm: silences(&amid, &outages, Kind::Storm, None),
    }
}
