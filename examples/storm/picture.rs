//! Latency and backlog over time, as an SVG.

use std::{fmt::Write as _, time::Duration};

use crate::{callers::Answered, fate::Blow, timeline::Sample};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 240.0;
const MARGIN: f64 = 60.0;

/// Draws two panels under one time axis.
pub(crate) fn draw(samples: &[Sample], answers: &[Answered], blows: &[(Duration, Blow)]) -> String {
    let last = samples.iter().map(|sample| sample.at).chain(answers.iter().map(|answer| answer.at)).max();
    let span = last.unwrap_or_default().max(Duration::from_secs(1)).as_secs_f64();
    let (width, height) = (WIDTH + 2.0 * MARGIN, 2.0 * (HEIGHT + MARGIN) + MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let slowest = answers.iter().map(|answer| answer.took.as_secs_f64()).fold(0.1, f64::max);
    let dots = answers.iter().map(|answer| (answer.at, answer.took.as_secs_f64(), answer.with_number));
    panel(&mut svg, MARGIN, "seconds to an answer (grey: it is being saved)", slowest);
    for (at, took, with_number) in dots {
        let (x, y) = place(MARGIN, (at.as_secs_f64() / span, took / slowest));
        let colour = if with_number { "#1f6feb" } else { "#888888" };
        let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.2\" fill=\"{colour}\"/>");
    }
    let most = samples.iter().map(|sample| sample.backlog).max().unwrap_or_default().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a picture")]
    let height_of = |backlog: usize| backlog as f64 / most as f64;
    let top = 2.0 * MARGIN + HEIGHT;
    #[expect(clippy::cast_precision_loss, reason = "a picture")]
    panel(&mut svg, top, "cases promised and not yet in the org", most as f64);
    let points: Vec<String> = samples
        .iter()
        .map(|sample| {
            let (x, y) = place(top, (sample.at.as_secs_f64() / span, height_of(sample.backlog)));
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let points = points.join(" ");
    let _ = writeln!(
        svg,
        "<polyline points=\"{points}\" fill=\"none\" stroke=\"#d1242f\" stroke-width=\"1.5\"/>"
    );
    for (at, blow) in blows {
        let (x, _) = place(top, (at.as_secs_f64() / span, 0.0));
        mark(&mut svg, x, *blow);
    }
    let foot = top + HEIGHT + 24.0;
    let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{foot}\">0 s</text>");
    let _ =
        writeln!(svg, "<text x=\"{}\" y=\"{foot}\" text-anchor=\"end\">{span:.0} s</text>", MARGIN + WIDTH);
    svg.push_str("</svg>\n");
    svg
}

/// The frame of a panel, its title, and the largest value at its side.
fn panel(svg: &mut String, top: f64, title: &str, most: f64) {
    let _ = writeln!(
        svg,
        "<rect x=\"{MARGIN}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#cccccc\"/>"
    );
    let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{}\">{title}</text>", top - 8.0);
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{most:.1}</text>",
        MARGIN - 6.0,
        top + 10.0
    );
}

/// A line through both panels where a blow fell.
fn mark(svg: &mut String, x: f64, blow: Blow) {
    let (colour, title) = match blow {
        Blow::Kill => ("#d1242f", "a kill"),
        Blow::Revoke => ("#bf8700", "tokens revoked"),
        Blow::Restart => ("#8250df", "PostgreSQL crashed"),
    };
    let foot = 2.0 * (MARGIN + HEIGHT);
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{MARGIN}\" y2=\"{foot}\" stroke=\"{colour}\" \
         stroke-dasharray=\"3 3\"><title>{title}</title></line>"
    );
}

/// From shares of both axes to the place in the picture.
fn place(top: f64, (along, up): (f64, f64)) -> (f64, f64) {
    (MARGIN + along * WIDTH, top + HEIGHT - up * HEIGHT)
}
