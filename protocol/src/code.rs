//! Error codes, shared by the socket and REST, and close codes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Why something was refused or failed. A client branches on this and shows `message`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message's `type` is not one this version knows.
    UnknownType,
    /// The frame decodes, but is not a message of its type's shape.
    BadMessage,
    /// The command does not apply to this kind of session.
    NotSupported,
    /// The position has not been served.
    NotServed,
    /// Another answer for the position is stored already.
    AlreadyAnswered,
    /// An option id is not one of the question's.
    UnknownOption,
    /// The answer names no option.
    NoOption,
    /// The answer names more options than the question takes.
    TooManyOptions,
    /// The session is paused.
    Paused,
    /// The session is not paused.
    NotPaused,
    /// The session has ended.
    Ended,
    /// A fault of the server's stopped the session for good. What was acknowledged is stored.
    Faulted,
    /// The time for it has run out.
    TooLate,
    /// The `request_id` was used for something else.
    RequestIdReused,
    /// More messages than the limits allow; try again after `retry_after_ms`.
    RateLimited,
    /// Too much of this session is waiting; try again after `retry_after_ms`.
    Busy,
    /// The store takes nothing at the moment; try again after `retry_after_ms`.
    Unavailable,
    /// There is nothing to ask: no question in this certification fits.
    NoItems,
    /// There is nothing by that id, or it is not yours.
    NotFound,
    /// No token, or one that is not valid.
    Unauthorized,
    /// This is not for whoever asks: another role is needed, or a page is not ours.
    Forbidden,
    /// The password that was asked for once more is wrong. Whoever asks stays signed in.
    WrongPassword,
    /// The request's origin is not on the allow-list.
    OriginNotAllowed,
    /// The request cannot be read as what the route takes.
    BadRequest,
    /// The route does not take this method.
    MethodNotAllowed,
    /// The body is larger than the route takes.
    PayloadTooLarge,
    /// No subprotocol in common.
    UnsupportedSubprotocol,
    /// A fault of the server's; the log says more under the `request_id`.
    Internal,
}

/// Why the server closed the socket. Clients reconnect on 1011-1013 and 4000-4499, and on nothing above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// 1000: the client closed.
    Normal,
    /// 1002: bytes that are no WebSocket frames, or frames out of order.
    Violation,
    /// 1007: a text message that is not UTF-8.
    NotUtf8,
    /// 1009: a frame or message over the limit.
    TooBig,
    /// 1011: this session cannot go on here.
    Faulted,
    /// 1013: the store takes nothing at the moment.
    Unavailable,
    /// 4001: the instance is draining.
    Draining,
    /// 4002: another instance owns the session.
    Moved,
    /// 4008: the client does not read fast enough.
    TooSlow,
    /// 4010: the client's history does not fit; start from the whole state.
    Resync,
    /// 4012: nothing was heard from the client within the heartbeat's grace.
    NoPong,
    /// 4029: the client went on after `rate_limited`.
    LimitsIgnored,
    /// 4030: the ticket has expired or was used.
    TicketSpent,
    /// 4500: the ticket is forged, or for another session.
    BadTicket,
    /// 4501: a message that is not in the encoding agreed.
    BadFrame,
    /// 4502: no `hello` in time.
    NoHello,
    /// 4503: the session was removed.
    Removed,
    /// 4504: too many sockets on the session; the oldest goes.
    Superseded,
    /// 4505: the session has ended.
    SessionEnded,
}

impl CloseCode {
    /// Every code, for documentation and tests.
    pub const ALL: [Self; 19] = [
        Self::Normal,
        Self::Violation,
        Self::NotUtf8,
        Self::TooBig,
        Self::Faulted,
        Self::Unavailable,
        Self::Draining,
        Self::Moved,
        Self::TooSlow,
        Self::Resync,
        Self::NoPong,
        Self::LimitsIgnored,
        Self::TicketSpent,
        Self::BadTicket,
        Self::BadFrame,
        Self::NoHello,
        Self::Removed,
        Self::Superseded,
        Self::SessionEnded,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::Violation => 1002,
            Self::NotUtf8 => 1007,
            Self::TooBig => 1009,
            Self::Faulted => 1011,
            Self::Unavailable => 1013,
            Self::Draining => 4001,
            Self::Moved => 4002,
            Self::TooSlow => 4008,
            Self::Resync => 4010,
            Self::NoPong => 4012,
            Self::LimitsIgnored => 4029,
            Self::TicketSpent => 4030,
            Self::BadTicket => 4500,
            Self::BadFrame => 4501,
            Self::NoHello => 4502,
            Self::Removed => 4503,
            Self::Superseded => 4504,
            Self::SessionEnded => 4505,
        }
    }

    /// The reason sent with the code.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Normal => "closed",
            Self::Violation => "protocol error",
            Self::NotUtf8 => "text is not UTF-8",
            Self::TooBig => "frame too big",
            Self::Faulted => "session stopped",
            Self::Unavailable => "store unavailable",
            Self::Draining => "draining",
            Self::Moved => "moved",
            Self::TooSlow => "too slow",
            Self::Resync => "resync",
            Self::NoPong => "no pong",
            Self::LimitsIgnored => "limits ignored",
            Self::TicketSpent => "ticket expired or used",
            Self::BadTicket => "bad ticket",
            Self::BadFrame => "bad frame",
            Self::NoHello => "no hello",
            Self::Removed => "removed",
            Self::Superseded => "superseded",
            Self::SessionEnded => "session ended",
        }
    }

    /// The code with this number; `None` for one that LearnR does not send.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// Whether a client should connect again after this close.
    #[must_use]
    pub fn reconnects(number: u16) -> bool {
        matches!(number, 1001 | 1006 | 1011 | 1012 | 1013 | 4000..=4499)
    }
}
