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

impl LearnerId {
    /// A random name that stands for nobody, for the sessions of a deleted account. A UUIDv8, where learners have v4:
    /// whoever meets it can tell.
    #[must_use]
    pub fn tombstone() -> LearnerId {
        let random = Uuid::new_v4().into_bytes();
        LearnerId(uuid::Builder::from_custom_bytes(random).into_uuid())
    }

    /// Whether it stands for nobody: the account was deleted.
    #[must_use]
    pub fn is_tombstone(self) -> bool {
        self.0.get_version_num() == 8
    }
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
