//! How often one may try to sign in, and ask for mail: by network, and by address of mail from one network and from all of them. How often a
//! device may be kept signed in: by network, and by sign-in.
//!
//! Owns these bounds, and counts what nobody has an account for as well. Whoever guesses at an address from their own network leaves its owner
//! theirs. Addresses of mail are known here and in the fleet as numbers under the secret alone.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use learnr_protocol::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::auth::Email;
use crate::cluster::Shared;
use crate::http::limits::KeyedLimit;
use crate::http::{ApiError, HttpContext, fleet, guests};
use crate::session::RateLimit;
use crate::store::SignInId;

/// Passwords tried an hour for one address of mail from one network, and as many at once: people mistype, programs guess.
const ATTEMPTS_PER_HOUR: u32 = 30;
/// Passwords tried an hour for one address of mail from all networks together.
const ATTEMPTS_FROM_ALL_PER_HOUR: u32 = 300;
/// Passwords tried a minute from one network; a class behind one router fits.
const ATTEMPTS_PER_NETWORK_AND_MINUTE: u32 = 120;
/// Mails an hour to one address that one network asks for.
const MAILS_PER_HOUR: u32 = 5;
/// Mails an hour to one address that all networks together ask for.
const MAILS_FROM_ALL_PER_HOUR: u32 = 20;
/// Mails a minute for one network; a class that registers at once fits.
const MAILS_PER_NETWORK_AND_MINUTE: u32 = 30;
/// Refresh tokens an hour of one sign-in, and as many at once: it needs one each quarter of an hour, and one for each page that is loaded.
/// Each is a row that is kept for as long as a sign-in lasts.
const REFRESHES_PER_HOUR: u32 = 240;
/// Refresh tokens a minute from one network, whoever has them.
const REFRESHES_PER_NETWORK_AND_MINUTE: u32 = 600;
/// No limit worth the name, for load tests.
const OFF: u32 = 1_000_000;
/// Addresses and networks remembered, of each. When all networks are busy, one that is not known waits; when all addresses are, one that is
/// not known is counted by its network alone: nobody is kept out by what others ask for.
const KEYS_MAX: usize = 50_000;
/// Errands of mail under way at once; one more is told to come back.
const ERRANDS_MAX: u32 = 64;
/// When to come back, in seconds.
const BUSY_RETRY_S: u64 = 2;

/// How often one may try to sign in, and ask for mail.
pub struct AuthLimits {
    attempts: Threefold,
    mails: Threefold,
    refreshes_of_network: Keyed,
    refreshes_of_sign_in: Keyed,
    errands: Arc<Semaphore>,
}

/// A limit for each network, one for each address of mail from one network, and one for each address from all of them.
struct Threefold {
    what: &'static str,
    per_network: Keyed,
    per_pair: Keyed,
    per_address: Keyed,
}

struct Keyed {
    limit: RateLimit,
    arrivals: Mutex<KeyedLimit<u64>>,
}

impl AuthLimits {
    /// The usual limits.
    #[must_use]
    pub fn on() -> Self {
        Self::new(
            [
                RateLimit::per_minute(ATTEMPTS_PER_NETWORK_AND_MINUTE),
                RateLimit::per_hour(ATTEMPTS_PER_HOUR),
                RateLimit::per_hour(ATTEMPTS_FROM_ALL_PER_HOUR),
            ],
            [
                RateLimit::per_minute(MAILS_PER_NETWORK_AND_MINUTE),
                RateLimit::per_hour(MAILS_PER_HOUR),
                RateLimit::per_hour(MAILS_FROM_ALL_PER_HOUR),
            ],
            [
                RateLimit::per_minute(REFRESHES_PER_NETWORK_AND_MINUTE),
                RateLimit::per_hour(REFRESHES_PER_HOUR),
            ],
        )
    }

    /// No limits worth the name.
    #[must_use]
    pub fn off() -> Self {
        let off = RateLimit::per_minute(OFF);
        Self::new([off; 3], [off; 3], [off; 2])
    }

    fn new(attempts: [RateLimit; 3], mails: [RateLimit; 3], refreshes: [RateLimit; 2]) -> Self {
        let [of_network, of_sign_in] = refreshes;
        Self {
            attempts: Threefold::new("attempts", attempts),
            mails: Threefold::new("mails", mails),
            refreshes_of_network: Keyed::new(of_network, KEYS_MAX),
            refreshes_of_sign_in: Keyed::new(of_sign_in, KEYS_MAX),
            errands: Arc::new(Semaphore::new(ERRANDS_MAX as usize)),
        }
    }

    /// Counts one password tried for an address, here and in the fleet. What is no address counts as one.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(in crate::http) async fn attempt(
        &self,
        context: &HttpContext,
        network: u64,
        address: &str,
    ) -> Result<(), ApiError> {
        let taken = self.attempts.take(context, network, address).await;
        taken.map_err(|wait_ms| {
            later(
                "too many attempts to sign in at the moment: try again",
                wait_ms,
            )
        })
    }

    /// Counts one end of a sign-in at a provider among the attempts from a network, here and in the fleet.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(in crate::http) async fn elsewhere(
        &self,
        context: &HttpContext,
        network: u64,
    ) -> Result<(), ApiError> {
        let taken = self.attempts.take_network(context, network).await;
        taken.map_err(|wait_ms| {
            later(
                "too many attempts to sign in at the moment: try again",
                wait_ms,
            )
        })
    }

    /// Counts one mail to an address, here and in the fleet.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(in crate::http) async fn mail(
        &self,
        context: &HttpContext,
        network: u64,
        address: &str,
    ) -> Result<(), ApiError> {
        let taken = self.mails.take(context, network, address).await;
        taken.map_err(|wait_ms| {
            later(
                "too many mails were asked for at the moment: look into your mail, or try again",
                wait_ms,
            )
        })
    }

    /// Counts one refresh token that comes from a network, here and in the fleet, whatever it is.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(super) async fn refresh(
        &self,
        context: &HttpContext,
        network: u64,
    ) -> Result<(), ApiError> {
        let limit = &self.refreshes_of_network;
        let taken = limit.count(context, "refreshes-from", network).await;
        taken.map_err(too_often)
    }

    /// Counts one refresh token of a sign-in, here and in the fleet.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(super) async fn refresh_of(
        &self,
        context: &HttpContext,
        sign_in: SignInId,
    ) -> Result<(), ApiError> {
        // Half of an id that nobody chooses is as good as all of it.
        let (_, key) = sign_in.0.as_u64_pair();
        let limit = &self.refreshes_of_sign_in;
        let taken = limit.count(context, "refreshes", key).await;
        taken.map_err(too_often)
    }

    /// A place for an errand of mail, held until it is done.
    ///
    /// # Errors
    /// 429 when every place is taken.
    pub(super) fn errand(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let place = Arc::clone(&self.errands).try_acquire_owned();
        place.map_err(|_| busy("too many mails are written at the moment: try again"))
    }

    /// Waits until no errand is under way; none is taken from then on.
    pub(in crate::http) async fn errands_done(&self) {
        let all = self.errands.acquire_many(ERRANDS_MAX).await;
        all.expect("nobody closes it").forget();
    }
}

/// Something that passes by itself.
pub(in crate::http) fn busy(message: &str) -> ApiError {
    ApiError::later(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::RateLimited,
        message,
        BUSY_RETRY_S,
    )
}

/// The network a request comes from, as a number.
pub(in crate::http) fn network(context: &web::Data<HttpContext>, request: &HttpRequest) -> u64 {
    let address: Option<IpAddr> = context.proxies.client(request);
    address.map_or(0, guests::prefix)
}

fn too_often(wait_ms: i64) -> ApiError {
    later(
        "this page is loaded too often at the moment: try again, you stay signed in",
        wait_ms,
    )
}

fn later(message: &str, wait_ms: i64) -> ApiError {
    ApiError::later(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::RateLimited,
        message,
        u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
    )
}

impl Threefold {
    fn new(what: &'static str, [per_network, per_pair, per_address]: [RateLimit; 3]) -> Self {
        Self {
            what,
            per_network: Keyed::new(per_network, KEYS_MAX),
            per_pair: Keyed::new(per_pair, KEYS_MAX),
            per_address: Keyed::new(per_address, KEYS_MAX),
        }
    }

    /// The network first, and the widest last: who tries many addresses uses up none of theirs once it is spent.
    async fn take(&self, context: &HttpContext, network: u64, address: &str) -> Result<(), i64> {
        let shared: &dyn Shared = &*context.sessions().shared;
        let now_ms = context.sessions().clock.now_ms();
        let pair = Email::key(&context.secret, address, Some(network));
        let anywhere = Email::key(&context.secret, address, None);
        self.per_network.take(network, now_ms)?;
        self.per_pair.take_if_room(pair, now_ms)?;
        self.per_address.take_if_room(anywhere, now_ms)?;
        let Self { what, .. } = self;
        let of_network = format!("{what}-from");
        fleet::take(shared, &of_network, network, self.per_network.limit).await?;
        fleet::take(shared, what, pair, self.per_pair.limit).await?;
        let of_all = format!("{what}-from-all");
        fleet::take(shared, &of_all, anywhere, self.per_address.limit).await
    }

    async fn take_network(&self, context: &HttpContext, network: u64) -> Result<(), i64> {
        let of_network = format!("{}-from", self.what);
        self.per_network.count(context, &of_network, network).await
    }
}

impl Keyed {
    fn new(limit: RateLimit, keys_max: usize) -> Self {
        Self {
            limit,
            arrivals: Mutex::new(KeyedLimit::new(limit, keys_max)),
        }
    }

    /// Counts one here and in the fleet.
    async fn count(&self, context: &HttpContext, what: &str, key: u64) -> Result<(), i64> {
        let sessions = context.sessions();
        self.take(key, sessions.clock.now_ms())?;
        fleet::take(&*sessions.shared, what, key, self.limit).await
    }

    fn take(&self, key: u64, now_ms: i64) -> Result<(), i64> {
        let mut arrivals = self.lock();
        let next = arrivals.next(key, now_ms)?;
        arrivals.note(key, next);
        Ok(())
    }

    /// As [`Self::take`], but one that is not known passes where nothing more may be remembered.
    fn take_if_room(&self, key: u64, now_ms: i64) -> Result<(), i64> {
        let mut arrivals = self.lock();
        if !arrivals.has_room(key, now_ms) {
            return Ok(());
        }
        let next = arrivals.next(key, now_ms)?;
        arrivals.note(key, next);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, KeyedLimit<u64>> {
        let arrivals = self.arrivals.lock();
        arrivals.expect("no code panics while it holds the limits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_limited_whoever_tries_it_and_another_is_not() {
        let limit = Keyed::new(RateLimit::per_hour(MAILS_PER_HOUR), KEYS_MAX);
        for _ in 0..MAILS_PER_HOUR {
            assert_eq!(limit.take(1, 0), Ok(()));
        }
        assert_eq!(limit.take(1, 0), Err(720_000));
        assert_eq!(limit.take(2, 0), Ok(()));
        assert_eq!(limit.take(1, 720_000), Ok(()));
    }

    #[test]
    fn an_address_is_kept_out_by_its_own_guesses_and_not_by_those_at_others() {
        let limit = Keyed::new(RateLimit::per_hour(1), 2);
        assert_eq!(limit.take_if_room(1, 0), Ok(()));
        assert_eq!(limit.take_if_room(2, 0), Ok(()));
        assert_eq!(limit.take(3, 0), Err(1_000), "nothing more is remembered");
        assert_eq!(limit.take_if_room(3, 0), Ok(()));
        assert_eq!(limit.take_if_room(1, 0), Err(3_600_000));
    }
}
