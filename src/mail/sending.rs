//! Sending what waits, a few at a time, again when that may help.
//!
//! Owns the connection to the server of mail. Must not know what mails say.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::{Semaphore, mpsc};

use super::{Letter, MailConfig, Waiting};

/// Mails spoken of with the server at once. One that is put off gives its turn to another until it is tried again.
const AT_ONCE_MAX: usize = 8;
/// Mails between two tries; one more that is put off is given up. Half of those on their way: the others are new.
const PUT_OFF_MAX: usize = 500;
/// Tries before a mail is given up.
const ATTEMPTS_MAX: u32 = 5;
/// Delay before the second try; doubled at each further one, half a minute in all.
const RETRY: Duration = Duration::from_secs(2);
/// Longest a server of mail may take over one step.
const STEP_WITHIN: Duration = Duration::from_secs(15);

/// Where mail goes.
enum Post {
    Server(Arc<Server>),
    /// For development: whoever reads the log follows the links.
    Log,
}

struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    at_once: Semaphore,
    put_off: Semaphore,
}

/// The end of the queue.
pub(super) struct Sending {
    post: Post,
}

impl Sending {
    /// # Errors
    /// What is wrong with the configuration; never the password in it.
    pub(super) fn new(config: &MailConfig) -> anyhow::Result<Self> {
        let post = match config.server()? {
            Some((url, from)) => {
                let from: Mailbox = from.parse().with_context(|| {
                    format!("LEARNR_MAIL_FROM is no address of mail: {from:?}, want `LearnR <learnr@learn.example>`")
                })?;
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str()).context(
                    "LEARNR_SMTP_URL makes no sense: want a host, and special characters percent-encoded",
                )?;
                Post::Server(Arc::new(Server {
                    transport: transport.timeout(Some(STEP_WITHIN)).build(),
                    from,
                    at_once: Semaphore::new(AT_ONCE_MAX),
                    put_off: Semaphore::new(PUT_OFF_MAX),
                }))
            }
            None => {
                tracing::warn!(
                    "mail is printed to this log, links that sign people in included: set LEARNR_SMTP_URL and LEARNR_MAIL_FROM"
                );
                Post::Log
            }
        };
        Ok(Self { post })
    }

    /// Whether there is a server of mail.
    pub(super) fn has_server(&self) -> bool {
        matches!(self.post, Post::Server(_))
    }

    /// Works the queue off until nobody can add to it. As many tasks at most as there are places in the queue.
    pub(super) async fn run(self, mut queue: mpsc::UnboundedReceiver<Waiting>) {
        while let Some(Waiting { letter, place }) = queue.recv().await {
            match &self.post {
                Post::Log => {
                    tracing::info!(
                        subject = letter.subject.line(),
                        "a mail, not sent:\n{}",
                        letter.body
                    );
                }
                Post::Server(server) => {
                    let server = Arc::clone(server);
                    actix_rt::spawn(async move {
                        server.deliver(letter).await;
                        drop(place);
                    });
                }
            }
        }
    }
}

impl Server {
    async fn deliver(&self, letter: Letter) {
        let subject = letter.subject;
        let outcome = match self.tried(&letter).await {
            Ok(()) => "sent",
            Err(why) => {
                tracing::warn!(?subject, "a mail was given up: {why}");
                "given_up"
            }
        };
        metrics::counter!("learnr_mails_total", "outcome" => outcome).increment(1);
    }

    /// Tries to send a mail as often as that may help.
    ///
    /// # Errors
    /// Why it was given up, in words that are for the log.
    async fn tried(&self, letter: &Letter) -> Result<(), &'static str> {
        let message = self.message(letter).map_err(|error| {
            // The error may name the address.
            tracing::debug!(%error, "a mail cannot be written");
            "it cannot be written"
        })?;
        let mut wait = RETRY;
        for attempt in 1..=ATTEMPTS_MAX {
            let turn = self.at_once.acquire().await.expect("nobody closes it");
            if letter.is_over(Instant::now()) {
                return Err(
                    "its link ran out before its turn came: the server of mail does not keep up",
                );
            }
            let sent = self.transport.send(message.clone()).await;
            // Another mail's, as long as this one waits: one that is put off is to keep nobody else's.
            drop(turn);
            let Err(error) = sent else { return Ok(()) };
            // What the server says may name the address.
            tracing::debug!(%error, attempt, "a mail was not taken");
            // Of a client's fault the next try makes nothing else: such as an address that this server does not take.
            if error.is_permanent() || error.is_client() || attempt == ATTEMPTS_MAX {
                break;
            }
            let Ok(_put_off) = self.put_off.try_acquire() else {
                return Err("as many are put off as may be: look at the server of mail");
            };
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err("the server of mail refuses it or does not answer; LEARNR_LOG=debug says why")
    }

    fn message(&self, letter: &Letter) -> anyhow::Result<Message> {
        let to: Address = letter.to.parse()?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.line())
            .header(ContentType::TEXT_PLAIN);
        if let Some(url) = &letter.unsubscribe {
            let raw = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
            message = message
                .raw_header(raw("List-Unsubscribe", format!("<{url}>")))
                .raw_header(raw(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ));
        }
        Ok(message.body(letter.body.clone())?)
    }
}
