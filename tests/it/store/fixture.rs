//! What the store's tests begin with: a place to open a store at, and rows to put there.

use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::{
    Append, CertificationVersionRow, Created, EventRow, FIRST_EPOCH, Fence, Identity, ItemRow,
    LearnerId, NewSession, OrganizationId, Outcome, Owner, SessionId, SessionRow, Store,
};
use tokio::sync::oneshot;
use uuid::Uuid;

pub(crate) const CERTIFICATION: &str = "cert";
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// Where a store is, from one opening to the next.
#[async_trait]
pub(crate) trait Place: Send + Sync {
    async fn open(&self) -> Arc<dyn Store>;

    /// Whether this run goes without such a store; it has then said so.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// A store with a certification and a learner.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) learner: LearnerId,
}

impl Fixture {
    pub(crate) async fn at(place: &dyn Place) -> Fixture {
        Fixture::over(place.open().await).await
    }

    pub(crate) async fn over(store: Arc<dyn Store>) -> Fixture {
        store
            .save_certification(certification("v1"))
            .await
            .expect("certification is stored");
        let learner = store
            .learner_for(identity("somebody"), NOW)
            .await
            .expect("learner is stored");
        Fixture { store, learner }
    }

    /// A session somebody has claimed once, and its fence.
    pub(crate) async fn claimed(&self, kind: &str) -> (SessionId, Fence) {
        let row = self.created(kind).await;
        let fence = self
            .store
            .claim(row.id, row.fence.epoch, random(), owner("n1"))
            .await
            .expect("claim is answered")
            .expect("nobody else claims");
        (row.id, fence)
    }

    pub(crate) async fn created(&self, kind: &str) -> SessionRow {
        match self.create(new_session(self.learner, kind)).await {
            Created::New(row) => row,
            Created::Open(row) => panic!("session {} is open already", row.id),
            Created::NoLearner => panic!("the learner is there"),
        }
    }

    pub(crate) async fn create(&self, session: NewSession) -> Created {
        self.store
            .create_session(session)
            .await
            .expect("creation is answered")
    }

    /// Hands rows over without waiting for the outcome.
    pub(crate) fn hand_over(
        &self,
        session: SessionId,
        fence: Fence,
        rows: Vec<EventRow>,
    ) -> oneshot::Receiver<Outcome> {
        self.store
            .append(append(session, fence, rows))
            .expect("there is room in the queue")
    }

    pub(crate) async fn append(&self, append: Append) -> Outcome {
        self.store
            .append(append)
            .expect("there is room in the queue")
            .await
            .expect("every append is answered")
    }

    pub(crate) async fn seqs(&self, session: SessionId) -> Vec<u32> {
        let events = self.store.load_events(session).await;
        let events = events.expect("events are read");
        events.iter().map(|event| event.seq).collect()
    }

    pub(crate) async fn row(&self, session: SessionId) -> SessionRow {
        let row = self.store.session(session).await;
        row.expect("session is read").expect("session is stored")
    }
}

pub(crate) fn append(session: SessionId, fence: Fence, rows: Vec<EventRow>) -> Append {
    Append {
        session,
        fence,
        rows,
        status: None,
    }
}

/// 63 random bits.
pub(crate) fn random() -> i64 {
    (Uuid::new_v4().as_u64_pair().0 >> 1) as i64
}

pub(crate) fn owner(node: &str) -> Owner {
    Owner {
        node: node.to_owned(),
        incarnation: 7,
        address: format!("{node}:9000"),
    }
}

pub(crate) fn identity(subject: &str) -> Identity {
    Identity {
        issuer: "guest".to_owned(),
        subject: subject.to_owned(),
    }
}

pub(crate) fn new_session(learner: LearnerId, kind: &str) -> NewSession {
    let claim = random();
    let fence = Fence {
        epoch: FIRST_EPOCH,
        claim,
    };
    NewSession {
        id: SessionId(Uuid::now_v7()),
        learner,
        organization: OrganizationId::DEFAULT,
        certification: CERTIFICATION.to_owned(),
        bank_version: "v1".to_owned(),
        kind: kind.to_owned(),
        settings: b"settings".to_vec(),
        stream: "stream".to_owned(),
        claim,
        deadline_at: Some(NOW + 60_000),
        started_at: NOW,
        started: EventRow {
            kind: "started".to_owned(),
            request_id: None,
            ..answered(1, fence)
        },
    }
}

/// An event with something in every column.
pub(crate) fn answered(seq: u32, fence: Fence) -> EventRow {
    EventRow {
        seq,
        fence,
        kind: "answered".to_owned(),
        event_version: 3,
        participant: 0,
        at_ms: NOW + i64::from(seq),
        request_id: Some(format!("request-{seq}")),
        position: Some(12),
        item: Some("item-9".to_owned()),
        choice: Some("0,2".to_owned()),
        correct: Some(true),
        elapsed_ms: Some(4_321),
        area: Some("tax".to_owned()),
        theta: Some(-0.1),
        standard_error: Some(0.3),
        payload: vec![0, 255, 1],
    }
}

pub(crate) fn certification(version: &str) -> CertificationVersionRow {
    CertificationVersionRow {
        id: CERTIFICATION.to_owned(),
        version: version.to_owned(),
        organization: OrganizationId::DEFAULT,
        title: format!("Title {version}"),
        description: "What it is about".to_owned(),
        body: b"blueprint".to_vec(),
        items: (0..3)
            .map(|ix| ItemRow {
                ix,
                item_id: format!("q{ix}"),
                area: if ix == 0 { "audit" } else { "tax" }.to_owned(),
                active: ix < 2,
                body: vec![ix as u8; 10],
            })
            .collect(),
        calibration: None,
    }
}
