//! The page with plots: whole, readable without seeing, and dependent on nothing else.

use super::{Desk, table};

fn page(flags: &str) -> String {
    let desk = Desk::new();
    let bank = desk.file("a<b & c.csv".replace(' ', "").as_str(), table());
    let path = desk.path("report.html");
    let path = path.to_str().expect("temporary paths are text");
    desk.simulate(&format!(
        "--bank {bank} --examinees 40 --length 12 {flags} --html {path}"
    ));
    std::fs::read_to_string(path).expect("the page was written")
}

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "!DOCTYPE"];

/// Walks the tags of a page and holds that they are nested; their names in order.
fn nested(page: &str) -> Vec<&str> {
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for part in page.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag that ends");
        assert!(!text.contains('>'), "a loose > in {text:?}");
        let name = tag.split_whitespace().next().expect("a tag has a name");
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else {
            all.push(name);
            if !VOID.contains(&name) && !tag.ends_with('/') {
                open.push(name);
            }
        }
        let mut words = tag.split(|letter: char| !letter.is_alphanumeric());
        assert!(!words.any(|word| word == "NaN" || word == "inf"), "{tag}");
    }
    assert_eq!(open, Vec::<&str>::new());
    all
}

#[test]
fn the_page_is_well_formed_and_needs_nothing_from_outside() {
    for flags in [
        "",
        "--engine areas --exposure 0.5",
        "--engine session",
        "--sd 0",
    ] {
        let page = page(flags);
        let tags = nested(&page);
        for from_outside in ["http:", "https:", "url(", "@import", "src=", "href=", "//"] {
            assert!(!page.contains(from_outside), "{flags}: {from_outside}");
        }
        assert!(!tags.contains(&"script") && !tags.contains(&"link"));
    }
}

#[test]
fn every_figure_has_a_title_a_description_and_its_numbers() {
    let page = page("");
    let tags = nested(&page);
    let count = |name: &str| tags.iter().filter(|tag| **tag == name).count();
    assert_eq!(count("svg"), 7);
    assert_eq!(count("figure"), 7);
    assert_eq!((count("desc"), count("details")), (7, 7));
    // The page has a title as well.
    assert_eq!(count("title"), 8);
    // One more for accuracy and one for areas.
    assert_eq!((count("table"), count("caption")), (9, 9));
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    assert!(page.contains("prefers-color-scheme: dark"));
    assert!(
        page.contains("a&lt;b&amp;c.csv"),
        "names stand for themselves"
    );
}
