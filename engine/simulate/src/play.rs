//! Playing a story: every step through `machine::step`, every expectation held against the case.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::time::deadline;
use expr::value::Value;
use jiff::Timestamp;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::span::Span;
use language::suggest::nearest;
use language::tree::Node;
use language::words::Words;
use machine::chart::{Chart, FieldType};
use machine::definition::Definition;
use machine::event::{Actor, Command, Input, Target};
use machine::ids::{Name, RunIx};
use machine::step::Verdict;

use crate::expect;
use crate::story::{Act, ClockAct, Opening, Step, StepKind, Story, TaskAct};
use crate::values::{period, plain, read_node};
use crate::world::{NotOpened, World};

/// What playing a story gave.
#[derive(Clone, Debug)]
pub struct Played {
    /// Everything that did not come as told; empty means the story holds.
    pub report: Report,
    /// The case at the end, when it could be opened.
    pub world: Option<World>,
}

/// Plays a story against a definition.
pub fn play(story: &Story, definition: &Arc<Definition>, calendar: &Calendar) -> Played {
    let mut stage = Stage { calendar, report: Report::new(), seen: 0 };
    let definition = match stage.with_parameters(story, definition) {
        Some(definition) => definition,
        None => return Played { report: stage.report, world: None },
    };
    let Some(mut world) = stage.open(&story.open, &definition) else {
        return Played { report: stage.report, world: None };
    };
    for step in &story.steps {
        stage.step(&mut world, step);
        if stage.report.has_errors() {
            break;
        }
    }
    Played { report: stage.report, world: Some(world) }
}

struct Stage<'a> {
    calendar: &'a Calendar,
    report: Report,
    /// Facts before the last expectation.
    seen: usize,
}

impl Stage<'_> {
    fn say(&mut self, code: codes::Code, span: Span, message: Words) {
        self.report.push(Diagnostic::new(code, span, message));
    }

    fn with_parameters(&mut self, story: &Story, definition: &Arc<Definition>) -> Option<Arc<Definition>> {
        if story.parameters.is_empty() {
            return Some(definition.clone());
        }
        let mut values: Vec<(Name, Value)> = Vec::new();
        for (name, node) in &story.parameters {
            let Some(parameter) = definition.find_parameter(name) else {
                let message =
                    Words::new(format!("没有参数“{name}”"), format!("there is no parameter `{name}`"));
                let found = Diagnostic::new(codes::STORY_NAME, node.span, message);
                let known = definition.parameters.iter().map(|it| &*it.name);
                self.report.push(perhaps(found, name, known));
                continue;
            };
            let ty = &definition.parameters[parameter.at()].ty;
            match read_node(node, ty, self.calendar.zone()) {
                Ok(value) => values.push((name.as_str().into(), value)),
                Err(words) => self.say(codes::STORY_VALUE, node.span, words),
            }
        }
        match self.report.has_errors() {
            true => None,
            false => definition.with_parameters(&values).ok().map(Arc::new),
        }
    }

    fn open(&mut self, opening: &Opening, definition: &Arc<Definition>) -> Option<World> {
        let by = &opening.by;
        if definition.find_role(&by.role).is_none() && &*by.role != "system" {
            let found = no_role(definition, &by.role, opening.span);
            self.report.push(found);
        }
        let data = self.fields(&opening.with, definition.main())?;
        let opened = World::open(
            definition.clone(),
            self.calendar.clone(),
            "STORY-1",
            data,
            opening.by.clone(),
            opening.at,
        );
        match (opened, &opening.refused) {
            (Ok(world), None) => Some(world),
            (Ok(_), Some((code, span))) => {
                self.say(codes::STORY_NOT_REFUSED, *span, not_refused(code));
                None
            }
            (Err(NotOpened::Refused(refusal)), Some((code, _))) if *refusal.code == **code => None,
            (Err(NotOpened::Refused(refusal)), _) => {
                let words = definition.refusal_words(&refusal.code);
                self.refused(opening.span, &refusal.to_string(), words.map(|w| (&*w.zh, &*w.en)));
                None
            }
            (Err(NotOpened::Stopped(incident)), _) => {
                let message = Words::new(&*incident.words.zh, &*incident.words.en);
                self.say(codes::STORY_STOPPED, opening.span, message);
                None
            }
        }
    }

    fn fields(&mut self, with: &[(String, Node)], chart: &Chart) -> Option<Vec<(Name, Value)>> {
        let ty = |name: &str| chart.find_field(name).map(|f| chart.fields[f.at()].ty.clone());
        self.values(with, ty)
    }

    fn values(
        &mut self,
        with: &[(String, Node)],
        ty: impl Fn(&str) -> Option<FieldType>,
    ) -> Option<Vec<(Name, Value)>> {
        let mut values = Vec::with_capacity(with.len());
        let mut sound = true;
        for (name, node) in with {
            // A name nobody knows goes to the machine as it is: refusing it is its part.
            let ty = ty(name).map_or(expr::value::Type::Text, |t| plain(&t));
            match read_node(node, &ty, self.calendar.zone()) {
                Ok(value) => values.push((Name::from(name.as_str()), value)),
                Err(words) => {
                    self.say(codes::STORY_VALUE, node.span, words);
                    sound = false;
                }
            }
        }
        sound.then_some(values)
    }

    fn step(&mut self, world: &mut World, step: &Step) {
        match &step.kind {
            StepKind::Do(act) => self.act(world, act),
            StepKind::Wait(node) => {
                if let Some(at) = self.after(world.now, node) {
                    self.pass(world, at, step.span);
                }
            }
            StepKind::Until(at) => self.pass(world, *at, step.span),
            StepKind::Task(act) => self.task(world, act, step.span),
            StepKind::Clock(act) => self.clock(world, act, step.span),
            StepKind::Expect(wanted) => {
                for (key, key_span, node) in wanted {
                    let line = expect::Line { key, key_span: *key_span, node };
                    let found = expect::hold(world, &world.facts[self.seen..], &line, self.calendar.zone());
                    found.into_iter().for_each(|(span, words)| self.say(codes::STORY_EXPECTED, span, words));
                }
                self.seen = world.facts.len();
            }
        }
    }

    fn after(&mut self, now: Timestamp, node: &Node) -> Option<Timestamp> {
        let text = node.as_text().unwrap_or_default();
        let due = period(text).and_then(|period| {
            deadline::due(now, &period, self.calendar).map_err(|error| {
                let (zh, en) = (error.text(expr::lang::Lang::Zh), error.text(expr::lang::Lang::En));
                Words::new(zh, en)
            })
        });
        match due {
            Ok(due) => Some(due.at),
            Err(words) => {
                self.say(codes::STORY_VALUE, node.span, words);
                None
            }
        }
    }

    fn pass(&mut self, world: &mut World, at: Timestamp, span: Span) {
        if self.backwards(world, at, span) {
            return;
        }
        let outcome = world.pass_to(at);
        if let Verdict::Stopped(incident) = outcome.verdict {
            self.say(codes::STORY_STOPPED, span, Words::new(&*incident.words.zh, &*incident.words.en));
        }
    }

    fn backwards(&mut self, world: &World, at: Timestamp, span: Span) -> bool {
        let back = at < world.now;
        if back {
            let message = Words::new("时间不能倒退", "time cannot run backwards");
            self.say(codes::STORY_TIME, span, message);
        }
        back
    }

    fn act(&mut self, world: &mut World, act: &Act) {
        let at = act.at.unwrap_or(world.now);
        if self.backwards(world, at, act.event_span) {
            return;
        }
        let Some((target, chart, event)) = target_of(world, &act.event) else {
            let message = Words::new(
                format!("没有“{}”这样的操作", act.event),
                format!("there is no event `{}`", act.event),
            );
            let events = world.definition.charts.iter().flat_map(|chart| &chart.events);
            let last = act.event.rsplit('.').next().unwrap_or_default();
            let found = Diagnostic::new(codes::STORY_NAME, act.event_span, message);
            return self.report.push(perhaps(found, last, events.map(|event| &*event.name)));
        };
        let form = chart.find_event(&event).map(|e| e.form.clone()).unwrap_or_default();
        let ty = |name: &str| form.iter().find(|f| *f.name == *name).map(|f| f.ty.clone());
        let Some(data) = self.values(&act.with, ty) else { return };
        let reason = act.reason.as_deref().map(Name::from);
        let outcome = world.send(target, &event, data, reason, act.by.clone(), at);
        self.judge(world, act.event_span, act.refused.as_ref(), outcome.verdict);
        self.check_role(world, &act.by);
    }

    fn task(&mut self, world: &mut World, act: &TaskAct, span: Span) {
        let found = run_and_rest(world, &act.task).and_then(|(run, state)| {
            let run = world.case.run(run);
            let state = world.definition.chart(run.chart).find_state(&state)?;
            run.tasks.iter().find(|t| t.state == state).map(|t| t.id)
        });
        // A task that is not there is the machine's to refuse.
        let (task, reason) = (found.unwrap_or(0), act.reason.as_deref().map(Name::from));
        let input = Input::Task { task, verb: act.verb, person: act.person.clone(), reason };
        self.give(world, input, &act.by, act.at, span, act.refused.as_ref());
    }

    fn clock(&mut self, world: &mut World, act: &ClockAct, span: Span) {
        let found = run_and_rest(world, &act.clock).and_then(|(run, clock)| {
            let run = world.case.run(run);
            let clock = world.definition.chart(run.chart).find_clock(&clock)?;
            run.timer_of(clock).map(|t| t.id)
        });
        let (timer, reason) = (found.unwrap_or(0), act.reason.as_deref().unwrap_or_default().into());
        let input = Input::Timer { timer, act: act.act, reason };
        self.give(world, input, &act.by, act.at, span, act.refused.as_ref());
    }

    fn give(
        &mut self,
        world: &mut World,
        input: Input,
        by: &Actor,
        at: Option<Timestamp>,
        span: Span,
        refused: Option<&(String, Span)>,
    ) {
        let at = at.unwrap_or(world.now);
        if !self.backwards(world, at, span) {
            let outcome = world.give(Command { input, by: by.clone(), at });
            self.judge(world, span, refused, outcome.verdict);
            self.check_role(world, by);
        }
    }

    /// A step that did not come as told, by somebody in a role nobody declared: most likely misspelt.
    fn check_role(&mut self, world: &World, by: &Actor) {
        let known = world.definition.find_role(&by.role).is_some() || &*by.role == "system";
        let Some(found) = self.report.iter().last().filter(|_| !known).cloned() else { return };
        self.report.push(no_role(&world.definition, &by.role, found.primary.span));
    }

    fn judge(&mut self, world: &World, span: Span, told: Option<&(String, Span)>, verdict: Verdict) {
        match (verdict, told) {
            (Verdict::Accepted, None) => {}
            (Verdict::Accepted, Some((code, span))) => {
                self.say(codes::STORY_NOT_REFUSED, *span, not_refused(code));
            }
            (Verdict::Refused(refusal), Some((code, span))) => {
                if *refusal.code != **code {
                    let message = Words::new(
                        format!("应以 {code} 拒绝，实际以 {} 拒绝", refusal.code),
                        format!("refused with {}, not with {code}", refusal.code),
                    );
                    self.say(codes::STORY_NOT_REFUSED, *span, message);
                }
            }
            (Verdict::Refused(refusal), None) => {
                let words = world.definition.refusal_words(&refusal.code);
                self.refused(span, &refusal.to_string(), words.map(|w| (&*w.zh, &*w.en)));
            }
            (Verdict::Stopped(incident), _) => {
                let message = Words::new(&*incident.words.zh, &*incident.words.en);
                self.say(codes::STORY_STOPPED, span, message);
            }
        }
    }

    fn refused(&mut self, span: Span, code: &str, words: Option<(&str, &str)>) {
        let (zh, en) = words.unwrap_or_default();
        let message = Words::new(format!("被拒：{code} {zh}"), format!("refused: {code} {en}"));
        self.say(codes::STORY_REFUSED, span, message);
    }
}

/// Somebody acts in a role that the process does not declare.
fn no_role(definition: &Definition, role: &str, span: Span) -> Diagnostic {
    let message = Words::new(format!("流程里没有角色“{role}”"), format!("the process has no role `{role}`"));
    let found = Diagnostic::new(codes::STORY_NAME, span, message);
    perhaps(found, role, definition.roles.iter().map(|role| &*role.name))
}

/// Names the word that was perhaps meant.
fn perhaps<'k>(found: Diagnostic, written: &str, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    match nearest(written, known) {
        Some(near) => {
            found.advise(Words::new(format!("是不是“{near}”？"), format!("did you mean `{near}`?")))
        }
        None => found,
    }
}

fn not_refused(code: &str) -> Words {
    Words::new(
        format!("应以 {code} 拒绝，实际通过了"),
        format!("was to be refused with {code}, but was accepted"),
    )
}

/// Splits `claims.B1.evaluation` into the child and the rest; anything else is about the main run.
fn run_and_rest(world: &World, path: &str) -> Option<(RunIx, String)> {
    if let Some((kind, rest)) = path.split_once('.')
        && let Some(chart) = world.definition.find_child(kind)
    {
        let (key, rest) = rest.rsplit_once('.')?;
        let run = world.case.find_child(chart, &Value::text(key))?;
        return Some((run, rest.to_owned()));
    }
    Some((RunIx::MAIN, path.to_owned()))
}

/// Splits `claims.B1.approve` into a child and its event; anything else is an event of the main run.
pub fn target_of<'w>(world: &'w World, path: &str) -> Option<(Target, &'w Chart, Name)> {
    let main = world.definition.main();
    if let Some((kind, rest)) = path.split_once('.')
        && let Some(chart) = world.definition.find_child(kind)
    {
        let (key, event) = rest.rsplit_once('.')?;
        let target = Target::Child { kind: kind.into(), key: Value::text(key) };
        return Some((target, world.definition.chart(chart), event.into()));
    }
    main.find_event(path).map(|e| (Target::Main, main, e.name.clone()))
}
