//! `--new-questions`: labels give way to what answers say, and nothing else changes.

use learnr::store::CertificationVersionRow;
use learnr::store::record::{
    self, CalibrationRecord, EstimateRecord, ItemErrors, calibration_from_row,
};
use learnr_domain::ItemId;
use learnr_domain::bank::{Difficulty, ItemSpec};
use serde_json::Value;

use super::school::{Cohort, MISKEYED, PER_AREA, School, certification, items, truth};

/// Of each area every fifth question is new, which makes eight.
const EVERY: usize = 5;
/// Their difficulties, of some 280 answers each, come back within 0.3 logits (root mean square; their labels are off by
/// 0.65), and each within four of its standard deviations.
const OFF_MAX: f64 = 0.3;
const DEVIATIONS_MAX: f64 = 4.0;

fn number(item: &ItemSpec) -> usize {
    item.id.as_str()[1..].parse().expect("a number")
}

fn is_new(item: &ItemSpec) -> bool {
    number(item) % PER_AREA % EVERY == 2 || number(item) >= 2 * PER_AREA
}

/// The questions with a right key, most with the parameters they have in truth, the new ones with a label.
fn partly_calibrated() -> Vec<ItemSpec> {
    let mut items = items();
    items.remove(MISKEYED);
    for item in &mut items {
        if !is_new(item) {
            item.difficulty = Difficulty::Parameters(truth(number(item)));
        }
    }
    items
}

fn calibration() -> CalibrationRecord {
    let estimate = |value| EstimateRecord {
        value,
        standard_error: Some(0.031),
    };
    CalibrationRecord {
        respondents: 512,
        rho: Some(estimate(0.55)),
        q: Some(estimate(0.04)),
        items: vec![ItemErrors {
            item: "q00".to_owned(),
            answers: 400,
            a: Some(0.11),
            b: Some(0.09),
        }],
    }
}

/// A current version that was calibrated once and has new questions since.
fn row(items: &[ItemSpec]) -> CertificationVersionRow {
    CertificationVersionRow {
        calibration: Some(record::calibration_to_bytes(&calibration())),
        ..record::certification_row(&certification(), items)
    }
}

/// A school that 260 learners have been to, and then 25 more when one more question had come.
async fn school() -> (School, Vec<ItemSpec>) {
    let school = School::new().await;
    let mut items = partly_calibrated();
    school.save_row(row(&items)).await;
    school.teach(Cohort::KNOWN).await;
    let mut latest = items[2].clone();
    latest.id = ItemId::new("q44").expect("an id");
    latest.stem = "What is latest?".to_owned();
    items.push(latest);
    school.save_row(row(&items)).await;
    let late = Cohort {
        learners: 25,
        seed: 2,
        ..Cohort::KNOWN
    };
    school.teach(late).await;
    (school, items)
}

#[actix_rt::test]
async fn new_questions_find_their_difficulty_and_calibrated_ones_stay_bit_for_bit() {
    let (school, items) = school().await;
    let before = school.version().await;
    let (checked, success) = school.report(&["--new-questions", "--dry-run"]);
    assert!(success && checked["outcome"] == "checked", "{checked}");
    assert_eq!(school.version().await, before, "a dry run stores nothing");
    finds_the_truth(&checked);

    let said = school.calibrate(&["--new-questions"]);
    assert!(said.success, "{}{}", said.stdout, said.stderr);
    for words in [
        "new questions have a difficulty, published as a new version",
        "8 of 9 questions with a label have a difficulty now, 1 keep the label",
        "q44: ",
    ] {
        assert!(said.stdout.contains(words), "{}", said.stdout);
    }
    let after = school.version().await;
    assert_eq!(Value::from(after.version.as_str()), checked["version"]);
    let (_, stored) = record::specs_from_row(&after).expect("a sound row");
    let mut figures = checked["items"].as_array().expect("questions").iter();
    for (item, stored) in items.iter().zip(&stored) {
        if !is_new(item) || item.id.as_str() == "q44" {
            assert_eq!(stored, item, "as it was");
        }
        let Some(figures) = is_new(item).then(|| figures.next().expect("told")) else {
            continue;
        };
        if let Difficulty::Parameters(at) = stored.difficulty {
            assert_eq!((at.a, at.c), (1.0, 0.25));
            assert_eq!(Some(at.b), figures["estimate"]["b"].as_f64());
        }
    }
    keeps_its_calibration(&after);
    let (again, success) = school.report(&["--new-questions"]);
    assert!(!success && again["kept"] == 1, "{again}");
    assert_eq!(school.version().await, after);
}

fn finds_the_truth(report: &Value) {
    let items = report["items"].as_array().expect("questions");
    assert_eq!((report["calibrated"].as_u64(), items.len()), (Some(8), 9));
    let mut squares = 0.0;
    for item in items {
        let id = item["item"].as_str().expect("an id");
        let number = |value: &Value| value.as_f64().expect("a number");
        let (b, deviation) = (number(&item["estimate"]["b"]), number(&item["b_error"]));
        if id == "q44" {
            assert!(deviation > 0.4 && deviation < 1.0, "{item}");
            assert!((20..=25).contains(&item["answers"].as_u64().expect("a count")));
            assert!(
                item["kept"]
                    .as_str()
                    .is_some_and(|kept| kept.contains("0.4 are needed"))
            );
            continue;
        }
        assert!(item["kept"].is_null() && deviation <= 0.4, "{item}");
        let off = b - truth(id[1..].parse().expect("a number")).b;
        assert!(
            off.abs() < DEVIATIONS_MAX * deviation,
            "off by {off}: {item}"
        );
        squares += off * off / 8.0;
    }
    assert!(
        squares.sqrt() < OFF_MAX,
        "root mean square {}",
        squares.sqrt()
    );
}

/// rho, q and standard errors are those of before, and new questions have theirs beside them.
fn keeps_its_calibration(after: &CertificationVersionRow) {
    let kept = calibration_from_row(after).expect("sound").expect("there");
    let mut expected = calibration();
    expected.items.extend(kept.items[1..].iter().cloned());
    assert_eq!((&kept, kept.items.len()), (&expected, 9));
    let sure = |item: &ItemErrors| item.a.is_none() && item.b.is_some_and(|b| b <= 0.4);
    assert!(kept.items[1..].iter().all(sure), "{:?}", kept.items);
}

#[actix_rt::test]
async fn what_cannot_be_known_is_refused_with_figures_and_nothing_is_stored() {
    let calibrated = |item: &ItemSpec| ItemSpec {
        difficulty: Difficulty::Parameters(truth(number(item))),
        ..item.clone()
    };
    let all: Vec<ItemSpec> = items().iter().map(calibrated).collect();
    let tax_is_new: Vec<ItemSpec> = [&all[..PER_AREA], &items()[PER_AREA..]].concat();
    for (items, reason) in [
        (
            items(),
            "none of 44 questions is calibrated: calibrate once first, without --new-questions",
        ),
        (all, "all 44 questions are calibrated, none has a label"),
        (
            tax_is_new,
            "no question is calibrated in the areas of the 22 with a label: calibrate once first, without --new-questions",
        ),
        (
            partly_calibrated(),
            "none of 8 questions with a label has the 20 answers and the standard deviation of 0.4 it needs; the surest has \
             0 and 1.00",
        ),
    ] {
        let school = School::new().await;
        school.save_row(row(&items)).await;
        let before = school.version().await;
        let ran = school.calibrate(&["--new-questions"]);
        assert!(!ran.success);
        let reason = format!("learnr: nothing was published: {reason}");
        assert_eq!(ran.stderr.trim(), reason);
        assert_eq!(school.version().await, before);
    }
}

#[actix_rt::test]
async fn what_only_a_full_run_can_use_is_refused_beside_new_questions() {
    let school = School::new().await;
    for other in [["--model", "rasch"], ["--min-respondents", "50"]] {
        let ran = school.calibrate(&[&["--new-questions"], &other[..]].concat());
        assert!(!ran.success);
        assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    }
    let help = school.learnr(&["calibrate", "--help"]);
    assert!(help.stdout.contains("calibrate my-exam --new-questions"));
}
