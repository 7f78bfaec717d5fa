//! What stands round every page: head, navigation, the virtual clock of a demonstration, footer.

use maud::{DOCTYPE, Markup, html};

use crate::moment::moment;
use crate::view::{Frame, Place, Told};
use crate::words::Word;

/// A whole page.
pub fn page(frame: &Frame, here: Place, title: &str, body: Markup) -> String {
    let lang = frame.lang.pick("zh-CN", "en");
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (Word::Product.say(frame.lang)) }
                link rel="icon" href="/assets/mark.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/ladder.css";
                link rel="stylesheet" href="/assets/app.css";
                script src="/assets/app.js" defer {}
            }
            body {
                a.skip href="#content" { (Word::Skip.say(frame.lang)) }
                (banner(frame, here))
                main #content tabindex="-1" {
                    (told(frame))
                    h1 { (title) }
                    (body)
                }
                footer { p { (Word::Footer.say(frame.lang)) } }
            }
        }
    }
    .into_string()
}

fn banner(frame: &Frame, here: Place) -> Markup {
    let parts = [
        (Place::Inbox, "/inbox", Word::Inbox),
        (Place::Cases, "/cases", Word::Cases),
        (Place::Catalogue, "/processes", Word::Catalogue),
        (Place::Outbox, "/outbox", Word::Outbox),
        (Place::Settlement, "/settlement", Word::Settlement),
    ];
    html! {
        header.banner {
            a.product href="/" { img src="/assets/mark.svg" alt="" width="24" height="24"; (Word::Product.say(frame.lang)) }
            nav aria-label=(Word::Product.say(frame.lang)) {
                @for (place, path, word) in parts {
                    a href=(path) aria-current=[(place == here).then_some("page")] { (word.say(frame.lang)) }
                }
            }
            div.person {
                a.language href=(other_language(frame)) hreflang=(frame.lang.pick("en", "zh-CN")) {
                    (Word::OtherLanguage.say(frame.lang))
                }
                @if let Some(person) = &frame.person {
                    span.who title=(person.role) {
                        strong { (person.name) } " "
                        span { (person.role) @if let Some(o) = &person.organisation { " · " (o) } }
                    }
                    (button_form(frame, "/logout", Word::LogOut.say(frame.lang), "quiet"))
                } @else {
                    a href="/login" { (Word::LogIn.say(frame.lang)) }
                }
            }
        }
        @if frame.demonstration { (clock(frame)) }
    }
}

/// The same page in the other language.
fn other_language(frame: &Frame) -> String {
    let to = frame.lang.pick("en", "zh");
    format!("/language/{to}?next={}", encoded(&frame.path))
}

/// A text as a value in a query: everything but plain letters and digits is written by its bytes.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn clock(frame: &Frame) -> Markup {
    let steps = [("PT1H", Word::OneHour), ("P1D", Word::OneDay), ("P7D", Word::OneWeek)];
    html! {
        div.clock {
            span { (Word::VirtualClock.say(frame.lang)) " " (moment(frame, frame.now)) }
            form method="post" action="/demo/clock" {
                (token(frame))
                input type="hidden" name="next" value=(frame.path);
                @for (by, word) in steps {
                    button.quiet type="submit" name="by" value=(by) { (word.say(frame.lang)) }
                }
            }
        }
    }
}

/// What came of the act before.
fn told(frame: &Frame) -> Markup {
    match &frame.told {
        None => html! {},
        Some(Told::Done(text)) => html! { p.told.done role="status" { (text) } },
        Some(Told::Refused { sentence, code, possible }) => html! {
            div.told.refused role="alert" {
                p { strong { (sentence) } " " code { (code) } }
                @if !possible.is_empty() {
                    p { (Word::Possible.say(frame.lang)) "：" (possible.join(frame.lang.pick("、", ", "))) }
                }
            }
        },
    }
}

/// The unseen value that proves a form came from one of our own pages.
pub fn token(frame: &Frame) -> Markup {
    html! { input type="hidden" name="token" value=(frame.token); }
}

/// A form that is only a button.
pub fn button_form(frame: &Frame, action: &str, text: &str, class: &str) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            (token(frame))
            button class=(class) type="submit" { (text) }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::view::Person;
    use expr::lang::Lang;
    use jiff::tz::TimeZone;

    /// A frame for tests: a bank clerk on the Monday before the National Day week.
    pub fn frame(lang: Lang) -> Frame {
        Frame {
            lang,
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            now: "2026-09-28T01:00:00Z".parse().unwrap(),
            path: "/cases/FD-1?a=b".into(),
            person: Some(Person {
                name: "陈静".into(),
                role: lang.pick("银行客户经理", "Bank clerk").into(),
                organisation: Some("工行".into()),
                hint: String::new(),
            }),
            demonstration: true,
            token: "t0ken".into(),
            told: None,
        }
    }

    #[test]
    fn a_page_says_its_language_where_one_is_and_what_was_refused() {
        let mut frame = frame(Lang::Zh);
        frame.told = Some(Told::Refused {
            sentence: "关注已满三家".into(),
            code: "slots_full".into(),
            possible: vec!["撤回（企业）".into()],
        });
        let text = page(&frame, Place::Inbox, "<待办>", html! { p { "x" } });
        for wanted in [
            "lang=\"zh-CN\"",
            "&lt;待办&gt;",
            "aria-current=\"page\"",
            "slots_full",
            "/language/en?next=/cases/FD-1%3Fa%3Db",
            "value=\"t0ken\"",
        ] {
            assert!(text.contains(wanted), "{wanted} is missing in {text}");
        }
    }
}
