//! What learners keep: what they prefer, which questions they want to find again, what they say is wrong with one.
//!
//! Owns these routes. A key is told of a question that was answered and judged, and of no other.

mod answered;
mod bookmarks;
mod preferences;
mod reminders;
mod reports;

pub(super) use bookmarks::{__path_bookmarks, __path_mark, __path_unmark, bookmarks, mark, unmark};
pub(super) use preferences::{
    __path_prefer, __path_preferences, prefer, preferences, time_multiplier,
};
pub(super) use reminders::{__path_reminding, __path_stop, reminding, stop};
pub(super) use reports::{__path_report, __path_reports, reason, report, reports};

use actix_web::http::StatusCode;
use learnr_protocol::ErrorCode;

use super::ApiError;
use crate::store::NOTE_CHARS_MAX;

/// A note that somebody writes; text as it is, which pages show as text.
fn note(text: String) -> Result<String, ApiError> {
    let chars = text.chars().count();
    if chars > NOTE_CHARS_MAX {
        return Err(invalid(format!(
            "note: at most {NOTE_CHARS_MAX} characters, got {chars}"
        )));
    }
    // PostgreSQL stores no such character.
    if text.contains('\0') {
        return Err(invalid("note: it has a character that cannot be stored"));
    }
    Ok(text)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::BadRequest,
        message,
    )
}
