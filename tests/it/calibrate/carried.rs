//! What a calibration found outlives an edit of the questions.

use learnr::store::CertificationVersionRow;
use learnr::store::record::{self, CalibrationRecord, EstimateRecord, ItemErrors};
use serde_json::Value;

use super::school::{CERTIFICATION, School};

fn found(row: &CertificationVersionRow) -> CalibrationRecord {
    let found = record::calibration_from_row(row).expect("a sound row");
    found.expect("a calibration")
}

/// A school whose current version was calibrated, with errors for two of its questions, of which only the second has
/// calibrated parameters in the file that `edit` makes of the export.
async fn reimported(edit: impl FnOnce(&mut Value)) -> (School, CalibrationRecord) {
    let school = School::new().await;
    let estimate = |value| EstimateRecord {
        value,
        standard_error: Some(0.05),
    };
    let errors = |item: &str| ItemErrors {
        item: item.to_owned(),
        answers: 70,
        a: Some(0.1),
        b: Some(0.2),
    };
    let before = CalibrationRecord {
        respondents: 300,
        rho: Some(estimate(0.62)),
        q: Some(estimate(0.03)),
        items: vec![errors("q00"), errors("q01")],
    };
    let mut row = school.version().await;
    row.version = "calibrated".to_owned();
    row.calibration = Some(record::calibration_to_bytes(&before));
    school.save_row(row).await;

    let exported = school.learnr(&["export", CERTIFICATION]);
    assert!(exported.success, "{}", exported.stderr);
    let mut file: Value = serde_json::from_str(&exported.stdout).expect("JSON");
    edit(&mut file);
    let path = school.data().join("edited.json");
    std::fs::write(&path, file.to_string()).expect("the folder takes files");
    let imported = school.learnr(&["import", path.to_str().expect("text")]);
    assert!(imported.success, "{}{}", imported.stdout, imported.stderr);
    (school, before)
}

#[actix_rt::test]
async fn an_edited_file_keeps_rho_and_q_and_the_errors_of_what_stayed_the_same() {
    let (school, before) = reimported(|file| {
        let items = file["items"].as_array_mut().expect("questions");
        items[0]["difficulty"] = Value::from("hard");
        items[2]["stem"] = Value::from("Asked in other words?");
    })
    .await;
    let row = school.version().await;
    assert_ne!(row.version, "calibrated");
    let after = found(&row);
    assert_eq!((after.rho, after.q), (before.rho, before.q));
    assert_eq!(after.respondents, before.respondents);
    assert_eq!(after.items, before.items[1..]);
}

#[actix_rt::test]
async fn a_version_brought_back_keeps_what_its_own_calibration_found() {
    let school = School::new().await;
    let before = CalibrationRecord {
        respondents: 300,
        rho: Some(EstimateRecord {
            value: 0.62,
            standard_error: None,
        }),
        items: vec![ItemErrors {
            item: "q00".to_owned(),
            answers: 70,
            a: Some(0.1),
            b: Some(0.2),
        }],
        ..CalibrationRecord::default()
    };
    let mut row = school.version().await;
    row.calibration = Some(record::calibration_to_bytes(&before));
    school.save_row(row.clone()).await;
    let exported = school.learnr(&["export", CERTIFICATION]);
    let mut edited: Value = serde_json::from_str(&exported.stdout).expect("JSON");
    edited["items"][0]["difficulty"] = serde_json::json!({"a": 1.0, "b": 0.5, "c": 0.2});
    for (name, file) in [("edited", edited.to_string()), ("back", exported.stdout)] {
        let path = school.data().join(format!("{name}.json"));
        std::fs::write(&path, file).expect("the folder takes files");
        let imported = school.learnr(&["import", path.to_str().expect("text")]);
        assert!(imported.success, "{}{}", imported.stdout, imported.stderr);
    }
    let back = school.version().await;
    assert_eq!(back.version, row.version);
    assert_eq!(found(&back), before);
}
