//! Events as rows: typed columns for what history and calibration read, the rest a packed payload.

use std::sync::Arc;

use learnr_domain::learner::AreaScore;
use learnr_domain::session::{
    Answered, AreaPrior, Completed, EndReason, Event, Fact, Reason, Recorded, Served, Started,
};
use learnr_domain::{
    AreaIx, Bank, ItemIx, Likelihood, Millis, OptionOrder, OptionSet, Position, RequestId,
};
use serde::{Deserialize, Serialize};

use super::seen::{SeenV1, seen_of, seen_v1};
use super::session::{SettingsV1, settings_of, settings_v1, without_accommodation};
use super::{Codes, RecordError, damaged, pack, unpack};
use crate::store::{EventRow, Fence};

/// Version of the payloads written. A release reads its own and the one before.
pub const EVENT_VERSION: u16 = 1;

/// Set beside the version of a session's first event that a deleted account's learner was taken out of. Releases of
/// before it take the whole for a version they do not know, and leave the session alone.
const STRIPPED: u16 = 0x4000;

const WHAT: &str = "event payload";

#[derive(Serialize, Deserialize)]
struct ServedV1 {
    position: u16,
    item: u32,
    #[serde(with = "serde_bytes_list")]
    order: Vec<u8>,
    reason: u8,
    at: i64,
    evidence: bool,
}

/// Small integers as one byte string instead of a list.
mod serde_bytes_list {
    use serde::de::Visitor;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

#[derive(Serialize, Deserialize)]
struct StartedV1 {
    engine: u16,
    bank_version: String,
    settings: SettingsV1,
    rho: f64,
    q: f64,
    prior: Vec<(u8, u32, Vec<f64>)>,
    seen: Vec<SeenV1>,
    seed: u64,
    first: ServedV1,
    /// What exposure control kept out. Not in sessions begun before it, which are written as read; there where a form
    /// follows, since each is found by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ineligible: Option<Vec<u32>>,
    /// Left out where it is empty, so that sessions of other kinds are written as they always were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    form: Vec<ServedV1>,
}

#[derive(Serialize, Deserialize)]
struct AnsweredV1 {
    item: u32,
    chosen: u8,
    confidence: Option<u8>,
    area: u8,
    scores: Vec<(u8, f64, f64, f64)>,
    next: Option<ServedV1>,
}

#[derive(Serialize, Deserialize)]
struct RecordedV1 {
    item: u32,
    chosen: u8,
    confidence: Option<u8>,
    area: u8,
    next: Option<ServedV1>,
}

#[derive(Serialize, Deserialize)]
struct CompletedV1 {
    reason: u8,
    answered: u16,
    correct: u16,
    elapsed_ms: i64,
}

/// An event as a row written under `fence`.
#[must_use]
pub fn event_to_row(event: &Event, bank: &Bank, fence: Fence) -> EventRow {
    let mut row = EventRow {
        seq: event.seq,
        fence,
        kind: kind_of(&event.fact).to_owned(),
        event_version: EVENT_VERSION,
        participant: 0,
        at_ms: event.at.0,
        request_id: event.request_id.as_ref().map(ToString::to_string),
        position: None,
        item: None,
        choice: None,
        correct: None,
        elapsed_ms: None,
        area: None,
        theta: None,
        standard_error: None,
        payload: Vec::new(),
    };
    match &event.fact {
        Fact::Started(started) => row.payload = pack(&started_v1(started)),
        Fact::Answered(answered) => fill_answered(&mut row, answered, bank),
        Fact::Recorded(recorded) => fill_recorded(&mut row, recorded, bank),
        Fact::Flagged { position, .. } => row.position = Some(position.0),
        Fact::Moved(to) => {
            row.position = Some(to.position.0);
            row.payload = pack(&served_v1(to));
        }
        Fact::Paused | Fact::Resumed => {}
        Fact::TimeCredited { by_ms } => row.payload = pack(by_ms),
        Fact::Completed(completed) => {
            row.payload = pack(&CompletedV1 {
                reason: END_REASONS.code(completed.reason),
                answered: completed.answered,
                correct: completed.correct,
                elapsed_ms: completed.elapsed_ms,
            });
        }
    }
    row
}

/// The ids of the options named, as the typed column has them.
fn choice(bank: &Bank, item: ItemIx, chosen: OptionSet) -> String {
    let options = &bank.item(item).options;
    let chosen: Vec<&str> = chosen
        .iter()
        .filter_map(|option| options.get(option.at()))
        .map(|option| option.id.as_str())
        .collect();
    chosen.join(" ")
}

fn fill_recorded(row: &mut EventRow, recorded: &Recorded, bank: &Bank) {
    row.position = Some(recorded.position.0);
    row.item = Some(bank.item(recorded.item).id.to_string());
    row.choice = Some(choice(bank, recorded.item, recorded.chosen));
    row.correct = Some(recorded.correct);
    row.elapsed_ms = Some(recorded.elapsed_ms);
    row.area = Some(bank.area(recorded.area).id.to_string());
    row.payload = pack(&RecordedV1 {
        item: recorded.item.0,
        chosen: recorded.chosen.0,
        confidence: recorded.confidence,
        area: recorded.area.0,
        next: recorded.next.as_ref().map(served_v1),
    });
}

fn fill_answered(row: &mut EventRow, answered: &Answered, bank: &Bank) {
    row.position = Some(answered.position.0);
    row.item = Some(bank.item(answered.item).id.to_string());
    row.choice = Some(choice(bank, answered.item, answered.chosen));
    row.correct = Some(answered.correct);
    row.elapsed_ms = Some(answered.elapsed_ms);
    row.area = Some(bank.area(answered.area).id.to_string());
    row.theta = Some(answered.theta);
    row.standard_error = Some(answered.standard_error);
    row.payload = pack(&AnsweredV1 {
        item: answered.item.0,
        chosen: answered.chosen.0,
        confidence: answered.confidence,
        area: answered.area.0,
        scores: answered
            .scores
            .iter()
            .map(|score| (score.area.0, score.score, score.low, score.high))
            .collect(),
        next: answered.next.as_ref().map(served_v1),
    });
}

/// The event a row holds.
///
/// # Errors
/// [`RecordError`] when the row is damaged or from a release this one does not read, and [`RecordError::Stripped`] for
/// the first event of a session whose learner's account was deleted: there is nothing to replay from.
pub fn event_from_row(row: &EventRow) -> Result<Event, RecordError> {
    if row.event_version & STRIPPED != 0 {
        return Err(RecordError::Stripped);
    }
    event_for_statistics(row)
}

/// The event a row holds, that of a deleted account too: for who counts answers and never replays. Nothing was known
/// of the learner then, says such a first event.
///
/// # Errors
/// [`RecordError`] when the row is damaged or from a release this one does not read.
pub fn event_for_statistics(row: &EventRow) -> Result<Event, RecordError> {
    if row.event_version & !STRIPPED != EVENT_VERSION {
        return Err(RecordError::Version {
            what: WHAT,
            found: row.event_version,
        });
    }
    let fact = match row.kind.as_str() {
        "started" => Fact::Started(Box::new(started(unpack(WHAT, &row.payload)?)?)),
        "answered" => Fact::Answered(Box::new(answered(row)?)),
        "recorded" => Fact::Recorded(Box::new(recorded(row)?)),
        "flagged" | "unflagged" => Fact::Flagged {
            position: position(row)?,
            flagged: row.kind == "flagged",
        },
        "moved" => Fact::Moved(Box::new(served(&unpack(WHAT, &row.payload)?)?)),
        "paused" => Fact::Paused,
        "resumed" => Fact::Resumed,
        "time_credited" => Fact::TimeCredited {
            by_ms: unpack(WHAT, &row.payload)?,
        },
        "completed" => {
            let stored: CompletedV1 = unpack(WHAT, &row.payload)?;
            Fact::Completed(Completed {
                reason: END_REASONS.value(stored.reason)?,
                answered: stored.answered,
                correct: stored.correct,
                elapsed_ms: stored.elapsed_ms,
            })
        }
        other => return Err(damaged(WHAT, format!("event kind {other:?} is not known"))),
    };
    let request_id = row.request_id.as_deref().map(RequestId::new).transpose();
    Ok(Event {
        seq: row.seq,
        at: Millis(row.at_ms),
        request_id: request_id.map_err(|error| damaged("request id", error))?,
        fact,
    })
}

fn kind_of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Started(_) => "started",
        Fact::Answered(_) => "answered",
        Fact::Recorded(_) => "recorded",
        Fact::Flagged { flagged: true, .. } => "flagged",
        Fact::Flagged { flagged: false, .. } => "unflagged",
        Fact::Moved(_) => "moved",
        Fact::Paused => "paused",
        Fact::Resumed => "resumed",
        Fact::TimeCredited { .. } => "time_credited",
        Fact::Completed(_) => "completed",
    }
}

fn served_v1(served: &Served) -> ServedV1 {
    ServedV1 {
        position: served.position.0,
        item: served.item.0,
        order: served.order.iter().map(|option| option.0).collect(),
        reason: REASONS.code(served.reason),
        at: served.at.0,
        evidence: served.evidence,
    }
}

fn served(stored: &ServedV1) -> Result<Served, RecordError> {
    Ok(Served {
        position: Position(stored.position),
        item: ItemIx(stored.item),
        order: OptionOrder::from_indices(&stored.order)
            .ok_or_else(|| damaged(WHAT, "the option order is not a permutation"))?,
        reason: REASONS.value(stored.reason)?,
        at: Millis(stored.at),
        evidence: stored.evidence,
    })
}

fn started_v1(started: &Started) -> StartedV1 {
    StartedV1 {
        engine: started.engine_version,
        bank_version: started.bank_version.to_string(),
        settings: settings_v1(&started.settings),
        rho: started.rho,
        q: started.q,
        prior: started
            .prior
            .iter()
            .map(|prior| (prior.area.0, prior.answers, prior.likelihood.to_vec()))
            .collect(),
        seen: started.seen.iter().map(seen_v1).collect(),
        seed: started.seed,
        first: served_v1(&started.first),
        ineligible: (!started.ineligible.is_empty() || !started.form.is_empty())
            .then(|| started.ineligible.iter().map(|item| item.0).collect()),
        form: started.form.iter().map(served_v1).collect(),
    }
}

fn started(stored: StartedV1) -> Result<Started, RecordError> {
    let prior = stored
        .prior
        .into_iter()
        .map(|(area, answers, likelihood)| {
            Ok(AreaPrior {
                area: AreaIx(area),
                likelihood: likelihood_of(likelihood)?,
                answers,
            })
        })
        .collect::<Result<_, RecordError>>()?;
    Ok(Started {
        engine_version: stored.engine,
        bank_version: Arc::from(stored.bank_version),
        settings: settings_of(stored.settings)?,
        rho: stored.rho,
        q: stored.q,
        prior,
        seen: stored.seen.into_iter().map(seen_of).collect(),
        ineligible: stored
            .ineligible
            .unwrap_or_default()
            .into_iter()
            .map(ItemIx)
            .collect(),
        seed: stored.seed,
        first: served(&stored.first)?,
        form: stored.form.iter().map(served).collect::<Result<_, _>>()?,
    })
}

/// A likelihood from its stored values.
pub(super) fn likelihood_of(values: Vec<f64>) -> Result<Box<Likelihood>, RecordError> {
    let found = values.len();
    values.into_boxed_slice().try_into().map_err(|_| {
        damaged(
            "likelihood",
            format!("{found} values are not one for each node"),
        )
    })
}

/// Takes the learner out of a session's first event: what earlier sessions said of them, what they had seen, more time
/// granted to them alone, and the seed. What is not read is dropped whole.
pub(super) fn strip_started(row: &mut EventRow) {
    let known = row.event_version == EVENT_VERSION && row.kind == "started";
    let started = known.then(|| unpack::<StartedV1>(WHAT, &row.payload));
    row.payload = match started {
        Some(Ok(mut started)) => {
            started.prior.clear();
            started.seen.clear();
            started.seed = 0;
            started.settings = without_accommodation(started.settings);
            pack(&started)
        }
        // Done before.
        None if row.event_version & STRIPPED != 0 => std::mem::take(&mut row.payload),
        Some(Err(_)) | None => Vec::new(),
    };
    row.event_version |= STRIPPED;
}

fn missing(column: &str) -> RecordError {
    damaged(WHAT, format!("the event has no {column}"))
}

fn position(row: &EventRow) -> Result<Position, RecordError> {
    row.position
        .map(Position)
        .ok_or_else(|| missing("position"))
}

fn recorded(row: &EventRow) -> Result<Recorded, RecordError> {
    let stored: RecordedV1 = unpack(WHAT, &row.payload)?;
    Ok(Recorded {
        position: position(row)?,
        item: ItemIx(stored.item),
        chosen: OptionSet(stored.chosen),
        correct: row.correct.ok_or_else(|| missing("correct"))?,
        elapsed_ms: row.elapsed_ms.ok_or_else(|| missing("elapsed_ms"))?,
        confidence: stored.confidence,
        area: AreaIx(stored.area),
        next: stored.next.as_ref().map(served).transpose()?,
    })
}

fn answered(row: &EventRow) -> Result<Answered, RecordError> {
    let stored: AnsweredV1 = unpack(WHAT, &row.payload)?;
    Ok(Answered {
        position: position(row)?,
        item: ItemIx(stored.item),
        chosen: OptionSet(stored.chosen),
        correct: row.correct.ok_or_else(|| missing("correct"))?,
        elapsed_ms: row.elapsed_ms.ok_or_else(|| missing("elapsed_ms"))?,
        confidence: stored.confidence,
        area: AreaIx(stored.area),
        theta: row.theta.ok_or_else(|| missing("theta"))?,
        standard_error: row
            .standard_error
            .ok_or_else(|| missing("standard_error"))?,
        scores: stored
            .scores
            .into_iter()
            .map(|(area, score, low, high)| AreaScore {
                area: AreaIx(area),
                score,
                low,
                high,
            })
            .collect(),
        next: stored.next.as_ref().map(served).transpose()?,
    })
}

pub(super) const END_REASONS: Codes<EndReason> = Codes(&[
    EndReason::Length,
    EndReason::Finished,
    EndReason::Precise,
    EndReason::Time,
    EndReason::NoItems,
]);

const REASONS: Codes<Reason> = Codes(&[
    Reason::New,
    Reason::Balance,
    Reason::Information,
    Reason::Probe,
    Reason::TargetDifficulty,
    Reason::WeakestArea,
    Reason::DueForReview,
    Reason::Missed,
    Reason::LeastRecentlySeen,
    Reason::Trial,
]);
