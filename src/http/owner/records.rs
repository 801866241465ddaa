//! Records of an export as CSV and as JSON.
//!
//! Owns the two forms, and that no cell of a table is taken for a formula. Must not know where records come from.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::http::ApiError;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Format {
    /// A table with a row of names.
    Csv,
    /// A list of objects, one a line.
    Json,
}

impl Format {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// Writes records one page at a time.
pub(super) struct Records {
    format: Format,
    /// Names of the fields, in order.
    fields: &'static [&'static str],
    begun: bool,
    /// Whether a record has been written.
    some: bool,
}

impl Records {
    pub(super) fn new(format: Format, fields: &'static [&'static str]) -> Self {
        Self {
            format,
            fields,
            begun: false,
            some: false,
        }
    }

    /// The next records, with whatever comes before the first.
    pub(super) fn page<T: Serialize>(&mut self, records: &[T]) -> Result<Bytes, ApiError> {
        match self.format {
            Format::Csv => self.rows(records),
            Format::Json => self.objects(records),
        }
    }

    /// What comes after the last.
    pub(super) fn end(&mut self) -> Result<Bytes, ApiError> {
        let mut end = self.page::<Value>(&[])?.to_vec();
        if self.format == Format::Json {
            end.extend_from_slice(b"\n]\n");
        }
        Ok(end.into())
    }

    fn objects<T: Serialize>(&mut self, records: &[T]) -> Result<Bytes, ApiError> {
        let mut out = Vec::new();
        if !self.begun {
            out.push(b'[');
            self.begun = true;
        }
        for record in records {
            out.extend_from_slice(if self.some { b",\n" } else { b"\n" });
            self.some = true;
            serde_json::to_writer(&mut out, record).map_err(|error| ApiError::internal(&error))?;
        }
        Ok(out.into())
    }

    fn rows<T: Serialize>(&mut self, records: &[T]) -> Result<Bytes, ApiError> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let fault = |error: csv::Error| ApiError::internal(&error);
        if !self.begun {
            out.write_record(self.fields).map_err(fault)?;
            self.begun = true;
        }
        for record in records {
            let record =
                serde_json::to_value(record).map_err(|error| ApiError::internal(&error))?;
            let cells = self.fields.iter().map(|field| cell(&record[*field]));
            out.write_record(cells).map_err(fault)?;
        }
        let bytes = out
            .into_inner()
            .map_err(|error| ApiError::internal(&error))?;
        Ok(bytes.into())
    }
}

/// A value as a cell. Text that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets
/// do not show; numbers are numbers, and keep their sign. Source: OWASP, "CSV Injection".
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(format: Format, pages: &[Vec<Value>]) -> String {
        let mut records = Records::new(format, &["name", "n", "none"]);
        let mut out = Vec::new();
        for page in pages {
            out.extend(records.page(page).expect("written"));
        }
        out.extend(records.end().expect("written"));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_cell_that_begins_like_a_formula_is_none() {
        let rows: Vec<Value> = ["=1+1", "+1", "-1", "@sum", "\tx", "a=1", "a,\"b\"", "'x"]
            .iter()
            .map(|name| json!({"name": name, "n": -1.5, "none": null}))
            .collect();
        let text = written(Format::Csv, &[rows]);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("name,n,none"));
        let names: Vec<_> = lines.map(|line| line.trim_end_matches(",-1.5,")).collect();
        assert_eq!(
            names,
            [
                "'=1+1",
                "'+1",
                "'-1",
                "'@sum",
                "'\tx",
                "a=1",
                "\"a,\"\"b\"\"\"",
                "'x"
            ]
        );
    }

    #[test]
    fn pages_make_one_document_however_they_are_cut() {
        let row = |n: u32| json!({"name": "a", "n": n, "none": null});
        let cuts = [
            vec![vec![row(1), row(2), row(3)]],
            vec![vec![row(1)], vec![], vec![row(2), row(3)]],
            vec![vec![], vec![row(1)], vec![row(2)], vec![row(3)]],
        ];
        for cut in &cuts {
            let document: Value = serde_json::from_str(&written(Format::Json, cut)).expect("JSON");
            assert_eq!(document, json!([row(1), row(2), row(3)]));
            assert_eq!(written(Format::Csv, cut), "name,n,none\na,1,\na,2,\na,3,\n");
        }
        assert_eq!(written(Format::Csv, &[]), "name,n,none\n");
        let empty: Value = serde_json::from_str(&written(Format::Json, &[])).expect("JSON");
        assert_eq!(empty, json!([]));
    }
}
