//! The sets as files: D1 to D20, each a table of text with its columns. Amounts are written in yuan with two
//! places, rates as fractions, times as in Suzhou.

use expr::time::calendar::Calendar;

use crate::city::City;
use crate::enterprises::{CATEGORIES, DISTRICTS};
use crate::institutions::KINDS;
use crate::script::command::{demand_id, registration_id};
use crate::{bad, changes, consents, demands, items, scores};

mod register;
mod settlement;

/// A row of a file.
pub type Row = Vec<String>;

/// A set: a file with its columns and rows, made as they are written.
pub struct Set<'c> {
    /// `D1`.
    pub id: &'static str,
    /// `d01-enterprises.csv`; may lie in a folder.
    pub file: String,
    /// What it is, in Chinese and English.
    pub title: (&'static str, &'static str),
    /// Names of the columns.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Box<dyn Iterator<Item = Row> + 'c>,
}

/// 万元 as yuan: `193` is `1930000.00`.
pub fn yuan(wan: u64) -> String {
    if wan == 0 { "0.00".to_owned() } else { format!("{wan}0000.00") }
}

/// Hundredths of a percent as a fraction: `546` is `0.0546`.
pub fn fraction(hundredths: u64) -> String {
    format!("{}.{:04}", hundredths / 10_000, hundredths % 10_000)
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn set<'c>(
    id: &'static str,
    file: &str,
    title: (&'static str, &'static str),
    columns: &'static [&'static str],
    rows: impl Iterator<Item = Row> + 'c,
) -> Set<'c> {
    Set { id, file: file.to_owned(), title, columns, rows: Box::new(rows) }
}

/// Every set of a city, in the order of their numbers. The calendar is that of D15.
pub fn sets<'c>(city: &'c City, calendar: &'c Calendar) -> Vec<Set<'c>> {
    let mut all =
        vec![enterprises(city), institutions(city), products(city), demands_set(city), claims(city)];
    all.extend([
        loans(city),
        consents_set(city),
        queries(city),
        catalogue(city),
        records(city),
        scores_set(city),
    ]);
    all.extend(register::programmes(city));
    all.extend(register::equity(city));
    all.extend(settlement::inputs(city, 2019));
    all.push(register::calendar(calendar));
    all.push(register::staff(city));
    all.push(script(city));
    all.push(live_day(city));
    all.push(bad_inputs(city));
    all.push(profiles());
    all.push(rule_changes());
    all
}

fn enterprises(city: &City) -> Set<'_> {
    let columns = &[
        "uscc",
        "name",
        "district",
        "industry",
        "size",
        "employees",
        "revenue",
        "assets",
        "categories",
        "registered_at",
        "first_time",
    ];
    let rows = city.enterprises.iter().map(|e| {
        let categories: Vec<&str> = e.categories.iter().map(|c| CATEGORIES[usize::from(*c)]).collect();
        vec![
            e.uscc.clone(),
            e.name(),
            text(DISTRICTS[usize::from(e.district)].0),
            text(e.class),
            text(e.size.name()),
            text(e.employees),
            yuan(e.revenue),
            yuan(e.assets),
            categories.join("|"),
            e.applied.text(),
            text(e.first_time),
        ]
    });
    set("D1", "d01-enterprises.csv", ("企业", "Enterprises"), columns, rows)
}

fn institutions(city: &City) -> Set<'_> {
    let columns = &[
        "institution",
        "name",
        "uscc",
        "kind",
        "local_legal_person",
        "centre",
        "credit_reference",
        "micro_e",
        "fund_partner",
        "promise_days",
        "weight",
    ];
    let rows = city.institutions.iter().map(|i| {
        vec![
            i.id.clone(),
            i.name.clone(),
            i.uscc.clone(),
            text(i.kind.name()),
            text(i.local),
            text(i.centre),
            text(i.credit_reference),
            text(i.micro_e),
            text(i.fund_partner),
            text(i.promise_days),
            text(i.weight),
        ]
    });
    set("D2", "d02-institutions.csv", ("机构", "Institutions"), columns, rows)
}

fn products(city: &City) -> Set<'_> {
    let columns = &[
        "product",
        "institution",
        "name",
        "kind",
        "amount_min",
        "amount_max",
        "tenor_min",
        "tenor_max",
        "rate_min",
        "rate_max",
        "score_min",
        "promise_days",
    ];
    let rows = city.products.iter().map(|p| {
        vec![
            p.id.clone(),
            city.institutions[p.institution].id.clone(),
            p.name.clone(),
            text(KINDS[p.kind]),
            yuan(p.amount.0),
            yuan(p.amount.1),
            text(p.tenor.0),
            text(p.tenor.1),
            fraction(p.rate.0),
            fraction(p.rate.1),
            text(p.score),
            text(p.promise_days),
        ]
    });
    set("D3", "d03-products.csv", ("产品", "Products"), columns, rows)
}

fn demands_set(city: &City) -> Set<'_> {
    let columns = &[
        "demand",
        "uscc",
        "amount",
        "tenor",
        "purpose",
        "guarantee_wish",
        "channel",
        "directed",
        "published_at",
    ];
    let rows = city.demands.iter().map(|d| {
        vec![
            demand_id(d.number),
            city.enterprises[d.enterprise as usize].uscc.clone(),
            yuan(d.amount),
            text(d.tenor),
            text(demands::PURPOSES[usize::from(d.purpose)]),
            text(demands::MODES[usize::from(d.wish)]),
            text(demands::CHANNELS[usize::from(d.channel)]),
            text(d.directed),
            d.published.text(),
        ]
    });
    set("D4", "d04-demands.csv", ("融资需求", "Demands"), columns, rows)
}

fn claims(city: &City) -> Set<'_> {
    let columns = &["demand", "institution", "claimed_at", "decided_at", "outcome", "offer"];
    let rows = city.claims.iter().map(|c| {
        vec![
            demand_id(c.demand),
            city.institutions[usize::from(c.bank)].id.clone(),
            c.claimed.text(),
            c.decided().map(|at| at.text()).unwrap_or_default(),
            text(c.fate.name()),
            if c.offer == 0 { String::new() } else { yuan(c.offer) },
        ]
    });
    set("D5", "d05-claims.csv", ("关注", "Claims"), columns, rows)
}

fn loans(city: &City) -> Set<'_> {
    let columns = &[
        "loan_no",
        "demand",
        "institution",
        "uscc",
        "amount",
        "guarantee_mode",
        "rate",
        "tenor",
        "disbursed_at",
        "score_at_approval",
        "first_time",
        "contract_seq",
        "channel",
    ];
    let rows = city.loans.iter().map(|l| {
        vec![
            format!("L{:07}", l.number),
            demand_id(l.grant.demand),
            city.institutions[usize::from(l.grant.bank)].id.clone(),
            city.enterprises[l.enterprise as usize].uscc.clone(),
            yuan(l.grant.amount),
            text(demands::MODES[usize::from(l.grant.mode)]),
            fraction(l.rate),
            text(l.tenor),
            l.disbursed.text(),
            text(l.score),
            text(l.first_time),
            text(l.contract_seq),
            text(if l.online { "online" } else { "offline" }),
        ]
    });
    set("D6", "d06-loans.csv", ("贷款", "Loans"), columns, rows)
}

fn consents_set(city: &City) -> Set<'_> {
    let rows = (0..consents::count(city)).map(|row| {
        let c = consents::consent(city, row);
        let (ended, how) = c.ended.map_or((String::new(), "in_force"), |(at, how)| (at.text(), how));
        vec![format!("C{:06}", c.number), c.uscc, text(c.coverage), c.from.text(), ended, text(how)]
    });
    let columns = &["consent", "uscc", "coverage", "valid_from", "ended_at", "standing"];
    set("D7", "d07-consents.csv", ("采集授权", "Consents to collect"), columns, rows)
}

fn queries(city: &City) -> Set<'_> {
    let rows = (0..consents::queries(city)).map(|row| {
        let q = consents::query(city, row);
        let bank = city.institutions[usize::from(q.bank)].id.clone();
        vec![format!("Q{:06}", q.number), format!("C{:06}", q.consent), bank, q.at.text(), text(q.purpose)]
    });
    let columns = &["query", "consent", "institution", "queried_at", "purpose"];
    set("D7", "d07-queries.csv", ("征信贷查询", "Queries"), columns, rows)
}

fn catalogue(city: &City) -> Set<'_> {
    let rows = items::items(city.seed).into_iter().map(|i| {
        let source = format!("S{:02}", i.source);
        let class = text(items::CLASSES[i.class].0);
        vec![i.code, i.name, class, source, text(i.value), text(i.often), format!("C{:02}", i.screening)]
    });
    let columns = &["item", "name", "class", "source", "value_type", "frequency", "screening_class"];
    set("D8", "d08-items.csv", ("数据项目录", "Catalogue of items"), columns, rows)
}

fn records(city: &City) -> Set<'_> {
    let catalogue = items::items(city.seed);
    let rows = (0..items::records(city)).map(move |row| items::record(city, &catalogue, row).to_vec());
    let columns = &["uscc", "item", "date", "value"];
    set("D8", "d08-records.csv", ("记录样本（百分之一）", "Records, a sample of one percent"), columns, rows)
}

/// The quarters of 2019.
const QUARTERS: std::ops::Range<u32> = 13..17;

fn scores_set(city: &City) -> Set<'_> {
    let columns = &[
        "uscc",
        "year",
        "quarter",
        "environment",
        "management",
        "operation",
        "finance",
        "credit_record",
        "social_responsibility",
        "score",
        "default_probability",
        "model",
    ];
    let rows = city.enterprises.iter().flat_map(move |e| {
        QUARTERS.map(move |quarter| {
            let score = scores::score(city.seed, e.number, quarter);
            let (year, quarter) = scores::name_of(quarter);
            let mut row = vec![e.uscc.clone(), text(year), text(quarter)];
            row.extend(score.parts.map(text));
            let pd = fraction(scores::default_probability(score.total));
            row.extend([text(score.total), pd, text("示例模型1")]);
            row
        })
    });
    set(
        "D9",
        "d09-scores-2019.csv",
        ("信用评分（2019 年四个季度）", "Scores, the quarters of 2019"),
        columns,
        rows,
    )
}

fn script(city: &City) -> Set<'_> {
    let title = ("四年半的事件", "The events of four and a half years");
    entries(city, "d17-script.csv", title, crate::script::script(city))
}

fn live_day(city: &City) -> Set<'_> {
    let title = ("其后一天，二十倍的量", "The day after them, at twenty times the traffic");
    entries(city, "d17-live-day.csv", title, crate::script::live::live_day(city).script)
}

fn entries<'c>(
    city: &City,
    file: &str,
    title: (&'static str, &'static str),
    script: Vec<crate::script::Entry>,
) -> Set<'c> {
    let first = city.enterprises.len() as u32;
    let rows = script.into_iter().map(move |entry| {
        let case = entry.case.checked_sub(first).map_or_else(|| registration_id(entry.case), demand_id);
        vec![entry.at.text(), case, text(entry.step), format!("{:?}", entry.act)]
    });
    set("D17", file, title, &["at", "case", "step", "act"], rows)
}

fn bad_inputs(city: &City) -> Set<'_> {
    let rows = bad::inputs(city)
        .into_iter()
        .map(|b| vec![b.id, text(b.kind), b.input, text(b.expected), text(b.why)]);
    let columns = &["id", "kind", "input", "expected", "why"];
    set("D18", "d18-bad-inputs.csv", ("错误输入", "Bad inputs"), columns, rows)
}

fn profiles() -> Set<'static> {
    let rows = changes::PROFILES.iter().map(|p| p.iter().map(text).collect());
    let columns = &["profile", "city", "mode", "process", "parameters"];
    set("D19", "d19-profiles.csv", ("其他城市", "Other cities"), columns, rows)
}

fn rule_changes() -> Set<'static> {
    let rows = changes::CHANGES.iter().map(|c| {
        let cells = [c.id, c.process, c.parameter, c.before, c.after, c.from, c.running, c.why];
        cells.iter().map(text).collect()
    });
    let columns = &["change", "process", "parameter", "before", "after", "effective", "running_cases", "why"];
    set("D20", "d20-rule-changes.csv", ("规则变更", "Rule changes"), columns, rows)
}

/// One line of a file: cells with commas, quotes or line breaks are quoted, as RFC 4180 says.
pub fn line(cells: &[impl AsRef<str>]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        let cell = cell.as_ref();
        if at > 0 {
            line.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push('\n');
    line
}
