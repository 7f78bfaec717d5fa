//! One process: its ladder with live counts, its numbers, and a form that opens a case.

use maud::{Markup, PreEscaped, html};

use crate::form::form;
use crate::shell::page;
use crate::view::{Frame, ParameterLine, Place, ProcessPage};
use crate::words::Word;

/// The page.
pub fn process(frame: &Frame, view: &ProcessPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        dl.facts {
            (fact(say(Word::Owner), &view.line.owner))
            (fact(say(Word::Basis), &view.line.basis))
            (fact(say(Word::Version), &format!("v{}", view.line.version)))
            @if let Some(day) = &view.effective { (fact(say(Word::Effective), day)) }
            (fact(say(Word::Hash), view.hash.get(..16).unwrap_or(&view.hash)))
            (fact(say(Word::Running), &view.line.running.to_string()))
            (fact(say(Word::EndedCount), &view.line.ended.to_string()))
        }
        p { a href={ "/cases?process=" (view.line.id) } { (say(Word::SeeCases)) } }
        @if let Some(opening) = &view.opening {
            details.card { summary { (say(Word::OpenCase)) } (form(frame, opening, "open", say(Word::OpenCase))) }
        }
        h2 { (say(Word::Ladder)) }
        figure.ladder-frame tabindex="0" { (PreEscaped(&view.ladder)) }
        @if !view.parameters.is_empty() { (parameters(frame, &view.parameters)) }
    };
    page(frame, Place::Catalogue, &view.line.title, body)
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn parameters(frame: &Frame, lines: &[ParameterLine]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::Parameters)) }
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Parameter)) }
                    th scope="col" { (say(Word::Value)) }
                    th scope="col" { (say(Word::From)) }
                    th scope="col" { (say(Word::Origin)) }
                    th scope="col" { (say(Word::Basis)) }
                } }
                tbody {
                    @for line in lines {
                        tr {
                            th scope="row" { (line.title) " " code { (line.name) } }
                            td { (line.value) }
                            td { (line.from) }
                            td { (line.origin) }
                            td { (line.basis) }
                        }
                    }
                }
            }
        }
    }
}
