//! Bytes that are not UTF-8: in which encoding was the file saved, and what to do.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::words;

/// The finding for a file whose bytes stop being UTF-8 at `valid_to`. The text kept is the readable part
/// with a mark `\u{fffd}` for every byte that is not.
pub(super) fn unreadable(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    valid_to: usize,
) -> (FileId, Diagnostic) {
    if let Some(order) = utf16(bytes) {
        let file = sources.add(name, "");
        return (file, utf16_found(file, order));
    }
    let line =
        bytes[valid_to..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| valid_to + end);
    let file = sources.add(name, String::from_utf8_lossy(&bytes[..line]));
    let span = Span::new(file, valid_to..valid_to + '\u{fffd}'.len_utf8());
    let found = if looks_like_gb18030(bytes) { gb_found(span) } else { unknown_found(span, bytes[valid_to]) };
    (file, found)
}

fn utf16_found(file: FileId, order: &str) -> Diagnostic {
    Diagnostic::new(
        codes::UTF16_ENCODING,
        Span::point(file, 0),
        words!("文件是以 UTF-16（{order}）保存的", "the file is saved as UTF-16 ({order})"),
    )
    .advise(words!("在记事本里选“另存为”，编码选“UTF-8”", "in Notepad choose Save As and the encoding UTF-8"))
}

fn gb_found(span: Span) -> Diagnostic {
    Diagnostic::new(
        codes::GB_ENCODING,
        span,
        words!("文件是以 GBK/GB18030 编码保存的", "the file is saved as GBK/GB18030"),
    )
    .label(words!("从这里起不是 UTF-8", "not UTF-8 from here on"))
    .advise(words!(
        "在记事本或 WPS 里选“另存为”，编码选“UTF-8”，再试一次",
        "choose Save As in the editor and the encoding UTF-8, then try again"
    ))
}

fn unknown_found(span: Span, byte: u8) -> Diagnostic {
    Diagnostic::new(
        codes::NOT_UTF8,
        span,
        words!(
            "文件不是 UTF-8 编码：字节 0x{byte:02X} 读不出来",
            "the file is not UTF-8: byte 0x{byte:02X} cannot be read"
        ),
    )
    .label(words!("从这里起不是 UTF-8", "not UTF-8 from here on"))
    .advise(words!(
        "用编辑器另存为 UTF-8；如果是 Word 或 Excel 文件，请先另存为纯文本",
        "save the file as UTF-8; if it is a Word or Excel file, save it as plain text first"
    ))
}

/// The byte order, if the file begins with its mark or has the zeros of ASCII letters in every second byte.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => Some("LE"),
        [0xfe, 0xff, ..] => Some("BE"),
        _ => None,
    }
}

/// Every byte above ASCII is part of a two- or four-byte character of GB18030, and there are some.
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut characters = 0_usize;
    while let Some(&first) = rest.first() {
        let taken = match rest {
            [0x00..=0x7f, ..] => 1,
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, ..] => 2,
            [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, ..] => 4,
            _ => return false,
        };
        characters += usize::from(first > 0x7f);
        rest = &rest[taken..];
    }
    characters > 0
}
