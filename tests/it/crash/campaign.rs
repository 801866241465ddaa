//! Rounds of start, answers and `kill -9`. Owns when the server dies; what the kills did is judged
//! elsewhere.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use learnr_loadtest::api::Rest;
use learnr_loadtest::chance::Chance;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::crew::{Crew, Manner, Place};
use super::server::{Server, Site};

/// Learners answering at once.
pub(super) const LEARNERS: u64 = 50;
/// Acknowledgements before a kill, at most.
const ACKS_MAX: usize = 100;
/// Answers sent on after those, at most: so that a kill may fall anywhere between two commits.
const SENDS_MAX: usize = 8;
/// Longest a round may take, however slow the machine.
const ROUND_WITHIN: Duration = Duration::from_secs(60);
/// Longest the learners may take to finish what is under way.
const FINISH_WITHIN: Duration = Duration::from_secs(120);

/// What to do.
pub(super) struct Campaign {
    /// Kills.
    pub(super) rounds: u32,
    /// Everything drawn follows from it.
    pub(super) seed: u64,
    /// How slow the disk may be, one drawn for each round.
    pub(super) commit_delays_ms: Vec<u64>,
    /// The mutant, by the variable that makes the server one.
    pub(super) mutant: Option<&'static str>,
}

/// What is left after the last kill: a server without faults and learners that have stopped.
pub(super) struct Aftermath {
    pub(super) campaign: Campaign,
    pub(super) site: Site,
    pub(super) server: Server,
    pub(super) crew: Arc<Crew>,
    /// Sessions left open, and whose they are.
    pub(super) open: Vec<Place>,
    pub(super) begun: Instant,
}

/// One life of the server.
struct Round {
    commit_delay_ms: u64,
    acks: u64,
    sends: u64,
}

impl Campaign {
    /// Every round, and a last start after which the learners finish what is under way.
    pub(super) async fn run(self) -> Aftermath {
        let begun = Instant::now();
        let mut chance = Chance::new(self.seed);
        let site = Site::new(&mut chance);
        let crew = Arc::new(Crew::new(
            Rest::new(site.base()),
            Manner::hasty(),
            self.seed,
        ));
        let mut learners = JoinSet::new();
        for number in 0..LEARNERS {
            learners.spawn(Arc::clone(&crew).live(number));
        }
        for number in 1..=self.rounds {
            let round = self.draw(&mut chance);
            let server = site.start(&self.faults(round.commit_delay_ms)).await;
            crew.up.send_replace(true);
            let lived = timeout(ROUND_WITHIN, round.live(&crew)).await;
            assert!(
                lived.is_ok(),
                "seed {}: round {number} made no progress: {:?}\n{}",
                self.seed,
                crew.take_findings().problems,
                site.log_tail()
            );
            crew.up.send_replace(false);
            server.kill();
        }
        let server = site.start(&[]).await;
        crew.up.send_replace(true);
        crew.stopping.store(true, Ordering::Relaxed);
        let finished = timeout(FINISH_WITHIN, learners.join_all()).await;
        let Ok(open) = finished else {
            panic!(
                "seed {}: the learners do not finish\n{}",
                self.seed,
                site.log_tail()
            );
        };
        Aftermath {
            open: open.into_iter().flatten().collect(),
            campaign: self,
            site,
            server,
            crew,
            begun,
        }
    }

    fn draw(&self, chance: &mut Chance) -> Round {
        // One round in eight ends at the ready line, in the midst of everyone coming back.
        let acks = match chance.below(8) {
            0 => 0,
            _ => 1 + chance.below(ACKS_MAX) as u64,
        };
        let delay = chance.below(self.commit_delays_ms.len());
        Round {
            commit_delay_ms: self.commit_delays_ms[delay],
            acks,
            sends: chance.below(SENDS_MAX) as u64,
        }
    }

    fn faults(&self, commit_delay_ms: u64) -> Vec<(&'static str, String)> {
        let mut faults = vec![("LEARNR_FAULT_COMMIT_DELAY_MS", commit_delay_ms.to_string())];
        faults.extend(self.mutant.map(|name| (name, "1".to_owned())));
        faults
    }
}

impl Round {
    /// Waits until as much has happened as was drawn.
    async fn live(&self, crew: &Crew) {
        more(&crew.acked, self.acks).await;
        more(&crew.sent, self.sends).await;
    }
}

/// Waits until a count has grown by `more`.
async fn more(count: &watch::Sender<u64>, more: u64) {
    let mut seen = count.subscribe();
    let target = *seen.borrow() + more;
    seen.wait_for(|now| *now >= target)
        .await
        .expect("the crew lives as long as the campaign");
}
