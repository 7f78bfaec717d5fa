//! YAML text to [`Tree`](crate::tree::Tree) pieces. The only file that knows the YAML crate.
//!
//! Reads the parser's events and not its values: values would turn `0123` into 123 and lose the last
//! digits of long numbers. Aliases are never followed, so nothing can grow out of a small text.

use crate::diagnostic::Diagnostic;
use crate::prescan::DEPTH_MAX;
use crate::prescan::scan::is_block_header;
use crate::source::FileId;
use crate::span::Span;
use crate::syntax::{self, Trouble};
use crate::tree::{Key, Kind, Node, Scalar, Style};
use serde_yaml::granit_parser::{self as granit, ErrorKind, Event, Parser, ScalarStyle};
use std::borrow::Cow;

/// The most values one file may have.
pub const VALUES_MAX: usize = 100_000;
/// At most this many findings of the tree are kept for one file.
const FOUND_MAX: usize = 200;
/// In maps of no more entries every two keys are compared.
const FEW: usize = 12;

/// What became of a text.
pub(crate) struct Parsed {
    /// The tree, unless the text is not YAML or a limit was reached.
    pub(crate) root: Option<Node>,
    /// What is YAML and not allowed here.
    pub(crate) found: Vec<Diagnostic>,
    /// Where and how it stops being YAML: byte offset and kind.
    pub(crate) trouble: Option<(usize, Trouble)>,
}

/// Parses one document.
pub(crate) fn parse(file: FileId, text: &str) -> Parsed {
    let mut options = granit::Options::default();
    options.set_emit_comments(false);
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder {
        file,
        text,
        open: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        root: None,
        found: Vec::new(),
        values: 0,
        documents: 0,
    };
    let mut trouble = None;
    while let Some(next) = parser.next_event() {
        let done = match next {
            Ok((event, place)) => builder.event(event, place),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                trouble = Some((at, kind_of(error.kind())));
                true
            }
        };
        if done {
            break;
        }
    }
    builder.look_at_open();
    let whole = trouble.is_none()
        && builder.open.is_empty()
        && builder.values <= VALUES_MAX
        && builder.found.len() < FOUND_MAX;
    let empty = || Node { span: Span::point(file, 0), kind: Kind::Null };
    Parsed { root: whole.then(|| builder.root.unwrap_or_else(empty)), found: builder.found, trouble }
}

/// A list or map that is not closed yet.
struct Open {
    span: Span,
    flow: bool,
    parts: Parts,
}

/// What stands in it so far lies behind this place among the items or entries of all that are open.
enum Parts {
    Seq { from: usize },
    Map { from: usize, key: Option<Key> },
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    open: Vec<Open>,
    /// The items of all open lists, the outermost first.
    items: Vec<Node>,
    /// The entries of all open maps, the outermost first.
    entries: Vec<(Key, Node)>,
    root: Option<Node>,
    found: Vec<Diagnostic>,
    values: usize,
    documents: usize,
}

impl Builder<'_> {
    /// Takes one event; true when nothing more is to be read.
    fn event(&mut self, event: Event<'_>, place: granit::Span) -> bool {
        let span = self.span(&place);
        match event {
            Event::DocumentStart(..) => return self.document(span),
            Event::Anchor(_, name) => self.refuse(|| syntax::anchor(span, &name)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let text = self.text;
                self.refuse(|| syntax::alias(span, &text[span.range()]));
                self.node(Node { span, kind: Kind::Null });
            }
            Event::Scalar(text, style, _, tag) => {
                self.tag(tag.as_deref(), &place, span);
                self.scalar(text, style, span);
            }
            Event::SequenceStart(_, _, tag) => {
                self.tag(tag.as_deref(), &place, span);
                self.begin(span, Parts::Seq { from: self.items.len() });
            }
            Event::MappingStart(_, _, tag) => {
                self.tag(tag.as_deref(), &place, span);
                self.begin(span, Parts::Map { from: self.entries.len(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => {}
        }
        // Enough was found to send the text back.
        self.found.len() >= FOUND_MAX || self.values > VALUES_MAX && self.too_many(span)
    }

    fn document(&mut self, span: Span) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            self.refuse(|| syntax::several_documents(span));
        }
        self.documents > 1
    }

    fn too_many(&mut self, span: Span) -> bool {
        self.refuse(|| syntax::too_many_values(span, VALUES_MAX));
        true
    }

    /// Reports what is refused; nothing is made of it once enough was found.
    fn refuse(&mut self, found: impl FnOnce() -> Diagnostic) {
        if self.found.len() < FOUND_MAX {
            self.found.push(found());
        }
    }

    fn tag(&mut self, tag: Option<&granit::Tag>, place: &granit::Span, span: Span) {
        if let Some(tag) = tag {
            let at = place.tag_span().map_or(span.first(), |place| self.span(&place));
            self.refuse(|| syntax::tag(at, &tag.original()));
        }
    }

    /// The bytes of an event, without white space at the end (blocks reach to the next line).
    fn span(&self, place: &granit::Span) -> Span {
        let range = place.byte_range().unwrap_or(0..0);
        let (start, end) = (range.start.min(self.text.len()), range.end.min(self.text.len()));
        let written = self.text.get(start..end).map_or(0, |written| written.trim_end().len());
        Span::new(self.file, start..start + written)
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, span: Span) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let span = if style == Style::Block { self.with_header(span) } else { span };
        let null = style == Style::Plain && span.is_empty();
        let kind = if null { Kind::Null } else { Kind::Scalar(Scalar { text: text.into_owned(), style }) };
        self.node(Node { span, kind });
    }

    /// The parser gives the place of a block's lines; its head, `|` or `>`, stands on the line before them.
    fn with_header(&self, span: Span) -> Span {
        let key = match self.open.last().map(|open| &open.parts) {
            Some(Parts::Map { key: Some(key), .. }) => key.span.end(),
            _ => 0,
        };
        let before = &self.text[..span.start()];
        let line = match before.rfind('\n') {
            Some(end) => before[..end].trim_end(),
            None => before,
        };
        let line_start = line.rfind('\n').map_or(0, |end| end + 1).max(key).min(line.len());
        let head = line[line_start..]
            .match_indices(['|', '>'])
            .find(|(at, _)| is_block_header(&line[line_start + at..]));
        head.map_or(span, |(at, _)| Span::new(self.file, line_start + at..span.end()))
    }

    fn begin(&mut self, span: Span, parts: Parts) {
        let flow = self.text[span.start()..].starts_with(['{', '[']);
        let span = if flow { span } else { span.first() };
        self.open.push(Open { span, flow, parts });
    }

    fn end(&mut self, place: Span) {
        let Some(closed) = self.open.pop() else { return };
        let (kind, last) = match closed.parts {
            Parts::Seq { from } => {
                let items: Vec<Node> = self.items.drain(from..).collect();
                let last = items.last().map(|item| item.span.end());
                (Kind::Seq(items), last)
            }
            Parts::Map { from, .. } => {
                self.look_at(from..self.entries.len(), closed.flow);
                let entries: Vec<(Key, Node)> = self.entries.drain(from..).collect();
                let last = entries.last().map(|(key, value)| value.span.end().max(key.span.end()));
                (Kind::Map(entries), last)
            }
        };
        let end =
            if closed.flow { place.end().max(closed.span.end()) } else { last.unwrap_or(closed.span.end()) };
        self.node(Node { span: Span::new(self.file, closed.span.start()..end), kind });
    }

    /// What a broken text leaves open is still looked at, so that more than the break is reported.
    fn look_at_open(&mut self) {
        let mut to = self.entries.len();
        let mut maps = Vec::new();
        for open in self.open.iter().rev() {
            if let Parts::Map { from, .. } = open.parts {
                maps.push((from..to, open.flow));
                to = from;
            }
        }
        for (entries, _) in maps.into_iter().rev().filter(|(_, flow)| !flow) {
            self.look_at(entries, false);
        }
    }

    /// A finished value goes to the list or map it stands in.
    fn node(&mut self, mut node: Node) {
        self.values += 1;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut open.parts {
            Parts::Seq { .. } => self.items.push(node),
            Parts::Map { key, .. } => match key.take() {
                Some(key) => {
                    // An empty value is placed right after the colon, not where the next line begins.
                    if node.is_null() {
                        node.span = after_colon(self.text, &key);
                    }
                    self.entries.push((key, node));
                }
                None => self.key(node),
            },
        }
    }

    fn key(&mut self, node: Node) {
        let span = node.span;
        let text = match node.kind {
            Kind::Scalar(scalar) if scalar.style != Style::Block => {
                if scalar.text == "<<" && scalar.style == Style::Plain {
                    self.refuse(|| syntax::merge_key(span));
                }
                scalar.text
            }
            _ => {
                self.refuse(|| syntax::key_not_text(span));
                String::new()
            }
        };
        if let Some(Open { parts: Parts::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(Key { text, span });
        }
    }

    /// Looks at the entries of one map: keys written twice, and in braces keys that a comma cut off a text.
    fn look_at(&mut self, range: std::ops::Range<usize>, flow: bool) {
        let entries = &self.entries[range];
        let mut found = Vec::new();
        if entries.len() > FEW || some_twice(entries) {
            twice(entries, &mut found);
        }
        if flow {
            cut_off(self.text, entries, &mut found);
        }
        let room = FOUND_MAX.saturating_sub(self.found.len());
        self.found.extend(found.into_iter().take(room));
    }
}

fn twice(entries: &[(Key, Node)], found: &mut Vec<Diagnostic>) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&at| (entries[at].0.text.as_str(), at));
    for pair in order.windows(2) {
        let (first, again) = (&entries[pair[0]].0, &entries[pair[1]].0);
        if first.text == again.text && !first.text.is_empty() && found.len() < FOUND_MAX {
            found.push(syntax::duplicate_key(first, again));
        }
    }
}

fn cut_off(text: &str, entries: &[(Key, Node)], found: &mut Vec<Diagnostic>) {
    for (at, (key, value)) in entries.iter().enumerate() {
        let bare = value.is_null() && !text[key.span.end()..].trim_start().starts_with(':');
        if bare && !key.span.is_empty() && found.len() < FOUND_MAX {
            let before = at.checked_sub(1).map(|at| &entries[at]);
            found.push(syntax::key_without_colon(text, before, key));
        }
    }
}

/// Whether a key is written twice: for the few keys that most maps have, comparing is quicker than sorting.
fn some_twice(entries: &[(Key, Node)]) -> bool {
    let mut rest = entries.iter();
    std::iter::from_fn(|| rest.next().map(|(key, _)| (key, rest.as_slice())))
        .any(|(key, after)| after.iter().any(|(other, _)| other.text == key.text))
}

/// The place right after the colon of a key.
fn after_colon(text: &str, key: &Key) -> Span {
    let rest = &text[key.span.end()..];
    let gap = rest.len() - rest.trim_start().len();
    let colon = rest[gap..].starts_with(':');
    Span::point(key.span.file, if colon { key.span.end() + gap + 1 } else { key.span.end() })
}

/// The parser's verdict in our terms.
fn kind_of(kind: &ErrorKind) -> Trouble {
    match kind {
        ErrorKind::RecursionLimitExceeded => Trouble::TooDeep,
        ErrorKind::DirectiveDisallowed => Trouble::Directive,
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => Trouble::Quote,
        ErrorKind::UnclosedFlowCollection { open } => Trouble::Bracket(Some(*open)),
        ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => Trouble::Bracket(None),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => Trouble::Comma,
        ErrorKind::UnexpectedCharacter { character } => Trouble::Reserved(*character),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => Trouble::Tab,
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => Trouble::NoColon,
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => Trouble::Colon,
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => Trouble::BlockHeader,
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => Trouble::Escape,
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Trouble::AfterQuote
        }
        ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => Trouble::Dash,
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::ExpectedBlockMappingKey => Trouble::Indent,
        ErrorKind::MissingAnchorOrAliasName => Trouble::Anchor,
        ErrorKind::MappingKeyNotAllowed => Trouble::Question,
        kind if format!("{kind:?}").contains("Tag") => Trouble::Tag,
        kind => Trouble::Other(kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_text_as_written() {
        let text = "a: 0123\nb: 12345678901234567890.12\nc: no\nd: 12:30\ne: ~\nf:\ng: 'x''y'\n";
        let parsed = parse(FileId(0), text);
        let root = parsed.root.unwrap();
        let shown: Vec<_> = root.as_map().unwrap().iter().map(|(_, value)| value.as_text()).collect();
        let wanted = [
            Some("0123"),
            Some("12345678901234567890.12"),
            Some("no"),
            Some("12:30"),
            Some("~"),
            None,
            Some("x'y"),
        ];
        assert_eq!(shown, wanted);
        assert_eq!(root.get("f").unwrap().span.range(), text.find("f:").map(|at| at + 2..at + 2).unwrap());
    }
}
