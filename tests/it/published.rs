//! What is published of the REST contract is what the routes generate.

use std::path::Path;

use learnr::http::access::{Who, table};
use learnr::http::openapi::document;
use reqwest::Method;
use serde_json::Value;

use crate::harness::Server;

#[test]
fn the_published_openapi_document_is_what_the_routes_generate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocol/schema/openapi.json");
    let published = std::fs::read_to_string(path).expect("a published document");
    assert!(
        published == document(),
        "openapi.json is stale: run `make schema`"
    );
}

#[actix_rt::test]
async fn the_served_document_is_openapi_3_1_and_describes_every_route() {
    let server = Server::start().await;
    let text = server
        .rest
        .text("/v1/openapi.json")
        .await
        .expect("the document");
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    let lines = table();
    let described = |path: &str| path != "/v1/openapi.json";
    for rule in lines.iter().filter(|rule| described(rule.path)) {
        let method = rule.method.as_str().to_ascii_lowercase();
        let (path, line) = (rule.path, paths.get(rule.path));
        let line = line.and_then(|line| line.get(&method));
        assert!(line.is_some(), "{method} {path} is not described");
    }
    server.stop().await;
}

#[actix_rt::test]
async fn files_of_the_page_are_asked_about_again_but_those_named_by_what_is_in_them() {
    let server = Server::start().await;
    let get = |path: &str| server.rest.request(Method::GET, path, None);
    let page = get("/").send().await.expect("a reply");
    let page = page.text().await.expect("the page");
    let (_, rest) = page.split_once("\"/assets/").expect("a file of its own");
    let name = rest.split('"').next().unwrap_or_default();
    let hashed = format!("/assets/{name}");
    for (path, caching) in [
        ("/", "no-cache"),
        ("/theme.js", "no-cache"),
        (&*hashed, "public, max-age=31536000, immutable"),
    ] {
        let reply = get(path).send().await.expect("a reply");
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(reply.headers()["cache-control"], caching, "{path}");
        let tag = &reply.headers()["etag"];
        let again = get(path).header("if-none-match", tag).send().await;
        let again = again.expect("a reply");
        assert_eq!(again.status(), 304, "{path}");
    }
    server.stop().await;
}

/// Answers that follow from who may call a route and from what it takes.
fn expected(who: Who, path: &str, operation: &Value) -> Vec<&'static str> {
    // Where browsers are sent on whatever comes of it, the page that they are sent to says what went wrong.
    if !operation["responses"]["302"].is_null() {
        return Vec::new();
    }
    let mut expected = match who {
        Who::Anyone => vec![],
        Who::Device => vec!["403", "503"],
        Who::Learner => vec!["401", "503"],
        Who::Account | Who::AuthorOf | Who::Admin => vec!["401", "403", "503"],
    };
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    if parameters.any(|parameter| parameter["in"] == "query") {
        expected.push("400");
    }
    if path.contains('{') {
        expected.push("404");
    }
    if operation["requestBody"].is_object() {
        expected.extend(["400", "413", "415"]);
    }
    expected
}

#[test]
fn every_shape_that_the_document_points_at_is_in_it() {
    let text = document();
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut missing = Vec::new();
    for rest in text.split("\"#/components/schemas/").skip(1) {
        let name = rest.split('"').next().expect("a name");
        if document["components"]["schemas"][name].is_null() {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_refusal_that_follows_from_what_a_route_takes_is_documented() {
    let document: Value = serde_json::from_str(&document()).expect("it is JSON");
    let mut missing = Vec::new();
    for rule in table() {
        let method = rule.method.as_str().to_ascii_lowercase();
        let operation = &document["paths"][rule.path][&method];
        for status in expected(rule.who, rule.path, operation) {
            if operation.is_object() && operation["responses"][status].is_null() {
                missing.push(format!("{method} {}: {status}", rule.path));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Every word of a text that is the name of a figure.
fn figures(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("learnr_")).collect()
}

#[test]
fn every_alarm_is_about_a_figure_that_there_is_and_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let (alarms, described) = (read("deploy/alerts.yml"), read("src/metrics.rs"));
    let described = figures(&described);
    let asked = figures(&alarms);
    assert!(asked.len() >= 10, "{asked:?}");
    for figure in asked {
        let base = figure.strip_suffix("_sum").unwrap_or(figure);
        assert!(described.contains(&base), "{figure} is described nowhere");
    }
    let operations = read("docs/operations.md");
    let named = alarms
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alarm in named {
        assert!(
            operations.contains(alarm),
            "{alarm} is not in docs/operations.md"
        );
    }
}
