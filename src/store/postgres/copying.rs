//! Owns the reading of every table through COPY, and how the rows of COPY are rows on their way. Must not know
//! transactions: whoever calls it has begun one.
//!
//! The binary form of COPY: a head of 19 bytes and what it says follows it; then for each row the number of its fields in 2
//! bytes, for each field its length in 4 bytes (-1 for NULL) and itself; a number of -1 at the end.

use std::pin::Pin;

use super::client::{Client, Queries};
use bytes::{Buf, BufMut, BytesMut};
use futures_util::StreamExt;
use tokio_postgres::CopyOutStream;

use super::fault::Failure;
use crate::store::whole::{Cell, Column, Encoder, Kind, ROWS_BYTES, Rows, TABLES, Table};

/// What begins every COPY in binary.
const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// The signature, flags, and the length of what follows them.
const HEAD_BYTES: usize = 19;
/// The number of fields that ends it.
const END: i16 = -1;

/// Every row of every table, one table after the other.
pub(super) struct Tables {
    next: usize,
    reading: Option<Reading>,
}

/// One table being read.
struct Reading {
    table: &'static Table,
    stream: Pin<Box<CopyOutStream>>,
    /// What came and is not a whole row yet.
    come: BytesMut,
    begun: bool,
    encoder: Encoder,
    /// Its mark has come.
    ended: bool,
    /// The stream has ended too, and must not be asked again.
    drained: bool,
}

impl Tables {
    /// Begins before the first one.
    pub(super) fn new() -> Tables {
        Tables {
            next: 0,
            reading: None,
        }
    }

    /// The next rows; `None` at the end.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<Rows>, Failure> {
        loop {
            if let Some(reading) = &mut self.reading {
                if let Some(rows) = reading.next().await? {
                    return Ok(Some(rows));
                }
                self.reading = None;
            }
            let Some(table) = TABLES.get(self.next) else {
                return Ok(None);
            };
            self.next += 1;
            self.reading = Some(Reading::begin(client, table).await?);
        }
    }
}

impl Reading {
    async fn begin(client: &Client, table: &'static Table) -> Result<Reading, Failure> {
        let sql = format!(
            "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT binary)",
            table.column_names(),
            table.name,
            table.key_names()
        );
        Ok(Reading {
            table,
            stream: Box::pin(client.driver().copy_out(&sql).await?),
            come: BytesMut::with_capacity(ROWS_BYTES),
            begun: false,
            encoder: Encoder::new(table),
            ended: false,
            drained: false,
        })
    }

    async fn next(&mut self) -> Result<Option<Rows>, Failure> {
        if self.drained {
            return Ok(None);
        }
        while !self.ended {
            match self.stream.next().await {
                Some(bytes) => self.come.extend_from_slice(&bytes?),
                // It ends by its own mark, or was cut short.
                None => return Err(broken(self.table, "it was cut short")),
            }
            if let Some(rows) = self.take()? {
                return Ok(Some(rows));
            }
        }
        // To the end of the stream, so that the connection is free for what comes next.
        while let Some(bytes) = self.stream.next().await {
            bytes?;
        }
        self.drained = true;
        Ok(std::mem::replace(&mut self.encoder, Encoder::new(self.table)).finish())
    }

    /// Takes the whole rows that have come; those that are enough to travel.
    fn take(&mut self) -> Result<Option<Rows>, Failure> {
        if !self.begun {
            if self.come.len() < HEAD_BYTES {
                return Ok(None);
            }
            if !self.come.starts_with(SIGNATURE) {
                return Err(broken(self.table, "it does not begin as it should"));
            }
            self.come.advance(HEAD_BYTES);
            self.begun = true;
        }
        let mut full = None;
        while full.is_none() {
            let Some(bytes) = row_bytes(&self.come, self.table)? else {
                break;
            };
            let row = self.come.split_to(bytes);
            let mut row = &row[..];
            if row.get_i16() == END {
                self.ended = true;
                break;
            }
            for column in self.table.columns {
                let length = row.get_i32();
                let field = usize::try_from(length).ok().map(|length| {
                    let (field, rest) = row.split_at(length);
                    row = rest;
                    field
                });
                self.encoder.cell(cell(self.table, column, field)?);
            }
            full = self.encoder.end_row();
        }
        Ok(full)
    }
}

/// How many bytes the row at the beginning has; `None` while it is not all there.
fn row_bytes(come: &[u8], table: &Table) -> Result<Option<usize>, Failure> {
    let Some((fields, _)) = come.split_first_chunk::<2>() else {
        return Ok(None);
    };
    let fields = i16::from_be_bytes(*fields);
    if fields == END {
        return Ok(Some(2));
    }
    if usize::try_from(fields) != Ok(table.columns.len()) {
        return Err(broken(table, "a row has another number of columns"));
    }
    let mut bytes = 2_usize;
    for _ in 0..fields {
        let Some((length, _)) = come.get(bytes..).and_then(<[u8]>::split_first_chunk::<4>) else {
            return Ok(None);
        };
        bytes += 4 + usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
    }
    Ok((bytes <= come.len()).then_some(bytes))
}

/// A field as it travels.
fn cell<'a>(table: &Table, column: &Column, field: Option<&'a [u8]>) -> Result<Cell<'a>, Failure> {
    let Some(mut field) = field else {
        return Ok(Cell::Null);
    };
    match (column.kind, field.len()) {
        (Kind::Text, _) => return Ok(Cell::Text(field)),
        (Kind::Bytes, _) => return Ok(Cell::Bytes(field)),
        (Kind::Id, _) => {
            if let Ok(id) = field.try_into() {
                return Ok(Cell::Id(id));
            }
        }
        (Kind::Int16, 2) => return Ok(Cell::Int(field.get_i16().into())),
        (Kind::Int32, 4) => return Ok(Cell::Int(field.get_i32().into())),
        (Kind::Int64, 8) => return Ok(Cell::Int(field.get_i64())),
        (Kind::Real, 8) => return Ok(Cell::Real(field.get_f64())),
        (Kind::Flag, 1) => return Ok(Cell::Flag(field != [0])),
        _ => {}
    }
    let name = column.name;
    Err(broken(table, format!("column {name} is of another type")))
}

fn broken(table: &Table, what: impl std::fmt::Display) -> Failure {
    Failure::Unreadable(format!("table {}: {what}", table.name))
}

/// The head of a COPY.
pub(super) fn put_head(to: &mut BytesMut) {
    to.put_slice(SIGNATURE);
    to.put_bytes(0, HEAD_BYTES - SIGNATURE.len());
}

/// The end of a COPY.
pub(super) fn put_end(to: &mut BytesMut) {
    to.put_i16(END);
}

/// A row of a COPY: its cells, and what is derived from them.
///
/// # Errors
/// [`Failure::Permanent`] that names the row and the column which PostgreSQL cannot hold.
pub(super) fn put_row(
    to: &mut BytesMut,
    table: &Table,
    cells: &[Cell<'_>],
    derived: Option<Option<i64>>,
) -> Result<(), Failure> {
    let fields = table.columns.len() + usize::from(derived.is_some());
    to.put_i16(i16::try_from(fields).unwrap_or(i16::MAX));
    for (cell, column) in cells.iter().zip(table.columns) {
        put_cell(to, *cell, column.kind).map_err(|why| {
            let key: Vec<String> = cells[..table.key].iter().map(named).collect();
            Failure::Permanent(format!(
                "table {}, row {}, column {}: {why}",
                table.name,
                key.join(" "),
                column.name
            ))
        })?;
    }
    match derived {
        Some(Some(number)) => {
            to.put_i32(8);
            to.put_i64(number);
        }
        Some(None) => to.put_i32(-1),
        None => {}
    }
    Ok(())
}

fn put_cell(to: &mut BytesMut, cell: Cell<'_>, kind: Kind) -> Result<(), &'static str> {
    const TOO_LARGE: &str = "the number is larger than the column holds";
    match (cell, kind) {
        (Cell::Null, _) => to.put_i32(-1),
        (Cell::Int(number), Kind::Int16) => {
            to.put_i32(2);
            to.put_i16(i16::try_from(number).map_err(|_| TOO_LARGE)?);
        }
        (Cell::Int(number), Kind::Int32) => {
            to.put_i32(4);
            to.put_i32(i32::try_from(number).map_err(|_| TOO_LARGE)?);
        }
        (Cell::Int(number), _) => {
            to.put_i32(8);
            to.put_i64(number);
        }
        (Cell::Id(id), _) => put_counted(to, &id)?,
        (Cell::Real(number), _) => {
            to.put_i32(8);
            to.put_f64(number);
        }
        (Cell::Flag(flag), _) => put_counted(to, &[u8::from(flag)])?,
        (Cell::Text(text), _) => {
            if text.contains(&0) {
                return Err("a NUL in a text, which PostgreSQL does not hold");
            }
            std::str::from_utf8(text).map_err(|_| "a text that is not UTF-8")?;
            put_counted(to, text)?;
        }
        (Cell::Bytes(bytes), _) => put_counted(to, bytes)?,
    }
    Ok(())
}

fn put_counted(to: &mut BytesMut, bytes: &[u8]) -> Result<(), &'static str> {
    to.put_i32(i32::try_from(bytes.len()).map_err(|_| "more than two gigabytes")?);
    to.put_slice(bytes);
    Ok(())
}

/// A cell of a key, for people.
fn named(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Id(id) => uuid::Uuid::from_bytes(*id).to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> &'static Table {
        let table = TABLES.iter().find(|table| table.name == "events");
        table.expect("it is listed")
    }

    #[test]
    fn a_row_is_known_to_be_whole_at_its_last_byte() {
        let table = events();
        let mut row = BytesMut::new();
        let cells = vec![Cell::Null; table.columns.len()];
        put_row(&mut row, table, &cells, None).expect("NULLs can be held");
        for length in 0..row.len() {
            assert!(matches!(row_bytes(&row[..length], table), Ok(None)));
        }
        assert!(matches!(row_bytes(&row, table), Ok(Some(length)) if length == row.len()));
        assert!(row_bytes(&[0, 3], table).is_err(), "other columns");
    }

    #[test]
    fn what_postgres_cannot_hold_is_named() {
        let table = events();
        let mut cells = vec![Cell::Null; table.columns.len()];
        cells[0] = Cell::Id([0; 16]);
        cells[1] = Cell::Int(7);
        let refused = |place: usize, cell| {
            let mut cells = cells.clone();
            cells[place] = cell;
            let put = put_row(&mut BytesMut::new(), table, &cells, None);
            put.expect_err("it cannot be held").to_string()
        };
        let place = |name| table.columns.iter().position(|column| column.name == name);
        let text = place("request_id").expect("a column");
        let why = refused(text, Cell::Text(b"a\0b"));
        assert!(
            why.contains("00000000-0000-0000-0000-000000000000 7, column request_id: a NUL"),
            "{why}"
        );
        assert!(refused(text, Cell::Text(&[0xff])).contains("not UTF-8"));
        let number = place("event_version").expect("a column");
        assert!(refused(number, Cell::Int(40_000)).contains("larger"));
    }
}
