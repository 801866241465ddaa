//! Passwords: which are taken, how they are hashed, and how many at once.
//!
//! Owns the cost of a hash and keeps it off the threads that serve sockets. Must not know whose a password is.
//!
//! Source of the parameters: OWASP, "Password Storage Cheat Sheet"; of the format: the PHC string format.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use learnr_protocol::account::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use tokio::sync::Semaphore;

/// Memory of one hash, in KiB: 19 MiB.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// Hashes under way at once: 38 MiB and two cores at most.
const AT_ONCE_MAX: usize = 2;
/// Hashes under way or waiting; one more is told to come back. At 50 ms each the last waits less than two seconds.
const WAITING_MAX: usize = 64;
/// Guesses a password must withstand: what zxcvbn calls safe where guesses are limited and hashes slow.
const GUESSES_MIN: u64 = 100_000_000;

/// What is reckoned for an address nobody has: of the same cost as any other hash, and nobody's password.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password is not hashed or not checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`PASSWORD_CHARS_MIN`] characters, or more than [`PASSWORD_CHARS_MAX`].
    #[error(
        "a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters, this one has {found}"
    )]
    Length {
        /// Its characters.
        found: usize,
    },
    /// Easily guessed.
    #[error(
        "this password is easily guessed: choose a longer one, such as four words that have nothing to do with each other"
    )]
    Guessable,
    /// As many wait as may.
    #[error("too many passwords are checked at the moment")]
    Busy,
    /// A fault of ours: what, never of which password.
    #[error("passwords cannot be hashed: {0}")]
    Fault(String),
}

/// What came of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another's, or there is none.
    Wrong,
    /// It is right.
    Right,
    /// It is right, and its hash costs less or more than a new one: to be stored anew.
    Outdated,
}

/// Hashes and checks passwords, a few at a time. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }
}

impl Passwords {
    /// Hashes a password that somebody chose, as a PHC string. `known`: what those who guess would try first, such as the address
    /// and the name of whose it is.
    ///
    /// # Errors
    /// [`PasswordError::Length`], [`PasswordError::Guessable`], [`PasswordError::Busy`], [`PasswordError::Fault`].
    pub async fn choose(
        &self,
        password: String,
        known: Vec<String>,
    ) -> Result<String, PasswordError> {
        let found = password.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&found) {
            return Err(PasswordError::Length { found });
        }
        self.apart(move || {
            if is_guessable(&password, &known) {
                return Err(PasswordError::Guessable);
            }
            hash(&password)
        })
        .await
    }

    /// Hashes a password once more that was found right, at today's cost.
    ///
    /// # Errors
    /// [`PasswordError::Busy`], [`PasswordError::Fault`].
    pub async fn renew(&self, password: String) -> Result<String, PasswordError> {
        self.apart(move || hash(&password)).await
    }

    /// Checks a password against a stored hash. Without one as much is reckoned, and the verdict is [`Verdict::Wrong`].
    ///
    /// # Errors
    /// [`PasswordError::Busy`], [`PasswordError::Fault`].
    pub async fn check(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        // Longer ones are nobody's; what is hashed in their place is as nobody's, and takes as long.
        let fits = password.chars().count() <= PASSWORD_CHARS_MAX;
        let stored = stored.filter(|_| fits);
        let password = if fits { password } else { String::new() };
        self.apart(move || verify(&password, stored.as_deref()))
            .await
    }

    /// Does work that takes tens of milliseconds on a thread that serves no socket.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_| PasswordError::Busy)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        let turn = turn.expect("nobody closes it");
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work: who gives up waiting makes no room for more.
            let _held = (place, turn);
            work()
        });
        done.await
            .map_err(|error| PasswordError::Fault(error.to_string()))?
    }
}

/// One hash at today's cost, or at the cost of the one it is held against.
fn argon2() -> Argon2<'static> {
    metrics::counter!("learnr_password_hashes_total").increment(1);
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| PasswordError::Fault(error.to_string()))?;
    let salt = SaltString::encode_b64(&salt);
    let salt = salt.map_err(|error| PasswordError::Fault(error.to_string()))?;
    let hash = argon2().hash_password(password.as_bytes(), &salt);
    let hash = hash.map_err(|error| PasswordError::Fault(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &str, stored: Option<&str>) -> Result<Verdict, PasswordError> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODYS))
        .map_err(|error| PasswordError::Fault(format!("a stored hash cannot be read: {error}")))?;
    let right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    if !right || stored.is_none() {
        return Ok(Verdict::Wrong);
    }
    let current = Params::try_from(&hash).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    });
    let current = current && hash.algorithm == Algorithm::Argon2id.ident();
    Ok(if current {
        Verdict::Right
    } else {
        Verdict::Outdated
    })
}

fn is_guessable(password: &str, known: &[String]) -> bool {
    let parts = known
        .iter()
        .flat_map(|text| text.split(['@', '.', '+', '-', '_', ' ']));
    let known: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .chain(parts)
        .filter(|text| !text.is_empty())
        .collect();
    zxcvbn::zxcvbn(password, &known).guesses() < GUESSES_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "vermilion otter walks uphill";

    fn known() -> Vec<String> {
        vec![
            "ada.lovelace@example.org".to_owned(),
            "Ada Lovelace".to_owned(),
        ]
    }

    #[tokio::test]
    async fn a_password_is_right_for_its_own_hash_alone() {
        let passwords = Passwords::default();
        let chosen = passwords.choose(GOOD.to_owned(), known()).await;
        let stored = chosen.expect("a good one");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let check = |password: &str, stored: Option<&str>| {
            passwords.check(password.to_owned(), stored.map(ToOwned::to_owned))
        };
        assert_eq!(check(GOOD, Some(&stored)).await, Ok(Verdict::Right));
        assert_eq!(check("other", Some(&stored)).await, Ok(Verdict::Wrong));
        assert_eq!(check(GOOD, None).await, Ok(Verdict::Wrong));
        let long = "a".repeat(PASSWORD_CHARS_MAX + 1);
        assert_eq!(check(&long, Some(&stored)).await, Ok(Verdict::Wrong));
        let damaged = check(GOOD, Some("damaged")).await;
        assert!(matches!(damaged, Err(PasswordError::Fault(_))));
        let again = passwords.renew(GOOD.to_owned()).await.expect("hashed");
        assert_ne!(again, stored, "its salt is its own");
    }

    #[test]
    fn what_is_reckoned_for_nobody_costs_what_a_hash_costs() {
        let nobodys = PasswordHash::new(NOBODYS).expect("it is a hash");
        let own = hash(GOOD).expect("hashed");
        let own = PasswordHash::new(&own).expect("it is a hash");
        let cost = |hash: &PasswordHash<'_>| Params::try_from(hash).expect("parameters");
        assert_eq!(cost(&nobodys), cost(&own));
        assert_eq!(nobodys.algorithm, own.algorithm);
        let bytes = |hash: &PasswordHash<'_>| hash.hash.map(|output| output.len());
        assert_eq!(bytes(&nobodys), bytes(&own));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated() {
        let weak = Params::new(8, 1, 1, None).expect("in range");
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
        let salt = SaltString::encode_b64(&[7; SALT_BYTES]).expect("a salt");
        let stored = weak.hash_password(GOOD.as_bytes(), &salt).expect("hashed");
        let passwords = Passwords::default();
        let checked = passwords.check(GOOD.to_owned(), Some(stored.to_string()));
        assert_eq!(checked.await, Ok(Verdict::Outdated));
    }

    #[tokio::test]
    async fn what_is_short_long_or_easily_guessed_is_refused() {
        let passwords = Passwords::default();
        for bad in [
            "password1",
            "12345678",
            "qwertyuiop",
            "ada.lovelace",
            "lovelace1",
        ] {
            let chosen = passwords.choose(bad.to_owned(), known()).await;
            assert_eq!(chosen, Err(PasswordError::Guessable), "{bad}");
        }
        for found in [0, 7, 129] {
            let chosen = passwords.choose("x".repeat(found), known()).await;
            assert_eq!(chosen, Err(PasswordError::Length { found }));
        }
    }
}
