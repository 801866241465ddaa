//! Every rule of the bank, broken once.

use learnr_domain::ItemId;
use learnr_domain::bank::{
    AreaSpec, Bank, CertificationSpec, ConceptSpec, Difficulty, ITEMS_MAX, ItemSpec, Label, Select,
    label_parameters,
};
use learnr_domain::irt::ItemParameters;

use crate::fixture::{area_id, built, certification, item, item_id, items, option_id};

type Input = (CertificationSpec, Vec<ItemSpec>);

/// A sound bank of two areas and four items, spoilt, must report exactly these faults.
fn check(spoil: impl FnOnce(&mut Input), expected: &[&str]) {
    let mut input = (certification(&[0.5, 0.5]), items(4, 2, 1));
    spoil(&mut input);
    let faults = match Bank::build(input.0, input.1) {
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    };
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, expected);
}

fn parameters(a: f64, b: f64, c: f64) -> impl FnOnce(&mut Input) {
    move |input| input.1[1].difficulty = Difficulty::Parameters(ItemParameters::three_pl(a, b, c))
}

#[test]
fn a_sound_bank_has_no_faults() {
    check(|_| {}, &[]);
}

#[test]
fn the_certification_is_checked() {
    check(
        |input| input.0.title = " ".into(),
        &["certification: title must not be empty, got \" \""],
    );
    check(
        |input| input.0.title = "x".repeat(257),
        &["certification: title must be at most 256 bytes, got 257"],
    );
    check(
        |input| input.0.description = "x".repeat(8_193),
        &["certification: description must be at most 8192 bytes, got 8193"],
    );
    for pass_mark in [0.0, 1.0, -0.5, f64::NAN] {
        let fault = format!("certification: pass mark must lie between 0 and 1, got {pass_mark}");
        check(|input| input.0.pass_mark = pass_mark, &[&fault]);
    }
    check(
        |input| input.0.exam_length = 0,
        &["certification: exam length must be 1 to 500, got 0"],
    );
    check(
        |input| input.0.exam_minutes = 1_441,
        &["certification: exam minutes must be 1 to 1440, got 1441"],
    );
}

#[test]
fn areas_are_checked() {
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let fault = format!("area area-1: weight must be > 0 and finite, got {weight}");
        check(|input| input.0.areas[1].weight = weight, &[&fault]);
    }
    check(
        |input| {
            input
                .0
                .areas
                .iter_mut()
                .for_each(|area| area.weight = f64::MAX)
        },
        &["certification: sum of area weights must be finite, got inf"],
    );
    check(
        |input| input.0.areas[0].title.clear(),
        &["area area-0: title must not be empty, got \"\""],
    );
    check(
        |input| input.0.areas.push(input.0.areas[0].clone()),
        &["area area-0: id must be unique, got area-0"],
    );
    check(
        |input| {
            input
                .1
                .iter_mut()
                .filter(|item| item.area == area_id(1))
                .for_each(|item| item.active = false)
        },
        &["area area-1: number of active items must be at least 1, got 0"],
    );
    let many = |input: &mut Input| {
        let area = |k| AreaSpec {
            id: area_id(k),
            title: format!("Area {k}"),
            weight: 1.0,
        };
        input.0.areas = (0..65).map(area).collect();
        input.1 = (0..65)
            .map(|k| item(k, k, ItemParameters::three_pl(1.0, 0.0, 0.2)))
            .collect();
    };
    check(
        many,
        &["certification: number of areas must be 1 to 64, got 65"],
    );
}

#[test]
fn a_bank_needs_areas() {
    check(
        |input| *input = (certification(&[]), Vec::new()),
        &["certification: number of areas must be 1 to 64, got 0"],
    );
}

#[test]
fn items_name_what_exists_and_only_once() {
    check(
        |input| input.1[1].area = area_id(7),
        &["item item-000001: area must be one of the certification's, got area-7"],
    );
    check(
        |input| input.1[1].id = item_id(0),
        &["item item-000000: id must be unique, got item-000000"],
    );
    check(
        |input| input.1[1].enemies = vec![item_id(9), item_id(1), item_id(2)],
        &[
            "item item-000001: enemy must be an item of the bank, got item-000009",
            "item item-000001: enemy must be another item, got item-000001",
        ],
    );
    check(
        |input| input.1[1].enemies = vec![item_id(2); 65],
        &["item item-000001: number of enemies must be at most 64, got 65"],
    );
    check(
        |input| input.1[1].concepts = vec!["c".parse().expect("a legal id"); 33],
        &["item item-000001: number of concepts must be at most 32, got 33"],
    );
}

#[test]
fn concepts_are_known_and_lead_nowhere_in_circles() {
    let concepts = |spec: &'static [(&str, &[&str])]| {
        move |input: &mut Input| {
            input.0.concepts = spec
                .iter()
                .map(|(id, needed)| ConceptSpec {
                    id: id.parse().expect("a legal id"),
                    title: format!("Concept {id}"),
                    prerequisites: needed.iter().map(|id| id.parse().expect("legal")).collect(),
                })
                .collect();
        }
    };
    check(concepts(&[("c", &["b"]), ("a", &[]), ("b", &["a"])]), &[]);
    check(
        concepts(&[("a", &["a", "x"]), ("b", &[]), ("b", &["a"])]),
        &[
            "concept b: id must be unique, got b",
            "concept a: prerequisite must be another concept, got a",
            "concept a: prerequisite must be one of the concepts, got x",
        ],
    );
    let circle = "prerequisites must not lead back to the concept by way of others, got";
    // What only leads to the circle, or only follows from it, is not at fault.
    check(
        concepts(&[
            ("z", &["a"]),
            ("a", &["b"]),
            ("b", &["c", "o"]),
            ("c", &["a"]),
            ("o", &[]),
        ]),
        &[
            &format!("concept a: {circle} b"),
            &format!("concept b: {circle} c, o"),
            &format!("concept c: {circle} a"),
        ],
    );
    check(
        |input| {
            concepts(&[("a", &[])])(input);
            input.0.concepts[0].title.clear();
            input.1[2].concepts = vec!["x".parse().expect("a legal id")];
        },
        &[
            "concept a: title must not be empty, got \"\"",
            "item item-000002: concept must be one of the certification's, got x",
        ],
    );
}

#[test]
fn texts_are_there_and_not_too_long() {
    check(
        |input| input.1[1].stem.clear(),
        &["item item-000001: stem must not be empty, got \"\""],
    );
    check(
        |input| input.1[1].stem = "x".repeat(8_193),
        &["item item-000001: stem must be at most 8192 bytes, got 8193"],
    );
    check(
        |input| input.1[1].stimulus = Some("x".repeat(32_769)),
        &["item item-000001: stimulus must be at most 32768 bytes, got 32769"],
    );
    check(
        |input| input.1[1].source = Some("x".repeat(1_025)),
        &["item item-000001: source must be at most 1024 bytes, got 1025"],
    );
    check(
        |input| input.1[1].options[2].text = "x".repeat(2_049),
        &["item item-000001: option text must be at most 2048 bytes, got 2049"],
    );
    check(
        |input| input.1[1].options[2].explanation = "x".repeat(8_193),
        &["item item-000001: explanation must be at most 8192 bytes, got 8193"],
    );
}

#[test]
fn texts_hold_no_null_character() {
    let fault =
        |field: &str| format!("item item-000001: {field} must hold no null character, got one");
    let null = || "a\0b".to_owned();
    check(|input| input.1[1].stem = null(), &[&fault("stem")]);
    check(
        |input| input.1[1].stimulus = Some(null()),
        &[&fault("stimulus")],
    );
    check(
        |input| input.1[1].source = Some(null()),
        &[&fault("source")],
    );
    check(
        |input| input.1[1].options[2].text = null(),
        &[&fault("option text")],
    );
    check(
        |input| input.1[1].options[2].explanation = null(),
        &[&fault("explanation")],
    );
    check(
        |input| input.0.description = null(),
        &["certification: description must hold no null character, got one"],
    );
}

#[test]
fn options_have_a_key_that_can_be_chosen() {
    check(
        |input| input.1[1].options.truncate(1),
        &[
            "item item-000001: number of options must be 2 to 8, got 1",
            "item item-000001: number of correct options must be at least 1, got 0",
        ],
    );
    check(
        |input| {
            let options = &mut input.1[1].options;
            let more: Vec<_> = (4..9)
                .map(|k| {
                    let mut option = options[0].clone();
                    option.id = option_id(k);
                    option
                })
                .collect();
            options.extend(more);
        },
        &["item item-000001: number of options must be 2 to 8, got 9"],
    );
    check(
        |input| input.1[1].options[3].id = option_id(0),
        &["item item-000001: option id must be unique in its item, got o0"],
    );
    check(
        |input| input.1[1].options[1].correct = false,
        &["item item-000001: number of correct options must be at least 1, got 0"],
    );
    check(
        |input| {
            input.1[1]
                .options
                .iter_mut()
                .for_each(|option| option.correct = true)
        },
        &["item item-000001: number of correct options must be fewer than its 4 options, got 4"],
    );
    check(
        |input| input.1[1].options[0].correct = true,
        &["item item-000001: number of correct options must be 1 where one is selected, got 2"],
    );
    check(
        |input| {
            input.1[1].options[0].correct = true;
            input.1[1].select = Select::Many;
        },
        &[],
    );
}

#[test]
fn parameters_are_in_range() {
    for a in [0.0, -0.3, 10.5, f64::NAN] {
        let fault = format!("item item-000001: discrimination must be > 0 and at most 10, got {a}");
        check(parameters(a, 0.0, 0.2), &[&fault]);
    }
    for b in [10.5, -11.0, f64::NAN, f64::INFINITY] {
        let fault = format!("item item-000001: difficulty must be -10 to 10, got {b}");
        check(parameters(1.0, b, 0.2), &[&fault]);
    }
    for c in [-0.1, 1.0, f64::NAN] {
        let fault = format!("item item-000001: guessing must be at least 0 and under 1, got {c}");
        check(parameters(1.0, 0.0, c), &[&fault]);
    }
}

#[test]
fn every_fault_is_reported_at_once() {
    check(
        |input| {
            input.0.pass_mark = 2.0;
            input.1[0].stem.clear();
            input.1[3].options[1].correct = false;
        },
        &[
            "certification: pass mark must lie between 0 and 1, got 2",
            "item item-000000: stem must not be empty, got \"\"",
            "item item-000003: number of correct options must be at least 1, got 0",
        ],
    );
}

#[test]
fn too_many_items_are_one_fault() {
    let one = item(0, 0, ItemParameters::three_pl(-1.0, 0.0, 0.2));
    check(
        |input| input.1 = vec![one; ITEMS_MAX + 1],
        &["certification: number of items must be at most 100000, got 100001"],
    );
}

#[test]
fn a_built_bank_knows_its_content() {
    let mut specs = items(6, 2, 1);
    specs[0].enemies = vec![item_id(3)];
    specs[4].active = false;
    specs[5].difficulty = Difficulty::Label(Label::Hard);
    let bank = built(certification(&[3.0, 1.0]), specs);
    let weights: Vec<f64> = bank.areas().iter().map(|area| area.weight).collect();
    assert_eq!(weights, vec![0.75, 0.25]);
    let find = |k: usize| bank.find(&item_id(k)).expect("in the bank");
    assert_eq!(
        bank.item(find(3)).enemies,
        vec![find(0)],
        "enemies hold both ways"
    );
    assert_eq!(
        bank.areas()[0].items(),
        [find(0), find(2)],
        "inactive items are not served"
    );
    assert!(bank.curve(find(4)).is_none() && bank.curve(find(5)).is_some());
    assert_eq!(
        bank.item(find(5)).parameters,
        ItemParameters::three_pl(1.0, 1.0, 0.25)
    );
    assert_eq!(bank.find(&ItemId::new("none").expect("a legal id")), None);
    let curves = bank.areas()[0].curves();
    let expected = (curves[0][20] + curves[1][20]) / 2.0;
    assert!((bank.areas()[0].curve()[20] - expected).abs() < 1e-15);
}

#[test]
fn labels_stand_for_parameters() {
    let cases = [
        (Label::Easy, Select::One, 4, -1.0, 0.25),
        (Label::Medium, Select::One, 2, 0.0, 0.5),
        (Label::Hard, Select::Many, 5, 1.0, 1.0 / 31.0),
        (Label::Medium, Select::Many, 8, 0.0, 1.0 / 255.0),
    ];
    for (label, select, options, b, c) in cases {
        let expected = ItemParameters::three_pl(1.0, b, c);
        assert_eq!(label_parameters(label, select, options), expected);
    }
}
