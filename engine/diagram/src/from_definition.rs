//! A checked process as a picture: states with who acts and how long, edges with the words of the button.
//!
//! Refusing branches are not drawn: they lead nowhere and would hide the way. Edges of one state that look
//! alike (same words, same targets) are one edge. Ids are the names of the definition; edges are `t` and
//! the number of the transition, so that a case's history can be laid over the picture.

use std::collections::BTreeSet;

use expr::lang::Lang as Tongue;
use machine::action::Action;
use machine::chart::{Chart, ClockKind, Go, Pattern, StateKind, Transition};
use machine::definition::Definition;
use machine::ids::{Bilingual, ChartIx, Name, StateIx, TransitionIx};
use machine::spoken::Depth;

use crate::picture::{Cause, Child, Edge, Kind, Picture, Place, State, Words};

pub mod said;

/// The most events written beside one edge.
const LABELS_MAX: usize = 2;
/// The longest condition written beside an edge, in characters.
const CONDITION_MAX: usize = 18;
/// The same for a title in English.
const CONDITION_MAX_EN: usize = 40;

/// The main process with its children in boxes of their own.
pub fn picture(definition: &Definition) -> Picture {
    let mut picture = of_chart(definition, ChartIx::MAIN);
    picture.children =
        (1u16..).map(ChartIx).take(definition.charts.len() - 1).map(|kind| child(definition, kind)).collect();
    picture
}

/// One chart alone: the main process or a kind of child, by its name.
pub fn picture_of(definition: &Definition, chart: ChartIx) -> Picture {
    of_chart(definition, chart)
}

/// The id under which the edge of a transition is drawn.
pub fn edge_id(transition: TransitionIx) -> String {
    format!("t{transition}")
}

fn child(definition: &Definition, kind: ChartIx) -> Child {
    let main = definition.main();
    let starts = |t: &&Transition| t.actions.iter().any(|action| starts(action, kind));
    let sources: BTreeSet<StateIx> = main.transitions.iter().filter(starts).map(|t| t.source).collect();
    Child {
        picture: of_chart(definition, kind),
        note: child_note(definition, kind),
        started_by: sources.into_iter().map(|s| main.state(s).name.to_string()).collect(),
    }
}

fn starts(action: &Action, kind: ChartIx) -> bool {
    match action {
        Action::Start { child, .. } => *child == kind,
        Action::Choose { branches } => {
            branches.iter().any(|(_, inner)| inner.iter().any(|a| starts(a, kind)))
        }
        _ => false,
    }
}

/// How many children there may be, and for whom.
fn child_note(definition: &Definition, kind: ChartIx) -> Words {
    let Some(rules) = &definition.chart(kind).child else { return Words::default() };
    let key = key_title(definition, &rules.key_name);
    let each = Words::new(format!("每个{}一份", key.zh), format!("one per {}", key.en));
    let Some(cap) = &rules.cap else { return each };
    let limit = said::quantity(definition, &cap.limit, Tongue::Zh);
    Words::new(format!("最多 {limit} 个 · {}", each.zh), format!("at most {limit} · {}", each.en))
}

/// What the key is called in the form that brings it.
fn key_title(definition: &Definition, name: &str) -> Words {
    let forms = definition.main().events.iter().flat_map(|event| &event.form);
    let title = forms.filter(|field| *field.name == *name).map(|field| words(&field.title)).next();
    title.map_or_else(|| said_name(name), |title| Words::new(title.zh, title.en.to_lowercase()))
}

fn of_chart(definition: &Definition, kind: ChartIx) -> Picture {
    let chart = definition.chart(kind);
    let painter = Painter { definition, chart, at: kind };
    Picture {
        id: chart.name.to_string(),
        title: words(&chart.title),
        initial: painter.initial(StateIx::ROOT),
        states: painter.inside(StateIx::ROOT),
        edges: painter.edges(),
        children: Vec::new(),
    }
}

struct Painter<'d> {
    definition: &'d Definition,
    chart: &'d Chart,
    at: ChartIx,
}

impl Painter<'_> {
    fn initial(&self, state: StateIx) -> Option<String> {
        let initial = self.chart.state(state).initial.as_ref()?;
        initial.targets.first().map(|s| self.chart.state(*s).name.to_string())
    }

    fn inside(&self, state: StateIx) -> Vec<State> {
        self.chart.state(state).children.iter().map(|inner| self.state(*inner)).collect()
    }

    fn state(&self, ix: StateIx) -> State {
        let state = self.chart.state(ix);
        let marked = state.kind == StateKind::Compound;
        State {
            id: state.name.to_string(),
            title: self.title(state),
            note: self.note(ix),
            kind: self.kind(ix),
            place: if state.side { Place::Side } else { Place::Auto },
            initial: self.initial(ix).filter(|_| marked),
            states: self.inside(ix),
        }
    }

    fn title(&self, state: &machine::chart::State) -> Words {
        let title = words(&state.title);
        if title.get(crate::Lang::Zh).is_empty() { Words::new(&*state.name, &*state.name) } else { title }
    }

    fn kind(&self, ix: StateIx) -> Kind {
        let state = self.chart.state(ix);
        match &state.kind {
            StateKind::Final { .. } => Kind::Final,
            StateKind::History { deep, .. } => Kind::History { deep: *deep },
            StateKind::Compound => Kind::Compound,
            StateKind::Parallel => Kind::Parallel,
            StateKind::Atomic if state.task.is_some() => Kind::Task,
            StateKind::Atomic => self.waits_for(ix),
        }
    }

    /// What an atomic state without a task waits for: nothing, the clock, or somebody else.
    fn waits_for(&self, ix: StateIx) -> Kind {
        let state = self.chart.state(ix);
        let out: Vec<&Transition> =
            state.transitions.iter().map(|t| &self.chart.transitions[t.at()]).collect();
        let by_clock = |t: &&Transition| self.cause(t) == Cause::Timer;
        if out.iter().any(|t| t.on.is_empty()) {
            Kind::Automatic
        } else if !out.is_empty() && out.iter().all(by_clock) {
            Kind::Timer
        } else {
            Kind::Wait
        }
    }

    /// Who acts, and how long.
    fn note(&self, ix: StateIx) -> Words {
        let state = self.chart.state(ix);
        let mut parts: Vec<Words> = Vec::new();
        if let Some(task) = &state.task {
            parts.push(words(&self.definition.roles[task.role.at()].title));
        }
        parts.extend(state.clocks.iter().filter_map(|clock| self.limit(&self.chart.clocks[clock.at()])));
        let join =
            |pick: fn(&Words) -> &String| parts.iter().map(pick).cloned().collect::<Vec<_>>().join(" · ");
        Words::new(join(|w| &w.zh), join(|w| &w.en))
    }

    /// How long a clock runs; one that is set to no time at all limits nothing.
    fn limit(&self, clock: &machine::chart::Clock) -> Option<Words> {
        let Words { zh, en } = self.lasts(clock)?;
        Some(match clock.kind {
            ClockKind::Gate => Words::new(format!("{zh}后方可"), format!("not before {en}")),
            ClockKind::Validity => Words::new(format!("{zh}内有效"), format!("valid {en}")),
            ClockKind::Wait => Words::new(format!("等 {zh}"), format!("wait {en}")),
            ClockKind::Deadline => Words::new(format!("限 {zh}"), format!("within {en}")),
        })
    }

    fn lasts(&self, clock: &machine::chart::Clock) -> Option<Words> {
        let told = |tongue| said::quantity(self.definition, &clock.within, tongue);
        (!said::is_nothing(self.definition, &clock.within))
            .then(|| Words::new(told(Tongue::Zh), told(Tongue::En)))
    }

    fn edges(&self) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        for (ix, transition) in (0u16..).map(TransitionIx).zip(&self.chart.transitions) {
            let Some(edge) = self.edge(ix, transition) else { continue };
            let alike = |e: &Edge| {
                e.from == edge.from && e.to == edge.to && (!e.to.is_empty() || e.label == edge.label)
            };
            match edges.iter_mut().find(|e| alike(e)) {
                Some(drawn) => self.join(drawn, transition, &edge),
                None => edges.push(edge),
            }
        }
        edges
    }

    /// One line for all branches between the same states: people look where the work goes, not how often
    /// the text says so. It keeps the first branch's id.
    fn join(&self, drawn: &mut Edge, transition: &Transition, edge: &Edge) {
        let more = transition.on.first().map_or_else(Words::default, |on| self.event_words(on));
        // With several branches the conditions would only be pieces of the reason.
        drawn.label.zh = without_condition(&drawn.label.zh);
        drawn.label.en = without_condition(&drawn.label.en);
        drawn.label.zh = joined(&drawn.label.zh, &more.zh);
        drawn.label.en = joined(&drawn.label.en, &more.en);
        if drawn.cause != edge.cause {
            drawn.cause = Cause::Event;
        }
    }

    /// Branches that stay are drawn when a person or a clock brings them about.
    fn is_seen(&self, transition: &Transition) -> bool {
        transition.event.is_some()
            || transition
                .on
                .iter()
                .any(|on| matches!(on, Pattern::Prefix(name) if self.clock_of(name).is_some()))
    }

    fn edge(&self, ix: TransitionIx, transition: &Transition) -> Option<Edge> {
        let name = |s: &StateIx| self.chart.state(*s).name.to_string();
        let to = match &transition.go {
            Go::Refuse { .. } => return None,
            Go::Stay if transition.actions.is_empty() || !self.is_seen(transition) => return None,
            Go::Stay => Vec::new(),
            Go::To { targets, .. } => targets.iter().map(name).collect(),
        };
        Some(Edge {
            id: edge_id(ix),
            from: name(&transition.source),
            to,
            label: self.label(transition),
            cause: self.cause(transition),
        })
    }

    fn cause(&self, transition: &Transition) -> Cause {
        let Some(first) = transition.on.first() else { return Cause::Automatic };
        match first {
            Pattern::Any => Cause::Event,
            Pattern::Prefix(name) if self.clock_of(name).is_some() => Cause::Timer,
            Pattern::Prefix(name) if name.starts_with("done.") => Cause::Automatic,
            Pattern::Prefix(name) if name.starts_with("error.") => Cause::Error,
            Pattern::Prefix(_) => Cause::Event,
        }
    }

    fn clock_of(&self, event: &str) -> Option<&machine::chart::Clock> {
        self.chart.clocks.iter().find(|clock| *clock.event == *event)
    }

    fn label(&self, transition: &Transition) -> Words {
        let mut label = transition.on.first().map_or_else(Words::default, |on| self.event_words(on));
        if let Some(condition) = self.condition(transition) {
            let room = |text: &str| if text.is_empty() { "" } else { " " };
            label.zh = format!("{}{}[{}]", label.zh, room(&label.zh), condition.zh);
            label.en = format!("{}{}[{}]", label.en, room(&label.en), condition.en);
        }
        label
    }

    fn event_words(&self, on: &Pattern) -> Words {
        let name = match on {
            Pattern::Any => return Words::new("任何事件", "anything"),
            Pattern::Prefix(name) => name,
        };
        if let Some(clock) = self.clock_of(name) {
            return self.clock_words(clock);
        }
        if let Some(event) = self.chart.find_event(name) {
            return words(&event.title);
        }
        self.ended_words(name).unwrap_or_else(|| said_name(name))
    }

    fn clock_words(&self, clock: &machine::chart::Clock) -> Words {
        let Some(Words { zh, en }) = self.lasts(clock) else { return words(&clock.title) };
        match clock.kind {
            ClockKind::Gate => Words::new(format!("满 {zh}"), format!("after {en}")),
            ClockKind::Wait => Words::new(format!("{zh}后"), format!("after {en}")),
            ClockKind::Validity => Words::new(format!("{zh}有效期满"), format!("expires after {en}")),
            ClockKind::Deadline => Words::new(format!("{zh}未完成"), format!("not within {en}")),
        }
    }

    /// The words for an event that tells of the end of a child or of an inner state.
    fn ended_words(&self, name: &str) -> Option<Words> {
        if let Some(state) = name.strip_prefix("done.state.") {
            let title = self.chart.find_state(state).map(|s| words(&self.chart.state(s).title));
            let title = title.unwrap_or_else(|| said_name(state));
            return Some(Words::new(format!("{}完成", title.zh), format!("{} done", title.en)));
        }
        let ended = |chart: &&Chart| chart.child.as_ref().is_some_and(|rules| *rules.ended == *name);
        let child = self.definition.charts.iter().find(ended)?;
        Some(Words::new(format!("{}办结", child.title.zh), format!("{} ended", child.title.en)))
    }

    /// The condition, where it tells this branch from another that is drawn too; a yes-or-no field by its
    /// title.
    fn condition(&self, transition: &Transition) -> Option<Words> {
        let guard = transition.guard.as_ref()?;
        let others = self.chart.transitions.iter().filter(|other| {
            other.source == transition.source
                && other.on == transition.on
                && !matches!(other.go, Go::Refuse { .. })
        });
        if others.count() < 2 {
            return None;
        }
        let text = said::guard(self.chart, guard);
        let field = self.chart.fields.iter().find(|field| *field.name == *text.trim());
        let tell = |lang| self.definition.formula_words(self.at, &text, Depth::Conditions, lang);
        let said =
            field.map_or_else(|| Words::new(tell(Tongue::Zh), tell(Tongue::En)), |field| words(&field.title));
        let fits = |said: &str, most: usize| said.chars().count() <= most;
        // Words in English are longer than the same in Chinese; formulas are cut off like Chinese.
        let most_en = if said.en == text { CONDITION_MAX } else { CONDITION_MAX_EN };
        (fits(&said.zh, CONDITION_MAX) && fits(&said.en, most_en)).then_some(said)
    }
}

/// The label before its `[condition]`.
fn without_condition(label: &str) -> String {
    label.split('[').next().unwrap_or_default().trim_end().to_owned()
}

/// Two labels on one line; the same one twice is said once, and a long row is cut.
fn joined(label: &str, more: &str) -> String {
    let parts: Vec<&str> = label.split(" / ").collect();
    if more.is_empty() || parts.contains(&more) || label.ends_with('…') {
        return label.to_owned();
    }
    match (label.is_empty(), parts.len() < LABELS_MAX) {
        (true, _) => more.to_owned(),
        (false, true) => format!("{label} / {more}"),
        (false, false) => format!("{label} / …"),
    }
}

fn words(both: &Bilingual) -> Words {
    Words::new(&*both.zh, &*both.en)
}

fn said_name(name: &str) -> Words {
    let plain: Name = name.replace('_', " ").into();
    Words::new(&*plain, &*plain)
}
