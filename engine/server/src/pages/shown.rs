//! What the office answers, as the console shows it: put into the reader's language, with the forms for what they
//! can do.

use console::view::{
    Act, CaseLine, ChildLine, Deadline, Field, FieldKind, Form, OutboxLine, OutboxState, ParameterLine,
    Standing, TaskLine,
};
use console::words::Word;
use expr::lang::Lang;
use expr::money::Yuan;
use jiff::Timestamp;
use machine::chart::Verb;
use machine::definition::{Definition, Origin};
use machine::ids::ChartIx;
use serde_json::Value as Json;

use super::names::Names;
use crate::office::view::{
    CaseRow, EventView, FieldView, FormFieldView, OutgoingView, PossibleView, RunView, StateView, TaskView,
    TimerView, Title,
};
use crate::office::viewer::Viewer;

/// The words of one language.
pub fn said(title: &Title, lang: Lang) -> String {
    lang.pick(&title.zh, &title.en).to_owned()
}

/// An instant out of the office's text.
pub fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The titles of states.
pub fn states(states: &[StateView], lang: Lang) -> Vec<String> {
    states.iter().map(|state| said(&state.title, lang)).collect()
}

/// A line of the list of cases.
pub fn case_line(row: &CaseRow, names: &Names, lang: Lang) -> CaseLine {
    CaseLine {
        id: row.case.clone(),
        process: said(&row.title, lang),
        states: states(&row.states, lang),
        party: row.correlate.as_deref().map(|code| names.of(code)),
        due: row.next_due.as_deref().and_then(instant),
        started_at: instant(&row.started_at).unwrap_or_default(),
        standing: standing(&row.standing),
    }
}

/// Whether a case goes on, out of the office's word.
pub fn standing(word: &str) -> Standing {
    match word {
        "ended" => Standing::Ended,
        "incident" => Standing::Stopped,
        _ => Standing::Running,
    }
}

/// The questions of a form.
pub fn fields(form: &[FormFieldView], lang: Lang) -> Vec<Field> {
    // Nobody is asked for what is known.
    form.iter().filter(|field| !field.own).map(|field| question(field, lang)).collect()
}

fn question(field: &FormFieldView, lang: Lang) -> Field {
    let choice = |(at, word): (usize, &String)| {
        let title = field.choice_titles.get(at).map_or_else(|| word.clone(), |title| said(title, lang));
        (word.clone(), title)
    };
    let (kind, hint) = match field.kind.as_str() {
        "bool" => (FieldKind::YesNo, ""),
        "date" => (FieldKind::Day, ""),
        "choice" => (FieldKind::Choice(field.choices.iter().enumerate().map(choice).collect()), ""),
        "money" => (FieldKind::Number, lang.pick("元；也可以写 300万元", "yuan; 300万元 is understood too")),
        "rate" => (FieldKind::Number, lang.pick("例如 4.35%", "4.35% for example")),
        "integer" => (FieldKind::Number, lang.pick("整数", "a whole number")),
        "decimal" => (FieldKind::Number, ""),
        "uscc" => (FieldKind::Text, lang.pick("18 位统一社会信用代码", "18 characters")),
        "text" => (FieldKind::Text, ""),
        "file" => (FieldKind::Text, lang.pick("文件名", "the file's name")),
        "instant" => (FieldKind::Text, "2026-10-10 17:00"),
        "period" => (FieldKind::Text, lang.pick("例如 5工作日", "5工作日 for example")),
        list if list.starts_with("list") => (FieldKind::Text, lang.pick("用逗号分开", "separated by commas")),
        _ => (FieldKind::Long, lang.pick("JSON", "JSON")),
    };
    Field {
        name: field.name.clone(),
        title: said(&field.title, lang),
        kind,
        required: field.required,
        value: String::new(),
        hint: hint.to_owned(),
    }
}

/// The question why, for acts that want a reason.
fn reason(lang: Lang) -> Field {
    Field {
        name: "reason".into(),
        title: Word::Reason.say(lang).into(),
        kind: FieldKind::Text,
        required: true,
        value: String::new(),
        hint: String::new(),
    }
}

/// An event as something to do: where it goes, with what.
fn act(event: &EventView, run: &str, action: String, names: &Names, lang: Lang) -> Act {
    let mut asked = fields(&event.form, lang);
    if event.reason {
        asked.push(reason(lang));
    }
    // The form's own names stand apart from those of the data.
    for field in asked.iter_mut().filter(|field| field.name != "reason") {
        field.name = format!("data.{}", field.name);
    }
    Act {
        name: event.event.clone(),
        title: said(&event.title, lang),
        about: run.split_once('.').map(|(_, key)| names.of(key)),
        form: Form {
            action,
            hidden: vec![("run".into(), run.into()), ("event".into(), event.event.clone())],
            fields: asked,
        },
        refused: None,
    }
}

/// What a person can do with a case now, and what others can.
pub fn acts(
    case: &str,
    possible: &[PossibleView],
    names: &Names,
    lang: Lang,
) -> (Vec<Act>, Vec<(String, String)>) {
    let mine = possible.iter().filter(|one| one.yours);
    let action = format!("/cases/{case}/events");
    let mine = mine.map(|one| Act {
        refused: one.refused.as_ref().map(|refused| said(&refused.title, lang)),
        ..act(&one.event, &one.run, action.clone(), names, lang)
    });
    let mine = mine.collect();
    let others = possible.iter().filter(|one| !one.yours && !one.by.is_empty());
    let others = others.map(|one| {
        let who: Vec<String> = one.by.iter().map(|role| said(&role.title, lang)).collect();
        let about =
            one.run.split_once('.').map(|(_, key)| format!(" · {}", names.of(key))).unwrap_or_default();
        (said(&one.event.title, lang) + &about, who.join(lang.pick("、", ", ")))
    });
    (mine, others.collect())
}

/// A task as a line of the inbox.
pub fn task_line(task: &TaskView, viewer: &Viewer, names: &Names, lang: Lang) -> TaskLine {
    let mine = task.holder.as_deref() == Some(&*viewer.person);
    let free = task.holder.is_none();
    let action = format!("/cases/{}/tasks/{}/submit", task.case, task.task);
    let acts = task.outcomes.iter().filter(|_| mine || free);
    TaskLine {
        case: task.case.clone(),
        task: task.task,
        title: said(&task.title, lang),
        process: said(&task.process_title, lang),
        party: task.run.split_once('.').map(|(_, key)| names.of(key)),
        due: task.due.as_deref().and_then(instant),
        holder: task.holder.as_deref().map(|holder| names.of(holder)),
        mine,
        verbs: verbs(task, mine, free, lang),
        acts: acts.map(|outcome| act(outcome, &task.run, action.clone(), names, lang)).collect(),
    }
}

/// The verbs that make sense now: one does not claim what is taken, nor give back what is not one's own.
fn verbs(task: &TaskView, mine: bool, free: bool, lang: Lang) -> Vec<(String, String, bool)> {
    let named = |name: &String| Verb::ALL.iter().copied().find(|verb| verb.name() == name);
    let fits = |verb: &Verb| match verb {
        Verb::Claim => free,
        Verb::Urge => !mine,
        _ => mine,
    };
    let shown = |verb: Verb| {
        let words = verb.words();
        (
            verb.name().to_owned(),
            lang.pick(&words.zh, &words.en).to_owned(),
            matches!(verb, Verb::Transfer | Verb::Delegate),
        )
    };
    task.acts.iter().filter_map(named).filter(fits).map(shown).collect()
}

/// Pending clocks, soonest first; those that stand still come last.
pub fn deadlines(runs: &[RunView], names: &Names, lang: Lang) -> Vec<Deadline> {
    let mut all: Vec<Deadline> =
        runs.iter().flat_map(|run| &run.timers).map(|timer| deadline(timer, names, lang)).collect();
    all.sort_by_key(|line| (line.due.is_none(), line.due));
    all
}

fn deadline(timer: &TimerView, names: &Names, lang: Lang) -> Deadline {
    let about = timer.run.split_once('.').map(|(_, key)| format!("{} · ", names.of(key))).unwrap_or_default();
    let basis = timer.basis.iter().map(|basis| format!("{}{basis}", lang.pick("依据：", "Basis: ")));
    let days = said(&timer.days, lang);
    let steps =
        [said(&timer.sentence, lang)].into_iter().chain((!days.is_empty()).then_some(days)).chain(basis);
    Deadline {
        title: about + &said(&timer.title, lang),
        due: timer.due.as_deref().and_then(instant),
        provisional: timer.provisional,
        derivation: steps.filter(|step| !step.is_empty()).collect(),
    }
}

/// The children of a case; `outcome` says what the outcome of one is called.
pub fn children(
    runs: &[RunView],
    outcome: impl Fn(&RunView, &str) -> String,
    names: &Names,
    lang: Lang,
) -> Vec<ChildLine> {
    let children = runs.iter().filter(|run| !run.run.is_empty());
    children
        .map(|run| ChildLine {
            kind: said(&run.title, lang),
            key: names.of(&plain(&run.key)),
            slot: run.slot,
            states: match &run.outcome {
                Some(name) => vec![outcome(run, name)],
                None => states(&run.states, lang),
            },
            active: run.outcome.is_none(),
        })
        .collect()
}

/// Data that are known: title and value.
pub fn data(fields: &[FieldView], names: &Names, lang: Lang) -> Vec<(String, String)> {
    let empty = |value: &Json| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let known = fields.iter().filter(|field| field.withheld || !empty(&field.value));
    known
        .map(|field| {
            let withheld = lang.pick("（征信数据，不显示）", "(credit data, not shown)");
            let value = match (&field.value_title, &field.value) {
                _ if field.withheld => withheld.to_owned(),
                (Some(title), _) => said(title, lang),
                (None, Json::Array(items)) => {
                    let all: Vec<String> = items.iter().map(|it| names.with_code(&plain(it))).collect();
                    all.join(lang.pick("、", ", "))
                }
                (None, value) => names.with_code(&readable(&field.kind, value, lang)),
            };
            (said(&field.title, lang), value)
        })
        .collect()
}

/// A value of a known kind as people read it: amounts in yuan with both decimals, yes and no in words.
fn readable(kind: &str, value: &Json, lang: Lang) -> String {
    match (kind, value) {
        ("money", Json::String(text)) => match text.parse::<Yuan>() {
            Ok(money) => format!("{money} {}", lang.pick("元", "yuan")),
            Err(_) => text.clone(),
        },
        ("bool", Json::Bool(yes)) => if *yes { Word::Yes } else { Word::No }.say(lang).to_owned(),
        // Seconds and what is below them are for programs.
        ("instant", Json::String(text)) => text.get(..16).unwrap_or(text).replace('T', " "),
        _ => plain(value),
    }
}

/// A value as people read it.
pub fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("、"),
        Json::Object(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
            pairs.join("，")
        }
        other => other.to_string(),
    }
}

/// The numbers of a policy as they hold on a day.
pub fn parameters(definition: &Definition, today: jiff::civil::Date, lang: Lang) -> Vec<ParameterLine> {
    let lines = definition.parameters.iter().filter_map(|parameter| {
        let dated = parameter.values.iter().rev().find(|dated| dated.from <= today);
        let dated = dated.or(parameter.values.first())?;
        Some(ParameterLine {
            name: parameter.name.to_string(),
            title: lang.pick(&parameter.title.zh, &parameter.title.en).to_owned(),
            value: definition.shown(ChartIx::MAIN, &parameter.name, &dated.value, lang),
            from: dated.from.to_string(),
            origin: origin(parameter.origin, lang).to_owned(),
            basis: dated.basis.as_deref().unwrap_or_default().to_owned(),
        })
    });
    lines.collect()
}

fn origin(origin: Origin, lang: Lang) -> &'static str {
    match origin {
        Origin::Seed => lang.pick("原始材料", "seed"),
        Origin::Law => lang.pick("法律", "law"),
        Origin::Public => lang.pick("公开文件", "public"),
        Origin::Assumed => lang.pick("假定", "assumed"),
    }
}

/// Something that waits to go out, or is stuck.
pub fn outgoing(line: &OutgoingView, lang: Lang) -> OutboxLine {
    let text = |name: &str| line.what.get(name).map(plain);
    let title = ["notice", "event", "connector"].iter().find_map(|name| text(name)).unwrap_or_default();
    OutboxLine {
        key: line.key.clone(),
        case: line.case.clone(),
        connector: line.connector.clone(),
        title,
        to: ["to", "process"].iter().find_map(|name| text(name)).unwrap_or_default(),
        at: line.next_at.as_deref().and_then(instant).or(instant(&line.since)).unwrap_or_default(),
        attempts: line.attempts,
        state: if line.parked { OutboxState::Parked } else { OutboxState::Waiting },
        problem: line.problem.clone().map(|problem| format!("{problem} — {}", said(&line.advice, lang))),
        letter: None,
    }
}
