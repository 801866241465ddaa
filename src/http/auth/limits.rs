//! How often one may try to sign in, and ask for mail: by address of mail and by network. How often a device may be kept signed in: by
//! sign-in and by network.
//!
//! Owns these bounds, and counts what nobody has an account for as well. Addresses of mail are known here as numbers alone.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use learnr_protocol::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::cluster::Shared;
use crate::http::limits::KeyedLimit;
use crate::http::{ApiError, HttpContext, fleet, guests};
use crate::session::RateLimit;
use crate::store::SignInId;

/// Passwords tried an hour for one address of mail, and as many at once: people mistype, programs guess.
const ATTEMPTS_PER_HOUR: u32 = 30;
/// Passwords tried a minute from one network; a class behind one router fits.
const ATTEMPTS_PER_NETWORK_AND_MINUTE: u32 = 120;
/// Mails an hour to one address.
const MAILS_PER_HOUR: u32 = 5;
/// Mails a minute for one network; a class that registers at once fits.
const MAILS_PER_NETWORK_AND_MINUTE: u32 = 30;
/// Refresh tokens an hour of one sign-in, and as many at once: it needs one each quarter of an hour, and one for each page that is loaded.
/// Each is a row that is kept for as long as a sign-in lasts.
const REFRESHES_PER_HOUR: u32 = 240;
/// Refresh tokens a minute from one network, whoever has them.
const REFRESHES_PER_NETWORK_AND_MINUTE: u32 = 600;
/// No limit worth the name, for load tests.
const OFF: u32 = 1_000_000;
/// Addresses and networks remembered, of each; when all of them are busy, one that is not known waits.
const KEYS_MAX: usize = 50_000;
/// Errands of mail under way at once; one more is told to come back.
const ERRANDS_MAX: usize = 64;
/// When to come back, in seconds.
const BUSY_RETRY_S: u64 = 2;

/// How often one may try to sign in, and ask for mail.
pub struct AuthLimits {
    attempts: Twofold,
    mails: Twofold,
    refreshes: Twofold,
    errands: Arc<Semaphore>,
}

/// A limit for each address of mail, or what else is counted by itself, and one for each network.
struct Twofold {
    what: &'static str,
    per_address: Keyed,
    per_network: Keyed,
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
                RateLimit::per_hour(ATTEMPTS_PER_HOUR),
                RateLimit::per_minute(ATTEMPTS_PER_NETWORK_AND_MINUTE),
            ],
            [
                RateLimit::per_hour(MAILS_PER_HOUR),
                RateLimit::per_minute(MAILS_PER_NETWORK_AND_MINUTE),
            ],
            [
                RateLimit::per_hour(REFRESHES_PER_HOUR),
                RateLimit::per_minute(REFRESHES_PER_NETWORK_AND_MINUTE),
            ],
        )
    }

    /// No limits worth the name.
    #[must_use]
    pub fn off() -> Self {
        let off = RateLimit::per_minute(OFF);
        Self::new([off, off], [off, off], [off, off])
    }

    fn new(attempts: [RateLimit; 2], mails: [RateLimit; 2], refreshes: [RateLimit; 2]) -> Self {
        Self {
            attempts: Twofold::new("attempts", attempts),
            mails: Twofold::new("mails", mails),
            refreshes: Twofold::new("refreshes", refreshes),
            errands: Arc::new(Semaphore::new(ERRANDS_MAX)),
        }
    }

    /// Counts one password tried for an address, here and in the fleet.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(in crate::http) async fn attempt(
        &self,
        context: &HttpContext,
        network: u64,
        address: u64,
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
        address: u64,
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
        let taken = self.refreshes.take_network(context, network).await;
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
        let taken = self.refreshes.take_address(context, key).await;
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

impl Twofold {
    fn new(what: &'static str, [per_address, per_network]: [RateLimit; 2]) -> Self {
        Self {
            what,
            per_address: Keyed::new(per_address),
            per_network: Keyed::new(per_network),
        }
    }

    /// The network first: who tries many addresses uses up none of theirs once it is spent.
    async fn take(&self, context: &HttpContext, network: u64, address: u64) -> Result<(), i64> {
        self.take_network(context, network).await?;
        self.take_address(context, address).await
    }

    async fn take_address(&self, context: &HttpContext, address: u64) -> Result<(), i64> {
        let shared: &dyn Shared = &*context.sessions().shared;
        let now_ms = context.sessions().clock.now_ms();
        self.per_address.take(address, now_ms)?;
        fleet::take(shared, self.what, address, self.per_address.limit).await
    }

    async fn take_network(&self, context: &HttpContext, network: u64) -> Result<(), i64> {
        let shared: &dyn Shared = &*context.sessions().shared;
        let now_ms = context.sessions().clock.now_ms();
        self.per_network.take(network, now_ms)?;
        let of_network = format!("{}-from", self.what);
        fleet::take(shared, &of_network, network, self.per_network.limit).await
    }
}

impl Keyed {
    fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            arrivals: Mutex::new(KeyedLimit::new(limit, KEYS_MAX)),
        }
    }

    fn take(&self, key: u64, now_ms: i64) -> Result<(), i64> {
        let mut arrivals = self
            .arrivals
            .lock()
            .expect("no code panics while it holds the limits");
        let next = arrivals.next(key, now_ms)?;
        arrivals.note(key, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_limited_whoever_tries_it_and_another_is_not() {
        let limit = Keyed::new(RateLimit::per_hour(MAILS_PER_HOUR));
        for _ in 0..MAILS_PER_HOUR {
            assert_eq!(limit.take(1, 0), Ok(()));
        }
        assert_eq!(limit.take(1, 0), Err(720_000));
        assert_eq!(limit.take(2, 0), Ok(()));
        assert_eq!(limit.take(1, 720_000), Ok(()));
    }
}
