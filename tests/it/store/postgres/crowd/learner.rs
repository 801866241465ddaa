//! One session: hands answers over, a few at a time, and does what an actor does when they are not stored: claims, loads, sends again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use learnr::store::{EventRow, Fence, Outcome, SessionId, Store};
use learnr_loadtest::ledger::{Ack, LineId, Sent};
use tokio::time::interval;

use super::Shared;
use crate::store::fixture::{answered, append, owner, random};

/// Answers handed over before the first is waited for, at most.
const AT_ONCE_MAX: u32 = 3;
/// Every so many rounds the session moves: it is claimed though nothing is wrong.
const ROUNDS_PER_MOVE: u32 = 25;
/// Between attempts at what the store refuses.
const PAUSE: Duration = Duration::from_millis(20);

/// An answer that nobody has been told of as stored.
struct Pending {
    seq: u32,
    line: LineId,
}

struct Learner {
    shared: Shared,
    session: SessionId,
    fence: Fence,
    /// The last answer anybody was told of as stored.
    last: u32,
    pending: VecDeque<Pending>,
}

/// Answers until the crowd is told to stop.
pub(super) async fn answer(shared: Shared, session: SessionId, fence: Fence) {
    let mut learner = Learner {
        shared,
        session,
        fence,
        last: 1,
        pending: VecDeque::new(),
    };
    for round in 1.. {
        learner.write_down(round % AT_ONCE_MAX + 1);
        let stored = learner.hand_over().await;
        if *learner.shared.stop.borrow() {
            return;
        }
        if !stored {
            learner.shared.with(|books| books.claimed_again += 1);
        }
        if !stored || round % ROUNDS_PER_MOVE == 0 {
            learner.claim_again().await;
        }
    }
}

impl Learner {
    /// Makes up answers until so many are due, and writes them down before they leave.
    fn write_down(&mut self, count: u32) {
        while (self.pending.len() as u32) < count {
            let seq = self.last + self.pending.len() as u32 + 1;
            let sent = Sent {
                session: self.session.to_string(),
                request_id: request_id(seq),
                position: position(seq),
                options: Vec::new(),
                at_ms: 0,
            };
            let line = self.shared.with(|books| books.ledger.sent(sent));
            self.pending.push_back(Pending { seq, line });
        }
    }

    /// Hands over what is due; whether all of it was stored.
    async fn hand_over(&mut self) -> bool {
        let begun = Instant::now();
        let mut outcomes = Vec::new();
        for pending in &self.pending {
            let row = EventRow {
                request_id: Some(request_id(pending.seq)),
                position: Some(position(pending.seq)),
                ..answered(pending.seq, self.fence)
            };
            match self
                .shared
                .store
                .append(append(self.session, self.fence, vec![row]))
            {
                Ok(outcome) => outcomes.push(outcome),
                // The queue is full: the rest is not even handed over.
                Err(_) => break,
            }
        }
        let mut all = outcomes.len() == self.pending.len();
        for outcome in outcomes {
            match outcome.await.expect("every append is answered") {
                // Behind one that was not: told out of order it would be a hole, which the verdict looks for.
                Outcome::Stored => self.told_stored(),
                Outcome::Unavailable => {
                    all = false;
                    self.shared.with(|books| books.unavailable += 1);
                }
                Outcome::Fenced => {
                    all = false;
                    self.shared.with(|books| books.fenced += 1);
                }
                Outcome::Rejected(why) => {
                    all = false;
                    self.shared.with(|books| books.rejected.push(why));
                }
            }
        }
        let took = begun.elapsed();
        self.shared
            .with(|books| books.longest = books.longest.max(took));
        all
    }

    fn told_stored(&mut self) {
        let Pending { seq, line } = self.pending.pop_front().expect("it was handed over");
        self.last = seq;
        let ack = Ack {
            offset: seq,
            correct: None,
            at_ms: 0,
        };
        self.shared.with(|books| books.ledger.acked(line, ack));
        self.shared.acked.send_modify(|acked| *acked += 1);
    }

    /// Claims the session, loads it, and tells itself which answers are stored after all.
    async fn claim_again(&mut self) {
        let mut pauses = interval(PAUSE);
        let events = loop {
            match self.claimed().await {
                Some(events) => break events,
                None if *self.shared.stop.borrow() => return,
                None => pauses.tick().await,
            };
        };
        let stored = events.last().map_or(0, |event| event.seq);
        assert!(
            stored >= self.last,
            "{} lost {} of {}",
            self.session,
            stored,
            self.last
        );
        while self
            .pending
            .front()
            .is_some_and(|pending| pending.seq <= stored)
        {
            self.shared.with(|books| books.found_stored += 1);
            self.told_stored();
        }
    }

    async fn claimed(&mut self) -> Option<Vec<EventRow>> {
        let store = &self.shared.store;
        let taken = async {
            let row = store.session(self.session).await?.expect("it is stored");
            let seen = row.fence.epoch;
            store
                .claim_and_load(self.session, seen, random(), owner("n1"))
                .await
        };
        match taken.await {
            Ok(Some((fence, events))) => {
                self.fence = fence;
                Some(events)
            }
            Ok(None) => None,
            Err(_) => {
                self.shared.with(|books| books.errors += 1);
                None
            }
        }
    }
}

fn request_id(seq: u32) -> String {
    format!("answer {seq}")
}

/// Behind the start every event is an answer.
fn position(seq: u32) -> u16 {
    u16::try_from(seq - 1).expect("no session gets that far")
}
