//! What is published, and that it is used.

use std::sync::Arc;

use learnr::session::BankCache;
use learnr::store::{Store, record};
use learnr_domain::bank::Difficulty;
use serde_json::Value;

use super::school::{CERTIFICATION, Cohort, MISKEYED, PER_AREA, School, truth};

fn numbers(report: &Value, field: &str) -> Vec<f64> {
    let items = report["items"].as_array().expect("questions");
    let number = |item: &Value| item["estimate"][field].as_f64().expect("an estimate");
    items.iter().map(number).collect()
}

#[actix_rt::test]
async fn parameters_of_known_questions_come_back_are_published_once_and_used_by_new_sessions() {
    let school = School::new().await;
    school.teach(Cohort::KNOWN).await;
    let before = school.version().await;

    let (checked, success) = school.report(&["--dry-run"]);
    assert!(success && checked["outcome"] == "checked", "{checked}");
    assert_eq!(school.version().await, before);
    assert_eq!(checked["respondents"], 260);
    assert_eq!(checked["answers"], 260 * 40);
    assert_eq!(checked["kept"], 0);
    holds_the_truth(&checked);

    let said = school.calibrate(&[]);
    assert!(said.success, "{}{}", said.stdout, said.stderr);
    let first = said.stdout.lines().next().expect("a heading");
    assert_eq!(
        first,
        "A certification (cert): calibrated, published as a new version"
    );
    assert!(
        said.stdout
            .contains(&format!("q{MISKEYED:02}: who knows more")),
        "{}",
        said.stdout
    );

    let after = school.version().await;
    assert_eq!(Value::from(after.version.as_str()), checked["version"]);
    let store = Arc::new(school.open());
    let old = store
        .certification(CERTIFICATION, Some(&before.version))
        .await;
    assert_eq!(old.expect("read").expect("kept for its sessions"), before);
    let (_, items) = record::specs_from_row(&after).expect("a sound row");
    for (item, b) in items.iter().zip(numbers(&checked, "b")) {
        let Difficulty::Parameters(at) = item.difficulty else {
            panic!("{}: calibrated", item.id);
        };
        assert_eq!((at.b, at.c), (b, 0.25));
    }
    let kept = record::calibration_from_row(&after)
        .expect("a sound row")
        .expect("calibrated");
    assert_eq!((kept.respondents, kept.items.len()), (260, 2 * PER_AREA));
    assert!(
        kept.items
            .iter()
            .all(|item| item.a.is_some() && item.b.is_some())
    );
    let bank = BankCache::new(store.clone()).current(CERTIFICATION).await;
    let bank = bank.expect("new sessions can use it");
    assert_eq!(Some(bank.rho), checked["rho"]["value"].as_f64());
    assert_eq!(Some(bank.q), checked["q"]["value"].as_f64());
    store.close().await;

    let (again, success) = school.report(&[]);
    assert!(success && again["outcome"] == "unchanged", "{again}");
    assert_eq!(school.version().await, after);
}

/// The figures of the cohort lie where they were put.
fn holds_the_truth(report: &Value) {
    let (a, b) = (numbers(report, "a"), numbers(report, "b"));
    let mut squares = 0.0;
    for (j, (a, b)) in a.iter().zip(&b).enumerate() {
        let item = &report["items"][j];
        if j == MISKEYED {
            assert_eq!(item["misfit"], "does_not_discriminate", "{item}");
            continue;
        }
        assert_eq!(item["misfit"], Value::Null, "{item}");
        let off = (b - truth(j).b) / item["b_error"].as_f64().expect("an error");
        squares += off * off / (2 * PER_AREA - 1) as f64;
        assert!((0.5..2.2).contains(a), "{item}");
    }
    assert!(
        squares < 2.0,
        "mean squared deviation in standard errors: {squares}"
    );
    let figure = |name: &str| report[name]["value"].as_f64().expect("estimated");
    assert!((0.35..=0.9).contains(&figure("rho")), "{}", report["rho"]);
    assert!(figure("q") < 0.03, "{}", report["q"]);
}

#[actix_rt::test]
async fn a_question_asked_too_seldom_or_differently_keeps_its_label() {
    let school = School::new().await;
    school
        .teach(Cohort {
            learners: 60,
            questions: 30,
            ..Cohort::KNOWN
        })
        .await;
    let mut items = super::school::items();
    items[0].stem = "What is it now?".to_owned();
    let mut added = items[1].clone();
    added.id = learnr_domain::ItemId::new("q99").expect("an id");
    added.stem = "What is new?".to_owned();
    items.push(added);
    school.save(&items).await;
    let (report, success) = school.report(&["--min-respondents", "50", "--min-answers", "20"]);
    assert!(success && report["outcome"] == "published", "{report}");
    let other = report["left_out"]["to_other_questions"]
        .as_u64()
        .expect("a count");
    assert!(other > 0, "{report}");
    let (_, stored) = record::specs_from_row(&school.version().await).expect("a sound row");
    for (item, figures) in stored
        .iter()
        .zip(report["items"].as_array().expect("questions"))
    {
        let calibrated = matches!(item.difficulty, Difficulty::Parameters(_));
        assert_eq!(calibrated, figures["kept"].is_null(), "{figures}");
        if matches!(item.id.as_str(), "q00" | "q99") {
            assert_eq!(figures["kept"], "0 answers, 20 are needed");
        }
    }
}
