//! Who may name whom. Holds the table of architecture: imports point one way. Must not judge anything but names.
//!
//! ```text
//! domain, protocol  <-  store, search, cluster  <-  session  <-  connection, http, worker  <-  app
//! ```
//!
//! `auth`, `calibrate`, `import`, `mail`, `simulate` and `transfer` stand between the store, whose ids and records they use, and the session;
//! `provider` stands beside the session: it seals with `auth`.

use super::source::{Source, is_rust, names, sources};
use super::use_tree::expand;
use super::{catches, hold};

/// The modules at the root of the server, lowest first. A module may name those of lower rows; in the first and the last row
/// also its neighbours. The first row is what every layer needs and what needs none of them.
const ROWS: [&[&str]; 6] = [
    &["clock", "interrupt", "metrics", "progress", "telemetry"],
    &["store", "search", "cluster"],
    &[
        "auth",
        "calibrate",
        "import",
        "mail",
        "preferences",
        "simulate",
        "transfer",
    ],
    &["provider", "session"],
    &["connection", "http", "worker"],
    &["app", "cli", "config", "fleet", "forget", "lib", "main"],
];

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|modules| modules.contains(&module))
}

/// Offences of one file of the server against the table.
fn layering(source: &Source) -> Vec<String> {
    let own = module_path(&source.path);
    let Some(own_row) = own.first().and_then(|module| row(module)) else {
        return vec![source.offence(1, "belongs to no row of the layer table: give it one")];
    };
    let mut offences = Vec::new();
    for (at, path) in root_paths(source, &own) {
        let (line, named) = (source.line_at(at), path.as_str());
        let reason = match row(named) {
            _ if named == own[0] => continue,
            Some(row) if row < own_row => continue,
            Some(row) if row == own_row && (row == 0 || row == ROWS.len() - 1) => continue,
            Some(_) => format!("{} may not name {named}: imports point one way", own[0]),
            None => format!(
                "crate::{named} is no module of the layer table: name the module it lives in"
            ),
        };
        offences.push(source.offence(line, &reason));
    }
    offences
}

/// `src/store/sqlite/mod.rs` and `src/store/sqlite.rs` as `store`, `sqlite`; the two roots as `lib` and `main`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .trim_end_matches("/mod");
    inner.split('/').map(str::to_owned).collect()
}

/// For every path of the code that starts at `crate` or `super`: its offset and the module at the root it leads to.
fn root_paths(source: &Source, own: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, name) in source.names() {
        let before = source.code[..at].trim_end();
        if !matches!(name, "crate" | "super") || before.ends_with("::") || before.ends_with('$') {
            continue;
        }
        for path in expand(&source.code[at..]) {
            let supers = path.iter().take_while(|part| *part == "super").count();
            // The roots themselves are the crate, one step above a module of their own name.
            let here = if matches!(own[0].as_str(), "lib" | "main") {
                0
            } else {
                own.len()
            };
            let leads_to_root =
                name == "crate" || here + inline_modules(&source.code[..at]) == supers;
            let target = path
                .iter()
                .find(|part| !matches!(part.as_str(), "crate" | "super" | "self" | "*"));
            if let Some(target) = target.filter(|_| leads_to_root) {
                found.push((at, target.clone()));
            }
        }
    }
    found
}

/// How many `mod name {` are open at the end of this code.
fn inline_modules(code: &str) -> usize {
    let mut open = Vec::new();
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => {
                let head = &code[code[..at].rfind([';', '{', '}']).map_or(0, |end| end + 1)..at];
                open.push(
                    names(head)
                        .iter()
                        .rev()
                        .nth(1)
                        .is_some_and(|(_, word)| *word == "mod"),
                );
            }
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.iter().filter(|is_module| **is_module).count()
}

#[test]
fn imports_of_the_server_point_one_way() {
    hold(
        layering,
        &sources(|path| is_rust(path) && path.starts_with("src/")),
    );
}

#[test]
fn an_import_against_the_arrow_is_caught() {
    for (path, text) in [
        ("src/store/writer.rs", "use crate::session::Actor;"),
        ("src/store/writer.rs", "use crate::cluster::Lease;"),
        (
            "src/session/actor.rs",
            "use crate::{\n    clock,\n    store::{Store, StoreError},\n    http::auth,\n};",
        ),
        (
            "src/session/actor.rs",
            "fn f() { crate::connection::close(); }",
        ),
        ("src/http/mod.rs", "pub(crate) use super::worker::Queue;"),
        ("src/search/embedded.rs", "use super::super::app::App;"),
        (
            "src/search/embedded.rs",
            "mod inner { use super::super::super::{clock, app}; }",
        ),
        ("src/clock.rs", "use crate::store::Store;"),
        ("src/worker/mod.rs", "use crate::App;"),
        ("src/odds_and_ends.rs", "fn f() {}"),
    ] {
        catches(layering, path, text, &[1]);
    }
}

#[test]
fn imports_with_the_arrow_and_paths_in_text_are_left_alone() {
    for (path, text) in [
        (
            "src/app.rs",
            "use crate::{config::Config, http, session::registry as sessions};\nuse super::cli;",
        ),
        ("src/lib.rs", "pub mod app;\nmod tests { use super::app; }"),
        (
            "src/session/actor.rs",
            "//! Not crate::http.\nuse crate::store::Store;\nuse super::effects;\nfn f() -> &'static str { \"crate::http\" }",
        ),
        (
            "src/store/mod.rs",
            "mod tests { use super::session::Row; }\nmacro_rules! m { () => { $crate::http::f() } }",
        ),
        (
            "src/store/sqlite/rows.rs",
            "use super::super::records::Event;\npub(in crate::store) struct Row;",
        ),
    ] {
        catches(layering, path, text, &[]);
    }
}
