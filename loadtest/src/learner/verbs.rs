//! What a test or a script tells a learner to do, in one word each. Built on turns alone.

use std::time::Duration;

use learnr_protocol::ClientMessage;
use tokio::time::Instant;

use super::{Learner, LearnerError, Turn};
use crate::chance::Think;

/// Longest a verb of a learner waits for what it is for, through every reconnect.
pub(super) const VERB_SECONDS_MAX: u64 = 120;

impl Learner {
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

    /// Drops the connection without a word and makes its first attempt to come back after `pause`; whether
    /// there was a connection.
    pub fn cut_for(&mut self, pause: Duration, cause: &str) -> bool {
        let had = self.socket.is_some();
        if had {
            self.lost(cause);
            self.wished_delay = Some(pause);
        }
        had
    }

    /// Drops the connection without a word, as when a cable is pulled.
    pub fn cut(&mut self) {
        if self.socket.is_some() {
            self.lost("cut");
        }
    }
}

fn verb_deadline() -> Instant {
    Instant::now() + Duration::from_secs(VERB_SECONDS_MAX)
}
