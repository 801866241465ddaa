//! Reading one JSON object field by field, so that every fault in it is found, not only the first.
//!
//! Owns paths and expectations. Must not know what the fields mean.

use serde_json::{Map, Value};

use super::report::{AN_ID, Notes, Place};

/// An object being read.
pub(super) struct Shape<'a> {
    fields: Map<String, Value>,
    /// What stands before the names of the fields: empty, or `options[2].`.
    path: String,
    place: &'a Place,
    notes: &'a mut Notes,
}

impl<'a> Shape<'a> {
    /// An object, or a fault where it is something else.
    pub(super) fn of(
        value: Value,
        path: &str,
        place: &'a Place,
        notes: &'a mut Notes,
    ) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self {
                fields,
                path: if path.is_empty() {
                    String::new()
                } else {
                    format!("{path}.")
                },
                place,
                notes,
            }),
            other => {
                let at = if path.is_empty() {
                    place.clone()
                } else {
                    place.column(path)
                };
                notes.fault_plain(at, "an object", name_of(&other));
                None
            }
        }
    }

    pub(super) fn fault(&mut self, field: &str, expected: &str, value: impl ToString) {
        let place = self.place.column(format!("{}{field}", self.path));
        self.notes.fault_plain(place, expected, value);
    }

    /// Reads what a field holds in its own way; `None` and a fault when it does not fit.
    pub(super) fn read<T>(
        &mut self,
        field: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.fields.remove(field);
        let found = value.as_ref().and_then(read);
        if found.is_none() {
            let value = value
                .as_ref()
                .map_or_else(|| "nothing".to_owned(), Value::to_string);
            self.fault(field, expected, value);
        }
        found
    }

    /// The same for a field that may be left out or null; the outer `None` is a fault.
    pub(super) fn maybe<T>(
        &mut self,
        field: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.fields.get(field) {
            None => Some(None),
            Some(Value::Null) => {
                self.fields.remove(field);
                Some(None)
            }
            Some(_) => self.read(field, expected, read).map(Some),
        }
    }

    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        self.read(field, "a text", |value| {
            value.as_str().map(ToOwned::to_owned)
        })
    }

    /// A text that may be left out.
    pub(super) fn text_or(&mut self, field: &str) -> Option<Option<String>> {
        self.maybe(field, "a text", |value| {
            value.as_str().map(ToOwned::to_owned)
        })
    }

    pub(super) fn number(&mut self, field: &str) -> Option<f64> {
        self.read(field, "a number", Value::as_f64)
    }

    pub(super) fn whole(&mut self, field: &str) -> Option<u16> {
        let read = |value: &Value| u16::try_from(value.as_u64()?).ok();
        self.read(field, "a whole number up to 65535", read)
    }

    pub(super) fn flag_or(&mut self, field: &str, otherwise: bool) -> Option<bool> {
        let flag = self.maybe(field, "true or false", Value::as_bool)?;
        Some(flag.unwrap_or(otherwise))
    }

    /// An id of any kind.
    pub(super) fn id<T>(
        &mut self,
        field: &str,
        parse: fn(String) -> Result<T, learnr_domain::IdError>,
    ) -> Option<T> {
        let text = self.text(field)?;
        self.parsed(field, text, parse)
    }

    /// A list of ids; empty when left out.
    pub(super) fn ids<T>(
        &mut self,
        field: &str,
        parse: fn(String) -> Result<T, learnr_domain::IdError>,
    ) -> Option<Vec<T>> {
        let read = |value: &Value| -> Option<Vec<String>> {
            let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
            value.as_array()?.iter().map(text).collect()
        };
        let texts = self
            .maybe(field, "a list of ids", read)?
            .unwrap_or_default();
        let parsed = texts
            .into_iter()
            .map(|text| self.parsed(field, text, parse));
        // Every one is looked at before the first that does not fit decides.
        parsed.collect::<Vec<_>>().into_iter().collect()
    }

    pub(super) fn parsed<T>(
        &mut self,
        field: &str,
        text: String,
        parse: fn(String) -> Result<T, learnr_domain::IdError>,
    ) -> Option<T> {
        match parse(text.clone()) {
            Ok(id) => Some(id),
            Err(_) => {
                let place = self.place.column(format!("{}{field}", self.path));
                self.notes.fault(place, AN_ID, &text);
                None
            }
        }
    }

    /// The objects of a list, each read by `read`; empty when the list is left out and may be.
    pub(super) fn list<T>(
        &mut self,
        field: &str,
        needed: bool,
        mut read: impl FnMut(&mut Shape<'_>, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        let list = |value: &Value| value.as_array().cloned();
        let values = if needed {
            self.read(field, "a list", list)?
        } else {
            self.maybe(field, "a list", list)?.unwrap_or_default()
        };
        let mut found = Vec::with_capacity(values.len());
        let count = values.len();
        for (place, value) in values.into_iter().enumerate() {
            let path = format!("{}{field}[{place}]", self.path);
            if let Some(mut inner) = Shape::of(value, &path, self.place, self.notes) {
                let one = read(&mut inner, place);
                inner.done();
                found.extend(one);
            }
        }
        (found.len() == count).then_some(found)
    }

    /// An object in the object.
    pub(super) fn object<T>(
        &mut self,
        field: &str,
        read: impl FnOnce(&mut Shape<'_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.read(field, "an object", |value| Some(value.clone()))?;
        let path = format!("{}{field}", self.path);
        let mut inner = Shape::of(value, &path, self.place, self.notes)?;
        let found = read(&mut inner);
        inner.done();
        found
    }

    /// Whatever was not asked for has a name that nobody knows: most often one misspelt.
    pub(super) fn done(&mut self) {
        let unknown: Vec<String> = self.fields.keys().cloned().collect();
        for field in unknown {
            self.fault(
                &field,
                "no field of this name",
                name_of(&self.fields[&field]),
            );
        }
    }
}

/// What kind of value it is, for people.
fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
