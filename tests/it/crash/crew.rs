//! The learners: each answers session after session, through every fault, and compares its open question with the server's
//! after each reconnect. Must not know who breaks what, or when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_loadtest::brief::OpenQuestion;
use learnr_loadtest::chance::Chance;
use learnr_loadtest::learner::Backoff;
use learnr_loadtest::socket::{Dial, Frame, Socket};
use learnr_loadtest::{Learner, LearnerError, Recorder, Settings, Turn};
use learnr_protocol::{Encoding, Question, ServerMessage, State};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::companion;
use crate::harness::hello;

/// Longest wait for news of the server before a call that failed is made again.
const NEWS_WITHIN: Duration = Duration::from_millis(50);
/// Times a call is made before it counts as refused for good.
const CALLS_MAX: u32 = 1_000;
/// Times in a row that one of two devices may be later than the other.
const LATE_MAX: u32 = 100;
/// Learners that follow each other when they cannot go on.
const LIVES_MAX: u32 = 20;
/// Problems kept in words.
const PROBLEMS_MAX: usize = 20;

/// How the learners are.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// From one answer to the next, at least.
    pub(crate) gap: Duration,
    /// Questions of a session.
    pub(crate) length: u16,
    /// Delays before reconnects.
    pub(crate) backoff: Backoff,
    /// One learner of so many answers from two devices at once.
    pub(crate) two_devices: Option<u64>,
    /// After one reconnect of so many the open question is held against what a socket from nothing is told.
    pub(crate) compares: usize,
}

impl Manner {
    /// As fast as the limits of the protocol allow, five answers a second; sessions so short that they begin and end under faults
    /// too, and reconnects so fast that a round is.
    pub(crate) fn hasty() -> Self {
        Self {
            gap: Duration::from_millis(200),
            length: 12,
            backoff: Backoff {
                base: Duration::from_millis(10),
                cap: Duration::from_millis(150),
            },
            two_devices: None,
            compares: 1,
        }
    }

    fn has_two_devices(&self, number: u64) -> bool {
        self.two_devices
            .is_some_and(|every| number.is_multiple_of(every))
    }
}

/// A session and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) token: String,
    pub(crate) session: String,
}

/// What the learners came upon.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What ought not to have happened, in words.
    pub(crate) problems: Vec<String>,
    /// Sessions played to their end.
    pub(crate) ended: Vec<Place>,
    /// Times that an open question was compared with the server's after a reconnect.
    pub(crate) compared: u64,
}

/// What all learners share.
pub(crate) struct Crew {
    pub(crate) rest: Rest,
    pub(crate) recorder: Recorder,
    /// Answers on their way out so far.
    pub(crate) sent: watch::Sender<u64>,
    /// Acknowledgements so far.
    pub(crate) acked: watch::Sender<u64>,
    /// Whether the server is there: false from just before a kill to the next ready line.
    pub(crate) up: watch::Sender<bool>,
    /// Finish what is under way, answer nothing more.
    pub(crate) stopping: AtomicBool,
    findings: Mutex<Findings>,
    pub(crate) manner: Manner,
    seed: u64,
}

impl Crew {
    pub(crate) fn new(rest: Rest, manner: Manner, seed: u64) -> Self {
        Self {
            rest,
            recorder: Recorder::default(),
            sent: watch::Sender::new(0),
            acked: watch::Sender::new(0),
            up: watch::Sender::new(false),
            stopping: AtomicBool::new(false),
            findings: Mutex::default(),
            manner,
            seed,
        }
    }

    /// One learner after the other, of whom the first should do: each that could not go on is a problem
    /// noted, as it must be under a mutant that forgets whom it has welcomed. The session left open, if any.
    pub(crate) async fn live(self: Arc<Self>, number: u64) -> Option<Place> {
        for life in 0..LIVES_MAX {
            match self.life(number).await {
                Ok(open) => return open,
                Err(error) => self.problem(format!("learner {number}, life {life}: {error}")),
            }
        }
        None
    }

    /// A new guest plays session after session. The one it was in when told to stop, unless that had ended.
    async fn life(&self, number: u64) -> Result<Option<Place>, LearnerError> {
        let guest = || async { Ok(self.rest.guest().await?) };
        let token = self.insist(guest).await?.token;
        let mut settings = Settings::new(self.rest.clone(), "business-analysis-foundations");
        settings.seed = self.seed ^ number;
        settings.create.length = Some(self.manner.length);
        settings.backoff = self.manner.backoff;
        if self.manner.has_two_devices(number) {
            settings.refusals_max = LATE_MAX;
        }
        settings.encoding = match number % 2 {
            0 => Encoding::MsgPack,
            _ => Encoding::Json,
        };
        let settings = Arc::new(settings);
        // Each learner's own: with one for all, all would compare after the same reconnects, and some seeds after none.
        let mut chance = Chance::new(self.seed ^ number);
        while !self.stopping.load(Ordering::Relaxed) {
            let start =
                || Learner::start_as(settings.clone(), token.clone(), self.recorder.clone());
            let mut learner = self.insist(start).await?;
            if self.manner.has_two_devices(number) {
                companion::play_together(self, &mut learner, &settings).await?;
            } else {
                self.play(&mut learner, &mut chance).await?;
            }
            let place = Place {
                token: token.clone(),
                session: learner.session_id().to_owned(),
            };
            if !learner.has_ended() {
                return Ok(Some(place));
            }
            self.note(|findings| findings.ended.push(place));
        }
        Ok(None)
    }

    /// Answers until the session ends or the crew stops.
    async fn play(&self, learner: &mut Learner, chance: &mut Chance) -> Result<(), LearnerError> {
        let mut links = learner.links();
        let mut not_before = Instant::now();
        while !self.stopping.load(Ordering::Relaxed) {
            let before = learner.question().cloned();
            learner.idle(not_before).await?;
            learner
                .until("no question", |learner| learner.question().is_some())
                .await?;
            if learner.has_ended() {
                break;
            }
            if before.is_some() && learner.question() != before.as_ref() {
                let now = learner.question();
                self.problem(format!(
                    "{before:?} became {now:?} though nobody answered it"
                ));
            }
            let reconnected = learner.links() != links;
            if reconnected
                && (chance.below(self.manner.compares) > 0 || self.compare(learner).await)
            {
                links = learner.links();
            }
            not_before = Instant::now() + self.manner.gap;
            let options = learner.choose();
            self.sent.send_modify(|sent| *sent += 1);
            match learner.answer(options).await? {
                Turn::Acked(_) => self.acked.send_modify(|acked| *acked += 1),
                Turn::Refused(code) => {
                    self.problem(format!(
                        "an answer in {} was refused: {code:?}",
                        learner.session_id()
                    ));
                }
                _ => {}
            }
        }
        // The last answer's reply comes before the end: wait to know which it was.
        learner
            .until("no question", |learner| learner.question().is_some())
            .await
    }

    /// Holds what the learner has open against what a socket from nothing is told. `false` when the
    /// server went away meanwhile.
    async fn compare(&self, learner: &Learner) -> bool {
        let Some(state) = self.look(learner.token(), learner.session_id()).await else {
            return false;
        };
        let open = learner.question();
        let same = match (&state.question, open) {
            (Some(served), Some(open)) => is_same(served, open),
            (served, open) => served.is_none() && open.is_none(),
        };
        if !same || state.offset != learner.offset() {
            let session = learner.session_id();
            self.problem(format!(
                "{session}: the learner is at {} with {open:?}, the server is at {state:?}",
                learner.offset()
            ));
        }
        self.note(|findings| findings.compared += 1);
        true
    }

    /// The state as a new device is told it; `None` when the server is not there.
    async fn look(&self, token: &str, session: &str) -> Option<State> {
        let ticket = self.rest.ticket(token, session).await.ok()?.ticket;
        let dial = Dial::new(self.rest.base().clone(), session, Encoding::MsgPack);
        let mut socket = Socket::connect(&dial).await.ok()?;
        socket.send(&hello(&ticket, None)).await.ok()?;
        loop {
            match socket.next().await.ok()? {
                Frame::Message(ServerMessage::State(state)) => return Some(state),
                Frame::Message(_) => {}
                Frame::Close { .. } | Frame::Gone => return None,
            }
        }
    }

    /// Makes a call until it succeeds or is refused for good.
    pub(crate) async fn insist<T, F>(&self, call: impl Fn() -> F) -> Result<T, LearnerError>
    where
        F: Future<Output = Result<T, LearnerError>>,
    {
        let mut up = self.up.subscribe();
        for _ in 1..CALLS_MAX {
            match call().await {
                Err(LearnerError::Api(error)) if error.is_transient() => {
                    // The server may be away before anybody has said so: then a short wait is enough.
                    let changed = timeout(NEWS_WITHIN, up.changed()).await;
                    let known =
                        !matches!(changed, Ok(Err(_))) && up.wait_for(|up| *up).await.is_ok();
                    assert!(known, "the crew holds the sender");
                }
                done => return done,
            }
        }
        call().await
    }

    pub(crate) fn problem(&self, words: String) {
        self.note(|findings| {
            if findings.problems.len() < PROBLEMS_MAX {
                findings.problems.push(words);
            }
        });
    }

    /// What was come upon so far, leaving nothing.
    pub(crate) fn take_findings(&self) -> Findings {
        self.note(std::mem::take)
    }

    fn note<R>(&self, write: impl FnOnce(&mut Findings) -> R) -> R {
        write(&mut self.findings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Same item, same place, same options in the same order.
fn is_same(served: &Question, open: &OpenQuestion) -> bool {
    let served_options = served.options.iter().map(|option| option.id.as_str());
    let open_options = open.options.iter().map(|option| &*option.id);
    served.position == open.position
        && served.item_id == *open.item_id
        && served_options.eq(open_options)
}
