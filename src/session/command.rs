//! From a message of the wire to a command of the domain: ids are checked here, meaning is the domain's.

use learnr_domain::{Command, IdError, OptionId, Position, RequestId};
use learnr_protocol::{Answer, ClientMessage, ErrorCode, Response};

/// The command a message stands for.
///
/// # Errors
/// Why it stands for none, as the wire says it.
pub fn command(message: ClientMessage) -> Result<Command, (ErrorCode, String)> {
    let request = |text: String| {
        RequestId::new(text)
            .map_err(|error: IdError| (ErrorCode::BadMessage, format!("request_id: {error}")))
    };
    match message {
        ClientMessage::Answer(Answer {
            request_id,
            position,
            response: Response::Choice { options },
            confidence,
        }) => Ok(Command::Answer {
            request_id: request(request_id)?,
            position: Position(position),
            options: options
                .into_iter()
                .map(|id| OptionId::new(id).map_err(|_| unknown_option()))
                .collect::<Result<_, _>>()?,
            confidence,
        }),
        ClientMessage::Pause { request_id } => Ok(Command::Pause {
            request_id: request(request_id)?,
        }),
        ClientMessage::Resume { request_id } => Ok(Command::Resume {
            request_id: request(request_id)?,
        }),
        ClientMessage::Finish { request_id } => Ok(Command::Finish {
            request_id: request(request_id)?,
        }),
        ClientMessage::Flag {
            request_id,
            position,
        } => Ok(Command::Flag {
            request_id: request(request_id)?,
            position: Position(position),
        }),
        ClientMessage::Unflag {
            request_id,
            position,
        } => Ok(Command::Unflag {
            request_id: request(request_id)?,
            position: Position(position),
        }),
        ClientMessage::GoTo { position } => Ok(Command::GoTo {
            position: Position(position),
        }),
        ClientMessage::Hello(_) | ClientMessage::Ping { .. } => Err((
            ErrorCode::BadMessage,
            "hello is said once, as the first message".to_owned(),
        )),
    }
}

fn unknown_option() -> (ErrorCode, String) {
    (
        ErrorCode::UnknownOption,
        "an option is not one of the question's".to_owned(),
    )
}
