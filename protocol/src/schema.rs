//! The published contract, generated from the types of this crate: JSON Schema, AsyncAPI 3,
//! TypeScript and the golden examples. `learnr schema` writes the files; a test fails when they are stale.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use ts_rs::{Config, TS};

use crate::{
    ClientMessage, CloseCode, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, ServerMessage, account,
    client, cluster, code::ErrorCode, examples, history, keeping, learner, quiz, rest, server,
    standing,
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
    for (name, shape) in examples::history() {
        files.insert(format!("examples/rest/{name}.json"), pretty(&shape));
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
    let messages: Map<String, Value> = sides()
        .into_iter()
        .flat_map(|(side, _, examples)| {
            examples.into_iter().map(move |(name, example)| {
                (format!("{side}_{name}"), message(side, name, example))
            })
        })
        .collect();
    let channel_messages: Map<String, Value> = messages
        .keys()
        .map(|key| {
            (
                key.clone(),
                reference(&format!("#/components/messages/{key}")),
            )
        })
        .collect();
    let operation = |action: &str, side: &str| {
        let list: Vec<Value> = messages
            .keys()
            .filter(|key| key.starts_with(side))
            .map(|key| reference(&format!("#/channels/session/messages/{key}")))
            .collect();
        json!({"action": action, "channel": reference("#/channels/session"), "messages": list})
    };
    let close_codes: Vec<String> = CloseCode::ALL
        .iter()
        .map(|code| format!("{} {}", code.number(), code.reason()))
        .collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "LearnR live session",
            "version": "1.0.0",
            "description": format!(
                "Subprotocols {SUBPROTOCOL_MSGPACK} (default) and {SUBPROTOCOL_JSON}; the same messages in both. Close codes: {}.",
                close_codes.join(", ")
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
        "components": {"messages": messages, "schemas": component_schemas()},
    })
}

type Examples = Vec<(&'static str, Value)>;

/// Each side of the socket: its name, the schema of its messages, one example of each.
fn sides() -> [(&'static str, Value, Examples); 2] {
    let client = examples::client()
        .into_iter()
        .map(|(name, m)| (name, json!(m)));
    let server = examples::server()
        .into_iter()
        .map(|(name, m)| (name, json!(m)));
    [
        ("client", schema::<ClientMessage>(), client.collect()),
        ("server", schema::<ServerMessage>(), server.collect()),
    ]
}

fn reference(target: &str) -> Value {
    json!({ "$ref": target })
}

fn message(side: &str, name: &str, example: Value) -> Value {
    json!({
        "name": name,
        "contentType": "application/json",
        "payload": {
            "allOf": [
                reference(&format!("#/components/schemas/{side}")),
                {"type": "object", "properties": {"type": {"const": name}}},
            ],
        },
        "examples": [{"name": name, "payload": example}],
    })
}

/// The schemas of both sides and of what they are made of, side by side.
fn component_schemas() -> Value {
    let mut schemas = Map::new();
    for (side, root, _) in sides() {
        let Value::Object(mut root) = root else {
            continue;
        };
        if let Some(Value::Object(definitions)) = root.remove("$defs") {
            schemas.extend(definitions);
        }
        root.remove("$schema");
        schemas.insert(side.to_owned(), Value::Object(root));
    }
    rewrite_refs(Value::Object(schemas))
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

/// Appends the declarations of types, with their documentation.
macro_rules! declare {
    ($text:ident, $config:ident: $($ty:ty),* $(,)?) => {
        $(
            $text.push('\n');
            if let Some(docs) = <$ty as TS>::docs() {
                $text.push_str(&docs);
            }
            $text.push_str("export ");
            $text.push_str(&<$ty as TS>::decl($config));
            $text.push('\n');
        )*
    };
}

/// TypeScript types of every message and REST shape; one file, no imports.
fn typescript() -> String {
    let config = &Config::new().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust types by `make schema`; a test fails when it is stale.\n",
    );
    declare!(text, config:
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
        quiz::ExamGrid,
        quiz::ExamResult,
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
        server::Flag,
        server::Refused,
        server::GoingAway,
        server::Pong,
        server::ServerMessage,
    );
    typescript_of_rest(config, &mut text);
    typescript_of_history(config, &mut text);
    typescript_of_learners(config, &mut text);
    typescript_of_clusters(config, &mut text);
    typescript_of_accounts(config, &mut text);
    typescript_of_keeping(config, &mut text);
    text
}

/// Appends the shapes of what an operator sees of the fleet.
fn typescript_of_clusters(config: &Config, text: &mut String) {
    declare!(text, config:
        cluster::DirectoryHealth,
        cluster::NodeView,
        cluster::LiveSession,
        cluster::ClusterView,
        cluster::SessionPlace,
    );
}

/// Appends the shapes of having an account and signing in.
fn typescript_of_accounts(config: &Config, text: &mut String) {
    declare!(text, config:
        account::AccountRole,
        account::Register,
        account::OpenLink,
        account::LinkPurpose,
        account::LinkAsker,
        account::LinkView,
        account::ConfirmMail,
        account::SignIn,
        account::ForgotPassword,
        account::ResetPassword,
        account::SignedIn,
        account::AccountView,
        account::ChangeAccount,
        account::ChangePassword,
        account::ChangeEmail,
        account::SignInView,
        account::SignInList,
        account::IdentityView,
        account::IdentityList,
        account::EndIdentity,
        account::ProviderInfo,
        account::ProviderList,
        account::ProviderStart,
    );
}

/// Appends the shapes of what learners keep and of what admins see of people.
fn typescript_of_keeping(config: &Config, text: &mut String) {
    declare!(text, config:
        keeping::Theme,
        keeping::ReportReason,
        keeping::Goal,
        keeping::Preferences,
        keeping::Reminding,
        keeping::PreferencesView,
        keeping::SaveBookmark,
        keeping::Bookmark,
        keeping::BookmarkPage,
        keeping::ReportItem,
        keeping::ItemReport,
        keeping::ItemReportPage,
        keeping::Person,
        keeping::PersonPage,
        keeping::AuditEntry,
        keeping::AuditPage,
    );
}

/// Appends the shapes of the REST routes that a session needs.
fn typescript_of_rest(config: &Config, text: &mut String) {
    declare!(text, config:
        rest::GuestCreated,
        rest::AreaInfo,
        rest::CertificationInfo,
        rest::CertificationList,
        rest::CreateSession,
        rest::SessionTicket,
        rest::SessionView,
        rest::SessionSummary,
        rest::SessionReview,
        rest::ReviewedQuestion,
        rest::OpenSessions,
        standing::MasteryStatus,
        standing::Verdict,
        standing::AreaStanding,
        standing::ConceptStanding,
        standing::Readiness,
        standing::ReviewsDue,
        standing::Standing,
        rest::ClientConfig,
        rest::Health,
        rest::ErrorBody,
        rest::ErrorEnvelope,
    );
}

/// Appends the shapes of a learner's own account.
fn typescript_of_learners(config: &Config, text: &mut String) {
    declare!(text, config:
        learner::DeleteLearner,
        learner::LearnerDeleted,
        learner::ExportedIdentity,
        learner::ExportedLearner,
        learner::ExportedAccount,
        learner::ExportedSignIn,
        learner::ExportedMail,
        learner::ExportedBookmark,
        learner::ExportedReport,
        learner::ExportedArea,
        learner::ExportedMemory,
        learner::ExportedState,
        learner::ExportedServed,
        learner::ExportedSeen,
        learner::ExportedBeginning,
        learner::ExportedEvent,
        learner::ExportedSession,
        learner::LearnerExport,
    );
}

/// Appends the shapes of history and of what owners see.
fn typescript_of_history(config: &Config, text: &mut String) {
    declare!(text, config:
        history::PastSession,
        history::SessionHistory,
        history::AnsweredQuestion,
        history::SessionAnswers,
        history::CompetencyPoint,
        history::AreaProgress,
        history::CompetencyHistory,
        history::ActivityDay,
        history::ActivityArea,
        history::Activity,
        history::HardConcept,
        history::HardestConcepts,
        history::ItemMisfit,
        history::ItemStatistics,
        history::VersionUse,
        history::ItemStatisticsPage,
        history::LearnerProgress,
        history::LearnerProgressPage,
    );
}
