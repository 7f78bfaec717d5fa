//! Charts as indented text, for tests to read and for failures to print.
//!
//! ```text
//! -> work                                      where the chart starts; its first state unless given
//! state work -> draft do log(begun)            compound: it has states inside
//!   history back -> draft                      or `deep back -> draft`
//!   state draft
//!     enter log(in) raise(ready)
//!     exit log(out)
//!     on submit submit.* when in(x) !in(y) -> done
//!     on submit internal -> draft do log(again)
//!     always when in(x) -> done
//!     on note do log(noted)                    no target: nothing is left
//!   final done
//! parallel both
//! ```

use std::fmt::{self, Write};

use super::document::{Cond, Content, Document, Kind, ROOT, State, Transition};

impl Document {
    /// Reads the notation. Panics with the line it does not understand.
    pub fn read(text: &str) -> Document {
        let mut states = vec![State::new(ROOT, Kind::Scxml, None)];
        // The open states with their indentation.
        let mut open: Vec<(i32, String)> = vec![(-1, ROOT.to_owned())];
        let lines = text.lines().filter(|l| !l.trim().is_empty());
        let margin = lines.clone().map(indentation).min().unwrap_or(0);
        for line in lines {
            let depth = indentation(line) - margin;
            while open.last().is_some_and(|(d, _)| *d >= depth) {
                open.pop();
            }
            let parent = open.last().expect("the chart encloses all").1.clone();
            if let Some(id) = read_line(&mut states, &parent, line.trim()) {
                open.push((depth, id));
            }
        }
        let mut document = Document { states };
        document.start_somewhere();
        document
    }

    /// Compound states start in their first child unless they say otherwise.
    fn start_somewhere(&mut self) {
        for at in 0..self.states.len() {
            let state = &self.states[at];
            if state.initial.is_some() || !matches!(state.kind, Kind::State | Kind::Scxml) {
                continue;
            }
            let inside = self.children(&state.id);
            let first = inside.iter().find(|c| !matches!(c.kind, Kind::History { .. }));
            if let Some(first) = first.map(|c| c.id.clone()) {
                let id = self.states[at].id.clone();
                self.states[at].initial = Some(Transition { targets: vec![first], ..Transition::from(&id) });
            }
        }
    }
}

fn indentation(line: &str) -> i32 {
    i32::try_from(line.len() - line.trim_start().len()).expect("a short line")
}

/// Reads one line into the states; gives the state it opened.
fn read_line(states: &mut Vec<State>, parent: &str, line: &str) -> Option<String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let kind = match word {
        "state" => Kind::State,
        "parallel" => Kind::Parallel,
        "final" => Kind::Final,
        "history" => Kind::History { deep: false },
        "deep" => Kind::History { deep: true },
        _ => {
            read_inside(states, parent, word, rest, line);
            return None;
        }
    };
    let (id, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut state = State::new(id, kind, Some(parent));
    if !rest.trim().is_empty() {
        state.initial = Some(read_transition(id, rest.trim()));
    }
    states.push(state);
    Some(id.to_owned())
}

fn read_inside(states: &mut [State], parent: &str, word: &str, rest: &str, line: &str) {
    let state = states.iter_mut().find(|s| s.id == parent).expect("the parent was read");
    match word {
        "enter" => state.onentry.extend(read_content(rest)),
        "exit" => state.onexit.extend(read_content(rest)),
        "on" | "always" => state.transitions.push(read_transition(parent, rest)),
        "->" => state.initial = Some(read_transition(parent, line)),
        _ => panic!("cannot read `{line}`"),
    }
}

fn read_transition(source: &str, text: &str) -> Transition {
    let mut transition = Transition::from(source);
    let mut part = "on";
    for token in text.split_whitespace() {
        match (part, token) {
            (_, "when" | "->" | "do") => part = token,
            (_, "internal") => transition.internal = true,
            ("on", event) => transition.events.push(event.to_owned()),
            ("when", cond) => transition.conds.push(read_cond(cond)),
            ("->", target) => transition.targets.push(target.to_owned()),
            (_, content) => transition.content.extend(read_content(content)),
        }
    }
    transition
}

fn read_cond(token: &str) -> Cond {
    match inside(token, "!in") {
        Some(state) => Cond::NotIn(state),
        None => Cond::In(inside(token, "in").unwrap_or_else(|| panic!("`{token}` is no condition"))),
    }
}

fn read_content(text: &str) -> Vec<Content> {
    let one = |token: &str| match (inside(token, "log"), inside(token, "raise")) {
        (Some(text), _) => Content::Log(text),
        (_, Some(event)) => Content::Raise(event),
        _ => panic!("`{token}` is no content"),
    };
    text.split_whitespace().map(one).collect()
}

fn inside(token: &str, word: &str) -> Option<String> {
    Some(token.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')')?.to_owned())
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(initial) = &self.state(ROOT).initial {
            writeln!(f, "{initial}")?;
        }
        write_inside(f, self, ROOT, 0)
    }
}

/// So that a failing property prints a chart somebody can read.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

fn write_inside(f: &mut fmt::Formatter<'_>, document: &Document, id: &str, depth: usize) -> fmt::Result {
    let state = document.state(id);
    let pad = "  ".repeat(depth);
    for (word, content) in [("enter", &state.onentry), ("exit", &state.onexit)] {
        if !content.is_empty() {
            writeln!(f, "{pad}{word}{}", spaced(content))?;
        }
    }
    for transition in &state.transitions {
        let word = if transition.events.is_empty() { "always " } else { "on " };
        writeln!(f, "{pad}{word}{transition}")?;
    }
    for child in document.children(id) {
        let word = match child.kind {
            Kind::State | Kind::Scxml => "state",
            Kind::Parallel => "parallel",
            Kind::Final => "final",
            Kind::History { deep: false } => "history",
            Kind::History { deep: true } => "deep",
        };
        let initial = child.initial.as_ref().map(|i| format!(" {i}")).unwrap_or_default();
        writeln!(f, "{pad}{word} {}{initial}", child.id)?;
        write_inside(f, document, &child.id, depth + 1)?;
    }
    Ok(())
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.events.clone();
        if self.internal {
            parts.push("internal".to_owned());
        }
        if !self.conds.is_empty() {
            parts.push(format!("when{}", spaced(&self.conds)));
        }
        if !self.targets.is_empty() {
            parts.push(format!("-> {}", self.targets.join(" ")));
        }
        if !self.content.is_empty() {
            parts.push(format!("do{}", spaced(&self.content)));
        }
        f.write_str(&parts.join(" "))
    }
}

impl fmt::Display for Cond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cond::In(state) => write!(f, "in({state})"),
            Cond::NotIn(state) => write!(f, "!in({state})"),
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Raise(event) => write!(f, "raise({event})"),
            Content::Log(text) => write!(f, "log({text})"),
        }
    }
}

fn spaced<T: fmt::Display>(all: &[T]) -> String {
    all.iter().fold(String::new(), |mut text, one| {
        let _ = write!(text, " {one}");
        text
    })
}
