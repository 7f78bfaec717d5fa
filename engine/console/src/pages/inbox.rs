//! The tasks a person has or may take, soonest due first.

use maud::{Markup, html};

use crate::form::act;
use crate::moment::{left, moment};
use crate::shell::{page, token};
use crate::view::{Frame, Place, TaskLine};
use crate::words::Word;

/// The page.
pub fn inbox(frame: &Frame, lines: &[TaskLine]) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        @if lines.is_empty() { p.empty { (say(Word::InboxEmpty)) } }
        ul.tasks { @for line in lines { (task(frame, line)) } }
    };
    let title = match lines.len() {
        0 => say(Word::InboxTitle).to_owned(),
        n => format!("{} ({n})", say(Word::InboxTitle)),
    };
    page(frame, Place::Inbox, &title, body)
}

fn task(frame: &Frame, line: &TaskLine) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    let ids = format!("t-{}-{}", line.case, line.task);
    html! {
        li.card {
            div.head {
                h2 { a href={ "/cases/" (line.case) } { (line.title) } }
                p {
                    (line.process) " · " (line.case)
                    @if let Some(party) = &line.party { " · " (party) }
                }
                p {
                    @if let Some(due) = line.due { (moment(frame, due)) " " (left(frame, due)) " · " }
                    (say(Word::HeldBy)) " "
                    @match (&line.holder, line.mine) {
                        (_, true) => { strong { (say(Word::Mine)) } }
                        (Some(holder), _) => { (holder) }
                        (None, _) => { (say(Word::Nobody)) }
                    }
                }
            }
            div.acts {
                @for (n, one) in line.acts.iter().enumerate() { (act(frame, one, &format!("{ids}-{n}"))) }
            }
            div.verbs { @for verb in &line.verbs { (button(frame, line, verb, &ids)) } }
        }
    }
}

/// A verb on the task itself. Handing it to a colleague asks whom; some verbs ask why.
fn button(frame: &Frame, line: &TaskLine, verb: &(String, String, bool), ids: &str) -> Markup {
    let (name, title, reason) = verb;
    let to_colleague = matches!(name.as_str(), "transfer" | "delegate" | "add_signer");
    let action = format!("/cases/{}/tasks/{}/{name}", line.case, line.task);
    let fields = html! {
        @if to_colleague {
            label for={ (ids) "-" (name) "-to" } { (Word::Colleague.say(frame.lang)) }
            input id={ (ids) "-" (name) "-to" } name="to" required autocomplete="off";
        }
        @if *reason {
            label for={ (ids) "-" (name) "-reason" } { (Word::Reason.say(frame.lang)) }
            input id={ (ids) "-" (name) "-reason" } name="reason" required autocomplete="off";
        }
    };
    let form = html! {
        form.inline method="post" action=(action) {
            (token(frame))
            @if to_colleague || *reason { (fields) }
            button.quiet type="submit" { (title) }
        }
    };
    html! { @if to_colleague || *reason { details { summary { (title) } (form) } } @else { (form) } }
}
