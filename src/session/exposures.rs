//! How often the items of a bank were served where sessions measure: read for the lottery of a new session, counted
//! when one has ended.
//!
//! Owns the counts' way between the store and the domain. Must not know the lottery, nor when a session ends. None
//! of it is on the answer path.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use learnr_domain::selection::exposure::{Count, EXPOSURE_MAX_DEFAULT, Exposure, share_allowed};
use learnr_domain::session::Kind;
use learnr_domain::{Bank, ItemIx, Session};

use super::banks::VersionedBank;
use crate::store::record;
use crate::store::{ExposureRow, SessionRow, Store, StoreError};

/// Counts are read anew after this long, in milliseconds: the lottery's odds move slowly.
const FRESH_MS: i64 = 10_000;
/// Banks whose counts are kept in memory.
const BANKS_MAX: usize = 256;
/// Tries to store counts that another worker overtakes.
const STORES_MAX: usize = 8;

/// What is known of a bank's exposure.
#[derive(Debug, Clone)]
struct Known {
    counts: Arc<[Count]>,
    examinees: i64,
    read_ms: i64,
}

/// The counts of the banks in use.
pub struct Exposures {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<(String, String), Known>>,
}

impl Exposures {
    /// Counts read from `store` as they are asked for.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: Mutex::default(),
        }
    }

    /// The items kept out of a session that measures, by the lottery of `seed`; none for other kinds.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn ineligible(
        &self,
        versioned: &VersionedBank,
        (kind, length): (Kind, u16),
        seed: u64,
        now_ms: i64,
    ) -> Result<Vec<ItemIx>, StoreError> {
        if !kind.measures() {
            return Ok(Vec::new());
        }
        let known = self.known(versioned, now_ms).await?;
        let exposure = exposure(&known, share(&versioned.bank, length));
        let out = exposure.ineligible(seed);
        Ok(out.into_iter().map(|item| ItemIx(item as u32)).collect())
    }

    /// Counts a session that has ended, if it measured.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer; the session is then not counted, which the lottery survives.
    pub(super) async fn count(&self, row: &SessionRow, ended: &Session) -> Result<(), StoreError> {
        if !record::kind_of(&row.kind).is_some_and(Kind::measures) {
            return Ok(());
        }
        self.add(&row.bank_version, ended).await
    }

    async fn add(&self, version: &str, session: &Session) -> Result<(), StoreError> {
        // Handed in blank, a form says nothing of who saw what, and a learner could fill the counts with such.
        if session.progress().answered == 0 {
            return Ok(());
        }
        let certification = session.bank().certification().id.to_string();
        let items = session.bank().items().len();
        let indices = |list: &[ItemIx]| list.iter().map(|item| item.0 as usize).collect::<Vec<_>>();
        let (out, served) = (indices(session.ineligible()), indices(&session.exposed()));
        for _ in 0..STORES_MAX {
            let row = self.store.exposure(&certification, version).await?;
            let expected = row.as_ref().map(|row| row.examinees);
            let known = from_row(row, items, 0);
            let mut exposure = exposure(&known, EXPOSURE_MAX_DEFAULT);
            exposure.record(&out, served.iter().copied());
            let row = ExposureRow {
                certification: certification.clone(),
                version: version.to_owned(),
                examinees: known.examinees.saturating_add(1),
                body: record::exposure_to_bytes(exposure.counts()),
            };
            if self.store.save_exposure(row, expected).await? {
                return Ok(());
            }
        }
        tracing::warn!(%certification, "others kept counting: a session is missing from the exposure counts");
        Ok(())
    }

    async fn known(&self, versioned: &VersionedBank, now_ms: i64) -> Result<Known, StoreError> {
        let certification = versioned.bank.certification().id.to_string();
        let key = (certification, versioned.version.to_string());
        let fresh = |known: &&Known| now_ms.saturating_sub(known.read_ms) < FRESH_MS;
        let found = self.lock().get(&key).filter(fresh).cloned();
        if let Some(known) = found {
            return Ok(known);
        }
        let row = self.store.exposure(&key.0, &key.1).await?;
        let known = from_row(row, versioned.bank.items().len(), now_ms);
        let mut all = self.lock();
        if all.len() >= BANKS_MAX && !all.contains_key(&key) {
            all.clear();
        }
        all.insert(key, known.clone());
        Ok(known)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Share of examinees that may see an item of a bank in sessions of this length.
fn share(bank: &Bank, length: u16) -> f64 {
    let active = bank.areas().iter().map(|area| area.items().len()).sum();
    share_allowed(active, length)
}

fn exposure(known: &Known, most: f64) -> Exposure {
    let examinees = u64::try_from(known.examinees).unwrap_or(0);
    Exposure::of(known.counts.to_vec(), examinees, most)
}

/// Damaged counts are told of and begin anew: they are odds of a lottery, not a record of anyone.
fn from_row(row: Option<ExposureRow>, items: usize, read_ms: i64) -> Known {
    let none = || vec![Count::default(); items];
    let (counts, examinees) = match row {
        None => (none(), 0),
        Some(row) => match record::exposure_from_bytes(&row.body) {
            Ok(counts) if counts.len() == items => (counts, row.examinees),
            Ok(counts) => {
                tracing::error!(certification = %row.certification, counts = counts.len(), items, "exposure counts are of another bank");
                (none(), 0)
            }
            Err(error) => {
                tracing::error!(certification = %row.certification, %error, "exposure counts cannot be read");
                (none(), 0)
            }
        },
    };
    Known {
        counts: counts.into(),
        examinees,
        read_ms,
    }
}
