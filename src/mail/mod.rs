//! Mail to people: what is written, and a queue that sends it.
//!
//! Owns the queue and its bounds. Mail waits in memory: who got none asks again. No address and no link is in a log but where there is no
//! server of mail, for development. Must not know who has an account.

mod args;
mod letter;
mod sending;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc};

pub use args::MailConfig;
pub use letter::{LINK_LIFETIME_MS, Letter, Subject};

use self::sending::Sending;

/// Mails that may be on their way: waiting, being sent, and between two tries. One more is not taken.
const QUEUE_MAX: u32 = 1_000;

/// Why a mail was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailRefused {
    /// As many wait as may: the server of mail does not keep up, or does not answer.
    #[error("{QUEUE_MAX} mails wait already: look at the server of mail, LEARNR_SMTP_URL")]
    Full,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

/// A mail on its way, and the place it takes until it is sent or given up.
struct Waiting {
    letter: Letter,
    place: OwnedSemaphorePermit,
}

/// The queue, for whoever has mail to send. Cheap to clone.
#[derive(Clone)]
pub struct Mails {
    /// Bounded by the places alone.
    queue: mpsc::UnboundedSender<Waiting>,
    places: Arc<Semaphore>,
    sent: bool,
}

impl Mails {
    /// A queue that is worked off until the last handle is gone.
    ///
    /// # Errors
    /// What is wrong with the configuration, in words that say what to do.
    pub fn start(config: &MailConfig) -> anyhow::Result<Self> {
        let (queue, waiting) = mpsc::unbounded_channel();
        let sending = Sending::new(config)?;
        let sent = sending.has_server();
        actix_rt::spawn(sending.run(waiting));
        Ok(Self {
            queue,
            places: Arc::new(Semaphore::new(QUEUE_MAX as usize)),
            sent,
        })
    }

    /// Whether mails are sent, and not printed to the log for want of a server of mail.
    #[must_use]
    pub fn are_sent(&self) -> bool {
        self.sent
    }

    /// How many mails are on their way.
    #[must_use]
    pub fn waiting(&self) -> usize {
        QUEUE_MAX as usize - self.places.available_permits()
    }

    /// Takes a mail to be sent; it returns at once.
    ///
    /// # Errors
    /// [`MailRefused`]. The mail is lost then, and its reader asks again.
    pub fn send(&self, letter: Letter) -> Result<(), MailRefused> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|error| match error {
            TryAcquireError::NoPermits => MailRefused::Full,
            TryAcquireError::Closed => MailRefused::Stopping,
        })?;
        let waiting = Waiting { letter, place };
        self.queue.send(waiting).map_err(|_| MailRefused::Stopping)
    }

    /// Takes no more, and waits until what was taken is sent or given up, no longer than `within`; how many mails are lost then.
    pub async fn drain(&self, within: Duration) -> usize {
        let all = self.places.acquire_many(QUEUE_MAX);
        drop(tokio::time::timeout(within, all).await);
        self.places.close();
        self.waiting()
    }
}
