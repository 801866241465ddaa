//! The directory in process keeps the contract.

use std::sync::Arc;

use learnr::clock::ManualClock;
use learnr::cluster::{Directory, LEASE_TTL, LocalDirectory};

use super::contract::{Place, directory_contract};

struct Local {
    clock: Arc<ManualClock>,
    directory: Arc<LocalDirectory>,
}

impl Place for Local {
    fn directory(&self) -> Arc<dyn Directory> {
        self.directory.clone()
    }

    async fn outlive(&self, node: &str) {
        let almost = LEASE_TTL - std::time::Duration::from_millis(1);
        self.clock.advance(almost);
        let held = self.directory.lease(node).await;
        assert!(held.expect("it is local").is_some(), "it ran out early");
        self.clock.advance(LEASE_TTL - almost);
    }
}

async fn place() -> Option<Local> {
    let clock = Arc::new(ManualClock::at(1_000));
    let directory = Arc::new(LocalDirectory::new(clock.clone()));
    Some(Local { clock, directory })
}

directory_contract!(super::place());
