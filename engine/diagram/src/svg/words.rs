//! Words of the SVG: what a screen reader says, and text made safe for XML.

use crate::overlay::{Change, Overlay};
use crate::picture::{Kind, Lang, Picture, each_state};

/// `text` for element content and attributes; characters XML forbids are left out.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\r' | '\t' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// `text` as part of an id: whatever is not a letter or digit becomes its code point.
pub(super) fn id(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => id.push(c),
            '/' => id.push('.'),
            c => id.push_str(&format!(".{:x}.", u32::from(c))),
        }
    }
    id
}

/// The whole picture in a sentence or two.
pub(super) fn description(picture: &Picture, overlay: &Overlay, lang: Lang) -> String {
    let (mut states, mut now) = (0, Vec::new());
    each_state(&picture.states, &mut |s| {
        states += 1;
        if overlay.current.contains(&s.id) {
            now.push(s.title.get(lang));
        }
    });
    let edges = picture.edges.len();
    match (lang, now.is_empty()) {
        (Lang::Zh, true) => format!("状态图：{states} 个状态，{edges} 条流转。"),
        (Lang::Zh, false) => format!("状态图：{states} 个状态，{edges} 条流转。现在：{}。", now.join("、")),
        (Lang::En, true) => format!("State diagram: {states} states, {edges} transitions."),
        (Lang::En, false) => {
            format!("State diagram: {states} states, {edges} transitions. Now: {}.", now.join(", "))
        }
    }
}

/// What a kind of state is called.
pub(super) fn kind(kind: Kind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        Kind::Task => ("办理", "task"),
        Kind::Wait => ("等待", "waiting"),
        Kind::Automatic => ("自动", "automatic"),
        Kind::Timer => ("等到期", "waits for the clock"),
        Kind::Final => ("结束", "end"),
        Kind::History { deep: false } => ("回到上次所在", "history"),
        Kind::History { deep: true } => ("回到上次所在（逐层）", "deep history"),
        Kind::Compound => ("阶段", "stage"),
        Kind::Parallel => ("并行", "parallel"),
        Kind::Process => ("子流程", "child process"),
        Kind::Folded { .. } => ("已折叠", "folded"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// What a state's marks mean, each after a comma.
pub(super) fn marks(id: &str, overlay: &Overlay, lang: Lang) -> String {
    let mut said = Vec::new();
    let mut say = |zh: &str, en: &str| said.push(if lang == Lang::Zh { zh } else { en }.to_string());
    if overlay.current.contains(id) {
        say("现在在这里", "now here");
    } else if overlay.visited.contains(id) {
        say("已走过", "passed");
    }
    match overlay.changed_states.get(id) {
        Some(Change::Added) => say("新增", "added"),
        Some(Change::Removed) => say("已删除", "removed"),
        Some(Change::Changed) => say("有改动", "changed"),
        None => {}
    }
    if let Some(n) = overlay.counts.get(id) {
        said.push(if lang == Lang::Zh { format!("{n} 件") } else { format!("{n} cases") });
    }
    said.into_iter().map(|s| if lang == Lang::Zh { format!("，{s}") } else { format!(", {s}") }).collect()
}
