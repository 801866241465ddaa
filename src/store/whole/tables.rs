//! The one list of what a store consists of: tables, columns, keys.
//!
//! Owns which tables are backed up, restored and copied, and in which order: a table comes after those it refers
//! to. `tests/it/transfer/tables.rs` holds it against the schema of every adapter, so that a table or a column that
//! nobody lists fails there. Must not know how an adapter stores anything.

/// What a column holds, whichever adapter keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A UUID.
    Id,
    /// A whole number of at most 16 bits with its sign.
    Int16,
    /// A whole number of at most 32 bits with its sign.
    Int32,
    /// A whole number of at most 64 bits with its sign.
    Int64,
    /// A finite double.
    Real,
    /// Yes or no.
    Flag,
    /// UTF-8 without NUL.
    Text,
    /// Any bytes.
    Bytes,
}

/// One column. Any but those of the key may be NULL, as far as this list is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, the same in every store.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// One table.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, the same in every store.
    pub name: &'static str,
    /// Its columns, those of the key first.
    pub columns: &'static [Column],
    /// How many columns the key has: rows travel in their order, bytes compared as bytes.
    pub key: usize,
    /// Columns that an adapter makes from the others, each its own: they do not travel.
    pub derived: &'static [&'static str],
    /// Whether the single column of the key is numbered by the store.
    pub numbered: bool,
}

impl Table {
    /// Names of the columns, with commas between them.
    #[must_use]
    pub fn column_names(&self) -> String {
        names(self.columns)
    }

    /// Names of the columns of the key, with commas between them.
    #[must_use]
    pub fn key_names(&self) -> String {
        names(&self.columns[..self.key])
    }
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// Every table, each after those it refers to.
pub static TABLES: &[Table] = &[
    Table {
        name: "organizations",
        columns: &[id("id"), text("name")],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "learners",
        columns: &[
            id("id"),
            id("organization"),
            int64("created_at"),
            real("time_multiplier"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "identities",
        columns: &[
            text("issuer"),
            text("subject"),
            id("learner"),
            int64("created_at"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "certifications",
        columns: &[text("id"), id("organization"), text("current_version")],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "certification_versions",
        columns: &[
            int64("id"),
            text("certification"),
            text("version"),
            text("title"),
            text("description"),
            bytes("body"),
            int64("active_items"),
            int64("areas"),
            bytes("calibration"),
        ],
        key: 1,
        derived: &[],
        numbered: true,
    },
    Table {
        name: "items",
        columns: &[
            int64("version_id"),
            int32("ix"),
            text("item_id"),
            text("area"),
            flag("active"),
            bytes("body"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "sessions",
        columns: &[
            id("id"),
            id("learner"),
            id("organization"),
            text("certification"),
            text("bank_version"),
            text("kind"),
            bytes("settings"),
            text("stream"),
            text("status"),
            int64("epoch"),
            int64("claim"),
            text("owner_node"),
            int64("owner_incarnation"),
            text("owner_address"),
            int64("deadline_at"),
            int64("started_at"),
            int64("ended_at"),
            bytes("summary"),
            flag("rolled_up"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: EVENTS,
        columns: &[
            id("session"),
            int32("seq"),
            int64("epoch"),
            int64("claim"),
            int64("at_ms"),
            text("kind"),
            int16("event_version"),
            int32("participant"),
            text("request_id"),
            int32("position"),
            text("item"),
            text("choice"),
            flag("correct"),
            int64("elapsed_ms"),
            text("area"),
            real("theta"),
            real("standard_error"),
            bytes("payload"),
        ],
        key: 2,
        derived: &["request_hash", "request_key"],
        numbered: false,
    },
    Table {
        name: "learner_states",
        columns: &[
            id("learner"),
            text("certification"),
            int64("watermark_ended_at"),
            id("watermark_session"),
            bytes("body"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "jobs",
        columns: &[
            int64("id"),
            text("kind"),
            id("session"),
            int64("run_at"),
            int32("attempts"),
            text("last_error"),
            flag("finished"),
        ],
        key: 1,
        derived: &[],
        numbered: true,
    },
    Table {
        name: "exposures",
        columns: &[
            text("certification"),
            text("version"),
            int64("examinees"),
            bytes("body"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "learner_activity",
        columns: &[
            id("learner"),
            text("certification"),
            int64("quarter"),
            text("area"),
            int64("sessions"),
            int64("answers"),
            int64("correct"),
            int64("elapsed_ms"),
            real("theta"),
            real("standard_error"),
            int64("theta_at"),
        ],
        key: 4,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "learner_concepts",
        columns: &[
            id("learner"),
            text("certification"),
            text("concept"),
            int64("answers"),
            int64("correct"),
            real("expected"),
            int64("elapsed_ms"),
        ],
        key: 3,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "learner_progress",
        columns: &[
            text("certification"),
            id("learner"),
            int64("sessions"),
            int64("answers"),
            int64("correct"),
            int64("elapsed_ms"),
            int64("first_at"),
            int64("last_at"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "version_statistics",
        columns: &[
            text("certification"),
            text("version"),
            int64("sessions"),
            int64("answers"),
            int64("correct"),
            int64("elapsed_ms"),
            int64("last_at"),
        ],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "item_statistics",
        columns: &[
            text("certification"),
            text("version"),
            text("item"),
            int64("served"),
            int64("answers"),
            int64("correct"),
            int64("elapsed_ms"),
            real("judged"),
            real("squares"),
            real("variances"),
            real("square_variances"),
            real("standardised"),
            real("standardised_variances"),
            real("judged_right"),
            real("ability"),
            real("ability_squares"),
            real("ability_right"),
        ],
        key: 3,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "accounts",
        columns: &[
            id("learner"),
            text("email"),
            text("email_key"),
            text("password_hash"),
            text("name"),
            int64("created_at"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "account_roles",
        columns: &[id("learner"), text("role"), int64("granted_at")],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "certification_authors",
        columns: &[text("certification"), id("learner"), int64("granted_at")],
        key: 2,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "sign_ins",
        columns: &[
            id("id"),
            id("learner"),
            text("agent"),
            int64("created_at"),
            int64("used_at"),
            int64("expires_at"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "refresh_tokens",
        columns: &[
            bytes("hash"),
            id("sign_in"),
            int64("issued_at"),
            int64("spent_at"),
            bytes("parent"),
            flag("revoked"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "mail_tokens",
        columns: &[
            bytes("hash"),
            text("purpose"),
            id("learner"),
            text("email"),
            text("name"),
            int64("created_at"),
            int64("expires_at"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "preferences",
        columns: &[
            id("learner"),
            bytes("body"),
            int64("changed_at"),
            int64("remind_at"),
            int64("reminded_at"),
        ],
        key: 1,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "bookmarks",
        columns: &[
            id("learner"),
            text("certification"),
            text("item"),
            text("version"),
            text("note"),
            int64("created_at"),
            int64("changed_at"),
        ],
        key: 3,
        derived: &[],
        numbered: false,
    },
    Table {
        name: "item_reports",
        columns: &[
            int64("id"),
            text("certification"),
            text("version"),
            text("item"),
            id("learner"),
            text("reason"),
            text("note"),
            int64("reported_at"),
        ],
        key: 1,
        derived: &[],
        numbered: true,
    },
    Table {
        name: "audit_log",
        columns: &[
            int64("id"),
            int64("at"),
            id("actor"),
            text("via"),
            text("action"),
            text("target"),
            text("detail"),
        ],
        key: 1,
        derived: &[],
        numbered: true,
    },
];

/// The table of events, which the ledger looks into.
pub(super) const EVENTS: &str = "events";

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const fn id(name: &'static str) -> Column {
    column(name, Kind::Id)
}

const fn int16(name: &'static str) -> Column {
    column(name, Kind::Int16)
}

const fn int32(name: &'static str) -> Column {
    column(name, Kind::Int32)
}

const fn int64(name: &'static str) -> Column {
    column(name, Kind::Int64)
}

const fn real(name: &'static str) -> Column {
    column(name, Kind::Real)
}

const fn flag(name: &'static str) -> Column {
    column(name, Kind::Flag)
}

const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

const fn bytes(name: &'static str) -> Column {
    column(name, Kind::Bytes)
}
