//! What a part must not know, name by name. Must not know the order of the layers: `layers` holds that.

use super::source::{Source, is_rust, is_shipped_rust, sources};
use super::use_tree::expand;
use super::{catches, hold};

/// Names kept out of a folder or file, each also with what follows an underscore: `serde` stands for `serde_json` too.
const KEPT_OUT: [(&str, &[&str], &str); 6] = [
    (
        "domain/src/",
        &["serde", "tokio", "rand", "actix", "learnr_protocol"],
        "the domain does no IO and knows no wire",
    ),
    (
        "protocol/src/",
        &["learnr_domain", "actix", "tokio"],
        "the contract knows neither the domain nor a socket",
    ),
    (
        "src/session/",
        &["actix_ws", "actix_web", "actix_http"],
        "a session knows no socket and no HTTP",
    ),
    (
        "src/session.rs",
        &["actix_ws", "actix_web", "actix_http"],
        "a session knows no socket and no HTTP",
    ),
    ("src/store/", &["actix"], "the store knows no actor"),
    ("src/store.rs", &["actix"], "the store knows no actor"),
];

/// Parts of `std` that reach outside the process or into time; `std::time::Duration` is only a number and stays allowed.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "process", "thread", "time"];

/// Names that may not appear in this file, wherever in the code they stand.
fn kept_out(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    for (_, words, reason) in KEPT_OUT
        .iter()
        .filter(|(place, ..)| source.path.starts_with(place))
    {
        for (at, name) in source.names() {
            let stands_for = |word: &&str| {
                name == *word
                    || name
                        .strip_prefix(*word)
                        .is_some_and(|more| more.starts_with('_'))
            };
            if words.iter().any(stands_for) {
                offences.push(source.offence(source.line_at(at), &format!("{name}: {reason}")));
            }
        }
    }
    offences
}

/// Paths of the domain into the parts of the standard library that do IO or tell the time.
fn outside_world(source: &Source) -> Vec<String> {
    let roots = source
        .names()
        .into_iter()
        .filter(|(_, name)| matches!(*name, "std" | "core"));
    let mut offences = Vec::new();
    for (at, _) in roots {
        for path in expand(&source.code[at..]) {
            let harmless = path.get(1).is_some_and(|part| part == "time")
                && path.get(2).is_some_and(|part| part == "Duration");
            if path
                .get(1)
                .is_some_and(|part| OUTSIDE.contains(&part.as_str()))
                && !harmless
            {
                offences.push(source.offence(
                    source.line_at(at),
                    &format!(
                        "{}: time, chance and IO stay out of the domain",
                        path.join("::")
                    ),
                ));
            }
        }
    }
    offences
}

/// The manifests of `domain` and `protocol` name neither each other nor the server.
fn manifest(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| line.starts_with("learnr"))
        .map(|(index, line)| {
            source.offence(
                index + 1,
                &format!("`{line}`: domain and protocol depend on no part of LearnR"),
            )
        })
        .collect()
}

#[test]
fn each_part_keeps_out_what_it_must_not_know() {
    hold(kept_out, &sources(is_shipped_rust));
}

#[test]
fn a_name_that_was_to_be_kept_out_is_caught() {
    catches(
        kept_out,
        "domain/src/item.rs",
        "//! Not serde.\nuse serde_json::Value;\n",
        &[2],
    );
    catches(
        kept_out,
        "protocol/src/client.rs",
        "fn f(id: learnr_domain::ItemId) {}",
        &[1],
    );
    catches(
        kept_out,
        "src/session/actor.rs",
        "use actix::Actor;\nuse actix_web::web;\nuse actix_ws::Session;\n",
        &[2, 3],
    );
    catches(
        kept_out,
        "src/store/sqlite/mod.rs",
        "use actix_rt::spawn;\n",
        &[1],
    );
    catches(kept_out, "src/http/mod.rs", "use actix_web::web;\n", &[]);
}

#[test]
fn the_domain_reaches_neither_the_clock_nor_the_world() {
    hold(
        outside_world,
        &sources(|path| is_rust(path) && path.starts_with("domain/src/")),
    );
}

#[test]
fn a_clock_or_a_file_in_the_domain_is_caught() {
    catches(
        outside_world,
        "domain/src/tick.rs",
        "use std::time::{Duration, Instant};\n",
        &[1],
    );
    catches(
        outside_world,
        "domain/src/tick.rs",
        "use std::{collections::BTreeMap, fs};\n",
        &[1],
    );
    catches(
        outside_world,
        "domain/src/tick.rs",
        "fn f() { std::env::var(\"A\"); }\n",
        &[1],
    );
    catches(
        outside_world,
        "domain/src/tick.rs",
        "use std::time::Duration;\nuse core::fmt;\n",
        &[],
    );
}

#[test]
fn the_manifests_of_domain_and_protocol_name_no_other_part() {
    hold(
        manifest,
        &sources(|path| matches!(path, "domain/Cargo.toml" | "protocol/Cargo.toml")),
    );
}

#[test]
fn a_manifest_that_names_another_part_is_caught() {
    let text = "[package]\nname = \"learnr-domain\"\n[dependencies]\nlearnr-protocol = { path = \"../protocol\" }\n";
    catches(manifest, "domain/Cargo.toml", text, &[4]);
}
