//! How certifications are stored and listed.

use learnr::store::{
    CertificationVersionRow, ExposureRow, OrganizationId, Saved, Store, StoreError,
};
use uuid::Uuid;

use crate::store::fixture::{CERTIFICATION, Fixture, Place, certification};

async fn save(store: &dyn Store, row: &CertificationVersionRow) -> Result<Saved, StoreError> {
    store.save_certification(row.clone()).await
}

async fn load(store: &dyn Store, version: Option<&str>) -> Option<CertificationVersionRow> {
    let found = store.certification(CERTIFICATION, version).await;
    found.expect("answered")
}

pub(crate) async fn a_version_is_stored_once_and_loaded_equal(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(load(&*store, None).await, None);
    let row = certification("v1");
    assert_eq!(save(&*store, &row).await.expect("saved"), Saved::New);
    assert_eq!(save(&*store, &row).await.expect("saved"), Saved::Unchanged);
    assert_eq!(load(&*store, None).await, Some(row.clone()));
    assert_eq!(load(&*store, Some("v1")).await, Some(row));
    assert_eq!(load(&*store, Some("v2")).await, None);
    let listed = store.certifications().await.expect("answered");
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id.as_str(), listed[0].version.as_str()),
        (CERTIFICATION, "v1")
    );
    assert_eq!(
        (listed[0].items, listed[0].areas),
        (2, 2),
        "only what may be served counts"
    );
}

pub(crate) async fn a_new_version_becomes_current_and_leaves_the_old_one(place: &dyn Place) {
    let store = place.open().await;
    let (one, two) = (certification("v1"), certification("v2"));
    for row in [&one, &two] {
        assert_eq!(save(&*store, row).await.expect("saved"), Saved::New);
    }
    assert_eq!(load(&*store, None).await, Some(two));
    assert_eq!(load(&*store, Some("v1")).await, Some(one.clone()));
    let listed = store.certifications().await.expect("answered");
    assert_eq!((listed.len(), listed[0].title.as_str()), (1, "Title v2"));
    assert_eq!(save(&*store, &one).await.expect("saved"), Saved::Unchanged);
    assert_eq!(
        load(&*store, None).await,
        Some(one),
        "saved last, so current"
    );
}

pub(crate) async fn a_calibration_is_kept_with_its_version_until_another_takes_its_place(
    place: &dyn Place,
) {
    let store = place.open().await;
    let plain = certification("v1");
    let calibrated = |bytes: &[u8]| CertificationVersionRow {
        calibration: Some(bytes.to_vec()),
        ..plain.clone()
    };
    let (first, second) = (calibrated(b"first"), calibrated(b"second"));
    for (saved, outcome, kept) in [
        (&first, Saved::New, &first),
        (&plain, Saved::Unchanged, &first),
        (&second, Saved::Unchanged, &second),
    ] {
        assert_eq!(save(&*store, saved).await.expect("saved"), outcome);
        assert_eq!(load(&*store, Some("v1")).await.as_ref(), Some(kept));
    }
    let other = certification("v2");
    save(&*store, &other).await.expect("saved");
    assert_eq!(load(&*store, None).await, Some(other));
}

pub(crate) async fn a_version_is_stored_whole_or_not_at_all(place: &dyn Place) {
    let store = place.open().await;
    let row = certification("v1");
    assert_eq!(save(&*store, &row).await.expect("saved"), Saved::New);
    let mut same_id = certification("v2");
    same_id.items[2].item_id = same_id.items[0].item_id.clone();
    let mut same_place = certification("v2");
    same_place.items[2].ix = 0;
    for broken in [same_id, same_place] {
        let refused = save(&*store, &broken).await;
        assert!(
            matches!(refused, Err(StoreError::Rejected(_))),
            "{refused:?}"
        );
        assert_eq!(load(&*store, Some("v2")).await, None);
        assert_eq!(load(&*store, None).await, Some(row.clone()));
    }
}

pub(crate) async fn a_certification_stays_with_its_organization(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(
        save(&*store, &certification("v1")).await.expect("saved"),
        Saved::New
    );
    let stolen = CertificationVersionRow {
        organization: OrganizationId(Uuid::new_v4()),
        ..certification("v2")
    };
    let refused = save(&*store, &stolen).await;
    assert!(
        matches!(refused, Err(StoreError::Rejected(_))),
        "{refused:?}"
    );
    assert_eq!(load(&*store, None).await, Some(certification("v1")));
}

pub(crate) async fn exposure_counts_are_saved_over_those_they_were_made_from(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let listing = fixture.store.certifications().await.expect("answered");
    let version = listing[0].version.clone();
    let row = |examinees, body: &str| ExposureRow {
        certification: CERTIFICATION.to_owned(),
        version: version.clone(),
        examinees,
        body: body.into(),
    };
    let stored = || fixture.store.exposure(CERTIFICATION, &version);
    let save = |row: &ExposureRow, expected| fixture.store.save_exposure(row.clone(), expected);
    assert_eq!(stored().await.expect("answered"), None);

    let (one, two) = (row(1, "one"), row(2, "two"));
    assert!(!save(&two, Some(1)).await.expect("answered"), "none yet");
    assert!(save(&one, None).await.expect("answered"));
    assert!(save(&one, None).await.expect("answered"), "repeated");
    assert!(!save(&row(1, "rival"), None).await.expect("answered"));
    assert!(save(&two, Some(1)).await.expect("answered"));
    assert!(!save(&row(2, "rival"), Some(1)).await.expect("answered"));
    assert_eq!(stored().await.expect("answered"), Some(two));
    let unknown = ExposureRow {
        version: "no such version".to_owned(),
        ..row(1, "lost")
    };
    assert!(matches!(
        save(&unknown, None).await,
        Err(StoreError::Rejected(_))
    ));
}
