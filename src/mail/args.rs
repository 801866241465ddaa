//! How mail is configured. Must not know what is sent.

use clap::Args;

/// What `learnr serve` can be told of mail.
#[derive(Debug, Clone, Default, Args)]
pub struct MailConfig {
    /// Server of mail: smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587?tls=required. Without one mails are printed to the
    /// log, for development.
    #[arg(
        long,
        env = "LEARNR_SMTP_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub smtp_url: Option<String>,
    /// Whom mails are from, such as `LearnR <learnr@learn.example>`; needed with a server of mail.
    #[arg(long, env = "LEARNR_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

impl MailConfig {
    /// The server and the sender, when both are given.
    ///
    /// # Errors
    /// One is given without the other.
    pub(super) fn server(&self) -> anyhow::Result<Option<(&str, &str)>> {
        // Set to nothing is not set: what a compose file leaves behind.
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        match (given(&self.smtp_url), given(&self.mail_from)) {
            (false, false) => Ok(None),
            (true, true) => Ok(self.smtp_url.as_deref().zip(self.mail_from.as_deref())),
            (true, false) => {
                anyhow::bail!("LEARNR_SMTP_URL is set: set LEARNR_MAIL_FROM or --mail-from as well")
            }
            (false, true) => {
                anyhow::bail!("LEARNR_MAIL_FROM is set: set LEARNR_SMTP_URL or --smtp-url as well")
            }
        }
    }
}
