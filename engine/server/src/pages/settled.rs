//! A settlement's result as the pages show it, cut to what a viewer may see.

use std::collections::{BTreeMap, BTreeSet};

use console::shell::encoded;
use console::view::{
    AmountPage, AmountReason, ComparisonLine, ComparisonPage, ExceptionLine, ExceptionRow, OtherLines,
    SettlementAmount, SettlementPage, SettlementRow,
};
use expr::lang::Lang;
use expr::money::Yuan;
use language::rules::{FIGURES, LineKind};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use settle::causes::TOGETHER;
use settle::compare::Compared;
use settle::explain::{ROWS_SHOWN, Reason, explain};
use settle::write::{Told, words_of};
use settle::{Exception, Line, Settled, Stopped};

use super::names::Names;
use super::runs::RunId;
use crate::office::viewer::Viewer;

/// So many single records and lines are shown; files have all.
const LISTED_MAX: usize = 200;
/// So many rows of the files are shown of one total on the page that shows every row.
const ROWS_MAX: usize = 5_000;

/// Whose lines a viewer sees.
pub enum Own {
    /// Everybody's.
    All,
    /// Those of one organisation; nobody's when there is none.
    Of(Option<String>),
}

impl Own {
    /// Those of a viewer.
    pub fn of(viewer: &Viewer) -> Own {
        match viewer.sees_all() {
            true => Own::All,
            false => Own::Of(viewer.organisation.as_ref().map(ToString::to_string)),
        }
    }

    fn sees(&self, organisation: &str) -> bool {
        match self {
            Own::All => true,
            Own::Of(own) => own.as_deref() == Some(organisation),
        }
    }

    fn line(&self, line: &Line) -> bool {
        self.sees(&line.payee)
    }

    fn exception(&self, it: &Exception) -> bool {
        matches!(self, Own::All) || it.institution.as_deref().is_some_and(|one| self.sees(one))
    }
}

/// An amount as text with its thousands apart; what is no amount stays.
pub fn money(text: &str) -> String {
    text.parse::<Yuan>().map_or_else(|_| text.to_owned(), |yuan| yuan.to_string())
}

/// The page of a run; the caller adds what identifies it.
///
/// # Errors
/// Sums that cannot be written.
pub fn page(settled: &Settled, own: &Own, href: &str, lang: Lang) -> Result<SettlementPage, Stopped> {
    let told = settled.told();
    let lines: Vec<&Line> = settled.outcome.lines.iter().filter(|line| own.line(line)).collect();
    let payments: Vec<&Line> = lines.iter().copied().filter(|line| line.kind == LineKind::Payment).collect();
    let total = Yuan::sum(payments.iter().map(|line| line.net)).map_err(|_| settle_too_large())?;
    let order = match own {
        Own::All => told.order(LineKind::Payment)?.rows,
        Own::Of(_) => vec![],
    };
    let (rules_paid, rows) = table(&told, &payments, href, lang);
    let listed =
        |(payee, amount): (&str, Yuan)| [told.name(payee).to_owned(), amount.to_string(), amount.capitals()];
    let (exceptions, exception_rows) = exceptions(settled, own, lang);
    let unresolved = settled.reconciled.iter().flat_map(|it| &it.unresolved);
    let figure = |number: Option<Decimal>| number.map(|n| money(&n.to_string())).unwrap_or_default();
    let unresolved = unresolved.filter(|_| matches!(own, Own::All)).take(LISTED_MAX).map(|it| {
        let line = it.line.map(|line| format!("credit_loans.csv:{line}")).unwrap_or_default();
        [status(&it.status, lang).to_owned(), it.key.join(" "), line, figure(it.reported), figure(it.known)]
    });
    let reconciled = settled.reconciled.as_ref().filter(|_| matches!(own, Own::All)).map(|it| {
        let effect = settled.unresolved_effect.unwrap_or_default();
        [it.matched.to_string(), it.unresolved.len().to_string(), effect.to_string()]
    });
    Ok(SettlementPage {
        rules_paid,
        rows,
        total: total.to_string(),
        capitals: total.capitals(),
        others: others(&told, &lines, href, lang),
        exceptions,
        exception_rows,
        order: order.into_iter().map(listed).collect(),
        reconciled,
        unresolved: unresolved.collect(),
        own_only: matches!(own, Own::Of(_)),
        ..SettlementPage::default()
    })
}

fn settle_too_large() -> Stopped {
    Stopped::new("金额太大，写不下", "an amount is too large to be written")
}

/// What a disagreement is called.
fn status(status: &str, lang: Lang) -> &str {
    let (zh, en) = match status {
        "missing_on_platform" => ("平台没有这笔", "missing on the platform"),
        "missing_at_institution" => ("机构没有报", "missing at the institution"),
        "amount_differs" => ("金额不同", "the amount differs"),
        "date_differs" => ("日期不同", "the date differs"),
        "household_differs" => ("企业不同", "the enterprise differs"),
        other => (other, other),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// Institutions by rules.
fn table(
    told: &Told<'_>,
    payments: &[&Line],
    href: &str,
    lang: Lang,
) -> (Vec<(String, String)>, Vec<SettlementRow>) {
    let columns: BTreeSet<(usize, usize)> = payments.iter().map(|line| (line.rule, line.line)).collect();
    let heads = columns.iter().map(|(rule, line)| {
        let of = &told.book.rules[*rule];
        let title = &of.lines[*line].title;
        (of.name.to_string(), lang.pick(&title.zh, &title.en).to_owned())
    });
    let mut by_payee: BTreeMap<&str, BTreeMap<(usize, usize), Vec<&Line>>> = BTreeMap::new();
    for line in payments {
        by_payee.entry(&line.payee).or_default().entry((line.rule, line.line)).or_default().push(line);
    }
    let mut rows: Vec<(Yuan, SettlementRow)> = by_payee
        .into_iter()
        .map(|(payee, lines)| {
            let sum = Yuan::sum(lines.values().flatten().map(|line| line.net)).unwrap_or_default();
            let cell = |at: &(usize, usize)| lines.get(at).map(|all| cell(all, href)).unwrap_or_default();
            let row = SettlementRow {
                institution: named(told, payee),
                amounts: columns.iter().map(cell).collect(),
                total: sum.to_string(),
            };
            (sum, row)
        })
        .filter(|(sum, _)| *sum != Yuan::ZERO)
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.institution.cmp(&b.1.institution)));
    (heads.collect(), rows.into_iter().map(|(_, row)| row).collect())
}

/// An institution by name and code.
fn named(told: &Told<'_>, payee: &str) -> String {
    let name = told.name(payee);
    if name == payee { payee.to_owned() } else { format!("{name} {payee}") }
}

fn why(href: &str, line: &str) -> String {
    format!("{href}/why?line={}", encoded(line))
}

/// The lines of one rule for one payee: nearly always one.
fn cell(lines: &[&Line], href: &str) -> SettlementAmount {
    let sum = Yuan::sum(lines.iter().map(|line| line.net)).unwrap_or_default();
    let Some(first) = lines.first().filter(|_| sum != Yuan::ZERO) else { return SettlementAmount::default() };
    SettlementAmount {
        href: why(href, &first.id),
        amount: sum.to_string(),
        capped: lines.iter().any(|line| is_capped(line)),
    }
}

/// Whether a ceiling cut the amount.
fn is_capped(line: &Line) -> bool {
    let figure = |name: &str| {
        let at = FIGURES.iter().position(|figure| *figure == name)?;
        line.figures.get(at).copied().flatten()
    };
    let (Some(cap), Some(gross)) = (figure("cap"), figure("gross")) else { return false };
    gross > cap && Decimal::from(line.net) >= cap
}

/// Lines that are no payments, by rule.
fn others(told: &Told<'_>, lines: &[&Line], href: &str, lang: Lang) -> Vec<OtherLines> {
    let mut by_rule: BTreeMap<(usize, usize), Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.kind != LineKind::Payment) {
        by_rule.entry((line.rule, line.line)).or_default().push(line);
    }
    let all = by_rule.into_iter().map(|((rule, line), lines)| {
        let of = &told.book.rules[rule];
        let title = &of.lines[line].title;
        let kind = of.lines[line].kind;
        let told_of = |line: &&Line| {
            let amount = if kind == LineKind::Honour { String::new() } else { line.net.to_string() };
            (named(told, &line.payee), amount, why(href, &line.id))
        };
        OtherLines {
            rule: of.name.to_string(),
            title: lang.pick(&title.zh, &title.en).to_owned(),
            kind: kind_words(kind, lang).to_owned(),
            lines: lines.iter().map(told_of).collect(),
        }
    });
    all.collect()
}

fn kind_words(kind: LineKind, lang: Lang) -> &'static str {
    match kind {
        LineKind::Payment => lang.pick("拨付", "payment"),
        LineKind::Deposit => lang.pick("存款配置", "deposit"),
        LineKind::Honour => lang.pick("表彰", "honour"),
        LineKind::Figure => lang.pick("只列数", "figure"),
    }
}

/// Exceptions by code, and single ones with the greatest effect.
fn exceptions(settled: &Settled, own: &Own, lang: Lang) -> (Vec<ExceptionLine>, Vec<ExceptionRow>) {
    let book = &settled.book;
    let mut sums: BTreeMap<(usize, usize, &str, bool), (usize, Yuan)> = BTreeMap::new();
    let mut rows: Vec<&Exception> =
        settled.outcome.exceptions.iter().filter(|it| own.exception(it)).collect();
    for it in &rows {
        let sum = sums.entry((it.rule, it.list, &it.code, it.left_out)).or_default();
        sum.0 += 1;
        sum.1 = sum.1.plus(it.effect).unwrap_or(sum.1);
    }
    let lines = sums.into_iter().map(|((rule, list, code, left_out), (count, effect))| {
        let (zh, en) = words_of(book, list, code);
        ExceptionLine {
            rule: book.rules[rule].name.to_string(),
            code: code.to_owned(),
            what: if lang == Lang::Zh { zh } else { en },
            left_out,
            rows: count.to_string(),
            effect: effect.to_string(),
        }
    });
    let lines = lines.collect();
    rows.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| a.row.cmp(&b.row)));
    let name = |it: &Exception| match &it.institution {
        Some(id) => settled.names.get(id).cloned().unwrap_or_else(|| id.clone()),
        None => String::new(),
    };
    let place = |(set, line): (usize, u32)| format!("{}.csv:{line}", book.lists[set].name);
    let shown =
        rows.into_iter().filter(|it| it.effect != Yuan::ZERO).take(LISTED_MAX).map(|it| ExceptionRow {
            code: it.code.to_string(),
            institution: name(it),
            subject: it.subject.clone().unwrap_or_default(),
            place: it.row.map(place).unwrap_or_default(),
            effect: it.effect.to_string(),
        });
    (lines, shown.collect())
}

/// Why a line is what it is; none when there is no such line, or it is not for this viewer.
pub fn explained(
    settled: &Settled,
    own: &Own,
    line: &str,
    whole: bool,
    href: &str,
    lang: Lang,
) -> Option<Result<AmountPage, Stopped>> {
    let found = settled.outcome.lines.iter().find(|it| it.id == line && own.line(it))?;
    let rows = if whole { ROWS_MAX } else { ROWS_SHOWN };
    let reason = match explain(&settled.run(), found, rows) {
        Ok(reason) => reason,
        Err(stopped) => return Some(Err(stopped)),
    };
    let rule = &settled.book.rules[found.rule];
    let cut = |reason: &Reason| reason.rows.len() < reason.count && !reason.rows.is_empty();
    let all = format!("{}&all=1", why(href, line));
    let year = settled.year;
    Some(Ok(AmountPage {
        run: href.trim_start_matches("/settlement/").to_owned(),
        back: href.to_owned(),
        institution: named(&settled.told(), &found.payee),
        amount: found.net.to_string(),
        capitals: found.net.capitals(),
        basis: rule.basis.as_deref().unwrap_or_default().to_owned(),
        whole: Some(all).filter(|_| !whole && anywhere(&reason, &cut)),
        reason: shown(reason, lang),
        command: format!("charter settle --year {year} --data DIR --explain {line}"),
    }))
}

fn anywhere(reason: &Reason, holds: &dyn Fn(&Reason) -> bool) -> bool {
    holds(reason) || reason.of.iter().any(|one| anywhere(one, holds))
}

fn shown(reason: Reason, lang: Lang) -> AmountReason {
    let number = |n: &Decimal| money(&n.normalize().to_string());
    AmountReason {
        title: if lang == Lang::Zh { reason.zh } else { reason.en },
        how: reason.how,
        value: reason.value,
        place: reason.place,
        basis: reason.basis.unwrap_or_default(),
        parameters: reason.parameters.into_iter().map(|(name, value, basis)| [name, value, basis]).collect(),
        parts: reason
            .parts
            .iter()
            .map(|(by, count, sum)| [by.clone(), count.to_string(), number(sum)])
            .collect(),
        rows: reason
            .rows
            .into_iter()
            .map(|(file, line, told)| (format!("{file}:{line}"), money(&told)))
            .collect(),
        count: reason.count,
        of: reason.of.into_iter().map(|one| shown(one, lang)).collect(),
    }
}

/// Two runs side by side, the greatest difference first.
pub fn comparison(
    (before, after): (RunId, RunId),
    compared: &Compared,
    later: &Json,
    names: &Names,
    lang: Lang,
) -> ComparisonPage {
    let run = |id: RunId| {
        (format!("{} {} {}", id.year, lang.pick("试算", "run"), id.number), format!("/settlement/{id}"))
    };
    let told = |amount: Option<Decimal>| amount.map(|it| money(&format!("{it:.2}"))).unwrap_or_default();
    let mut lines: Vec<_> = compared.lines.iter().collect();
    let difference =
        |line: &settle::compare::Changed| line.after.unwrap_or_default() - line.before.unwrap_or_default();
    lines.sort_by_key(|line| (std::cmp::Reverse(difference(line).abs()), line.line.clone()));
    let more = lines.len().saturating_sub(LISTED_MAX);
    let line_of = |line: &str| later["lines"].as_array()?.iter().find(|it| it["line"] == line);
    let payee = |line: &str| {
        let found = line_of(line).and_then(|it| it["payee"].as_str());
        names.with_code(found.unwrap_or_else(|| line.split_once('/').map_or("", |(_, payee)| payee)))
    };
    let title = |line: &str| {
        let title = line_of(line).and_then(|it| it["title"][lang.pick("zh", "en")].as_str());
        title.unwrap_or_default().to_owned()
    };
    let (old, new) = &compared.payments;
    let number = |text: &str| text.parse::<Decimal>().unwrap_or_default();
    ComparisonPage {
        before: run(before),
        after: run(after),
        payments: [money(old), money(new), signed(number(new) - number(old))],
        data: compared.data.clone(),
        parameters: compared.parameters.iter().cloned().map(|(name, old, new)| [name, old, new]).collect(),
        rules: compared.rules,
        lines: lines
            .into_iter()
            .take(LISTED_MAX)
            .map(|line| ComparisonLine {
                institution: payee(&line.line),
                line: line.line.clone(),
                title: title(&line.line),
                amounts: [told(line.before), told(line.after), signed(difference(line))],
                causes: line.causes.iter().map(|cause| cause_words(cause, lang)).collect(),
            })
            .collect(),
        more,
    }
}

/// A cause in people's words.
fn cause_words(cause: &str, lang: Lang) -> String {
    match cause.split_once(' ') {
        Some(("data", set)) => format!("{set}.csv"),
        Some(("parameter", name)) => format!("{} {name}", lang.pick("参数", "parameter")),
        _ if cause == TOGETHER => lang.pick("几处不同合在一起", "several of these together").to_owned(),
        _ => lang.pick("规则文字", "the text of the rules").to_owned(),
    }
}

/// A difference with its sign.
fn signed(amount: Decimal) -> String {
    let sign = if amount > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{}", money(&format!("{amount:.2}")))
}
