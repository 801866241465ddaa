//! What learners prefer, mark and complain of.

use learnr::store::{
    BookmarkRow, CertificationVersionRow, ItemReportRow, LearnerId, NewItemReport, PreferencesRow,
    StoreError,
};

use super::accounts::{another, somebody_new};
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place, certification};

pub(crate) fn preferences(body: &str) -> PreferencesRow {
    PreferencesRow {
        body: body.into(),
        changed_at: NOW,
        remind_at: None,
    }
}

/// A question marked at `NOW` and so many milliseconds.
pub(crate) fn bookmark(item: &str, note: &str, ms: i64) -> BookmarkRow {
    BookmarkRow {
        certification: CERTIFICATION.to_owned(),
        item: item.to_owned(),
        version: "v1".to_owned(),
        note: note.to_owned(),
        created_at: NOW + ms,
        changed_at: NOW + ms,
    }
}

/// What a learner says of a question of the first version.
pub(crate) fn complaint(learner: LearnerId, item: &str, note: &str) -> NewItemReport {
    NewItemReport {
        certification: CERTIFICATION.to_owned(),
        version: "v1".to_owned(),
        item: item.to_owned(),
        learner,
        reason: "unclear".to_owned(),
        note: note.to_owned(),
        reported_at: NOW,
    }
}

impl Fixture {
    pub(crate) async fn marked(&self) -> Vec<BookmarkRow> {
        let store = &self.store;
        let marks = store.bookmarks(self.learner, CERTIFICATION, None, 100);
        marks.await.expect("answered")
    }

    pub(crate) async fn complain(&self, report: NewItemReport) {
        let reported = self.store.report_item(report).await;
        reported.expect("the report is stored");
    }

    /// What was said of the certification's questions, latest first.
    pub(crate) async fn complaints(&self) -> Vec<ItemReportRow> {
        let reports = self.store.item_reports(CERTIFICATION, None, 100).await;
        let reports = reports.expect("answered");
        assert!(reports.is_sorted_by(|one, next| one.id > next.id));
        reports
    }
}

pub(crate) async fn what_one_learner_keeps_is_told_whole_and_nothing_of_anothers(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let second = CertificationVersionRow {
        id: "another".to_owned(),
        ..certification("v1")
    };
    store.save_certification(second).await.expect("stored");
    let other = another(&fixture, "other").await;
    let elsewhere = |item: &str| BookmarkRow {
        certification: "another".to_owned(),
        ..bookmark(item, "there", 0)
    };
    let marks = [elsewhere("q1"), elsewhere("q2"), bookmark("q1", "here", 0)];
    for mark in marks.iter().rev() {
        let saved = store.save_bookmark(learner, mark.clone()).await;
        assert!(saved.expect("answered"));
    }
    let saved = store.save_bookmark(other.learner, bookmark("q3", "theirs", 0));
    assert!(saved.await.expect("answered"));
    let told = store.all_bookmarks(learner, None, 2).await;
    assert_eq!(told.expect("answered"), marks[..2]);
    let rest = store.all_bookmarks(learner, Some(["another", "q2"]), 2);
    assert_eq!(rest.await.expect("answered"), marks[2..]);
    for (whose, item) in [(learner, "q1"), (other.learner, "q1"), (learner, "q2")] {
        fixture.complain(complaint(whose, item, "unclear")).await;
    }
    let said = async |before| {
        let said = store.reports_of(learner, before, 1).await;
        let mut said = said.expect("answered");
        assert!(said.len() <= 1);
        said.pop()
    };
    let last = said(None).await.expect("the last");
    assert_eq!(
        (&*last.report.item, &*last.certification),
        ("q2", CERTIFICATION)
    );
    let first = said(Some(last.report.id)).await.expect("the first");
    assert_eq!(
        (&*first.report.item, &*first.report.note),
        ("q1", "unclear")
    );
    assert_eq!(said(Some(first.report.id)).await, None);
}

pub(crate) async fn preferences_are_written_whole(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let stored = || store.preferences(learner);
    assert_eq!(stored().await.expect("answered"), None);
    let later = PreferencesRow {
        changed_at: NOW + 1,
        ..preferences("later")
    };
    for row in [preferences("first"), later] {
        let saved = store.save_preferences(learner, row.clone()).await;
        assert!(saved.expect("answered"));
        assert_eq!(stored().await.expect("answered"), Some(row));
    }
    let nobody = somebody_new();
    let saved = store.save_preferences(nobody, preferences("lost")).await;
    assert!(!saved.expect("answered"));
    assert_eq!(store.preferences(nobody).await.expect("answered"), None);
}

pub(crate) async fn a_mark_keeps_its_first_time_and_takes_another_note(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let other = another(&fixture, "other").await;
    let second = BookmarkRow {
        version: "v2".to_owned(),
        ..bookmark("q1", "second", 7)
    };
    for row in [bookmark("q1", "first", 0), second.clone()] {
        let saved = store.save_bookmark(learner, row).await;
        assert!(saved.expect("answered"));
    }
    let expected = BookmarkRow {
        created_at: NOW,
        ..second
    };
    assert_eq!(fixture.marked().await, [expected]);
    assert_eq!(other.marked().await, []);
    let saved = store.save_bookmark(somebody_new(), bookmark("q1", "lost", 0));
    assert!(!saved.await.expect("answered"));
    let unknown = BookmarkRow {
        certification: "no such certification".to_owned(),
        ..bookmark("q1", "lost", 0)
    };
    let saved = store.save_bookmark(learner, unknown).await;
    assert!(matches!(saved, Err(StoreError::Rejected(_))), "{saved:?}");
    let drop = |learner| store.drop_bookmark(learner, CERTIFICATION, "q1");
    assert!(!drop(other.learner).await.expect("answered"));
    for there in [true, false] {
        assert_eq!(drop(learner).await.expect("answered"), there);
        assert_eq!(fixture.marked().await, []);
    }
}

pub(crate) async fn marks_are_paged_by_item(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    let sorted = ["Q2", "q1", "q10", "q2", "é"];
    for item in ["q2", "q10", "é", "Q2", "q1"] {
        let saved = store.save_bookmark(learner, bookmark(item, "", 0)).await;
        assert!(saved.expect("answered"));
    }
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.bookmarks(learner, CERTIFICATION, after.as_deref(), 2);
        let page = page.await.expect("answered");
        let Some(last) = page.last() else { break };
        after = Some(last.item.clone());
        found.extend(page.into_iter().map(|row| row.item));
    }
    assert_eq!(found, sorted);
    let elsewhere = store.bookmarks(learner, "elsewhere", None, 10).await;
    assert_eq!(elsewhere.expect("answered"), []);
}

pub(crate) async fn a_report_takes_the_place_of_what_was_said_of_the_same_version(
    place: &dyn Place,
) {
    let fixture = Fixture::at(place).await;
    let saved = fixture.store.save_certification(certification("v2")).await;
    saved.expect("it is stored");
    let other = another(&fixture, "other").await;
    let in_v2 = NewItemReport {
        version: "v2".to_owned(),
        ..complaint(fixture.learner, "q1", "in v2")
    };
    let second = NewItemReport {
        reason: "typo".to_owned(),
        reported_at: NOW + 5,
        ..complaint(fixture.learner, "q1", "second")
    };
    for report in [
        complaint(fixture.learner, "q1", "first"),
        complaint(other.learner, "q1", "of another"),
        in_v2,
        complaint(fixture.learner, "q2", "of q2"),
        second,
    ] {
        fixture.complain(report).await;
    }
    let reports = fixture.complaints().await;
    let mut notes: Vec<_> = reports.iter().map(|row| row.note.as_str()).collect();
    notes.sort_unstable();
    assert_eq!(notes, ["in v2", "of another", "of q2", "second"]);
    let second = reports.iter().find(|row| row.note == "second");
    let second = second.expect("it is there");
    assert_eq!(
        (second.version.as_str(), second.item.as_str()),
        ("v1", "q1")
    );
    assert_eq!(
        (second.reason.as_str(), second.reported_at),
        ("typo", NOW + 5)
    );
    let nobody = complaint(somebody_new(), "q1", "lost");
    let reported = fixture.store.report_item(nobody).await;
    assert!(
        matches!(reported, Err(StoreError::Rejected(_))),
        "{reported:?}"
    );
}

pub(crate) async fn reports_are_paged_latest_first(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for item in ["q0", "q1", "q2"] {
        let report = complaint(fixture.learner, item, item);
        fixture.complain(report).await;
    }
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = fixture.store.item_reports(CERTIFICATION, before, 2).await;
        let page = page.expect("answered");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        before = Some(last.id);
        found.extend(page.into_iter().map(|row| row.note));
    }
    assert_eq!(found, ["q2", "q1", "q0"]);
    let elsewhere = fixture.store.item_reports("elsewhere", None, 10).await;
    assert_eq!(elsewhere.expect("answered"), []);
}
