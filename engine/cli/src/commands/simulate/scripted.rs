//! Playing a script or a story from beginning to end, telling every step.

use std::path::Path;
use std::time::Instant;

use language::diagnostic::Report;
use language::render;
use language::source::Sources;
use language::words;
use language::words::Words;
use machine::step::Verdict;
use serde_json::json;
use simulate::json::Writer;
use simulate::play::play;
use simulate::script::{self, Entry, Script};
use simulate::world::{NotOpened, Outcome as Came, World};

use super::Stage;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::library::Workflow;
use simulate::teller::Teller;

/// Plays a script.
pub fn script(stage: &Stage<'_>, path: &Path, repeat: Option<usize>) -> Outcome {
    let mut sources = Sources::new();
    let text = String::from_utf8_lossy(&files::read(path)?).into_owned();
    // JSON may be indented with tabs; the reader of documents wants blanks, as many bytes.
    let text =
        if serde_json::from_str::<serde_json::Value>(&text).is_ok() { text.replace('\t', " ") } else { text };
    let reading = language::read(&mut sources, &path.display().to_string(), text.as_bytes());
    let (script, mut report) = match &reading.tree {
        Some(tree) => script::read(tree, stage.calendar.zone()),
        None => (None, Report::new()),
    };
    report.append(reading.report);
    let Some(script) = script.filter(|_| !report.has_errors()) else {
        return Ok(faulty(stage, &report, &sources));
    };
    if let Some(times) = repeat {
        return speed(stage, &script, times);
    }
    let mut seen = 0;
    let mut refused = false;
    let played = script::play(&script, &stage.definition, &stage.calendar, |world, entry, came| {
        refused |= came.is_some_and(|came| !matches!(came.verdict, Verdict::Accepted));
        tell(stage, world, entry, came, seen);
        seen = world.facts.len();
    });
    match played {
        Ok((world, report)) if report.is_empty() => {
            end(stage, &world);
            Ok(Exit::found(refused))
        }
        Ok((_, report)) | Err((None, report)) => Ok(faulty(stage, &report, &sources)),
        Err((Some(why), _)) => Ok(not_opened(stage, &script.open, &why)),
    }
}

fn faulty(stage: &Stage<'_>, report: &Report, sources: &Sources) -> Exit {
    let shown = render::human(report, sources, stage.talk.look());
    stage.talk.remark(&Words::new(shown.clone(), shown));
    Exit::Found
}

fn tell(stage: &Stage<'_>, world: &World, entry: &Entry, came: Option<&Came>, seen: usize) {
    if stage.json {
        stage.talk.line(&object(world, entry, came, seen).to_string());
        return;
    }
    let teller = Teller::of(world, stage.talk.lang);
    stage.talk.result(&teller.facts(seen));
    match came.map(|came| &came.verdict) {
        Some(Verdict::Refused(refusal)) => {
            stage.talk.line(&format!("{:13}  {}", "", teller.possible(refusal)))
        }
        Some(Verdict::Stopped(incident)) => {
            stage.talk.line(&format!(
                "{:13}! {}",
                "",
                stage.talk.lang.pick(&incident.words.zh, &incident.words.en)
            ));
        }
        Some(Verdict::Accepted) | None => {}
    }
}

/// What came of one entry, for programs: docs/cli/simulate.md.
fn object(world: &World, entry: &Entry, came: Option<&Came>, seen: usize) -> serde_json::Value {
    let writer = Writer { definition: &world.definition, case: &world.case, zone: world.calendar.zone() };
    let (verdict, refusal, incident) = match came.map(|came| &came.verdict) {
        None | Some(Verdict::Accepted) => ("accepted", None, None),
        Some(Verdict::Refused(refusal)) => ("refused", Some(writer.refusal(refusal)), None),
        Some(Verdict::Stopped(incident)) => ("stopped", None, Some(incident)),
    };
    let reasons = came.map(|came| came.reasons.as_slice()).unwrap_or_default();
    let reasons: Vec<_> = reasons
        .iter()
        .map(|reason| {
            let inputs = reason.inputs.iter().map(|(name, value)| (name.to_string(), writer.value(value)));
            let inputs: serde_json::Map<_, _> = inputs.collect();
            let tables: Vec<_> = reason.decided.iter().map(|it| writer.decided(it)).collect();
            json!({ "guard": &*reason.guard, "held": reason.held, "inputs": inputs, "tables": tables })
        })
        .collect();
    let facts: Vec<_> = world.facts[seen..].iter().map(|fact| writer.fact(fact)).collect();
    json!({
        "at": writer.instant(entry.at),
        "event": entry.event.as_ref().map(|(event, _)| event),
        "by": simulate::json::actor(&entry.by),
        "verdict": verdict,
        "refusal": refusal,
        "incident": incident.map(|i| json!({ "code": &*i.code, "zh": &*i.words.zh, "en": &*i.words.en })),
        "facts": facts,
        "reasons": reasons,
        "runs": writer.runs(),
    })
}

fn not_opened(stage: &Stage<'_>, open: &Entry, why: &NotOpened) -> Exit {
    if stage.json {
        stage.talk.line(&unopened(stage, open, why).to_string());
        return Exit::Found;
    }
    let (code, words) = match why {
        NotOpened::Refused(refusal) => (refusal.to_string(), refusal_words(stage, &refusal.code)),
        NotOpened::Stopped(incident) => (incident.code.to_string(), incident.words.clone()),
    };
    stage.talk.words(&Words::new(
        format!("案件没能开始：{}（{code}）", words.zh),
        format!("the case could not be opened. {} ({code})", words.en),
    ));
    Exit::Found
}

fn refusal_words(stage: &Stage<'_>, code: &str) -> machine::ids::Bilingual {
    let own = stage.definition.refusal_words(code).cloned();
    own.or_else(|| simulate::json::own_words(code)).unwrap_or_default()
}

/// What came of an opening that failed: the keys of every other entry, and no case yet.
fn unopened(stage: &Stage<'_>, open: &Entry, why: &NotOpened) -> serde_json::Value {
    let (verdict, refusal, incident) = match why {
        NotOpened::Refused(refusal) => {
            let words = refusal_words(stage, &refusal.code);
            let about: Vec<&str> = refusal.about.iter().map(|name| &**name).collect();
            let told = json!({
                "code": &*refusal.code, "zh": &*words.zh, "en": &*words.en, "about": about, "possible": [],
            });
            ("refused", Some(told), None)
        }
        NotOpened::Stopped(it) => {
            let told = json!({ "code": &*it.code, "zh": &*it.words.zh, "en": &*it.words.en });
            ("stopped", None, Some(told))
        }
    };
    json!({
        "at": simulate::json::instant(open.at, stage.calendar.zone()),
        "event": "open",
        "by": simulate::json::actor(&open.by),
        "verdict": verdict,
        "refusal": refusal,
        "incident": incident,
        "facts": [],
        "reasons": [],
        "runs": [],
    })
}

fn end(stage: &Stage<'_>, world: &World) {
    if stage.json {
        return;
    }
    let teller = Teller::of(world, stage.talk.lang);
    stage.talk.line("");
    stage.talk.result(&teller.standing());
    stage.talk.result(&teller.clocks(stage.talk.verbose));
}

fn speed(stage: &Stage<'_>, script: &Script, times: usize) -> Outcome {
    let started = Instant::now();
    let mut events = 0u64;
    for _ in 0..times {
        // Only the time counts here; what came of it was told by a run without --repeat.
        let _ = script::play(script, &stage.definition, &stage.calendar, |_, _, _| events += 1);
    }
    let took = started.elapsed();
    let per_second = u128::from(events) * 1_000_000_000 / took.as_nanos().max(1);
    let took = took.as_millis();
    stage.talk.words(&words!(
        "{events} 个事件 · {took} ms · 每秒 {per_second} 个",
        "{events} events · {took} ms · {per_second} a second"
    ));
    Ok(Exit::Fine)
}

/// Plays a story and tells it.
pub fn story(stage: &Stage<'_>, path: &Path, workflow: &Workflow) -> Outcome {
    let name = path.file_name();
    let story =
        workflow.stories.iter().find(|(known, _)| same_file(known, path) || known.file_name() == name);
    let Some((_, story)) = story else {
        let there = files::read(path).map(|_| ());
        super::super::check::stops(stage.library, stage.talk);
        let shown = path.display();
        return Err(there.err().unwrap_or_else(|| {
            Failure::new(
                Exit::Found,
                words!("{shown} 不是这个流程的故事", "{shown} is no story of this process"),
            )
            .advise(words!("故事放在流程旁边的 examples/ 里", "stories stand in examples/ beside a process"))
        }));
    };
    let played = play(story, &stage.definition, &stage.calendar);
    if let Some(world) = &played.world {
        if stage.json {
            let writer =
                Writer { definition: &world.definition, case: &world.case, zone: world.calendar.zone() };
            for fact in &world.facts {
                stage.talk.line(&writer.fact(fact).to_string());
            }
        } else {
            stage.talk.line(&stage.talk.bold(story.title.get(stage.talk.lang)));
            stage.talk.result(&Teller::of(world, stage.talk.lang).facts(0));
            end(stage, world);
        }
    }
    for found in &played.report {
        let shown = render::one(found, &stage.library.sources, stage.talk.look());
        stage.talk.remark(&Words::new(shown.clone(), shown));
    }
    Ok(Exit::found(played.report.has_errors()))
}

fn same_file(one: &Path, two: &Path) -> bool {
    one == two || matches!((one.canonicalize(), two.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
