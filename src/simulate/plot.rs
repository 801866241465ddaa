//! One drawing as SVG: two axes, and lines, dots or bars between them.
//!
//! Owns geometry and marks. Must not know what is drawn. Written by hand rather than with a plotting crate:
//! those put colours into the drawing, where these take classes, so that one drawing serves a light and a dark
//! page; and a title and a description for those who do not see it.

/// Size of a drawing, in its own units; a page scales it.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 280.0;
/// Room for the labels of the axes.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 46.0;
/// About how many marks an axis has.
const MARKS: f64 = 6.0;

/// One axis.
pub(super) struct Axis {
    pub(super) label: &'static str,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Axis {
    /// An axis over these values and 0, with a little room above.
    pub(super) fn from_zero(label: &'static str, values: impl Iterator<Item = f64>) -> Self {
        let high = values.fold(0.0, f64::max);
        Self {
            label,
            low: 0.0,
            high: if high > 0.0 { 1.05 * high } else { 1.0 },
        }
    }

    /// An axis from the least to the greatest of these values, with a little room at both ends.
    pub(super) fn around(label: &'static str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return Self {
                label,
                low: 0.0,
                high: 1.0,
            };
        }
        let room = if high > low { 0.05 * (high - low) } else { 0.5 };
        Self {
            label,
            low: low - room,
            high: high + room,
        }
    }

    /// Marks at round numbers: the step is 1, 2 or 5 times a power of ten.
    fn marks(&self) -> (Vec<f64>, usize) {
        let rough = (self.high - self.low) / MARKS;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        ((first..=last).map(|k| k as f64 * step).collect(), decimals)
    }
}

/// A point, with the ends of its interval where it has one.
#[derive(Clone, Copy)]
pub(super) struct Dot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) interval: Option<(f64, f64)>,
}

/// What is drawn between the axes. A class is one of `one`, `two` and `three`.
pub(super) enum Mark {
    Line(&'static str, Vec<(f64, f64)>),
    Dots(&'static str, Vec<Dot>),
    /// Bars of this width around their places.
    Bars(&'static str, f64, Vec<(f64, f64)>),
    /// A line at one height all the way.
    Level(f64),
    /// Where x and y are equal.
    Diagonal,
}

/// A drawing.
pub(super) struct Plot {
    /// Unique on its page; letters and hyphens.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) marks: Vec<Mark>,
    /// Class and name of each thing drawn, for the page to say; `level` is a level or the diagonal.
    pub(super) legend: Vec<(&'static str, String)>,
}

impl Plot {
    /// The drawing as an `svg` element.
    pub(super) fn svg(&self) -> String {
        let id = self.id;
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
            escaped(&self.title),
            escaped(&self.description)
        );
        self.axes(&mut out);
        for mark in &self.marks {
            self.mark(&mut out, mark);
        }
        out.push_str("</svg>\n");
        out
    }

    fn axes(&self, out: &mut String) {
        let (left, right, top, bottom) = (LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM);
        let (marks, decimals) = self.y.marks();
        for mark in marks {
            let y = self.y(mark);
            line(out, "grid", (left, y), (right, y));
            let (x, y) = (left - 8.0, y + 4.0);
            let number = number(mark, decimals);
            text(out, "end", (x, y), &number);
        }
        let (marks, decimals) = self.x.marks();
        for mark in marks {
            let x = self.x(mark);
            line(out, "axis", (x, bottom), (x, bottom + 4.0));
            text(out, "middle", (x, bottom + 18.0), &number(mark, decimals));
        }
        line(out, "axis", (left, bottom), (right, bottom));
        text(
            out,
            "middle label",
            ((left + right) / 2.0, HEIGHT - 8.0),
            self.x.label,
        );
        let middle = (top + bottom) / 2.0;
        // The name of the other axis runs upwards beside it.
        out.push_str(&format!(
            "<text class=\"middle label\" transform=\"translate(13 {middle:.1}) rotate(-90)\">{}</text>\n",
            escaped(self.y.label)
        ));
    }

    fn mark(&self, out: &mut String, mark: &Mark) {
        match mark {
            Mark::Line(class, points) => {
                let mut path = String::new();
                for (k, (x, y)) in points.iter().enumerate() {
                    let command = if k == 0 { 'M' } else { 'L' };
                    path.push_str(&format!("{command}{:.1} {:.1}", self.x(*x), self.y(*y)));
                }
                out.push_str(&format!("<path class=\"line {class}\" d=\"{path}\"/>\n"));
            }
            Mark::Dots(class, dots) => {
                for dot in dots {
                    let x = self.x(dot.x);
                    if let Some((low, high)) = dot.interval {
                        let class = format!("whisker {class}");
                        line(out, &class, (x, self.y(low)), (x, self.y(high)));
                    }
                    out.push_str(&format!(
                        "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"3.5\"/>\n",
                        self.y(dot.y)
                    ));
                }
            }
            Mark::Bars(class, width, bars) => {
                for (x, y) in bars {
                    let (left, right) = (self.x(x - width / 2.0), self.x(x + width / 2.0));
                    let (top, bottom) = (self.y(*y), self.y(self.y.low));
                    out.push_str(&format!(
                        "<rect class=\"bar {class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\n",
                        right - left,
                        (bottom - top).max(0.0)
                    ));
                }
            }
            Mark::Level(y) => {
                let y = self.y(*y);
                line(out, "level", (LEFT, y), (WIDTH - RIGHT, y));
            }
            Mark::Diagonal => {
                let (low, high) = (self.x.low.max(self.y.low), self.x.high.min(self.y.high));
                let ends = ((self.x(low), self.y(low)), (self.x(high), self.y(high)));
                line(out, "level", ends.0, ends.1);
            }
        }
    }

    fn x(&self, x: f64) -> f64 {
        let share = (x - self.x.low) / (self.x.high - self.x.low);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, y: f64) -> f64 {
        let share = (y - self.y.low) / (self.y.high - self.y.low);
        HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }
}

fn line(out: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    out.push_str(&format!(
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>\n",
        from.0, from.1, to.0, to.1
    ));
}

fn text(out: &mut String, class: &str, at: (f64, f64), words: &str) {
    out.push_str(&format!(
        "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
        at.0,
        at.1,
        escaped(words)
    ));
}

/// A number with a true minus sign, and zero without one.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", if value == 0.0 { 0.0 } else { value });
    text.replace('-', "\u{2212}")
}

/// Text that stands for itself in HTML, in elements and attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_round_numbers_inside_the_axis() {
        for (low, high, expected, decimals) in [
            (0.0, 1.0, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1),
            (-4.0, 4.0, vec![-4.0, -2.0, 0.0, 2.0, 4.0], 0),
            (0.03, 0.11, vec![0.04, 0.06, 0.08, 0.1], 2),
        ] {
            let (marks, found) = Axis {
                label: "",
                low,
                high,
            }
            .marks();
            assert_eq!(found, decimals);
            assert_eq!(marks.len(), expected.len(), "{marks:?}");
            for (mark, expected) in marks.iter().zip(expected) {
                assert!((mark - expected).abs() < 1e-9, "{marks:?}");
            }
        }
        assert_eq!(number(-0.0, 1), "0.0");
    }

    #[test]
    fn an_axis_of_nothing_or_of_one_value_has_a_length() {
        for axis in [
            Axis::around("", [].into_iter()),
            Axis::around("", [2.0].into_iter()),
            Axis::from_zero("", [].into_iter()),
            Axis::from_zero("", [0.0].into_iter()),
        ] {
            assert!(axis.high > axis.low);
            assert!(!axis.marks().0.is_empty());
        }
    }

    #[test]
    fn text_in_a_drawing_stands_for_itself() {
        assert_eq!(escaped("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
    }
}
