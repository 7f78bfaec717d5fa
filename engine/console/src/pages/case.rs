//! One case: where it is, why it waits, what can be done, when what is due and why then, and what happened.

use maud::{Markup, PreEscaped, html};

use super::cases::standing;
use crate::form::act;
use crate::moment::{left, moment};
use crate::shell::{encoded, page};
use crate::view::{CasePage, CaseRun, ChildLine, Deadline, FactLine, Frame, Place};
use crate::words::Word;

/// The page.
pub fn case(frame: &Frame, view: &CasePage) -> String {
    let title = format!("{} {}", view.process.1, view.id);
    page(frame, Place::Cases, &title, live(frame, view))
}

/// The part of the page that is fetched again when the case changes.
pub fn live(frame: &Frame, view: &CasePage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        div #live data-live={ "/cases/" (view.id) "/live" } data-changes={ "/v1/facts/stream?case=" (encoded(&view.id)) } {
            p.where {
                span.mark.now { (view.states.join(frame.lang.pick("、", ", "))) } " "
                (standing(frame, view.standing)) " "
                a href={ "/processes/" (view.process.0) } { (view.process.1) } " v" (view.version)
            }
            div.columns {
                div.beside {
                    (now(frame, view))
                    @if !view.deadlines.is_empty() { (deadlines(frame, &view.deadlines)) }
                    @if !view.runs.is_empty() { (runs(frame, &view.runs)) }
                    @if !view.children.is_empty() { (children(frame, &view.children)) }
                    @if !view.data.is_empty() {
                        section.card {
                            h2 { (say(Word::Data)) }
                            dl.facts { @for (name, value) in &view.data { div { dt { (name) } dd { (told(value)) } } } }
                        }
                    }
                }
                figure.ladder-frame tabindex="0" { (PreEscaped(&view.ladder)) }
            }
            (history(frame, &view.history))
            p.command { (say(Word::SameOnCommandLine)) " " code { (view.command) } }
        }
    }
}

/// A value; of a fingerprint its beginning, for nobody reads all of it.
fn told(value: &str) -> Markup {
    let fingerprint = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    html! { @if fingerprint { code title=(value) { (value[..16]) "…" } } @else { (value) } }
}

fn now(frame: &Frame, view: &CasePage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        section.card {
            @if !view.waits.is_empty() { h2 { (say(Word::WaitsFor)) } }
            @for line in &view.waits { p { (line) } }
            h3 { (say(Word::YouCan)) }
            @if view.acts.is_empty() { p.empty { (say(Word::NothingForYou)) } }
            // What would be refused stands last.
            @for (n, one) in view.acts.iter().enumerate().filter(|(_, one)| one.refused.is_none()) { (act(frame, one, &format!("act{n}"))) }
            @for one in view.acts.iter().filter(|one| one.refused.is_some()) { (act(frame, one, "")) }
            @if !view.others.is_empty() {
                h3 { (say(Word::OthersCan)) }
                ul { @for (what, who) in &view.others { li { (what) " — " (who) } } }
            }
        }
    }
}

fn deadlines(frame: &Frame, lines: &[Deadline]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        section.card {
            h2 { (say(Word::Deadlines)) }
            @for line in lines {
                div.deadline {
                    p {
                        strong { (line.title) } " "
                        @match line.due {
                            Some(due) => { (moment(frame, due)) " " (left(frame, due)) }
                            None => { span.mark { (say(Word::Paused)) } }
                        }
                        @if line.provisional { " " span.mark { (say(Word::Provisional)) } }
                    }
                    @if !line.derivation.is_empty() {
                        details {
                            summary { (say(Word::HowReckoned)) }
                            ol.derivation { @for step in &line.derivation { li { (step) } } }
                        }
                    }
                }
            }
        }
    }
}

fn children(frame: &Frame, lines: &[ChildLine]) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    let slots = lines.iter().any(|line| line.slot.is_some());
    html! {
        section.card {
            h2 { (say(Word::Children)) }
            table {
                thead { tr {
                    th scope="col" { (say(Word::Who)) }
                    @if slots { th.num scope="col" { (say(Word::Slot)) } }
                    th scope="col" { (say(Word::WhereItStands)) }
                } }
                tbody {
                    @for line in lines {
                        tr.over[!line.active] {
                            th scope="row" { (line.key) " " small { (line.kind) } }
                            @if slots { td.num { @if let Some(slot) = line.slot { (slot) } } }
                            td {
                                (line.states.join(frame.lang.pick("、", ", "))) " "
                                @if !line.active { span.mark.ended { (say(Word::Ended)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The runs of the year a case carries.
fn runs(frame: &Frame, all: &[CaseRun]) -> Markup {
    html! {
        section.card {
            h2 { (Word::SettlementOfCase.say(frame.lang)) }
            ul {
                @for run in all {
                    li {
                        a href=(run.href) { (Word::RunOfYear.say(frame.lang)) " " (run.number) }
                        @if run.registered == Some(true) { " " span.mark.done { (Word::RegisteredHere.say(frame.lang)) } }
                    }
                }
            }
        }
    }
}

fn history(frame: &Frame, lines: &[FactLine]) -> Markup {
    html! {
        section {
            h2 { (Word::History.say(frame.lang)) }
            ol.history reversed {
                @for line in lines { (entry(frame, line)) }
            }
        }
    }
}

fn entry(frame: &Frame, line: &FactLine) -> Markup {
    html! {
        li class=(line.kind) value=(line.number) {
            (moment(frame, line.at)) " "
            (line.what)
            @for more in &line.more { div.small { (more) } }
            @if !line.why.is_empty() {
                details {
                    summary { (Word::Why.say(frame.lang)) }
                    ul { @for why in &line.why { li { (why) } } }
                }
            }
        }
    }
}
