//! Rows on their way: the encoding that is the same whichever store they come from.
//!
//! Owns that encoding, so that a digest over it is equal for equal content. Must not know any adapter.
//!
//! A row is its cells in the order of its table's columns. A cell is a zero byte for NULL, or a one and then: an id
//! its 16 bytes; a whole number 8 bytes, a double the 8 bytes of its bits, most significant first; a flag one byte; a text
//! or bytes their length in 4 bytes and themselves. A negative zero becomes a zero: SQLite keeps no other.

use super::tables::{Kind, Table};

/// Bytes of rows that travel together, unless a single row has more.
pub const ROWS_BYTES: usize = 256 << 10;

/// Rows of one table, encoded.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Whose they are.
    pub table: &'static Table,
    /// How many.
    pub count: u64,
    /// Themselves, one after the other.
    pub bytes: Vec<u8>,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A UUID.
    Id([u8; 16]),
    /// A whole number.
    Int(i64),
    /// A double.
    Real(f64),
    /// Yes or no.
    Flag(bool),
    /// A text; whether it is UTF-8 nobody has looked.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// The encoding breaks off: whoever made it is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("rows on their way are damaged")]
pub struct Damaged;

/// Gathers rows of one table into [`Rows`].
#[derive(Debug)]
pub struct Encoder {
    rows: Rows,
}

impl Encoder {
    /// An encoder that holds nothing.
    #[must_use]
    pub fn new(table: &'static Table) -> Encoder {
        Encoder {
            rows: Rows {
                table,
                count: 0,
                bytes: Vec::with_capacity(ROWS_BYTES + ROWS_BYTES / 8),
            },
        }
    }

    /// Adds one cell; cells come in the order of the columns.
    pub fn cell(&mut self, cell: Cell<'_>) {
        let bytes = &mut self.rows.bytes;
        bytes.push(u8::from(cell != Cell::Null));
        match cell {
            Cell::Null => {}
            Cell::Id(id) => bytes.extend_from_slice(&id),
            Cell::Int(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            // The sum of a negative zero and a zero is a zero.
            Cell::Real(number) => bytes.extend_from_slice(&(number + 0.0).to_bits().to_be_bytes()),
            Cell::Flag(flag) => bytes.push(u8::from(flag)),
            Cell::Text(content) | Cell::Bytes(content) => {
                // Both stores hold values of at most a gigabyte.
                let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(content);
            }
        }
    }

    /// Ends a row. The rows so far, when there are enough of them.
    pub fn end_row(&mut self) -> Option<Rows> {
        self.rows.count += 1;
        (self.rows.bytes.len() >= ROWS_BYTES)
            .then(|| std::mem::replace(self, Encoder::new(self.rows.table)).rows)
    }

    /// The rows that are left, if there are any.
    #[must_use]
    pub fn finish(self) -> Option<Rows> {
        (self.rows.count > 0).then_some(self.rows)
    }
}

impl Rows {
    /// Gives each row's cells to `each`, in order.
    ///
    /// # Errors
    /// What `each` returns, or [`Damaged`].
    pub fn each<'a, E: From<Damaged>>(
        &'a self,
        mut each: impl FnMut(&[Cell<'a>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = self.bytes.as_slice();
        let mut cells = Vec::with_capacity(self.table.columns.len());
        for _ in 0..self.count {
            cells.clear();
            for column in self.table.columns {
                cells.push(cell(&mut left, column.kind)?);
            }
            each(&cells)?;
        }
        if left.is_empty() {
            Ok(())
        } else {
            Err(Damaged.into())
        }
    }
}

fn cell<'a>(left: &mut &'a [u8], kind: Kind) -> Result<Cell<'a>, Damaged> {
    let [present] = *array::<1>(left)?;
    match (present, kind) {
        (0, _) => Ok(Cell::Null),
        (_, Kind::Id) => Ok(Cell::Id(*array(left)?)),
        (_, Kind::Int16 | Kind::Int32 | Kind::Int64) => {
            Ok(Cell::Int(i64::from_be_bytes(*array(left)?)))
        }
        (_, Kind::Real) => Ok(Cell::Real(f64::from_bits(u64::from_be_bytes(*array(
            left,
        )?)))),
        (_, Kind::Flag) => Ok(Cell::Flag(array::<1>(left)? != &[0])),
        (_, Kind::Text) => Ok(Cell::Text(counted(left)?)),
        (_, Kind::Bytes) => Ok(Cell::Bytes(counted(left)?)),
    }
}

fn array<'a, const N: usize>(left: &mut &'a [u8]) -> Result<&'a [u8; N], Damaged> {
    let (taken, rest) = left.split_first_chunk().ok_or(Damaged)?;
    *left = rest;
    Ok(taken)
}

fn counted<'a>(left: &mut &'a [u8]) -> Result<&'a [u8], Damaged> {
    let length = u32::from_be_bytes(*array(left)?) as usize;
    let (taken, rest) = left.split_at_checked(length).ok_or(Damaged)?;
    *left = rest;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::super::tables::Column;
    use super::*;

    const KINDS: [Kind; 8] = [
        Kind::Id,
        Kind::Int16,
        Kind::Int32,
        Kind::Int64,
        Kind::Real,
        Kind::Flag,
        Kind::Text,
        Kind::Bytes,
    ];

    fn table() -> &'static Table {
        let columns = KINDS.map(|kind| Column { name: "c", kind });
        Box::leak(Box::new(Table {
            name: "t",
            columns: Box::leak(Box::new(columns)),
            key: 1,
            derived: &[],
            numbered: false,
        }))
    }

    fn read(rows: &Rows) -> Result<Vec<Vec<Cell<'_>>>, Damaged> {
        let mut read = Vec::new();
        rows.each(|cells| {
            read.push(cells.to_vec());
            Ok::<(), Damaged>(())
        })?;
        Ok(read)
    }

    #[test]
    fn every_kind_of_cell_comes_back_and_a_negative_zero_as_a_zero() {
        let full = [
            Cell::Id([7; 16]),
            Cell::Int(-5),
            Cell::Int(i64::from(i32::MIN)),
            Cell::Int(i64::MAX),
            Cell::Real(-0.1),
            Cell::Flag(true),
            Cell::Text("é".as_bytes()),
            Cell::Bytes(&[0, 255]),
        ];
        let mut encoder = Encoder::new(table());
        for cell in full.iter().chain(&[Cell::Null; 8]) {
            encoder.cell(*cell);
        }
        encoder.rows.count = 2;
        let rows = encoder.finish().expect("two rows");
        assert_eq!(read(&rows), Ok(vec![full.to_vec(), vec![Cell::Null; 8]]));
        let zeros = [0.0, -0.0].map(|zero| {
            let mut encoder = Encoder::new(table());
            encoder.cell(Cell::Real(zero));
            encoder.rows.bytes
        });
        assert_eq!(zeros[0], zeros[1]);
    }

    #[test]
    fn rows_cut_short_or_with_more_behind_them_are_damaged() {
        let mut encoder = Encoder::new(table());
        for _ in KINDS {
            encoder.cell(Cell::Null);
        }
        assert!(encoder.end_row().is_none(), "one small row waits for more");
        let rows = encoder.finish().expect("a row");
        for bytes in [rows.bytes[1..].to_vec(), [&rows.bytes[..], &[0]].concat()] {
            let rows = Rows {
                bytes,
                ..rows.clone()
            };
            assert_eq!(read(&rows), Err(Damaged));
        }
    }
}
