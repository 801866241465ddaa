//! Sessions that leave with all their events, and come in.

use learnr::store::{
    Fence, IMPORT_ISSUER, Identity, Imported, JobKind, LearnerId, SessionId, SessionStatus, Sitter,
    WholeSession,
};
use uuid::Uuid;

use crate::store::fixture::{
    CERTIFICATION, Fixture, Place, answered, append, identity, owner, random,
};

/// After the ids that tests mint, whatever the clock says.
const LATER: i64 = 4_000_000_000_000;

/// A session as a file may bring it: claimed once, answered, ended or not.
fn coming(learner: &str, kind: &str, ended: bool) -> WholeSession {
    let fence = |epoch| Fence {
        epoch,
        claim: 70 + epoch,
    };
    let mut started = answered(1, fence(1));
    started.kind = "started".to_owned();
    started.request_id = None;
    let mut events = vec![started];
    events.extend((2..=5).map(|seq| answered(seq, fence(2))));
    WholeSession {
        sitter: Sitter::Learner(learner.to_owned()),
        row: learnr::store::SessionRow {
            id: SessionId(Uuid::now_v7()),
            learner: LearnerId(Uuid::nil()),
            organization: learnr::store::OrganizationId::DEFAULT,
            certification: CERTIFICATION.to_owned(),
            bank_version: "v1".to_owned(),
            kind: kind.to_owned(),
            settings: b"settings".to_vec(),
            stream: "stream".to_owned(),
            status: match ended {
                true => SessionStatus::Completed,
                false => SessionStatus::Open,
            },
            fence: fence(2),
            owner: None,
            deadline_at: (!ended).then_some(9),
            started_at: 5,
            ended_at: ended.then_some(8),
            summary: ended.then(|| vec![1, 0, 255]),
        },
        events,
    }
}

impl Fixture {
    async fn import(&self, sessions: Vec<WholeSession>) -> Vec<Imported> {
        let imported = self.store.import_sessions(sessions, LATER).await;
        imported.expect("the import is answered")
    }

    async fn exported(&self) -> Vec<WholeSession> {
        let exported = self.store.whole_sessions(CERTIFICATION, None, 100).await;
        exported.expect("the export is answered")
    }
}

fn refused(imported: &Imported, words: &str) -> bool {
    matches!(imported, Imported::Refused(why) if why.contains(words))
}

pub(crate) async fn sessions_come_in_whole_and_leave_equal(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let sessions = vec![
        coming("ann", "practice", true),
        coming("ann", "practice", false),
        coming("bob", "practice", false),
    ];
    assert_eq!(
        fixture.import(sessions.clone()).await,
        vec![Imported::Stored; 3]
    );
    assert_eq!(
        fixture.import(sessions.clone()).await,
        vec![Imported::Unchanged; 3]
    );
    let exported = fixture.exported().await;
    let equal = |(here, there): (&WholeSession, &WholeSession)| {
        let row = learnr::store::SessionRow {
            learner: there.row.learner,
            ..here.row.clone()
        };
        here.sitter == there.sitter && here.events == there.events && row == there.row
    };
    assert!(sessions.iter().zip(&exported).all(equal), "{exported:?}");
    let ann = Identity {
        issuer: IMPORT_ISSUER.to_owned(),
        subject: "ann".to_owned(),
    };
    let ann = fixture.store.learner_for(ann, 1).await.expect("known");
    assert_eq!(exported[0].row.learner, ann);
    assert_eq!(exported[1].row.learner, ann);
    assert_ne!(exported[2].row.learner, ann);
    let due = fixture.store.next_jobs(LATER, 10, 1).await.expect("leased");
    let due: Vec<_> = due.iter().map(|job| (job.kind, job.session)).collect();
    assert_eq!(due, [(JobKind::SessionEnded, sessions[0].row.id)]);
    let paged = fixture
        .store
        .whole_sessions(CERTIFICATION, Some(sessions[1].row.id), 1)
        .await;
    let paged = paged.expect("the export is answered");
    assert_eq!(paged.len(), 1);
    assert_eq!(paged[0].row.id, sessions[2].row.id);
}

pub(crate) async fn an_imported_session_goes_on(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = coming("ann", "practice", false);
    fixture.import(vec![session.clone()]).await;
    let fence = fixture
        .store
        .claim(session.row.id, 2, random(), owner("n1"))
        .await
        .expect("answered")
        .expect("nobody else claims");
    let stored = fixture.append(append(session.row.id, fence, vec![answered(6, fence)]));
    assert_eq!(stored.await, learnr::store::Outcome::Stored);
    let again = fixture.import(vec![session]).await;
    assert!(refused(&again[0], "stored otherwise"), "{again:?}");
    assert_eq!(fixture.exported().await[0].events.len(), 6);
}

pub(crate) async fn a_stores_own_sessions_come_back_unchanged(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let rows = (2..=4).map(|seq| answered(seq, fence)).collect();
    fixture.append(append(session, fence, rows)).await;
    let exported = fixture.exported().await;
    assert_eq!(
        exported[0].sitter,
        Sitter::Learner(Sitter::pseudonym(fixture.learner))
    );
    assert_eq!(fixture.import(exported).await, [Imported::Unchanged]);
    // Nobody was made for the name: the session is its learner's.
    let same = fixture.store.learner_for(identity("somebody"), 1).await;
    assert_eq!(same.expect("known"), fixture.learner);
}

pub(crate) async fn what_does_not_fit_is_refused_and_its_neighbours_are_stored(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let sound = coming("ann", "practice", true);
    let mut cases = Vec::new();
    let mut case = |words: &'static str, change: &dyn Fn(&mut WholeSession)| {
        let mut session = coming("eve", "practice", true);
        change(&mut session);
        cases.push((words, session));
    };
    case("without events", &|session| session.events.clear());
    case("event 3 where 2", &|session| drop(session.events.remove(1)));
    case("event 2 where 3", &|session| session.events[2].seq = 2);
    case("epoch 1", &|session| session.events[4].fence.epoch = 1);
    case("epoch 9", &|session| session.events[4].fence.epoch = 9);
    case("request id", &|session| {
        session.events[3].request_id = session.events[2].request_id.clone();
    });
    case("not finite", &|session| {
        session.events[2].theta = Some(f64::NAN)
    });
    case("NUL", &|session| {
        session.events[2].item = Some("a\0b".to_owned())
    });
    case("does not agree", &|session| session.row.ended_at = None);
    case("UUIDv7", &|session| {
        session.row.id = SessionId(Uuid::new_v4())
    });
    case("UUIDv7", &|session| session.row.id = SessionId(Uuid::nil()));
    case("", &|session| session.row.bank_version = "v9".to_owned());
    let wrong: Vec<WholeSession> = cases.iter().map(|(_, session)| session.clone()).collect();
    let twice = std::slice::from_ref(&sound);
    let all = [twice, wrong.as_slice(), twice].concat();
    let outcomes = fixture.import(all).await;
    assert_eq!(outcomes[0], Imported::Stored);
    assert_eq!(
        outcomes.last(),
        Some(&Imported::Unchanged),
        "the same twice at once"
    );
    for ((words, _), outcome) in cases.iter().zip(&outcomes[1..]) {
        assert!(refused(outcome, words), "{words}: {outcome:?}");
    }
    assert_eq!(fixture.exported().await.len(), 1);
}

pub(crate) async fn another_learners_session_and_a_second_open_one_are_refused(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let open = coming("ann", "practice", false);
    let second = coming("ann", "practice", false);
    let outcomes = fixture.import(vec![open.clone(), second.clone()]).await;
    assert_eq!(outcomes[0], Imported::Stored);
    assert!(
        refused(&outcomes[1], "another open session"),
        "{outcomes:?}"
    );
    let outcomes = fixture.import(vec![second]).await;
    assert!(
        refused(&outcomes[0], "another open session"),
        "{outcomes:?}"
    );
    let stolen = WholeSession {
        sitter: Sitter::Learner("eve".to_owned()),
        ..open.clone()
    };
    let outcomes = fixture.import(vec![stolen]).await;
    assert!(refused(&outcomes[0], "another learner's"), "{outcomes:?}");
    let mut otherwise = open;
    otherwise.events[3].choice = Some("9".to_owned());
    let outcomes = fixture.import(vec![otherwise]).await;
    assert!(
        refused(&outcomes[0], "other events from number 4"),
        "{outcomes:?}"
    );
    assert_eq!(fixture.exported().await.len(), 1);
}

pub(crate) async fn sessions_of_a_deleted_account_keep_their_tombstone(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let tombstone = LearnerId(Uuid::new_v4());
    let left = WholeSession {
        sitter: Sitter::Deleted(tombstone),
        ..coming("nobody", "practice", true)
    };
    assert_eq!(fixture.import(vec![left.clone()]).await, [Imported::Stored]);
    assert_eq!(
        fixture.import(vec![left.clone()]).await,
        [Imported::Unchanged]
    );
    let exported = fixture.exported().await;
    assert_eq!(exported[0].sitter, left.sitter);
    assert_eq!(exported[0].row.learner, tombstone);
}
