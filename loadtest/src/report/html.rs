//! Pieces of HTML: text made safe, and tables. Knows no report.

/// Text that cannot end an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A table whose first column names its rows; it scrolls by itself where the screen is narrow. Cells are text.
pub(super) fn table(caption: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>",
        escape(caption)
    );
    for cell in head {
        html += &format!("<th scope=\"col\">{}</th>", escape(cell));
    }
    html += "</tr></thead><tbody>\n";
    for row in rows {
        html += "<tr>";
        for (at, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            html += &match (at, cell.as_str()) {
                (0, _) => format!("<th scope=\"row\">{cell}</th>"),
                (_, "met") => "<td class=\"met\">met</td>".to_owned(),
                (_, "MISSED") => "<td class=\"missed\">MISSED</td>".to_owned(),
                _ => format!("<td>{cell}</td>"),
            };
        }
        html += "</tr>\n";
    }
    html + "</tbody></table></div>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let html = table("a<b", &["\"x\"".to_owned()], &[vec!["<script>".to_owned()]]);
        assert!(!html.contains("<script>"));
        assert!(html.contains("&lt;script&gt;"));
        assert!(html.contains("a&lt;b"));
    }
}
