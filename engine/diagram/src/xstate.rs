//! A chart as an XState 5 machine in JSON: guards and actions as texts, for Stately's editor and tools.
//!
//! Clocks become named delays under `after`; refusing branches become transitions without a target whose
//! action says the refusal. Every state has its name as id, and targets are written `#name`.

use machine::chart::{Chart, Go, Pattern, State, StateKind, Transition};
use machine::definition::Definition;
use machine::ids::{ChartIx, StateIx};
use serde_json::{Map, Value, json};

use crate::from_definition::said;

/// The machine configuration of one chart.
pub fn xstate(definition: &Definition, chart: ChartIx) -> Value {
    let writer = Writer { definition, chart: definition.chart(chart) };
    let mut root = writer.state(StateIx::ROOT);
    root.insert("version".into(), json!(definition.version.to_string()));
    Value::Object(root)
}

struct Writer<'d> {
    definition: &'d Definition,
    chart: &'d Chart,
}

impl Writer<'_> {
    fn state(&self, ix: StateIx) -> Map<String, Value> {
        let state = self.chart.state(ix);
        let name = if ix == StateIx::ROOT { &self.chart.name } else { &state.name };
        let mut out = Map::new();
        out.insert("id".into(), json!(&**name));
        let title = if ix == StateIx::ROOT { &self.chart.title } else { &state.title };
        out.insert("description".into(), json!(format!("{} / {}", title.zh, title.en)));
        self.kind(state, &mut out);
        self.actions("entry", &state.entry, &mut out);
        self.actions("exit", &state.exit, &mut out);
        self.transitions(ix, &mut out);
        if !state.children.is_empty() {
            let inner = state
                .children
                .iter()
                .map(|c| (self.chart.state(*c).name.to_string(), Value::Object(self.state(*c))));
            out.insert("states".into(), Value::Object(inner.collect()));
        }
        out
    }

    fn kind(&self, state: &State, out: &mut Map<String, Value>) {
        match &state.kind {
            StateKind::Parallel => _ = out.insert("type".into(), json!("parallel")),
            StateKind::Final { outcome } => {
                out.insert("type".into(), json!("final"));
                out.insert("output".into(), json!({ "outcome": &**outcome }));
            }
            StateKind::History { deep, .. } => {
                out.insert("type".into(), json!("history"));
                out.insert("history".into(), json!(if *deep { "deep" } else { "shallow" }));
                if let Some(target) = state.initial.as_ref().and_then(|i| i.targets.first()) {
                    out.insert("target".into(), json!(self.target(*target)));
                }
            }
            StateKind::Compound | StateKind::Atomic => {
                if let Some(first) = state.initial.as_ref().and_then(|i| i.targets.first()) {
                    out.insert("initial".into(), json!(self.inner_name(state, *first)));
                }
            }
        }
    }

    /// XState's `initial` names a child: the one that holds the target.
    fn inner_name(&self, state: &State, target: StateIx) -> String {
        let holds = |c: &&StateIx| **c == target || self.chart.is_descendant(target, **c);
        let child = state.children.iter().find(holds).copied().unwrap_or(target);
        self.chart.state(child).name.to_string()
    }

    fn target(&self, state: StateIx) -> String {
        format!("#{}", self.chart.state(state).name)
    }

    fn actions(&self, key: &str, actions: &[machine::action::Action], out: &mut Map<String, Value>) {
        if !actions.is_empty() {
            out.insert(key.into(), json!(self.texts(actions)));
        }
    }

    fn texts(&self, actions: &[machine::action::Action]) -> Vec<Value> {
        actions.iter().map(|a| json!({ "type": said::action(self.definition, self.chart, a) })).collect()
    }

    fn transitions(&self, ix: StateIx, out: &mut Map<String, Value>) {
        let state = self.chart.state(ix);
        for number in &state.transitions {
            let transition = &self.chart.transitions[number.at()];
            let branch = self.branch(transition);
            if transition.on.is_empty() {
                append(out, "always", None, &branch);
            }
            for on in &transition.on {
                match on {
                    Pattern::Any => append(out, "on", Some("*"), &branch),
                    Pattern::Prefix(name) => self.on(state, name, &branch, out),
                }
            }
        }
    }

    fn on(&self, state: &State, name: &str, branch: &Value, out: &mut Map<String, Value>) {
        if let Some(clock) = self.chart.clocks.iter().find(|clock| *clock.event == *name) {
            return append(out, "after", Some(&clock.name), branch);
        }
        if name.strip_prefix("done.state.") == Some(&*state.name) {
            return append(out, "onDone", None, branch);
        }
        append(out, "on", Some(name), branch);
    }

    fn branch(&self, transition: &Transition) -> Value {
        let mut out = Map::new();
        let mut actions = self.texts(&transition.actions);
        match &transition.go {
            Go::To { targets, internal } => {
                let named: Vec<String> = targets.iter().map(|t| self.target(*t)).collect();
                let target = if let [only] = &named[..] { json!(only) } else { json!(named) };
                out.insert("target".into(), target);
                let inside = targets
                    .iter()
                    .all(|t| *t == transition.source || self.chart.is_descendant(*t, transition.source));
                if inside && !internal {
                    out.insert("reenter".into(), json!(true));
                }
            }
            Go::Stay => {}
            Go::Refuse { code } => actions.push(json!({ "type": format!("refuse {code}") })),
        }
        if let Some(guard) = &transition.guard {
            out.insert("guard".into(), json!({ "type": said::guard(self.chart, guard) }));
        }
        if !actions.is_empty() {
            out.insert("actions".into(), Value::Array(actions));
        }
        Value::Object(out)
    }
}

/// Adds a branch to a list of the state, directly (`always`) or under an event's name (`on`).
fn append(out: &mut Map<String, Value>, key: &str, event: Option<&str>, branch: &Value) {
    let empty = if event.is_some() { json!({}) } else { json!([]) };
    let list = out.entry(key).or_insert(empty);
    let list = match (event, list) {
        (Some(event), Value::Object(events)) => events.entry(event).or_insert_with(|| json!([])),
        (_, list) => list,
    };
    if let Value::Array(branches) = list {
        branches.push(branch.clone());
    }
}
