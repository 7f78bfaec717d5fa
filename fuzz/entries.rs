//! What is fuzzed: every way a text from outside enters the engine. Whatever the bytes, there is an answer.
//!
//! Shared by the fuzz targets and by `tests/fuzz_short.rs`, which tries a few thousand texts in every run.

use std::sync::Arc;

use expr::formula::{Mode, NoInputs, Scope, compile, compile_unary};
use expr::time::calendar::Calendar;
use expr::value::Type;
use language::Sources;
use machine::definition::Definition;

/// A document: read, checked, compiled, drawn as a report, formatted; the normal form is stable.
pub fn yaml(bytes: &[u8]) {
    let mut sources = Sources::new();
    let compiled = language::compile(&mut sources, "any.yaml", bytes);
    let _ = language::render::human(&compiled.report, &sources, language::render::Look::default());
    let _ = language::render::json::lines(&compiled.report, &sources);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(formed) = language::format::format("any.yaml", text)
    {
        let again = language::format::format("any.yaml", &formed).expect("what was written reads");
        assert_eq!(again, formed, "the normal form is its own normal form");
    }
}

/// A formula, in both modes, and as the cell of a table.
pub fn formula(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut scope = Scope::new();
    scope.variable("金额", Type::Money);
    scope.variable("x", Type::Any);
    for mode in [Mode::Feel, Mode::Policy] {
        if let Ok(formula) = compile(&text, &scope, mode) {
            let (outcome, trace) = formula.eval_traced(&NoInputs);
            let _ = (outcome.map(|value| value.to_string()), trace.to_string());
        }
        let _ = compile_unary(&text, &Type::Number, &scope, mode);
    }
}

/// A year of a calendar, and counting by it.
pub fn calendar(bytes: &[u8]) {
    let mut sources = Sources::new();
    let (calendar, report) = language::calendar::read_years(&mut sources, "any", &[("any.yaml", bytes)]);
    let _ = language::render::human(&report, &sources, language::render::Look::default());
    if let Some(calendar) = calendar {
        let anchor = jiff::Timestamp::UNIX_EPOCH;
        if let Ok(period) = "5 working days, roll".parse() {
            let _ = expr::time::deadline::due(anchor, &period, &calendar);
        }
    }
}

/// A period as written.
pub fn period(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(period) = text.parse::<expr::time::period::Period>() {
        assert_eq!(period.to_string().parse(), Ok(period), "what is written reads back");
        let _ = expr::time::deadline::due(jiff::Timestamp::UNIX_EPOCH, &period, &Calendar::weekends_only());
    }
}

/// A script and a story, played against a process. How many entries of the script were played.
pub fn script(bytes: &[u8], definition: &Arc<Definition>) -> Option<usize> {
    let calendar = Calendar::weekends_only();
    let tree = language::read(&mut Sources::new(), "any.json", bytes).tree?;
    let mut played = None;
    if let (Some(script), _) = simulate::script::read(&tree, calendar.zone()) {
        let _ = simulate::script::play(&script, definition, &calendar, |world, _, _| {
            played = Some(played.unwrap_or(0) + 1);
            let writer = simulate::json::Writer {
                definition: &world.definition,
                case: &world.case,
                zone: world.calendar.zone(),
            };
            let _ = world.facts.iter().map(|fact| writer.fact(fact).to_string().len()).sum::<usize>();
        });
    }
    if let (Some(story), _) = simulate::story::read(&tree, calendar.zone()) {
        let _ = simulate::play::play(&story, definition, &calendar);
    }
    played
}

/// A table of an office: what kind it is, and every row held against what is computed.
pub fn table(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = simulate::golden::kind(&text).is_ok();
    let rows = simulate::golden::deadlines(&text, &Calendar::weekends_only());
    let _ = rows.map(|rows| rows.len());
    let _ = simulate::golden::usccs(&text).map(|rows| rows.len());
}

/// The process that scripts are played against.
pub fn leave() -> Arc<Definition> {
    let text = include_str!("../engine/cli/src/commands/new/workflow.yaml").replace("PROCESS_NAME", "leave");
    let compiled = language::compile(&mut Sources::new(), "leave.yaml", text.as_bytes());
    compiled.definition.expect("the process of `charter new` compiles")
}
