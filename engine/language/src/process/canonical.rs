//! The identity of a document: SHA-256 over its canonical form.
//!
//! The form is a sequence of tokens, each with its length, so that no two documents share one: `n` for
//! nothing, `t5:hello` for a text, `s2:` before a list's items, `m2:` before a map's keys and values. Keys
//! stand in the order of their bytes, except where their order says something: states, the answers of a
//! state, the fields of data and forms, the inputs of tables, events, children, clocks, the words
//! of choices, and values set or shown one after the other. Comments, layout, quotes and the file's name never matter.

use sha2::{Digest, Sha256};

use crate::tree::{Key, Kind, Node};

/// Under these keys the entries keep the order written.
const ORDERED: &[&str] = &[
    "states",
    "on",
    "data",
    "form",
    "fields",
    "inputs",
    "events",
    "children",
    "deadlines",
    "gates",
    "validities",
    "waits",
    "set",
    "schedules",
    "tables",
    "of",
];

/// The hash of a document, in hex.
pub(crate) fn hash(root: &Node) -> String {
    let mut form = Vec::new();
    write(root, false, &mut form);
    Sha256::digest(&form).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of several documents in which every order says something.
pub(crate) fn hash_in_order<'t>(roots: impl Iterator<Item = &'t Node>) -> String {
    let mut form = Vec::new();
    roots.for_each(|root| write_in_order(root, &mut form));
    Sha256::digest(&form).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_in_order(node: &Node, out: &mut Vec<u8>) {
    let text = |text: &str, out: &mut Vec<u8>| out.extend(format!("t{}:{text}", text.len()).into_bytes());
    match &node.kind {
        Kind::Null => out.push(b'n'),
        Kind::Scalar(scalar) => text(&scalar.text, out),
        Kind::Seq(items) => {
            out.extend(format!("s{}:", items.len()).into_bytes());
            items.iter().for_each(|item| write_in_order(item, out));
        }
        Kind::Map(entries) => {
            out.extend(format!("m{}:", entries.len()).into_bytes());
            for (key, value) in entries {
                text(&key.text, out);
                write_in_order(value, out);
            }
        }
    }
}

fn write(node: &Node, ordered: bool, out: &mut Vec<u8>) {
    match &node.kind {
        Kind::Null => out.push(b'n'),
        Kind::Scalar(scalar) => text(&scalar.text, out),
        Kind::Seq(items) => {
            counted(b's', items.len(), out);
            items.iter().for_each(|item| write(item, false, out));
        }
        Kind::Map(entries) => map(entries, ordered, out),
    }
}

fn map(entries: &[(Key, Node)], ordered: bool, out: &mut Vec<u8>) {
    counted(b'm', entries.len(), out);
    let mut entries: Vec<&(Key, Node)> = entries.iter().collect();
    if !ordered {
        entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
    }
    for (key, value) in entries {
        text(&key.text, out);
        write(value, ORDERED.contains(&key.text.as_str()), out);
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    counted(b't', text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// The digits of a number.
fn decimal(number: usize, out: &mut Vec<u8>) {
    if number >= 10 {
        decimal(number / 10, out);
    }
    out.push(b"0123456789"[number % 10]);
}

fn counted(kind: u8, count: usize, out: &mut Vec<u8>) {
    out.push(kind);
    decimal(count, out);
    out.push(b':');
}
