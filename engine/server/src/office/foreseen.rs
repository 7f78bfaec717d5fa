//! What an event would be answered if this person sent it now: a refusal that is certain is told before they try.

use expr::value::Value;
use jiff::Timestamp;
use machine::chart::EventDecl;
use machine::event::{Command, Event, Input, Target};
use machine::ids::{Name, RunIx};
use machine::refusal::Possible;
use machine::step::{Verdict, step};

use super::act::own_words;
use super::held::Held;
use super::view::{ForeseenView, Title};
use super::viewer::Viewer;

/// The refusal, when nothing the person would still have to say could change it. What other cases know is taken to
/// speak for them.
pub fn refusal(
    viewer: &Viewer,
    held: &Held,
    one: &Possible,
    decl: &EventDecl,
    role: &Name,
    now: Timestamp,
) -> Option<ForeseenView> {
    if !decl.form.iter().all(|line| line.own || line.from.is_some()) {
        return None;
    }
    let vouched = decl.form.iter().filter(|line| line.from.is_some());
    let event = Event {
        to: target(held, one.run),
        name: decl.name.clone(),
        data: vouched.map(|line| (line.name.clone(), Value::Bool(true))).collect(),
        reason: decl.reason.then(|| decl.name.clone()),
    };
    let command = Command { input: Input::Event(event), by: viewer.acting(role), at: now };
    match step(&held.definition, &held.calendar, held.case(), &command).verdict {
        Verdict::Refused(refusal) => {
            let code = refusal.code.to_string();
            let words = held.definition.refusal_words(&code).cloned().unwrap_or_else(|| own_words(&code));
            Some(ForeseenView { title: Title::of(&words, &code), code })
        }
        Verdict::Accepted | Verdict::Stopped(_) => None,
    }
}

fn target(held: &Held, run: RunIx) -> Target {
    let of = held.case().run(run);
    match run {
        RunIx::MAIN => Target::Main,
        _ => Target::Child { kind: held.chart(of).name.clone(), key: of.key.clone() },
    }
}
