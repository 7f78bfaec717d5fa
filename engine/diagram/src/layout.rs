//! Where everything stands: boxes, lines and labels in whole pixels. Printing it is left to [`crate::svg`].
//!
//! The ladder: one state per row in the author's order, so the picture reads like the text and does not
//! jump while someone types. Four rules keep lines off boxes and labels off lines:
//!
//! 1. Every line leaves and enters a state at a height of its own, at least 16 pixels from the next one.
//! 2. Vertical pieces run in rails beyond everything that stands in their column: back to the left,
//!    forward to the right. Only a step to the very next row runs straight down.
//! 3. A label stands above its own line, between its state and the first rail.
//! 4. A line leaves an inner column of a parallel state through a lane above or below all columns.

mod columns;
mod lines;
pub(crate) mod ports;
mod rails;
mod rows;

use crate::measure::width;
use crate::picture::{Cause, Child, Kind, Lang, Picture};
use crate::tree::{ROOT, SMALL, Shape, Staying, TITLE, Tree};

/// A point, in pixels from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl Rect {
    /// The first pixel to the right of it.
    pub fn right(&self) -> i32 {
        self.x + self.w
    }

    /// The first pixel below it.
    pub fn bottom(&self) -> i32 {
        self.y + self.h
    }

    /// Do the insides of the two have a point in common?
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// How a box is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A state without inner states.
    State,
    /// A history circle.
    History,
    /// A box round inner states.
    Compound,
    /// A box round regions.
    Parallel,
    /// A region of a parallel.
    Region,
    /// A child process.
    Child,
}

/// A state in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The state's id; for a state of a child process `child-id/state-id`.
    pub id: String,
    /// Where it stands.
    pub rect: Rect,
    /// What it is.
    pub kind: Kind,
    /// How it is drawn.
    pub form: Form,
    /// Its whole title.
    pub title: String,
    /// Its whole note.
    pub note: String,
    /// The title as it fits.
    pub title_lines: Vec<String>,
    /// The note as it fits.
    pub note_lines: Vec<String>,
    /// Edges that stay in the state, written inside it.
    pub staying: Vec<Inside>,
}

/// An edge written inside its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The edge's id.
    pub edge: String,
    /// Its label as it fits.
    pub text: String,
    /// Its whole label.
    pub full: String,
    /// What makes it go.
    pub cause: Cause,
    /// Its target does not exist.
    pub missing: bool,
}

/// An edge to one of its targets: horizontal and vertical pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The edge's id.
    pub edge: String,
    /// The state it leaves.
    pub from: String,
    /// The state it enters.
    pub to: String,
    /// What makes it go.
    pub cause: Cause,
    /// Corners from source to target.
    pub points: Vec<Point>,
}

/// The words beside a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The edge's id.
    pub edge: String,
    /// Where it stands, icon included.
    pub rect: Rect,
    /// The words as they fit.
    pub text: String,
    /// The whole label.
    pub full: String,
    /// What makes the edge go; timers and errors have an icon.
    pub cause: Cause,
}

/// The mark of the state entered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Centre of the dot.
    pub dot: Point,
    /// Where its arrow ends.
    pub tip: Point,
}

/// Radius of the dot of a [`Start`], in pixels.
pub const DOT: i32 = 5;

/// A whole picture in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Width of the canvas.
    pub width: i32,
    /// Height of the canvas.
    pub height: i32,
    /// States, outer before inner, in the author's order.
    pub boxes: Vec<Placed>,
    /// Edges that lead somewhere.
    pub lines: Vec<Line>,
    /// Their labels.
    pub labels: Vec<Label>,
    /// Marks of the states entered first.
    pub starts: Vec<Start>,
    /// Dashed lines between regions, from top to bottom.
    pub dividers: Vec<(Point, Point)>,
}

/// Pixels kept free round the picture.
pub(crate) const MARGIN: i32 = 16;
/// Pixels between the ladder and the child processes.
const CHILD_GAP: i32 = 32;
/// Height of the head of a child process.
const CHILD_HEAD: i32 = 48;

/// Places `picture`. Child processes stand beside the ladder where `most_width` allows, else below it.
pub fn layout(picture: &Picture, lang: Lang, most_width: i32) -> Layout {
    let mut whole = ladder(picture, lang);
    let children: Vec<Layout> =
        picture.children.iter().map(|c| boxed(picture, c, lang, most_width)).collect();
    let widest = children.iter().map(|c| c.width).max().unwrap_or(0);
    let beside = whole.width + CHILD_GAP + widest + MARGIN <= most_width;
    let x = if beside { whole.width + CHILD_GAP } else { MARGIN };
    let mut y = if beside { MARGIN } else { whole.height + CHILD_GAP / 2 };
    for child in children {
        let height = child.height;
        whole.take(child, x, y);
        y += height + CHILD_GAP / 2;
    }
    whole
}

/// The ladder of one process without its children.
fn ladder(picture: &Picture, lang: Lang) -> Layout {
    let tree = Tree::new(picture, lang);
    let ways = ports::Ways::new(&tree);
    let rows = rows::Rows::new(&tree, &ways);
    let rails = rails::Rails::new(&tree, &ways, &rows);
    let columns = columns::Columns::new(&tree, &ways, &rows, &rails);
    let mut layout = lines::draw(picture, &tree, &ways, &rows, &rails, &columns);
    layout.boxes =
        (ROOT + 1..tree.nodes.len()).map(|at| placed(picture, &tree, at, &rows, &columns)).collect();
    layout.width = columns.width;
    layout.height = rows.height;
    layout
}

fn placed(
    picture: &Picture,
    tree: &Tree,
    at: usize,
    rows: &rows::Rows,
    columns: &columns::Columns,
) -> Placed {
    let node = &tree.nodes[at];
    let form = match node.shape {
        Shape::Leaf | Shape::Root => Form::State,
        Shape::Dot => Form::History,
        Shape::Box => Form::Compound,
        Shape::Parallel => Form::Parallel,
        Shape::Region => Form::Region,
    };
    let (x, right) = (columns.left(at), columns.right(at));
    Placed {
        id: node.id.clone(),
        rect: Rect { x, y: rows.y[at], w: right - x, h: rows.h[at] },
        kind: node.kind,
        form,
        title: node.title.clone(),
        note: node.note.clone(),
        title_lines: node.title_lines.clone(),
        note_lines: node.note_lines.clone(),
        staying: node.staying.iter().map(|s| inside(picture, s)).collect(),
    }
}

fn inside(picture: &Picture, staying: &Staying) -> Inside {
    Inside {
        edge: picture.edges[staying.edge].id.clone(),
        text: staying.tag.text.clone(),
        full: staying.tag.full.clone(),
        cause: staying.tag.cause,
        missing: staying.missing,
    }
}

/// A child process in its box, at the corner of its own canvas.
fn boxed(picture: &Picture, child: &Child, lang: Lang, most_width: i32) -> Layout {
    let inner = layout(&child.picture, lang, most_width - 2 * MARGIN);
    let title = child.picture.title.get(lang).to_string();
    let note = child_note(picture, child, lang);
    let words = width(&title, TITLE).max(width(&note, SMALL)) + 2 * MARGIN;
    let mut outer =
        Layout { width: inner.width.max(words), height: inner.height + CHILD_HEAD, ..Layout::default() };
    outer.boxes.push(Placed {
        id: child.picture.id.clone(),
        rect: Rect { x: 0, y: 0, w: outer.width, h: outer.height },
        kind: Kind::Process,
        form: Form::Child,
        title_lines: vec![title.clone()],
        note_lines: vec![note.clone()].into_iter().filter(|n| !n.is_empty()).collect(),
        title,
        note,
        staying: Vec::new(),
    });
    let prefix = format!("{}/", child.picture.id);
    let x = (outer.width - inner.width) / 2;
    outer.take(inner.within(&prefix), x, CHILD_HEAD);
    outer.width += MARGIN;
    outer.height += MARGIN;
    outer
}

fn child_note(picture: &Picture, child: &Child, lang: Lang) -> String {
    let mut titles = Vec::new();
    crate::picture::each_state(&picture.states, &mut |s| {
        if child.started_by.contains(&s.id) {
            titles.push(s.title.get(lang).to_string());
        }
    });
    let note = child.note.get(lang);
    let by = match (titles.is_empty(), lang) {
        (true, _) => return note.to_string(),
        (false, Lang::Zh) => format!("由“{}”发起", titles.join("、")),
        (false, Lang::En) => format!("started in {}", titles.join(", ")),
    };
    if note.is_empty() { by } else { format!("{note} · {by}") }
}

impl Layout {
    /// The same with `prefix` before every id.
    fn within(mut self, prefix: &str) -> Layout {
        let ids = self
            .boxes
            .iter_mut()
            .flat_map(|b| std::iter::once(&mut b.id).chain(b.staying.iter_mut().map(|s| &mut s.edge)));
        let ends = self.lines.iter_mut().flat_map(|l| [&mut l.edge, &mut l.from, &mut l.to]);
        let labels = self.labels.iter_mut().map(|l| &mut l.edge);
        ids.chain(ends).chain(labels).for_each(|id| id.insert_str(0, prefix));
        self
    }

    /// Puts `other` on this canvas, its corner at (x, y), and grows to hold it.
    fn take(&mut self, other: Layout, x: i32, y: i32) {
        let moved = |p: Point| Point { x: p.x + x, y: p.y + y };
        let shifted = |r: Rect| Rect { x: r.x + x, y: r.y + y, ..r };
        self.boxes.extend(other.boxes.into_iter().map(|b| Placed { rect: shifted(b.rect), ..b }));
        self.labels.extend(other.labels.into_iter().map(|l| Label { rect: shifted(l.rect), ..l }));
        self.starts.extend(other.starts.into_iter().map(|s| Start { dot: moved(s.dot), tip: moved(s.tip) }));
        self.dividers.extend(other.dividers.into_iter().map(|(a, b)| (moved(a), moved(b))));
        for mut line in other.lines {
            line.points.iter_mut().for_each(|p| *p = moved(*p));
            self.lines.push(line);
        }
        self.width = self.width.max(x + other.width);
        self.height = self.height.max(y + other.height);
    }
}
