//! What deleted accounts leave to a calibration.

use std::sync::Arc;

use learnr::store::{Identity, Store, record};

use super::school::{Cohort, School};

/// Of so many learners, how many leave.
const LEAVERS: usize = 40;

/// The report but for who vouches for whom, and how long it took.
fn figures(school: &School) -> serde_json::Value {
    let (mut report, success) = school.report(&["--dry-run"]);
    assert!(success, "{report}");
    let figures = report.as_object_mut().expect("an object");
    for other in ["guests", "seconds"] {
        assert!(figures.remove(other).is_some(), "{other}");
    }
    report
}

#[actix_rt::test]
async fn a_calibration_is_the_same_whoever_has_left() {
    let school = School::new().await;
    school.teach(Cohort::KNOWN).await;
    let before = figures(&school);
    let store = Arc::new(school.open());
    for learner in 0..LEAVERS {
        let identity = Identity {
            issuer: Cohort::KNOWN.issuer.to_owned(),
            subject: format!("{}-{learner}", Cohort::KNOWN.seed),
        };
        let id = store.learner_for(identity, 0).await.expect("a learner");
        let kept = store.delete_learner(id, record::strip).await;
        let kept = kept.expect("answered").expect("there was one");
        assert_eq!((kept.identities, kept.sessions), (1, 1));
    }
    store.close().await;
    assert!(figures(&school) == before, "figures differ");
}
