//! The picture as Graphviz DOT text: compounds, regions and child processes as clusters.

use crate::picture::{Cause, Edge, Kind, Lang, Picture, State, each_state};
use std::collections::BTreeMap;
use std::fmt::Write;

/// `picture` and its child processes as one `digraph`. Needs `dot` 2.30 or newer and a Chinese font.
pub fn dot(picture: &Picture, lang: Lang) -> String {
    let mut graph = Graph { lang, nodes: BTreeMap::new(), out: String::new(), extra: 0 };
    let _ = writeln!(graph.out, "digraph {} {{", quoted(&picture.id));
    for line in [
        "compound=true; rankdir=TB; newrank=true; fontname=\"Noto Sans CJK SC\";",
        "node [shape=box, style=rounded, fontname=\"Noto Sans CJK SC\", fontsize=11];",
        "edge [fontname=\"Noto Sans CJK SC\", fontsize=9];",
    ] {
        graph.line(1, line);
    }
    graph.process(picture, "", 1);
    graph.out.push_str("}\n");
    graph.out
}

/// How edges reach a state: a node to end at, and the cluster to be cut off at.
#[derive(Clone)]
struct Reach {
    node: String,
    cluster: Option<String>,
}

struct Graph {
    lang: Lang,
    nodes: BTreeMap<String, Reach>,
    out: String,
    extra: usize,
}

impl Graph {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn process(&mut self, picture: &Picture, prefix: &str, depth: usize) {
        each_state(&picture.states, &mut |state| {
            let reach = reach(state, prefix);
            self.nodes.entry(format!("{prefix}{}", state.id)).or_insert(reach);
        });
        self.states(&picture.states, prefix, depth);
        self.start(&picture.initial, prefix, depth);
        for edge in &picture.edges {
            self.edge(edge, prefix, depth);
        }
        for child in &picture.children {
            let inner = format!("{prefix}{}/", child.picture.id);
            let title = format!("{} {}", child.picture.title.get(self.lang), child.note.get(self.lang));
            self.line(depth, &format!("subgraph {} {{", quoted(&format!("cluster_{inner}"))));
            self.line(depth + 1, &format!("label={}; style=\"rounded\"; penwidth=2;", quoted(title.trim())));
            self.process(&child.picture, &inner, depth + 1);
            self.line(depth, "}");
        }
    }

    fn start(&mut self, initial: &Option<String>, prefix: &str, depth: usize) {
        let reach = initial.as_ref().and_then(|id| self.nodes.get(&format!("{prefix}{id}")).cloned());
        let Some(reach) = reach else { return };
        self.extra += 1;
        let dot = quoted(&format!("start {}", self.extra));
        self.line(depth, &format!("{dot} [shape=point, width=0.12];"));
        let head = reach.cluster.map(|c| format!(" [lhead={}]", quoted(&c))).unwrap_or_default();
        self.line(depth, &format!("{dot} -> {}{head};", quoted(&reach.node)));
    }

    fn states(&mut self, states: &[State], prefix: &str, depth: usize) {
        for state in states {
            if state.states.is_empty() {
                let node =
                    format!("{} [{}];", quoted(&format!("{prefix}{}", state.id)), look(state, self.lang));
                self.line(depth, &node);
                continue;
            }
            self.line(depth, &format!("subgraph {} {{", quoted(&cluster(state, prefix))));
            let title = quoted(title(state, self.lang));
            let region = if state.kind == Kind::Parallel { "rounded,dashed" } else { "rounded" };
            self.line(depth + 1, &format!("label={title}; style=\"{region}\";"));
            self.start(&state.initial, prefix, depth + 1);
            self.states(&state.states, prefix, depth + 1);
            self.line(depth, "}");
        }
    }

    fn edge(&mut self, edge: &Edge, prefix: &str, depth: usize) {
        let Some(from) = self.nodes.get(&format!("{prefix}{}", edge.from)).cloned() else { return };
        let stays = [edge.from.clone()];
        let targets = if edge.to.is_empty() { &stays[..] } else { &edge.to };
        for to in targets {
            let missing = Reach { node: format!("{to}？"), cluster: None };
            let to = self.nodes.get(&format!("{prefix}{to}")).cloned().unwrap_or(missing);
            let mut looks = vec![format!("label={}", quoted(edge.label.get(self.lang)))];
            looks.extend(from.cluster.iter().map(|c| format!("ltail={}", quoted(c))));
            looks.extend(to.cluster.iter().map(|c| format!("lhead={}", quoted(c))));
            match edge.cause {
                Cause::Timer => looks.push("color=\"#b45309\"".to_string()),
                Cause::Error => looks.push("color=\"#b91c1c\"".to_string()),
                Cause::Event | Cause::Automatic => {}
            }
            if edge.to.is_empty() {
                looks.push("style=dotted".to_string());
            }
            let (from, to) = (quoted(&from.node), quoted(&to.node));
            self.line(depth, &format!("{from} -> {to} [{}];", looks.join(", ")));
        }
    }
}

/// A cluster cannot be the end of an edge: its first inner state is, and the line is cut at its border.
fn reach(state: &State, prefix: &str) -> Reach {
    let mut inner = state;
    while let Some(first) = inner.states.first() {
        inner = first;
    }
    let cut = (!state.states.is_empty()).then(|| cluster(state, prefix));
    Reach { node: format!("{prefix}{}", inner.id), cluster: cut }
}

fn cluster(state: &State, prefix: &str) -> String {
    format!("cluster_{prefix}{}", state.id)
}

fn title(state: &State, lang: Lang) -> &str {
    let title = state.title.get(lang);
    if title.is_empty() { &state.id } else { title }
}

fn look(state: &State, lang: Lang) -> String {
    let note = state.note.get(lang);
    let title = title(state, lang);
    let label = if note.is_empty() { quoted(title) } else { quoted(&format!("{title}\n{note}")) };
    match state.kind {
        Kind::Final => format!("label={label}, peripheries=2"),
        Kind::History { deep: true } => "label=\"H*\", shape=circle".to_string(),
        Kind::History { deep: false } => "label=\"H\", shape=circle".to_string(),
        Kind::Timer => format!("label={label}, color=\"#b45309\""),
        Kind::Automatic => format!("label={label}, color=\"#0e7490\""),
        Kind::Process | Kind::Folded { .. } => format!("label={label}, shape=box3d"),
        Kind::Task | Kind::Wait | Kind::Compound | Kind::Parallel => format!("label={label}"),
    }
}

/// `text` as a DOT string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_to_a_stage_ends_at_its_border() {
        let inner = State::new(Kind::Task, "b1", "一", "");
        let states = vec![
            State::new(Kind::Task, "a", "甲", ""),
            State::new(Kind::Compound, "b", "乙", "").holding(vec![inner]),
        ];
        let edges = vec![Edge::new(Cause::Event, "a", "b", "说\"好\"", "")];
        let drawn = dot(&Picture { states, edges, ..Picture::default() }, Lang::Zh);
        assert!(drawn.contains("\"a\" -> \"b1\" [label=\"说\\\"好\\\"\", lhead=\"cluster_b\"];"), "{drawn}");
    }
}
