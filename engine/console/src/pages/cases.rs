//! Cases: those this person may see, narrowed by process, number or organisation.

use maud::{Markup, html};

use crate::moment::{left, moment};
use crate::shell::{encoded, page};
use crate::view::{CaseLine, CasesPage, Frame, Place, Standing};
use crate::words::Word;

/// The page.
pub fn cases(frame: &Frame, view: &CasesPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        (search(frame, view))
        @if view.lines.is_empty() { p.empty { (say(Word::NoCases)) } } @else {
            div.scroll tabindex="0" {
                table.cards {
                    thead { tr {
                        th scope="col" { (say(Word::Number)) }
                        th scope="col" { (say(Word::Process)) }
                        th scope="col" { (say(Word::WhereItStands)) }
                        th scope="col" { (say(Word::Whose)) }
                        th scope="col" { (say(Word::Due)) }
                        th scope="col" { (say(Word::StartedAt)) }
                    } }
                    tbody { @for line in &view.lines { (row(frame, line)) } }
                }
            }
        }
        @if let Some(next) = &view.next { p { a rel="next" href=(following(view, next)) { (say(Word::NextPage)) } } }
    };
    page(frame, Place::Cases, say(Word::CasesTitle), body)
}

/// What the list can be narrowed to.
const STANDINGS: [(Word, &str); 4] = [
    (Word::Running, "running"),
    (Word::EndedCount, "ended"),
    (Word::StoppedCount, "incident"),
    (Word::AllStandings, "all"),
];

fn following(view: &CasesPage, next: &str) -> String {
    let process = view.process.as_deref().unwrap_or_default();
    let standing = &view.standing;
    let (process, wanted, next) = (encoded(process), encoded(&view.wanted), encoded(next));
    format!("/cases?process={process}&standing={standing}&q={wanted}&after={next}")
}

fn search(frame: &Frame, view: &CasesPage) -> Markup {
    let say = |word: Word| word.say(frame.lang);
    html! {
        form.search method="get" action="/cases" role="search" {
            label for="process" { (say(Word::Process)) }
            select #process name="process" {
                option value="" { (say(Word::AllProcesses)) }
                @for (name, title) in &view.processes {
                    option value=(name) selected[view.process.as_ref() == Some(name)] { (title) }
                }
            }
            label for="standing" { (say(Word::WhereItStands)) }
            select #standing name="standing" {
                @for (word, name) in STANDINGS {
                    option value=(name) selected[view.standing == name] { (say(word)) }
                }
            }
            label for="q" { (say(Word::SearchCase)) }
            input #q name="q" type="search" value=(view.wanted);
            button type="submit" { (say(Word::Search)) }
        }
    }
}

fn row(frame: &Frame, line: &CaseLine) -> Markup {
    let label = |word: Word| word.say(frame.lang);
    html! {
        tr {
            th scope="row" { a href={ "/cases/" (line.id) } { (line.id) } }
            td { (line.process) }
            td data-label=(label(Word::WhereItStands)) { (line.states.join(frame.lang.pick("、", ", "))) " " (standing(frame, line.standing)) }
            td data-label=(label(Word::Whose)) { (line.party.as_deref().unwrap_or_default()) }
            td data-label=(label(Word::Due)) { @if let Some(due) = line.due { (moment(frame, due)) " " (left(frame, due)) } }
            td data-label=(label(Word::StartedAt)) { (moment(frame, line.started_at)) }
        }
    }
}

/// A mark for cases that do not simply go on: never by colour alone.
pub fn standing(frame: &Frame, standing: Standing) -> Markup {
    match standing {
        Standing::Running => html! {},
        Standing::Ended => html! { span.mark.ended { (Word::Ended.say(frame.lang)) } },
        Standing::Stopped => html! { span.mark.stopped { (Word::Stopped.say(frame.lang)) } },
    }
}
