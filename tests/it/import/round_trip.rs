//! What is exported is imported again as it was, and tables of other layouts become what they mean.

use serde_json::Value;

use super::{Desk, findings, text};

/// Everything a question can have.
const RICH: &str = r#"{
  "certification": {
    "id": "rich", "title": "Rich", "description": "All there is.", "pass_mark": 0.7000000000000001,
    "exam": {"items": 3, "minutes": 10},
    "areas": [{"id": "a", "title": "A", "weight": 0.1}, {"id": "b", "title": "B & C", "weight": 3e-7}],
    "concepts": [{"id": "z", "title": "Z", "prerequisites": ["y"]}, {"id": "y", "title": "Y"}]
  },
  "items": [
    {"id": "q2", "area": "b", "difficulty": {"a": 1.2000000000000002, "b": -0.1, "c": 1e-17}, "stem": "  *Two*\r\nlines, \"quoted\"; ",
     "select": "many", "stimulus": "A case,\nof two lines", "concepts": ["z", "y"], "enemies": ["q1"], "active": true,
     "source": "Somewhere", "fixed_order": true,
     "options": [{"id": "own", "text": " x", "correct": true, "explanation": "Because,\n\n- of this"}, {"text": "=1+1"},
                 {"text": "5", "correct": true}, {"text": "4"}, {"text": "3"}]},
    {"id": "q1", "area": "a", "difficulty": "hard", "stem": "?", "fixed_order": false,
     "options": [{"text": "x", "correct": true}, {"text": "None of the above"}]},
    {"id": "q3", "area": "a", "difficulty": "easy", "stem": "Off?", "active": false,
     "options": [{"text": "x", "correct": true}, {"text": "y"}]}
  ]
}"#;

#[test]
fn json_and_csv_come_back_byte_for_byte() {
    let desk = Desk::new();
    desk.import(&[&desk.file("rich.json", RICH)]);
    let (json, csv) = (desk.export("rich", "json"), desk.export("rich", "csv"));
    let written: Value = serde_json::from_str(&json).expect("JSON");
    let read: Value = serde_json::from_str(RICH).expect("JSON");
    assert_eq!(
        written["items"][1]["stem"], read["items"][0]["stem"],
        "texts are kept to the letter"
    );
    assert_eq!(
        written["items"][1]["difficulty"],
        read["items"][0]["difficulty"]
    );
    assert_eq!(
        written["certification"]["areas"],
        read["certification"]["areas"]
    );
    assert_eq!(written["items"][1]["options"][0]["id"], "own");
    assert_eq!(
        written["items"][1]["options"][1].get("id"),
        None,
        "a derived id is not written"
    );

    let elsewhere = Desk::new();
    let report = elsewhere.import(&[&elsewhere.file("again.json", &json)]);
    assert_eq!(elsewhere.export("rich", "json"), json);
    let file = elsewhere.file("again.csv", &csv);
    let unchanged = elsewhere.import(&[&file, "--certification", "rich"]);
    assert!(unchanged.contains("unchanged"), "{report}{unchanged}");
    assert_eq!(elsewhere.export("rich", "csv"), csv);
}

#[test]
fn an_export_to_a_file_replaces_it_whole_or_not_at_all() {
    let desk = Desk::new();
    desk.import(&[&desk.file("rich.json", RICH)]);
    let out = desk.path("out.json");
    std::fs::write(&out, "before").expect("the folder takes files");
    let missing = desk.learnr(&["export", "rich", "--out", &text(&desk.path("no/out.json"))]);
    assert!(
        !missing.success && missing.stderr.contains("cannot write"),
        "{}",
        missing.stderr
    );
    let none = desk.learnr(&["export", "poor", "--out", &text(&out)]);
    assert!(
        none.stderr
            .contains("there is no certification poor; there are: rich")
    );
    assert_eq!(
        std::fs::read_to_string(&out).expect("it is there"),
        "before"
    );
    assert!(
        desk.learnr(&["export", "rich", "--out", &text(&out)])
            .success
    );
    assert_eq!(
        std::fs::read_to_string(&out).expect("it is there"),
        desk.export("rich", "json")
    );
    let files = std::fs::read_dir(desk.path("")).expect("a folder");
    let left = files.filter_map(Result::ok).map(|entry| entry.file_name());
    assert!(
        left.into_iter()
            .all(|name| !name.to_string_lossy().ends_with("part"))
    );
}

#[test]
fn tables_of_other_tools_are_read_by_number_or_by_name() {
    let desk = Desk::new();
    let numbered = desk.file(
        "numbered.csv",
        "7,What is *this*?,x,y,B,unused\n8,And that?,1 < 2,2,1 < 2,unused\n",
    );
    let map = [
        "--map",
        "id=1,stem=2,options=3-4,key=5,ignore=6",
        "--certification",
        "one",
    ];
    desk.import(&[&[numbered.as_str()], &map[..]].concat());
    let json: Value = serde_json::from_str(&desk.export("one", "json")).expect("JSON");
    let item = &json["items"][0];
    assert_eq!(item["id"], "7");
    assert_eq!(
        item["stem"], r"What is \*this\*?",
        "plain text shows as it was written"
    );
    assert_eq!(item["options"][1]["correct"], true);
    assert_eq!(
        json["items"][1]["options"][0]["correct"], true,
        "a key may be the text of an option"
    );
    assert_eq!(json["certification"]["areas"][0]["title"], "One");

    let named = desk.file(
        "named.csv",
        "Topic;Question;Right;Wrong 1;Wrong 2;Answer\nRisk & Return;What?;x;y;z;a\nrisk & return;Why?;x;y;;B\n",
    );
    let map =
        "stem=question,option_a=Right,option_b=Wrong 1,option_c=Wrong 2,key=Answer,area=Topic";
    let report = desk.import(&[&named, "--map", map, "--delimiter", ";"]);
    assert!(report.contains("2 questions, 1 area"), "{report}");
    let json: Value = serde_json::from_str(&desk.export("named", "json")).expect("JSON");
    let areas = &json["certification"]["areas"];
    assert_eq!(areas[0]["id"], "risk-return");
    assert_eq!(areas[0]["title"], "Risk & Return");
    let wrong = desk.import_refused(&[&named, "--map", map]);
    assert!(
        findings(&wrong)[1].contains("row 1: expected a column \"question\" for stem"),
        "{wrong}"
    );
    let wrong = desk.import_refused(&[&named]);
    assert!(wrong.contains("another --delimiter?"), "{wrong}");
}

#[test]
fn several_tables_are_areas_of_one_certification_or_certifications_of_their_own() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("subjects")).expect("a new folder");
    desk.file(
        "subjects/risk_basics.csv",
        "What?,x,y,z,w,A\nHow?,x,y,z,w,A\n",
    );
    desk.file("subjects/ethics.csv", "Why?,x,y,z,w,B\nWhat?,x,y,z,w,A\n");
    // Nothing is left of it: it is no area.
    desk.file("subjects/zeal.csv", "Why?,x,y,z,w,B\n");
    desk.file("subjects/notes.txt", "not a table");
    let folder = text(&desk.path("subjects"));
    let layout = ["--layout", "question-options-key"];
    let report = desk.import(&[&[folder.as_str(), "--certification", "all"], &layout[..]].concat());
    assert!(
        report.contains("3 questions, 2 areas, 5 read, 2 duplicates left out"),
        "{report}"
    );
    assert!(
        report.contains("risk_basics, row 1: expected each question once"),
        "{report}"
    );
    desk.import(&[&[folder.as_str()], &layout[..]].concat());
    assert_eq!(desk.stored(), "all, ethics, risk-basics, zeal");
}

#[test]
fn a_table_leaves_what_it_does_not_say_as_it_is() {
    let desk = Desk::new();
    desk.import(&[&desk.file("rich.json", RICH)]);
    let csv = desk.export("rich", "csv").replace("\"Because,", "\"Since,");
    let report = desk.import(&[&desk.file("rich.csv", csv)]);
    assert!(
        report.starts_with("Rich (rich): stored as a new version"),
        "{report}"
    );
    let json: Value = serde_json::from_str(&desk.export("rich", "json")).expect("JSON");
    assert_eq!(json["certification"]["description"], "All there is.");
    assert_eq!(
        json["items"][1]["options"][0]["explanation"],
        "Since,\n\n- of this"
    );
}
