//! Mail to people: what is written, and a queue that sends it.
//!
//! Owns the queue and its bounds. Mail waits in memory: who got none asks again. No address and no link is in a log but where there is no
//! server of mail, for development. Must not know who has an account.

mod args;
mod letter;
mod sending;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

pub use args::MailConfig;
pub use letter::{LINK_LIFETIME_MS, Letter, Subject};

use self::sending::Sending;

/// Mails that may wait; one more is not taken.
const QUEUE_MAX: usize = 1_000;

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

/// The queue, for whoever has mail to send. Cheap to clone.
#[derive(Clone)]
pub struct Mails {
    queue: mpsc::Sender<Letter>,
    sent: bool,
}

impl Mails {
    /// A queue that is worked off until the last handle is gone.
    ///
    /// # Errors
    /// What is wrong with the configuration, in words that say what to do.
    pub fn start(config: &MailConfig) -> anyhow::Result<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let sending = Sending::new(config)?;
        let sent = sending.has_server();
        actix_rt::spawn(sending.run(waiting));
        Ok(Self { queue, sent })
    }

    /// Whether mails are sent, and not printed to the log for want of a server of mail.
    #[must_use]
    pub fn are_sent(&self) -> bool {
        self.sent
    }

    /// How many mails wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        QUEUE_MAX - self.queue.capacity()
    }

    /// Takes a mail to be sent; it returns at once.
    ///
    /// # Errors
    /// [`MailRefused`]. The mail is lost then, and its reader asks again.
    pub fn send(&self, letter: Letter) -> Result<(), MailRefused> {
        self.queue.try_send(letter).map_err(|error| match error {
            TrySendError::Full(_) => MailRefused::Full,
            TrySendError::Closed(_) => MailRefused::Stopping,
        })
    }
}
