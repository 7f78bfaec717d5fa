//! Why one amount of a settlement is what it is: every step, its clause, and the rows it rests on.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{AmountPage, Frame, Place};
use crate::words::Word;

/// The page.
pub fn amount(frame: &Frame, view: &AmountPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let title = format!("{} · {} · {}", view.institution, view.rule, view.year);
    let body = html! {
        p.amount { strong { (view.amount) } @if !view.capitals.is_empty() { " （" (view.capitals) "）" } }
        section.card {
            h2 { (say(Word::WhyThisAmount)) }
            div.scroll {
                table {
                    thead { tr {
                        th scope="col" { (say(Word::Step)) }
                        th scope="col" { (say(Word::HowReckoned)) }
                        th.num scope="col" { (say(Word::Result)) }
                        th scope="col" { (say(Word::Basis)) }
                    } }
                    tbody {
                        @for step in &view.steps {
                            tr {
                                th scope="row" { (step.title) }
                                td { (step.how) }
                                td.num { (step.value) }
                                td { (step.basis) }
                            }
                        }
                    }
                }
            }
        }
        @if !view.inputs.1.is_empty() { (inputs(frame, view)) }
        p { a href={ "/settlement/" (view.year) } { (say(Word::Back)) } }
    };
    page(frame, Place::Settlement, &title, body)
}

fn inputs(frame: &Frame, view: &AmountPage) -> Markup {
    let (heads, rows) = &view.inputs;
    html! {
        h2 { (Word::InputRows.say(frame.lang)) " (" (view.inputs_in_all) ")" }
        div.scroll {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
        @if rows.len() < view.inputs_in_all { p.small { (Word::Shown.say(frame.lang)) } }
    }
}
