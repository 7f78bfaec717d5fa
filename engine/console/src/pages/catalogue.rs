//! The processes of the office, each with what is under way.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{Frame, Place, ProcessLine};
use crate::words::Word;

/// The page.
pub fn catalogue(frame: &Frame, lines: &[ProcessLine]) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        p.intro { (say(Word::CatalogueIntro)) }
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { (say(Word::Process)) }
                    th scope="col" { (say(Word::Owner)) }
                    th scope="col" { (say(Word::Basis)) }
                    th.num scope="col" { (say(Word::Running)) }
                    th.num scope="col" { (say(Word::EndedCount)) }
                    th.num scope="col" { (say(Word::StoppedCount)) }
                } }
                tbody { @for line in lines { (row(line)) } }
            }
        }
    };
    page(frame, Place::Catalogue, say(Word::CatalogueTitle), body)
}

/// Nothing, said quietly: the eye is to find what there is.
fn none() -> Markup {
    html! { span.small { "0" } }
}

fn row(line: &ProcessLine) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/processes/" (line.id) } { (line.title) }
                " " small { "v" (line.version) }
            }
            td { (line.owner) }
            td { (line.basis) }
            td.num { @if line.running > 0 { a href={ "/cases?process=" (line.id) "&standing=running" } { (line.running) } } @else { (none()) } }
            td.num { @if line.ended > 0 { (line.ended) } @else { (none()) } }
            td.num.late[line.stopped > 0] { @if line.stopped > 0 { (line.stopped) } @else { (none()) } }
        }
    }
}
