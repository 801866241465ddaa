//! From what the command line says to a bank and a plan.
//!
//! Owns defaults, and which flags go with which engine. Must not run anything.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use learnr_domain::irt::{Estimator, RHO_MAX};
use learnr_domain::selection::criterion::{Predictive, Rule};
use learnr_domain::selection::exposure::share_allowed;
use learnr_domain::simulation::{
    AreaShare, Engine, Model, Plan, Population, Rules, Simulation, bank_of, generated,
};
use learnr_domain::{AreaId, Bank, BankFault};

use super::args::{Blueprint, CriterionName, EngineName, EstimatorName, Generate, SimulateArgs};
use super::table;
use crate::store::{Place, record};

/// Largest table read, in bytes.
const TABLE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Quadrature points of EAP: twice as dense as the habit of the field, for the sharpest posteriors.
const POINTS: usize = 61;
/// Correlation of areas until told otherwise, as in sessions.
const RHO: f64 = 0.5;

/// A simulation, and where its bank is from.
pub(super) struct Request {
    pub(super) simulation: Simulation,
    pub(super) bank: String,
}

/// Reads the bank and checks the plan.
pub(super) async fn read(args: &SimulateArgs, place: &Place) -> anyhow::Result<Request> {
    let (name, bank) = bank(args, place).await?;
    let bank = Arc::new(bank);
    let plan = plan(args, &bank)?;
    match Simulation::new(bank, plan) {
        Ok(simulation) => Ok(Request {
            simulation,
            bank: name,
        }),
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("{}", faults.join("; "))
        }
    }
}

async fn bank(args: &SimulateArgs, place: &Place) -> anyhow::Result<(String, Bank)> {
    let source = &args.source;
    if let Some(path) = &source.bank {
        let bank = table_bank(path, args).with_context(|| path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        return Ok((name.into_owned(), bank));
    }
    if let Some(id) = &source.certification {
        let bank = stored_bank(id.as_str(), place).await?;
        return Ok((id.to_string(), bank));
    }
    let generate = source
        .generate
        .context("one of --bank, --certification and --generate says which bank")?;
    let name = format!("{} made up, seed {}", generate.name(), generate.seed);
    Ok((name, generated_bank(generate, args.blueprint.as_ref())?))
}

fn table_bank(path: &Path, args: &SimulateArgs) -> anyhow::Result<Bank> {
    ensure!(
        args.scaling > 0.0 && args.scaling.is_finite(),
        "--scaling must be > 0, got {}",
        args.scaling
    );
    let mut text = Vec::new();
    std::fs::File::open(path)?
        .take(TABLE_BYTES_MAX + 1)
        .read_to_end(&mut text)?;
    ensure!(
        text.len() as u64 <= TABLE_BYTES_MAX,
        "a table must be at most {TABLE_BYTES_MAX} bytes"
    );
    let table = table::parse(&text, args.scaling).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let areas = match &args.blueprint {
        None => by_items(&table),
        Some(blueprint) => by_name(blueprint, &table.areas)?,
    };
    bank_of(areas, table.items).map_err(|faults| said(&faults))
}

/// Areas that weigh as many items as they have.
fn by_items(table: &table::BankTable) -> Vec<AreaShare> {
    let count = |area: &AreaId| table.items.iter().filter(|item| item.area == *area).count();
    let share = |area: &AreaId| AreaShare {
        id: area.clone(),
        weight: count(area) as f64,
    };
    table.areas.iter().map(share).collect()
}

/// Areas with the weights of a blueprint, which must name each of them once.
fn by_name(blueprint: &Blueprint, areas: &[AreaId]) -> anyhow::Result<Vec<AreaShare>> {
    let known: Vec<&str> = areas.iter().map(AreaId::as_str).collect();
    let known = known.join(", ");
    for (name, _) in &blueprint.0 {
        let name = name.as_deref();
        let name = name.with_context(|| format!("--blueprint must name the areas: {known}"))?;
        let is_known = areas.iter().any(|area| area.as_str() == name);
        ensure!(
            is_known,
            "--blueprint: there is no area {name}; there are: {known}"
        );
    }
    let mut shares = Vec::with_capacity(areas.len());
    for area in areas {
        let named = |(name, _): &&(Option<String>, f64)| name.as_deref() == Some(area.as_str());
        let mut weights = blueprint.0.iter().filter(named);
        match (weights.next(), weights.next()) {
            (Some((_, weight)), None) => shares.push(AreaShare {
                id: area.clone(),
                weight: *weight,
            }),
            (None, _) => bail!("--blueprint gives area {area} no weight"),
            _ => bail!("--blueprint gives area {area} two weights"),
        }
    }
    Ok(shares)
}

fn generated_bank(generate: Generate, blueprint: Option<&Blueprint>) -> anyhow::Result<Bank> {
    let weights = blueprint.map_or_else(|| vec![(None, 1.0)], |blueprint| blueprint.0.clone());
    let mut areas = Vec::with_capacity(weights.len());
    for (place, (name, weight)) in (1..).zip(weights) {
        let name = name.unwrap_or_else(|| format!("area-{place}"));
        let id = AreaId::new(&name).with_context(|| format!("--blueprint, area {name:?}"))?;
        areas.push(AreaShare { id, weight });
    }
    let items = generated(generate.model, generate.items, &areas, generate.seed);
    bank_of(areas, items).map_err(|faults| said(&faults))
}

async fn stored_bank(id: &str, place: &Place) -> anyhow::Result<Bank> {
    let store = place.open_existing().await?;
    let row = store.certification(id, None).await?;
    let known = store.certifications().await?;
    store.close().await;
    let Some(row) = row else {
        let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
        bail!(
            "there is no certification {id}; there are: {}",
            ids.join(", ")
        );
    };
    Ok(record::bank_from_row(&row)?)
}

/// The first faults of a bank, and how many more there are.
fn said(faults: &[BankFault]) -> anyhow::Error {
    let first: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
    let more = match faults.len().saturating_sub(5) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    anyhow::anyhow!("{}{more}", first.join("; "))
}

fn plan(args: &SimulateArgs, bank: &Bank) -> anyhow::Result<Plan> {
    let (people, test) = (&args.people, &args.test);
    refuse_idle_flags(args)?;
    let one_ability = test.engine == EngineName::Cat;
    let rho = people.rho.unwrap_or(if one_ability { 1.0 } else { RHO });
    let assumed = test.assumed_rho.unwrap_or(rho.min(RHO_MAX));
    let engine = match test.engine {
        EngineName::Session => Engine::Session {
            rho: assumed,
            exposure: Some(test.exposure.unwrap_or_else(|| {
                let active = bank.areas().iter().map(|area| area.items().len()).sum();
                share_allowed(active, test.length)
            })),
        },
        EngineName::Areas => Engine::Designed {
            rules: rules(args, bank),
            model: Model::Areas { rho: assumed },
        },
        EngineName::Cat => Engine::Designed {
            rules: rules(args, bank),
            model: Model::OneAbility {
                estimator: estimator(test.estimator.unwrap_or(EstimatorName::Eap)),
                start: test.start.unwrap_or(0.0),
            },
        },
    };
    Ok(Plan {
        examinees: people.examinees,
        population: Population {
            mean: people.mean,
            sd: people.sd,
            rho,
        },
        engine,
        length: test.length,
        cut: cut(args, bank)?,
        seed: args.run.seed,
    })
}

/// Flags that would change nothing under the engine chosen are faults, not silence.
fn refuse_idle_flags(args: &SimulateArgs) -> anyhow::Result<()> {
    let test = &args.test;
    let cat = [
        ("--estimator", test.estimator.is_some()),
        ("--start", test.start.is_some()),
    ];
    let designed = [
        ("--criterion", test.criterion.is_some()),
        ("--randomesque", test.randomesque.is_some()),
        ("--no-balance", test.no_balance),
        ("--stop-se", test.stop_se.is_some()),
        ("--stop-classified", test.stop_classified),
    ];
    let assumed = [("--assumed-rho", test.assumed_rho.is_some())];
    let idle: &[&[(&str, bool)]] = match test.engine {
        EngineName::Cat => &[&assumed],
        EngineName::Areas => &[&cat],
        EngineName::Session => &[&cat, &designed],
    };
    for (flag, given) in idle.iter().flat_map(|flags| flags.iter()) {
        ensure!(
            !given,
            "{flag} says nothing to --engine {}",
            test.engine.name()
        );
    }
    Ok(())
}

fn rules(args: &SimulateArgs, bank: &Bank) -> Rules {
    let test = &args.test;
    Rules {
        criterion: rule(test.criterion.unwrap_or(CriterionName::Mfi)),
        randomesque: test.randomesque.unwrap_or(1),
        exposure: test.exposure,
        balanced: !test.no_balance && bank.areas().len() > 1,
        stop_se: test.stop_se,
        stop_classified: test.stop_classified,
    }
}

fn rule(name: CriterionName) -> Rule {
    match name {
        CriterionName::Mfi => Rule::MaximumInformation,
        CriterionName::Mepv => Rule::ExpectedPosteriorVariance(Predictive::Posterior),
        CriterionName::Mpwi => Rule::PosteriorWeightedInformation,
        CriterionName::Kl => Rule::PosteriorKullbackLeibler,
        CriterionName::Urry => Rule::Urry,
        CriterionName::Progressive => Rule::Progressive {
            seed: 0,
            length: 0,
            acceleration: 1.0,
        },
        CriterionName::Random => Rule::Random { seed: 0 },
    }
}

fn estimator(name: EstimatorName) -> Estimator {
    match name {
        EstimatorName::Eap => Estimator::eap(POINTS),
        EstimatorName::Map => Estimator::map(),
        EstimatorName::Wle => Estimator::wle(),
        EstimatorName::Ml => Estimator::ml(),
    }
}

/// The ability that passes: as given, or what a pass mark stands for, that of a certification by default.
fn cut(args: &SimulateArgs, bank: &Bank) -> anyhow::Result<f64> {
    if let Some(cut) = args.test.cut {
        return Ok(cut);
    }
    let own = args.source.certification.as_ref();
    let own = own.map(|_| bank.certification().pass_mark);
    match args.test.pass_mark.or(own) {
        None => Ok(0.0),
        Some(mark) => bank.ability_at_mark(mark).with_context(|| {
            format!("a pass mark of {mark} is that of no ability from -4 to 4; say --cut")
        }),
    }
}
