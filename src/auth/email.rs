//! Addresses of mail, as far as they can be told from what is none.
//!
//! Owns what is taken for one. Whether mail arrives there only a mail can say.

use super::Secret;
use crate::store::EMAIL_CHARS_MAX;

/// Longest part before the `@`, in bytes. Source: RFC 5321, 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;

/// An address of mail. It has no `Debug`, so that it is not logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address in `text`; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        // Neither quoted local parts nor bare hosts: nobody who registers has one.
        let odd = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || "@\"(),:;<>[\\]".contains(c)
                || is_ascii_disguised(c)
        };
        let fits = text.chars().count() <= EMAIL_CHARS_MAX
            && (1..=LOCAL_BYTES_MAX).contains(&local.len())
            && !local.contains(odd)
            && !domain.contains(odd)
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && local.split('.').all(|atom| !atom.is_empty());
        fits.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number that stands for an address in limits, from one network or from all of them, however its letters are cased. Without the secret
    /// not even whoever has a list of addresses finds out which. What is no address has one too: attempts with it count.
    #[must_use]
    pub fn key(secret: &Secret, text: &str, network: Option<u64>) -> u64 {
        let mut counted = vec![u8::from(network.is_some())];
        counted.extend(network.unwrap_or_default().to_be_bytes());
        counted.extend(text.trim().to_lowercase().into_bytes());
        secret.number("limits", &counted)
    }
}

/// Whether a letter is none of ASCII, and one in lower case: addresses are one address without case, and this would make two mailboxes one.
fn is_ascii_disguised(c: char) -> bool {
    !c.is_ascii() && c.to_lowercase().all(|lower| lower.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_not_taken_for_one() {
        for good in [
            "ada@example.org",
            " Ada.Lovelace+quiz@mail.example.org ",
            "müller@bücher.example",
        ] {
            let email = Email::parse(good).map(|email| email.as_str().to_owned());
            assert_eq!(email.as_deref(), Some(good.trim()), "{good}");
        }
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long = format!("ada@{}.example", "a.".repeat(150));
        for bad in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "ada@example..org",
            "ada..b@example.org",
            "ada lovelace@example.org",
            "ada@example.org\nBcc: all@example.org",
            "<ada@example.org>",
            "ada@[127.0.0.1]",
            "ada@b@example.org",
            "a,b@example.org",
            // The sign of the kelvin, which is a k in lower case.
            "mi\u{212a}e@example.org",
            &long_local,
            &long,
        ] {
            assert!(Email::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn one_address_is_one_key_however_it_is_cased_from_each_network_and_under_each_secret() {
        let secret = |letter: &str| Secret::from_text(&letter.repeat(32)).expect("long enough");
        let (ours, another) = (secret("k"), secret("l"));
        let key = |address, network| Email::key(&ours, address, network);
        let ada = key("ada@example.org", None);
        assert_eq!(key("Ada@Example.org ", None), ada);
        assert_ne!(key("bob@example.org", None), ada);
        assert_ne!(key("ada@example.org", Some(1)), ada);
        let elsewhere = key("ada@example.org", Some(2));
        assert_ne!(key("ada@example.org", Some(1)), elsewhere);
        assert_ne!(Email::key(&another, "ada@example.org", None), ada);
    }
}
