//! How mail is configured, and that it does not travel in the clear. Must not know what is sent.

use std::net::IpAddr;

use anyhow::{bail, ensure};
use clap::Args;
use url::Url;

/// What an address of a server of mail looks like.
const WANTED: &str = "LEARNR_SMTP_URL makes no sense: want smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587?tls=required, with special characters percent-encoded";

/// What `learnr serve` can be told of mail. It has no `Debug`: the address of the server has its password.
#[derive(Clone, Default, Args)]
pub struct MailConfig {
    /// Server of mail: smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587?tls=required; smtp://HOST?tls=none for a relay on
    /// a network that nobody else is on. Without one mails are printed to the log, for development.
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
    /// Print mails to the log though the page is for others: whoever reads the log can sign in as everybody. For trying out a set-up.
    #[arg(long, env = "LEARNR_MAIL_TO_LOG")]
    pub mail_to_log: bool,
}

impl MailConfig {
    /// Holds that mails reach people and not the log, where the page is for others than whoever runs it.
    ///
    /// # Errors
    /// They would be printed to the log, and nobody said that they should be.
    pub fn reaches_people(&self) -> anyhow::Result<()> {
        ensure!(
            self.mail_to_log || is_given(self.smtp_url.as_ref()),
            "LEARNR_PUBLIC_URL is for others, and mails would be printed to the log, links that sign people in included: set LEARNR_SMTP_URL and LEARNR_MAIL_FROM, or --mail-to-log to have it so"
        );
        Ok(())
    }

    /// The server and the sender, when both are given.
    ///
    /// # Errors
    /// One is given without the other, or mail would travel in the clear; never the password.
    pub(super) fn server(&self) -> anyhow::Result<Option<(Url, &str)>> {
        match (
            given(self.smtp_url.as_ref()),
            given(self.mail_from.as_ref()),
        ) {
            (None, None) => Ok(None),
            (Some(url), Some(from)) => Ok(Some((dialed(url)?, from))),
            (Some(_), None) => {
                bail!("LEARNR_SMTP_URL is set: set LEARNR_MAIL_FROM or --mail-from as well")
            }
            (None, Some(_)) => {
                bail!("LEARNR_MAIL_FROM is set: set LEARNR_SMTP_URL or --smtp-url as well")
            }
        }
    }
}

/// Set to nothing is not set: what a compose file leaves behind.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

fn is_given(text: Option<&String>) -> bool {
    given(text).is_some()
}

/// The address as it is dialed: with TLS that nobody on the way can take out, but on one's own machine or where that is said outright.
fn dialed(text: &str) -> anyhow::Result<Url> {
    // What is wrong with it is not repeated: its password would be in the log.
    let Ok(mut url) = Url::parse(text) else {
        bail!(WANTED)
    };
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    let tls = tls.map(|(_, value)| value.into_owned());
    match (url.scheme(), tls.as_deref()) {
        ("smtps", _) | ("smtp", Some("required")) => {}
        ("smtp", None | Some("opportunistic")) if is_own_machine(&url) => {}
        ("smtp", Some("none")) => {
            tracing::warn!(
                "LEARNR_SMTP_URL says tls=none: whoever is on the way to the server of mail reads the links that sign people in"
            );
            url.set_query(None);
        }
        ("smtp", _) => bail!(
            "LEARNR_SMTP_URL: mails have links that sign people in: add ?tls=required, or use smtps://. For a relay on a network that nobody else is on, ?tls=none"
        ),
        _ => bail!(WANTED),
    }
    Ok(url)
}

fn is_own_machine(url: &Url) -> bool {
    // A scheme that browsers do not know: the host is text, even where it is a number.
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_start_matches('[').trim_end_matches(']');
    let number = number.parse::<IpAddr>();
    host == "localhost" || number.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(smtp_url: &str, mail_from: &str) -> MailConfig {
        MailConfig {
            smtp_url: Some(smtp_url.to_owned()),
            mail_from: Some(mail_from.to_owned()),
            mail_to_log: false,
        }
    }

    #[test]
    fn mail_travels_with_tls_but_on_ones_own_machine_or_where_that_is_said() {
        for (url, dialed) in [
            (
                "smtps://a:hush@mail.example",
                Some("smtps://a:hush@mail.example"),
            ),
            (
                "smtp://a:hush@mail.example:587?tls=required",
                Some("smtp://a:hush@mail.example:587?tls=required"),
            ),
            ("smtp://localhost:1025", Some("smtp://localhost:1025")),
            ("smtp://127.0.0.1:1025", Some("smtp://127.0.0.1:1025")),
            ("smtp://[::1]:1025", Some("smtp://[::1]:1025")),
            ("smtp://relay:25?tls=none", Some("smtp://relay:25")),
            ("smtp://a:hush@mail.example:587", None),
            ("smtp://a:hush@mail.example?tls=opportunistic", None),
            ("smtp://127.0.0.1.mail.example", None),
            ("smtp://a:hush@mail.example?tls=hush", None),
            ("http://a:hush@mail.example", None),
            ("a:hush@mail.example", None),
            ("hush", None),
        ] {
            let given = config(url, "LearnR <learnr@learn.example>");
            match (given.server(), dialed) {
                (Ok(Some((url, _))), Some(dialed)) => assert_eq!(url.as_str(), dialed),
                (Err(error), None) => assert!(!format!("{error:#}").contains("hush")),
                (found, _) => panic!("{url}: {}", found.is_ok()),
            }
        }
    }

    #[test]
    fn mails_for_others_are_printed_where_that_is_said_alone() {
        let mut given = config("", "");
        assert!(given.server().expect("nothing is given").is_none());
        assert!(given.reaches_people().is_err());
        given.mail_to_log = true;
        assert!(given.reaches_people().is_ok());
        let sent = config("smtps://mail.example", "learnr@learn.example");
        assert!(sent.reaches_people().is_ok());
        assert!(config("smtps://mail.example", "").server().is_err());
        assert!(config("", "learnr@learn.example").server().is_err());
    }
}
