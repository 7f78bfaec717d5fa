//! The way in: an account and its password, or in a demonstration one click on a sample account.

use maud::{Markup, html};

use crate::shell::{page, token};
use crate::view::{Frame, LoginPage, Person, Place};
use crate::words::Word;

/// The page.
pub fn login(frame: &Frame, view: &LoginPage) -> String {
    let say = |word: Word| word.say(frame.lang);
    let body = html! {
        @if view.failed { p.told.refused role="alert" { (say(Word::LoginFailed)) } }
        @if !view.samples.is_empty() { (samples(frame, view)) }
        form.fields.card method="post" action="/login" {
            (token(frame))
            input type="hidden" name="next" value=(view.next);
            div.field {
                label for="account" { (say(Word::Account)) }
                input #account name="account" required autocomplete="username";
            }
            div.field {
                label for="password" { (say(Word::Password)) }
                input #password name="password" type="password" required autocomplete="current-password";
            }
            button type="submit" { (say(Word::LogIn)) }
        }
    };
    page(frame, Place::Other, say(Word::LoginTitle), body)
}

fn samples(frame: &Frame, view: &LoginPage) -> Markup {
    html! {
        section.card {
            h2 { (Word::SampleAccounts.say(frame.lang)) }
            ul.samples { @for (account, person) in &view.samples { li { (sample(frame, view, account, person)) } } }
        }
    }
}

fn sample(frame: &Frame, view: &LoginPage, account: &str, person: &Person) -> Markup {
    html! {
        form method="post" action="/demo/login" {
            (token(frame))
            input type="hidden" name="next" value=(view.next);
            button type="submit" name="account" value=(account) {
                strong { (person.name) }
                @if let Some(organisation) = &person.organisation { " · " (organisation) }
                br;
                span.small { @if person.hint.is_empty() { (person.role) } @else { (person.hint) } }
            }
        }
    }
}
