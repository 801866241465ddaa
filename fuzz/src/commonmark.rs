//! Plain text on its way to CommonMark: it shows as it was written, whatever marks it looks like.

use learnr::import::{Mapping, Source, Table, Wish, read_tables};
use learnr::store::record;
use learnr_domain::CertificationId;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// A stem imported as plain text is one paragraph of text and line breaks, and its text is the plain one.
pub fn commonmark(data: &[u8]) {
    let Ok(plain) = std::str::from_utf8(data) else {
        return;
    };
    // A table cannot hold these, and refuses them.
    if plain.contains('\0') || plain.trim().is_empty() {
        return;
    }
    let cell = plain.replace('"', "\"\"");
    let reading = read_tables(
        &[Source {
            name: "fuzz".to_owned(),
            bytes: format!("\"{cell}\",1,2,3,4,A\n").into_bytes(),
        }],
        &Table {
            mapping: Some(Mapping::question_options_key()),
            delimiter: b',',
        },
        &Wish {
            id: CertificationId::new("fuzz").expect("a legal id"),
            title: None,
            stored: None,
        },
    );
    let Some(row) = reading.row else { return };
    let (_, items) = record::specs_from_row(&row).expect("its own row");
    assert_eq!(shown(&items[0].stem), lines(plain), "{:?}", items[0].stem);
}

/// What a reader sees; a panic where there is more than text.
fn shown(commonmark: &str) -> String {
    let mut text = String::new();
    for event in Parser::new(commonmark) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            Event::Text(part) => text.push_str(&part),
            Event::HardBreak => text.push('\n'),
            other => panic!("{other:?} in {commonmark:?}"),
        }
    }
    text
}

/// Space around lines does not show.
fn lines(plain: &str) -> String {
    let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = plain.trim().lines().map(str::trim).collect();
    lines.join("\n")
}
