//! A report with everything in it, as a run of some minutes would leave it, for the tests of what shows reports.
//! Its figures are made up and are published nowhere.

use super::*;

/// Seconds of the specimen's ramp and of its measured time.
const RAMP_S: u64 = 4;
const MEASURED_S: u64 = 60;

/// A whole report of `scenario`, all of whose times are `slower` times those of another.
pub(crate) fn report(scenario: &str, slower: f64) -> Report {
    let ms = |p50: f64| quantiles(p50 * slower);
    Report {
        version: REPORT_VERSION,
        scenario: scenario.to_owned(),
        plan: plan(scenario),
        machine: machine(),
        command: format!("learnr-loadtest play {scenario}"),
        at_ms: 1_796_083_200_000,
        limits: true,
        interrupted: false,
        sessions: 1_000,
        connected: 1_000,
        sessions_started: 1_020,
        sessions_ended: 20,
        ramp_s: RAMP_S as f64,
        seconds: MEASURED_S as f64,
        answers_due: 6_000,
        answers_acked: 5_990,
        answers_per_s: 99.8,
        ack_ms: ms(1.8),
        ack_by_percentile: by_percentile(slower),
        start_ms: ms(4.0),
        unacked: 2,
        resent: 3,
        errors: 1,
        errors_by: BTreeMap::from([("rate_limited".to_owned(), 1)]),
        reconnects: 1_000,
        reconnects_by: BTreeMap::from([("dropped".to_owned(), 1_000)]),
        storm: Some(storm(slower)),
        knee: Some(knee(slower)),
        undisturbed_ms: Some(ms(1.7)),
        ledger: Some(ledger()),
        floor: Some(floor(slower)),
        server: Some(server(slower)),
        throttled: Some(Throttled {
            periods: 600,
            periods_throttled: 12,
            throttled_s: 0.4,
            memory_peak_bytes: 300 << 20,
            oom_kills: 0,
        }),
        database: Some(Usage {
            rss_bytes: 190 << 20,
            cpu_s: 7.0 * slower,
        }),
        client: Usage {
            rss_bytes: 60 << 20,
            cpu_s: 6.0 * slower,
        },
        commit_ms: Some(CommitLatency {
            p50: 0.5 * slower,
            p99: 1.9 * slower,
        }),
        batch_rows_mean: Some(1.4),
        samples: (1..=RAMP_S + MEASURED_S)
            .map(|at| sample(at, slower))
            .collect(),
        goals: goals(slower),
        faults: vec!["an <example> of a fault".to_owned()],
    }
}

fn plan(scenario: &str) -> Scenario {
    let plan = format!(
        "title = \"{scenario} as a specimen\"\nseconds = {MEASURED_S}\nlearners = {{ sessions = 1000 }}\n\
         pace = {{ kind = \"rate\", per_s = 0.1 }}\ngoal = {{ p99_ms = 5.0, errors = 0 }}"
    );
    Scenario::read(scenario, &plan).expect("the specimen's plan is a scenario")
}

fn quantiles(p50: f64) -> Quantiles {
    Quantiles {
        p50,
        p90: 1.6 * p50,
        p99: 3.0 * p50,
        p999: 9.0 * p50,
        max: 30.0 * p50,
    }
}

fn storm(slower: f64) -> Storm {
    Storm {
        dropped: 1_000,
        back: 1_000,
        all_back_s: 6.2 * slower,
        back_ms: quantiles(40.0 * slower),
    }
}

fn ledger() -> LedgerReport {
    LedgerReport {
        sent: 6_310,
        acked: 6_300,
        stored: 6_302,
        ..LedgerReport::default()
    }
}

fn goals(slower: f64) -> Vec<Reached> {
    vec![
        Reached {
            goal: "p99_ms".to_owned(),
            asked: 5.0,
            reached: Some(5.4 * slower),
            met: false,
        },
        Reached {
            goal: "errors".to_owned(),
            asked: 1.0,
            reached: Some(1.0),
            met: true,
        },
    ]
}

fn machine() -> Machine {
    Machine {
        cores: 2,
        processor: "Specimen 3000".to_owned(),
        memory_bytes: 24 << 30,
        kernel: "6.1.0".to_owned(),
        commit: "0123abc".to_owned(),
        release: "0.1.0".to_owned(),
        database: "PostgreSQL 16.4".to_owned(),
        load_before: 0.12,
    }
}

fn by_percentile(slower: f64) -> Vec<Percentile> {
    let at = |step: u32| {
        let nines = f64::from(step) / 10.0;
        let quantile = 1.0 - 10f64.powf(-nines);
        Percentile {
            quantile,
            ms: slower * (1.2 + 0.8 * nines.powf(2.4)),
        }
    };
    (0..=38).map(at).collect()
}

fn knee(slower: f64) -> Knee {
    let step = |at: u32| {
        let due_per_s = 1_000.0 * 1.5f64.powf(f64::from(at));
        let p99 = slower * (3.0 + 400.0 * (due_per_s / 26_000.0).powf(4.0));
        KneeStep {
            due_per_s,
            acked_per_s: due_per_s.min(24_000.0),
            ack_ms: Quantiles {
                p50: p99 / 3.0,
                p90: p99 / 2.0,
                p99,
                p999: 2.0 * p99,
                max: 3.0 * p99,
            },
            errors: 0,
        }
    };
    Knee {
        answers_per_s: 17_085.9,
        steps: (0..9).map(step).collect(),
    }
}

fn floor(slower: f64) -> Floor {
    let ms = |p50: f64| Quantiles {
        p50: p50 * slower,
        p99: 4.0 * p50 * slower,
        ..Quantiles::default()
    };
    Floor {
        echo_per_s: 90_000.0 / slower,
        echo_ms: ms(0.2),
        batch_rows_per_s: 120_000.0 / slower,
        commit_ms: ms(0.6),
        combined_per_s: 51_428.0 / slower,
        ratio: 0.47,
        p50_ratio: 2.25,
    }
}

fn server(slower: f64) -> ServerUsage {
    ServerUsage {
        rss_bytes: 58 << 20,
        rss_idle_bytes: 24 << 20,
        rss_warm_bytes: 57 << 20,
        rss_peak_bytes: 59 << 20,
        rss_bytes_per_session: 35_000,
        rss_slope_bytes_per_session: Some(29_000),
        cpu_s: 9.0 * slower,
    }
}

/// A second of it: nothing regular in it, and the same each time.
fn sample(at: u64, slower: f64) -> Sample {
    let uneven = 1.0 + ((at * 37) % 11) as f64 / 20.0;
    let started = (at.min(RAMP_S) * 1_000 / RAMP_S) as i64;
    Sample {
        at_s: at as f64,
        measured: at > RAMP_S,
        connected: started,
        acked: (started as f64 * 0.1 * uneven) as u64,
        errors: 0,
        reconnects: 0,
        p50_ms: 1.5 * slower * uneven,
        p99_ms: 4.0 * slower * uneven,
        max_ms: 14.0 * slower * uneven * uneven,
        server_cores: 0.15 * slower * uneven,
        database_cores: 0.11 * slower * uneven,
        client_cores: 0.1 * slower * uneven,
        server_rss_bytes: (24 << 20) + (started as u64) * 35_000,
        database_rss_bytes: (150 << 20) + at * 600_000,
        commits: 70,
        batch_rows: 1.4 * uneven,
        commit_p50_ms: 0.5 * slower * uneven,
        commit_p99_ms: 1.9 * slower * uneven,
    }
}
