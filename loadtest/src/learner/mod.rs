//! A simulated learner that follows the client's rules: it keeps an outbox, reconnects, resumes, and
//! writes everything into the ledger. Owns one session at a time; how it talks is in `link` and
//! `frames`, what it can be told to do in `verbs`, the rules themselves in `rules` and `outbox`.

mod frames;
mod link;
mod outage;
mod outbox;
mod rules;
mod settings;
mod verbs;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use learnr_protocol::rest::SessionTicket;
use learnr_protocol::{Answer, ErrorCode, Response, SessionStatus};
use tokio::time::Instant;

pub use outage::{OUTAGES_MAX, Outage};
pub use rules::{After, Backoff, after_close};
pub use settings::{LearnerError, Settings};

use crate::brief::OpenQuestion;
use crate::chance::Chance;
use crate::ledger::{LineId, Sent};
use crate::meter::Recorder;
use crate::socket::Socket;
use outage::Away;
use outbox::{OUTBOX_MAX, Outbox};
use rules::AnswerPace;

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
    away: Away,
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
            away: Away::default(),
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
        question.any_options(&mut self.chance)
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
}

impl Drop for Learner {
    fn drop(&mut self) {
        if self.socket.is_some() {
            self.recorder.meter(|meter| meter.connected -= 1);
        }
    }
}

/// Milliseconds since the epoch.
pub(crate) fn epoch_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
