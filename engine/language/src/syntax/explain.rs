//! Where a text stops being YAML: what a person most probably did there, and the cure.

use super::{Trouble, line_pieces, quote, shorten, span_of};
use crate::codes;
use crate::diagnostic::{Diagnostic, Fix};
use crate::prescan::scan::{Kind, Token};
use crate::source::{FileId, floor_char};
use crate::span::Span;
use crate::words;

/// What is known about the place where the parser stopped.
struct Stop<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

/// The finding for a text whose parser stopped at byte `at`.
pub(crate) fn explain(
    file: FileId,
    text: &str,
    tokens: &[Token],
    at: usize,
    trouble: &Trouble,
) -> Diagnostic {
    let stop = Stop { file, text, tokens, at: floor_char(text, at) };
    if let Some(found) = stop.misfit() {
        return found;
    }
    if let Some(found) = stop.never_closed() {
        return found;
    }
    match trouble {
        Trouble::TooDeep => crate::read::too_deep_found(stop.here()),
        Trouble::Directive => stop.directive(),
        Trouble::Quote => stop.quote(),
        Trouble::Bracket(_) => stop.bracket(),
        Trouble::Comma => stop.comma(),
        Trouble::Reserved(_) => stop.reserved(),
        Trouble::Tab => stop.tab(),
        Trouble::Escape => stop.escape(),
        Trouble::AfterQuote if stop.in_brackets() => stop.comma(),
        Trouble::AfterQuote => stop.after_quote(),
        Trouble::Dash => stop.dash(),
        Trouble::BlockHeader => stop.block_header(),
        Trouble::Anchor => stop.reserved(),
        Trouble::Tag => super::tag(stop.here(), "!"),
        Trouble::Question => super::key_not_text(stop.here()),
        Trouble::NoColon => stop.no_colon(),
        Trouble::Colon => stop.colon(),
        Trouble::Indent => stop.indent(),
        Trouble::Other(said) => stop.other(said),
    }
}

impl Stop<'_> {
    /// The character at the stop.
    fn here(&self) -> Span {
        let len =
            self.text[self.at..].chars().next().filter(|char| !char.is_control()).map_or(0, char::len_utf8);
        Span::new(self.file, self.at..self.at + len)
    }

    fn piece(&self) -> Option<&Token> {
        self.tokens.iter().find(|token| token.range().contains(&self.at))
    }

    /// Whether a bracket is open at the stop.
    fn in_brackets(&self) -> bool {
        let next = self.tokens.partition_point(|token| token.start < self.at);
        self.tokens.get(next).or(self.tokens.last()).is_some_and(|token| token.depth > 0)
    }

    fn line(&self) -> &[Token] {
        line_pieces(self.text, self.tokens, self.at)
    }

    /// The last piece before the stop that is not white space or a comment.
    fn before(&self) -> Option<&Token> {
        let end = self.tokens.partition_point(|token| token.start < self.at);
        self.tokens[..end].iter().rev().find(|token| !matches!(token.kind, Kind::Indent | Kind::Comment))
    }

    /// A comma with nothing before it, or text right after a bracket: plain to see whatever the parser says.
    fn misfit(&self) -> Option<Diagnostic> {
        let pairs = self.line().windows(2).map(|pair| (pair[0], pair[1]));
        let mut pairs = pairs.filter(|(_, second)| second.end > self.at || self.in_brackets());
        let odd_pair = |first: Kind, second: Kind| match second {
            Kind::Comma => matches!(first, Kind::Comma | Kind::Open),
            Kind::Plain { .. } | Kind::Quoted { .. } => first == Kind::Close,
            _ => false,
        };
        let (_, odd) = pairs.find(|(first, second)| odd_pair(first.kind, second.kind))?;
        let message = match odd.kind {
            Kind::Comma => words!("逗号前面没有内容", "there is nothing before this comma"),
            _ => words!("括号收尾之后不能再有文字", "no text can follow a closing bracket"),
        };
        let found = Diagnostic::new(codes::YAML_SYNTAX, span_of(self.file, &odd), message);
        Some(found.label(words!("这里多出来了", "this is too much")).advise(words!(
            "删去它；如果整段都是文字，给整段加引号",
            "delete it; if all of it is text, put the whole in quotes"
        )))
    }

    fn directive(&self) -> Diagnostic {
        Diagnostic::new(
            codes::DIRECTIVE,
            self.here(),
            words!("不使用 `%` 指令", "a `%` directive is not allowed"),
        )
        .label(words!("YAML 指令", "a YAML directive"))
        .advise(words!("删去这一行", "delete this line"))
    }

    fn quote(&self) -> Diagnostic {
        let open = |token: &&Token| matches!(token.kind, Kind::Quoted { closed: false });
        // What stands there instead of a quote may be wider than a byte.
        let first = |token: &Token| self.text[token.start..].chars().next().map_or(0, char::len_utf8);
        let begin = |token: &Token| Span::new(self.file, token.start..token.start + first(token));
        let quote = self.tokens.iter().find(open).or(self.piece()).map_or(self.here(), begin);
        Diagnostic::new(codes::UNCLOSED_QUOTE, quote, words!("引号没有收尾", "a quote is not closed"))
            .label(words!("引号从这里开始", "the quote begins here"))
            .advise(words!(
                "在文字末尾补上同样的半角引号；文字里的 ' 写成 ''",
                "add the same quote at the end of the text; write '' for a ' inside"
            ))
    }

    /// A bracket of an earlier line that nothing closes up to the end: whatever the parser stumbled over after it,
    /// that is where it went wrong.
    fn never_closed(&self) -> Option<Diagnostic> {
        if !self.in_brackets() || self.tokens.iter().any(|token| token.kind == Kind::Quoted { closed: false })
        {
            return None;
        }
        let mut open: Vec<&Token> = Vec::new();
        for token in self.tokens {
            match token.kind {
                Kind::Open => open.push(token),
                Kind::Close => drop(open.pop()),
                _ => {}
            }
        }
        let line = self.text[..self.at].rfind('\n')?;
        let first = open.into_iter().rfind(|token| token.start < line)?;
        Some(self.not_closed(first).also(self.here(), words!("读到这里接不下去", "cannot go on from here")))
    }

    fn not_closed(&self, bracket: &Token) -> Diagnostic {
        let written = &self.text[bracket.range()];
        let close = if written == "{" { '}' } else { ']' };
        Diagnostic::new(
            codes::UNCLOSED_BRACKET,
            span_of(self.file, bracket),
            words!("括号 `{written}` 没有收尾", "the bracket `{written}` is not closed"),
        )
        .label(words!("括号从这里开始", "the bracket begins here"))
        .advise(words!("在末尾补上 `{close}`", "add `{close}` at the end"))
    }

    /// The innermost bracket still open at the stop, or the one closed by nothing.
    fn bracket(&self) -> Diagnostic {
        let mut open: Vec<&Token> = Vec::new();
        // At the end of the file the parser stops at the bracket that was opened, not at the end.
        let seen =
            |token: &&Token| token.start < self.at || (token.start == self.at && token.kind == Kind::Open);
        for token in self.tokens.iter().filter(seen) {
            match token.kind {
                Kind::Open => open.push(token),
                Kind::Close => drop(open.pop()),
                _ => {}
            }
        }
        open.last().map_or_else(|| self.stray_bracket(), |last| self.not_closed(last))
    }

    fn stray_bracket(&self) -> Diagnostic {
        Diagnostic::new(
            codes::UNCLOSED_BRACKET,
            self.here(),
            words!(
                "这个括号没有开头，或与开头不配对",
                "this bracket closes nothing, or another kind of bracket"
            ),
        )
        .label(words!("多出来的括号", "closes nothing"))
        .advise(words!("删去它，或给整段文字加引号", "delete it, or put the whole text in quotes"))
    }

    fn comma(&self) -> Diagnostic {
        let place = self.before().map_or(self.here(), |token| span_of(self.file, token).last());
        let insert = Fix::possible(words!("在这里加逗号", "add a comma here")).insert(place, ",");
        Diagnostic::new(
            codes::MISSING_COMMA,
            self.here(),
            words!(
                "括号里的两项之间缺少逗号，或括号没有收尾",
                "a comma is missing inside brackets, or they are not closed"
            ),
        )
        .label(words!("读到这里接不下去", "cannot go on from here"))
        .advise(words!(
            "各项用半角逗号分开；文字里有括号时给文字加引号",
            "separate the items with commas; put a text that has brackets in quotes"
        ))
        .fix(insert)
    }

    fn reserved(&self) -> Diagnostic {
        let char = self.text[self.at..].chars().next().unwrap_or(' ');
        let whole = self.piece().map_or(self.here(), |token| span_of(self.file, token));
        Diagnostic::new(
            codes::RESERVED_START,
            self.here(),
            words!("文字不能以 `{char}` 开头", "a text cannot begin with `{char}`"),
        )
        .label(words!("YAML 保留的符号", "YAML keeps this character for itself"))
        .advise(words!("给整段文字加引号", "put the whole text in quotes"))
        .fix(
            Fix::possible(words!("加引号", "put it in quotes"))
                .replace(whole, quote(&self.text[whole.range()])),
        )
    }

    fn tab(&self) -> Diagnostic {
        Diagnostic::new(
            codes::TAB_INDENT,
            self.here(),
            words!("这里不能用制表符", "a tab is not allowed here"),
        )
        .label(words!("制表符", "a tab"))
        .advise(words!("换成空格；每层缩进两个空格", "use spaces instead, two for each level"))
    }

    fn escape(&self) -> Diagnostic {
        let start = self.text[..self.at].rfind('\\').unwrap_or(self.at);
        let next = self.text[start..].chars().take(2).map(char::len_utf8).sum::<usize>();
        let span = Span::new(self.file, start..(start + next).max(self.at));
        let raw = self.piece().filter(|token| matches!(token.kind, Kind::Quoted { closed: true }));
        let single = raw.filter(|token| !self.text[token.range()].contains('\'')).map(|token| {
            let inside = &self.text[token.start + 1..token.end - 1];
            Fix::possible(words!("改用单引号", "use single quotes"))
                .replace(span_of(self.file, token), format!("'{inside}'"))
        });
        Diagnostic::new(
            codes::BAD_ESCAPE,
            span,
            words!("双引号里不认识这个转义", "an unknown escape inside double quotes"),
        )
        .label(words!("反斜杠在双引号里有特别的意思", "a backslash is special inside double quotes"))
        .advise(words!("改用单引号，或把 `\\` 写成 `\\\\`", "use single quotes, or write `\\\\` for `\\`"))
        .maybe_fix(single)
    }

    fn after_quote(&self) -> Diagnostic {
        Diagnostic::new(
            codes::TEXT_AFTER_QUOTE,
            self.here(),
            words!("引号已经收尾，后面不能再有文字", "the quote is closed; no text can follow it"),
        )
        .label(words!("多出来的文字", "this does not belong"))
        .advise(words!(
            "给整个值加引号，里面的引号用另一种",
            "put the whole value in quotes and use the other kind inside"
        ))
    }

    fn dash(&self) -> Diagnostic {
        Diagnostic::new(
            codes::DASH_MISPLACED,
            self.here(),
            words!("列表的横线不能写在这里", "a list item cannot begin here"),
        )
        .label(words!("横线在这里接不上", "this dash does not fit"))
        .advise(words!(
            "列表另起一行，每项以 `- ` 开头并与其它项对齐；文字以横线开头时加引号",
            "begin the list on a new line, each item with `- ` under the others; quote a text that begins with a dash"
        ))
    }

    fn block_header(&self) -> Diagnostic {
        let line = self.line().iter().find(|token| token.start >= self.at).or(self.piece());
        let span = line.map_or(self.here(), |token| span_of(self.file, token));
        Diagnostic::new(
            codes::BLOCK_BY_ACCIDENT,
            span,
            words!(
                "以 `>` 或 `|` 开头的值会被当作多行文字",
                "a value that begins with `>` or `|` is read as a block of lines"
            ),
        )
        .label(words!("这里", "here"))
        .advise(words!("给比较加引号：`\"> 600\"`", "put the comparison in quotes: `\"> 600\"`"))
    }

    fn no_colon(&self) -> Diagnostic {
        // The parser notices on the next line: the line meant is the last with text and no colon.
        let end = self.tokens.partition_point(|token| token.start <= self.at);
        let plain = |token: &&Token| matches!(token.kind, Kind::Plain { .. } | Kind::Quoted { .. });
        let text = self.tokens[..end].iter().rev().find(plain);
        let span = text.map_or(self.here(), |token| span_of(self.file, token));
        let name = shorten(&self.text[span.range()]);
        Diagnostic::new(
            codes::MISSING_COLON,
            span,
            words!("`{name}` 后面缺少冒号", "a colon is missing after `{name}`"),
        )
        .label(words!("这一行应为 `键: 值`", "this line should be `key: value`"))
        .advise(words!(
            "写成 `键: 值`，冒号用半角，后面空一格",
            "write `key: value` with a colon and a space"
        ))
    }

    fn colon(&self) -> Diagnostic {
        let line = self.line();
        let continued = line.first().is_some_and(|token| token.kind == Kind::Plain { continued: true });
        if continued || line.iter().filter(|token| token.kind == Kind::Colon).count() < 2 {
            return self.indent();
        }
        Diagnostic::new(
            codes::COLON_IN_TEXT,
            self.here(),
            words!("一行里有两个“冒号加空格”", "a second colon and space on one line"),
        )
        .label(words!("第二个冒号", "the second colon"))
        .advise(words!("给冒号后面的整段文字加引号", "put the whole text after the first colon in quotes"))
    }

    fn indent(&self) -> Diagnostic {
        if self.in_brackets() {
            return self.bracket();
        }
        let first = self.line().first().map_or(self.here(), |token| span_of(self.file, token));
        let above = self.above(first.start());
        let found = Diagnostic::new(
            codes::BAD_INDENT,
            first,
            words!("这一行的缩进与上文对不齐", "the indentation of this line fits nothing above it"),
        )
        .label(words!("从这里开始", "begins here"))
        .advise(words!(
            "同一层的键左边对齐，下一层多缩进两个空格；已经写了值的键下面不能再缩进",
            "keys of one level begin in one column, the next level two spaces further; a key that has a value takes nothing below it"
        ));
        match above {
            Some(above) => found.also(above, words!("上一行", "the line above")),
            None => found,
        }
    }

    /// The first piece of the nearest line above that has something on it.
    fn above(&self, start: usize) -> Option<Span> {
        let line_start = self.text[..start].rfind('\n')?;
        let earlier = self.tokens[..self.tokens.partition_point(|token| token.start < line_start)].iter();
        let last = earlier.rev().find(|token| !matches!(token.kind, Kind::Comment | Kind::Indent))?;
        line_pieces(self.text, self.tokens, last.start).first().map(|token| span_of(self.file, token))
    }

    fn other(&self, said: &str) -> Diagnostic {
        Diagnostic::new(
            codes::YAML_SYNTAX,
            self.here(),
            words!("从这里起不是合法的 YAML（{said}）", "not valid YAML from here on ({said})"),
        )
        .label(words!("读到这里接不下去", "cannot go on from here"))
        .advise(words!(
            "检查这一行和上一行：冒号、引号、括号和缩进",
            "look at this line and the one above: colons, quotes, brackets, indentation"
        ))
    }
}
