//! The one shape of every REST error.

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use learnr_domain::Refusal;
use learnr_protocol::ErrorCode;
use learnr_protocol::rest::{ErrorBody, ErrorEnvelope};
use uuid::Uuid;

use crate::session::{BankError, LearnerError};
use crate::store::StoreError;
use crate::store::record::RecordError;

/// When to try again while the store does not answer, in seconds.
const UNAVAILABLE_RETRY_S: u64 = 1;

/// An error on its way to the client. What it says of a fault of ours is its code alone; the cause is
/// logged where the error is made, under the same request id.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    retry_after_s: Option<u64>,
    /// The methods that would have been taken, for 405.
    allow: Option<String>,
    request_id: Uuid,
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.status, self.message)
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// The caller's mistake, said to them.
    pub fn refused(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after_s: None,
            allow: None,
            request_id: Uuid::new_v4(),
        }
    }

    /// Something that passes by itself.
    pub fn later(status: StatusCode, code: ErrorCode, message: &str, retry_after_s: u64) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::refused(status, code, message)
        }
    }

    /// A fault of ours.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        let error = Self::refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "something went wrong here: try again, and report the request id if it stays",
        );
        tracing::error!(request_id = %error.request_id, cause = %cause, "request failed");
        error
    }

    /// Nothing by that id, or nothing of the caller's: which of the two is nobody else's business.
    pub fn not_found(what: &str) -> Self {
        Self::refused(
            StatusCode::NOT_FOUND,
            ErrorCode::NotFound,
            format!("there is no such {what}, or it is not yours"),
        )
    }

    /// No token, or one that is not taken.
    pub fn unauthorized(message: &str) -> Self {
        Self::refused(StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized, message)
    }

    /// A token of ours for a learner who is not there, or no longer.
    pub fn no_account() -> Self {
        Self::unauthorized(
            "the account of this token was deleted: POST /v1/guests gives another token",
        )
    }

    /// The path is there, and takes other methods: `taken`, separated by commas.
    pub fn method_not_allowed(method: &str, taken: &str) -> Self {
        let method: String = method.chars().take(20).collect();
        Self {
            allow: Some(taken.to_owned()),
            ..Self::refused(
                StatusCode::METHOD_NOT_ALLOWED,
                ErrorCode::MethodNotAllowed,
                format!("this path does not take {method}: it takes {taken}"),
            )
        }
    }

    /// The path is not in the route table.
    pub fn no_route(method: &str, path: &str) -> Self {
        let path: String = path.chars().take(100).collect();
        Self::refused(
            StatusCode::NOT_FOUND,
            ErrorCode::NotFound,
            format!("there is no {method} {path}: /v1/openapi.json lists what there is"),
        )
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status);
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(taken) = &self.allow {
            response.insert_header((header::ALLOW, taken.as_str()));
        }
        response.insert_header((super::headers::REQUEST_ID, self.request_id.to_string()));
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(ErrorEnvelope {
            error: ErrorBody {
                code: self.code,
                message: self.message.clone(),
                retryable: self.retry_after_s.is_some(),
                details: None,
                request_id: self.request_id.to_string(),
            },
        })
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Closed => {
                let api = Self::later(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ErrorCode::Unavailable,
                    "the store does not answer at the moment: try again",
                    UNAVAILABLE_RETRY_S,
                );
                tracing::warn!(request_id = %api.request_id, %error, "store unavailable");
                api
            }
            other => Self::internal(&other),
        }
    }
}

impl From<BankError> for ApiError {
    fn from(error: BankError) -> Self {
        match error {
            BankError::NotFound { .. } => Self::not_found("certification"),
            BankError::Store(error) => error.into(),
            damaged @ BankError::Damaged { .. } => Self::internal(&damaged),
        }
    }
}

impl From<RecordError> for ApiError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Stripped => Self::refused(
                StatusCode::GONE,
                ErrorCode::NotFound,
                "the account this session belonged to was deleted",
            ),
            damaged => Self::internal(&damaged),
        }
    }
}

impl From<LearnerError> for ApiError {
    fn from(error: LearnerError) -> Self {
        match error {
            LearnerError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NoItems { .. } | Refusal::TooFewItems { .. } => ErrorCode::NoItems,
            _ => ErrorCode::BadRequest,
        };
        Self::refused(StatusCode::UNPROCESSABLE_ENTITY, code, refusal.to_string())
    }
}

/// A body that is not the JSON the route takes.
pub(super) fn bad_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let (status, code) = match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge)
        }
        JsonPayloadError::ContentType => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest)
        }
        _ => (StatusCode::BAD_REQUEST, ErrorCode::BadRequest),
    };
    ApiError::refused(status, code, format!("body: {error}")).into()
}

/// A path whose parameter is not what the route takes.
pub(super) fn bad_path(error: PathError, _: &HttpRequest) -> actix_web::Error {
    ApiError::refused(
        StatusCode::NOT_FOUND,
        ErrorCode::NotFound,
        format!("path: {error}"),
    )
    .into()
}

/// A query that is not what the route takes.
pub(super) fn bad_query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    ApiError::refused(
        StatusCode::BAD_REQUEST,
        ErrorCode::BadRequest,
        format!("query: {error}"),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_whose_account_was_deleted_meanwhile_is_gone_and_no_fault_of_ours() {
        let gone = ApiError::from(RecordError::Stripped);
        assert_eq!(gone.status_code(), StatusCode::GONE);
        assert_eq!(gone.code, ErrorCode::NotFound);
    }
}
