//! Plots as SVG: bars over the months, bars beside each other. Whole numbers only; no script, no outside file.

use std::fmt::Write;

use super::grouped;

/// A row of bars over time: a label for every twelfth.
pub fn months(title: &str, unit: &str, bars: &[(String, u64)]) -> String {
    let most = bars.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let (width, height, left, top) = (720u64, 180u64, 64u64, 30u64);
    let step = (width - left) / (bars.len() as u64).max(1);
    let mut svg = head(title, width, height + top + 28);
    for part in 0..=2u64 {
        let y = top + height - height * part / 2;
        let value = grouped(most * part / 2);
        let _ = write!(svg, r##"<line x1="{left}" x2="{width}" y1="{y}" y2="{y}" stroke="#ddd"/>"##);
        let _ = write!(svg, r#"<text x="{}" y="{}" text-anchor="end">{value}</text>"#, left - 6, y + 4);
    }
    for (at, (month, value)) in (0u64..).zip(bars) {
        let tall = height * value / most;
        let (x, y) = (left + at * step, top + height - tall);
        let shown = grouped(*value);
        let _ = write!(
            svg,
            r##"<rect x="{x}" y="{y}" width="{}" height="{tall}" fill="#2a6f97"><title>{month}: {shown} {unit}</title></rect>"##,
            step.saturating_sub(2).max(1)
        );
        if month.ends_with("-01") {
            let _ = write!(svg, r#"<text x="{x}" y="{}">{}</text>"#, top + height + 18, &month[..4]);
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Bars one under the other, each with its share.
pub fn shares(title: &str, bars: &[(String, u64)]) -> String {
    let whole: u64 = bars.iter().map(|(_, value)| *value).sum::<u64>().max(1);
    let most = bars.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let (width, left, top) = (720u64, 190u64, 34u64);
    let mut svg = head(title, width, top + 26 * bars.len() as u64 + 6);
    for (at, (name, value)) in (0u64..).zip(bars) {
        let y = top + at * 26;
        let long = (width - left - 150) * value / most;
        let permille = value * 1_000 / whole;
        let _ = write!(svg, r#"<text x="{}" y="{}" text-anchor="end">{name}</text>"#, left - 8, y + 15);
        let _ = write!(svg, r##"<rect x="{left}" y="{y}" width="{long}" height="20" fill="#2a6f97"/>"##);
        let text = format!("{}  {}.{} %", grouped(*value), permille / 10, permille % 10);
        let _ = write!(svg, r#"<text x="{}" y="{}">{text}</text>"#, left + long + 6, y + 15);
    }
    svg.push_str("</svg>");
    svg
}

fn head(title: &str, width: u64, height: u64) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}" font-family="sans-serif" font-size="12"><text x="0" y="16" font-size="14" font-weight="bold">{title}</text>"#
    )
}
