//! The wire contract between LearnR and its clients, version 1.
//!
//! Owns every shape that crosses a socket or a REST route, their codes, and both encodings. It knows
//! nothing of the engine, the store or any server: a client may depend on this crate alone.

pub mod account;
mod borrowed;
mod client;
pub mod cluster;
mod code;
mod codec;
pub mod examples;
pub mod history;
pub mod keeping;
pub mod learner;
mod quiz;
pub mod rest;
pub mod schema;
mod server;
pub mod standing;
mod swift;

pub use borrowed::{AnsweredRef, AreaScoreRef, ExplanationRef, QuestionOptionRef, QuestionRef};
pub use client::{Answer, ClientMessage, Hello, Response, ResumePoint};
pub use code::{CloseCode, ErrorCode};
pub use codec::{DecodeError, Encoding, decode_client, decode_server, encode};
pub use quiz::{
    AreaResult, AreaScore, CertificationRef, EndReason, ExamGrid, ExamResult, Explanation,
    Progress, Question, QuestionOption, Reason, Select, SessionInfo, SessionKind, SessionStatus,
    Settings, Summary,
};
pub use server::{
    Answered, Completed, Flag, GoingAway, Limits, Pong, Recorded, Refused, Saving, ServerMessage,
    SessionChanged, Started, State, Welcome,
};

/// Subprotocol whose frames are MessagePack maps with string keys. The default.
pub const SUBPROTOCOL_MSGPACK: &str = "learnr.v1.msgpack";
/// Subprotocol whose frames are the same messages as JSON text.
pub const SUBPROTOCOL_JSON: &str = "learnr.v1.json";

/// Largest frame, and largest reassembled message, a client may send, in bytes. A frame that declares
/// more is refused at its header with close 1009.
pub const FRAME_BYTES_MAX: usize = 16 * 1024;
/// Longest id a client may send (`request_id`, option ids), in bytes.
pub const ID_BYTES_MAX: usize = 64;
/// Most option ids one answer may carry.
pub const OPTIONS_MAX: usize = 8;
