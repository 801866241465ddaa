//! CSV without a header: question, four options, the letter of the right one.

use std::collections::HashSet;

use learnr_domain::bank::{
    AreaSpec, CertificationSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
};
use learnr_domain::{AreaId, CertificationId, ItemId, OptionId};

use super::text::{escape, speaks_of_others};
use super::{Content, content_id, option_id, refuse_all};

const COLUMNS: usize = 6;
const LETTERS: [&str; 4] = ["A", "B", "C", "D"];
/// The single area of a certification that names none.
const AREA: &str = "general";
/// Share of right answers that passes, where the file does not say.
const PASS_MARK: f64 = 0.65;
/// Items and minutes of an exam, where the file does not say.
const EXAM: (u16, u16) = (30, 45);

/// What the text of a file holds. Rows are counted from 1, as a spreadsheet shows them.
pub(super) fn parse(text: &str, id: &str, title: &str) -> anyhow::Result<Content> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut items, mut faults, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut met = HashSet::new();
    for (row, record) in (1..).zip(reader.records()) {
        let parsed = record
            .map_err(|error| error.to_string())
            .and_then(|record| item(&record));
        match parsed {
            Ok(item) if met.insert(item.id.clone()) => {
                let texts: HashSet<&str> = item.options.iter().map(|o| o.text.as_str()).collect();
                if texts.len() < item.options.len() {
                    warnings.push(format!("row {row}: an option is repeated"));
                }
                items.push(item);
            }
            Ok(_) => warnings.push(format!("row {row}: the same question as before, left out")),
            Err(fault) => faults.push(format!("row {row}: {fault}")),
        }
    }
    refuse_all(&faults)?;
    let exam_length = EXAM
        .0
        .min(u16::try_from(items.len()).unwrap_or(u16::MAX))
        .max(1);
    Ok(Content {
        certification: CertificationSpec {
            id: CertificationId::new(id)?,
            title: title.to_owned(),
            description: String::new(),
            areas: vec![AreaSpec {
                id: AreaId::new(AREA)?,
                title: title.to_owned(),
                weight: 1.0,
            }],
            pass_mark: PASS_MARK,
            exam_length,
            exam_minutes: EXAM.1,
        },
        items,
        warnings,
    })
}

fn item(record: &csv::StringRecord) -> Result<ItemSpec, String> {
    if record.len() != COLUMNS {
        return Err(format!(
            "{COLUMNS} columns expected (question, four options, letter), got {}",
            record.len()
        ));
    }
    let letter = record[5].trim();
    let key = LETTERS
        .iter()
        .position(|known| *known == letter)
        .ok_or_else(|| format!("column 6: one of A, B, C, D expected, got {letter:?}"))?;
    let parts: Vec<&str> = record.iter().map(str::trim).collect();
    let id = content_id("q", &parts[..5], 16);
    let name = |error: learnr_domain::IdError| error.to_string();
    let options = parts[1..5].iter().enumerate().map(|(place, text)| {
        Ok(OptionSpec {
            id: OptionId::new(option_id(&id, place, text)).map_err(name)?,
            text: escape(text),
            correct: place == key,
            explanation: String::new(),
        })
    });
    Ok(ItemSpec {
        options: options.collect::<Result<_, String>>()?,
        id: ItemId::new(&id).map_err(name)?,
        area: AreaId::new(AREA).map_err(name)?,
        stem: escape(parts[0]),
        stimulus: None,
        select: Select::One,
        concepts: Vec::new(),
        difficulty: Difficulty::Label(Label::Medium),
        source: None,
        enemies: Vec::new(),
        fixed_order: parts[1..5].iter().any(|text| speaks_of_others(text)),
        active: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_faulty_row_is_named_with_what_was_expected() {
        let text = "q1,a,b,c,d,A\nq2,a,b,c,d,E\nq3,a,b\n";
        let error = parse(text, "x", "X")
            .expect_err("two rows are faulty")
            .to_string();
        assert!(error.contains("2 faults, nothing was stored"), "{error}");
        assert!(error.contains("row 2: column 6: one of A, B, C, D expected, got \"E\""));
        assert!(error.contains("row 3: 6 columns expected"));
    }

    #[test]
    fn a_repeated_question_is_left_out_with_a_warning() {
        let text = "q1,a,b,c,d,A\nq1,a,b,c,d,A\nq2,a,a,c,d,B\n";
        let content = parse(text, "x", "X").expect("no fault");
        assert_eq!(content.items.len(), 2);
        assert_eq!(content.warnings.len(), 2);
    }

    #[test]
    fn options_that_speak_of_others_keep_their_order() {
        let text = "q1,a,b,c,All of the above,D\nq2,a,b,c,d,B\n";
        let content = parse(text, "x", "X").expect("no fault");
        let fixed: Vec<bool> = content.items.iter().map(|item| item.fixed_order).collect();
        assert_eq!(fixed, [true, false]);
    }
}
