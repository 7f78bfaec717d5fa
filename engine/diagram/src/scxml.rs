//! A chart as SCXML, the W3C's statechart notation: guards and actions as texts, for other tools and for
//! comparison.
//!
//! Clocks are delayed events sent on entry and cancelled on exit. What SCXML has no word for stands in the
//! namespace `urn:charter:1`. Conditions and values are formulas of the definition, not ECMAScript.

use std::fmt::Write;

use machine::action::{Action, Destination};
use machine::chart::{Chart, Go, Pattern, State, StateKind, Transition};
use machine::definition::Definition;
use machine::ids::{ChartIx, StateIx};

use crate::from_definition::said;

/// One chart as an SCXML document.
pub fn scxml(definition: &Definition, chart: ChartIx) -> String {
    let mut writer = Writer { definition, chart: definition.chart(chart), out: String::new(), depth: 1 };
    writer.document();
    writer.out
}

struct Writer<'d> {
    definition: &'d Definition,
    chart: &'d Chart,
    out: String,
    depth: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(self.depth));
    }

    fn inside(&mut self, open: &str, close: &str, body: impl FnOnce(&mut Self)) {
        self.line(open);
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line(close);
    }

    fn document(&mut self) {
        let root = self.chart.state(StateIx::ROOT);
        let initial = root.initial.as_ref().map(|i| self.names(&i.targets)).unwrap_or_default();
        self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.depth = 0;
        let open = format!(
            "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" xmlns:c=\"urn:charter:1\" version=\"1.0\" \
             name=\"{}\" initial=\"{}\">",
            escape(&self.chart.name),
            escape(&initial)
        );
        self.inside(&open, "</scxml>", |w| {
            w.data();
            w.transitions(root);
            for child in &root.children {
                w.state(*child);
            }
        });
    }

    fn data(&mut self) {
        let chart = self.chart;
        if chart.fields.is_empty() {
            return;
        }
        self.inside("<datamodel>", "</datamodel>", |w| {
            for field in &chart.fields {
                let value = field.default.as_ref().map(|v| format!(" expr=\"{}\"", escape(&v.to_string())));
                w.line(&format!("<data id=\"{}\"{}/>", escape(&field.name), value.unwrap_or_default()));
            }
        });
    }

    fn names(&self, states: &[StateIx]) -> String {
        let names: Vec<&str> = states.iter().map(|s| &*self.chart.state(*s).name).collect();
        names.join(" ")
    }

    fn state(&mut self, ix: StateIx) {
        let state = self.chart.state(ix);
        let (tag, extra) = match &state.kind {
            StateKind::Atomic | StateKind::Compound => ("state", String::new()),
            StateKind::Parallel => ("parallel", String::new()),
            StateKind::Final { .. } => ("final", String::new()),
            StateKind::History { deep, .. } => {
                ("history", format!(" type=\"{}\"", if *deep { "deep" } else { "shallow" }))
            }
        };
        let title = format!(" c:zh=\"{}\" c:en=\"{}\"", escape(&state.title.zh), escape(&state.title.en));
        let open = format!("<{tag} id=\"{}\"{extra}{title}>", escape(&state.name));
        self.inside(&open, &format!("</{tag}>"), |w| {
            w.initial(state);
            w.entry(state);
            w.exit(state);
            w.transitions(state);
            for child in &state.children {
                w.state(*child);
            }
        });
    }

    fn initial(&mut self, state: &State) {
        let Some(initial) = &state.initial else { return };
        let targets = escape(&self.names(&initial.targets));
        let history = matches!(state.kind, StateKind::History { .. });
        let transition = format!("<transition target=\"{targets}\"");
        let body = |w: &mut Self| w.transition_body(&transition, &initial.actions);
        if history { body(self) } else { self.inside("<initial>", "</initial>", body) }
    }

    fn entry(&mut self, state: &State) {
        if state.entry.is_empty() && state.clocks.is_empty() {
            return;
        }
        self.inside("<onentry>", "</onentry>", |w| {
            for clock in &state.clocks {
                let clock = &w.chart.clocks[clock.at()];
                let line = format!(
                    "<send id=\"{0}\" event=\"{0}\" delayexpr=\"{1}\"/>",
                    escape(&clock.event),
                    escape(clock.within.text())
                );
                w.line(&line);
            }
            w.actions(&state.entry);
        });
    }

    fn exit(&mut self, state: &State) {
        if state.exit.is_empty() && state.clocks.is_empty() {
            return;
        }
        self.inside("<onexit>", "</onexit>", |w| {
            w.actions(&state.exit);
            for clock in &state.clocks {
                let event = escape(&w.chart.clocks[clock.at()].event);
                w.line(&format!("<cancel sendid=\"{event}\"/>"));
            }
        });
    }

    fn transitions(&mut self, state: &State) {
        for number in &state.transitions {
            let transition = &self.chart.transitions[number.at()];
            let open = self.transition_open(transition);
            match &transition.go {
                Go::Refuse { code } => {
                    let refuse = format!("<c:refuse code=\"{}\"/>", escape(code));
                    self.inside(&format!("{open}>"), "</transition>", |w| w.line(&refuse));
                }
                Go::Stay | Go::To { .. } => self.transition_body(&open, &transition.actions),
            }
        }
    }

    fn transition_open(&self, transition: &Transition) -> String {
        let mut open = "<transition".to_owned();
        let on: Vec<&str> = transition.on.iter().map(pattern).collect();
        if !on.is_empty() {
            let _ = write!(open, " event=\"{}\"", escape(&on.join(" ")));
        }
        if let Some(guard) = &transition.guard {
            let _ = write!(open, " cond=\"{}\"", escape(&said::guard(self.chart, guard)));
        }
        if let Go::To { targets, internal } = &transition.go {
            let _ = write!(open, " target=\"{}\"", escape(&self.names(targets)));
            if *internal {
                open.push_str(" type=\"internal\"");
            }
        }
        open
    }

    fn transition_body(&mut self, open: &str, actions: &[Action]) {
        if actions.is_empty() {
            return self.line(&format!("{open}/>"));
        }
        self.inside(&format!("{open}>"), "</transition>", |w| w.actions(actions));
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            let line = self.action(action);
            self.line(&line);
        }
    }

    fn action(&self, action: &Action) -> String {
        match action {
            Action::Set { field, value } => format!(
                "<assign location=\"{}\" expr=\"{}\"/>",
                escape(&self.chart.fields[field.at()].name),
                escape(value.text())
            ),
            Action::Raise { event, .. } => format!("<raise event=\"{}\"/>", escape(event)),
            Action::Send { event, to: Destination::Own, delay, id, .. } => {
                let delay = delay.as_ref().map(|d| format!(" delayexpr=\"{}\"", escape(d.text())));
                let id = id.as_ref().map(|id| format!(" id=\"{}\"", escape(id)));
                let (delay, id) = (delay.unwrap_or_default(), id.unwrap_or_default());
                format!("<send event=\"{}\"{id}{delay}/>", escape(event))
            }
            Action::Cancel { id } => format!("<cancel sendid=\"{}\"/>", escape(id)),
            other => format!("<c:do>{}</c:do>", escape(&said::action(self.definition, self.chart, other))),
        }
    }
}

fn pattern(on: &Pattern) -> &str {
    match on {
        Pattern::Any => "*",
        Pattern::Prefix(name) => name,
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
