//! Owns the identifiers stored rows are keyed by. Must not know how an adapter encodes them.

use std::fmt;

use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id! {
    /// One quiz run. A UUIDv7, so that ids sort by the time they were minted and PostgreSQL can
    /// partition events by them.
    SessionId
}
uuid_id! {
    /// One person who learns, whichever ways they sign in.
    LearnerId
}
uuid_id! {
    /// Whom learners and certifications belong to.
    OrganizationId
}

impl OrganizationId {
    /// The organization named `default`, present in every store.
    pub const DEFAULT: OrganizationId = OrganizationId(Uuid::nil());
}

/// One row of background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
