//! The report as one page of HTML that prints well and needs nothing beside it.

use std::collections::BTreeMap;
use std::fmt::Write;

use city::City;
use city::demands::MODES_ZH;
use expr::lang::Lang;
use machine::ids::Name;

use super::{Figure, Pace, YearSettled, grouped, plot, settled, statistics};
use crate::tally::Tally;

const STYLE: &str = "body{font:15px/1.6 sans-serif;max-width:780px;margin:2em auto;padding:0 1em;color:#222}\
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}table{border-collapse:collapse;width:100%}\
td,th{padding:.25em .6em;border-bottom:1px solid #ddd;text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
svg{width:100%;height:auto;margin:.6em 0}.no{color:#b00}small{color:#666}\
@media print{body{margin:0;max-width:none}h2{page-break-after:avoid}svg,tr{page-break-inside:avoid}}";

/// The report in a language, with the settlement of a year if it was computed.
pub fn page(city: &City, tally: &Tally, pace: &Pace, settled: Option<&YearSettled>, lang: Lang) -> String {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let title = say("示例城市重放报告", "Report on the replay of the synthetic city");
    let mut html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>",
        say("zh-CN", "en")
    );
    let _ = write!(
        html,
        "<p>{} {} · {} {} · 2015-12-01 – 2020-06-30</p>",
        say("种子", "Seed"),
        city.seed,
        say("规模", "scale"),
        city.scale
    );
    figures(&mut html, &statistics(city, tally), lang);
    plots(&mut html, city, tally, lang);
    counts(&mut html, tally, lang);
    run(&mut html, tally, pace, lang);
    if let Some(settled) = settled {
        settled::write(&mut html, settled, lang);
    }
    html.push_str("</body></html>\n");
    html
}

/// A text that is no markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn figures(html: &mut String, figures: &[Figure], lang: Lang) {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let _ = write!(
        html,
        "<h2>{}</h2><table><tr><th>{}</th><th class=n>{}</th><th class=n>{}</th><th>{}</th></tr>",
        say("运营统计，与材料第六部分对照", "Operating statistics beside the printed ones"),
        say("指标", "Figure"),
        say("材料（按规模）", "Printed, at this scale"),
        say("重放", "Replayed"),
        say("材料行号", "Line")
    );
    for figure in figures {
        let class = if figure.agrees() { "n" } else { "n no" };
        let _ = write!(
            html,
            "<tr><td>{}</td><td class=n>{}</td><td class=\"{class}\">{} {}</td><td>{}</td></tr>",
            say(figure.what.0, figure.what.1),
            grouped(figure.printed),
            grouped(figure.found),
            say(figure.unit.0, figure.unit.1),
            figure.line
        );
    }
    let _ = write!(
        html,
        "</table><p><small>{}</small></p>",
        say(
            "带 * 的来自数据集，没有重放；其余都从重放后的数据库数出来。",
            "Those with * come from the data and were not replayed; all others are counted from the store."
        )
    );
}

/// The name of an institution in the city.
fn name_of(city: &City, id: &str) -> String {
    let found = city.institutions.iter().find(|institution| institution.id == id);
    found.map_or_else(|| id.to_owned(), |institution| escaped(&institution.name))
}

fn plots(html: &mut String, city: &City, tally: &Tally, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let series = |at: usize| -> Vec<(String, u64)> {
        tally.months.iter().map(|(month, values)| (month.clone(), values[at])).collect()
    };
    let _ = write!(html, "<h2>{}</h2>", say("逐月", "Month by month"));
    html.push_str(&plot::months(say("激活的企业", "Enterprises activated"), say("户", ""), &series(0)));
    html.push_str(&plot::months(say("发布的需求", "Demands published"), say("项", ""), &series(1)));
    html.push_str(&plot::months(
        say("放款（万元）", "Paid out (10,000 yuan)"),
        say("万元", "× 10,000 yuan"),
        &series(2),
    ));
    let modes: Vec<(String, u64)> = tally
        .modes()
        .zip(MODES_ZH)
        .map(|((en, amount), zh)| (lang.pick(zh, en).replace('_', " "), amount))
        .collect();
    html.push_str(&plot::shares(say("担保方式（万元）", "Guarantee modes (10,000 yuan)"), &modes));
    let mut banks: Vec<(String, u64)> =
        tally.banks.iter().map(|(bank, amount)| (name_of(city, bank), *amount)).collect();
    banks.sort_by_key(|(bank, amount)| (std::cmp::Reverse(*amount), bank.clone()));
    let rest: u64 = banks.iter().skip(9).map(|(_, amount)| amount).sum();
    banks.truncate(9);
    banks.push((say("其余", "Others").to_owned(), rest));
    html.push_str(&plot::shares(say("银行放款（万元）", "Paid out by bank (10,000 yuan)"), &banks));
}

fn counts(html: &mut String, tally: &Tally, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let mut list = |title: &str, rows: Vec<(String, u64)>| {
        html.push_str(&plot::shares(title, &rows));
    };
    // Claims and demands call by one name what is not the same.
    let titled = |claims: bool, name: &Name| {
        let mut all = tally.titles.iter().filter(|((_, own), _)| own == name);
        let found = all.find(|((chart, _), _)| (**chart == *"claims") == claims);
        match found {
            Some((_, (zh, en))) => lang.pick(zh, en).to_string(),
            None if **name == *"in_progress" => say("办理中", "Under way").to_owned(),
            None => name.to_string(),
        }
    };
    let named = |claims: bool, map: &BTreeMap<Name, u64>| -> Vec<(String, u64)> {
        map.iter().map(|(name, count)| (escaped(&titled(claims, name)), *count)).collect()
    };
    list(say("关注的结局", "How claims ended"), named(true, &tally.claims));
    list(say("需求的状态", "Where demands stand"), named(false, &tally.standing));
    let stars = tally.stars.iter().map(|(stars, count)| (format!("{stars} ★"), *count)).collect();
    list(say("评价", "Ratings"), stars);
}

fn run(html: &mut String, tally: &Tally, pace: &Pace, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let mut rows = vec![
        (say("案件", "Cases"), tally.cases),
        (say("历史条目", "Entries of histories"), tally.entries),
        (say("事实", "Facts"), tally.facts),
        (say("设定的时限", "Clocks set"), tally.timers),
        (say("本次事件", "Events of this run"), pace.events),
        (say("每秒事件", "Events a second"), pace.rate()),
    ];
    rows.extend(
        pace.bytes_per_case(tally.cases)
            .map(|bytes| (say("每案占盘（字节）", "Bytes on disk for each case"), bytes)),
    );
    let _ = write!(html, "<h2>{}</h2><table>", say("引擎", "The engine"));
    for (what, value) in rows {
        let _ = write!(html, "<tr><td>{what}</td><td class=n>{}</td></tr>", grouped(value));
    }
    let hash = say("终态校验值", "Hash of the end state");
    let _ = write!(html, "</table><p><small>{hash} {}</small></p>", tally.sum);
}
