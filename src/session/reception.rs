//! What comes in from connections: `hello` turned into a welcome, messages counted and carried out.
//!
//! Owns the order: limits first, then the command. What a message means is `command`'s.

use actix::Context;
use learnr_protocol::{
    ClientMessage, CloseCode, ErrorCode, FRAME_BYTES_MAX, Limits, Pong, ServerMessage, Welcome,
};

use super::actor::SessionActor;
use super::command::command;
use super::fanout::SOCKETS_MAX;
use super::limits::IGNORED_REFUSALS_MAX;
use super::messages::{Attach, ConnectionId};
use super::outbox::{OUTBOX_BYTES_MAX, OUTBOX_FRAMES_MAX, Worth};
use super::{frames, view};

impl SessionActor {
    /// Answers `hello`: what was agreed, then the frames missed or the whole state.
    pub(super) fn welcome(&mut self, attach: Attach, now: i64) {
        let offset = self.session.seq();
        let missed: Option<Vec<ServerMessage>> = attach
            .resume
            .filter(|resume| *resume.stream == *self.stream)
            .and_then(|resume| self.history.after(resume.offset))
            .map(|entries| {
                let bank = self.session.bank();
                entries.map(|entry| frames::durable(bank, entry)).collect()
            });
        let connection = attach.connection;
        self.fanout.add(
            connection,
            attach.encoding,
            attach.outbox,
            offset,
            attach.relayed,
        );
        let mut session = self.info.clone();
        session.status = view::live_status(self.session.status());
        let welcome = Welcome {
            session,
            stream: self.stream.to_string(),
            offset,
            recovered: missed.is_some(),
            server_time_ms: now,
            heartbeat_ms: self.context.heartbeat_ms,
            limits: self.limits(),
        };
        self.answer(Some(connection), &ServerMessage::Welcome(welcome));
        match missed {
            Some(missed) => {
                for frame in missed {
                    self.answer(Some(connection), &frame);
                }
            }
            None => {
                let state = ServerMessage::State(view::state(&self.session));
                self.answer(Some(connection), &state);
            }
        }
    }

    fn limits(&self) -> Limits {
        let (answers_per_s, answers_burst, messages_per_s) = self.context.limits.published;
        let bound = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Limits {
            frame_bytes: bound(FRAME_BYTES_MAX),
            answers_per_s,
            answers_burst,
            messages_per_s,
            outbound_frames: bound(OUTBOX_FRAMES_MAX),
            outbound_bytes: bound(OUTBOX_BYTES_MAX),
            sockets: bound(SOCKETS_MAX),
        }
    }

    /// Carries out one message of an attached connection.
    pub(super) fn receive(
        &mut self,
        from: ConnectionId,
        message: ClientMessage,
        ctx: &mut Context<Self>,
    ) {
        if self.limited(from, &message) {
            return;
        }
        if let ClientMessage::Ping { t } = message {
            let pong = ServerMessage::Pong(Pong {
                t,
                server_time_ms: self.context.clock.now_ms(),
            });
            let frame = self.fanout.encode(&pong);
            return self.fanout.send(from, Worth::Latest, &frame);
        }
        let request_id = message.request_id().map(ToOwned::to_owned);
        match command(message) {
            Ok(command) => {
                // A refusal for now has been told to whoever sent it, and they send it again.
                self.carry_out(&command, Some(from), ctx);
            }
            Err((code, text)) => {
                self.tell(Some(from), &frames::malformed(request_id, code, &text));
            }
        }
    }

    /// Counts the message against the learner's limits; refuses it when they are passed.
    fn limited(&mut self, from: ConnectionId, message: &ClientMessage) -> bool {
        let now = self.context.clock.now_ms();
        let limits = &self.context.limits;
        let taken = match message {
            ClientMessage::Answer(_) => limits.answers.take(&mut self.answers, now),
            _ => limits.messages.take(&mut self.messages, now),
        };
        let ignored = self.fanout.note_limited(from, taken.is_err());
        let Err(retry_after_ms) = taken else {
            return false;
        };
        metrics::counter!("learnr_rate_limited_total").increment(1);
        if ignored > IGNORED_REFUSALS_MAX {
            self.fanout.close(from, CloseCode::LimitsIgnored);
            return true;
        }
        let request_id = message.request_id().map(ToOwned::to_owned);
        let frame = frames::retryable(
            request_id,
            ErrorCode::RateLimited,
            "too many messages at once: wait and send it again",
            retry_after_ms,
        );
        self.tell(Some(from), &frame);
        true
    }
}
