//! Sending what waits, a few at a time, again when that may help.
//!
//! Owns the connection to the server of mail. Must not know what mails say.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::{Semaphore, mpsc};

use super::{Letter, MailConfig};

/// Mails under way at once; those that are tried again among them.
const AT_ONCE_MAX: usize = 8;
/// Tries before a mail is given up.
const ATTEMPTS_MAX: u32 = 5;
/// Delay before the second try; doubled at each further one, half a minute in all.
const RETRY: Duration = Duration::from_secs(2);
/// Longest a server of mail may take over one step.
const STEP_WITHIN: Duration = Duration::from_secs(15);

/// Where mail goes.
#[derive(Clone)]
enum Post {
    Server(Box<Server>),
    /// For development: whoever reads the log follows the links.
    Log,
}

#[derive(Clone)]
struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The end of the queue.
pub(super) struct Sending {
    post: Post,
    at_once: Arc<Semaphore>,
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
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context(
                    "LEARNR_SMTP_URL makes no sense: want smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587?tls=required, with special characters percent-encoded",
                )?;
                let transport = transport.timeout(Some(STEP_WITHIN)).build();
                Post::Server(Box::new(Server { transport, from }))
            }
            None => {
                tracing::warn!(
                    "mail is printed to this log, links that sign people in included: set LEARNR_SMTP_URL and LEARNR_MAIL_FROM"
                );
                Post::Log
            }
        };
        Ok(Self {
            post,
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
        })
    }

    /// Whether there is a server of mail.
    pub(super) fn has_server(&self) -> bool {
        matches!(self.post, Post::Server(_))
    }

    /// Works the queue off until nobody can add to it.
    pub(super) async fn run(self, mut waiting: mpsc::Receiver<Letter>) {
        while let Some(letter) = waiting.recv().await {
            match &self.post {
                Post::Log => {
                    tracing::info!(
                        subject = letter.subject.line(),
                        "a mail, not sent:\n{}",
                        letter.body
                    );
                }
                Post::Server(server) => {
                    let turn = Arc::clone(&self.at_once).acquire_owned().await;
                    let turn = turn.expect("nobody closes it");
                    let server = server.clone();
                    actix_rt::spawn(async move {
                        server.deliver(letter).await;
                        drop(turn);
                    });
                }
            }
        }
    }
}

impl Server {
    async fn deliver(&self, letter: Letter) {
        let subject = letter.subject;
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(error) => {
                // The error may name the address.
                tracing::debug!(%error, "a mail cannot be written");
                tracing::warn!(?subject, "a mail cannot be written");
                return;
            }
        };
        let mut wait = RETRY;
        for attempt in 1..=ATTEMPTS_MAX {
            let Err(error) = self.transport.send(message.clone()).await else {
                metrics::counter!("learnr_mails_total", "outcome" => "sent").increment(1);
                return;
            };
            // What the server says may name the address.
            tracing::debug!(%error, attempt, "a mail was not taken");
            if error.is_permanent() {
                break;
            }
            if attempt < ATTEMPTS_MAX {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
        }
        metrics::counter!("learnr_mails_total", "outcome" => "given_up").increment(1);
        tracing::warn!(
            ?subject,
            "a mail was given up: the server of mail refuses it or does not answer; LEARNR_LOG=debug says why"
        );
    }

    fn message(&self, letter: Letter) -> anyhow::Result<Message> {
        let to: Address = letter.to.parse()?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.line())
            .header(ContentType::TEXT_PLAIN);
        if let Some(url) = letter.unsubscribe {
            let raw = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
            message = message
                .raw_header(raw("List-Unsubscribe", format!("<{url}>")))
                .raw_header(raw(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ));
        }
        Ok(message.body(letter.body)?)
    }
}
