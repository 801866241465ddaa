//! Guests: a learner without an account, and how many may be made.

use std::net::IpAddr;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::rest::GuestCreated;
use uuid::Uuid;

use super::limits::KeyedLimit;
use super::{ApiError, HttpContext, fleet};
use crate::auth::guest_token;
use crate::cluster::Shared;
use crate::session::{Arrivals, RateLimit};
use crate::store::{GUEST_ISSUER, Identity};

/// Guests one address prefix may make in a minute; a class behind one router fits.
pub const GUESTS_PER_MINUTE: u32 = 60;
/// All prefixes together may make this many times as many.
const GLOBAL_TIMES: u32 = 10;
/// Prefixes remembered. Ten thousand of them busy at once: whatever that is, it is not a class.
const PREFIXES_MAX: usize = 10_000;

/// How many guests may be made, by address prefix and in all.
pub struct GuestLimits {
    global: RateLimit,
    per_prefix: RateLimit,
    seen: Mutex<Seen>,
}

struct Seen {
    global: Arrivals,
    per_prefix: KeyedLimit<u64>,
}

impl GuestLimits {
    /// `per_minute` guests for one prefix, ten times that for all.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let per_prefix = RateLimit::per_minute(per_minute);
        Self {
            global: RateLimit::per_minute(per_minute.saturating_mul(GLOBAL_TIMES)),
            per_prefix,
            seen: Mutex::new(Seen {
                global: Arrivals::default(),
                per_prefix: KeyedLimit::new(per_prefix, PREFIXES_MAX),
            }),
        }
    }

    /// Counts one guest from `address`, here and in the fleet.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    async fn admit(
        &self,
        shared: &dyn Shared,
        address: Option<IpAddr>,
        now_ms: i64,
    ) -> Result<(), i64> {
        self.take(address, now_ms)?;
        let key = address.map_or(0, prefix);
        fleet::take(shared, "guests", key, self.per_prefix).await?;
        fleet::take(shared, "guests", "all", self.global).await
    }

    /// Counts one guest from `address` here.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    fn take(&self, address: Option<IpAddr>, now_ms: i64) -> Result<(), i64> {
        let mut seen = self
            .seen
            .lock()
            .expect("no code panics while it holds the limits");
        let key = address.map_or(0, prefix);
        let of_prefix = seen.per_prefix.next(key, now_ms)?;
        let mut global = seen.global;
        self.global.take(&mut global, now_ms)?;
        seen.global = global;
        seen.per_prefix.note(key, of_prefix);
        Ok(())
    }
}

/// The network an address belongs to: /24 of IPv4, /48 of IPv6, as one number.
pub(super) fn prefix(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(u32::from(v4) >> 8),
        IpAddr::V6(v6) => (1 << 63) | u64::try_from(u128::from(v6) >> 80).unwrap_or(0),
    }
}

/// Makes a guest.
#[utoipa::path(
    post, path = "/v1/guests", tag = "learners",
    responses(
        (status = 201, body = GuestCreated),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too many guests from this network, or in all"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn create(
    context: web::Data<HttpContext>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = context.sessions().clock.now_ms();
    let address = context.proxies.client(&request);
    let shared = &*context.sessions().shared;
    let admitted = context.guests.admit(shared, address, now).await;
    admitted.map_err(|wait_ms| {
        ApiError::later(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "too many new guests from this network at the moment: try again",
            u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
        )
    })?;
    let identity = Identity {
        issuer: GUEST_ISSUER.to_owned(),
        subject: Uuid::new_v4().to_string(),
    };
    let learner = context.sessions().store.learner_for(identity, now).await?;
    let (token, expires_ms) = guest_token(&context.secret, learner, now);
    Ok(HttpResponse::Created().json(GuestCreated { token, expires_ms }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn one_network_is_limited_without_stopping_another() {
        let limits = GuestLimits::new(60);
        for host in 0..60 {
            assert!(limits.take(at(&format!("10.1.2.{host}")), 0).is_ok());
        }
        assert!(limits.take(at("10.1.2.99"), 0).is_err());
        assert!(limits.take(at("10.1.3.1"), 0).is_ok());
        assert!(limits.take(at("10.1.2.99"), 1_000).is_ok());
    }

    #[test]
    fn all_networks_together_are_limited_too() {
        let limits = GuestLimits::new(60);
        let made = (0..1_000_u32)
            .filter(|n| {
                let address = IpAddr::from([10, 0, (n % 250) as u8, 1]);
                limits.take(Some(address), 0).is_ok()
            })
            .count();
        assert_eq!(made, 600);
    }

    #[test]
    fn a_v6_site_is_one_network_and_a_mapped_v4_is_its_v4() {
        assert_eq!(
            at("2001:db8:1:2::1").map(prefix),
            at("2001:db8:1:ffff::2").map(prefix)
        );
        assert_ne!(
            at("2001:db8:1::1").map(prefix),
            at("2001:db8:2::1").map(prefix)
        );
        assert_eq!(
            at("::ffff:10.1.2.3").map(prefix),
            at("10.1.2.9").map(prefix)
        );
    }
}
