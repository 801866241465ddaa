//! Clients that misbehave among those that do not: stalled ones send and never read, slow ones read a few KiB a
//! second, dead ones fall silent and keep their socket. Each joins as everyone does. What they answer is in the
//! ledger; their latencies are in no histogram.

use std::time::Duration;

use learnr_protocol::{Answer, ClientMessage, Response};
use tokio::time::{Instant, sleep, sleep_until};

use super::Crew;
use super::line::{Line, Sip};
use super::seat::Seating;
use super::share::Role;
use crate::api::Rest;
use crate::brief::{Brief, Kind, OpenQuestion};
use crate::chance::Chance;
use crate::examinee::Examinee;
use crate::learner::epoch_ms;
use crate::ledger::{Ack, LineId, Sent};

/// Between two pings of a stalled client, and at least between two answers of a slow one.
const BEAT: Duration = Duration::from_secs(1);
/// Between two sips of a slow client: at 512 bytes each, 2 KiB a second.
const SIP_GAP: Duration = Duration::from_millis(250);
/// Bound of the jittered pause before a client whose socket is gone comes back.
const PAUSE: Duration = Duration::from_secs(2);

/// Lives until the run stops.
pub(super) async fn live(crew: &Crew, seating: Seating, role: Role) {
    let mut odd = Odd::new(crew, seating);
    while !crew.clock.is_stopping() {
        if let Err(error) = odd.connected(role).await {
            // A name to count by has no more than a line.
            let words = format!("{error:#}");
            let words = words.lines().next().unwrap_or_default();
            let name = format!("{}: {words}", name(role));
            crew.recorder.meter(|meter| meter.error(&name));
        }
        sleep(odd.chance.up_to(PAUSE)).await;
    }
}

/// What a client of the role is counted as.
fn name(role: Role) -> &'static str {
    match role {
        Role::Stalled => "stalled",
        Role::Slow => "slow",
        Role::Dead | Role::Usual => "dead",
    }
}

/// The session that a client comes back to.
struct Joined {
    token: String,
    session: String,
}

/// One client.
struct Odd<'a> {
    crew: &'a Crew,
    rest: Rest,
    chance: Chance,
    examinee: Examinee,
    joined: Option<Joined>,
    has_joined: bool,
    request_prefix: String,
    requests: u64,
}

/// An answer under way.
struct UnderWay {
    request_id: String,
    line: LineId,
}

impl<'a> Odd<'a> {
    fn new(crew: &'a Crew, seating: Seating) -> Self {
        let mut chance = Chance::new(crew.seed(seating.number));
        let learners = &crew.share.scenario.learners;
        Self {
            crew,
            rest: crew.rests[seating.place % crew.rests.len()].clone(),
            examinee: Examinee::draw(learners.ability_mean, learners.ability_sd, chance.bits()),
            chance,
            joined: None,
            has_joined: false,
            request_prefix: uuid::Uuid::new_v4().simple().to_string()[..12].to_owned(),
            requests: 0,
        }
    }

    /// One socket from its start to its end.
    async fn connected(&mut self, role: Role) -> anyhow::Result<()> {
        let is_new = self.joined.is_none();
        let (session, ticket) = self.ticket().await?;
        let encoding = self.crew.share.scenario.learners.encoding.into();
        let joined = Line::join(self.rest.base(), &session, ticket, encoding).await;
        let (mut line, state) = joined?;
        // What was before is not known one by one.
        self.not_answers(&session, 1, state.offset.unwrap_or_default());
        self.crew.recorder.meter(|meter| {
            meter.connected += 1;
            meter.started += u64::from(is_new);
            meter.joined += u64::from(!std::mem::replace(&mut self.has_joined, true));
        });
        let ended = match role {
            Role::Stalled => self.stall(&mut line, &session, state.question).await,
            Role::Slow => self.sip(&mut line, &session, state.question).await,
            // It keeps its descriptor for as long as the run lasts, whatever the server does.
            Role::Dead | Role::Usual => std::future::pending().await,
        };
        self.crew.recorder.meter(|meter| {
            meter.connected -= 1;
            meter.reconnect(name(role));
        });
        ended
    }

    /// A session, the one before unless it is over, and a ticket for it.
    async fn ticket(&mut self) -> anyhow::Result<(String, String)> {
        if let Some(Joined { token, session }) = &self.joined {
            let ticket = self.rest.ticket(token, session).await?;
            return Ok((session.clone(), ticket.ticket));
        }
        let token = self.rest.guest().await?.token;
        let create = &self.crew.share.create;
        let created = self.rest.create_session(&token, create).await?;
        self.joined = Some(Joined {
            token,
            session: created.session_id.clone(),
        });
        Ok((created.session_id, created.ticket))
    }

    /// Answers once and pings from then on, and reads nothing of what comes back.
    async fn stall(
        &mut self,
        line: &mut Line,
        session: &str,
        question: Option<OpenQuestion>,
    ) -> anyhow::Result<()> {
        if let Some(question) = question {
            self.answer(line, &question, session).await?;
        }
        while line.send(&ClientMessage::Ping { t: 0 }).await.is_ok() {
            sleep(BEAT).await;
        }
        // The server has had enough of it, as it should.
        Ok(())
    }

    /// Answers each question once it has come in, sip by sip, until the session or the socket ends.
    async fn sip(
        &mut self,
        line: &mut Line,
        session: &str,
        mut question: Option<OpenQuestion>,
    ) -> anyhow::Result<()> {
        let mut under_way = None;
        let mut next_answer = Instant::now();
        loop {
            if let Some(question) = question.take() {
                sleep_until(next_answer).await;
                next_answer = Instant::now() + BEAT;
                under_way = Some(self.answer(line, &question, session).await?);
            }
            sleep(SIP_GAP).await;
            let Sip::Messages(messages) = line.sip(BEAT).await? else {
                return Ok(());
            };
            for message in messages {
                if message.kind == Kind::Completed {
                    let offset = message.offset.unwrap_or_default();
                    self.not_answers(session, offset, offset);
                    self.crew.recorder.meter(|meter| meter.ended += 1);
                    self.joined = None;
                    return Ok(());
                }
                if let Some(next) = self.take(session, &mut under_way, message) {
                    question = Some(next);
                }
            }
        }
    }

    /// Takes one message; the question that it brings.
    fn take(
        &self,
        session: &str,
        under_way: &mut Option<UnderWay>,
        message: Brief,
    ) -> Option<OpenQuestion> {
        let offset = message.offset.unwrap_or_default();
        if !matches!(message.kind, Kind::Answered | Kind::Recorded) {
            if message.kind.is_durable() {
                self.not_answers(session, offset, offset);
            }
            return None;
        }
        let own = under_way
            .take_if(|own| message.request_id.as_deref() == Some(own.request_id.as_str()))?;
        let ack = Ack {
            offset,
            correct: message.correct,
            at_ms: epoch_ms(),
        };
        let recorder = &self.crew.recorder;
        recorder.with(|books| books.ledger.acked(own.line, ack));
        message.next
    }

    fn not_answers(&self, session: &str, first: u32, last: u32) {
        let recorder = &self.crew.recorder;
        recorder.with(|books| books.ledger.other(session, first..=last));
    }

    /// Writes an answer down and sends it.
    async fn answer(
        &mut self,
        line: &mut Line,
        question: &OpenQuestion,
        session: &str,
    ) -> anyhow::Result<UnderWay> {
        self.requests += 1;
        let request_id = format!("{}-{}", self.request_prefix, self.requests);
        let options = self.examinee.answer(question, &self.crew.key);
        let sent = Sent {
            session: session.to_owned(),
            request_id: request_id.clone(),
            position: question.position,
            options: options.clone(),
            at_ms: epoch_ms(),
        };
        let written = self.crew.recorder.with(|books| books.ledger.sent(sent));
        let answer = Answer {
            request_id: request_id.clone(),
            position: question.position,
            response: Response::Choice { options },
            confidence: None,
        };
        line.send(&ClientMessage::Answer(answer)).await?;
        Ok(UnderWay {
            request_id,
            line: written,
        })
    }
}
