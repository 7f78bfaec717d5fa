//! What is looked at before any YAML is parsed: the bytes, and the traps of office machines.
//!
//! [`decode`] turns bytes into text or says in which encoding the file was saved. [`traps::find`] walks
//! the pieces that [`scan`] sees and reports what a parser would misread or explain badly.

use crate::codes;
use crate::diagnostic::{Diagnostic, Fix, Report};
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::words;

mod encoding;
mod flow;
pub(crate) mod scan;
pub(crate) mod traps;

/// The longest file read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// The longest line read, in bytes.
pub const LINE_BYTES_MAX: usize = 64 << 10;
/// How deep lists and maps may be nested.
pub const DEPTH_MAX: usize = 64;
/// At most this many findings of one kind are reported for one file.
const SAME_KIND_MAX: usize = 20;
/// Bytes looked at together.
const STRETCH: usize = 64;

/// Takes the bytes of a file into `sources` as text. A byte order mark is dropped. What cannot be read
/// becomes a text of its readable part, so that the report can show the place.
pub fn decode(sources: &mut Sources, name: &str, bytes: &[u8]) -> (FileId, Report) {
    let mut report = Report::new();
    if bytes.len() > FILE_BYTES_MAX {
        let file = sources.add(name, "");
        report.push(too_large(file));
        return (file, report);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let file = sources.add(name, text);
            long_lines(file, sources, &mut report);
            // Where a line is no line, its characters would be shown with all of it.
            if !report.has_errors() {
                control_characters(file, sources.text(file), &mut report);
            }
            (file, report)
        }
        Err(error) => {
            let (file, found) = encoding::unreadable(sources, name, bytes, error.valid_up_to());
            report.push(found);
            (file, report)
        }
    }
}

fn too_large(file: FileId) -> Diagnostic {
    // Callers do not read a huge file to its end, so how large it is in all is not known here.
    let kib = FILE_BYTES_MAX / 1024;
    Diagnostic::new(
        codes::FILE_TOO_LARGE,
        Span::point(file, 0),
        words!("文件超过 {kib} KiB 的上限", "the file is larger than the limit of {kib} KiB"),
    )
    .advise(words!(
        "流程文件一般只有几十 KiB：请确认选对了文件，或拆成几个流程",
        "a definition has some tens of KiB: check that this is the right file, or split it into several processes"
    ))
}

/// NUL, escape and other controls that no editor shows. A tab, and a line break of either kind, are fine.
fn control_characters(file: FileId, text: &str, report: &mut Report) {
    // Most bytes cannot begin such a character: C0, DEL, C1 and the marks of U+2000 and U+FEFF.
    let may = |byte: u8| (byte < b' ' && byte != b'\n') | matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef);
    // Whole stretches without any are passed over: the sum runs over many bytes at a time.
    let stretches = text.as_bytes().chunks(STRETCH).enumerate();
    let some = stretches.filter(|(_, stretch)| stretch.iter().fold(false, |any, byte| any | may(*byte)));
    let places = some.flat_map(|(at, stretch)| (at * STRETCH..).zip(stretch));
    let suspects =
        places.filter(|(at, byte)| may(**byte) && !is_common(&text.as_bytes()[*at..])).map(|(at, _)| at);
    let found = suspects
        .filter_map(|at| Some((at, text[at..].chars().next()?)))
        .filter(|&(at, char)| is_control(text, at, char));
    for (at, char) in found.take(SAME_KIND_MAX) {
        let span = Span::new(file, at..at + char.len_utf8());
        let code_point = format!("U+{:04X}", u32::from(char));
        let fix =
            Fix::certain(words!("删去这个字符", "delete the character")).replace(span, replacement(char));
        report.push(
            Diagnostic::new(
                codes::CONTROL_CHARACTER,
                span,
                words!(
                    "这里有一个看不见的控制字符 {code_point}",
                    "an invisible control character {code_point}"
                ),
            )
            .label(words!("控制字符 {code_point}", "{code_point} is here"))
            .advise(words!(
                "多半是从别的软件粘贴带来的：删去它",
                "it usually comes with text pasted from another program: delete it"
            ))
            .fix(fix),
        );
    }
}

/// The signs of Chinese texts that begin like a control character: `，`, `：` and their kin, and quotation marks.
fn is_common(bytes: &[u8]) -> bool {
    matches!(bytes, [0xef, 0xbc | 0xbd, ..] | [0xe2, 0x80, 0x90..=0xa7, ..])
}

fn is_control(text: &str, at: usize, char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        '\r' => !text[at + 1..].starts_with('\n'),
        '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' => true,
        // Marks that turn the direction of text make a line read other than it is.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => char.is_control(),
    }
}

/// A lone carriage return and the Unicode separators were meant as line breaks.
fn replacement(char: char) -> &'static str {
    if matches!(char, '\r' | '\u{2028}' | '\u{2029}' | '\u{85}') { "\n" } else { "" }
}

fn long_lines(file: FileId, sources: &Sources, report: &mut Report) {
    if sources.text(file).len() <= LINE_BYTES_MAX {
        return;
    }
    let long = (1..=sources.line_count(file)).map(|line| sources.line_range(file, line));
    let long: Vec<_> = long.filter(|range| range.len() > LINE_BYTES_MAX).take(1).collect();
    for range in long {
        let kib = range.len() / 1024;
        report.push(
            Diagnostic::new(
                codes::LINE_TOO_LONG,
                Span::point(file, range.start),
                words!("这一行有 {kib} KiB，上限是 64 KiB", "this line has {kib} KiB; the limit is 64 KiB"),
            )
            .advise(words!(
                "把长文字写成 `|` 之后的多行，把长列表写成每行一项",
                "write long texts as lines after `|`, and long lists with one item a line"
            )),
        );
    }
}
