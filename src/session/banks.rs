//! Certifications in memory: each version is loaded and built once and shared by every session on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use learnr_domain::Bank;
use learnr_domain::session::{Q_DEFAULT, RHO_DEFAULT};
use tokio::sync::OnceCell;

use crate::store::record::{self, RecordError};
use crate::store::{Store, StoreError};

/// Versions kept in memory; when one more is needed the one used longest ago goes.
const BANKS_MAX: usize = 256;

/// Why a certification cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// There is none by that name or version.
    #[error("no certification {id:?}")]
    NotFound {
        /// The id asked for.
        id: String,
    },
    /// What is stored is not a bank.
    #[error("stored certification {id:?} cannot be used: {source}")]
    Damaged {
        /// The id asked for.
        id: String,
        /// What is wrong with it.
        #[source]
        source: RecordError,
    },
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A bank and the version it was built from.
#[derive(Clone)]
pub struct VersionedBank {
    /// The bank.
    pub bank: Arc<Bank>,
    /// Hash of its content.
    pub version: Arc<str>,
    /// Correlation of area abilities that its sessions begin from.
    pub rho: f64,
    /// Variance of drift after a practice answer that they begin from, in squared logits.
    pub q: f64,
}

type Slot = Arc<OnceCell<VersionedBank>>;

/// The banks in use.
pub struct BankCache {
    store: Arc<dyn Store>,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    by_version: HashMap<(String, String), (Slot, u64)>,
    uses: u64,
}

impl BankCache {
    /// An empty cache over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            slots: Mutex::default(),
        }
    }

    /// The current version of a certification.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn current(&self, id: &str) -> Result<VersionedBank, BankError> {
        let listing = self.store.certifications().await?;
        let version = listing
            .into_iter()
            .find(|certification| certification.id == id)
            .map(|certification| certification.version);
        self.named(id, version).await
    }

    /// The version of a certification that was found to be its current one, if any was.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn named(
        &self,
        id: &str,
        version: Option<String>,
    ) -> Result<VersionedBank, BankError> {
        let version = version.ok_or_else(|| BankError::NotFound { id: id.to_owned() })?;
        self.version(id, &version).await
    }

    /// One version of a certification; those who ask at once wait for one load.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn version(&self, id: &str, version: &str) -> Result<VersionedBank, BankError> {
        let slot = self.slot(id, version);
        slot.get_or_try_init(|| self.load(id, version))
            .await
            .cloned()
    }

    fn slot(&self, id: &str, version: &str) -> Slot {
        let mut slots = self
            .slots
            .lock()
            .expect("no code panics while it holds the slots");
        slots.uses += 1;
        let now = slots.uses;
        let key = (id.to_owned(), version.to_owned());
        if !slots.by_version.contains_key(&key) && slots.by_version.len() >= BANKS_MAX {
            let oldest = slots
                .by_version
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                slots.by_version.remove(&oldest);
            }
        }
        let entry = slots.by_version.entry(key).or_default();
        entry.1 = now;
        Arc::clone(&entry.0)
    }

    async fn load(&self, id: &str, version: &str) -> Result<VersionedBank, BankError> {
        let not_found = || BankError::NotFound { id: id.to_owned() };
        let row = self
            .store
            .certification(id, Some(version))
            .await?
            .ok_or_else(not_found)?;
        let damaged = |source| BankError::Damaged {
            id: id.to_owned(),
            source,
        };
        // Building tables for thousands of items takes milliseconds: not on a thread that serves sockets.
        let (bank, calibration) = tokio::task::spawn_blocking(move || {
            Ok((
                record::bank_from_row(&row)?,
                record::calibration_from_row(&row)?.unwrap_or_default(),
            ))
        })
        .await
        .map_err(|error| StoreError::Unavailable(Box::new(error)))?
        .map_err(damaged)?;
        Ok(VersionedBank {
            bank: Arc::new(bank),
            version: Arc::from(version),
            rho: calibration.rho.map_or(RHO_DEFAULT, |rho| rho.value),
            q: calibration.q.map_or(Q_DEFAULT, |q| q.value),
        })
    }
}
