//! `charter explain`: what a code, a key of a document or a function of a formula means.

use clap::{ArgMatches, Command};
use expr::formula::{FunctionDoc, functions};
use expr::value::{Type, Value};
use language::codes::{ALL, Code};
use language::keys::Shape;
use language::suggest::nearest;
use language::words;
use language::words::{Lang, Words};
use language::{keys, pages};
use machine::definition::Definition;
use machine::ids::ChartIx;
use machine::spoken::Depth;

use super::schema::DOCUMENTS;
use crate::args;
use crate::embedded;
use crate::exit::{Exit, Failure, Outcome};
use crate::library;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command(
        "explain",
        lang,
        "解释诊断码、拒绝码、YAML 键或公式函数",
        "Explain a diagnostic, a refusal, a YAML key or a function",
    )
    .arg(
        args::operand(
            "what",
            "WHAT",
            lang,
            "如 CH0201、slots_full、states.deadlines.within、count；不写就全部列出",
            "Such as CH0201, slots_full, states.deadlines.within, count; lists all when left out",
        )
        .num_args(0..),
    )
    .arg(args::option(
        "workflow",
        "FILE",
        lang,
        "也解释这个流程自己的拒绝码、状态和事件",
        "Also explain this process's own refusals, states and events",
    ))
}

/// The documents whose keys can be explained.
fn documents() -> impl Iterator<Item = (&'static str, &'static Shape)> {
    DOCUMENTS.iter().map(|document| (document.name, document.shape))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let what = args::texts(found, "what").join(" ");
    let library = match args::text(found, "workflow") {
        Some(path) => Some(library::one_workflow(&library::path_of(path))?),
        None => None,
    };
    let definition = library.as_ref().and_then(|l| l.workflows.first()).and_then(|w| w.definition.clone());
    if let (Some(library), None) = (&library, &definition) {
        super::check::stops(library, talk);
        return Ok(Exit::Found);
    }
    if what.is_empty() {
        talk.result(&everything(definition.as_deref(), talk.lang));
        return Ok(Exit::Fine);
    }
    let told = about(&what, definition.as_deref(), talk.lang);
    if told.is_empty() {
        return Err(unknown(&what, definition.as_deref()));
    }
    talk.result(&told.join("\n"));
    Ok(Exit::Fine)
}

/// Everything the word may mean.
fn about(what: &str, definition: Option<&Definition>, lang: Lang) -> Vec<String> {
    let mut told = Vec::new();
    told.extend(Code::find(what).map(|code| pages::page(code, lang)));
    told.extend(own_refusal(what, lang));
    told.extend(definition.and_then(|d| of_process(d, what, lang)));
    told.extend(function(what, lang));
    let explained =
        documents().filter_map(|(name, shape)| Some((name, keys::explain::explain(shape, what, lang).ok()?)));
    // A path that some document does not have at all falls on its open entries: only real keys count.
    let explained = explained.filter(|(_, text)| !text.starts_with('<'));
    told.extend(in_documents(explained.map(|(name, text)| format!("{name}: {text}")).collect(), lang));
    if told.is_empty() {
        told.extend(deeper(what, lang));
    }
    told
}

/// The first documents in full; of the others only that they have the key, too.
fn in_documents(mut told: Vec<String>, lang: Lang) -> Vec<String> {
    let rest = told.split_off(told.len().min(IN_FULL));
    let also: Vec<&str> = rest.iter().filter_map(|text| text.lines().next()).collect();
    if !also.is_empty() {
        let also = also.join("\n  ");
        told.push(format!("{}\n  {also}\n", lang.pick("也见", "Also")));
    }
    told
}

/// The last part of a path is enough: `within`, `deadlines.within`, `task.role`.
fn deeper(what: &str, lang: Lang) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for (name, shape) in documents() {
        for (path, _) in keys::explain::every_key(shape) {
            let parts: Vec<&str> = path.split('.').filter(|part| !part.starts_with('<')).collect();
            let written = parts.join(".");
            let meant = written.strip_suffix(what).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            if meant && let Ok(text) = keys::explain::explain(shape, &path, lang) {
                told.push(format!("{name}: {text}"));
            }
        }
    }
    in_documents(told, lang)
}

/// A word is told in full in so many places; more would hide what was looked for.
const IN_FULL: usize = 4;

fn own_refusal(code: &str, lang: Lang) -> Option<String> {
    let of_server = || server::words::TABLE.iter().any(|(known, ..)| *known == code);
    let words = simulate::json::own_words(code).or_else(|| of_server().then(|| server::words::of(code)))?;
    let mut pages = embedded::REFUSALS.iter().chain(embedded::PROBLEMS);
    let page = pages.find(|(name, _)| *name == code).map(|(_, page)| *page)?;
    let mine =
        |section: &&str| section.lines().next().is_some_and(|title| title.is_ascii() == (lang == Lang::En));
    let sections = page.split("\n## ").skip(1).filter(mine).map(str::trim_end);
    let text: Vec<&str> = sections.collect();
    Some(format!("{code}   {}\n\n{}\n", lang.pick(&words.zh, &words.en), text.join("\n\n")))
}

/// A word of the process itself: a refusal, a parameter, a condition, a field, a state, an event, a clock.
fn of_process(definition: &Definition, what: &str, lang: Lang) -> Option<String> {
    let kind = |zh, en| Words::new(zh, en).get(lang).to_owned();
    if let Some(words) = definition.refusal_words(what) {
        return Some(format!(
            "{what}   {}\n  {}\n",
            kind("拒绝码", "refusal"),
            lang.pick(&words.zh, &words.en)
        ));
    }
    if let Some(parameter) = definition.find_parameter(what) {
        let parameter = &definition.parameters[parameter.at()];
        let shown = |value: &Value| definition.shown(ChartIx::MAIN, what, value, lang);
        let values = parameter.values.iter().map(|v| format!("  {} {}\n", v.from, shown(&v.value)));
        let title = lang.pick(&parameter.title.zh, &parameter.title.en);
        return Some(format!(
            "{what}   {}：{title}\n{}",
            kind("参数", "parameter"),
            values.collect::<String>()
        ));
    }
    for (ix, chart) in (0u16..).map(ChartIx).zip(&definition.charts) {
        if let Some(condition) = chart.conditions.iter().find(|it| *it.name == *what) {
            let title = lang.pick(&condition.title.zh, &condition.title.en);
            let formula = condition.formula.text();
            let words = definition.formula_words(ix, formula, Depth::Everything, lang);
            let basis = condition.basis.iter().map(|basis| format!("  {basis}\n"));
            return Some(format!(
                "{}.{what}   {}：{title}\n  {formula}\n  {words}\n{}",
                chart.name,
                kind("条件", "condition"),
                basis.collect::<String>()
            ));
        }
        if let Some(field) = chart.find_field(what).map(|field| &chart.fields[field.at()]) {
            let title = lang.pick(&field.title.zh, &field.title.en);
            let words = words_of(definition, ix, &field.name, &field.ty.plain(), lang);
            return Some(format!("{}.{what}   {}：{title}\n{words}", chart.name, kind("数据项", "field")));
        }
        let titled = |kind: String, title: &machine::ids::Bilingual| {
            Some(format!("{}.{what}   {kind}：{}\n", chart.name, lang.pick(&title.zh, &title.en)))
        };
        if let Some(state) = chart.find_state(what) {
            return titled(kind("状态", "state"), &chart.state(state).title);
        }
        if let Some(event) = chart.find_event(what) {
            return titled(kind("事件", "event"), &event.title);
        }
        if let Some(clock) = chart.find_clock(what) {
            return titled(kind("时限", "clock"), &chart.clocks[clock.at()].title);
        }
    }
    None
}

/// The words of a choice, one a line.
fn words_of(definition: &Definition, at: ChartIx, name: &str, ty: &Type, lang: Lang) -> String {
    let words = match ty.known() {
        Type::Choice(words) => words,
        Type::List(item) => return words_of(definition, at, name, item, lang),
        _ => return String::new(),
    };
    let said = |word: &str| definition.shown(at, name, &Value::text(word), lang);
    words.iter().map(|word| format!("  {word:<20} {}\n", said(word))).collect()
}

fn function(name: &str, lang: Lang) -> Option<String> {
    let name = name.trim_end_matches("()");
    let found: &FunctionDoc = functions().iter().find(|f| f.name == name || f.alias_zh == name)?;
    let alias = if found.alias_zh.is_empty() { String::new() } else { format!(" · {}", found.alias_zh) };
    Some(format!(
        "{}{alias}   {}\n  {}\n  {}\n  {}  {}\n",
        found.name,
        Words::new("函数", "function").get(lang),
        found.signature,
        lang.pick(found.zh, found.en),
        lang.pick("例", "e.g."),
        found.example,
    ))
}

fn unknown(what: &str, definition: Option<&Definition>) -> Failure {
    let failure = Failure::new(
        Exit::Found,
        words!("没有“{what}”可解释", "there is nothing called `{what}` to explain"),
    );
    let slugs: Vec<String> = ALL.iter().map(|code| code.slug()).collect();
    let mut known: Vec<&str> =
        ALL.iter().map(|code| code.id()).chain(slugs.iter().map(String::as_str)).collect();
    known.extend(machine::refusal::Code::ALL.iter().map(|code| code.name()));
    known.extend(server::words::TABLE.iter().map(|(code, ..)| *code));
    known.extend(functions().iter().flat_map(|f| [f.name, f.alias_zh]).filter(|name| !name.is_empty()));
    for (_, shape) in documents() {
        known.extend(keys::explain::every_key(shape).iter().map(|(_, key)| key.name));
    }
    known.extend(definition.into_iter().flat_map(|d| d.refusals.iter().map(|r| &*r.code)));
    match nearest(what, known) {
        Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
        None => failure.advise(closest_key(what)),
    }
}

/// What the process document says to a path that leads nowhere.
fn closest_key(what: &str) -> Words {
    let said = keys::explain::explain(&language::shape::PROCESS, what, Lang::Zh).err();
    match said.filter(|_| what.contains('.')) {
        Some(words) => words,
        None => words!("charter explain 不带参数会列出全部", "charter explain alone lists everything"),
    }
}

fn everything(definition: Option<&Definition>, lang: Lang) -> String {
    let mut out = String::new();
    let mut section = |zh: &str, en: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(&format!("{}\n{}\n", lang.pick(zh, en), lines.join("")));
        }
    };
    let codes = ALL.iter().map(|code| format!("  {}  {}\n", code.id(), code.title(lang)));
    section("诊断", "Diagnostics", codes.collect());
    let refusals = machine::refusal::Code::ALL.iter().map(|code| {
        let words = code.words();
        format!("  {:<20} {}\n", code.name(), lang.pick(&words.zh, &words.en))
    });
    section("引擎自己的拒绝码", "The engine's own refusals", refusals.collect());
    let problems = server::words::TABLE.iter().filter(|(code, ..)| *code != "reason_missing");
    let problems = problems.map(|(code, zh, en)| format!("  {code:<20} {}\n", lang.pick(zh, en)));
    section("服务自己的问题码", "The server's own problems", problems.collect());
    let own = definition.into_iter().flat_map(|d| &d.refusals);
    let own = own.map(|r| format!("  {:<20} {}\n", r.code, lang.pick(&r.words.zh, &r.words.en)));
    section("这个流程的拒绝码", "Refusals of this process", own.collect());
    for (name, shape) in documents() {
        let keys = keys::explain::keys_at(shape, "");
        let lines = keys.iter().map(|key| format!("  {:<16} {}\n", key.name, lang.pick(key.zh, key.en)));
        section(&format!("{name} 的键"), &format!("Keys of a {name}"), lines.collect());
    }
    let lines = functions().iter().map(|f| format!("  {:<28} {}\n", f.name, lang.pick(f.zh, f.en)));
    section("公式函数", "Functions of formulas", lines.collect());
    out
}
