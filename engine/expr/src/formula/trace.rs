//! Why a formula came out as it did: each part with its value and place.

use std::fmt;
use std::ops::Range;

use super::error::{EvalError, Place, Words};
use crate::value::Value;

/// The characters of a value shown in a trace.
const SHOWN: usize = 80;
/// The parts of one level that are kept; a long loop says how many it left out.
const KEPT: usize = 200;

/// One part of a formula and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// Its text.
    pub text: String,
    /// Its value; `None` if the evaluation stopped here.
    pub value: Option<Value>,
    /// Why it is null, or why it stopped.
    pub note: Option<Words>,
    /// The parts it was made from.
    pub children: Vec<Trace>,
    /// How many more parts there were than are kept.
    pub omitted: usize,
}

impl Trace {
    pub(crate) fn of(
        text: &str,
        place: Place,
        outcome: &Result<Value, Box<EvalError>>,
        note: Option<Words>,
        mut children: Vec<Trace>,
    ) -> Trace {
        // A literal explains nothing.
        children.retain(|child| !(child.children.is_empty() && child.note.is_none() && child.is_literal()));
        // The item behind a bare field name stands nowhere in the text.
        children.retain(|child| child.span != place.range());
        let omitted = children.len().saturating_sub(KEPT);
        children.truncate(KEPT);
        let (value, note) = match outcome {
            Ok(value) => (Some(value.clone()), note),
            Err(error) => (None, Some(error.message.clone())),
        };
        Trace { span: place.range(), text: place.of(text).to_owned(), value, note, children, omitted }
    }

    fn is_literal(&self) -> bool {
        self.value.as_ref().is_some_and(|value| shown(value) == self.text)
    }

    fn write(&self, out: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(out, "{:indent$}{text}", "", indent = depth * 2)?;
        match &self.value {
            Some(value) => write!(out, " = {}", shown(value))?,
            None => out.write_str(" = ✗")?,
        }
        // The deepest part that stopped tells why; the ones around it only repeat it.
        let told_below = self.value.is_none() && self.children.iter().any(|child| child.value.is_none());
        if let Some(note) = self.note.as_ref().filter(|_| !told_below) {
            write!(out, "  ({})", note.en)?;
        }
        writeln!(out)?;
        self.children.iter().try_for_each(|child| child.write(out, depth + 1))?;
        if self.omitted > 0 {
            writeln!(out, "{:indent$}… {} more", "", self.omitted, indent = depth * 2 + 2)?;
        }
        Ok(())
    }
}

fn shown(value: &Value) -> String {
    // A value shared many times over would be written out at full length: stop early.
    let mut text = Short(String::new());
    let whole = fmt::write(&mut text, format_args!("{value}")).is_ok();
    if whole { text.0 } else { format!("{}…", text.0) }
}

/// A text that refuses to grow beyond what is shown.
struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        for c in piece.chars() {
            if self.0.chars().count() >= SHOWN {
                return Err(fmt::Error);
            }
            self.0.push(c);
        }
        Ok(())
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out, 0)
    }
}
