//! A simulated learner that follows the client's rules: it keeps an outbox, reconnects, resumes, and
//! writes everything into the ledger. Owns one session at a time; how it talks is in `link` and
//! `frames`, the rules themselves in `rules`.

mod frames;
mod link;
mod rules;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use learnr_protocol::rest::{CreateSession, SessionTicket};
use learnr_protocol::{
    Answer, ClientMessage, Encoding, ErrorCode, Response, Select, SessionKind, SessionStatus,
};
use tokio::time::Instant;

pub use rules::{After, Backoff, after_close};

use crate::api::{ApiError, Rest};
use crate::brief::OpenQuestion;
use crate::chance::{Chance, Think};
use crate::ledger::{LineId, Sent};
use crate::meter::Recorder;
use crate::socket::{Socket, SocketError};
use rules::{AnswerPace, OUTBOX_MAX, Outbox};

/// Longest a verb of a learner waits for what it is for, through every reconnect.
const VERB_SECONDS_MAX: u64 = 120;

/// What a learner does and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server.
    pub rest: Rest,
    /// What to start.
    pub create: CreateSession,
    /// Encoding of its sockets.
    pub encoding: Encoding,
    /// `Origin` of its sockets.
    pub origin: Option<String>,
    /// Name and version in `hello`.
    pub client: String,
    /// Seed of its choices, thoughts and jitter.
    pub seed: u64,
    /// Delays before reconnects.
    pub backoff: Backoff,
    /// No reply and no `saving` for as long: reconnect.
    pub silence: Duration,
    /// Whether it stays below the limits that `welcome` names.
    pub keeps_limits: bool,
}

impl Settings {
    /// Practice in `certification`, MessagePack, every rule as the contract states it.
    #[must_use]
    pub fn new(rest: Rest, certification: &str) -> Self {
        Self {
            rest,
            create: CreateSession {
                certification: certification.to_owned(),
                kind: SessionKind::Practice,
                length: None,
                areas: Vec::new(),
                time_limit_minutes: None,
            },
            encoding: Encoding::MsgPack,
            origin: None,
            client: concat!("learnr-loadtest/", env!("CARGO_PKG_VERSION")).to_owned(),
            seed: 1,
            backoff: Backoff::default(),
            silence: Duration::from_secs(5),
            keeps_limits: true,
        }
    }
}

/// Why a learner cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LearnerError {
    /// A REST call was refused for good.
    #[error("REST: {0}")]
    Api(#[from] ApiError),
    /// The upgrade was refused for good.
    #[error("socket: {0}")]
    Socket(#[from] SocketError),
    /// The server closed with a code that says not to come back.
    #[error("closed {code}: {reason}")]
    Closed {
        /// Close code.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// Refusals one after the other with nothing accepted between.
    #[error("refused again and again, last with {0:?}")]
    Refused(ErrorCode),
    /// Too many attempts to connect in a row.
    #[error("no connection after {0} attempts")]
    GaveUp(u32),
    /// What the verb waits for did not come in time.
    #[error("{0} for {VERB_SECONDS_MAX} s")]
    Stalled(&'static str),
}

/// An acknowledged answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acked {
    /// 1-based position.
    pub position: u16,
    /// Number of the stored event.
    pub offset: u32,
    /// Whether it was right; `None` where the reply does not say.
    pub correct: Option<bool>,
    /// From when it was due.
    pub latency: Duration,
}

/// What happened next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// An answer was acknowledged.
    Acked(Acked),
    /// An answer was refused for good and is out of the outbox.
    Refused(ErrorCode),
    /// The state moved otherwise: resumed, another device, a change of status.
    Changed,
    /// The session has ended.
    Ended,
    /// Nothing by the time given.
    Quiet,
}

/// What the learner knows of its session.
#[derive(Debug)]
struct View {
    stream: Option<String>,
    offset: u32,
    status: SessionStatus,
    question: Option<OpenQuestion>,
    /// Offset to be reached before anything is sent; `None` while `state` is awaited.
    current_at: Option<u32>,
}

/// One simulated learner in one session.
#[derive(Debug)]
pub struct Learner {
    settings: Arc<Settings>,
    recorder: Recorder,
    chance: Chance,
    token: String,
    session_id: String,
    ticket: Option<String>,
    socket: Option<Socket>,
    linked_at: Instant,
    links: u32,
    attempt: u32,
    /// The server's wish for the delay before the next attempt.
    wished_delay: Option<Duration>,
    resync: bool,
    heartbeat: Duration,
    pace: Option<AnswerPace>,
    view: View,
    outbox: Outbox,
    last_ack: Option<(String, LineId)>,
    refusals: u32,
    request_prefix: String,
    requests: u64,
}

impl Learner {
    /// A new guest starts a session, connects, and has the first question.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn start(settings: Arc<Settings>, recorder: Recorder) -> Result<Self, LearnerError> {
        let token = settings.rest.guest().await?.token;
        Self::start_as(settings, token, recorder).await
    }

    /// The learner that `token` belongs to starts a session, or resumes the open one.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn start_as(
        settings: Arc<Settings>,
        token: String,
        recorder: Recorder,
    ) -> Result<Self, LearnerError> {
        let created = settings
            .rest
            .create_session(&token, &settings.create)
            .await?;
        Self::join(settings, token, created, recorder).await
    }

    /// Another device of the same learner, or anyone who holds a ticket.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn join(
        settings: Arc<Settings>,
        token: String,
        ticket: SessionTicket,
        recorder: Recorder,
    ) -> Result<Self, LearnerError> {
        let now = Instant::now();
        let mut learner = Self {
            chance: Chance::new(settings.seed),
            settings,
            recorder,
            token,
            session_id: ticket.session_id,
            ticket: Some(ticket.ticket),
            socket: None,
            linked_at: now,
            links: 0,
            attempt: 0,
            wished_delay: None,
            resync: false,
            heartbeat: Duration::from_secs(25),
            pace: None,
            view: View {
                stream: None,
                offset: 0,
                status: SessionStatus::Open,
                question: None,
                current_at: None,
            },
            outbox: Outbox::new(now),
            last_ack: None,
            refusals: 0,
            request_prefix: uuid::Uuid::new_v4().simple().to_string()[..12].to_owned(),
            requests: 0,
        };
        learner
            .until("no question", |learner| {
                let asks = learner.status() == SessionStatus::Open;
                learner.is_current() && (learner.question().is_some() || !asks)
            })
            .await?;
        Ok(learner)
    }

    /// Bearer token of the learner.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The session's id.
    #[must_use]
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// Offset of the last durable frame taken.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.view.offset
    }

    /// Where the session is in its life.
    #[must_use]
    pub fn status(&self) -> SessionStatus {
        self.view.status
    }

    /// Sockets made so far.
    #[must_use]
    pub fn links(&self) -> u32 {
        self.links
    }

    /// The question open for an answer: none while one is on its way, or when the session is over.
    #[must_use]
    pub fn question(&self) -> Option<&OpenQuestion> {
        let current = self.outbox.is_empty() && self.view.status == SessionStatus::Open;
        self.view.question.as_ref().filter(|_| current)
    }

    /// Whether the session has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.view.status == SessionStatus::Completed
    }

    /// Options for the open question, chosen at random; empty when there is none.
    pub fn choose(&mut self) -> Vec<String> {
        let Some(question) = &self.view.question else {
            return Vec::new();
        };
        let first = self.chance.below(question.options.len());
        let also = match question.select {
            Select::One => first,
            Select::Many => self.chance.below(question.options.len()),
        };
        let chosen = question.options.iter().enumerate();
        chosen
            .filter(|(at, _)| *at == first || *at == also)
            .map(|(_, option)| option.id.to_string())
            .collect()
    }

    /// Puts an answer to the open question into the outbox; `due` is from when its latency counts.
    /// It goes out with the next [`turn`](Self::turn). Returns its request id.
    ///
    /// # Panics
    /// When there is no open question, or the outbox is full: a fault of the caller.
    pub fn submit(&mut self, options: Vec<String>, due: Instant) -> String {
        let question = self.view.question.as_ref().expect("a question is open");
        assert!(self.outbox.len() < OUTBOX_MAX, "the outbox is full");
        let position = question.position;
        self.requests += 1;
        let request_id = format!("{}-{}", self.request_prefix, self.requests);
        let now = Instant::now();
        let not_before = self
            .pace
            .as_ref()
            .map_or(now, |pace| pace.ready_at().max(now));
        if let Some(pace) = &mut self.pace {
            pace.spend(not_before);
        }
        let line = self.recorder.with(|books| {
            books.meter.sent += 1;
            books.ledger.sent(Sent {
                session: self.session_id.clone(),
                request_id: request_id.clone(),
                position,
                options: options.clone(),
                at_ms: epoch_ms(),
            })
        });
        let answer = Answer {
            request_id: request_id.clone(),
            position,
            response: Response::Choice { options },
            confidence: None,
        };
        self.outbox.push(answer, line, due, not_before);
        request_id
    }

    /// Answers the open question and waits for what becomes of it, through every reconnect.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn answer(&mut self, options: Vec<String>) -> Result<Turn, LearnerError> {
        self.submit(options, Instant::now());
        let until = verb_deadline();
        loop {
            match self.turn(until).await? {
                Turn::Changed => {}
                Turn::Quiet => return Err(LearnerError::Stalled("no acknowledgement")),
                turn => return Ok(turn),
            }
        }
    }

    /// Gives `answers` random answers, thinking before each, or fewer when the session ends. Returns
    /// how many were acknowledged.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn play(&mut self, answers: usize, think: Think) -> Result<usize, LearnerError> {
        let mut acked = 0;
        while acked < answers {
            self.until("no question", |learner| learner.question().is_some())
                .await?;
            if self.has_ended() {
                break;
            }
            let pause = think.next(&mut self.chance);
            self.idle(Instant::now() + pause).await?;
            if self.question().is_some() {
                let options = self.choose();
                acked += usize::from(matches!(self.answer(options).await?, Turn::Acked(_)));
            }
        }
        Ok(acked)
    }

    /// Plays until the session ends. Returns the number of answers acknowledged.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn play_to_end(&mut self, think: Think) -> Result<usize, LearnerError> {
        let acked = self.play(usize::from(u16::MAX), think).await?;
        self.until("not ended", Self::has_ended).await?;
        Ok(acked)
    }

    /// Stays connected and answers nothing until then, or until the session ends.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn idle(&mut self, until: Instant) -> Result<(), LearnerError> {
        while !matches!(self.turn(until).await?, Turn::Quiet | Turn::Ended) {}
        Ok(())
    }

    /// Sends a message as it is, connecting first if need be. What comes of it is for `turn`.
    ///
    /// # Errors
    /// [`LearnerError`].
    pub async fn command(&mut self, message: &ClientMessage) -> Result<(), LearnerError> {
        self.until("not connected", Self::is_current).await?;
        if let Some(socket) = &mut self.socket
            && socket.send(message).await.is_err()
        {
            self.lost("send");
        }
        Ok(())
    }

    /// Takes turns until `holds`, or the session ends.
    ///
    /// # Errors
    /// [`LearnerError::Stalled`] with `what` when it does not come about in time.
    pub async fn until(
        &mut self,
        what: &'static str,
        holds: impl Fn(&Self) -> bool,
    ) -> Result<(), LearnerError> {
        let until = verb_deadline();
        while !holds(self) && !self.has_ended() {
            if self.turn(until).await? == Turn::Quiet {
                return Err(LearnerError::Stalled(what));
            }
        }
        Ok(())
    }

    /// Drops the connection without a word, as when a cable is pulled.
    pub fn cut(&mut self) {
        if self.socket.is_some() {
            self.lost("cut");
        }
    }
}

impl Drop for Learner {
    fn drop(&mut self) {
        if self.socket.is_some() {
            self.recorder.meter(|meter| meter.connected -= 1);
        }
    }
}

fn verb_deadline() -> Instant {
    Instant::now() + Duration::from_secs(VERB_SECONDS_MAX)
}

/// Milliseconds since the epoch.
pub(crate) fn epoch_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
