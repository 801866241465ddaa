//! Too little, too odd, or not there: what is said, and that nothing is stored.

use learnr::store::{
    Created, EventRow, FIRST_EPOCH, Fence, Identity, NewSession, OrganizationId, SessionId, Store,
    record,
};
use serde_json::Value;
use uuid::Uuid;

use super::school::{CERTIFICATION, Cohort, School};

#[actix_rt::test]
async fn too_few_learners_are_refused_with_figures_and_nothing_is_stored() {
    let school = School::new().await;
    let before = school.version().await;
    let ran = school.calibrate(&[]);
    assert!(!ran.success);
    let reason = "nothing was published: 0 respondents, 200 are needed";
    assert_eq!(ran.stderr.trim(), format!("learnr: {reason}"));
    school
        .teach(Cohort {
            learners: 12,
            ..Cohort::KNOWN
        })
        .await;
    let (report, success) = school.report(&[]);
    assert!(!success);
    assert_eq!(report["outcome"], "withheld");
    assert_eq!(report["withheld"], "12 respondents, 200 are needed");
    assert_eq!(
        (&report["answers"], &report["version"]),
        (&Value::from(480), &Value::Null)
    );
    assert_eq!(school.version().await, before);
}

#[actix_rt::test]
async fn answers_too_thinly_spread_are_refused_with_figures() {
    let school = School::new().await;
    school
        .teach(Cohort {
            learners: 32,
            questions: 5,
            ..Cohort::KNOWN
        })
        .await;
    let ran = school.calibrate(&["--min-respondents", "30"]);
    assert!(!ran.success);
    let reason = "nothing was published: none of 44 questions has the 50 answers it needs";
    assert_eq!(ran.stderr.trim(), format!("learnr: {reason}"));
}

#[actix_rt::test]
async fn guests_count_after_thirty_plausible_answers_and_hasty_ones_do_not() {
    let school = School::new().await;
    let guests = Cohort {
        learners: 31,
        issuer: "guest",
        questions: 30,
        ..Cohort::KNOWN
    };
    school.teach(guests).await;
    let short = Cohort {
        learners: 5,
        questions: 20,
        seed: 2,
        ..guests
    };
    school.teach(short).await;
    let hasty = Cohort {
        learners: 6,
        pace_ms: 700,
        seed: 3,
        ..guests
    };
    school.teach(hasty).await;
    let (report, _) = school.report(&["--dry-run"]);
    let guests = &report["guests"];
    assert_eq!(guests["too_few_answers"], 11, "{guests}");
    let counted = guests["counted"].as_u64().expect("a count");
    assert!((28..=31).contains(&counted), "{guests}");
    assert_eq!(report["respondents"], counted);
    assert_eq!(report["answers"], 30 * counted);
}

#[actix_rt::test]
async fn a_session_that_cannot_be_read_is_left_out_and_counted() {
    let school = School::new().await;
    let version = school.version().await.version;
    let store = school.open();
    let claim = 5;
    let id = SessionId(Uuid::now_v7());
    let identity = Identity {
        issuer: "guest".to_owned(),
        subject: "somebody".to_owned(),
    };
    let learner = store.learner_for(identity, 0).await;
    let created = store.create_session(NewSession {
        id,
        learner: learner.expect("learner is stored"),
        organization: OrganizationId::DEFAULT,
        certification: CERTIFICATION.to_owned(),
        bank_version: version,
        kind: "practice".to_owned(),
        settings: Vec::new(),
        stream: "stream".to_owned(),
        claim,
        deadline_at: None,
        started_at: 0,
        started: EventRow {
            seq: 1,
            fence: Fence {
                epoch: FIRST_EPOCH,
                claim,
            },
            kind: "started".to_owned(),
            event_version: 1,
            participant: 0,
            at_ms: 0,
            request_id: None,
            position: None,
            item: None,
            choice: None,
            correct: None,
            elapsed_ms: None,
            area: None,
            theta: None,
            standard_error: None,
            payload: vec![0xc1, 0xff],
        },
    });
    assert!(matches!(
        created.await.expect("it is stored"),
        Created::New(_)
    ));
    store.close().await;
    let (report, success) = school.report(&[]);
    assert!(!success);
    assert_eq!(report["left_out"]["unreadable_sessions"], 1);
    assert_eq!(
        (&report["sessions"], &report["answers"]),
        (&Value::from(1), &Value::from(0))
    );
}

#[actix_rt::test]
async fn what_is_not_there_and_what_makes_no_sense_is_named() {
    let school = School::new().await;
    for (args, said) in [
        (
            &["calibrate", "another"][..],
            "there is no certification another; there are: cert",
        ),
        (&["calibrate", "not an id!"], "invalid value 'not an id!'"),
        (&["calibrate", "cert", "--min-respondents", "3"], "30.."),
        (
            &["calibrate", "cert", "--min-answers", "NaN"],
            "invalid value 'NaN'",
        ),
        (
            &["calibrate", "cert", "--model", "9pl"],
            "possible values: rasch, 1pl, 2pl",
        ),
        (&["calibrate"], "<CERTIFICATION>"),
    ] {
        let ran = school.learnr(args);
        assert!(!ran.success, "{args:?}");
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
    std::fs::remove_dir_all(school.data()).expect("the folder goes");
    let ran = school.calibrate(&[]);
    assert!(
        !ran.success && ran.stderr.contains("there is no database"),
        "{}",
        ran.stderr
    );
    assert!(!school.data().exists());
    let help = school.learnr(&["calibrate", "--help"]);
    assert!(help.stdout.contains("Guests count once"), "{}", help.stdout);
}

#[actix_rt::test]
async fn one_that_is_stopped_leaves_the_store_whole() {
    let school = School::new().await;
    school
        .teach(Cohort {
            learners: 40,
            ..Cohort::KNOWN
        })
        .await;
    let before = school.version().await;
    let mut child = school.spawn(&["calibrate", CERTIFICATION, "--min-respondents", "30"]);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    // Killed long before its end, unless this test was held up: then it has published, whole.
    let after = school.version().await;
    assert!(after == before || record::bank_from_row(&after).is_ok());
}
