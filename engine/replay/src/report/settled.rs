//! The settlement of a year, at the end of the report.

use std::fmt::Write;

use expr::lang::Lang;

use super::YearSettled;
use super::page::escaped;

/// Writes it.
pub fn write(html: &mut String, settled: &YearSettled, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let year = settled.year;
    let title = say("年度激励结算", "Annual incentive settlement");
    let [sum, capitals] = &settled.payments;
    let _ = write!(
        html,
        "<h2>{title} {year}</h2><p>{} <strong>{sum}</strong> （{capitals}）",
        say("拨付合计（元）", "Payments in yuan")
    );
    let deposits = say("财政存款配置，不计入拨付", "Deposits, placed and not paid");
    let _ = write!(html, "<br>{deposits} <strong>{}</strong></p>", settled.deposits);
    let head = [say("规则", "Rule"), say("机构数", "Institutions"), say("金额（元）", "Yuan")];
    table(html, &head, settled.rules.iter().map(|row| row.as_slice()));
    let _ = write!(html, "<h3>{}</h3>", say("拨付最多的机构", "Institutions that receive most"));
    table(
        html,
        &[say("机构", "Institution"), say("金额（元）", "Yuan")],
        settled.payees.iter().map(|row| row.as_slice()),
    );
    html.push_str("<ul>");
    settled.notes.iter().for_each(|note| {
        let _ = write!(html, "<li>{}</li>", escaped(note));
    });
    html.push_str("</ul>");
}

/// A table whose first column is words and whose others are numbers.
fn table<'r>(html: &mut String, heads: &[&str], rows: impl Iterator<Item = &'r [String]>) {
    let class = |at: usize| if at == 0 { "" } else { " class=n" };
    html.push_str("<table><tr>");
    for (at, head) in heads.iter().enumerate() {
        let _ = write!(html, "<th{}>{head}</th>", class(at));
    }
    html.push_str("</tr>");
    for row in rows {
        html.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let _ = write!(html, "<td{}>{}</td>", class(at), escaped(cell));
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
}
