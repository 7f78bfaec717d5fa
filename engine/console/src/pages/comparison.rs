//! Two runs of a settlement side by side: what differs, by how much, and what can be the cause.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{ComparisonPage, Frame, Place};
use crate::words::Word;

/// The page.
pub fn comparison(frame: &Frame, view: &ComparisonPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let [before, after, delta] = &view.payments;
    let body = html! {
        p { a href=(view.before.1) { (view.before.0) } " → " a href=(view.after.1) { (view.after.0) } }
        dl.facts {
            div { dt { (say(Word::Payments)) } dd { (before) " → " (after) } }
            div { dt { (say(Word::Difference)) } dd { (delta) } }
        }
        (causes(frame, view))
        @if view.lines.is_empty() { p.empty { (say(Word::SameLines)) } } @else { (lines(frame, view)) }
    };
    page(frame, Place::Settlement, say(Word::Comparison), body)
}

fn causes(frame: &Frame, view: &ComparisonPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::WhatDiffers)) }
        ul {
            @for set in &view.data { li { (say(Word::DataDiffers)) " " code { (set) ".csv" } } }
            @for [name, old, new] in &view.parameters { li { (say(Word::ParameterDiffers)) " " code { (name) } " " (old) " → " strong { (new) } } }
            @if view.rules && view.parameters.is_empty() { li { (say(Word::RulesDiffer)) } }
            @if view.data.is_empty() && view.parameters.is_empty() && !view.rules { li { (say(Word::NothingDiffers)) } }
        }
    }
}

fn lines(frame: &Frame, view: &ComparisonPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        h2 { (say(Word::LinesThatDiffer)) " (" (view.lines.len() + view.more) ")" }
        div.scroll tabindex="0" role="group" aria-label=(say(Word::LinesThatDiffer)) {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Institution)) }
                    th scope="col" { (say(Word::Rule)) }
                    th.num scope="col" { (say(Word::Before)) }
                    th.num scope="col" { (say(Word::After)) }
                    th.num scope="col" { (say(Word::Difference)) }
                    th scope="col" { (say(Word::Cause)) }
                } }
                tbody {
                    @for line in &view.lines {
                        tr {
                            th scope="row" { (line.institution) }
                            td { @if !line.title.is_empty() { (line.title) br; } code { (line.line) } }
                            @for amount in &line.amounts { td.num { (amount) } }
                            td { (line.causes.join(frame.lang.pick("、", ", "))) }
                        }
                    }
                }
            }
        }
        @if view.more > 0 { p.small { (say(Word::Shown)) } }
    }
}
