//! Where a page begins, as an opaque word of the client's.
//!
//! Owns its encoding and the sizes of pages. Must not know what is paged.

use actix_web::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use learnr_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::http::ApiError;

/// Longest cursor taken, in bytes: ids of items are the longest things in one.
const CURSOR_BYTES_MAX: usize = 400;

/// A place in one of the lists: the key of the last row told.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::http) enum Place {
    /// Sessions by their beginning.
    Session(i64, Uuid),
    /// Items by id.
    Item(String),
    /// Learners by their latest session.
    Learner(i64, Uuid),
    /// Accounts, by address.
    Person(Uuid),
    /// What is written down, by its number.
    Number(i64),
}

impl Place {
    /// The place as a word.
    pub(in crate::http) fn word(&self) -> String {
        let bytes = rmp_serde::to_vec(self).expect("plain values pack");
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of a word that a route gave before, if `wanted` takes it.
    pub(in crate::http) fn read<T>(
        word: Option<&str>,
        wanted: impl FnOnce(Self) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(word) = word else { return Ok(None) };
        let place = (word.len() <= CURSOR_BYTES_MAX)
            .then(|| URL_SAFE_NO_PAD.decode(word).ok())
            .flatten()
            .and_then(|bytes| rmp_serde::from_slice(&bytes).ok())
            .filter(Self::can_be);
        place.and_then(wanted).map(Some).ok_or_else(|| {
            bad("cursor: it is not the `next` of a page of this list: leave it out to begin anew")
        })
    }

    /// Whether a row can be there: no store has the character that ends texts in C.
    fn can_be(&self) -> bool {
        !matches!(self, Self::Item(id) if id.contains('\0'))
    }
}

/// How many rows a page has: `asked`, or `usual`; at most `most`.
pub(in crate::http) fn page_rows(
    asked: Option<u32>,
    usual: u32,
    most: u32,
) -> Result<u32, ApiError> {
    let rows = asked.unwrap_or(usual);
    match (1..=most).contains(&rows) {
        true => Ok(rows),
        false => Err(bad(format!("limit must be 1 to {most}, got {rows}"))),
    }
}

/// Cuts the row read beyond the page off; the place where the next one begins, when there is one.
pub(in crate::http) fn cut<T>(
    rows: &mut Vec<T>,
    limit: u32,
    place: impl FnOnce(&T) -> Place,
) -> Option<String> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|last| place(last).word())
}

/// A query that cannot be answered, and why.
pub(in crate::http) fn bad(message: impl Into<String>) -> ApiError {
    ApiError::refused(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nothing_else_does() {
        let places = [
            Place::Session(i64::MAX, Uuid::from_u128(7)),
            Place::Item("b".repeat(200)),
            Place::Learner(0, Uuid::nil()),
            Place::Person(Uuid::from_u128(9)),
            Place::Number(i64::MIN),
        ];
        for place in places {
            let word = place.word();
            let read = Place::read(Some(&word), Some).expect("its own word");
            assert_eq!(read, Some(place));
            assert!(
                Place::read(Some(&word), |_| None::<()>).is_err(),
                "another list's"
            );
        }
        let nul = Place::Item("a\0".to_owned()).word();
        for word in [
            nul.as_str(),
            "",
            "=",
            "AAAA",
            "not a cursor",
            &"A".repeat(2_000),
        ] {
            assert!(Place::read(Some(word), Some).is_err(), "{word}");
        }
        assert!(matches!(Place::read(None, Some), Ok(None)));
    }
}
