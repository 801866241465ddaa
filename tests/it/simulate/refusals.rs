//! What is said of files and flags that are wrong.

use super::{Desk, table};

#[test]
fn every_fault_of_a_table_is_named_with_its_line() {
    let desk = Desk::new();
    let bank = desk.file(
        "items.csv",
        "area,id,b,a,c\nlaw,q1,0,nan,0\nlaw,q2,0,0,0\nlaw,q3,0,-1,1\n,q4,0,1,0.2\nlaw,q1,0,1,0\nlaw,q6,far,1,0\n",
    );
    let refusal = desk.simulate_refused(&format!("--bank {bank} --length 2"));
    let lines: Vec<&str> = refusal.lines().map(str::trim).collect();
    assert!(lines[0].ends_with("7 faults:"), "{refusal}");
    for (line, wanted) in [
        (
            1,
            "line 2, column a: expected a discrimination > 0 and at most 10, got \"nan\"",
        ),
        (
            2,
            "line 3, column a: expected a discrimination > 0 and at most 10, got \"0\"",
        ),
        (
            4,
            "line 4, column c: expected a chance of guessing of at least 0 and under 1, got \"1\"",
        ),
        (
            5,
            "line 5, column area: expected an id: 1 to 64 letters, digits and ._:-, got \"\"",
        ),
        (
            6,
            "line 6, column id: expected each id once (line 2 has it), got \"q1\"",
        ),
        (
            7,
            "line 7, column b: expected a difficulty of -10 to 10, got \"far\"",
        ),
    ] {
        assert_eq!(lines[line], wanted, "{refusal}");
    }
}

#[test]
fn a_table_that_is_none_is_refused() {
    let desk = Desk::new();
    for (content, wanted) in [
        ("", "a column id"),
        ("id,area,a,b,c\n", "at least one item"),
        ("id,area,b,c\nq,x,0,0\n", "a column a"),
        ("id,area,a,b,c\nq,x,1\n", "at least 5 columns"),
        ("\u{0}\u{0}\u{0}", "a column id"),
    ] {
        let bank = desk.file("items.csv", content);
        let refusal = desk.simulate_refused(&format!("--bank {bank} --length 1"));
        assert!(refusal.contains(wanted), "{wanted}: {refusal}");
    }
    let refusal = desk.simulate_refused("--bank nowhere.csv");
    assert!(refusal.contains("nowhere.csv"), "{refusal}");
}

#[test]
fn a_bank_too_small_for_the_test_is_refused() {
    let desk = Desk::new();
    let bank = desk.file("items.csv", table());
    let refusal = desk.simulate_refused(&format!("--bank {bank} --length 41"));
    assert!(
        refusal.contains("length must be at most the 40 active items of the bank, got 41"),
        "{refusal}"
    );
}

#[test]
fn numbers_out_of_range_are_refused_by_name() {
    let desk = Desk::new();
    let made = "--generate 3pl:50:1 --length 10 --examinees 10";
    for (flags, wanted) in [
        (
            "--examinees 0",
            "number of examinees must be 1 to 100000, got 0",
        ),
        ("--mean nan", "mean of ability must be -4 to 4, got NaN"),
        (
            "--sd -1",
            "standard deviation of ability must be 0 to 4, got -1",
        ),
        ("--rho 2", "correlation of areas must be 0 to 1, got 2"),
        (
            "--engine areas --assumed-rho 1",
            "correlation believed in must be 0 to 0.9, got 1",
        ),
        (
            "--exposure 0",
            "exposure rate must be above 0 and at most 1, got 0",
        ),
        (
            "--exposure nan",
            "exposure rate must be above 0 and at most 1, got NaN",
        ),
        ("--randomesque 9", "randomesque must be 1 to 8, got 9"),
        (
            "--stop-se 0",
            "standard error to stop at must be > 0, got 0",
        ),
        ("--cut inf", "cut must be -4 to 4, got inf"),
        ("--pass-mark 1.5", "a pass mark of 1.5"),
        ("--length 201", "length must be 1 to 200, got 201"),
        (
            "--engine session --length 4",
            "length must be 5 to 200, got 4",
        ),
        (
            "--engine areas --criterion kl",
            "criterion of a test of areas",
        ),
        (
            "--engine session --criterion mfi",
            "--criterion says nothing to --engine session",
        ),
        (
            "--engine areas --estimator ml",
            "--estimator says nothing to --engine areas",
        ),
        (
            "--assumed-rho 0.5",
            "--assumed-rho says nothing to --engine cat",
        ),
        ("--blueprint 1,0", "expected a weight > 0"),
        ("--blueprint a=1,a=1", "id must be unique"),
        ("--scaling 1.7", "cannot be used with"),
    ] {
        // A flag given twice is another matter; this one counts.
        let kept: Vec<&str> = made
            .split(" --")
            .filter(|flag| !flags.contains(flag.split(' ').next().unwrap_or_default()))
            .collect();
        let refusal = desk.simulate_refused(&format!("{} {flags}", kept.join(" --")));
        assert!(refusal.contains(wanted), "{flags}: {refusal}");
    }
}

#[test]
fn a_blueprint_must_name_the_areas_there_are() {
    let desk = Desk::new();
    let bank = desk.file("items.csv", table());
    for (blueprint, wanted) in [
        ("law=1", "gives area ethics no weight"),
        (
            "law=1,ethics=2,art=1",
            "there is no area art; there are: law, ethics",
        ),
        ("1,2", "must name the areas: law, ethics"),
        ("law=1,ethics=2,law=3", "gives area law two weights"),
    ] {
        let refusal = desk.simulate_refused(&format!("--bank {bank} --blueprint {blueprint}"));
        assert!(refusal.contains(wanted), "{blueprint}: {refusal}");
    }
}

#[test]
fn one_bank_is_asked_for_and_a_file_that_cannot_be_written_is_said() {
    let desk = Desk::new();
    assert!(desk.simulate_refused("").contains("--bank"));
    let both = desk.simulate_refused("--generate 3pl:50:1 --certification x");
    assert!(both.contains("cannot be used with"), "{both}");
    let place = desk.path("none/report.html");
    let place = place.to_str().expect("temporary paths are text");
    let flags = format!("--generate 3pl:50:1 --length 5 --examinees 5 --html {place}");
    let refusal = desk.simulate_refused(&flags);
    assert!(refusal.contains("cannot write"), "{refusal}");
}
