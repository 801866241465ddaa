//! One plot as an SVG whose colours are the page's: series, axes, grid and text have classes, so that the style
//! sheet decides, in light and in dark. Knows lines and axes, no report.

use anyhow::anyhow;
use plotters::prelude::*;

use super::axis::{Axis, Ruler};

/// Lines of one plot that can be told apart by colour and dash; more are refused where reports are read.
pub(super) const SERIES_MAX: usize = 6;
/// Points up to which each is marked.
const MARKED_MAX: usize = 24;
/// Stands for text and axes until the class is put in its place.
const INK: RGBColor = RGBColor(2, 0, 0);
/// Stands for the grid.
const GRID: RGBColor = RGBColor(3, 0, 0);

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// What the legend calls it.
    pub name: String,
    /// x and y; not a number breaks the line.
    pub points: Vec<(f64, f64)>,
}

/// What a plot shows.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    /// What x is, with its unit.
    pub x_name: String,
    /// How x is laid out.
    pub x_axis: Axis,
    /// How y is laid out.
    pub y_axis: Axis,
    /// At most [`SERIES_MAX`].
    pub series: Vec<Series>,
}

/// Pixels of a drawing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
    /// Of its text.
    pub text: u32,
}

impl Plot {
    /// Whether there is anything to draw.
    pub(super) fn is_empty(&self) -> bool {
        self.placed().iter().flatten().all(Vec::is_empty)
    }

    /// Lines in pieces: each unbroken run of points that have a place.
    fn placed(&self) -> Vec<Vec<Vec<(f64, f64)>>> {
        let place = |(x, y): &(f64, f64)| (self.x_axis.place(*x), self.y_axis.place(*y));
        let pieces = |series: &Series| {
            let places: Vec<_> = series.points.iter().map(place).collect();
            places
                .split(|(x, y)| !x.is_finite() || !y.is_finite())
                .filter(|piece| !piece.is_empty())
                .map(<[_]>::to_vec)
                .collect()
        };
        self.series.iter().map(pieces).collect()
    }

    /// The drawing, as an `svg` element that fills its parent's width; `title` is its text alternative.
    ///
    /// # Errors
    /// The drawing library's.
    pub(super) fn svg(&self, title: &str, size: Size) -> anyhow::Result<String> {
        let mut svg = String::new();
        self.draw(&mut svg, size)
            .map_err(|error| anyhow!("draw {title}: {error}"))?;
        Ok(styled(&svg, title, size))
    }

    fn draw(&self, svg: &mut String, size: Size) -> Result<(), Box<dyn std::error::Error>> {
        let placed = self.placed();
        let all = || placed.iter().flatten().flatten();
        let low = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::INFINITY, f64::min);
        let high = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::NEG_INFINITY, f64::max);
        let wide = (size.width / (size.text * 7)).max(2) as usize;
        let (x0, x1, x_ticks) = self.x_axis.ticks(low(|p| p.0), high(|p| p.0), wide);
        let (y0, y1, y_ticks) = self.y_axis.ticks(low(|p| p.1), high(|p| p.1), 5);
        let x1 = if self.x_axis == Axis::Linear {
            high(|p| p.0).max(x0 + 1e-9)
        } else {
            x1
        };
        let x_ticks: Vec<f64> = x_ticks.into_iter().filter(|tick| *tick <= x1).collect();
        let root = SVGBackend::with_string(svg, (size.width, size.height)).into_drawing_area();
        let text = ("sans-serif", size.text).into_font().color(&INK);
        let mut chart = ChartBuilder::on(&root)
            .margin_top(size.text)
            .margin_right(2 * size.text)
            .x_label_area_size(size.text * 7 / 2)
            .y_label_area_size(size.text * 4)
            .build_cartesian_2d(
                Ruler {
                    ends: x0..x1,
                    ticks: x_ticks,
                },
                Ruler {
                    ends: y0..y1,
                    ticks: y_ticks,
                },
            )?;
        chart
            .configure_mesh()
            .max_light_lines(0)
            .axis_style(INK)
            .bold_line_style(GRID)
            .label_style(text.clone())
            .axis_desc_style(text)
            .x_desc(self.x_name.as_str())
            .x_label_formatter(&|x| self.x_axis.label(*x))
            .y_label_formatter(&|y| self.y_axis.label(*y))
            .draw()?;
        for (at, pieces) in placed.iter().enumerate() {
            let colour = RGBColor(1, 0, at as u8);
            let marked = pieces.iter().map(Vec::len).sum::<usize>() <= MARKED_MAX;
            for piece in pieces {
                chart.draw_series(LineSeries::new(
                    piece.iter().copied(),
                    colour.stroke_width(2),
                ))?;
                if marked || piece.len() == 1 {
                    let dots = piece.iter().map(|at| Circle::new(*at, 3, colour.filled()));
                    chart.draw_series(dots)?;
                }
            }
        }
        root.present()?;
        drop(chart);
        Ok(())
    }
}

/// Puts classes where the standing-in colours are, and the page's own opening tag.
fn styled(svg: &str, title: &str, size: Size) -> String {
    let inner = svg.find('>').map_or("", |end| &svg[end + 1..]);
    let mut body = inner.to_owned();
    let mut dress = |colour: RGBColor, class: &str| {
        let RGBColor(r, g, b) = colour;
        for property in ["stroke", "fill"] {
            let attribute = format!("{property}=\"#{r:02X}{g:02X}{b:02X}\"");
            let short = property.chars().next().unwrap_or('f');
            body = body.replace(&attribute, &format!("class=\"{short}-{class}\""));
        }
    };
    dress(INK, "ink");
    dress(GRID, "grid");
    for at in 0..SERIES_MAX {
        dress(RGBColor(1, 0, at as u8), &at.to_string());
    }
    let title = super::html::escape(title);
    format!(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{title}\">{body}",
        size.width, size.height
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size {
        width: 400,
        height: 200,
        text: 12,
    };

    fn plot(x_axis: Axis, y_axis: Axis, points: &[(f64, f64)]) -> Plot {
        let series = vec![Series {
            name: "run".to_owned(),
            points: points.to_vec(),
        }];
        Plot {
            x_name: "x, s".to_owned(),
            x_axis,
            y_axis,
            series,
        }
    }

    #[test]
    fn every_colour_of_a_drawing_is_the_style_sheets() {
        let plot = plot(
            Axis::Linear,
            Axis::Log,
            &[(0.0, 1.5), (1.0, 0.0), (2.0, 40.0)],
        );
        let svg = plot.svg("a plot", SIZE).expect("three points can be drawn");
        assert!(svg.contains("class=\"s-0\"") || svg.contains("class=\"f-0\""));
        assert!(!svg.contains("=\"#"), "a fixed colour is left: {svg}");
    }

    #[test]
    fn a_plot_of_nothing_says_so() {
        assert!(plot(Axis::Linear, Axis::Log, &[(1.0, 0.0)]).is_empty());
        assert!(!plot(Axis::Linear, Axis::Linear, &[(1.0, 0.0)]).is_empty());
    }
}
