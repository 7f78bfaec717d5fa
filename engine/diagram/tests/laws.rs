//! What holds for every picture, however it is built: nothing is lost, no line runs through a state, no
//! label lies on a state, on another label or under a line, nothing leaves the canvas, order is kept.

mod pictures;

use diagram::layout::{Form, Layout, Line, Placed, Point, Rect, layout};
use diagram::{
    Cause, Child, Edge, Focus, Folding, Kind, Lang, Options, Overlay, Picture, Place, State, Words, placed,
    svg, text,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use unicode_width::UnicodeWidthStr;

/// What a random picture is made of: the shape of its tree, and numbers that pick ends and causes.
#[derive(Clone, Debug)]
enum Seed {
    Leaf(u8),
    Inner(bool, Vec<Seed>),
}

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    let leaf = any::<u8>().prop_map(Seed::Leaf);
    let tree = leaf.prop_recursive(4, 40, 5, |inner| {
        (any::<bool>(), prop::collection::vec(inner, 1..5)).prop_map(|(p, kids)| Seed::Inner(p, kids))
    });
    prop::collection::vec(tree, 1..9)
}

const TITLES: [&str; 5] = [
    "草稿",
    "银行评估审批",
    "Bank evaluation of the demand",
    "",
    "等待企业补充材料并由区金融办复核后再行提交市局审定",
];
const LABELS: [&str; 5] = [
    "提交",
    "",
    "30 天未完成",
    "approve [amount within the cap]",
    "经区金融办与市金融局会商一致后退回企业补正全部材料",
];

fn grow(seeds: &[Seed], path: &str, states: &mut Vec<State>) {
    for (k, seed) in seeds.iter().enumerate() {
        let id = format!("{path}{k}");
        states.push(match seed {
            Seed::Leaf(n) => leaf(&id, *n),
            Seed::Inner(parallel, kids) => {
                let mut inner = Vec::new();
                grow(kids, &format!("{id}."), &mut inner);
                let kind = if *parallel { Kind::Parallel } else { Kind::Compound };
                State::new(kind, &id, TITLES[k % 5], TITLES[k % 5]).holding(inner)
            }
        });
    }
}

fn leaf(id: &str, n: u8) -> State {
    let kinds = [
        Kind::Task,
        Kind::Wait,
        Kind::Automatic,
        Kind::Timer,
        Kind::Final,
        Kind::History { deep: true },
        Kind::Process,
    ];
    let title = TITLES[usize::from(n / 7) % 5];
    let place = if n > 200 { Place::Side } else { Place::Auto };
    State::new(kinds[usize::from(n % 7)], id, title, title)
        .note(if n > 99 { "银行" } else { "" }, "")
        .at(place)
}

fn ids(states: &[State], found: &mut Vec<String>) {
    for state in states {
        found.push(state.id.clone());
        ids(&state.states, found);
    }
}

prop_compose! {
    fn ladders()(seeds in seeds(), ends in prop::collection::vec(any::<(u16, u16, u8)>(), 0..50)) -> Picture {
        let mut states = Vec::new();
        grow(&seeds, "s", &mut states);
        let mut all = Vec::new();
        ids(&states, &mut all);
        let pick = |n: u16| all[usize::from(n) % all.len()].clone();
        let causes = [Cause::Event, Cause::Timer, Cause::Automatic, Cause::Error];
        let edges = ends.iter().enumerate().map(|(k, (a, b, c))| Edge {
            id: format!("e{k}"),
            from: pick(*a),
            to: match c % 9 {
                0 => Vec::new(),
                1 => vec![pick(*b), pick(b / 3)],
                2 => vec![pick(*a)],
                3 => vec!["nowhere".into()],
                // Neighbours, so that straight steps are common.
                4..=6 => vec![pick(a.wrapping_add(1))],
                _ => vec![pick(*b)],
            },
            label: Words::new(LABELS[usize::from(c / 9) % 5], ""),
            cause: causes[usize::from(c % 4)],
        });
        let edges = edges.collect();
        let initial = all.first().cloned();
        Picture { id: "p".into(), title: Words::new("流程", "Process"), initial, states, edges, children: Vec::new() }
    }
}

prop_compose! {
    fn machines()(main in ladders(), child in prop::option::of(ladders())) -> Picture {
        let children = child.map(|picture| Child {
            picture: Picture { id: "child".into(), ..picture },
            note: Words::new("最多 3", "at most 3"),
            started_by: vec!["s0".into()],
        });
        Picture { children: children.into_iter().collect(), ..main }
    }
}

fn segments(line: &Line) -> impl Iterator<Item = (Point, Point)> + '_ {
    line.points.windows(2).map(|w| (w[0], w[1]))
}

/// Does the piece from `a` to `b` have a point strictly inside `r`?
fn crosses(r: &Rect, (a, b): (Point, Point)) -> bool {
    let (x0, x1, y0, y1) = (a.x.min(b.x), a.x.max(b.x), a.y.min(b.y), a.y.max(b.y));
    x0 < r.right() && x1 > r.x && y0 < r.bottom() && y1 > r.y
}

fn is_state(b: &&Placed) -> bool {
    matches!(b.form, Form::State | Form::History)
}

fn nothing_is_lost(picture: &Picture, layout: &Layout) {
    let mut wanted = Vec::new();
    ids(&picture.states, &mut wanted);
    let drawn: BTreeMap<&str, &Placed> = layout.boxes.iter().map(|b| (b.id.as_str(), b)).collect();
    for id in &wanted {
        assert!(drawn.contains_key(id.as_str()), "state {id} is missing");
    }
    for edge in &picture.edges {
        let real = edge.to.iter().filter(|to| drawn.contains_key(to.as_str())).count();
        let lines: Vec<&Line> = layout.lines.iter().filter(|l| l.edge == edge.id).collect();
        assert_eq!(lines.len(), real, "lines of edge {}", edge.id);
        let inside = drawn[edge.from.as_str()].staying.iter().filter(|s| s.edge == edge.id).count();
        assert_eq!(inside, (edge.to.len() - real).max(usize::from(edge.to.is_empty())), "edge {}", edge.id);
        for line in lines {
            for (end, at) in [(&line.from, line.points[0]), (&line.to, line.points[line.points.len() - 1])] {
                let r = drawn[end.as_str()].rect;
                let touches = (at.x == r.x || at.x == r.right()) && (r.y..=r.bottom()).contains(&at.y)
                    || (at.y == r.y || at.y == r.bottom()) && (r.x..=r.right()).contains(&at.x);
                assert!(touches, "edge {} ends at {at:?}, not at {end} {r:?}", edge.id);
            }
        }
    }
}

/// Per state, the states that enclose it; ids as in a layout.
fn enclosing(picture: &Picture) -> BTreeMap<String, BTreeSet<String>> {
    fn walk(
        states: &[State],
        prefix: &str,
        outer: &BTreeSet<String>,
        found: &mut BTreeMap<String, BTreeSet<String>>,
    ) {
        for state in states {
            let id = format!("{prefix}{}", state.id);
            let mut within = outer.clone();
            within.insert(id.clone());
            walk(&state.states, prefix, &within, found);
            found.insert(id, outer.clone());
        }
    }
    let mut found = BTreeMap::new();
    walk(&picture.states, "", &BTreeSet::new(), &mut found);
    for child in &picture.children {
        let outer = BTreeSet::from([child.picture.id.clone()]);
        walk(&child.picture.states, &format!("{}/", child.picture.id), &outer, &mut found);
    }
    found
}

fn no_line_runs_through_a_state(picture: &Picture, layout: &Layout) {
    let enclosing = enclosing(picture);
    for line in &layout.lines {
        for segment in segments(line) {
            assert!(
                segment.0.x == segment.1.x || segment.0.y == segment.1.y,
                "slanted piece of {}",
                line.edge
            );
            for b in layout.boxes.iter().filter(|b| crosses(&b.rect, segment)) {
                let entered = [&line.from, &line.to].iter().any(|end| enclosing[*end].contains(&b.id));
                assert!(entered && !is_state(&b), "{} through {}", line.edge, b.id);
            }
        }
    }
}

fn states_stand_apart(layout: &Layout) {
    let states: Vec<&Placed> = layout.boxes.iter().filter(is_state).collect();
    for (k, a) in states.iter().enumerate() {
        for b in &states[k + 1..] {
            assert!(!a.rect.overlaps(&b.rect), "{} on {}", a.id, b.id);
        }
    }
}

fn labels_are_free(layout: &Layout) {
    for (k, label) in layout.labels.iter().enumerate() {
        for b in layout.boxes.iter().filter(is_state) {
            assert!(!label.rect.overlaps(&b.rect), "label of {} on {}", label.edge, b.id);
        }
        for other in &layout.labels[k + 1..] {
            assert!(!label.rect.overlaps(&other.rect), "labels of {} and {}", label.edge, other.edge);
        }
        for line in &layout.lines {
            for segment in segments(line) {
                assert!(
                    !crosses(&label.rect, segment),
                    "line {} through the label of {}",
                    line.edge,
                    label.edge
                );
            }
        }
        for start in &layout.starts {
            let dot = Rect { x: start.dot.x - 5, y: start.dot.y - 5, w: 10, h: 10 };
            assert!(!label.rect.overlaps(&dot), "label of {} on a start mark", label.edge);
        }
    }
}

/// The title of a stage stands clear of lines and labels; a cell of its text is about 7 pixels wide.
fn titles_are_free(layout: &Layout) {
    for b in layout.boxes.iter().filter(|b| !is_state(b)) {
        let cells = b.title_lines.iter().map(|l| l.width()).max().unwrap_or(0);
        let w = i32::try_from(cells).unwrap_or(0) * 7;
        let title = Rect { x: b.rect.x + 14, y: b.rect.y + 8, w, h: 16 };
        assert!(title.right() <= b.rect.right(), "the title of {} leaves its box", b.id);
        for label in &layout.labels {
            assert!(!label.rect.overlaps(&title), "label of {} on the title of {}", label.edge, b.id);
        }
        for line in &layout.lines {
            assert!(
                !segments(line).any(|s| crosses(&title, s)),
                "{} through the title of {}",
                line.edge,
                b.id
            );
        }
    }
}

/// Two lines may cross, but never run along each other.
fn lines_are_told_apart(layout: &Layout) {
    let pieces: Vec<(usize, (Point, Point))> =
        layout.lines.iter().enumerate().flat_map(|(k, l)| segments(l).map(move |s| (k, s))).collect();
    for (i, (k, (a, b))) in pieces.iter().enumerate() {
        for (l, (c, d)) in &pieces[i + 1..] {
            let span = |p: i32, q: i32| (p.min(q), p.max(q));
            let along = |(p, q): (i32, i32), (r, s): (i32, i32)| p.max(r) < q.min(s);
            let same_column = a.x == b.x && c.x == d.x && a.x == c.x && along(span(a.y, b.y), span(c.y, d.y));
            let same_row = a.y == b.y && c.y == d.y && a.y == c.y && along(span(a.x, b.x), span(c.x, d.x));
            let (k, l) = (&layout.lines[*k].edge, &layout.lines[*l].edge);
            assert!(!same_column && !same_row, "{k} and {l} on one line at {a:?}-{b:?} {c:?}-{d:?}");
        }
    }
}

fn all_on_the_canvas(layout: &Layout) {
    let canvas = Rect { x: 0, y: 0, w: layout.width, h: layout.height };
    let holds = |r: &Rect| r.x >= 0 && r.y >= 0 && r.right() <= canvas.w && r.bottom() <= canvas.h;
    assert!(layout.boxes.iter().all(|b| holds(&b.rect)), "a box leaves {canvas:?}");
    assert!(layout.labels.iter().all(|l| holds(&l.rect)), "a label leaves {canvas:?}");
    let corners = layout.lines.iter().flat_map(|l| &l.points);
    assert!(corners.clone().all(|p| holds(&Rect { x: p.x, y: p.y, w: 0, h: 0 })), "a line leaves {canvas:?}");
}

fn check(picture: &Picture, layout: &Layout) {
    nothing_is_lost(picture, layout);
    states_stand_apart(layout);
    no_line_runs_through_a_state(picture, layout);
    labels_are_free(layout);
    titles_are_free(layout);
    lines_are_told_apart(layout);
    all_on_the_canvas(layout);
}

/// States of the ladder from top to bottom; columns of a parallel from left to right.
fn reading_order(layout: &Layout) -> Vec<String> {
    let mut boxes: Vec<&Placed> = layout.boxes.iter().filter(|b| !b.id.contains('.')).collect();
    boxes.sort_by_key(|b| b.rect.y);
    boxes.iter().map(|b| b.id.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_picture_is_readable(picture in machines()) {
        for lang in [Lang::Zh, Lang::En] {
            check(&picture, &layout(&picture, lang, 1120));
        }
    }

    #[test]
    fn the_same_picture_gives_the_same_bytes(picture in machines()) {
        let draw = || svg(&picture, &Overlay::default(), Lang::Zh, &Options::default());
        prop_assert_eq!(draw(), draw());
    }

    #[test]
    fn deleting_a_state_leaves_the_others_in_order(picture in ladders(), which in any::<prop::sample::Index>()) {
        let mut fewer = picture.clone();
        // Standing aside follows from edges; here only the ladder is looked at.
        fewer.states.iter_mut().for_each(|s| s.place = Place::Main);
        let whole = fewer.clone();
        let gone = fewer.states.remove(which.index(whole.states.len())).id;
        let mut before = reading_order(&layout(&whole, Lang::Zh, 1120));
        before.retain(|id| *id != gone);
        prop_assert_eq!(before, reading_order(&layout(&fewer, Lang::Zh, 1120)));
    }

    #[test]
    fn folding_hides_states_but_no_stage(picture in ladders(), above in 1usize..30) {
        let folding = Folding { above, open: BTreeSet::new(), closed: BTreeSet::new() };
        let options = Options { folding, ..Options::default() };
        let (folded, layout) = placed(&picture, &Overlay::default(), Lang::Zh, &options);
        check(&folded, &layout);
        for state in &picture.states {
            prop_assert!(layout.boxes.iter().any(|b| b.id == state.id));
        }
        let mut shown = Vec::new();
        ids(&folded.states, &mut shown);
        let nested = folded.states.iter().any(|s| !s.states.is_empty());
        prop_assert!(shown.len() <= above || !nested, "{} states shown", shown.len());
    }

    #[test]
    fn right_borders_of_the_text_line_up(picture in machines()) {
        for lang in [Lang::Zh, Lang::En] {
            let drawn = text(&picture, &Overlay::default(), lang);
            let widths: BTreeSet<usize> = drawn.lines().map(UnicodeWidthStr::width).collect();
            prop_assert_eq!(widths.len(), 1, "{}", drawn);
            prop_assert!(widths.iter().all(|w| *w <= diagram::COLUMNS), "{}", drawn);
        }
    }
}

#[test]
fn the_pictures_of_the_field_are_readable() {
    let field = [
        pictures::demand(),
        pictures::registration(),
        pictures::signing(),
        pictures::claims(),
        pictures::large(),
    ];
    for picture in field {
        for lang in [Lang::Zh, Lang::En] {
            let layout = layout(&picture, lang, 1120);
            check(&picture, &layout);
        }
    }
}

#[test]
fn where_a_case_is_and_what_changed_is_said_without_colour() {
    let draw = |overlay: &Overlay, lang| {
        let options = Options { focus: Focus::States, ..Options::default() };
        svg(&pictures::demand(), overlay, lang, &options)
    };
    let now = draw(&pictures::demand_now(), Lang::Zh);
    assert!(now.contains("aria-label=\"尽职调查，办理，银行，现在在这里，312 件\""));
    assert!(now.contains("aria-label=\"草稿，办理，企业，已走过\""));
    let signing = svg(&pictures::signing(), &pictures::signing_now(), Lang::Zh, &Options::default());
    assert_eq!(signing.matches("now\" data-state").count(), 6);
    let changes = draw(&pictures::demand_changes(), Lang::En);
    assert!(changes.contains("aria-label=\"Arrange the guarantee, task, Guarantor, added\""));
    assert!(changes.contains("aria-label=\"Full, waiting, removed\""));
    assert_eq!(now.matches("tabindex=\"0\"").count(), 24);
}

#[test]
fn a_stage_with_a_current_state_stays_open_and_others_close() {
    let overlay = pictures::large_now();
    let (folded, layout) = placed(&pictures::large(), &overlay, Lang::Zh, &Options::default());
    check(&folded, &layout);
    let kind = |id: &str| layout.boxes.iter().find(|b| b.id == id).map(|b| b.kind);
    assert_eq!(kind("s4_2"), Some(Kind::Task));
    assert_eq!(kind("s5"), Some(Kind::Folded { inside: 5 }));
    let back = folded.edges.iter().find(|e| e.label.zh == "发回重审").unwrap();
    assert_eq!((back.from.as_str(), back.to[0].as_str()), ("s7", "s3"));
    let options = Options { focus: Focus::States, ..Options::default() };
    let drawn = svg(&pictures::large(), &overlay, Lang::Zh, &options);
    assert!(drawn.contains("aria-label=\"第 1 阶段，已折叠，内含 5 个状态，已走过，7 件\""));
}

#[test]
fn titles_with_markup_stay_text() {
    let state = State::new(Kind::Task, "a<b", "评分 <600 & \"急\"\u{1}", "");
    let picture = Picture { states: vec![state], ..Picture::default() };
    let drawn = svg(&picture, &Overlay::default(), Lang::Zh, &Options::default());
    assert!(drawn.contains("评分 &lt;600 &amp; &quot;急&quot;"), "{drawn}");
    assert!(!drawn.contains('\u{1}'));
}

#[test]
fn an_empty_picture_a_single_state_and_nonsense_are_drawn() {
    let empty = Picture::default();
    let twin = || State::new(Kind::History { deep: false }, "a", "", "").holding(vec![leaf("b", 0)]);
    let edges = vec![Edge::new(Cause::Event, "a", "a", "", ""), Edge::new(Cause::Event, "x", "a", "", "")];
    let twins =
        Picture { states: vec![twin(), twin()], initial: Some("x".into()), edges, ..Picture::default() };
    assert!(svg(&twins, &Overlay::default(), Lang::Zh, &Options::default()).ends_with("</svg>\n"));
    let one = Picture { states: vec![State::new(Kind::Final, "a", "", "")], ..Picture::default() };
    for picture in [empty, one] {
        let drawn = svg(&picture, &Overlay::default(), Lang::Zh, &Options::default());
        assert!(drawn.ends_with("</svg>\n"));
        check(&picture, &layout(&picture, Lang::Zh, 1120));
        assert!(!text(&picture, &Overlay::default(), Lang::Zh).is_empty());
    }
}
