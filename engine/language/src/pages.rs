//! The page of each code: read by `charter explain`, linked from SARIF, and run by the tests.
//!
//! A page has the sections 是什么, 为什么不好, 怎么改 and What, Why, Cure, then fenced examples marked
//! `yaml wrong` and `yaml right`. An example marked `escaped` writes bytes as `\xNN`, characters as
//! `\u{N}`, a tab as `\t`, and `⟦text×N⟧` for a text repeated, with `№` for the count from 0.

use crate::codes::Code;
use crate::words::{Lang, Words};

/// An example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the finding must not be given.
    pub right: bool,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

const SECTIONS: [(&str, &str); 3] = [("是什么", "What"), ("为什么不好", "Why"), ("怎么改", "Cure")];

/// The page for a reader of one language: title, sections, examples.
pub fn page(code: Code, lang: Lang) -> String {
    let own = code.of_formulas().map(|own| format!(" ({own})")).unwrap_or_default();
    let mut out = format!("{}{own} {}\n", code.id(), code.title(lang));
    for (zh, en) in SECTIONS {
        let name = Words::new(zh, en);
        if let Some(text) = section(code.page(), name.get(lang)) {
            out.push_str(&format!("\n{}\n{text}\n", name.get(lang)));
        }
    }
    for (right, escaped, body) in fences(code.page()) {
        let title = if right { Words::new("正确", "Right") } else { Words::new("错误", "Wrong") };
        let note = if escaped {
            Words::new("（特殊字节已转义）", " (special bytes escaped)")
        } else {
            Words::default()
        };
        let indented: Vec<String> =
            body.lines().map(|line| format!("  {line}").trim_end().to_owned()).collect();
        out.push_str(&format!("\n{}{}\n{}\n", title.get(lang), note.get(lang), indented.join("\n")));
    }
    out
}

/// The examples of a page, as the bytes of files.
pub fn examples(code: Code) -> Vec<Example> {
    let bytes = |escaped, body: &str| if escaped { unescaped(body) } else { body.as_bytes().to_vec() };
    fences(code.page()).map(|(right, escaped, body)| Example { right, bytes: bytes(escaped, body) }).collect()
}

/// Runs the examples of `codes` through `check`, which answers with the codes found. Gives a sentence for
/// every example that does not behave, and for every page that lacks a section or an example.
pub fn faults(codes: &[Code], mut check: impl FnMut(Code, &[u8]) -> Vec<Code>) -> Vec<String> {
    let mut faults = Vec::new();
    for &code in codes {
        let missing = SECTIONS
            .iter()
            .flat_map(|(zh, en)| [*zh, *en])
            .filter(|name| section(code.page(), name).is_none());
        faults.extend(missing.map(|name| format!("{code}: the section {name} is missing")));
        let examples = examples(code);
        for right in [false, true] {
            if !examples.iter().any(|example| example.right == right) {
                faults.push(format!("{code}: no example marked {}", if right { "right" } else { "wrong" }));
            }
        }
        for example in examples {
            let found = check(code, &example.bytes);
            if found.contains(&code) == example.right {
                let text = String::from_utf8_lossy(&example.bytes);
                let short: String = text.chars().take(200).collect();
                faults.push(format!("{code}: right {}, found {found:?} in\n{short}", example.right));
            }
        }
    }
    faults
}

/// The text under a heading.
fn section<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("\n## {name}\n"))?;
    let end = after.find("\n## ").unwrap_or(after.len());
    Some(after[..end].trim()).filter(|text| !text.is_empty())
}

/// The marked fences of a page: right or wrong, escaped or not, and the text within.
fn fences(page: &str) -> impl Iterator<Item = (bool, bool, &str)> {
    // A golden table is a spreadsheet, what stops a formula is a formula; everything else is YAML.
    let marked = ["\n```yaml ", "\n```csv ", "\n```formula "].map(|fence| page.split(fence).skip(1));
    let marked = marked.into_iter().flatten();
    marked.filter_map(|part| {
        let (mark, body) = part.split_once('\n')?;
        let end = body.find("\n```").map_or(0, |end| end + 1);
        Some((mark.starts_with("right"), mark.contains("escaped"), &body[..end]))
    })
}

/// The bytes that an escaped example stands for.
fn unescaped(body: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let (taken, meant) = escape(rest).unwrap_or((first.len_utf8(), first.to_string().into_bytes()));
        bytes.extend(meant);
        rest = &rest[taken..];
    }
    bytes
}

/// The escape at the start of a text: its length and its bytes.
fn escape(text: &str) -> Option<(usize, Vec<u8>)> {
    if let Some(after) = text.strip_prefix('⟦') {
        let (inside, _) = after.split_once('⟧')?;
        let (piece, times) = inside.rsplit_once('×')?;
        let times: usize = times.parse().ok()?;
        let repeated = (0..times).flat_map(|at| unescaped(&piece.replace('№', &at.to_string()))).collect();
        return Some((inside.len() + 6, repeated));
    }
    if let Some(after) = text.strip_prefix("\\u{") {
        let (hex, _) = after.split_once('}')?;
        let char = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
        return Some((hex.len() + 4, char.to_string().into_bytes()));
    }
    if let Some(hex) = text.strip_prefix("\\x").and_then(|after| after.get(..2)) {
        return Some((4, vec![u8::from_str_radix(hex, 16).ok()?]));
    }
    [("\\t", b'\t'), ("\\n", b'\n'), ("\\r", b'\r')]
        .iter()
        .find(|(escape, _)| text.starts_with(escape))
        .map(|(escape, byte)| (escape.len(), vec![*byte]))
}
