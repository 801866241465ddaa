//! What mails say, in plain text.
//!
//! Owns the words, and when they are worth nothing any more. What differs between an address that is known and one that is not is here alone, where only its owner reads it.

use std::time::{Duration, Instant};

/// How long the link in a mail works, in milliseconds: half an hour.
pub const LINK_LIFETIME_MS: i64 = 30 * 60_000;
/// The same in minutes.
const LINK_MINUTES: i64 = LINK_LIFETIME_MS / 60_000;
/// The same by the clock that mail waits by.
const LINK_LIFETIME: Duration = Duration::from_millis(LINK_LIFETIME_MS.unsigned_abs());

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Confirm a new account.
    Register,
    /// Somebody registers with the address of an account.
    Registered,
    /// Choose another password.
    Reset,
    /// Confirm another address.
    Address,
    /// Somebody wants this address for an account, and it is another's already.
    AddressTaken,
    /// The password was changed.
    PasswordChanged,
    /// The address was changed to another; told at the one before.
    AddressChanged,
    /// Somebody whom a provider vouches for has this address, and signs in to its account.
    ProviderJoined,
    /// Reviews are due.
    Reminder,
}

/// A mail. It has no `Debug`, so that neither address nor link is logged by accident.
pub struct Letter {
    /// What it is about.
    pub subject: Subject,
    /// Whose it is.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Where a mail program ends mails like this one, by RFC 8058; none for mails that somebody asked for.
    pub unsubscribe: Option<String>,
    written: Instant,
}

impl Subject {
    /// The line above the mail.
    #[must_use]
    pub fn line(self) -> &'static str {
        match self {
            Self::Register => "Confirm your LearnR account",
            Self::Registered => "You have a LearnR account already",
            Self::Reset => "Choose another LearnR password",
            Self::Address => "Confirm your address for LearnR",
            Self::AddressTaken => "This address has a LearnR account already",
            Self::PasswordChanged => "Your LearnR password was changed",
            Self::AddressChanged => "The address of your LearnR account was changed",
            Self::ProviderJoined => "Another way of signing in to your LearnR account",
            Self::Reminder => "Reviews are due on LearnR",
        }
    }

    /// Whether the mail has a link that runs out.
    fn has_link(self) -> bool {
        match self {
            Self::Register | Self::Reset | Self::Address => true,
            Self::Registered
            | Self::AddressTaken
            | Self::PasswordChanged
            | Self::AddressChanged
            | Self::ProviderJoined
            | Self::Reminder => false,
        }
    }
}

impl Letter {
    /// A mail that `count` reviews are due, which `token` ends for good.
    #[must_use]
    pub fn reminder(to: &str, public_url: &str, token: &str, count: u32) -> Self {
        let due = match count {
            1 => "One review is due".to_owned(),
            count => format!("{count} reviews are due"),
        };
        Self {
            subject: Subject::Reminder,
            to: to.to_owned(),
            body: format!(
                "{due}, and a few minutes keep what you know:\n\n{public_url}/\n\nYou asked for this mail, once a day at most. To have no more of them:\n\n{public_url}/unsubscribe?token={token}\n"
            ),
            unsubscribe: Some(format!("{public_url}/v1/reminders/stop?token={token}")),
            written: Instant::now(),
        }
    }

    /// A mail to `to` with a link that carries `token`. `public_url`: where the page is, without a slash at the end.
    ///
    /// `token` is left out of mails that need none.
    #[must_use]
    pub fn new(subject: Subject, to: &str, public_url: &str, token: &str) -> Self {
        let confirm = format!("{public_url}/confirm?token={token}");
        let reset = format!("{public_url}/reset?token={token}");
        let once = format!("The link works once, within {LINK_MINUTES} minutes.");
        let ignore = "If this was not you, do nothing: nothing changes.";
        let body = match subject {
            Subject::Register => format!(
                "Somebody, you we hope, wants a LearnR account with this address.\nTo make it, open this and choose a password:\n\n{confirm}\n\nWhoever asked for it knows nothing that opens it. To keep what you did as a guest, open it in the browser you did that in.\n{once}\n{ignore}\n"
            ),
            Subject::Registered => format!(
                "Somebody, you we hope, wants a LearnR account with this address.\nIt has one already: sign in at\n\n{public_url}/sign-in\n\nIf you do not know the password any more, choose another there.\n{ignore}\n"
            ),
            Subject::Reset => format!(
                "Somebody, you we hope, wants another password for your LearnR account.\nTo choose it, open:\n\n{reset}\n\n{once}\n{ignore}\n"
            ),
            Subject::Address => format!(
                "Somebody, you we hope, wants this address for their LearnR account.\nTo confirm it, open this where you are signed in to that account:\n\n{confirm}\n\n{once}\n{ignore}\n"
            ),
            Subject::AddressTaken => format!(
                "Somebody, you we hope, wants this address for their LearnR account.\nIt belongs to another account already: sign in to that one at\n\n{public_url}/sign-in\n\n{ignore}\n"
            ),
            Subject::PasswordChanged => format!(
                "The password of your LearnR account was changed, and every other device was signed out.\nIf this was not you, choose another password at once:\n\n{public_url}/forgot\n"
            ),
            Subject::AddressChanged => "The address of your LearnR account was changed to another, and this one cannot sign in any more.\nIf this was not you, tell the people who run this site at once.\n".to_owned(),
            Subject::ProviderJoined => format!(
                "Somebody, you we hope, signed in to your LearnR account at a provider that says this address is theirs. They can do so from now on.\nIf this was not you, remove it and sign every other device out at\n\n{public_url}/account\n\nand tell the people who run this site at once.\n"
            ),
            // With a count it is `reminder`'s.
            Subject::Reminder => format!("Reviews are due:\n\n{public_url}/\n"),
        };
        Self {
            subject,
            to: to.to_owned(),
            body,
            unsubscribe: None,
            written: Instant::now(),
        }
    }

    /// Whether its link is worth nothing any more, so that nobody is helped by it.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.subject.has_link() && now.duration_since(self.written) >= LINK_LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_asks_for_something_has_its_link_and_others_have_no_token() {
        let body = |subject| Letter::new(subject, "a@b.example", "https://l.example", "TOKEN").body;
        for subject in [Subject::Register, Subject::Address] {
            assert!(body(subject).contains("\nhttps://l.example/confirm?token=TOKEN\n"));
        }
        assert!(body(Subject::Reset).contains("\nhttps://l.example/reset?token=TOKEN\n"));
        for subject in [
            Subject::Registered,
            Subject::AddressTaken,
            Subject::PasswordChanged,
            Subject::AddressChanged,
            Subject::ProviderJoined,
        ] {
            assert!(!body(subject).contains("TOKEN"), "{subject:?}");
        }
        assert!(body(Subject::Reset).contains("within 30 minutes"));
    }

    #[test]
    fn a_mail_is_worth_nothing_once_its_link_has_run_out_and_another_always_something() {
        let letter = |subject| Letter::new(subject, "a@b.example", "https://l.example", "TOKEN");
        let later =
            |letter: &Letter, minutes: u64| letter.written + Duration::from_secs(60 * minutes);
        let reset = letter(Subject::Reset);
        assert!(!reset.is_over(later(&reset, 29)));
        assert!(reset.is_over(later(&reset, 30)));
        let changed = letter(Subject::PasswordChanged);
        assert!(!changed.is_over(later(&changed, 300)));
    }
}
