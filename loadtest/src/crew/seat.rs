//! One learner's life: session after session until the run stops, each answer at its time. Owns when it answers
//! and what; how it keeps its socket is `learner`'s.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Crew;
use super::agenda::Agenda;
use super::pace::Beat;
use crate::api::ApiError;
use crate::chance::Chance;
use crate::examinee::Examinee;
use crate::learner::{Learner, LearnerError, Settings, Turn};

/// Bound of the jittered pause after a learner could not go on, before it begins another session.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);
/// Longest wait before a learner looks whether the run is stopping, or has begun.
const LOOK: Duration = Duration::from_secs(1);
/// Fewest questions of a session.
const LENGTH_MIN: u16 = 5;

/// A learner's identity, whichever session they are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seating {
    /// Their number among all.
    pub(super) number: usize,
    /// Their place among all.
    pub(super) place: usize,
}

/// Lives until the run stops.
pub(super) async fn live(crew: &Crew, seating: Seating) {
    let learners = &crew.share.scenario.learners;
    let mut chance = Chance::new(crew.seed(seating.number));
    let mut examinee = Examinee::draw(learners.ability_mean, learners.ability_sd, chance.bits());
    let mut agenda = Agenda::new(
        &crew.clock,
        &crew.recorder,
        crew.share.scenario.pace,
        crew.place(seating),
        chance.bits(),
    );
    let settings = Arc::new(crew.settings(seating, chance.bits()));
    // The first session is shorter by chance, so that sessions that start together do not end together.
    let mut now_settings = Arc::new(shortened(&settings, &mut chance));
    let mut token = None;
    let mut has_joined = false;
    while !crew.clock.is_stopping() {
        let seat = Seat {
            crew,
            seating,
            examinee: &mut examinee,
            agenda: &mut agenda,
            has_joined: &mut has_joined,
        };
        match seat.session(&now_settings, &mut token).await {
            Ok(()) => now_settings = Arc::clone(&settings),
            Err(error) => {
                crew.recorder.meter(|meter| meter.error(&name(&error)));
                sleep(chance.up_to(PAUSE_AFTER_ERROR)).await;
            }
        }
    }
}

fn shortened(settings: &Settings, chance: &mut Chance) -> Settings {
    let mut settings = settings.clone();
    if let Some(length) = settings.create.length {
        let half = length / 2;
        let cut = chance.below(usize::from(half) + 1);
        let cut = u16::try_from(cut).unwrap_or(half);
        settings.create.length = Some((length - cut).max(LENGTH_MIN).min(length));
    }
    settings
}

/// What one session needs of its learner.
struct Seat<'a, 'b> {
    crew: &'a Crew,
    seating: Seating,
    examinee: &'b mut Examinee,
    agenda: &'b mut Agenda<'a>,
    has_joined: &'b mut bool,
}

impl Seat<'_, '_> {
    /// One session from its start to its end.
    async fn session(
        mut self,
        settings: &Arc<Settings>,
        token: &mut Option<String>,
    ) -> Result<(), LearnerError> {
        let asked = Instant::now();
        let bearer = match token {
            Some(token) => token.clone(),
            None => token.insert(settings.rest.guest().await?.token).clone(),
        };
        let recorder = &self.crew.recorder;
        let mut learner = Learner::start_as(Arc::clone(settings), bearer, recorder.clone()).await?;
        recorder.meter(|meter| {
            meter.joined += u64::from(!std::mem::replace(self.has_joined, true));
            meter.started += 1;
            meter.start.record(asked.elapsed());
        });
        self.agenda.begin(Instant::now());
        match self.agenda.beat() {
            Beat::After(_) | Beat::Fixed => self.open_loop(&mut learner).await?,
            Beat::Closed(gap) => self.closed_loop(&mut learner, gap).await?,
            Beat::Never => {
                while !self.is_over(&learner) {
                    self.turn(&mut learner, far()).await?;
                }
            }
        }
        if learner.has_ended() {
            recorder.meter(|meter| meter.ended += 1);
        }
        Ok(())
    }

    /// Answers at times fixed in advance: a slow server makes answers late, never fewer.
    async fn open_loop(&mut self, learner: &mut Learner) -> Result<(), LearnerError> {
        while !self.is_over(learner) {
            let now = Instant::now();
            let Some(due) = self.agenda.due() else {
                self.turn(learner, now + LOOK).await?;
                continue;
            };
            if due > now {
                self.turn(learner, due).await?;
                continue;
            }
            if self.crew.clock.ends().is_some_and(|ends| due >= ends) {
                return Ok(());
            }
            if learner.question().is_none() {
                self.turn(learner, now + LOOK).await?;
                continue;
            }
            self.answer(learner, due).await?;
        }
        Ok(())
    }

    /// Answers as soon as there is a question, no sooner than `gap` after the last; the first once every learner is there,
    /// since those who answer without a pause leave nothing for those who start.
    async fn closed_loop(
        &mut self,
        learner: &mut Learner,
        gap: Duration,
    ) -> Result<(), LearnerError> {
        let mut not_before = Instant::now();
        while !self.is_over(learner) {
            let now = Instant::now();
            if now < not_before {
                self.turn(learner, not_before).await?;
            } else if learner.question().is_none() || self.crew.clock.began().is_none() {
                self.turn(learner, now + LOOK).await?;
            } else {
                not_before = now + gap;
                self.answer(learner, now).await?;
            }
        }
        Ok(())
    }

    /// Answers the open question and waits for what becomes of it.
    async fn answer(&mut self, learner: &mut Learner, due: Instant) -> Result<(), LearnerError> {
        let Some(question) = learner.question() else {
            return Ok(());
        };
        let options = self.examinee.answer(question, &self.crew.key);
        self.agenda.send(due);
        learner.submit(options, due);
        loop {
            match self.turn(learner, far()).await? {
                Turn::Acked(_) | Turn::Refused(_) => {
                    self.agenda.settle();
                    return Ok(());
                }
                // Its fate is not known: the agenda counts it as late as it is.
                Turn::Ended => return Ok(()),
                Turn::Changed | Turn::Quiet => {}
            }
        }
    }

    /// A turn of the learner's, cut short by the storm when its time comes.
    async fn turn(&mut self, learner: &mut Learner, until: Instant) -> Result<Turn, LearnerError> {
        let clock = &self.crew.clock;
        let until = if clock.awaits_storm() {
            until.min(Instant::now() + LOOK)
        } else {
            until
        };
        // A storm met once lies in the past, where it no longer cuts anything short.
        let storm = clock.storm().filter(|(at, _)| *at > Instant::now());
        let Some((at, within)) = storm else {
            return learner.turn(until).await;
        };
        let turn = learner.turn(until.min(at)).await?;
        if Instant::now() >= at {
            let part = self.crew.place(self.seating).part;
            if learner.cut_for(within.mul_f64(part), super::STORM) {
                self.crew.dropped(Instant::now());
            }
        }
        Ok(turn)
    }

    fn is_over(&self, learner: &Learner) -> bool {
        learner.has_ended() || self.crew.clock.is_stopping()
    }
}

/// Later than any run lasts; the learner's own timers come first.
pub(super) fn far() -> Instant {
    Instant::now() + Duration::from_secs(24 * 3600)
}

/// What a learner's end is counted as: of a refusal its status and the server's words, since those tell the causes apart.
fn name(error: &LearnerError) -> Cow<'static, str> {
    let name = match error {
        LearnerError::Api(ApiError::Refused {
            status, message, ..
        }) => return format!("learner: REST {status}: {message}").into(),
        LearnerError::Api(ApiError::Transport(_)) => "learner: REST, no answer",
        LearnerError::Socket(_) => "learner: upgrade refused",
        LearnerError::Closed { .. } => "learner: closed for good",
        LearnerError::Refused(_) => "learner: refused again and again",
        LearnerError::GaveUp(_) => "learner: gave up connecting",
        LearnerError::Stalled(_) => "learner: stalled",
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_apart_by_what_the_server_said() {
        let refused = |status, message: &str| {
            name(&LearnerError::Api(ApiError::Refused {
                status,
                code: None,
                message: message.to_owned(),
                retry_after: None,
            }))
        };
        assert_eq!(refused(503, "busy"), "learner: REST 503: busy");
        assert_ne!(refused(503, "busy"), refused(503, "draining"));
        assert_ne!(refused(503, "busy"), refused(429, "busy"));
    }
}
