//! The settlement a replay ends with: what institutions report for 2019, held against the history that the replay
//! left in the store.

use std::collections::{BTreeMap, BTreeSet};

use city::City;
use expr::money::Yuan;
use jiff::civil::{Date, date};
use language::rules::LineKind;
use language::words;
use language::words::Lang;
use ports::store::Store;
use replay::report::YearSettled;
use settle::Settled;

use crate::engine_room;
use crate::exit::{Exit, Failure};
use crate::settling::platform::Platform;
use crate::settling::{Rules, Sets, computed};
use crate::talk::Talk;

/// The year that is settled.
const YEAR: i16 = 2019;
/// Its last day.
pub const LAST: Date = date(YEAR, 12, 31);
/// So many payees are listed.
const LISTED: usize = 12;
/// The set that reports are held against.
const HISTORY: &str = "platform_loans";

/// Computes it.
///
/// # Errors
/// The store does not answer.
pub async fn settled(city: &City, store: &dyn Store) -> Result<Settled, Failure> {
    let wrong = || {
        Failure::new(
            Exit::Bug,
            words!(
                "程序自带的年度结算算不出这座城市",
                "the settlement inside the program cannot be computed for this city"
            ),
        )
    };
    let rules = Rules::compile(Rules::own_texts()).1.ok_or_else(wrong)?;
    let (name, text) = Rules::own_platform();
    let platform = Platform::read(&name, &text, &rules.book)?.only(&[HISTORY], &rules.book);
    let calendar = engine_room::calendar();
    let known = platform.sets(store, &rules.book, &calendar, YEAR).await?;
    let reported = Sets::of_city(city, &calendar, YEAR);
    let history = history(&known, &reported)?;
    let sets = Sets::Held(BTreeMap::from([(HISTORY.to_owned(), history.into_bytes())])).over(reported);
    let reading = sets.read(&rules.book, YEAR)?;
    if !reading.findings.is_empty() {
        return Err(wrong());
    }
    computed(&rules.book, YEAR, reading)
}

/// The platform's history. Some banks have books that are made up to meet the thresholds of the rules: theirs is the
/// history that goes with these books.
fn history(known: &Sets, reported: &Sets) -> Result<String, Failure> {
    let text = |sets: &Sets| -> Result<String, Failure> {
        Ok(String::from_utf8_lossy(&sets.bytes(HISTORY)?.unwrap_or_default()).into_owned())
    };
    let (known, made_up) = (text(known)?, text(reported)?);
    let bank = |row: &str| row.split(',').nth(1).unwrap_or_default().to_owned();
    let made_up: Vec<&str> = made_up.split_inclusive('\n').filter(|row| row.starts_with('T')).collect();
    let banks: BTreeSet<String> = made_up.iter().map(|row| bank(row)).collect();
    let natural = known.split_inclusive('\n').filter(|row| !banks.contains(&bank(row)));
    Ok(natural.chain(made_up.iter().copied()).collect())
}

/// As the report shows it.
pub fn told(settled: &Settled, lang: Lang) -> YearSettled {
    let payments = settled.outcome.sum(LineKind::Payment).unwrap_or_default();
    let deposits = settled.outcome.sum(LineKind::Deposit).unwrap_or_default();
    let mut rules: BTreeMap<(usize, usize), (usize, Yuan)> = BTreeMap::new();
    let mut payees: BTreeMap<&str, Yuan> = BTreeMap::new();
    let paid = settled.outcome.lines.iter().filter(|line| line.kind == LineKind::Payment);
    for line in paid.filter(|line| line.net != Yuan::ZERO) {
        let rule = rules.entry((line.rule, line.line)).or_default();
        rule.0 += 1;
        rule.1 = rule.1.plus(line.net).unwrap_or(rule.1);
        let payee = payees.entry(&line.payee).or_default();
        *payee = payee.plus(line.net).unwrap_or(*payee);
    }
    let rules = rules.into_iter().map(|((rule, line), (count, sum))| {
        let title = &settled.book.rules[rule].lines[line].title;
        [lang.pick(&title.zh, &title.en).to_string(), count.to_string(), sum.to_string()]
    });
    let mut payees: Vec<(&str, Yuan)> = payees.into_iter().collect();
    payees.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let named = |(payee, sum): (&str, Yuan)| {
        let name = settled.names.get(payee).map_or(payee, String::as_str);
        [format!("{name} {payee}"), sum.to_string()]
    };
    YearSettled {
        year: settled.year,
        rules: rules.collect(),
        payees: payees.into_iter().take(LISTED).map(named).collect(),
        payments: [payments.to_string(), payments.capitals()],
        deposits: deposits.to_string(),
        notes: notes(settled, lang),
    }
}

fn notes(settled: &Settled, lang: Lang) -> Vec<String> {
    let left_out = settled.outcome.exceptions.iter().filter(|it| it.left_out).count();
    let effect = settled.unresolved_effect.unwrap_or_default();
    let (matched, open) = settled.reconciled.as_ref().map_or((0, 0), |it| (it.matched, it.unresolved.len()));
    vec![
        words!(
            "与重放留下的平台记录核对：{matched} 笔一致，{open} 笔对不上、未计入，影响 {effect} 元",
            "held against the history that the replay left: {matched} agree, {open} do not and stay out, {effect} yuan"
        )
        .get(lang)
        .to_owned(),
        words!(
            "{left_out} 行不符合条件，未计入",
            "{left_out} rows do not meet the conditions and were left out"
        )
        .get(lang)
        .to_owned(),
    ]
}

/// In the terminal.
pub fn show(settled: &Settled, talk: &Talk) {
    let told = told(settled, talk.lang);
    talk.line("");
    talk.line(&talk.bold(talk.lang.pick("2019 年度激励结算", "The settlement of 2019")));
    for [title, count, sum] in &told.rules {
        talk.line(&format!("  {sum:>18}  {count:>4}  {title}"));
    }
    let [payments, capitals] = &told.payments;
    let deposits = &told.deposits;
    talk.words(&words!(
        "拨付合计 {payments} 元（{capitals}）；财政存款配置 {deposits} 元",
        "payments {payments} yuan; deposits {deposits} yuan"
    ));
    told.notes.iter().for_each(|note| talk.line(note));
}
