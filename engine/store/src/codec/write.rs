//! Writes canonical JSON: keys in order, strings escaped in one way only, no spaces.

use std::fmt::{Display, Write};

use jiff::Timestamp;

use super::{BYTES_MAX, Unwritable};

/// Values nested deeper are refused, so that every reader's own limit is far away.
pub const DEPTH_MAX: u32 = 100;

/// Text in the making.
#[derive(Default)]
pub struct Writer {
    text: String,
    depth: u32,
    too_deep: bool,
}

/// An object in the making. Its keys come in order.
pub struct Fields<'w> {
    writer: &'w mut Writer,
    last: &'static str,
}

impl Writer {
    /// The text, if it can be stored.
    pub fn done(self) -> Result<String, Unwritable> {
        if self.too_deep {
            return Err(Unwritable::TooDeep);
        }
        if self.text.len() > BYTES_MAX {
            return Err(Unwritable::TooLong(self.text.len()));
        }
        Ok(self.text)
    }

    /// `null`
    pub fn null(&mut self) {
        self.text.push_str("null");
    }

    /// `true` or `false`
    pub fn bool(&mut self, it: bool) {
        self.text.push_str(if it { "true" } else { "false" });
    }

    /// A whole number. All of ours are small enough to be exact in every reader of JSON.
    pub fn number(&mut self, it: impl Display) {
        let _ = write!(self.text, "{it}"); // writing to a string cannot fail
    }

    /// A string of nothing that needs an escape.
    pub fn plain(&mut self, it: impl Display) {
        self.text.push('"');
        self.number(it);
        self.text.push('"');
    }

    /// A string.
    pub fn text(&mut self, it: &str) {
        self.text.push('"');
        let mut rest = it;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            self.text.push_str(&rest[..at]);
            self.escape(rest.as_bytes()[at]);
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.text.push_str("\\\""),
            b'\\' => self.text.push_str("\\\\"),
            0x08 => self.text.push_str("\\b"),
            b'\t' => self.text.push_str("\\t"),
            b'\n' => self.text.push_str("\\n"),
            0x0c => self.text.push_str("\\f"),
            b'\r' => self.text.push_str("\\r"),
            other => self.number(format_args!("\\u{other:04x}")),
        }
    }

    /// A list.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut Writer, T)) {
        self.inside('[', ']', |w| {
            for (i, item) in items.into_iter().enumerate() {
                w.comma(i);
                each(w, item);
            }
        });
    }

    /// An object whose keys are known and written in order.
    pub fn object(&mut self, fill: impl FnOnce(&mut Fields<'_>)) {
        self.inside('{', '}', |writer| fill(&mut Fields { writer, last: "" }));
    }

    /// An object whose keys are data; `entries` come in the order of [`canonical_order`].
    pub fn entries<'k, T>(
        &mut self,
        entries: impl IntoIterator<Item = (&'k str, T)>,
        mut each: impl FnMut(&mut Writer, T),
    ) {
        self.inside('{', '}', |w| {
            for (i, (key, item)) in entries.into_iter().enumerate() {
                w.comma(i);
                w.text(key);
                w.text.push(':');
                each(w, item);
            }
        });
    }

    fn comma(&mut self, before: usize) {
        if before > 0 {
            self.text.push(',');
        }
    }

    fn inside(&mut self, open: char, close: char, fill: impl FnOnce(&mut Writer)) {
        self.text.push(open);
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            self.too_deep = true;
        } else {
            fill(self);
        }
        self.depth -= 1;
        self.text.push(close);
    }
}

impl Fields<'_> {
    /// Begins a field; its value must follow.
    pub fn key(&mut self, key: &'static str) {
        debug_assert!(self.last < key, "{key} stands after {}", self.last);
        if !self.last.is_empty() {
            self.writer.text.push(',');
        }
        self.last = key;
        self.writer.text.push('"');
        self.writer.text.push_str(key);
        self.writer.text.push_str("\":");
    }

    /// Where the value after [`Fields::key`] is written.
    pub fn writer(&mut self) -> &mut Writer {
        self.writer
    }

    /// A string.
    pub fn text(&mut self, key: &'static str, it: &str) {
        self.key(key);
        self.writer.text(it);
    }

    /// A string, if there is one.
    pub fn text_if(&mut self, key: &'static str, it: Option<&str>) {
        if let Some(it) = it {
            self.text(key, it);
        }
    }

    /// A string of nothing that needs an escape.
    pub fn plain(&mut self, key: &'static str, it: impl Display) {
        self.key(key);
        self.writer.plain(it);
    }

    /// A whole number.
    pub fn number(&mut self, key: &'static str, it: impl Display) {
        self.key(key);
        self.writer.number(it);
    }

    /// An instant.
    pub fn at(&mut self, key: &'static str, it: Timestamp) {
        self.plain(key, it);
    }

    /// `true`, if it holds.
    pub fn flag(&mut self, key: &'static str, it: bool) {
        if it {
            self.key(key);
            self.writer.bool(true);
        }
    }

    /// A list, if it has items.
    pub fn list<T>(&mut self, key: &'static str, items: &[T], each: impl Fn(&mut Writer, &T)) {
        if !items.is_empty() {
            self.key(key);
            self.writer.list(items, each);
        }
    }

    /// Anything else, if it is there.
    pub fn some<T>(&mut self, key: &'static str, it: Option<T>, write: impl FnOnce(&mut Writer, T)) {
        if let Some(it) = it {
            self.key(key);
            write(self.writer, it);
        }
    }
}

/// The order of keys in canonical JSON: by UTF-16 code units (RFC 8785, 3.2.3).
pub fn canonical_order(a: &str, b: &str) -> std::cmp::Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(it: &str) -> String {
        let mut w = Writer::default();
        w.text(it);
        w.done().unwrap()
    }

    #[test]
    fn strings_are_escaped_in_one_way() {
        let table = [
            ("张三", "\"张三\""),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\u{8}\t\n\u{c}\r\u{1f}\u{7f}", "\"\\b\\t\\n\\f\\r\\u001f\u{7f}\""),
        ];
        for (it, written) in table {
            assert_eq!(text(it), written);
            assert_eq!(serde_json::from_str::<String>(written).unwrap(), it);
        }
    }

    #[test]
    fn keys_are_ordered_by_utf16() {
        // U+1F600 is written with surrogates, which come before U+FF01.
        assert_eq!(canonical_order("\u{1f600}", "\u{ff01}"), std::cmp::Ordering::Less);
        assert_eq!(canonical_order("a", "一"), std::cmp::Ordering::Less);
    }
}
