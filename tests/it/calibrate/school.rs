//! A store with a certification and learners whose abilities, and questions whose parameters, are known.

use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;

use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{
    Append, Created, FIRST_EPOCH, Fence, Identity, LearnerId, NewSession, OrganizationId, Outcome,
    SessionId, Store, record,
};
use learnr_domain::bank::{
    AreaSpec, CertificationSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::irt::probability;
use learnr_domain::session::{Kind, Settings, Start};
use learnr_domain::tick::Chance;
use learnr_domain::{
    AreaId, Bank, CertificationId, Decision, Event, ItemId, ItemParameters, Millis, OptionId,
    RequestId, Session, Tick,
};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Desk, Ran};

pub(crate) const CERTIFICATION: &str = "cert";
/// Questions of each of two areas.
pub(crate) const PER_AREA: usize = 22;
/// The question whose key is wrong.
pub(crate) const MISKEYED: usize = 5;
const NOW: i64 = 1_700_000_000_000;

/// A data folder with the school's store, and the binary on it.
pub(crate) struct School {
    desk: Desk,
}

/// Learners who sit one session each.
#[derive(Clone, Copy)]
pub(crate) struct Cohort {
    pub(crate) learners: usize,
    pub(crate) issuer: &'static str,
    pub(crate) questions: u16,
    /// Milliseconds each answer takes.
    pub(crate) pace_ms: i64,
    /// Correlation of their abilities in the two areas.
    pub(crate) rho: f64,
    pub(crate) seed: u64,
}

impl Cohort {
    pub(crate) const KNOWN: Self = Self {
        learners: 260,
        issuer: "https://issuer.example",
        questions: 40,
        pace_ms: 9_000,
        rho: 0.6,
        seed: 1,
    };
}

impl School {
    pub(crate) async fn new() -> Self {
        let school = Self { desk: Desk::new() };
        school.save(&items()).await;
        school
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.desk.data()
    }

    pub(crate) fn open(&self) -> SqliteStore {
        std::fs::create_dir_all(self.data()).expect("the folder can be made");
        let file = SqliteStore::file_in(&self.data());
        SqliteStore::open(&file, SqliteOptions::default()).expect("the store opens")
    }

    /// Makes these questions the current version.
    pub(crate) async fn save(&self, items: &[ItemSpec]) {
        self.save_row(record::certification_row(&certification(), items))
            .await;
    }

    /// Makes this the current version.
    pub(crate) async fn save_row(&self, row: learnr::store::CertificationVersionRow) {
        let store = self.open();
        store.save_certification(row).await.expect("it is stored");
        store.close().await;
    }

    /// The current version.
    pub(crate) async fn version(&self) -> learnr::store::CertificationVersionRow {
        let store = self.open();
        let row = store.certification(CERTIFICATION, None).await;
        store.close().await;
        row.expect("it is read").expect("it is there")
    }

    /// Lets a cohort sit its sessions, and the store have them.
    pub(crate) async fn teach(&self, cohort: Cohort) {
        let store = self.open();
        let row = store.certification(CERTIFICATION, None).await;
        let row = row.expect("it is read").expect("it is there");
        let bank = Arc::new(record::bank_from_row(&row).expect("a bank"));
        let mut chance = Chance::new(cohort.seed);
        for learner in 0..cohort.learners {
            let identity = Identity {
                issuer: cohort.issuer.to_owned(),
                subject: format!("{}-{learner}", cohort.seed),
            };
            let id = store.learner_for(identity, NOW).await.expect("a learner");
            sit(&store, &bank, &row.version, id, cohort, &mut chance).await;
        }
        store.close().await;
    }

    /// Runs `learnr calibrate cert ARGS`.
    pub(crate) fn calibrate(&self, args: &[&str]) -> Ran {
        self.learnr(&[&["calibrate", CERTIFICATION], args].concat())
    }

    /// The report of `learnr calibrate cert --json ARGS`, and whether it succeeded.
    pub(crate) fn report(&self, args: &[&str]) -> (Value, bool) {
        let ran = self.calibrate(&[&["--json"], args].concat());
        let report = serde_json::from_str(&ran.stdout);
        let report = report.unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
        (report, ran.success)
    }

    pub(crate) fn learnr(&self, args: &[&str]) -> Ran {
        self.desk.learnr(args)
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.desk.spawn(args)
    }
}

pub(crate) fn certification() -> CertificationSpec {
    let area = |id: &str| AreaSpec {
        id: AreaId::new(id).expect("an id"),
        title: id.to_owned(),
        weight: 0.5,
    };
    CertificationSpec {
        id: CertificationId::new(CERTIFICATION).expect("an id"),
        title: "A certification".to_owned(),
        description: String::new(),
        areas: vec![area("audit"), area("tax")],
        concepts: Vec::new(),
        pass_mark: 0.65,
        exam_length: 20,
        exam_minutes: 30,
    }
}

/// Questions of four options, all labelled as of medium difficulty, the first option right.
pub(crate) fn items() -> Vec<ItemSpec> {
    let option = |k: usize| OptionSpec {
        id: OptionId::new(["a", "b", "c", "d"][k]).expect("an id"),
        text: format!("option {k}"),
        correct: k == 0,
        explanation: String::new(),
    };
    (0..2 * PER_AREA)
        .map(|j| ItemSpec {
            id: ItemId::new(format!("q{j:02}")).expect("an id"),
            area: AreaId::new(if j < PER_AREA { "audit" } else { "tax" }).expect("an id"),
            stem: format!("What is {j}?"),
            stimulus: None,
            options: (0..4).map(option).collect(),
            select: Select::One,
            concepts: Vec::new(),
            difficulty: Difficulty::Label(Label::Medium),
            source: None,
            enemies: Vec::new(),
            fixed_order: false,
            active: true,
        })
        .collect()
}

/// What the label does not know.
pub(crate) fn truth(item: usize) -> ItemParameters {
    let a = 1.0 + 0.25 * (item % 3) as f64;
    let b = 2.4 * (item % PER_AREA) as f64 / (PER_AREA - 1) as f64 - 1.2;
    ItemParameters::three_pl(a, b, 0.25)
}

fn normal(chance: &mut Chance) -> f64 {
    (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0
}

/// One learner's session, from its start to its last answer.
async fn sit(
    store: &SqliteStore,
    bank: &Arc<Bank>,
    version: &str,
    learner: LearnerId,
    cohort: Cohort,
    chance: &mut Chance,
) {
    let settings = Settings::new(Kind::Practice, cohort.questions);
    let tick = Tick {
        now: Millis(NOW),
        seed: chance.bits(),
    };
    let start = Start::new(settings.clone(), None, Arc::from(version));
    let event = Session::start(Arc::clone(bank), start, tick).expect("it starts");
    let mut session = Session::replay(Arc::clone(bank), [&event]).expect("its own event");
    let (id, claim) = (SessionId(Uuid::now_v7()), 7);
    let fence = Fence {
        epoch: FIRST_EPOCH,
        claim,
    };
    let created = store.create_session(NewSession {
        id,
        learner,
        organization: OrganizationId::DEFAULT,
        certification: CERTIFICATION.to_owned(),
        bank_version: version.to_owned(),
        kind: record::kind_name(settings.kind).to_owned(),
        settings: record::settings_to_bytes(&settings),
        stream: "stream".to_owned(),
        claim,
        deadline_at: None,
        started_at: NOW,
        started: record::event_to_row(&event, bank, fence),
    });
    assert!(matches!(
        created.await.expect("it is stored"),
        Created::New(_)
    ));
    let events = answer_all(&mut session, cohort, chance);
    let append = Append {
        session: id,
        fence,
        rows: events
            .iter()
            .map(|event| record::event_to_row(event, bank, fence))
            .collect(),
        status: None,
    };
    let stored = store.append(append).expect("there is room").await;
    assert_eq!(stored.expect("answered"), Outcome::Stored);
}

/// Answers as somebody of drawn abilities would, until the session ends.
fn answer_all(session: &mut Session, cohort: Cohort, chance: &mut Chance) -> Vec<Event> {
    let common = normal(chance);
    let mut own = || cohort.rho.sqrt() * common + (1.0 - cohort.rho).sqrt() * normal(chance);
    let abilities = [own(), own()];
    let (mut now, mut all) = (Millis(NOW), Vec::new());
    while let Some(served) = session.open_question().copied() {
        let item = session.bank().item(served.item);
        let number: usize = item.id.as_str()[1..].parse().expect("a number");
        let p = probability(&truth(number), abilities[item.area.at()]);
        let right = (chance.unit() < p) != (number == MISKEYED);
        let option = if right { 0 } else { 1 + chance.below(3) };
        let command = learnr_domain::Command::Answer {
            request_id: RequestId::new(format!("r{}", served.position.0)).expect("an id"),
            position: served.position,
            options: vec![item.options[option].id.clone()],
            confidence: None,
        };
        now = now.plus(cohort.pace_ms);
        let tick = Tick {
            now,
            seed: chance.bits(),
        };
        let Ok(Decision::Events(events)) = session.handle(&command, tick) else {
            panic!("an answer to an open question makes events");
        };
        for event in events {
            session.apply(&event).expect("its own event");
            all.push(event);
        }
    }
    all
}
