//! Why one amount of a settlement is what it is: every step with its formula and clause, down to rows of the files.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{AmountPage, AmountReason, Frame, Place};
use crate::words::Word;

/// So deep the steps stand open; deeper ones are opened by whoever wants to know.
const OPEN_DEPTH: usize = 3;

/// The page.
pub fn amount(frame: &Frame, view: &AmountPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let title = format!("{} · {} · {}", say(Word::WhyThisAmount), view.institution, view.reason.title);
    let body = html! {
        p { a href=(view.back) { "← " (view.run) } }
        p.amount { strong { (view.amount) } @if !view.capitals.is_empty() { " " span.small { (view.capitals) } } }
        @if !view.basis.is_empty() { p { (say(Word::Basis)) " " (view.basis) } }
        section.card.reason { (reason(frame, &view.reason, 0)) }
        @if let Some(whole) = &view.whole { p { a href=(whole) { (say(Word::EveryRow)) } } }
        p.command { (say(Word::SameOnCommandLine)) " " code { (view.command) } }
    };
    page(frame, Place::Settlement, &title, body)
}

/// A figure; what it is made of stands below it.
fn reason(frame: &Frame, of: &AmountReason, depth: usize) -> Markup {
    let deeper =
        !of.of.is_empty() || !of.rows.is_empty() || !of.parts.is_empty() || !of.parameters.is_empty();
    html! {
        @if deeper {
            details open[depth < OPEN_DEPTH] {
                summary { (head(of)) }
                (below(frame, of, depth))
            }
        } @else {
            p.leaf { (head(of)) }
        }
    }
}

fn head(of: &AmountReason) -> Markup {
    html! {
        span.what { (of.title) } " " strong.num { (of.value) }
        @if !of.how.is_empty() { " " code { "= " (of.how) } }
        @if !of.place.is_empty() || !of.basis.is_empty() {
            " " span.small { (of.place) @if !of.basis.is_empty() { " · " (of.basis) } }
        }
    }
}

fn below(frame: &Frame, of: &AmountReason, depth: usize) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        @if !of.parameters.is_empty() {
            ul.parameters { @for [name, value, basis] in &of.parameters {
                li { code { (name) } " = " strong { (value) } @if !basis.is_empty() { " " span.small { (basis) } } }
            } }
        }
        @if !of.parts.is_empty() { (parts(frame, of)) }
        @if !of.of.is_empty() { ul.steps { @for step in &of.of { li { (reason(frame, step, depth + 1)) } } } }
        @if of.count > 0 {
            @if of.rows.is_empty() { p.small { (say(Word::Rows)) " " (of.count) } } @else { (rows(frame, of)) }
        }
    }
}

fn parts(frame: &Frame, of: &AmountReason) -> Markup {
    html! {
        table.narrow {
            thead { tr {
                th scope="col" { (Word::Part.say(frame.lang)) }
                th.num scope="col" { (Word::Rows.say(frame.lang)) }
                th.num scope="col" { (Word::Result.say(frame.lang)) }
            } }
            tbody { @for [by, count, sum] in &of.parts { tr { td { (by) } td.num { (count) } td.num { (sum) } } } }
        }
    }
}

fn rows(frame: &Frame, of: &AmountReason) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        details {
            summary { (say(Word::InputRows)) " (" (of.count) ")" }
            table.narrow {
                thead { tr {
                    th scope="col" { (say(Word::InputRow)) }
                    th.num scope="col" { (say(Word::Result)) }
                } }
                tbody { @for (place, told) in &of.rows { tr { td { code { (place) } } td.num { (told) } } } }
            }
            @if of.rows.len() < of.count { p.small { (say(Word::Shown)) } }
        }
    }
}
