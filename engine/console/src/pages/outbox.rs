//! What went out, what waits, what is stuck and why; stuck ones can be tried again.

use maud::{Markup, html};

use crate::moment::moment;
use crate::shell::{button_form, encoded, page};
use crate::view::{Frame, OutboxLine, OutboxPage, OutboxState, Place};
use crate::words::Word;

/// The page.
pub fn outbox(frame: &Frame, view: &OutboxPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let stuck = view.lines.iter().any(|l| l.state == OutboxState::Parked);
    let body = html! {
        @if view.lines.is_empty() { p.empty { (say(Word::OutboxEmpty)) } }
        @if stuck && view.may_replay { (button_form(frame, "/outbox/replay", say(Word::ReplayAll), "")) }
        ul.letters { @for line in &view.lines { (letter(frame, line, view.may_replay)) } }
    };
    page(frame, Place::Outbox, say(Word::OutboxTitle), body)
}

fn letter(frame: &Frame, line: &OutboxLine, may_replay: bool) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    let (word, class) = match line.state {
        OutboxState::Delivered => (Word::Delivered, "done"),
        OutboxState::Waiting => (Word::Waiting, "waiting"),
        OutboxState::Parked => (Word::Parked, "stopped"),
    };
    html! {
        li.card {
            p {
                strong { (line.title) } " → " (line.to) " "
                span.mark class=(class) { (say(word)) }
            }
            p.small {
                (moment(frame, line.at)) " · " (line.connector) " · "
                a href={ "/cases/" (line.case) } { (line.case) } " · " code { (line.key) }
                @if line.attempts > 0 { " · " (say(Word::Attempts)) " " (line.attempts) }
            }
            @if let Some(problem) = &line.problem { p.late { (say(Word::Problem)) "：" (problem) } }
            @if let Some((subject, text)) = &line.letter {
                details { summary { (say(Word::Letter)) "：" (subject) } pre { (text) } }
            }
            @if line.state == OutboxState::Parked && may_replay {
                (button_form(frame, &format!("/outbox/replay?key={}", encoded(&line.key)), say(Word::Replay), "quiet"))
            }
        }
    }
}
