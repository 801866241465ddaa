//! What a learner prefers.
//!
//! Owns what may be preferred, and that nobody grants themselves time where they are measured.

use actix_web::{HttpResponse, web};
use learnr_domain::session::Kind;
use learnr_protocol::keeping::{Goal, Preferences, PreferencesView};

use super::bookmarks::looked;
use super::invalid;
use crate::http::caller::Caller;
use crate::http::history::days;
use crate::http::{ApiError, HttpContext};
use crate::preferences::{is_zone_name, of_body, of_row, row, usual};
use crate::store::StartingPoint;

/// Goals at most.
const GOALS_MAX: usize = 100;
/// Longest id of a certification, in bytes.
const ID_BYTES_MAX: usize = 200;

/// Shows what the caller prefers, and what was granted to them; what nobody set is as usual.
#[utoipa::path(
    get, path = "/v1/learners/me/preferences", tag = "learners", security(("bearer" = [])),
    responses(
        (status = 200, body = PreferencesView),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn preferences(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
) -> Result<HttpResponse, ApiError> {
    let store = &context.sessions().store;
    let preferred = match store.preferences(learner).await? {
        Some(row) => of_row(&row).map_err(|error| ApiError::internal(&error))?,
        None => usual(),
    };
    let of_learner = store.learner(learner).await?;
    let of_learner = of_learner.ok_or_else(ApiError::no_account)?;
    Ok(HttpResponse::Ok().json(told(preferred, of_learner.time_multiplier)))
}

/// What somebody prefers with what was granted to them, apart: a page writes back what it was told, and a grant must not outlive its end
/// as a wish.
fn told(preferred: Preferences, granted_time_multiplier: f64) -> PreferencesView {
    let Preferences {
        goals,
        daily_minutes,
        time_multiplier,
        theme,
        reminders,
        time_zone,
    } = preferred;
    PreferencesView {
        goals,
        daily_minutes,
        time_multiplier,
        granted_time_multiplier,
        theme,
        reminders,
        time_zone,
    }
}

/// Stores what the caller prefers, whole.
#[utoipa::path(
    put, path = "/v1/learners/me/preferences", tag = "learners", request_body = Preferences,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Preferences),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "out of range"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn prefer(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    body: web::Json<Preferences>,
) -> Result<HttpResponse, ApiError> {
    let preferred = body.into_inner();
    check(&preferred)?;
    looked(&context, learner).await?;
    let shared = context.sessions();
    let row = row(&preferred, shared.clock.now_ms());
    let row = row.map_err(|error| ApiError::internal(&error))?;
    match shared.store.save_preferences(learner, row).await? {
        true => Ok(HttpResponse::Ok().json(preferred)),
        false => Err(ApiError::no_account()),
    }
}

/// What the time limit of a session of this kind is multiplied by. Where the learner is measured it is what an operator granted: a limit
/// that everybody sets for themselves says nothing of who keeps it. Where they practise, what they prefer if that is more.
/// Preferences that cannot be read keep nobody from practising.
pub(in crate::http) fn time_multiplier(point: &StartingPoint, kind: Kind) -> f64 {
    let granted = point.time_multiplier;
    let Some(body) = point.preferences.as_ref().filter(|_| !kind.measures()) else {
        return granted;
    };
    match of_body(body) {
        Ok(preferred) => preferred.time_multiplier.max(granted),
        Err(error) => {
            tracing::warn!(%error, "a session starts without what its learner prefers");
            granted
        }
    }
}

fn check(preferred: &Preferences) -> Result<(), ApiError> {
    if preferred.goals.len() > GOALS_MAX {
        return Err(invalid(format!("goals: at most {GOALS_MAX}")));
    }
    if !(1.0..=4.0).contains(&preferred.time_multiplier) {
        return Err(invalid("time_multiplier must be 1 to 4"));
    }
    let zone = preferred.time_zone.as_deref();
    if zone.is_some_and(|name| !is_zone_name(name)) {
        return Err(invalid("time_zone must be a name such as Europe/Berlin"));
    }
    let minutes = preferred.daily_minutes;
    if minutes.is_some_and(|minutes| !(5..=480).contains(&minutes)) {
        return Err(invalid("daily_minutes must be 5 to 480"));
    }
    for (at, goal) in preferred.goals.iter().enumerate() {
        goal_fits(goal)?;
        let before = &preferred.goals[..at];
        if before
            .iter()
            .any(|other| other.certification == goal.certification)
        {
            return Err(invalid("goals: one for each certification"));
        }
    }
    Ok(())
}

fn goal_fits(goal: &Goal) -> Result<(), ApiError> {
    let id = &goal.certification;
    if id.is_empty() || id.len() > ID_BYTES_MAX || id.chars().any(char::is_control) {
        return Err(invalid("goals: certification is no id"));
    }
    if goal
        .target
        .is_some_and(|target| !(0.5..=1.0).contains(&target))
    {
        return Err(invalid("goals: target must be 0.5 to 1"));
    }
    if let Some(date) = &goal.exam_date {
        days::day_of("goals: exam_date", date)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(certification: &str) -> Goal {
        Goal {
            certification: certification.to_owned(),
            exam_date: Some("2027-02-28".to_owned()),
            target: Some(0.8),
        }
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let with = |change: fn(&mut Preferences)| {
            let mut preferred = usual();
            preferred.goals = vec![goal("a"), goal("b")];
            change(&mut preferred);
            check(&preferred).is_ok()
        };
        assert!(with(|_| {}));
        assert!(with(|p| p.daily_minutes = Some(480)));
        assert!(!with(|p| p.daily_minutes = Some(4)));
        assert!(with(|p| p.time_zone = Some("Asia/Kathmandu".to_owned())));
        assert!(!with(|p| p.time_zone = Some("nowhere; ever".to_owned())));
        assert!(!with(|p| p.time_multiplier = 0.9));
        assert!(!with(|p| p.time_multiplier = f64::NAN));
        assert!(!with(|p| p.goals[1].certification = "a".to_owned()));
        assert!(!with(|p| p.goals[0].certification.clear()));
        assert!(!with(|p| p.goals[0].target = Some(0.4)));
        assert!(!with(
            |p| p.goals[0].exam_date = Some("2027-02-30".to_owned())
        ));
        assert!(!with(|p| p.goals = vec![goal("a"); 101]));
    }
}
