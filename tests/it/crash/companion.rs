//! A learner with two devices on one session, both of which answer. Must not hold what one knows against the other: each is
//! behind the other at times, and is told so.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use learnr_loadtest::chance::Chance;
use learnr_loadtest::{Learner, LearnerError, Settings, Turn};
use learnr_protocol::ErrorCode;
use tokio::sync::watch;
use tokio::time::Instant;

use super::crew::Crew;

/// How much longer the second device thinks at most, in gaps of the first: now and then one answers while the other sleeps.
const SECOND_GAPS_MAX: u32 = 8;

/// Both devices answer until the session ends or the crew stops.
pub(super) async fn play_together(
    crew: &Crew,
    first: &mut Learner,
    settings: &Arc<Settings>,
) -> Result<(), LearnerError> {
    let again = || async {
        let rest = &settings.rest;
        Ok(rest.ticket(first.token(), first.session_id()).await?)
    };
    let ticket = match crew.insist(again).await {
        Ok(ticket) => ticket,
        // It ended right after it was found.
        Err(LearnerError::Api(error)) if error.code() == Some(ErrorCode::Ended) => return Ok(()),
        Err(error) => return Err(error),
    };
    let token = first.token().to_owned();
    let joined = Learner::join(Arc::clone(settings), token, ticket, crew.recorder.clone());
    let mut second = joined.await?;
    let done = watch::Sender::new(false);
    let gap = crew.manner.gap;
    let play = async {
        let played = answer_on(crew, first, (gap, 1), &done).await;
        done.send_replace(true);
        played
    };
    let company = async {
        let played = answer_on(crew, &mut second, (gap, SECOND_GAPS_MAX), &done).await;
        done.send_replace(true);
        played
    };
    let (played, accompanied) = tokio::join!(play, company);
    played?;
    accompanied?;
    // Whoever has not heard of the end yet hears of it.
    let is_over = second.has_ended();
    let settled = |learner: &Learner| !is_over && learner.question().is_some();
    first.until("no question", settled).await
}

/// Answers with pauses of 1 to so many gaps until the session ends, the crew stops, or the other device has done.
async fn answer_on(
    crew: &Crew,
    learner: &mut Learner,
    (gap, gaps_max): (Duration, u32),
    done: &watch::Sender<bool>,
) -> Result<(), LearnerError> {
    let mut chance = Chance::new(u64::from(gaps_max) ^ u64::from(learner.offset()));
    while !crew.stopping.load(Ordering::Relaxed) && !*done.borrow() {
        let pause = gap + chance.up_to(gap * (gaps_max - 1));
        learner.idle(Instant::now() + pause).await?;
        if learner.has_ended() {
            break;
        }
        if learner.question().is_none() {
            learner
                .until("no question", |learner| learner.question().is_some())
                .await?;
            continue;
        }
        let options = learner.choose();
        crew.sent.send_modify(|sent| *sent += 1);
        match learner.answer(options).await? {
            Turn::Acked(_) => crew.acked.send_modify(|acked| *acked += 1),
            Turn::Refused(code) if is_late(code) => {}
            Turn::Refused(code) => crew.problem(format!(
                "an answer in {} was refused: {code:?}",
                learner.session_id()
            )),
            _ => {}
        }
    }
    Ok(())
}

/// What a device is told that answers what the other has answered.
fn is_late(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::AlreadyAnswered | ErrorCode::NotServed | ErrorCode::Ended
    )
}
