//! When somebody is reminded, and how that ends by one link.
//!
//! Owns the evening and the route that mail programs call (RFC 8058). Who is reminded of what is `worker`'s.

use actix_web::{HttpResponse, web};
use learnr_protocol::keeping::Preferences;
use serde::Deserialize;

use super::preferences::{row, stored};
use crate::auth::unsubscribes;
use crate::http::{ApiError, HttpContext};
use crate::mail::EVENING_MS;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The next evening where the learner's clock is; `None` for who wants no reminders. A clock that is not known is taken for UTC.
pub(super) fn next_evening(preferred: &Preferences, now_ms: i64) -> Option<i64> {
    let ahead_ms = i64::from(preferred.utc_offset_minutes.unwrap_or(0)) * 60_000;
    let local = now_ms + ahead_ms;
    let today = local.div_euclid(DAY_MS) * DAY_MS + EVENING_MS;
    let next = if today > local { today } else { today + DAY_MS };
    preferred.reminders.then_some(next - ahead_ms)
}

/// The query of [`stop`].
#[derive(Deserialize)]
pub(in crate::http) struct Stop {
    token: String,
}

/// Ends somebody's reminders, for the token in one of them. Done again it is 204 as well. The body is not looked at: mail programs send
/// `List-Unsubscribe=One-Click`.
#[utoipa::path(
    post, path = "/v1/reminders/stop", tag = "learners",
    params(("token" = String, Query, description = "what the link in the mail carries")),
    responses(
        (status = 204, description = "there are no more"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "this is no link of ours"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn stop(
    context: web::Data<HttpContext>,
    query: web::Query<Stop>,
) -> Result<HttpResponse, ApiError> {
    let learner = unsubscribes(&context.secret, &query.token);
    let learner = learner.ok_or_else(|| ApiError::not_found("reminder"))?;
    let shared = context.sessions();
    if let Some(found) = shared.store.preferences(learner).await? {
        let mut preferred = stored(&found.body)?;
        preferred.reminders = false;
        let row = row(&preferred, shared.clock.now_ms())?;
        shared.store.save_preferences(learner, row).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use learnr_protocol::keeping::Theme;

    use super::*;

    #[test]
    fn the_next_evening_is_the_learners_own() {
        let hour = 3_600_000;
        let next = |reminders, utc_offset_minutes, now_ms| {
            let preferred = Preferences {
                goals: Vec::new(),
                daily_minutes: None,
                time_multiplier: 1.0,
                theme: Theme::System,
                reminders,
                utc_offset_minutes,
            };
            next_evening(&preferred, now_ms)
        };
        assert_eq!(next(false, None, 0), None);
        assert_eq!(next(true, None, 0), Some(18 * hour));
        assert_eq!(next(true, None, 18 * hour), Some(42 * hour));
        // Two hours ahead the evening comes two hours earlier, and an hour behind an hour later.
        assert_eq!(next(true, Some(120), 15 * hour), Some(16 * hour));
        assert_eq!(next(true, Some(120), 16 * hour), Some(40 * hour));
        assert_eq!(next(true, Some(-60), 18 * hour), Some(19 * hour));
    }
}
