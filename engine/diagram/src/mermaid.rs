//! The picture as Mermaid text (`stateDiagram-v2`), for documents and repositories that render it.
//!
//! Mermaid reads `:`, `;`, `#` and quotation marks as syntax and has trouble with ids that are not ASCII:
//! states are called s1, s2, ... in the author's order, their titles stand in quotation marks, and
//! characters with a meaning are written as entity codes.

use crate::picture::{Cause, Edge, Kind, Lang, Picture, State};
use std::collections::BTreeMap;
use std::fmt::Write;

/// `picture` and its child processes as one `stateDiagram-v2`.
pub fn mermaid(picture: &Picture, lang: Lang) -> String {
    let mut chart = Chart { lang, names: BTreeMap::new(), out: "stateDiagram-v2\n".to_string() };
    chart.process(picture, "", 1);
    chart.out
}

struct Chart {
    lang: Lang,
    /// State id, with the prefix of its child process, to its name in the chart.
    names: BTreeMap<String, String>,
    out: String,
}

impl Chart {
    fn process(&mut self, picture: &Picture, prefix: &str, depth: usize) {
        crate::picture::each_state(&picture.states, &mut |state| {
            let next = self.names.len() + 1;
            self.names.entry(format!("{prefix}{}", state.id)).or_insert_with(|| format!("s{next}"));
        });
        self.start(&picture.initial, prefix, depth);
        let edges = Homes::new(picture);
        self.states(&picture.states, &edges, prefix, depth);
        self.level(&picture.states, None, &edges, prefix, depth);
        for (k, child) in picture.children.iter().enumerate() {
            let inner = format!("{prefix}{}/", child.picture.id);
            let note = child.note.get(self.lang);
            let title = format!("{} {note}", child.picture.title.get(self.lang));
            let name = format!("c{}_{}", self.names.len(), k + 1);
            self.line(depth, &format!("state \"{}\" as {name} {{", safe(title.trim())));
            self.process(&child.picture, &inner, depth + 1);
            self.line(depth, "}");
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn name(&self, prefix: &str, id: &str) -> Option<String> {
        self.names.get(&format!("{prefix}{id}")).cloned()
    }

    fn start(&mut self, initial: &Option<String>, prefix: &str, depth: usize) {
        if let Some(name) = initial.as_ref().and_then(|id| self.name(prefix, id)) {
            self.line(depth, &format!("[*] --> {name}"));
        }
    }

    fn states(&mut self, states: &[State], edges: &Homes, prefix: &str, depth: usize) {
        for state in states {
            let Some(name) = self.name(prefix, &state.id) else { continue };
            let title = safe(&title(state, self.lang));
            if state.states.is_empty() {
                self.line(depth, &format!("state \"{title}\" as {name}"));
                continue;
            }
            self.line(depth, &format!("state \"{title}\" as {name} {{"));
            self.inside(state, edges, prefix, depth + 1);
            self.line(depth, "}");
        }
    }

    fn inside(&mut self, state: &State, edges: &Homes, prefix: &str, depth: usize) {
        if state.kind != Kind::Parallel {
            self.start(&state.initial, prefix, depth);
            self.states(&state.states, edges, prefix, depth);
            return self.level(&state.states, Some(&state.id), edges, prefix, depth);
        }
        for (k, region) in state.states.iter().enumerate() {
            if k > 0 {
                self.line(depth, "--");
            }
            self.states(std::slice::from_ref(region), edges, prefix, depth);
        }
    }

    /// The edges that belong to one level, and its ends.
    fn level(&mut self, states: &[State], home: Option<&str>, edges: &Homes, prefix: &str, depth: usize) {
        for edge in edges.at.get(&home).into_iter().flatten() {
            self.edge(edge, prefix, depth);
        }
        for state in states.iter().filter(|s| s.kind == Kind::Final) {
            if let Some(name) = self.name(prefix, &state.id) {
                self.line(depth, &format!("{name} --> [*]"));
            }
        }
    }

    fn edge(&mut self, edge: &Edge, prefix: &str, depth: usize) {
        let Some(from) = self.name(prefix, &edge.from) else { return };
        let label = label(edge, self.lang);
        if edge.to.is_empty() && !label.is_empty() {
            return self.line(depth, &format!("note right of {from} : ↻ {label}"));
        }
        for to in &edge.to {
            match self.name(prefix, to) {
                Some(to) if label.is_empty() => self.line(depth, &format!("{from} --> {to}")),
                Some(to) => self.line(depth, &format!("{from} --> {to} : {label}")),
                None => self.line(depth, &format!("note right of {from} : {label} → {}？", safe(to))),
            }
        }
    }
}

/// Edges by the innermost compound that holds all their ends: Mermaid draws a state where it is first
/// mentioned, so an edge is best written there. Parallels are passed over: their body is only regions.
struct Homes<'a> {
    at: BTreeMap<Option<&'a str>, Vec<&'a Edge>>,
}

impl<'a> Homes<'a> {
    fn new(picture: &'a Picture) -> Self {
        let mut paths = BTreeMap::new();
        walk(&picture.states, &[], &mut paths);
        let mut at: BTreeMap<Option<&str>, Vec<&Edge>> = BTreeMap::new();
        for edge in &picture.edges {
            let ends = std::iter::once(&edge.from).chain(&edge.to).filter_map(|id| paths.get(id.as_str()));
            let mut ends = ends.map(Vec::as_slice);
            let first = ends.next().unwrap_or_default();
            let shared = ends.fold(first, |a, b| &a[..a.iter().zip(b).take_while(|(x, y)| x == y).count()]);
            let home = shared.iter().rev().find(|s| s.kind != Kind::Parallel).map(|s| s.id.as_str());
            at.entry(home).or_default().push(edge);
        }
        Homes { at }
    }
}

fn walk<'a>(states: &'a [State], outer: &[&'a State], paths: &mut BTreeMap<&'a str, Vec<&'a State>>) {
    for state in states {
        paths.entry(&state.id).or_insert_with(|| outer.to_vec());
        let within: Vec<&State> = outer.iter().copied().chain([state]).collect();
        walk(&state.states, &within, paths);
    }
}

fn title(state: &State, lang: Lang) -> String {
    if let Kind::History { deep } = state.kind {
        return if deep { "H*" } else { "H" }.to_string();
    }
    let title = state.title.get(lang);
    let title = if title.is_empty() { &state.id } else { title };
    let note = state.note.get(lang);
    match lang {
        _ if note.is_empty() => title.to_string(),
        Lang::Zh => format!("{title}（{note}）"),
        Lang::En => format!("{title} ({note})"),
    }
}

fn label(edge: &Edge, lang: Lang) -> String {
    let label = safe(edge.label.get(lang));
    match edge.cause {
        Cause::Timer if lang == Lang::Zh => format!("[时限] {label}"),
        Cause::Timer => format!("[timer] {label}"),
        Cause::Error if lang == Lang::Zh => format!("[故障] {label}"),
        Cause::Error => format!("[failure] {label}"),
        Cause::Event | Cause::Automatic => label,
    }
    .trim()
    .to_string()
}

/// Characters with a meaning in Mermaid as entity codes (`#58;` is a colon).
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ':' | ';' | '#' | '"' | '<' | '>' | '{' | '}' | '%' | '\\' => {
                let _ = write!(safe, "#{};", u32::from(c));
            }
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_in_a_title_does_not_break_the_chart() {
        let mut state = State::new(Kind::Task, "a b:c", "评分\"<600\": 3%; #1", "");
        state.note = Default::default();
        let edge = Edge::new(Cause::Event, "a b:c", "a b:c", "重试: 再来;", "");
        let picture = Picture { states: vec![state], edges: vec![edge], ..Picture::default() };
        let drawn = mermaid(&picture, Lang::Zh);
        assert_eq!(
            drawn,
            "stateDiagram-v2\n  state \"评分#34;#60;600#34;#58; 3#37;#59; #35;1\" as s1\n  s1 --> s1 : 重试#58; 再来#59;\n"
        );
    }
}
