//! What learners look back on: their sessions, their answers, how they have come along.
//!
//! Owns these routes. They tell a learner of nobody but themselves, and read what was acknowledged before they were
//! asked; what a key may be told for is the same as in `session::review`.

mod answers;
mod competency;
pub(super) mod days;
pub(super) mod place;
mod sessions;

use learnr_protocol::CertificationRef;

use self::days::DaysQuery;
use super::{ApiError, HttpContext};
use crate::session::{VersionedBank, catch_up};
use crate::store::{DaySpan, LearnerId};

pub(super) use answers::{__path_answers, answers, is_judged, latest};
pub(super) use competency::{
    __path_activity, __path_hardest, __path_progress, activity, hardest, progress,
};
pub(super) use sessions::{__path_list, list};

/// Counts a look at a learner's own history, and brings its roll-ups up to date; the certification's current version.
async fn current(
    context: &HttpContext,
    learner: LearnerId,
    certification: &str,
) -> Result<VersionedBank, ApiError> {
    let shared = context.sessions();
    let looks = &context.lookups;
    looks
        .take(&*shared.shared, learner, shared.clock.now_ms())
        .await?;
    let versioned = shared.banks.current(certification).await?;
    catch_up(shared, learner, certification).await?;
    Ok(versioned)
}

/// The span a query asks about, with its days as they are told.
fn asked(context: &HttpContext, query: &DaysQuery) -> Result<(DaySpan, [String; 2]), ApiError> {
    let span = query.span(context.sessions().clock.now_ms())?;
    Ok((span, [days::name(span.first), days::name(span.last)]))
}

/// A certification as it is told.
pub(super) fn certification(versioned: &VersionedBank) -> CertificationRef {
    let certification = versioned.bank.certification();
    CertificationRef {
        id: certification.id.to_string(),
        title: certification.title.clone(),
    }
}
