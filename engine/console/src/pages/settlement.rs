//! A year's settlement: institutions by rules, every amount a link to why it is so.

use maud::{Markup, html};

use crate::shell::{encoded, page};
use crate::view::{ExceptionLine, Frame, Place, SettlementPage, SettlementRow};
use crate::words::Word;

/// The page; without a result it says so.
pub fn settlement(frame: &Frame, view: Option<&SettlementPage>) -> String {
    let say = |word: Word| word.say(frame.lang);
    let Some(view) = view else {
        let body = html! { p.empty { (say(Word::NoSettlement)) " " code { "charter settle --year 2019 --data DIR" } } };
        return page(frame, Place::Settlement, say(Word::SettlementTitle), body);
    };
    let body = html! {
        p { (say(Word::Rules)) " " code { (view.rules) } " · " (say(Word::DataState)) " " (view.data) " · " (view.run) }
        (table(frame, view))
        @if !view.exceptions.is_empty() { (exceptions(frame, &view.exceptions)) }
    };
    page(frame, Place::Settlement, &format!("{} {}", say(Word::SettlementTitle), view.year), body)
}

fn table(frame: &Frame, view: &SettlementPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        div.scroll {
            table.settlement {
                thead { tr {
                    th scope="col" { (say(Word::Institution)) }
                    @for (code, title) in &view.rules_paid { th.num scope="col" { (title) " " small { (code) } } }
                    th.num scope="col" { (say(Word::Total)) }
                } }
                tbody { @for row in &view.rows { (line(frame, row, &view.year)) } }
                tfoot { tr {
                    th scope="row" { (say(Word::Total)) }
                    @for _ in &view.rules_paid { td {} }
                    td.num { strong { (view.total) } }
                } }
            }
        }
    }
}

fn line(frame: &Frame, row: &SettlementRow, year: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (row.institution) }
            @for amount in &row.amounts {
                td.num {
                    @if !amount.amount.is_empty() {
                        a href={ "/settlement/" (year) "/" (encoded(&amount.line)) } { (amount.amount) }
                    }
                    @if amount.capped { " " span.mark { (Word::Capped.say(frame.lang)) } }
                }
            }
            td.num { (row.total) }
        }
    }
}

fn exceptions(frame: &Frame, lines: &[ExceptionLine]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::Exceptions)) " (" (lines.len()) ")" }
        div.scroll {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Code)) }
                    th scope="col" { (say(Word::Institution)) }
                    th scope="col" { (say(Word::What)) }
                    th.num scope="col" { (say(Word::Effect)) }
                } }
                tbody {
                    @for line in lines {
                        tr {
                            td { code { (line.code) } }
                            td { (line.institution) }
                            td { (line.what) }
                            td.num { (line.effect) }
                        }
                    }
                }
            }
        }
    }
}
