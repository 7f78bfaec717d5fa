//! Something is not there, not allowed, or went wrong: what, and what can be done instead.

use maud::html;

use crate::shell::page;
use crate::view::{Frame, Place, ProblemPage};
use crate::words::Word;

/// The page.
pub fn problem(frame: &Frame, view: &ProblemPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        p { (view.status) " " code { (view.code) } }
        @if !view.detail.is_empty() { p { (view.detail) } }
        @if !view.possible.is_empty() {
            h2 { (say(Word::Possible)) }
            ul { @for one in &view.possible { li { (one) } } }
        }
        p { a href="/" { (say(Word::Back)) } }
    };
    page(frame, Place::Other, &view.title, body)
}
