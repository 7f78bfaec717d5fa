//! What a settlement hands over: tables as CSV, notices, publicity, payment order, deposit plan; the run's identity.
//!
//! The same rules and data give the same bytes. Amounts in CSV are plain decimals in yuan; a cell that a spreadsheet
//! would take for a formula is refused that meaning.

use std::collections::BTreeMap;
use std::fmt::Write;

use expr::lang::Lang;
use expr::money::Yuan;
use language::rules::{Book, FIGURES, LineKind};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::reconcile::Reconciled;
use crate::stopped::too_large;
use crate::{Data, Outcome, Stopped};

/// A settlement as it is handed over.
#[derive(Debug)]
pub struct Told<'t> {
    /// The rules.
    pub book: &'t Book,
    /// The year.
    pub year: i16,
    /// What was read.
    pub data: &'t Data,
    /// What it came to.
    pub outcome: &'t Outcome,
    /// How the reports agree with the platform's history.
    pub reconciled: Option<&'t Reconciled>,
    /// What unresolved records would change in the sum of payments.
    pub unresolved_effect: Option<Yuan>,
    /// Names of institutions by id.
    pub names: BTreeMap<String, String>,
}

/// What each payee receives, and the sum; it is that of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order<'t> {
    /// Payee and amount, by payee; none of nothing.
    pub rows: Vec<(&'t str, Yuan)>,
    /// The sum.
    pub sum: Yuan,
}

/// A plain amount, two decimals.
pub fn plain(amount: Yuan) -> String {
    let fen = amount.fen();
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

fn figure(number: Option<Decimal>) -> String {
    number.map(|number| number.normalize().to_string()).unwrap_or_default()
}

/// A cell of CSV: quoted where it must be; text that begins like a formula gets a quotation mark before it.
pub fn cell(text: &str) -> String {
    let harmful = text.starts_with(['=', '+', '@', '\t'])
        || (text.starts_with('-') && text.parse::<Decimal>().is_err());
    let text = if harmful { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    out.push_str(&cells.join(","));
    out.push('\n');
}

impl Told<'_> {
    /// The hash of rules, year and files.
    pub fn inputs_hash(&self) -> String {
        let mut text = format!("{}\n{}\n", self.book.hash, self.year);
        for (set, hash) in &self.data.files {
            let _ = writeln!(text, "{set} {hash}");
        }
        hex(text.as_bytes())
    }

    /// The name of an institution; its id where there is none.
    pub fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.names.get(id).map_or(id, String::as_str)
    }

    /// All lines.
    pub fn lines_csv(&self) -> String {
        let mut out = String::new();
        let mut head = vec!["line", "rule", "title_zh", "title_en", "kind", "payee", "name"];
        head.extend(&FIGURES[..FIGURES.len() - 1]);
        head.extend(["net", "state"]);
        row(&mut out, &head);
        for line in &self.outcome.lines {
            let rule = &self.book.rules[line.rule];
            let of = &rule.lines[line.line];
            let figures: Vec<String> =
                line.figures[..FIGURES.len() - 1].iter().map(|it| figure(*it)).collect();
            let net = plain(line.net);
            let mut cells: Vec<&str> = vec![
                &line.id,
                &rule.name,
                &of.title.zh,
                &of.title.en,
                kind(line.kind),
                &line.payee,
                self.name(&line.payee),
            ];
            cells.extend(figures.iter().map(String::as_str));
            cells.extend([net.as_str(), "computed"]);
            row(&mut out, &cells);
        }
        out
    }

    /// All exceptions with their effect.
    pub fn exceptions_csv(&self) -> String {
        let mut out = String::new();
        row(
            &mut out,
            &[
                "rule",
                "step",
                "code",
                "meaning_zh",
                "meaning_en",
                "left_out",
                "institution",
                "subject",
                "file",
                "line",
                "effect_at_most",
            ],
        );
        for it in &self.outcome.exceptions {
            let words = words_of(self.book, it.list, &it.code);
            let (file, line) = match it.row {
                Some((set, line)) => (format!("{}.csv", self.book.lists[set].name), line.to_string()),
                None => (String::new(), String::new()),
            };
            let effect = plain(it.effect);
            row(
                &mut out,
                &[
                    &self.book.rules[it.rule].name,
                    &self.book.lists[it.list].name,
                    &it.code,
                    &words.0,
                    &words.1,
                    if it.left_out { "true" } else { "false" },
                    it.institution.as_deref().unwrap_or_default(),
                    it.subject.as_deref().unwrap_or_default(),
                    &file,
                    &line,
                    &effect,
                ],
            );
        }
        out
    }

    /// Records that do not agree with the platform's history.
    pub fn unresolved_csv(&self) -> String {
        let mut out = String::new();
        row(&mut out, &["status", "record", "line", "reported", "known"]);
        for it in self.reconciled.iter().flat_map(|it| &it.unresolved) {
            let line = it.line.map(|line| line.to_string()).unwrap_or_default();
            row(&mut out, &[&it.status, &it.key.join(" "), &line, &figure(it.reported), &figure(it.known)]);
        }
        out
    }

    /// The payment order: what each payee receives, the sum checked against the lines, in figures and capitals.
    ///
    /// # Errors
    /// Sums that do not agree or cannot be written.
    pub fn payment_order(&self) -> Result<String, Stopped> {
        self.order_csv(
            LineKind::Payment,
            "拨付清单 Payment order",
            "本清单不含财政存款 Deposits are not in this order",
        )
    }

    /// The deposit plan. Deposits are placed, never paid.
    ///
    /// # Errors
    /// Sums that do not agree or cannot be written.
    pub fn deposit_plan(&self) -> Result<String, Stopped> {
        self.order_csv(
            LineKind::Deposit,
            "财政存款配置计划 Deposit plan",
            "存款是存放，不是拨付 A deposit is placed, not paid",
        )
    }

    /// What each payee receives of a kind, checked against the lines.
    ///
    /// # Errors
    /// Sums that do not agree or cannot be written.
    pub fn order(&self, of: LineKind) -> Result<Order<'_>, Stopped> {
        let mut by_payee: BTreeMap<&str, Yuan> = BTreeMap::new();
        for line in self.outcome.lines.iter().filter(|line| line.kind == of) {
            let sum = by_payee.entry(&line.payee).or_default();
            *sum = sum.plus(line.net).map_err(|_| too_large())?;
        }
        let sum = Yuan::sum(by_payee.values().copied()).map_err(|_| too_large())?;
        let lines = self.outcome.sum(of)?;
        if sum != lines {
            return Err(Stopped::new(
                format!("清单合计 {sum} 与结算行合计 {lines} 不等"),
                format!("the order sums to {sum} and the lines to {lines}"),
            ));
        }
        by_payee.retain(|_, amount| *amount != Yuan::ZERO);
        Ok(Order { rows: by_payee.into_iter().collect(), sum })
    }

    fn order_csv(&self, of: LineKind, title: &str, note: &str) -> Result<String, Stopped> {
        let order = self.order(of)?;
        let mut out = String::new();
        row(&mut out, &[&format!("{title} {}", self.year)]);
        row(&mut out, &["payee", "name", "amount", "amount_in_capitals"]);
        for (payee, amount) in &order.rows {
            row(&mut out, &[payee, self.name(payee), &plain(*amount), &amount.capitals()]);
        }
        let sum = plain(order.sum);
        row(&mut out, &["合计 Total", "", &sum, &order.sum.capitals()]);
        row(&mut out, &["与结算行合计核对 Checked against the lines", "", &sum, "一致 equal"]);
        row(&mut out, &[note]);
        Ok(out)
    }

    /// The notice to one institution.
    pub fn notice(&self, payee: &str, lang: Lang) -> String {
        let title = &self.book.title;
        let mut out = one(
            lang,
            format!("# {}年度{}：{}（{payee}）\n\n", self.year, title.zh, self.name(payee)),
            format!("# {} {}: {} ({payee})\n\n", title.en, self.year, self.name(payee)),
        );
        for line in self.outcome.lines.iter().filter(|line| line.payee == payee) {
            let rule = &self.book.rules[line.rule];
            let of = &rule.lines[line.line];
            let basis = rule.basis.as_deref().unwrap_or_default();
            let amount = line.net;
            let _ = writeln!(
                out,
                "- {}：{amount}（{}）。{}",
                lang.pick(&of.title.zh, &of.title.en),
                amount.capitals(),
                basis
            );
        }
        let own: Vec<_> =
            self.outcome.exceptions.iter().filter(|it| it.institution.as_deref() == Some(payee)).collect();
        if !own.is_empty() {
            out.push_str(
                lang.pick("\n## 未计入和需要说明的记录\n\n", "\n## Records left out or remarked\n\n"),
            );
            let mut sums: BTreeMap<(usize, &str), (usize, Yuan)> = BTreeMap::new();
            for it in own {
                let entry = sums.entry((it.list, &it.code)).or_default();
                entry.0 += 1;
                entry.1 = entry.1.plus(it.effect).unwrap_or(entry.1);
            }
            for ((list, code), (count, effect)) in sums {
                let words = words_of(self.book, list, code);
                let _ = writeln!(
                    out,
                    "{}",
                    one(
                        lang,
                        format!("- {}：{count} 笔，最多影响 {effect} 元", words.0),
                        format!("- {}: {count} records, effect at most {effect} yuan", words.1),
                    )
                );
            }
        }
        out.push_str(lang.pick(
            "\n请在确认期内确认；有异议的写明理由。\n",
            "\nPlease confirm within the time given, or dispute with a reason.\n",
        ));
        out
    }

    /// The text that is made public.
    pub fn publicity(&self, lang: Lang) -> String {
        let title = &self.book.title;
        let mut out = one(
            lang,
            format!("# {}年度{}结果公示\n\n", self.year, title.zh),
            format!("# {} {}: result\n\n", title.en, self.year),
        );
        let mut last = None;
        for line in self.outcome.lines.iter().filter(|line| line.kind != LineKind::Figure) {
            let rule = &self.book.rules[line.rule];
            let of = &rule.lines[line.line];
            if last != Some((line.rule, line.line)) {
                last = Some((line.rule, line.line));
                let basis = rule.basis.as_deref().unwrap_or_default();
                let _ = writeln!(out, "\n## {}（{basis}）\n", lang.pick(&of.title.zh, &of.title.en));
            }
            let amount = match line.kind {
                LineKind::Honour => String::new(),
                _ => format!("：{}", line.net),
            };
            let _ = writeln!(out, "- {}{amount}", self.name(&line.payee));
        }
        out
    }

    /// Everything that identifies and makes up the run, for programs and for `charter settle diff`.
    pub fn run_json(&self) -> Json {
        let mut parameters = Map::new();
        let day = language::rules::last_day(self.year);
        for rule in &self.book.rules {
            for (parameter, place) in rule.parameters.iter().zip(&rule.places) {
                let value = parameter.on(day).plain();
                parameters.insert(
                    format!("{}.{}", rule.name, parameter.name),
                    json!({ "value": value, "place": &**place }),
                );
            }
        }
        let lines: Vec<Json> = self.outcome.lines.iter().map(|line| self.line_json(line)).collect();
        let unresolved: Vec<Json> = self
            .reconciled
            .iter()
            .flat_map(|it| &it.unresolved)
            .map(|it| json!({ "status": &*it.status, "record": it.key, "line": it.line, "reported": it.reported.map(|n| n.to_string()), "known": it.known.map(|n| n.to_string()) }))
            .collect();
        json!({
            "kind": "settlement",
            "settlement": &*self.book.name,
            "year": self.year,
            "version": self.book.version,
            "rules": &*self.book.hash,
            "files": self.data.files,
            "inputs": self.inputs_hash(),
            "result": hex(format!("{}{}", self.lines_csv(), self.exceptions_csv()).as_bytes()),
            "payments": self.outcome.sum(LineKind::Payment).map(plain).unwrap_or_default(),
            "deposits": self.outcome.sum(LineKind::Deposit).map(plain).unwrap_or_default(),
            "exceptions": self.outcome.exceptions.len(),
            "matched": self.reconciled.map(|it| it.matched),
            "unresolved_effect": self.unresolved_effect.map(plain),
            "unresolved": unresolved,
            "parameters": parameters,
            "lines": lines,
        })
    }

    /// One line for programs.
    pub fn line_json(&self, line: &crate::Line) -> Json {
        let rule = &self.book.rules[line.rule];
        let of = &rule.lines[line.line];
        let mut figures = Map::new();
        for (name, value) in FIGURES.iter().zip(&line.figures).take(FIGURES.len() - 1) {
            figures.insert(
                (*name).to_owned(),
                value.map_or(Json::Null, |it| Json::String(it.normalize().to_string())),
            );
        }
        json!({
            "line": line.id, "rule": &*rule.name, "kind": kind(line.kind), "payee": line.payee,
            "title": { "zh": &*of.title.zh, "en": &*of.title.en }, "figures": figures,
            "net": plain(line.net), "state": "computed",
        })
    }
}

/// The sentence of a language.
pub(crate) fn one(lang: Lang, zh: String, en: String) -> String {
    if lang == Lang::Zh { zh } else { en }
}

/// `payment`, `deposit`, `honour`, `figure`.
pub fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Payment => "payment",
        LineKind::Deposit => "deposit",
        LineKind::Honour => "honour",
        LineKind::Figure => "figure",
    }
}

/// What a code of a step says, in Chinese and English.
pub fn words_of(book: &Book, list: usize, code: &str) -> (String, String) {
    let language::rules::Made::Step(step) = &book.lists[list].made else { return Default::default() };
    let found = step.exclude.iter().chain(&step.remark).find(|coded| *coded.code == *code);
    found.map(|coded| (coded.words.zh.to_string(), coded.words.en.to_string())).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
