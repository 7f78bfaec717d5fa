//! The ladder for a terminal: box-drawing characters, columns counted in cells, so Chinese lines up.
//!
//! Signs before a state: `●` entered first, `■` now here, `✓` passed, `◎` an end, `○` any other, `+` `−` `~`
//! added, removed, changed. `│` leads to the next row, `┃` was taken; every other edge names its target:
//! `→` on, `↑` back, `↻` stays.

use crate::fold::{fold, lift};
use crate::layout::ports::{Way, Ways};
use crate::overlay::{Change, Overlay};
use crate::picture::{Cause, Child, Kind, Lang, Picture};
use crate::svg::Options;
use crate::tree::{Branch, ROOT, Shape, Tree};
use unicode_width::UnicodeWidthStr;

/// No line is wider, in cells.
pub const COLUMNS: usize = 100;
/// Boxes are never narrower inside, however deep they are nested.
const NARROWEST: usize = 20;

/// The picture as lines of text, each ending in a line feed. Large machines are folded as in the SVG.
pub fn text(picture: &Picture, overlay: &Overlay, lang: Lang) -> String {
    let folded = fold(picture, &Options::default().folding, &overlay.current);
    let overlay = lift(picture, &folded, overlay);
    let block = process(&folded, "", &Seen { overlay: &overlay, lang }, COLUMNS);
    block.join("\n") + "\n"
}

/// Lines of equal or unequal width.
type Block = Vec<String>;

struct Seen<'a> {
    overlay: &'a Overlay,
    lang: Lang,
}

impl Seen<'_> {
    fn say<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        if self.lang == Lang::Zh { zh } else { en }
    }
}

fn process(picture: &Picture, prefix: &str, seen: &Seen, room: usize) -> Block {
    let tree = Tree::new(picture, seen.lang);
    let ways = Ways::new(&tree);
    let writer = Writer { picture, prefix, seen, tree: &tree, ways: &ways };
    let inner = room.saturating_sub(4).max(NARROWEST);
    let mut lines = writer.column(ROOT, inner);
    lines.extend(writer.outcomes(inner));
    for child in &picture.children {
        lines.push(String::new());
        lines.extend(writer.child(child, inner));
    }
    boxed(picture.title.get(seen.lang), lines, inner)
}

struct Writer<'a> {
    picture: &'a Picture,
    prefix: &'a str,
    seen: &'a Seen<'a>,
    tree: &'a Tree,
    ways: &'a Ways,
}

impl Writer<'_> {
    fn column(&self, at: usize, room: usize) -> Block {
        let mut lines = Block::new();
        let rungs: Vec<usize> = self.tree.rungs(at).collect();
        for (k, kid) in rungs.iter().enumerate() {
            lines.extend(self.state(*kid, room));
            lines.extend(self.straight(*kid));
            // A row that nothing leads on from is set apart from the next one.
            if rungs.get(k + 1).is_some_and(|next| !self.leads_on(*kid, *next)) {
                lines.push(String::new());
            }
        }
        lines
    }

    /// Does a straight edge run from `at`, or its last inner row, to `next` or into it?
    fn leads_on(&self, at: usize, next: usize) -> bool {
        let under = |inner: usize, outer: usize| inner == outer || self.tree.parents(inner).contains(&outer);
        let mut straight =
            self.tree.branches.iter().zip(&self.ways.ways).filter(|(_, w)| **w == Way::Straight);
        straight.any(|(b, _)| under(b.from, at) && under(b.to, next))
    }

    fn state(&self, at: usize, room: usize) -> Block {
        let mut lines = match self.tree.nodes[at].shape {
            Shape::Leaf | Shape::Dot | Shape::Root => vec![self.line_of(at)],
            Shape::Box | Shape::Region => {
                let inner = room.saturating_sub(4).max(NARROWEST);
                boxed(&self.line_of(at), self.column(at, inner), inner)
            }
            Shape::Parallel => self.parallel(at, room),
        };
        lines.extend(self.leaving(at));
        lines
    }

    /// Signs, title, note and count of a state.
    fn line_of(&self, at: usize) -> String {
        let node = &self.tree.nodes[at];
        let id = format!("{}{}", self.prefix, node.id);
        let first = if self.is_first(at) { '●' } else { ' ' };
        let title = if let Kind::History { deep } = node.kind {
            format!("({}) {}", if deep { "H*" } else { "H" }, clean(&node.title))
        } else {
            clean(&node.title)
        };
        let mut line = format!("{first}{} {title}", self.sign(at, &id));
        if !node.note.is_empty() {
            line = format!("{line} · {}", clean(&node.note));
        }
        match self.seen.overlay.counts.get(&id) {
            Some(count) => format!("{line} [{count}{}]", self.seen.say(" 件", "")),
            None => line,
        }
    }

    fn is_first(&self, at: usize) -> bool {
        self.tree.nodes.iter().any(|n| n.initial == Some(at))
    }

    fn sign(&self, at: usize, id: &str) -> char {
        let overlay = self.seen.overlay;
        match overlay.changed_states.get(id) {
            Some(change) => sign_of(*change),
            None if overlay.current.contains(id) => '■',
            None if overlay.visited.contains(id) => '✓',
            None if self.tree.nodes[at].kind == Kind::Final => '◎',
            None if self.tree.nodes[at].shape != Shape::Leaf => ' ',
            None => '○',
        }
    }

    /// The regions side by side where they fit, else one below the other.
    fn parallel(&self, at: usize, room: usize) -> Block {
        let inner = room.saturating_sub(4).max(NARROWEST);
        let kids = &self.tree.nodes[at].kids;
        let columns: Vec<Block> = kids.iter().map(|k| self.region(*k, inner)).collect();
        let all: usize = columns.iter().map(|c| widest(c) + 3).sum();
        let lines = if all <= inner + 3 { beside(columns) } else { below(columns) };
        boxed(&self.line_of(at), lines, inner)
    }

    fn region(&self, at: usize, room: usize) -> Block {
        let mut lines = vec![self.line_of(at)];
        if self.tree.nodes[at].shape == Shape::Region {
            lines.extend(self.column(at, room));
        } else if self.tree.nodes[at].shape != Shape::Leaf {
            lines = self.state(at, room);
            return lines;
        }
        lines.extend(self.leaving(at));
        lines
    }

    /// Every edge that leaves `at` other than straight down.
    fn leaving(&self, at: usize) -> Block {
        let leaving = self
            .tree
            .branches
            .iter()
            .zip(&self.ways.ways)
            .filter(|(b, w)| b.from == at && **w != Way::Straight);
        let mut lines: Vec<(usize, String)> = leaving.map(|(b, _)| (b.edge, self.edge_line(b))).collect();
        for staying in &self.tree.nodes[at].staying {
            let edge = &self.picture.edges[staying.edge];
            let sign = if staying.missing { '✗' } else { '↻' };
            lines.push((
                staying.edge,
                format!(" {} {sign} {}", self.stem(&edge.id), clean(&staying.tag.full)),
            ));
        }
        lines.sort_by_key(|(edge, _)| *edge);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn edge_line(&self, branch: &Branch) -> String {
        let edge = &self.picture.edges[branch.edge];
        let label = self.label(branch);
        let target = clean(&self.tree.nodes[branch.to].title);
        let lead = format!(" {} {label}{}", self.stem(&edge.id), if label.is_empty() { "" } else { " " });
        if branch.from == branch.to {
            return format!(" {} ↻ {label}", self.stem(&edge.id));
        }
        let outcome = self.tree.nodes[branch.from].side || self.tree.nodes[branch.to].side;
        let arrow = if branch.to < branch.from && !outcome { '↑' } else { '→' };
        format!("{lead}{arrow} {target}")
    }

    fn label(&self, branch: &Branch) -> String {
        let edge = &self.picture.edges[branch.edge];
        let words = clean(edge.label.get(self.seen.lang));
        let cause = match edge.cause {
            Cause::Timer => self.seen.say("[时限] ", "[timer] "),
            Cause::Error => self.seen.say("[故障] ", "[failure] "),
            Cause::Event | Cause::Automatic => "",
        };
        format!("{cause}{words}").trim_end().to_string()
    }

    fn prefixed(&self, edge: &str) -> String {
        format!("{}{edge}", self.prefix)
    }

    fn stem(&self, edge: &str) -> char {
        let id = self.prefixed(edge);
        match self.seen.overlay.changed_edges.get(&id) {
            Some(change) => sign_of(*change),
            None if self.seen.overlay.path.contains(&id) => '┣',
            None => '├',
        }
    }

    /// The edge from `at` straight to the next row.
    fn straight(&self, at: usize) -> Option<String> {
        let (branch, _) = self
            .tree
            .branches
            .iter()
            .zip(&self.ways.ways)
            .find(|(b, w)| b.from == at && **w == Way::Straight)?;
        let id = self.prefixed(&self.picture.edges[branch.edge].id);
        let stem = match self.seen.overlay.changed_edges.get(&id) {
            Some(change) => sign_of(*change),
            None if self.seen.overlay.path.contains(&id) => '┃',
            None => '│',
        };
        Some(format!(" {stem} {}", self.label(branch)).trim_end().to_string())
    }

    fn outcomes(&self, room: usize) -> Block {
        let sides: Vec<usize> =
            self.tree.nodes[ROOT].kids.iter().copied().filter(|k| self.tree.nodes[*k].side).collect();
        if sides.is_empty() {
            return Block::new();
        }
        let mut lines = vec![String::new(), format!("┄┄ {} ┄┄", self.seen.say("其他去向", "other outcomes"))];
        sides.iter().for_each(|at| lines.extend(self.state(*at, room)));
        lines
    }

    fn child(&self, child: &Child, room: usize) -> Block {
        let prefix = format!("{}{}/", self.prefix, child.picture.id);
        let mut picture = child.picture.clone();
        let note = child.note.get(self.seen.lang);
        if !note.is_empty() {
            let with_note = format!("{} · {note}", picture.title.get(self.seen.lang));
            picture.title = crate::picture::Words::new(with_note.clone(), with_note);
        }
        process(&picture, &prefix, self.seen, room)
    }
}

fn sign_of(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '−',
        Change::Changed => '~',
    }
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn widest(block: &[String]) -> usize {
    block.iter().map(|l| l.width()).max().unwrap_or(0)
}

/// `line` in exactly `room` cells, cut with an ellipsis or filled with spaces.
fn fit(line: &str, room: usize) -> String {
    let mut kept = line.to_string();
    if kept.width() > room {
        while kept.width() + 1 > room && kept.pop().is_some() {}
        kept.push('…');
    }
    let fill = room.saturating_sub(kept.width());
    kept + &" ".repeat(fill)
}

/// `lines` in a box with a title in its upper edge, no wider inside than `room`.
fn boxed(title: &str, lines: Block, room: usize) -> Block {
    let title = title.trim();
    let inner = widest(&lines).max(title.width() + 2).min(room);
    let title = fit(title, title.width().min(inner.saturating_sub(1)));
    let mut block = vec![format!("┌─ {title} {}┐", "─".repeat(inner.saturating_sub(title.width() + 1)))];
    block.extend(lines.iter().map(|line| format!("│ {} │", fit(line, inner))));
    block.push(format!("└{}┘", "─".repeat(inner + 2)));
    block
}

fn beside(columns: Vec<Block>) -> Block {
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = columns.iter().map(|c| widest(c)).collect();
    let cell = |c: usize, row: usize| fit(columns[c].get(row).map_or("", String::as_str), widths[c]);
    (0..tallest).map(|row| (0..columns.len()).map(|c| cell(c, row)).collect::<Vec<_>>().join(" ┆ ")).collect()
}

fn below(columns: Vec<Block>) -> Block {
    let width = columns.iter().map(|c| widest(c)).max().unwrap_or(0);
    let rule = "┄".repeat(width);
    columns.join(&rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_between_wide_characters() {
        assert_eq!(fit("融资需求", 8), "融资需求");
        assert_eq!(fit("融资需求", 7), "融资需…");
        assert_eq!(fit("融资需求", 6), "融资… ");
        assert_eq!(fit("ab", 4), "ab  ");
    }
}
