//! Banks made to measure, and a learner who answers.

use std::sync::Arc;

use learnr_domain::bank::{
    AreaSpec, Bank, CertificationSpec, ConceptSpec, Difficulty, ItemSpec, OptionSpec, Select,
};
use learnr_domain::irt::{ItemParameters, probability};
use learnr_domain::session::{Kind, Settings, Start};
use learnr_domain::tick::Chance;
use learnr_domain::{
    AreaId, CertificationId, Command, ConceptId, Decision, Event, Fact, ItemId, ItemIx,
    LearnerState, Millis, OptionId, Position, Refusal, RequestId, Session, Tick,
};

/// When the first session of every test begins.
pub(crate) const BEGINNING: Millis = Millis(1_700_000_000_000);

pub(crate) fn area_id(area: usize) -> AreaId {
    AreaId::new(format!("area-{area}")).expect("a legal id")
}

pub(crate) fn item_id(item: usize) -> ItemId {
    ItemId::new(format!("item-{item:06}")).expect("a legal id")
}

pub(crate) fn option_id(option: usize) -> OptionId {
    OptionId::new(format!("o{option}")).expect("a legal id")
}

pub(crate) fn request(text: impl AsRef<str>) -> RequestId {
    RequestId::new(text).expect("a legal id")
}

pub(crate) fn certification(weights: &[f64]) -> CertificationSpec {
    let area = |(k, weight): (usize, &f64)| AreaSpec {
        id: area_id(k),
        title: format!("Area {k}"),
        weight: *weight,
    };
    CertificationSpec {
        id: CertificationId::new("demo").expect("a legal id"),
        title: "Demonstration".into(),
        description: String::new(),
        areas: weights.iter().enumerate().map(area).collect(),
        concepts: Vec::new(),
        pass_mark: 0.7,
        exam_length: 60,
        exam_minutes: 90,
    }
}

/// An item with four options, of which the second is right.
pub(crate) fn item(item: usize, area: usize, parameters: ItemParameters) -> ItemSpec {
    let option = |ix: usize| OptionSpec {
        id: option_id(ix),
        text: format!("Option {ix}"),
        correct: ix == 1,
        explanation: String::new(),
    };
    ItemSpec {
        id: item_id(item),
        area: area_id(area),
        stem: format!("Question {item}?"),
        stimulus: None,
        options: (0..4).map(option).collect(),
        select: Select::One,
        concepts: Vec::new(),
        difficulty: Difficulty::Parameters(parameters),
        source: None,
        enemies: Vec::new(),
        fixed_order: false,
        active: true,
    }
}

/// `count` items dealt to the areas in turn, with parameters drawn from `seed`.
pub(crate) fn items(count: usize, areas: usize, seed: u64) -> Vec<ItemSpec> {
    let mut chance = Chance::new(seed);
    let draw = |k: usize| {
        let a = 0.6 + 1.4 * chance.unit();
        // The sum of three uniforms is near enough to a normal of standard deviation 1.
        let b = 2.0 * (chance.unit() + chance.unit() + chance.unit() - 1.5);
        item(k, k % areas, ItemParameters::three_pl(a, b, 0.25))
    };
    (0..count).map(draw).collect()
}

pub(crate) fn bank(count: usize, weights: &[f64], seed: u64) -> Arc<Bank> {
    built(certification(weights), items(count, weights.len(), seed))
}

pub(crate) fn built(certification: CertificationSpec, items: Vec<ItemSpec>) -> Arc<Bank> {
    Arc::new(Bank::build(certification, items).expect("a valid bank"))
}

pub(crate) fn concept_id(concept: usize) -> ConceptId {
    ConceptId::new(format!("concept-{concept:03}")).expect("a legal id")
}

/// A bank of `count` items in areas of equal weight, dealt in turn to areas and then to the concepts of each: concept
/// k is of area k modulo the areas. `prerequisites` are pairs of concepts: which, and what it needs.
pub(crate) fn bank_with_concepts(
    (count, areas, concepts): (usize, usize, usize),
    prerequisites: &[(usize, usize)],
) -> Arc<Bank> {
    let mut certification = certification(&vec![1.0; areas]);
    let concept = |k: usize| ConceptSpec {
        id: concept_id(k),
        title: format!("Concept {k}"),
        prerequisites: prerequisites
            .iter()
            .filter(|(concept, _)| *concept == k)
            .map(|(_, needed)| concept_id(*needed))
            .collect(),
    };
    certification.concepts = (0..concepts).map(concept).collect();
    let mut items = items(count, areas, 1);
    for (k, item) in items.iter_mut().enumerate() {
        item.concepts = vec![concept_id(k % concepts)];
    }
    built(certification, items)
}

/// A learner in a session: answers, keeps the history, and carries the clock.
pub(crate) struct Player {
    pub(crate) session: Session,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Millis,
    seeds: Chance,
}

impl Player {
    pub(crate) fn start(bank: &Arc<Bank>, settings: Settings, seed: u64) -> Self {
        Self::resume(bank, settings, None, BEGINNING, seed).expect("a session starts")
    }

    pub(crate) fn resume(
        bank: &Arc<Bank>,
        settings: Settings,
        learner: Option<LearnerState>,
        now: Millis,
        seed: u64,
    ) -> Result<Self, Refusal> {
        let start = Start::new(settings, learner, Arc::from("v1"));
        Self::begin(bank, start, now, seed)
    }

    pub(crate) fn begin(
        bank: &Arc<Bank>,
        start: Start,
        now: Millis,
        seed: u64,
    ) -> Result<Self, Refusal> {
        let mut seeds = Chance::new(seed);
        let tick = Tick {
            now,
            seed: seeds.bits(),
        };
        let event = Session::start(Arc::clone(bank), start, tick)?;
        let session = Session::replay(Arc::clone(bank), [&event]).expect("its own first event");
        Ok(Self {
            session,
            events: vec![event],
            now,
            seeds,
        })
    }

    pub(crate) fn tick(&mut self) -> Tick {
        Tick {
            now: self.now,
            seed: self.seeds.bits(),
        }
    }

    /// Carries out a command and applies its events.
    pub(crate) fn send(&mut self, command: &Command) -> Result<Decision, Refusal> {
        let tick = self.tick();
        let decision = self.session.handle(command, tick)?;
        if let Decision::Events(events) = &decision {
            for event in events {
                self.session.apply(event).expect("its own event");
                self.events.push(event.clone());
            }
        }
        Ok(decision)
    }

    pub(crate) fn open(&self) -> Option<ItemIx> {
        self.session.open_question().map(|served| served.item)
    }

    /// The command that answers the open question right or wrong.
    pub(crate) fn answer(&self, right: bool) -> Option<Command> {
        let served = self.session.open_question()?;
        Some(answer(served.position, &[usize::from(right)]))
    }

    /// Answers the open question ten seconds later; false when there is none.
    pub(crate) fn play(&mut self, right: bool) -> bool {
        let Some(command) = self.answer(right) else {
            return false;
        };
        self.now = self.now.plus(10_000);
        self.send(&command).expect("an answer to the open question");
        true
    }

    /// Answers as a learner of these abilities would, until the session ends.
    pub(crate) fn simulate(&mut self, abilities: &[f64], chance: &mut Chance) {
        while let Some(ix) = self.open() {
            let item = self.session.bank().item(ix);
            let p = probability(&item.parameters, abilities[item.area.at()]);
            self.play(chance.unit() < p);
        }
    }

    /// The items served so far, in order.
    pub(crate) fn served(&self) -> Vec<ItemIx> {
        let served = |event: &Event| match &event.fact {
            Fact::Started(started) => Some(started.first.item),
            Fact::Answered(answered) => answered.next.map(|next| next.item),
            _ => None,
        };
        self.events.iter().filter_map(served).collect()
    }
}

/// An answer to a position, naming options by index; its request id is that of the position.
pub(crate) fn answer(position: Position, options: &[usize]) -> Command {
    Command::Answer {
        request_id: request(format!("answer-{position}")),
        position,
        options: options.iter().copied().map(option_id).collect(),
        confidence: None,
    }
}

pub(crate) fn practice(length: u16) -> Settings {
    Settings::new(Kind::Practice, length)
}

pub(crate) fn diagnostic(length: u16) -> Settings {
    Settings::new(Kind::Diagnostic, length)
}

/// A normal deviate (Box and Muller).
pub(crate) fn normal(chance: &mut Chance) -> f64 {
    let radius = (-2.0 * libm::log(1.0 - chance.unit())).sqrt();
    radius * libm::cos(std::f64::consts::TAU * chance.unit())
}
