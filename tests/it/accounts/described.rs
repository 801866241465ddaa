//! Every route as the published document describes it: what its path and query take, and a body that fits.
//!
//! Owns reading the document, so that a route that is added is tried without a line here. Must not know what a route does.

use learnr::http::openapi::document;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// References followed in one schema; the document's nest a few deep.
const DEPTH_MAX: usize = 20;

/// One route.
pub(super) struct Described {
    pub(super) method: Method,
    /// With names in braces for what differs.
    pub(super) path: String,
    /// Names of the parameters of its query.
    pub(super) query: Vec<String>,
    /// Whether it asks for a token.
    pub(super) secured: bool,
    /// A body of the shape it takes, if it takes one; what it says makes no sense.
    pub(super) body: Option<Value>,
}

impl Described {
    /// The path with `text` for everything that differs.
    pub(super) fn filled(&self, text: &str) -> String {
        let parts = self.path.split('/').map(|part| match part {
            _ if part.starts_with('{') => text,
            _ => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether something differs in its path.
    pub(super) fn has_names(&self) -> bool {
        self.path.contains('{')
    }

    /// How a failure names it.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Every route of the document.
pub(super) fn described() -> Vec<Described> {
    let document: Value = serde_json::from_str(&document()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    let mut routes = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path has operations") {
            let method = method.to_ascii_uppercase();
            routes.push(Described {
                method: Method::from_bytes(method.as_bytes()).expect("a method"),
                path: path.clone(),
                query: query(operation),
                secured: secured(operation),
                body: body(&document, operation),
            });
        }
    }
    assert!(routes.len() > 40, "the document lost its routes");
    routes
}

fn query(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let of_query = parameters.filter(|parameter| parameter["in"] == "query");
    of_query
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
        .collect()
}

/// One way in that needs nothing makes a token a choice.
fn secured(operation: &Value) -> bool {
    let ways = operation["security"].as_array();
    ways.is_some_and(|ways| !ways.is_empty() && ways.iter().all(|way| *way != json!({})))
}

fn body(document: &Value, operation: &Value) -> Option<Value> {
    let content = operation.pointer("/requestBody/content/application~1json/schema")?;
    Some(sample(document, content, DEPTH_MAX))
}

/// A value of the shape that a schema asks for, with what is required alone.
fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    let deeper = |schema: &Value| sample(document, schema, depth.saturating_sub(1));
    if depth == 0 {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let named = document.pointer(reference.trim_start_matches('#'));
        return deeper(named.expect("the document has what it refers to"));
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[choice].get(0) {
            return deeper(first);
        }
    }
    match schema["type"].as_str() {
        Some("string") => json!("x"),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            let names = required.filter_map(Value::as_str);
            let fields: Map<String, Value> = names
                .map(|name| (name.to_owned(), deeper(&schema["properties"][name])))
                .collect();
            Value::Object(fields)
        }
        _ => Value::Null,
    }
}
