//! Lines in a picture: SVG that is readable on light and dark pages.

use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

const SIZE: (u32, u32) = (760, 400);
const GROUND: RGBColor = RGBColor(0xff, 0xff, 0xff);
const GRID: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
const AXIS: RGBColor = RGBColor(0x6e, 0x77, 0x81);
const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// Told apart on either ground, and by those who do not tell red from green.
const COLOURS: [RGBColor; 4] = [
    RGBColor(0x2f, 0x81, 0xf7),
    RGBColor(0xe0, 0x7b, 0x00),
    RGBColor(0x9a, 0x5f, 0xd0),
    RGBColor(0x1a, 0x98, 0x72),
];

/// What a reader who prefers dark pages sees instead.
const DARK: [(RGBColor, &str); 4] = [
    (GROUND, "#0d1117"),
    (GRID, "#30363d"),
    (AXIS, "#8b949e"),
    (INK, "#e6edf3"),
];

/// A picture.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    /// Whether both axes grow by factors.
    pub(crate) by_factors: bool,
    pub(crate) lines: Vec<Line>,
}

/// One line of it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Chart {
    /// The picture as SVG.
    ///
    /// # Errors
    ///
    /// There is nothing to draw, or the library refuses to.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        if points().next().is_none() {
            return Err(format!("{}: nothing was measured", self.title));
        }
        let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(0.0, f64::max);
        let least = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(f64::INFINITY, f64::min);
        let (x, y) = (
            (least(|p| p.0), most(|p| p.0)),
            (least(|p| p.1), most(|p| p.1)),
        );
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            let drawn = if self.by_factors {
                let (low, high) = (y.0.max(1e-9) / 1.6, y.1.max(1e-9) * 1.6);
                self.draw(
                    &area,
                    (x.0..x.1 * 1.15).log_scale(),
                    (low..high).log_scale(),
                )
            } else {
                self.draw(&area, x.0..x.1, 0.0..y.1 * 1.1)
            };
            drawn.map_err(|error| format!("{}: {error}", self.title))?;
        }
        Ok(with_a_dark_side(&svg))
    }

    fn draw<X, Y>(
        &self,
        area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
        x: impl AsRangedCoord<CoordDescType = X, Value = f64>,
        y: impl AsRangedCoord<CoordDescType = Y, Value = f64>,
    ) -> Result<(), Box<dyn std::error::Error>>
    where
        X: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let font = |size: u32| ("sans-serif", size).into_font().color(&INK);
        area.fill(&GROUND)?;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, font(18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(70)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .light_line_style(GROUND)
            .bold_line_style(GRID)
            .axis_style(AXIS)
            .label_style(font(13))
            .axis_desc_style(font(14))
            .x_desc(self.x)
            .y_desc(self.y)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .draw()?;
        for (line, colour) in self.lines.iter().zip(COLOURS) {
            let style = colour.stroke_width(2);
            chart
                .draw_series(LineSeries::new(line.points.iter().copied(), style))?
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
            if line.points.len() <= 12 {
                let dots = line
                    .points
                    .iter()
                    .map(|at| Circle::new(*at, 3, colour.filled()));
                chart.draw_series(dots)?;
            }
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(GROUND)
            .border_style(GRID)
            .label_font(font(13))
            .draw()?;
        area.present()?;
        Ok(())
    }
}

/// Four colours that a style sheet turns over where dark pages are preferred.
fn with_a_dark_side(svg: &str) -> String {
    let mut style = String::from("<style>@media (prefers-color-scheme: dark) {");
    for (light, dark) in DARK {
        let light = format!("#{:02X}{:02X}{:02X}", light.0, light.1, light.2);
        for property in ["fill", "stroke"] {
            style.push_str(&format!(
                " [{property}=\"{light}\"] {{ {property}: {dark}; }}"
            ));
        }
    }
    style.push_str(" }</style>\n");
    match svg.find(">\n") {
        Some(head) => format!("{}{style}{}", &svg[..head + 2], &svg[head + 2..]),
        None => svg.to_owned(),
    }
}

/// A number with as few digits as an axis needs.
pub(crate) fn short(value: f64) -> String {
    let trimmed = |value: f64, unit: &str| {
        let digits = if value.abs() < 10.0 { 2 } else { 1 };
        let text = format!("{value:.digits$}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        format!("{text}{unit}")
    };
    match value.abs() {
        size if size >= 1e9 => trimmed(value / 1e9, " G"),
        size if size >= 1e6 => trimmed(value / 1e6, " M"),
        size if size >= 1e3 => trimmed(value / 1e3, " k"),
        size if size >= 0.01 || size == 0.0 => trimmed(value, ""),
        _ => format!("{value:.0e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, f64)>) -> Chart {
        Chart {
            title: "scrape".to_owned(),
            x: "series",
            y: "milliseconds",
            by_factors: true,
            lines: vec![Line {
                name: "rheostat".to_owned(),
                points,
            }],
        }
    }

    #[test]
    fn a_picture_names_what_it_shows_and_has_a_dark_side() {
        let drawn = chart(vec![(1e3, 0.4), (1e6, 400.0)]).svg();
        let svg = drawn.expect("it can be drawn");
        for part in [
            "<svg",
            "scrape",
            "milliseconds",
            "rheostat",
            "prefers-color-scheme: dark",
        ] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
    }

    #[test]
    fn what_was_not_measured_is_not_drawn() {
        let refused = chart(Vec::new()).svg().expect_err("there is nothing");
        assert_eq!(refused, "scrape: nothing was measured");
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.25, 3.0, 12.34, 1_500.0, 2e6, 0.001].map(short);
        assert_eq!(shown, ["0", "0.25", "3", "12.3", "1.5 k", "2 M", "1e-3"]);
    }
}
