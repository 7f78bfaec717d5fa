//! Questions to people: one field after the other, each with its label, what is allowed, and what stands there.

use maud::{Markup, html};

use crate::shell::token;
use crate::view::{Act, Field, FieldKind, Form, Frame};
use crate::words::Word;

/// A form with its button.
pub fn form(frame: &Frame, form: &Form, ids: &str, button: &str) -> Markup {
    html! {
        form.fields method="post" action=(form.action) {
            (token(frame))
            @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
            @for field in &form.fields { (question(frame, field, ids)) }
            button type="submit" { (button) }
        }
    }
}

/// Something to do: a button when nothing is asked, else a form that opens.
pub fn act(frame: &Frame, act: &Act, ids: &str) -> Markup {
    let title = match &act.about {
        Some(about) => format!("{} · {about}", act.title),
        None => act.title.clone(),
    };
    if let Some(why) = &act.refused {
        return html! { p.act.refused { span.mark { (title) } " " (why) } };
    }
    if act.form.fields.is_empty() {
        return html! { div.act { (form(frame, &act.form, ids, &title)) } };
    }
    html! {
        details.act {
            summary { (title) }
            (form(frame, &act.form, ids, Word::Submit.say(frame.lang)))
        }
    }
}

fn question(frame: &Frame, field: &Field, ids: &str) -> Markup {
    let id = format!("{ids}-{}", field.name);
    let hint = format!("{id}-hint");
    let described = (!field.hint.is_empty()).then_some(hint.as_str());
    html! {
        div.field {
            label for=(id) {
                (field.title)
                @if field.required { " " span.required { (Word::Required.say(frame.lang)) } }
            }
            (answer(frame, field, &id, described))
            @if !field.hint.is_empty() { small id=(hint) { (field.hint) } }
        }
    }
}

fn answer(frame: &Frame, field: &Field, id: &str, described: Option<&str>) -> Markup {
    let (name, value, required) = (&field.name, &field.value, field.required);
    match &field.kind {
        FieldKind::Long => html! {
            textarea id=(id) name=(name) rows="3" required[required] aria-describedby=[described] { (value) }
        },
        FieldKind::Choice(choices) => select(frame, field, id, choices),
        FieldKind::YesNo => {
            let choices = [Word::Yes, Word::No].map(|w| w.say(frame.lang).to_owned());
            let [yes, no] = choices;
            select(frame, field, id, &[("true".into(), yes), ("false".into(), no)])
        }
        FieldKind::Text | FieldKind::Number | FieldKind::Day => {
            let kind = if field.kind == FieldKind::Day { "date" } else { "text" };
            let mode = (field.kind == FieldKind::Number).then_some("decimal");
            html! {
                input id=(id) name=(name) type=(kind) inputmode=[mode] value=(value) required[required]
                    aria-describedby=[described] autocomplete="off";
            }
        }
    }
}

fn select(frame: &Frame, field: &Field, id: &str, choices: &[(String, String)]) -> Markup {
    html! {
        select id=(id) name=(field.name) required[field.required] {
            option value="" { (Word::Choose.say(frame.lang)) }
            @for (value, title) in choices {
                option value=(value) selected[*value == field.value] { (title) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tests::frame;
    use expr::lang::Lang;

    #[test]
    fn every_question_has_its_label_and_its_hint() {
        let field = |name: &str, kind, hint: &str| Field {
            name: name.into(),
            title: format!("title of {name}"),
            kind,
            required: true,
            value: String::new(),
            hint: hint.into(),
        };
        let choice = FieldKind::Choice(vec![("a".into(), "A&B".into())]);
        let asked = Form {
            action: "/go".into(),
            hidden: vec![("key".into(), "\"7".into())],
            fields: vec![field("amount", FieldKind::Number, "(0..100亿]"), field("kind", choice, "")],
        };
        let text = form(&frame(Lang::En), &asked, "f", "Go").into_string();
        for wanted in [
            "for=\"f-amount\"",
            "id=\"f-amount\"",
            "aria-describedby=\"f-amount-hint\"",
            "A&amp;B",
            "value=\"&quot;7\"",
            "required",
        ] {
            assert!(text.contains(wanted), "{wanted} is missing in {text}");
        }
    }
}
