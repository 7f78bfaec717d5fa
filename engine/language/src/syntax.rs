//! The sentences for what YAML has and this language refuses, and for texts that are not YAML.

use crate::codes;
use crate::diagnostic::{Diagnostic, Fix};
use crate::prescan::scan::{Kind as Piece, Token};
use crate::source::FileId;
use crate::span::Span;
use crate::tree::{Key, Kind, Node, Style};
use crate::words;

mod explain;

pub(crate) use explain::explain;

/// Why the parser stopped, in our terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    TooDeep,
    Directive,
    Quote,
    Bracket(Option<char>),
    Comma,
    Reserved(char),
    Tab,
    NoColon,
    Colon,
    BlockHeader,
    Escape,
    AfterQuote,
    Dash,
    Indent,
    Anchor,
    Tag,
    Question,
    Other(String),
}

pub(crate) fn anchor(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        codes::ANCHOR,
        span,
        words!("不使用锚点 `&{name}`", "the anchor `&{name}` is not allowed"),
    )
    .label(words!("YAML 锚点", "a YAML anchor"))
    .advise(words!(
        "同样的内容请写成参数或命名条件；如果是文字，请加引号",
        "make it a parameter or a named condition; if it is text, put it in quotes"
    ))
}

pub(crate) fn alias(span: Span, written: &str) -> Diagnostic {
    let name = written.trim();
    Diagnostic::new(codes::ALIAS, span, words!("不使用引用 `{name}`", "the alias `{name}` is not allowed"))
        .label(words!("YAML 引用", "a YAML alias"))
        .advise(words!(
            "写出完整的内容；如果是以 `*` 开头的文字，请加引号",
            "write the content out; if it is text beginning with `*`, put it in quotes"
        ))
}

pub(crate) fn tag(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(codes::TAG, span, words!("不使用标签 `{written}`", "the tag `{written}` is not allowed"))
        .label(words!("YAML 标签", "a YAML tag"))
        .advise(words!(
            "类型由键决定，不必标注；如果是以 `!` 开头的文字，请加引号；“非”写作 `not`",
            "the key decides the type; if it is text beginning with `!`, put it in quotes; negation is written `not`"
        ))
}

pub(crate) fn merge_key(span: Span) -> Diagnostic {
    Diagnostic::new(codes::MERGE_KEY, span, words!("不使用合并键 `<<`", "the merge key `<<` is not allowed"))
        .label(words!("YAML 合并键", "a YAML merge key"))
        .advise(words!("把要合并的键逐个写出来", "write the merged keys out one by one"))
}

pub(crate) fn several_documents(span: Span) -> Diagnostic {
    Diagnostic::new(
        codes::SEVERAL_DOCUMENTS,
        span,
        words!(
            "一个文件只写一份文档，这里又开始了一份",
            "one file holds one document; a second one begins here"
        ),
    )
    .label(words!("第二份文档", "the second document"))
    .advise(words!(
        "删去 `---`，或把后面的内容另存为一个文件",
        "delete the `---`, or move what follows to a file of its own"
    ))
}

pub(crate) fn too_many_values(span: Span, max: usize) -> Diagnostic {
    Diagnostic::new(
        codes::TOO_MANY_VALUES,
        span.first(),
        words!("文件里的值超过 {max} 个", "the file has more than {max} values"),
    )
    .advise(words!(
        "大批数据请放进 CSV 表，流程文件只写规则",
        "keep bulk data in a CSV table and only rules in a definition"
    ))
}

pub(crate) fn key_not_text(span: Span) -> Diagnostic {
    Diagnostic::new(codes::KEY_NOT_TEXT, span, words!("键必须是一个词", "a key must be a plain word"))
        .label(words!("这里不能作键", "this cannot be a key"))
        .advise(words!(
            "写成 `键: 值`；如果是公式，请给整个值加引号",
            "write `key: value`; if this is a formula, put the whole value in quotes"
        ))
}

pub(crate) fn duplicate_key(first: &Key, again: &Key) -> Diagnostic {
    let key = &again.text;
    Diagnostic::new(
        codes::DUPLICATE_KEY,
        again.span,
        words!("键 `{key}` 写了两次", "the key `{key}` is written twice"),
    )
    .label(words!("第二次", "the second time"))
    .also(first.span, words!("第一次", "the first time"))
    .advise(words!("合并成一处，或把其中一个改名", "merge the two, or rename one of them"))
}

/// A key in braces without a colon: most often the rest of a text that a comma cut in two.
pub(crate) fn key_without_colon(text: &str, before: Option<&(Key, Node)>, key: &Key) -> Diagnostic {
    let cut = before
        .filter(|(_, value)| matches!(&value.kind, Kind::Scalar(scalar) if scalar.style == Style::Plain));
    let Some((_, value)) = cut else { return bare_key(key) };
    let whole = value.span.to(key.span);
    let written = &text[whole.range()];
    let short = shorten(written);
    Diagnostic::new(
        codes::COMMA_IN_TEXT,
        key.span,
        words!(
            "逗号把文字截断了：`{}` 成了一个单独的键",
            "a comma cuts the text: `{}` became a key of its own",
            shorten(&key.text)
        ),
    )
    .label(words!("这部分丢了", "this part is lost"))
    .also(value.span, words!("文字到这里就结束了", "the text ends here"))
    .advise(words!("花括号里带逗号的文字要加引号", "a text with a comma inside braces needs quotes"))
    .fix(Fix::certain(words!("写成 \"{short}\"", "write \"{short}\"")).replace(whole, quote(written)))
}

fn bare_key(key: &Key) -> Diagnostic {
    let name = shorten(&key.text);
    Diagnostic::new(
        codes::MISSING_COLON,
        key.span,
        words!("花括号里的 `{name}` 后面没有冒号和值", "`{name}` inside braces has no colon and no value"),
    )
    .label(words!("缺少 `: 值`", "`: value` is missing"))
    .advise(words!(
        "写成 `{{ {name}: 值 }}`；列表用方括号 `[…]`",
        "write `{{ {name}: value }}`; a list takes square brackets `[…]`"
    ))
}

/// The text in quotes: double ones unless it has some itself.
pub(crate) fn quote(text: &str) -> String {
    if text.contains(['"', '\\']) { format!("'{}'", text.replace('\'', "''")) } else { format!("\"{text}\"") }
}

/// At most 40 characters of a text, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= 40 { line.to_owned() } else { line.chars().take(39).chain(['…']).collect() }
}

/// The pieces of the line that holds byte `at`, without its indentation.
pub(crate) fn line_pieces<'a>(text: &str, tokens: &'a [Token], at: usize) -> &'a [Token] {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let first = tokens.partition_point(|token| token.start < start);
    let last = tokens.partition_point(|token| token.start < end);
    let line = &tokens[first..last.max(first)];
    match line {
        [indent, rest @ ..] if indent.kind == Piece::Indent => rest,
        line => line,
    }
}

/// The span of one piece.
pub(crate) fn span_of(file: FileId, token: &Token) -> Span {
    Span::new(file, token.range())
}
