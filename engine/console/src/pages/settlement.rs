//! The annual settlement: the runs that are kept, and one of them; every amount is a link to why it is so.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{
    ExceptionLine, ExceptionRow, Frame, OtherLines, Place, RunCase, RunLine, RunsPage, SettlementPage,
    SettlementRow,
};
use crate::words::Word;

/// The list of runs; without any it says how one is made.
pub fn runs(frame: &Frame, view: &RunsPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        p.intro { (say(Word::SettlementIntro)) }
        @if !view.sums { p.intro { (say(Word::OwnOnly)) } }
        @if view.runs.is_empty() {
            p.empty { (say(Word::NoSettlement)) " " code { "charter settle --year 2019 --data DIR --keep" } }
        } @else {
            div.scroll tabindex="0" {
                table.cards {
                    thead { tr {
                        th scope="col" { (say(Word::Year)) }
                        th scope="col" { (say(Word::RunOfYear)) }
                        @if view.sums {
                            th.num scope="col" { (say(Word::Payments)) }
                            th.num scope="col" { (say(Word::Deposits)) }
                            th.num scope="col" { (say(Word::Exceptions)) }
                        }
                        th scope="col" { (say(Word::Rules)) }
                        th scope="col" { (say(Word::CarriedBy)) }
                    } }
                    tbody { @for run in &view.runs { (run_line(frame, run, view.sums)) } }
                }
            }
        }
    };
    page(frame, Place::Settlement, say(Word::SettlementTitle), body)
}

fn run_line(frame: &Frame, run: &RunLine, sums: bool) -> Markup {
    html! {
        tr {
            td { (run.year) }
            th scope="row" {
                a href=(run.href) { (named(frame, &run.number)) }
                @if let Some(compare) = &run.compare {
                    " " a.small href=(compare) { (Word::CompareWithBefore.say(frame.lang)) }
                }
            }
            @if sums {
                td.num data-label=(Word::Payments.say(frame.lang)) { (run.payments) }
                td.num data-label=(Word::Deposits.say(frame.lang)) { (run.deposits) }
                td.num data-label=(Word::Exceptions.say(frame.lang)) { (run.exceptions) }
            }
            td data-label=(Word::Rules.say(frame.lang)) { (run.rules) }
            td data-label=(Word::CarriedBy.say(frame.lang)) { @for case in &run.cases { (carrier(frame, case)) " " } }
        }
    }
}

/// `试算 2`, `Run 2`.
fn named(frame: &Frame, number: &str) -> String {
    format!("{} {number}", Word::RunOfYear.say(frame.lang))
}

fn carrier(frame: &Frame, case: &RunCase) -> Markup {
    html! {
        a href={ "/cases/" (case.id) } { (case.id) } " "
        @for state in &case.states { span.mark { (state) } " " }
        @match case.registered {
            Some(true) => span.mark.done { (Word::Registered.say(frame.lang)) },
            Some(false) => span.mark.waiting { (Word::OtherRegistered.say(frame.lang)) },
            None => {}
        }
    }
}

/// One run.
pub fn settlement(frame: &Frame, view: &SettlementPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        @if view.own_only { p.told { (say(Word::OwnOnly)) } }
        (identity(frame, view))
        (payments(frame, view))
        @for lines in &view.others { (other(frame, lines)) }
        @if !view.order.is_empty() { (order(frame, view)) }
        @if !view.exceptions.is_empty() { (exceptions(frame, view)) }
        @if let Some(reconciled) = &view.reconciled { (unresolved(frame, view, reconciled)) }
    };
    let title =
        format!("{} {} · {}", say(Word::SettlementTitle), view.line.year, named(frame, &view.line.number));
    page(frame, Place::Settlement, &title, body)
}

fn identity(frame: &Frame, view: &SettlementPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    let short = |hash: &String| hash.get(..16).unwrap_or(hash).to_owned();
    let [rules, inputs, result] = &view.hashes;
    html! {
        dl.facts {
            div { dt { (say(Word::Rules)) } dd { (view.line.rules) } }
            div { dt { (say(Word::RulesHash)) } dd { code title=(rules) { (short(rules)) } } }
            div { dt { (say(Word::DataState)) } dd { code title=(inputs) { (short(inputs)) } } }
            div { dt { (say(Word::ResultHash)) } dd { code title=(result) { (short(result)) } } }
            div { dt { (say(Word::Payments)) } dd { (view.line.payments) } }
            div { dt { (say(Word::Deposits)) } dd { (view.line.deposits) } }
        }
        @if !view.line.cases.is_empty() {
            p { (say(Word::CarriedBy)) " " @for case in &view.line.cases { (carrier(frame, case)) " " } }
        }
        @if !view.files.is_empty() {
            p.files { (say(Word::TakeAway)) " " @for (name, href) in &view.files { a href=(href) download=(name) { (name) } " " } }
        }
        @if !view.comparisons.is_empty() {
            p { (say(Word::CompareWith)) " " @for (number, href) in &view.comparisons { a href=(href) { (named(frame, number)) } " " } }
        }
    }
}

fn payments(frame: &Frame, view: &SettlementPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::Payments)) }
        @if view.rows.is_empty() { p.empty { (say(Word::NoLines)) } }
        @else {
            div.scroll tabindex="0" role="group" aria-label=(say(Word::Payments)) {
                table.settlement {
                    thead { tr {
                        th scope="col" { (say(Word::Institution)) }
                        th.num scope="col" { (say(Word::Total)) }
                        @for (code, title) in &view.rules_paid { th.num scope="col" { (title) br; small { (code) } } }
                    } }
                    tbody { @for row in &view.rows { (institution(frame, row)) } }
                    tfoot { tr {
                        th scope="row" { (say(Word::Total)) }
                        td.num { strong { (view.total) } }
                        @for _ in &view.rules_paid { td {} }
                    } }
                }
            }
            p.small { (say(Word::InCapitals)) " " (view.capitals) }
        }
    }
}

fn institution(frame: &Frame, row: &SettlementRow) -> Markup {
    html! {
        tr {
            th scope="row" { (row.institution) }
            td.num { strong { (row.total) } }
            @for amount in &row.amounts {
                td.num {
                    @if !amount.amount.is_empty() { a href=(amount.href) { (amount.amount) } }
                    @if amount.capped { br; span.mark { (Word::Capped.say(frame.lang)) } }
                }
            }
        }
    }
}

fn other(frame: &Frame, lines: &OtherLines) -> Markup {
    html! {
        details {
            summary { (lines.title) " · " (lines.kind) " (" (lines.lines.len()) ") " code { (lines.rule) } }
            table.narrow {
                thead { tr {
                    th scope="col" { (Word::Institution.say(frame.lang)) }
                    th.num scope="col" { (Word::Result.say(frame.lang)) }
                } }
                tbody {
                    @for (payee, amount, href) in &lines.lines {
                        tr { td { (payee) } td.num { a href=(href) { @if amount.is_empty() { (lines.kind) } @else { (amount) } } } }
                    }
                }
            }
        }
    }
}

fn order(frame: &Frame, view: &SettlementPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::PaymentOrder)) }
        p.small { (say(Word::SumsChecked)) }
        div.scroll tabindex="0" role="group" aria-label=(say(Word::PaymentOrder)) {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Institution)) }
                    th.num scope="col" { (say(Word::AmountInYuan)) }
                    th scope="col" { (say(Word::InCapitals)) }
                } }
                tbody { @for [name, amount, capitals] in &view.order { tr { th scope="row" { (name) } td.num { (amount) } td { (capitals) } } } }
                tfoot { tr { th scope="row" { (say(Word::Total)) } td.num { strong { (view.total) } } td { strong { (view.capitals) } } } }
            }
        }
    }
}

fn exceptions(frame: &Frame, view: &SettlementPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::Exceptions)) }
        div.scroll tabindex="0" role="group" aria-label=(say(Word::Exceptions)) {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Code)) }
                    th scope="col" { (say(Word::What)) }
                    th scope="col" { (say(Word::Treatment)) }
                    th.num scope="col" { (say(Word::Rows)) }
                    th.num scope="col" { (say(Word::Effect)) }
                } }
                tbody { @for line in &view.exceptions { (exception(frame, line)) } }
            }
        }
        @if !view.exception_rows.is_empty() {
            details {
                summary { (say(Word::GreatestEffects)) " (" (view.exception_rows.len()) ")" }
                (exception_rows(frame, &view.exception_rows))
            }
        }
    }
}

fn exception(frame: &Frame, line: &ExceptionLine) -> Markup {
    let (word, class) = match line.left_out {
        true => (Word::LeftOut, "stopped"),
        false => (Word::Remarked, "waiting"),
    };
    html! {
        tr {
            td { code { (line.rule) "." (line.code) } }
            td { (line.what) }
            td { span.mark class=(class) { (word.say(frame.lang)) } }
            td.num { (line.rows) }
            td.num { (line.effect) }
        }
    }
}

fn exception_rows(frame: &Frame, rows: &[ExceptionRow]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        div.scroll tabindex="0" role="group" aria-label=(say(Word::GreatestEffects)) {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Code)) }
                    th scope="col" { (say(Word::Institution)) }
                    th scope="col" { (say(Word::Whose)) }
                    th scope="col" { (say(Word::InputRow)) }
                    th.num scope="col" { (say(Word::Effect)) }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td { code { (row.code) } } td { (row.institution) } td { (row.subject) }
                            td { code { (row.place) } } td.num { (row.effect) }
                        }
                    }
                }
            }
        }
    }
}

fn unresolved(frame: &Frame, view: &SettlementPage, [matched, open, effect]: &[String; 3]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::Reconciliation)) }
        dl.facts {
            div { dt { (say(Word::Agree)) } dd { (matched) } }
            div { dt { (say(Word::Disagree)) } dd { (open) } }
            div { dt { (say(Word::Effect)) } dd { (effect) } }
        }
        @if !view.unresolved.is_empty() {
            details {
                summary { (say(Word::Disagree)) " (" (view.unresolved.len()) ")" }
                div.scroll tabindex="0" role="group" aria-label=(say(Word::Disagree)) {
                    table {
                        thead { tr {
                            th scope="col" { (say(Word::What)) }
                            th scope="col" { (say(Word::Record)) }
                            th scope="col" { (say(Word::InputRow)) }
                            th.num scope="col" { (say(Word::AsReported)) }
                            th.num scope="col" { (say(Word::AsKnown)) }
                        } }
                        tbody {
                            @for [status, record, line, reported, known] in &view.unresolved {
                                tr { td { (status) } td { (record) } td { (line) } td.num { (reported) } td.num { (known) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
