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
            table.cards {
                thead { tr {
                    th scope="col" { (say(Word::Process)) }
                    th scope="col" { (say(Word::Owner)) }
                    th scope="col" { (say(Word::Basis)) }
                    th.num scope="col" { (say(Word::Running)) }
                    th.num scope="col" { (say(Word::EndedCount)) }
                    th.num scope="col" { (say(Word::StoppedCount)) }
                } }
                tbody { @for line in lines { (row(frame, line)) } }
            }
        }
    };
    page(frame, Place::Catalogue, say(Word::CatalogueTitle), body)
}

/// So many, leading to them. Nothing is said quietly: the eye is to find what there is.
fn count(cases: u64, those: &str) -> Markup {
    match cases {
        0 => html! { span.small { "0" } },
        _ => html! { a href=(those) { (cases) } },
    }
}

fn row(frame: &Frame, line: &ProcessLine) -> Markup {
    let label = |word: Word| word.say(frame.lang);
    let those = |standing: &str| format!("/cases?process={}&standing={standing}", line.id);
    html! {
        tr {
            th scope="row" {
                a href={ "/processes/" (line.id) } { (line.title) }
                " " small { "v" (line.version) }
            }
            td data-label=(label(Word::Owner)) { (line.owner) }
            td data-label=(label(Word::Basis)) { (line.basis) }
            td.num data-label=(label(Word::Running)) { (count(line.running, &those("running"))) }
            td.num data-label=(label(Word::EndedCount)) { (count(line.ended, &those("ended"))) }
            td.num.late[line.stopped > 0] data-label=(label(Word::StoppedCount)) { (count(line.stopped, &those("incident"))) }
        }
    }
}
