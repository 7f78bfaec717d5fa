//! Any bytes get an answer: no panic, places within the text, fixes that settle, positions that hold.

use language::render::{Look, human, json};
use language::{Kind, Lang, Node, Sources, Span, fix, read, sarif};
use proptest::prelude::*;

/// Reads, and checks what must hold whatever was read.
fn check(bytes: &[u8]) {
    let mut sources = Sources::new();
    let reading = read(&mut sources, "a.yaml", bytes);
    assert!(reading.tree.is_some() || reading.report.has_errors(), "silence about {bytes:?}");
    for found in &reading.report {
        let labels = std::iter::once(&found.primary).chain(&found.secondary).map(|label| label.span);
        let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        labels.chain(edits).for_each(|span| within(&sources, span));
        assert!(!found.message.zh.is_empty() && !found.message.en.is_empty());
    }
    for lang in [Lang::Zh, Lang::En] {
        human(&reading.report, &sources, Look { lang, ..Look::default() });
        sarif::log(&reading.report, &sources, lang);
    }
    json::lines(&reading.report, &sources);
    if let Some(tree) = &reading.tree {
        node(&sources, &tree.root);
        formatting(sources.text(reading.file));
    }
    if std::str::from_utf8(bytes).is_ok() {
        mending(sources.text(reading.file));
    }
}

fn formatting(text: &str) {
    if let Ok(once) = language::format::format("a.yaml", text) {
        assert_eq!(
            language::format::format("a.yaml", &once).as_ref(),
            Ok(&once),
            "formatting twice\n{text:?}"
        );
    }
}

fn within(sources: &Sources, span: Span) {
    let text = sources.text(span.file);
    assert!(text.get(span.range()).is_some(), "{span:?} is not within {text:?}");
}

fn node(sources: &Sources, node: &Node) {
    within(sources, node.span);
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar(scalar) => {
            for (at, char) in scalar.text.char_indices() {
                within(sources, node.locate(sources, at..at + char.len_utf8()));
            }
        }
        Kind::Seq(items) => items.iter().for_each(|item| self::node(sources, item)),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            within(sources, key.span);
            self::node(sources, value);
        }),
    }
}

fn mend(text: &str) -> fix::Mended {
    fix::mend(text, |sources, text| {
        let reading = read(sources, "a.yaml", text.as_bytes());
        (reading.file, reading.report)
    })
}

fn mending(text: &str) {
    let once = mend(text);
    let settled = !once.report.iter().any(|found| found.fix.as_ref().is_some_and(|fix| fix.certain));
    if settled {
        assert_eq!(mend(&once.text).text, once.text, "mending twice\n{text:?}");
    }
}

/// Lines that look like YAML and mostly are not.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "title", "银行", "键", ": ", ":", "：", "，", "- ", "-", "\n", "\n  ", "\n    ", "\r\n", "\t",
        "{ ", " }", "[", "]", ", ", "\"", "'", "“", "”", "|", ">", "|\n", ">-\n", "#", " # 注", "＃", "&a ",
        "*a", "!t ", "<<", "? ", "%", "@", "---", "...", "\\", "　", "\u{a0}", "> 5", "（", "(", ")", "｛",
        "｝", "－ ", "\u{feff}", "\u{0}", "~", "null", "0123", "\u{2028}", "😀",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_gets_an_answer(text in soup()) {
        check(text.as_bytes());
    }

    #[test]
    fn random_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }
}

#[test]
fn a_wide_character_where_a_quote_is_missed_is_shown_whole() {
    check("*a\u{a0}? ' }@|\n? \t- %“".as_bytes());
}

#[test]
fn places_inside_a_text_are_exact() {
    let text = "a: |\n    甲 < 1\n    | x |\nb: \"x\\ty\"\nc: 'it''s'\nd: one\n  two\n";
    let mut sources = Sources::new();
    let tree = read(&mut sources, "a.yaml", text.as_bytes()).tree.unwrap();
    let find = |key: &str, part: &str| {
        let node = tree.root.get(key).unwrap();
        let at = node.as_text().unwrap().find(part).unwrap();
        sources.slice(node.locate(&sources, at..at + part.len())).to_owned()
    };
    assert_eq!(find("a", "甲"), "甲");
    assert_eq!(find("a", "| x"), "| x");
    assert_eq!(find("b", "y"), "y");
    assert_eq!(find("b", "\t"), "\\t");
    assert_eq!(find("c", "s"), "s");
    assert_eq!(find("d", "two"), "two");
}
