//! Sessions whose final state is committed: the same on every machine, and until the engine version changes.

use learnr_domain::LearnerState;
use learnr_domain::session::{ENGINE_VERSION, Kind, Settings};
use learnr_domain::tick::DAY_MS;

use crate::fixture::{Player, bank, diagnostic, practice};

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sessions_of_this_engine_version_end_in_their_committed_state() {
    assert_eq!(
        ENGINE_VERSION, 1,
        "a new version needs new states, and keeps the old engine"
    );
    let bank = bank(240, &[0.4, 0.3, 0.2, 0.1], 17);
    let mut learner: Option<LearnerState> = None;
    let mut now = crate::fixture::BEGINNING;
    let review = Settings::new(Kind::Review, 5);
    let mut states = Vec::new();
    for (seed, settings) in [practice(25), diagnostic(25), review]
        .into_iter()
        .enumerate()
    {
        let started = Player::resume(&bank, settings, learner.clone(), now, seed as u64);
        let mut player = started.expect("a session starts");
        while player.play(!player.events.len().is_multiple_of(3)) {}
        states.push(hex(player.session.fingerprint()));
        learner = Some(LearnerState::after(learner.as_ref(), &player.session));
        now = player.now.plus(2 * DAY_MS);
    }
    assert_eq!(states, GOLDEN);
}

/// Fingerprints of a practice session, a diagnostic and a review by one learner, two days apart.
const GOLDEN: [&str; 3] = [
    "c39bbc7b71c66c7b7d91b7e1951d40a16275d24188c93743aa87080f55b693c3",
    "5f3f34604ebe3bc16fef6b15d47cf022ebaf1ea67459d2d3e9a3b4d978f4f735",
    "e6756dd6f8dc6cb5b8a5c652e4430e1dca26b18148ee87416e5411fdadebdb03",
];
