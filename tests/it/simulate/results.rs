//! What comes out of a simulation.

use serde_json::Value;

use super::{Desk, table};

fn at(value: &Value, path: &str) -> f64 {
    let found = value.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("no number at {path}"))
}

#[test]
fn json_has_every_measure() {
    let desk = Desk::new();
    let bank = desk.file("items.csv", table());
    let json = desk.json(&format!(
        "--bank {bank} --examinees 100 --length 20 --engine areas --rho 0.6 --blueprint law=1,ethics=3"
    ));
    assert_eq!(json["version"], 1);
    assert_eq!(json["bank"]["source"], "items.csv");
    assert_eq!(at(&json, "/bank/items"), 40.0);
    assert_eq!(json["bank"]["areas"][0]["id"], "law");
    assert_eq!(at(&json, "/bank/areas/0/share"), 0.25);
    assert_eq!(
        json["bank"]["information"].as_array().map(Vec::len),
        Some(41)
    );
    assert_eq!(json["plan"]["engine"], "areas");
    assert_eq!(at(&json, "/plan/assumed_rho"), 0.6);
    assert!((0.2..0.8).contains(&at(&json, "/accuracy/rmse")));
    assert_eq!(json["by_position"].as_array().map(Vec::len), Some(20));
    assert!(at(&json, "/by_ability/0/accuracy/coverage_90") <= 1.0);
    assert_eq!(json["by_area"]["areas"][1]["id"], "ethics");
    assert_eq!(json["exposure"]["items"].as_array().map(Vec::len), Some(40));
    assert!(at(&json, "/exposure/overlap") <= 1.0);
    assert_eq!(at(&json, "/length/mean"), 20.0);
    assert_eq!(at(&json, "/length/stopped/length"), 100.0);
    assert_eq!(at(&json, "/blueprint/items_off_max"), 0.0);
    assert!(at(&json, "/passing/brier") < 0.25);
    assert!(at(&json, "/passing/bins/0/probability") < 0.1);
}

#[test]
fn the_same_flags_give_the_same_bytes_with_any_number_of_threads() {
    let desk = Desk::new();
    for engine in ["cat", "areas", "session"] {
        let flags = format!(
            "--generate 3pl:60:5 --blueprint 2,1 --examinees 60 --length 12 --engine {engine} --json"
        );
        let one = desk.simulate(&format!("{flags} --threads 1"));
        assert_eq!(one, desk.simulate(&format!("{flags} --threads 5")));
        assert_ne!(one, desk.simulate(&format!("{flags} --seed 2")));
    }
    let controlled = "--generate 3pl:60:5 --examinees 60 --length 12 --exposure 0.3 --json";
    let one = desk.simulate(&format!("{controlled} --threads 1"));
    assert_eq!(one, desk.simulate(&format!("{controlled} --threads 5")));
}

#[test]
fn every_criterion_and_estimator_can_be_named() {
    let desk = Desk::new();
    let bank = "--generate 2pl:40:1 --examinees 20 --length 8";
    for criterion in ["mfi", "mepv", "mpwi", "kl", "urry", "progressive", "random"] {
        let json = desk.json(&format!("{bank} --criterion {criterion}"));
        assert_eq!(json["plan"]["criterion"], criterion);
    }
    for estimator in ["eap", "map", "wle", "ml"] {
        let json = desk.json(&format!("{bank} --estimator {estimator}"));
        assert_eq!(json["plan"]["estimator"], estimator);
    }
}

#[test]
fn rules_do_what_they_say() {
    let desk = Desk::new();
    let bank = "--generate 2pl:200:1 --examinees 150 --length 30";
    let free = desk.json(bank);
    assert_eq!(at(&free, "/exposure/max"), 1.0);
    let held = desk.json(&format!("{bank} --exposure 0.25"));
    assert!(
        at(&held, "/exposure/max") < 0.4,
        "an early stage of control"
    );
    let drawn = desk.json(&format!("{bank} --randomesque 5"));
    assert!(at(&drawn, "/exposure/max") < 1.0);
    let stopped = desk.json(&format!("{bank} --stop-se 0.4"));
    assert!(at(&stopped, "/length/mean") < 20.0);
    assert!(at(&stopped, "/length/stopped/precise") > 100.0);
    let classified = desk.json(&format!("{bank} --stop-classified --cut -1"));
    assert!(at(&classified, "/length/mean") < 15.0);
    assert_eq!(at(&classified, "/passing/cut"), -1.0);
    let able = desk.json(&format!("{bank} --mean 1.5 --sd 0"));
    assert_eq!(at(&able, "/passing/pass_rate"), 1.0);
    assert_eq!(able["accuracy"]["correlation"], Value::Null);
}

#[test]
fn a_pass_mark_is_the_ability_that_has_it() {
    let desk = Desk::new();
    // Of a Rasch bank around 0 half of all answers are right near ability 0.
    let json = desk.json("--generate 1pl:200:3 --examinees 20 --length 8 --pass-mark 0.5");
    assert!(at(&json, "/passing/cut").abs() < 0.3);
}

#[test]
fn ten_thousand_equal_items_are_simulated() {
    let desk = Desk::new();
    let mut table = String::from("id,area,a,b,c\n");
    for item in 0..10_000 {
        table.push_str(&format!("{item},all,1,0,0.25\n"));
    }
    let bank = desk.file("equal.csv", table);
    let json = desk.json(&format!("--bank {bank} --examinees 10 --length 20"));
    assert_eq!(at(&json, "/length/mean"), 20.0);
    assert!(
        at(&json, "/exposure/max") < 0.5,
        "equal items are drawn by lot"
    );
}

#[test]
fn a_stored_certification_is_examined_as_people_meet_it() {
    let desk = Desk::new();
    let exam = desk.file(
        "exam.csv",
        "stem,option_a,option_b,key,area,difficulty\n\
         1?,x,y,A,law,easy\n2?,x,y,B,law,medium\n3?,x,y,A,law,hard\n\
         4?,x,y,A,ethics,easy\n5?,x,y,B,ethics,medium\n6?,x,y,A,ethics,hard\n",
    );
    let imported = desk.learnr(&["import", &exam]);
    assert!(imported.success, "{}", imported.stderr);
    let json = desk.json("--certification exam --engine session --length 6 --examinees 30");
    assert_eq!(json["plan"]["engine"], "session");
    assert_eq!(at(&json, "/exposure/used_share"), 1.0);
    // The pass mark of the certification is a share of right answers, and was turned into an ability.
    assert!(at(&json, "/passing/cut") != 0.0);
    let refusal = desk.simulate_refused("--certification other --length 6");
    assert!(
        refusal.contains("there is no certification other; there are: exam"),
        "{refusal}"
    );
}

#[test]
fn the_table_shows_what_a_person_asks_first() {
    let desk = Desk::new();
    let bank = desk.file("items.csv", table());
    let text = desk.simulate(&format!("--bank {bank} --examinees 50 --length 10"));
    for wanted in [
        "items.csv: 40 items in 2 areas; 50 examinees, seed 1",
        "criterion mfi",
        "RMSE",
        "largest rate",
        "test overlap",
        "mean 10.0, SD 0.0, 10 to 10",
        "at most 0 items off, in 0 tests",
        "Brier score",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let path = desk.path("out.json");
    let path = path.to_str().expect("temporary paths are text");
    let both = desk.simulate(&format!(
        "--bank {bank} --examinees 50 --length 10 --json {path}"
    ));
    assert_eq!(both, text, "JSON in a file leaves the table");
    let json = std::fs::read_to_string(path).expect("the file was written");
    assert!(json.ends_with("}\n") && serde_json::from_str::<Value>(&json).is_ok());
}
