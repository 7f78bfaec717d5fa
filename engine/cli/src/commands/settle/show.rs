//! What `charter settle` prints: the table of lines, explanations, and what is wrong with files.

use std::collections::BTreeMap;

use expr::money::Yuan;
use language::rules::LineKind;
use language::words;
use language::words::Words;
use serde_json::json;
use settle::Settled;
use settle::explain::{ROWS_SHOWN, explain as reasons};
use settle::read::Reading;
use settle::write::{Told, kind};

use crate::exit::{Exit, Failure, Outcome as Done};
use crate::talk::Talk;

/// The lines by rule, with sums and what was left out.
pub fn table(told: &Told<'_>, talk: &Talk) {
    let title = &told.book.title;
    let year = told.year;
    talk.line(&talk.bold(talk.lang.pick(&format!("{} {year}", title.zh), &format!("{} {year}", title.en))));
    let mut last = None;
    for line in &told.outcome.lines {
        let of = &told.book.rules[line.rule].lines[line.line];
        if last != Some((line.rule, line.line)) {
            last = Some((line.rule, line.line));
            let rule = &told.book.rules[line.rule];
            talk.line(&talk.bold(&format!(
                "\n{}  {}",
                talk.lang.pick(&of.title.zh, &of.title.en),
                rule.basis.as_deref().unwrap_or_default()
            )));
        }
        let mark = match line.kind {
            LineKind::Payment => "",
            other => kind(other),
        };
        talk.line(&format!(
            "  {:<36} {:>22}  {mark} {}",
            line.id,
            line.net.to_string(),
            told.name(&line.payee)
        ));
    }
    sums(told, talk);
    exceptions(told, talk);
    if let Some(reconciled) = told.reconciled {
        let (matched, count) = (reconciled.matched, reconciled.unresolved.len());
        let effect = told.unresolved_effect.unwrap_or_default();
        talk.words(&words!(
            "核对：{matched} 笔一致，{count} 笔对不上、未计入，对拨付合计的影响 {effect} 元",
            "reconciled: {matched} agree; {count} do not and stay out, {effect} yuan of payments"
        ));
    }
    let run = told.inputs_hash();
    talk.words(&words!("规则与数据指纹 {run}", "rules and data {run}"));
}

fn sums(told: &Told<'_>, talk: &Talk) {
    let sum = |kind| told.outcome.sum(kind).unwrap_or_default();
    let (payments, deposits) = (sum(LineKind::Payment), sum(LineKind::Deposit));
    let capitals = payments.capitals();
    talk.line("");
    talk.words(&words!("拨付合计 {payments} 元（{capitals}）", "payments {payments} yuan"));
    talk.words(&words!(
        "财政存款配置合计 {deposits} 元，不计入拨付",
        "deposits {deposits} yuan, placed and not paid"
    ));
}

/// How often each code was met, with the effect.
fn exceptions(told: &Told<'_>, talk: &Talk) {
    let mut all: BTreeMap<(usize, &str), (usize, Yuan)> = BTreeMap::new();
    for it in &told.outcome.exceptions {
        let entry = all.entry((it.list, &it.code)).or_default();
        entry.0 += 1;
        entry.1 = entry.1.plus(it.effect).unwrap_or(entry.1);
    }
    if !all.is_empty() {
        talk.line(&talk.bold(talk.lang.pick("\n未计入和需要说明的", "\nLeft out or remarked")));
    }
    for ((list, code), (count, effect)) in all {
        let (zh, en) = settle::write::words_of(told.book, list, code);
        let rule = told.book.lists[list].rule.map_or("", |rule| &told.book.rules[rule].name);
        talk.words(&words!(
            "  {rule} {code}：{zh}，{count} 行，最多 {effect} 元",
            "  {rule} {code}: {en}, {count} rows, at most {effect} yuan"
        ));
    }
}

/// Why a line is what it is.
pub fn explain(settled: &Settled, line: &str, all: bool, json: bool, talk: &Talk) -> Done {
    let outcome = &settled.outcome;
    let Some(found) = outcome.lines.iter().find(|it| it.id == line) else {
        let ids = outcome.lines.iter().map(|it| it.id.as_str());
        let failure = Failure::usage(words!("没有结算行 {line}", "there is no line {line}"));
        return Err(match language::suggest::nearest(line, ids) {
            Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
            None => failure
                .advise(words!("结算行的名字如 R1_hedge.hedge/B001", "a line is called R1_hedge.hedge/B001")),
        });
    };
    let rows = if all { usize::MAX } else { ROWS_SHOWN };
    let reason =
        reasons(&settled.run(), found, rows).map_err(|stopped| Failure::new(Exit::Found, stopped.words))?;
    match json {
        true => talk.line(&super::reason_json(&reason).to_string()),
        false => talk.result(&format!("{}\n{}", found.id, reason.text(talk.lang))),
    }
    Ok(Exit::Fine)
}

/// Everything that is wrong with the files.
pub fn findings(reading: &Reading, json: bool, talk: &Talk) {
    for it in &reading.findings {
        if json {
            let object = json!({
                "kind": "finding", "code": it.code.id(), "file": it.file, "line": it.line, "column": it.column,
                "message": { "zh": it.words.zh, "en": it.words.en }, "cure": { "zh": it.cure.zh, "en": it.cure.en },
            });
            talk.line(&object.to_string());
            continue;
        }
        let line = it.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = it.column.as_ref().map(|column| format!(" {column}")).unwrap_or_default();
        talk.line(&format!("{}{line}{column}  {}  [{}]", it.file, it.words.get(talk.lang), it.code.id()));
        talk.line(&format!("    {}", it.cure.get(talk.lang)));
    }
    for ((file, code, column), more) in &reading.unlisted {
        let column = column.as_deref().unwrap_or_default();
        let code = code.id();
        talk.words(&words!(
            "{file} {column}：{code} 还有 {more} 处",
            "{file} {column}: {more} more of {code}"
        ));
    }
    let count = reading.findings.len() + reading.unlisted.values().sum::<usize>();
    talk.remark(&Words::new(
        format!("数据有 {count} 处不对，什么也没有算"),
        format!("{count} mistakes in the data; nothing was computed"),
    ));
}
