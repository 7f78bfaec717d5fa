//! A layout printed as SVG: fit for Chromium 90, for paper and for screen readers.

mod shapes;
mod words;

use crate::fold::{Folding, fold, lift};
use crate::layout::{Layout, layout};
use crate::overlay::Overlay;
use crate::picture::{Lang, Picture};
use shapes::Ink;
use std::fmt::Write;

/// How a picture is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Child processes stand beside the ladder up to this width in pixels, else below it.
    pub most_width: i32,
    /// Which compounds are drawn closed.
    pub folding: Folding,
    /// Begins every id in the SVG: pictures on one page need different ones.
    pub ids: String,
    /// Can the keyboard reach the states?
    pub focus: Focus,
    /// Where the colours come from.
    pub sheet: Sheet,
}

/// Whether states can be reached with the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// One image with one description: for mail, paper, documents.
    #[default]
    Whole,
    /// A group of states, each with a name of its own: for a page one works with.
    States,
}

/// Whether the SVG carries its own style sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sheet {
    /// It does.
    #[default]
    Embedded,
    /// The page has one for the same classes.
    Page,
}

impl Default for Options {
    fn default() -> Self {
        let folding = Folding { above: 40, open: Default::default(), closed: Default::default() };
        let ids = "ladder".to_string();
        Options { most_width: 1120, folding, ids, focus: Focus::Whole, sheet: Sheet::Embedded }
    }
}

/// The picture as it is drawn with these options, large machines folded, and where everything stands.
pub fn placed(picture: &Picture, overlay: &Overlay, lang: Lang, options: &Options) -> (Picture, Layout) {
    let folded = fold(picture, &options.folding, &overlay.current);
    let layout = layout(&folded, lang, options.most_width);
    (folded, layout)
}

/// The picture as an SVG document. The same arguments always give the same bytes.
///
/// Classes to restyle it by: `state`, `box`, `line`, `label`, with the kind of the state (`task`, `wait`,
/// ...), the cause of the edge (`timer`, `error`, ...) and `now`, `seen`, `taken`, `added`, `removed`,
/// `changed`. Every state carries `data-state`, every edge `data-edge`.
pub fn svg(picture: &Picture, overlay: &Overlay, lang: Lang, options: &Options) -> String {
    let (folded, layout) = placed(picture, overlay, lang, options);
    let overlay = lift(picture, &folded, overlay);
    let ink = Ink { overlay: &overlay, lang, options };
    let mut out = String::with_capacity(16 * 1024);
    head(&mut out, &folded, &layout, &ink);
    ink.frames(&mut out, &layout);
    ink.lines(&mut out, &layout);
    ink.states(&mut out, &layout);
    ink.labels(&mut out, &layout);
    out.push_str("</svg>\n");
    out
}

/// The style sheet, for pages that show many pictures: see [`Sheet::Page`].
pub const STYLE: &str = include_str!("svg/style.css");

fn head(out: &mut String, picture: &Picture, layout: &Layout, ink: &Ink) {
    let (w, h) = (layout.width, layout.height);
    let ids = words::id(&ink.options.ids);
    let role = match ink.options.focus {
        Focus::Whole => "img",
        Focus::States => "group",
    };
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\" role=\"{role}\" \
         aria-labelledby=\"{ids}-title {ids}-desc\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">"
    );
    let title = words::escape(picture.title.get(ink.lang));
    let told = words::escape(&words::description(picture, ink.overlay, ink.lang));
    let _ = writeln!(out, "<title id=\"{ids}-title\">{title}</title>\n<desc id=\"{ids}-desc\">{told}</desc>");
    if ink.options.sheet == Sheet::Embedded {
        let _ = writeln!(out, "<style>\n{STYLE}</style>");
    }
    out.push_str("<defs>\n");
    for tip in ["line", "taken", "timer", "error", "added", "removed", "changed"] {
        let size = if tip == "taken" { 11 } else { 8 };
        let _ = writeln!(
            out,
            "<marker id=\"{ids}-{tip}\" class=\"tip {tip}\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" \
             markerWidth=\"{size}\" markerHeight=\"{size}\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
             <path d=\"M0 .5L8 4L0 7.5z\"/></marker>"
        );
    }
    let _ = writeln!(out, "</defs>\n<rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>");
}
