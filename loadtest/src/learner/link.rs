//! How a learner comes to a socket and keeps it: tickets, `hello`, waiting, sending what is due, and
//! giving a dead socket up.

use std::time::Duration;

use learnr_protocol::{ClientMessage, ErrorCode, Hello, ResumePoint, SessionStatus};
use tokio::time::{Instant, sleep};

use super::outage::OUTAGES_MAX;
use super::rules::{After, AnswerPace, after_close};
use super::{Learner, LearnerError, Turn};
use crate::api::ApiError;
use crate::brief::{Brief, Kind};
use crate::socket::{Dial, Incoming, Socket, SocketError};

/// Attempts to connect in a row before the learner gives up: about ten minutes at the longest delay.
const ATTEMPTS_MAX: u32 = 120;
/// The server's grace on its own heartbeat; a socket silent for longer is dead.
const HEARTBEAT_GRACE: Duration = Duration::from_secs(10);

impl Learner {
    /// Waits for the next thing to happen, at most until `until`; connects, sends and sends again on
    /// the way. A reconnect under way is finished even past `until`.
    ///
    /// # Errors
    /// [`LearnerError`] when the learner cannot go on.
    pub async fn turn(&mut self, until: Instant) -> Result<Turn, LearnerError> {
        loop {
            if self.has_ended() {
                return Ok(Turn::Ended);
            }
            if self.socket.is_none() {
                self.link().await?;
                continue;
            }
            let now = Instant::now();
            if let Some(cause) = self.dead(now) {
                self.lost(cause);
                continue;
            }
            if self.is_current() && !self.send_due(now).await {
                self.lost("send");
                continue;
            }
            if now >= until {
                return Ok(Turn::Quiet);
            }
            let wake = self.wake(until);
            let Some(socket) = &mut self.socket else {
                continue;
            };
            let encoding = socket.encoding();
            match socket.incoming(wake).await {
                None => {}
                Some(Incoming::Gone) => self.lost("1006"),
                Some(Incoming::Close { code, reason }) => self.closed(code, reason)?,
                Some(Incoming::Payload(payload)) => match Brief::read(&payload, encoding) {
                    Ok(brief) => {
                        if let Some(turn) = self.take(brief)? {
                            return Ok(turn);
                        }
                    }
                    Err(_) => {
                        self.recorder.meter(|meter| meter.error("undecodable"));
                        self.doubt("undecodable");
                    }
                },
            }
        }
    }

    /// Whether there is a socket and everything missed has come in over it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.socket.is_some()
            && self
                .view
                .current_at
                .is_some_and(|offset| self.view.offset >= offset)
    }

    /// Gives the socket up; the next turn makes another.
    pub(super) fn lost(&mut self, cause: &str) {
        if self.socket.take().is_some() {
            self.away.begin(cause, Instant::now());
            self.recorder.meter(|meter| {
                meter.connected -= 1;
                meter.reconnect(cause);
            });
        }
        self.view.current_at = None;
    }

    /// What the close-code table asks for.
    fn closed(&mut self, code: u16, reason: String) -> Result<(), LearnerError> {
        match after_close(code) {
            After::Resume => self.lost(&code.to_string()),
            After::Resync => self.doubt(&code.to_string()),
            After::Ended => self.ended(),
            After::Stop => {
                self.lost(&code.to_string());
                return Err(LearnerError::Closed { code, reason });
            }
        }
        Ok(())
    }

    /// Notes the end of an outage once everything missed has come in.
    pub(super) fn note_return(&mut self) {
        if self.is_current()
            && let Some(outage) = self.away.end(&self.session_id, Instant::now())
        {
            self.recorder.with(|books| {
                if books.outages.len() < OUTAGES_MAX {
                    books.outages.push(outage);
                }
            });
        }
    }

    pub(super) fn ended(&mut self) {
        if self.socket.take().is_some() {
            self.recorder.meter(|meter| meter.connected -= 1);
        }
        self.view.status = SessionStatus::Completed;
        self.view.question = None;
    }

    /// Why the socket counts as dead, if it does.
    fn dead(&self, now: Instant) -> Option<&'static str> {
        let silence = self.settings.silence;
        let heard = self.socket.as_ref()?.heard();
        if !self.is_current() && now >= self.linked_at + silence {
            return Some("no state");
        }
        if self.outbox.silent_at(silence).is_some_and(|at| now >= at) {
            return Some("silence");
        }
        (now >= heard + self.heartbeat + HEARTBEAT_GRACE).then_some("no heartbeat")
    }

    /// When the learner must look again though nothing has come.
    fn wake(&self, until: Instant) -> Instant {
        let silence = self.settings.silence;
        let mut wake = until;
        if let Some(socket) = &self.socket {
            wake = wake.min(socket.heard() + self.heartbeat + HEARTBEAT_GRACE);
        }
        if self.is_current() {
            wake = self.outbox.next_due().map_or(wake, |at| wake.min(at));
        } else {
            wake = wake.min(self.linked_at + silence);
        }
        self.outbox
            .silent_at(silence)
            .map_or(wake, |at| wake.min(at))
    }

    /// Sends whatever is due; `false` when the socket does not take it.
    async fn send_due(&mut self, now: Instant) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        while let Some((answer, again)) = self.outbox.take_due(now) {
            if again {
                self.recorder.meter(|meter| meter.resent += 1);
            }
            let message = ClientMessage::Answer(answer.clone());
            if socket.send(&message).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Connects, however many attempts it takes.
    async fn link(&mut self) -> Result<(), LearnerError> {
        while self.socket.is_none() && !self.has_ended() {
            if self.attempt >= ATTEMPTS_MAX {
                return Err(LearnerError::GaveUp(self.attempt));
            }
            if let Some(wished) = self.wished_delay.take() {
                sleep(wished).await;
            } else if self.links + self.attempt > 0 {
                let backoff = self.settings.backoff;
                sleep(backoff.delay(self.attempt, &mut self.chance)).await;
            }
            self.attempt += 1;
            if let Err(error) = self.dial().await {
                self.failed(error)?;
            }
        }
        Ok(())
    }

    /// A failed attempt: counted when another may do better, else the end.
    fn failed(&mut self, error: LearnerError) -> Result<(), LearnerError> {
        let name = match &error {
            LearnerError::Api(api) if api.code() == Some(ErrorCode::Ended) => {
                self.ended();
                return Ok(());
            }
            LearnerError::Api(api) if api.is_transient() => match api {
                ApiError::Refused {
                    status,
                    retry_after,
                    ..
                } => {
                    self.wished_delay = *retry_after;
                    format!("ticket {status}")
                }
                ApiError::Transport(_) => "ticket: no answer".to_owned(),
            },
            LearnerError::Socket(SocketError::Refused { status, .. })
                if matches!(status, 408 | 429 | 500..=599) =>
            {
                format!("upgrade {status}")
            }
            LearnerError::Socket(SocketError::Transport(_)) => "connect".to_owned(),
            LearnerError::Socket(SocketError::Deadline(_)) => "connect: deadline".to_owned(),
            _ => return Err(error),
        };
        self.recorder.meter(|meter| meter.error(&name));
        Ok(())
    }

    /// One attempt: ticket, upgrade, `hello`, `welcome`. A close in place of `welcome` leaves no socket.
    async fn dial(&mut self) -> Result<(), LearnerError> {
        let ticket = match self.ticket.take() {
            Some(ticket) => ticket,
            None => {
                let rest = &self.settings.rest;
                rest.ticket(&self.token, &self.session_id).await?.ticket
            }
        };
        let base = self.settings.rest.base().clone();
        let mut dial = Dial::new(base, &self.session_id, self.settings.encoding);
        dial.origin.clone_from(&self.settings.origin);
        let mut socket = Socket::connect(&dial).await?;
        let resume = match (&self.view.stream, self.resync) {
            (Some(stream), false) => Some(ResumePoint {
                stream: stream.clone(),
                offset: self.view.offset,
            }),
            _ => None,
        };
        let hello = ClientMessage::Hello(Hello {
            ticket,
            resume,
            client: self.settings.client.clone(),
        });
        socket.send(&hello).await?;
        self.socket = Some(socket);
        self.links += 1;
        self.linked_at = Instant::now();
        self.view.current_at = None;
        self.recorder.meter(|meter| meter.connected += 1);
        self.welcomed().await
    }

    /// Waits for `welcome`; whatever comes in its place ends the attempt.
    async fn welcomed(&mut self) -> Result<(), LearnerError> {
        let until = self.linked_at + self.settings.silence;
        while let Some(socket) = &mut self.socket {
            let encoding = socket.encoding();
            match socket.incoming(until).await {
                None => self.lost("no welcome"),
                Some(Incoming::Gone) => self.lost("1006"),
                Some(Incoming::Close { code, reason }) => self.closed(code, reason)?,
                Some(Incoming::Payload(payload)) => {
                    let brief =
                        Brief::read(&payload, encoding).map_err(SocketError::Undecodable)?;
                    if brief.kind == Kind::Welcome {
                        self.take_welcome(brief);
                        return Ok(());
                    }
                    self.take(brief)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn take_welcome(&mut self, welcome: Brief) {
        let recovered = welcome.recovered == Some(true) && !self.resync;
        self.resync = false;
        self.view.current_at = welcome.offset.filter(|_| recovered);
        if welcome.stream != self.view.stream {
            self.view.stream = welcome.stream;
        }
        if let Some(session) = welcome.session {
            self.view.status = session.status;
        }
        if let Some(ms) = welcome.heartbeat_ms.and_then(|ms| u64::try_from(ms).ok()) {
            self.heartbeat = Duration::from_millis(ms);
        }
        if let Some(limits) = welcome.limits
            && self.settings.keeps_limits
            && self.pace.is_none()
        {
            let now = Instant::now();
            self.pace = Some(AnswerPace::new(
                limits.answers_per_s,
                limits.answers_burst,
                now,
            ));
        }
        self.outbox.reconnected();
        self.note_return();
    }
}
