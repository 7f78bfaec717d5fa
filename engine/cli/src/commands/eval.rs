//! `charter eval`: the value of a formula, with its type and why.

use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use expr::formula::{
    EvalError, Formula, FormulaError, Inputs, Mode, Scope, Slot, Trace, WorkingDays, compile,
};
use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use language::codes;
use language::diagnostic::{Diagnostic, Fix, Report};
use language::process::{eval_code, formula_code};
use language::render;
use language::source::{FileId, Sources};
use language::span::Span;
use language::words;
use language::words::{Lang, Words};
use serde_json::{Value as Json, json};
use simulate::json::{self, Numbers};

use crate::args;
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("eval", lang, "算一个公式", "Evaluate a formula")
        .arg(
            args::operand(
                "formula",
                "FORMULA",
                lang,
                "公式，如 to_fen(500万元 * 3%)",
                "The formula, such as to_fen(500万元 * 3%)",
            )
            .required(true),
        )
        .arg(args::option(
            "context",
            "JSON",
            lang,
            "变量：JSON 文件、写在这里的 JSON 对象，或 - 表示标准输入",
            "Variables: a JSON file, a JSON object written here, or - for standard input",
        ))
        .arg(args::flag("json", lang, "输出 JSON", "Print JSON"))
        .arg(args::flag("trace", lang, "列出每一部分的值", "Show the value of every part"))
        .arg(args::flag(
            "policy",
            lang,
            "按政策的规矩检查：类型、空值、舍入",
            "Check as in a policy: types, nullness, rounding",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let text = args::text(found, "formula").unwrap_or_default();
    let mode = if found.get_flag("policy") { Mode::Policy } else { Mode::Feel };
    let mut sources = Sources::new();
    let context = match args::text(found, "context") {
        Some(given) => match context(given, &mut sources)? {
            Ok(context) => context,
            Err(report) => return Ok(show(&report, &sources, talk)),
        },
        None => match piped(&mut sources)? {
            Ok(context) => context,
            Err(report) => return Ok(show(&report, &sources, talk)),
        },
    };
    let question = Question::new(context, mode);
    let file = sources.add(talk.lang.pick("公式", "formula"), text);
    let formula = match compile(text, &question.scope, mode) {
        Ok(formula) => formula,
        Err(errors) => {
            let report = errors.iter().map(|error| complaint(file, error)).collect();
            return Ok(show(&report, &sources, talk));
        }
    };
    let (outcome, trace) = formula.eval_traced(&question);
    let answer = Answer { formula: &formula, outcome, trace, calendar: &question.calendar };
    if found.get_flag("json") {
        talk.line(&answer.json(found.get_flag("trace")).to_string());
        return Ok(Exit::found(answer.outcome.is_err()));
    }
    Ok(answer.say(found.get_flag("trace"), file, &sources, talk))
}

/// The variables and the calendar a formula reads.
struct Question {
    scope: Scope,
    values: Vec<Value>,
    calendar: Calendar,
}

impl Question {
    fn new(context: Vec<(String, Value)>, mode: Mode) -> Question {
        let mut scope = Scope::new();
        let mut values = Vec::new();
        for (name, value) in context {
            let ty = if mode == Mode::Policy { type_of(&value) } else { Type::Any };
            scope.variable(&name, ty);
            values.push(value);
        }
        Question { scope, values, calendar: Calendars::default().own() }
    }
}

impl Inputs for Question {
    fn variable(&self, slot: Slot) -> Value {
        self.values.get(slot.0 as usize).cloned().unwrap_or_default()
    }

    fn working_days(&self) -> Option<&dyn WorkingDays> {
        Some(&self.calendar)
    }
}

/// The type a given value shows.
fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Number(it) if it.is_integer() => Type::Integer,
        Value::Number(_) => Type::Number,
        Value::Text(_) => Type::Text,
        Value::List(items) => {
            let mut types = items.iter().map(type_of);
            let first = types.next().unwrap_or(Type::Any);
            let same = types.all(|ty| ty == first);
            Type::list(if same { first } else { Type::Any })
        }
        Value::Context(entries) => Type::context(entries.iter().map(|(name, value)| (name, type_of(value)))),
        _ => Type::Any,
    }
}

type Context = Result<Vec<(String, Value)>, Report>;

/// What is piped in without being asked for: the context, unless nothing comes.
fn piped(sources: &mut Sources) -> Result<Context, Failure> {
    // A terminal would be waited for, and other devices have nothing to say.
    let about = std::fs::metadata("/dev/stdin").map(|about| about.file_type());
    if !about.is_ok_and(|kind| kind.is_fifo() || kind.is_file()) {
        return Ok(Ok(Vec::new()));
    }
    let text = files::read_text(Path::new("-"))?;
    if text.trim().is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let file = sources.add("-", text);
    Ok(read_context(sources.text(file), file, sources))
}

/// The context from a file, from the argument itself, or from standard input.
fn context(given: &str, sources: &mut Sources) -> Result<Context, Failure> {
    let (name, text) = if given.trim_start().starts_with('{') {
        ("--context".to_owned(), given.to_owned())
    } else {
        (given.to_owned(), files::read_text(&PathBuf::from(given))?)
    };
    let file = sources.add(name, text);
    Ok(read_context(sources.text(file), file, sources))
}

fn read_context(text: &str, file: FileId, sources: &Sources) -> Context {
    let fault = |span: Span, message: Words| {
        let found = Diagnostic::new(codes::BAD_JSON, span, message);
        Err(Report::from_iter([found.advise(words!(
            "写成对象，名字加双引号，如 {{\"amount\": 5000000}}",
            "write an object with quoted names, such as {{\"amount\": 5000000}}"
        ))]))
    };
    let whole = Span::point(file, 0);
    let entries = match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(entries)) => entries,
        Ok(_) => return fault(whole, words!("变量要写成 JSON 对象", "variables are a JSON object")),
        Err(error) => {
            let at = sources.offset(file, error.line(), error.column().max(1));
            return fault(Span::point(file, at), words!("JSON 读不出来：{error}", "no JSON: {error}"));
        }
    };
    let mut values = Vec::new();
    for (name, entry) in entries {
        match json::read(&entry) {
            Ok(value) => values.push((name, value)),
            Err(why) => {
                return fault(
                    whole,
                    Words::new(format!("{name}：{}", why.zh), format!("{name}: {}", why.en)),
                );
            }
        }
    }
    Ok(values)
}

fn complaint(file: FileId, error: &FormulaError) -> Diagnostic {
    let words = |w: &expr::formula::Words| Words::new(w.zh.clone(), w.en.clone());
    let span = |range: &std::ops::Range<usize>| Span::new(file, range.clone());
    let found = Diagnostic::new(formula_code(error.code), span(&error.span), words(&error.message));
    let found = match &error.advice {
        Some(advice) => found.advise(words(advice)),
        None => found,
    };
    found.maybe_fix(error.fix.as_ref().map(|(range, text)| {
        Fix::certain(words!("改成 `{text}`", "write `{text}`")).replace(span(range), text.clone())
    }))
}

fn show(report: &Report, sources: &Sources, talk: &Talk) -> Exit {
    for found in report {
        let shown = render::one(found, sources, talk.look());
        talk.remark(&Words::new(shown.clone(), shown));
    }
    Exit::Found
}

struct Answer<'a> {
    formula: &'a Formula,
    outcome: Result<Value, EvalError>,
    trace: Trace,
    calendar: &'a Calendar,
}

impl Answer<'_> {
    fn say(&self, trace: bool, file: FileId, sources: &Sources, talk: &Talk) -> Exit {
        if trace {
            talk.result(&tree(&self.trace, talk.lang, 0));
        }
        match &self.outcome {
            Ok(value) => {
                if !trace {
                    talk.line(&value.to_string());
                }
                let ty = self.type_name(value, talk.lang);
                talk.remark(&words!("类型：{ty}", "type: {ty}"));
                Exit::Fine
            }
            Err(error) => {
                let span = Span::new(file, error.span.clone());
                let message = Words::new(error.message.zh.clone(), error.message.en.clone());
                let found = Diagnostic::new(eval_code(error.kind), span, message);
                show(&Report::from_iter([found]), sources, talk)
            }
        }
    }

    /// The type known beforehand, or what the value shows.
    fn type_name(&self, value: &Value, lang: Lang) -> String {
        match self.formula.ty() {
            Type::Any => value.type_name(lang).to_owned(),
            known => known.name(lang),
        }
    }

    fn json(&self, trace: bool) -> Json {
        let zone = self.calendar.zone();
        let mut object = match &self.outcome {
            Ok(value) => json!({
                "value": json::value(value, Numbers::Exact, zone),
                "type": self.type_name(value, Lang::En),
                "text": value.to_string(),
            }),
            Err(error) => json!({
                "error": {
                    "code": error.kind.as_str(),
                    "zh": error.message.zh, "en": error.message.en,
                    "start": error.span.start, "end": error.span.end,
                },
            }),
        };
        if trace {
            object["trace"] = self.part(&self.trace);
        }
        object
    }

    fn part(&self, trace: &Trace) -> Json {
        json!({
            "text": trace.text,
            "start": trace.span.start,
            "end": trace.span.end,
            "value": trace.value.as_ref().map(|value| json::value(value, Numbers::Exact, self.calendar.zone())),
            "note": trace.note.as_ref().map(|note| json!({ "zh": note.zh, "en": note.en })),
            "parts": trace.children.iter().map(|child| self.part(child)).collect::<Vec<_>>(),
        })
    }
}

/// Every part with its value, the parts it is made of below it.
fn tree(trace: &Trace, lang: Lang, depth: usize) -> String {
    let text = trace.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let value = trace.value.as_ref().map_or("✗".to_owned(), |value| shortened(&value.to_string()));
    let note = trace.note.as_ref().map(|note| format!("   {}", note.in_lang(lang))).unwrap_or_default();
    let mut out = format!("{}{text} = {value}{note}\n", "  ".repeat(depth));
    for child in &trace.children {
        out.push_str(&tree(child, lang, depth + 1));
    }
    out
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
