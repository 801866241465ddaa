//! Owns how values travel to PostgreSQL and back: types of parameters, columns in order. Must not contain statements.
//!
//! Parameters carry their types, so that a statement can be sent whole: behind a pooler in transaction mode nothing is
//! prepared by name.

use tokio_postgres::Row;
use tokio_postgres::types::{FromSqlOwned, ToSql, Type};
use uuid::Uuid;

use super::fault::Failure;
use crate::store::{JobId, JobKind, LearnerId, OrganizationId, SessionId, SessionStatus, SignInId};

/// A parameter with its type.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

macro_rules! parameter {
    ($($(#[$doc:meta])* $name:ident: $type:ident,)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'a>(value: &'a (impl ToSql + Sync)) -> Parameter<'a> {
            (value, Type::$type)
        }
    )*};
}

parameter! {
    uuid: UUID,
    text: TEXT,
    int8: INT8,
    int4: INT4,
    float8: FLOAT8,
    boolean: BOOL,
    bytes: BYTEA,
    uuids: UUID_ARRAY,
    texts: TEXT_ARRAY,
    int8s: INT8_ARRAY,
    int4s: INT4_ARRAY,
    int2s: INT2_ARRAY,
    float8s: FLOAT8_ARRAY,
    booleans: BOOL_ARRAY,
    byteas: BYTEA_ARRAY,
}

/// The columns of a row, one after the other.
pub(super) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Columns { row, next: 0 }
    }

    /// Those behind the first few.
    pub(super) fn behind(row: &'a Row, first: usize) -> Self {
        Columns { row, next: first }
    }

    /// The next column.
    pub(super) fn take<T: Stored>(&mut self) -> Result<T, Failure> {
        let place = self.next;
        self.next += 1;
        let stored = self.row.try_get(place)?;
        T::read(stored).ok_or_else(|| {
            let name = self.row.columns()[place].name();
            Failure::Unreadable(format!("column {name} has a value without a meaning"))
        })
    }
}

/// A value as a column has it.
pub(super) trait Stored: Sized {
    type Column: FromSqlOwned;

    /// `None` when the stored value stands for nothing.
    fn read(stored: Self::Column) -> Option<Self>;
}

macro_rules! as_stored {
    ($($type:ty,)*) => {$(
        impl Stored for $type {
            type Column = $type;

            fn read(stored: $type) -> Option<$type> {
                Some(stored)
            }
        }
    )*};
}

as_stored! { i64, f64, bool, String, Vec<u8>, Uuid, Vec<String>, }

macro_rules! stored_as {
    ($($type:ty: $column:ty = |$stored:ident| $read:expr,)*) => {$(
        impl Stored for $type {
            type Column = $column;

            fn read($stored: $column) -> Option<$type> {
                $read
            }
        }
    )*};
}

stored_as! {
    SessionId: Uuid = |id| Some(SessionId(id)),
    LearnerId: Uuid = |id| Some(LearnerId(id)),
    OrganizationId: Uuid = |id| Some(OrganizationId(id)),
    SignInId: Uuid = |id| Some(SignInId(id)),
    JobId: i64 = |id| Some(JobId(id)),
    JobKind: String = |word| JobKind::parse(&word),
    SessionStatus: String = |word| SessionStatus::parse(&word),
    u32: i32 = |number| u32::try_from(number).ok(),
    u16: i32 = |number| u16::try_from(number).ok(),
}

impl<T: Stored> Stored for Option<T> {
    type Column = Option<T::Column>;

    fn read(stored: Option<T::Column>) -> Option<Option<T>> {
        stored.map_or(Some(None), |stored| T::read(stored).map(Some))
    }
}

/// A number as PostgreSQL's `integer` has it.
pub(super) fn integer(number: u32) -> Result<i32, Failure> {
    i32::try_from(number)
        .map_err(|_| Failure::Permanent(format!("{number} is more than an integer column holds")))
}
