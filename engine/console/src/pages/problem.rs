//! Something is not there, not allowed, or went wrong: what, and what can be done instead.

use maud::{Markup, html};

use crate::shell::page;
use crate::view::{Frame, Place, ProblemPage};
use crate::words::Word;

/// The page.
pub fn problem(frame: &Frame, view: &ProblemPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        p { (view.status) " " code { (view.code) } }
        @if !view.detail.is_empty() { p { (view.detail) } }
        @for (heading, text) in &view.parts {
            h2 { (heading) }
            @for one in text.split("\n\n") { (paragraph(one)) }
        }
        @if !view.possible.is_empty() {
            h2 { (say(Word::Possible)) }
            ul { @for one in &view.possible { li { (one) } } }
        }
        p { a href="/" { (say(Word::Back)) } }
    };
    page(frame, Place::Other, &view.title, body)
}

/// A paragraph; one that is all code is shown as it is typed.
fn paragraph(text: &str) -> Markup {
    let code = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    html! {
        @match code {
            Some(code) => pre { code { (code) } },
            None => p { (text) },
        }
    }
}
