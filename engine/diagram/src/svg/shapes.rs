//! The shapes of the SVG: boxes, states, lines with round corners, labels, drawn icons.

use super::words::{self, escape};
use super::{Focus, Options};
use crate::layout::{DOT, Form, Inside, Label, Layout, Line, Placed, Point, Rect};
use crate::measure::width;
use crate::overlay::{Change, Overlay};
use crate::picture::{Cause, Kind, Lang};
use crate::tree::{ICON, SMALL};
use std::fmt::Write;

/// Height of a line of words inside a box.
const ROW: i32 = 16;

/// What decides how a layout is printed.
pub(super) struct Ink<'a> {
    pub overlay: &'a Overlay,
    pub lang: Lang,
    pub options: &'a Options,
}

impl Ink<'_> {
    /// Boxes that hold others, and the lines between regions.
    pub(super) fn frames(&self, out: &mut String, layout: &Layout) {
        for placed in layout.boxes.iter().filter(|b| holds(b.form)) {
            self.open_group(out, placed, "box");
            frame(out, placed);
            self.mark(out, placed);
            self.count(out, placed);
            out.push_str("</g>\n");
        }
        for (a, b) in &layout.dividers {
            let _ = writeln!(out, "<path class=\"divider\" d=\"M{} {}V{}\"/>", a.x, a.y, b.y);
        }
    }

    /// Lines, those taken last so that they lie on top, and start marks.
    pub(super) fn lines(&self, out: &mut String, layout: &Layout) {
        let (taken, other): (Vec<&Line>, Vec<&Line>) =
            layout.lines.iter().partition(|l| self.overlay.path.contains(&l.edge));
        for line in other.into_iter().chain(taken) {
            self.line(out, line);
        }
        let ids = words::id(&self.options.ids);
        for start in &layout.starts {
            let (dot, tip) = (start.dot, start.tip);
            let _ = writeln!(
                out,
                "<circle class=\"start\" cx=\"{}\" cy=\"{}\" r=\"{DOT}\"/>\
                 <path class=\"line\" d=\"M{} {}L{} {}\" marker-end=\"url(#{ids}-line)\"/>",
                dot.x, dot.y, dot.x, dot.y, tip.x, tip.y
            );
        }
    }

    fn line(&self, out: &mut String, line: &Line) {
        let ids = words::id(&self.options.ids);
        let (class, tip) = match (self.mark_of_edge(&line.edge), line.cause) {
            (Some(mark), _) => (mark, mark),
            (None, Cause::Timer) => ("timer", "timer"),
            (None, Cause::Error) => ("error", "error"),
            (None, Cause::Automatic) => ("automatic", "line"),
            (None, Cause::Event) => ("event", "line"),
        };
        let course = rounded(&line.points);
        let _ = writeln!(
            out,
            "<path class=\"halo\" d=\"{course}\"/><path class=\"line {class}\" data-edge=\"{}\" d=\"{course}\" \
             marker-end=\"url(#{ids}-{tip})\"/>",
            escape(&line.edge)
        );
    }

    fn mark_of_edge(&self, edge: &str) -> Option<&'static str> {
        let taken = self.overlay.path.contains(edge).then_some("taken");
        self.overlay.changed_edges.get(edge).map(|c| change(*c)).or(taken)
    }

    /// States without inner states.
    pub(super) fn states(&self, out: &mut String, layout: &Layout) {
        for placed in layout.boxes.iter().filter(|b| !holds(b.form)) {
            self.open_group(out, placed, "state");
            match placed.form {
                Form::History => circle(out, placed),
                _ => state(out, placed),
            }
            self.mark(out, placed);
            self.count(out, placed);
            out.push_str("</g>\n");
        }
    }

    fn open_group(&self, out: &mut String, placed: &Placed, what: &str) {
        let ids = words::id(&self.options.ids);
        let id = words::id(&placed.id);
        let mut class = format!("{what} {}", kind_class(placed));
        if let Some(mark) = self.mark_of_state(&placed.id) {
            class = format!("{class} {mark}");
        }
        let _ = write!(out, "<g id=\"{ids}-s-{id}\" class=\"{class}\" data-state=\"{}\"", escape(&placed.id));
        if self.options.focus == Focus::States {
            let _ =
                write!(out, " role=\"img\" tabindex=\"0\" aria-label=\"{}\"", escape(&self.spoken(placed)));
        }
        let _ = write!(out, "><title>{}</title>", escape(&self.spoken(placed)));
    }

    /// What a screen reader says of a state.
    fn spoken(&self, placed: &Placed) -> String {
        let comma = if self.lang == Lang::Zh { "，" } else { ", " };
        let mut said = format!("{}{comma}{}", placed.title, words::kind(placed.kind, self.lang));
        if !placed.note.is_empty() {
            said = format!("{said}{comma}{}", placed.note);
        }
        for inside in &placed.staying {
            said = format!("{said}{comma}{}", inside.full);
        }
        said + &words::marks(&placed.id, self.overlay, self.lang)
    }

    fn mark_of_state(&self, id: &str) -> Option<&'static str> {
        if let Some(found) = self.overlay.changed_states.get(id) {
            return Some(change(*found));
        }
        if self.overlay.current.contains(id) {
            return Some("now");
        }
        self.overlay.visited.contains(id).then_some("seen")
    }

    /// A small sign beside the title, so that nothing is said by colour alone.
    fn mark(&self, out: &mut String, placed: &Placed) {
        let Some(mark) = self.mark_of_state(&placed.id) else { return };
        // In a box the title stands at the left, so the sign stands at the right.
        let x = if holds(placed.form) { placed.rect.right() - 22 } else { placed.rect.x + 8 };
        let y = placed.rect.y + if holds(placed.form) { 18 } else { 14 };
        let course = match mark {
            "seen" => format!("M{x} {y}l3 3l5 -6"),
            "now" => format!("M{x} {}l8 5l-8 5z", y - 5),
            "added" => format!("M{x} {y}h8m-4 -4v8"),
            "removed" => format!("M{x} {y}h8"),
            _ => format!("M{x} {y}q2 -5 4 -1t4 -1"),
        };
        let _ = write!(out, "<path class=\"mark\" d=\"{course}\"/>");
    }

    fn count(&self, out: &mut String, placed: &Placed) {
        let Some(count) = self.overlay.counts.get(&placed.id) else { return };
        // Between the label of a straight line above and the title below.
        let text = count.to_string();
        let w = width(&text, SMALL) + 14;
        let (x, y) = (placed.rect.right() - 2 - w, placed.rect.y - 10);
        let _ = write!(
            out,
            "<g class=\"count\"><rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"16\" rx=\"8\"/>\
             <text x=\"{}\" y=\"{}\">{text}</text></g>",
            x + w / 2,
            y + 12
        );
    }

    /// Labels, on top of everything.
    pub(super) fn labels(&self, out: &mut String, layout: &Layout) {
        for label in &layout.labels {
            self.label(out, label);
        }
    }

    fn label(&self, out: &mut String, label: &Label) {
        let Rect { x, y, w, h } = label.rect;
        let class = self.mark_of_edge(&label.edge).unwrap_or(cause_class(label.cause));
        let _ = write!(
            out,
            "<g class=\"label {class}\" data-edge=\"{}\"><rect class=\"under\" x=\"{x}\" y=\"{y}\" width=\"{w}\" \
             height=\"{h}\"/>",
            escape(&label.edge)
        );
        if label.full != label.text {
            let _ = write!(out, "<title>{}</title>", escape(&label.full));
        }
        let icon = icon(out, label.cause, Point { x, y: y + 7 });
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text></g>", x + icon, y + 11, escape(&label.text));
    }
}

fn holds(form: Form) -> bool {
    matches!(form, Form::Compound | Form::Parallel | Form::Region | Form::Child)
}

fn kind_class(placed: &Placed) -> &'static str {
    match (placed.form, placed.kind) {
        (Form::Child, _) => "child",
        (Form::Region, _) => "region",
        (_, Kind::Task) => "task",
        (_, Kind::Wait) => "wait",
        (_, Kind::Automatic) => "automatic",
        (_, Kind::Timer) => "timer",
        (_, Kind::Final) => "final",
        (_, Kind::History { .. }) => "history",
        (_, Kind::Compound) => "compound",
        (_, Kind::Parallel) => "parallel",
        (_, Kind::Process) => "process",
        (_, Kind::Folded { .. }) => "folded",
    }
}

fn cause_class(cause: Cause) -> &'static str {
    match cause {
        Cause::Event => "event",
        Cause::Timer => "timer",
        Cause::Automatic => "automatic",
        Cause::Error => "error",
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    }
}

fn rect(out: &mut String, class: &str, r: Rect, radius: i32) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let Rect { x, y, w, h } = r;
    let _ = write!(out, "<rect{class} x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"/>");
}

fn shrunk(r: Rect, by: i32) -> Rect {
    Rect { x: r.x + by, y: r.y + by, w: r.w - 2 * by, h: r.h - 2 * by }
}

fn frame(out: &mut String, placed: &Placed) {
    let r = placed.rect;
    rect(out, "", r, if placed.form == Form::Region { 8 } else { 12 });
    if placed.form == Form::Child {
        let _ = write!(out, "<path class=\"bar\" d=\"M{} {}H{}\"/>", r.x, r.y + 44, r.right());
    }
    let x = r.x + 14;
    let mut y = r.y + if placed.form == Form::Child { 20 } else { 22 };
    let lines =
        placed.title_lines.iter().map(|l| ("title", l)).chain(placed.note_lines.iter().map(|l| ("note", l)));
    for (class, line) in lines {
        let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(line));
        y += ROW;
    }
    for inside in &placed.staying {
        stays(out, inside, Point { x, y }, Anchor::Start);
        y += ROW;
    }
}

/// An edge that stays, after a drawn loop; one that leads nowhere, after a cross.
fn stays(out: &mut String, inside: &Inside, at: Point, place: Anchor) {
    let class = if inside.missing { "missing" } else { cause_class(inside.cause) };
    let room = width(&inside.text, SMALL) + ICON;
    let x = if place == Anchor::Middle { at.x - room / 2 } else { at.x };
    let (cx, cy) = (x + 5, at.y - 4);
    let sign = if inside.missing {
        format!("M{} {}l6 6m0 -6l-6 6", cx - 3, cy - 3)
    } else {
        format!("M{} {}a4 4 0 1 0 1 4m0 -7v3h-3", cx + 3, cy - 3)
    };
    let edge = escape(&inside.edge);
    let _ = write!(out, "<g class=\"stays {class}\" data-edge=\"{edge}\"><path d=\"{sign}\"/>");
    if inside.full != inside.text {
        let _ = write!(out, "<title>{}</title>", escape(&inside.full));
    }
    let _ = write!(out, "<text x=\"{}\" y=\"{}\">{}</text></g>", x + ICON, at.y, escape(&inside.text));
}

/// Where words stand about a point.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
}

fn state(out: &mut String, placed: &Placed) {
    let r = placed.rect;
    rect(out, "", r, 9);
    match placed.kind {
        Kind::Final => rect(out, "rim", shrunk(r, 4), 6),
        Kind::Process => {
            let (a, b) = (r.x + 6, r.right() - 6);
            let _ = write!(
                out,
                "<path class=\"bar line\" d=\"M{a} {}V{}M{b} {}V{}\"/>",
                r.y,
                r.bottom(),
                r.y,
                r.bottom()
            );
        }
        Kind::Folded { .. } => rect(out, "rim", Rect { x: r.x + 5, y: r.bottom() - 1, w: r.w - 10, h: 4 }, 2),
        _ => {}
    }
    let lines = placed.title_lines.len() + placed.note_lines.len() + placed.staying.len();
    let x = r.x + r.w / 2;
    let mut y = r.y + (r.h - ROW * i32::try_from(lines).unwrap_or(0)) / 2 + 13;
    let words =
        placed.title_lines.iter().map(|l| ("title", l)).chain(placed.note_lines.iter().map(|l| ("note", l)));
    for (class, line) in words {
        let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(line));
        y += ROW;
    }
    for inside in &placed.staying {
        stays(out, inside, Point { x, y: y - 1 }, Anchor::Middle);
        y += ROW;
    }
}

fn circle(out: &mut String, placed: &Placed) {
    let r = placed.rect;
    let (x, y) = (r.x + r.w / 2, r.y + r.h / 2);
    if r.h == r.w {
        let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>", r.w / 2);
    } else {
        rect(out, "", r, r.w / 2);
    }
    let sign = if matches!(placed.kind, Kind::History { deep: true }) { "H*" } else { "H" };
    let _ = write!(out, "<text class=\"title\" x=\"{x}\" y=\"{}\">{sign}</text>", y + 5);
}

/// A drawn clock or warning with its middle left at `at`; gives the room it takes.
fn icon(out: &mut String, cause: Cause, at: Point) -> i32 {
    let Point { x, y } = at;
    match cause {
        Cause::Timer => {
            let _ = write!(
                out,
                "<g class=\"icon timer\"><circle cx=\"{}\" cy=\"{y}\" r=\"4.6\"/><path d=\"M{} {}v3h2.2\"/></g>",
                x + 5,
                x + 5,
                y - 3
            );
            ICON
        }
        Cause::Error => {
            let _ = write!(
                out,
                "<path class=\"icon error\" d=\"M{} {}l5 9h-10zm0 3.4v2.8m0 .9v.9\"/>",
                x + 5,
                y - 5
            );
            ICON
        }
        Cause::Event | Cause::Automatic => 0,
    }
}

/// The corners of a line joined, each rounded as far as its pieces allow.
fn rounded(points: &[Point]) -> String {
    let mut course = String::new();
    for (k, p) in points.iter().enumerate() {
        let (before, after) = (k.checked_sub(1).map(|b| points[b]), points.get(k + 1).copied());
        match (before, after) {
            (None, _) => _ = write!(course, "M{} {}", p.x, p.y),
            (Some(_), None) => _ = write!(course, "L{} {}", p.x, p.y),
            (Some(a), Some(b)) => {
                let r = 6.min(far(a, *p) / 2).min(far(*p, b) / 2);
                let (s, e) = (toward(*p, a, r), toward(*p, b, r));
                let _ = write!(course, "L{} {}Q{} {} {} {}", s.x, s.y, p.x, p.y, e.x, e.y);
            }
        }
    }
    course
}

fn far(a: Point, b: Point) -> i32 {
    (a.x - b.x).abs() + (a.y - b.y).abs()
}

fn toward(from: Point, to: Point, by: i32) -> Point {
    Point { x: from.x + (to.x - from.x).signum() * by, y: from.y + (to.y - from.y).signum() * by }
}
