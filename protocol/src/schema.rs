//! The published contract, generated from the types of this crate: JSON Schema, AsyncAPI 3,
//! TypeScript and the golden examples. `learnr schema` writes the files; a test fails when they are stale.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};
use ts_rs::{Config, TS};

use crate::{
    ClientMessage, CloseCode, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, ServerMessage, client,
    code::ErrorCode, examples, quiz, rest, server,
};

/// Every generated file: path below `protocol/`, and its content.
#[must_use]
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    files.insert(
        "schema/client.json".to_owned(),
        pretty(&schema::<ClientMessage>()),
    );
    files.insert(
        "schema/server.json".to_owned(),
        pretty(&schema::<ServerMessage>()),
    );
    files.insert("schema/asyncapi.json".to_owned(), pretty(&asyncapi()));
    files.insert("ts/index.ts".to_owned(), typescript());
    for (name, message) in examples::client() {
        files.insert(
            format!("examples/client/{name}.json"),
            pretty(&json!(message)),
        );
    }
    for (name, message) in examples::server() {
        files.insert(
            format!("examples/server/{name}.json"),
            pretty(&json!(message)),
        );
    }
    files
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value always prints");
    text.push('\n');
    text
}

fn schema<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    json!(generator.into_root_schema_for::<T>())
}

/// AsyncAPI 3 document: one channel, two operations, one message of each type.
fn asyncapi() -> Value {
    let mut messages = serde_json::Map::new();
    let mut schemas = serde_json::Map::new();
    let mut refs = BTreeMap::from([("client", Vec::new()), ("server", Vec::new())]);
    let client_examples = examples::client()
        .into_iter()
        .map(|(n, m)| ("client", n, json!(m)));
    let server_examples = examples::server()
        .into_iter()
        .map(|(n, m)| ("server", n, json!(m)));
    for (side, name, example) in client_examples.chain(server_examples) {
        let key = format!("{side}_{name}");
        messages.insert(
            key.clone(),
            json!({
                "name": name,
                "contentType": "application/json",
                "payload": {
                    "allOf": [
                        {"$ref": format!("#/components/schemas/{side}")},
                        {"type": "object", "properties": {"type": {"const": name}}},
                    ],
                },
                "examples": [{"name": name, "payload": example}],
            }),
        );
        refs.entry(side).or_default().push(key);
    }
    for (side, mut root) in [
        ("client", schema::<ClientMessage>()),
        ("server", schema::<ServerMessage>()),
    ] {
        let definitions = root.get_mut("$defs").map(Value::take).unwrap_or_default();
        if let Value::Object(definitions) = definitions {
            schemas.extend(definitions);
        }
        if let Value::Object(map) = &mut root {
            map.remove("$defs");
            map.remove("$schema");
        }
        schemas.insert(side.to_owned(), root);
    }
    let schemas = rewrite_refs(Value::Object(schemas));
    let channel_messages: serde_json::Map<String, Value> = messages
        .keys()
        .map(|key| {
            (
                key.clone(),
                json!({"$ref": format!("#/components/messages/{key}")}),
            )
        })
        .collect();
    let operation = |action: &str, side: &str| {
        let list: Vec<Value> = refs[side]
            .iter()
            .map(|key| json!({"$ref": format!("#/channels/session/messages/{key}")}))
            .collect();
        json!({"action": action, "channel": {"$ref": "#/channels/session"}, "messages": list})
    };
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "LearnR live session",
            "version": "1.0.0",
            "description": format!(
                "Subprotocols {SUBPROTOCOL_MSGPACK} (default) and {SUBPROTOCOL_JSON}; the same messages in both. Close codes: {}.",
                CloseCode::ALL
                    .iter()
                    .map(|code| format!("{} {}", code.number(), code.reason()))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "channels": {
            "session": {
                "address": "/v1/ws/sessions/{session_id}",
                "parameters": {"session_id": {"description": "Session id, a UUID"}},
                "messages": channel_messages,
            },
        },
        "operations": {
            "from_client": operation("receive", "client"),
            "from_server": operation("send", "server"),
        },
        "components": {"messages": messages, "schemas": schemas},
    })
}

/// Schemas refer to each other below `$defs`; in AsyncAPI they live below `components`.
fn rewrite_refs(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| match (key.as_str(), &value) {
                    ("$ref", Value::String(target)) => {
                        let moved = target.replace("#/$defs/", "#/components/schemas/");
                        (key, Value::String(moved))
                    }
                    _ => (key, rewrite_refs(value)),
                })
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().map(rewrite_refs).collect()),
        other => other,
    }
}

/// TypeScript types of every message and REST shape; one file, no imports.
fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust types by `make schema`; a test fails when it is stale.\n",
    );
    macro_rules! declare {
        ($($ty:ty),* $(,)?) => {
            $(
                text.push('\n');
                if let Some(docs) = <$ty as TS>::docs() {
                    text.push_str(&docs);
                }
                text.push_str("export ");
                text.push_str(&<$ty as TS>::decl(&config));
                text.push('\n');
            )*
        };
    }
    declare!(
        ErrorCode,
        quiz::SessionKind,
        quiz::SessionStatus,
        quiz::Select,
        quiz::Reason,
        quiz::EndReason,
        quiz::CertificationRef,
        quiz::Settings,
        quiz::SessionInfo,
        quiz::QuestionOption,
        quiz::Question,
        quiz::Explanation,
        quiz::AreaScore,
        quiz::Progress,
        quiz::AreaResult,
        quiz::Summary,
        client::Hello,
        client::ResumePoint,
        client::Response,
        client::Answer,
        client::ClientMessage,
        server::Limits,
        server::Welcome,
        server::State,
        server::Started,
        server::Answered,
        server::Recorded,
        server::Saving,
        server::Completed,
        server::SessionChanged,
        server::Refused,
        server::GoingAway,
        server::Pong,
        server::ServerMessage,
        rest::GuestCreated,
        rest::AreaInfo,
        rest::CertificationInfo,
        rest::CertificationList,
        rest::CreateSession,
        rest::SessionTicket,
        rest::SessionView,
        rest::SessionSummary,
        rest::OpenSessions,
        rest::ClientConfig,
        rest::Health,
        rest::ErrorBody,
        rest::ErrorEnvelope,
    );
    text
}
