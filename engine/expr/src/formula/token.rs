//! Text to tokens: numbers with their units, texts, names and signs; what other languages write instead
//! is understood, reported and repaired.

use rust_decimal::Decimal;

use super::error::{FormulaCode, FormulaError, Place};
use super::quantity;
use crate::value::{self, Type, Value};

/// A sign of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Colon,
    Dot,
    Dots,
    Plus,
    Minus,
    Times,
    Power,
    Over,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Question,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A literal and its type.
    Literal(Value, Type),
    Name,
    Sign(Sign),
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub place: Place,
}

/// All tokens, ending with `End`, and everything that was wrong on the way.
pub(crate) fn tokens(text: &str) -> (Vec<Token>, Vec<FormulaError>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), errors: Vec::new() };
    while lexer.next() {}
    let end = Place::new(text.len(), text.len());
    lexer.tokens.push(Token { kind: Kind::End, place: end });
    (lexer.tokens, lexer.errors)
}

pub(crate) fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c >= '\u{1F000}'
}

pub(crate) fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{B7}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}' | '\u{180E}')
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    errors: Vec<FormulaError>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn place(&self, start: usize) -> Place {
        Place::new(start, self.at)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, place: self.place(start) });
    }

    /// Moves over characters while they fit; yields what was passed.
    fn run(&mut self, fits: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        let length = self.rest().find(|c| !fits(c)).unwrap_or(self.rest().len());
        self.at += length;
        &self.text[start..self.at]
    }

    /// Reads one token; false at the end.
    fn next(&mut self) -> bool {
        self.run(is_space);
        let start = self.at;
        let mut chars = self.rest().chars();
        let Some(first) = chars.next() else { return false };
        let second = chars.next();
        match first {
            '/' if matches!(second, Some('/' | '*')) => self.comment(),
            '"' => self.quoted(start, '"'),
            '@' => self.at_literal(start),
            '0'..='9' => self.number(start),
            '０'..='９' => self.wide_number(start),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(start),
            c if starts_name(c) => {
                self.run(continues_name);
                self.push(Kind::Name, start);
            }
            _ => self.sign(start, first),
        }
        true
    }

    fn comment(&mut self) {
        let start = self.at;
        if self.rest().starts_with("//") {
            self.run(|c| c != '\n');
        } else if let Some(end) = self.text[start + 2..].find("*/") {
            self.at = start + 2 + end + 2;
        } else {
            self.at = self.text.len();
            let place = Place::new(start, start + 2);
            self.errors.push(FormulaError::new(
                FormulaCode::Unclosed,
                place,
                "注释没有结束",
                "This comment is not closed",
            ));
        }
    }

    /// Full-width digits: understood, and repaired.
    fn wide_number(&mut self, start: usize) {
        let wide = self.run(|c| ('０'..='９').contains(&c));
        let digits: String = wide
            .chars()
            .filter_map(|c| char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')))
            .collect();
        let place = self.place(start);
        self.errors.push(
            FormulaError::new(FormulaCode::FullWidth, place, "数字要用半角", "Digits are half-width")
                .advice(format!("请写“{digits}”"), format!("Write `{digits}`"))
                .fix(place, digits.clone()),
        );
        let number = shifted(&digits, 0).unwrap_or_default();
        self.unit(start, number);
    }

    fn number(&mut self, start: usize) {
        self.run(|c| c.is_ascii_digit());
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.run(|c| c.is_ascii_digit());
        }
        let mantissa = self.at;
        let exponent = self.exponent();
        let text = self.text;
        let number = shifted(&text[start..mantissa], exponent);
        let Some(number) = number else {
            let place = self.place(start);
            self.errors.push(
                FormulaError::new(
                    FormulaCode::BadNumber,
                    place,
                    "数字超出 28 位有效数字",
                    "This number has more than 28 digits",
                )
                .advice("请减少位数", "Use fewer digits"),
            );
            self.push(Kind::Literal(Value::Number(Decimal::ZERO), Type::Number), start);
            return;
        };
        self.unit(start, number);
    }

    /// `e-3` right after the digits.
    fn exponent(&mut self) -> i32 {
        let rest = self.rest();
        let Some(tail) = rest.strip_prefix(['e', 'E']) else { return 0 };
        let digits = tail.strip_prefix(['+', '-']).unwrap_or(tail);
        let run = digits.bytes().take_while(u8::is_ascii_digit).count();
        if run == 0 || digits[run..].starts_with(continues_name) {
            return 0;
        }
        let negative = tail.starts_with('-');
        let size = digits[..run].parse().unwrap_or(9_999);
        self.at += rest.len() - digits.len() + run;
        if negative { -size } else { size }
    }

    fn unit(&mut self, start: usize, number: Decimal) {
        let end = self.at;
        match quantity::read(self.rest(), number) {
            quantity::Read::Plain => {
                let ty = if number.is_integer() { Type::Integer } else { Type::Number };
                self.push(Kind::Literal(Value::Number(number), ty), start);
            }
            quantity::Read::With { length, value, ty } => {
                self.at += length;
                self.push(Kind::Literal(value, ty), start);
            }
            quantity::Read::Wrong { length, error } => {
                self.at += length;
                self.errors.push(error(Place::new(end, self.at)));
                self.push(Kind::Literal(Value::Number(number), Type::Any), start);
            }
        }
    }

    /// Text up to `close`, which is `"` unless a person typed other quotation marks.
    fn quoted(&mut self, start: usize, close: char) {
        let open = self.rest().chars().next().map_or(1, char::len_utf8);
        self.at += open;
        let mut content = String::new();
        loop {
            let here = self.at;
            let Some(c) = self.rest().chars().next() else {
                self.unclosed_text(start);
                break;
            };
            self.at += c.len_utf8();
            match c {
                c if c == close => break,
                '\\' => self.escape(here, &mut content),
                c => content.push(c),
            }
        }
        self.push(Kind::Literal(Value::text(content), Type::Text), start);
    }

    fn unclosed_text(&mut self, start: usize) {
        let place = Place::new(start, self.text.len());
        self.errors.push(
            FormulaError::new(FormulaCode::Unclosed, place, "文字没有结束", "This text is not closed")
                .advice("在末尾补上引号 \"", "Add the closing quotation mark"),
        );
    }

    fn escape(&mut self, start: usize, content: &mut String) {
        let Some(c) = self.rest().chars().next() else { return };
        self.at += c.len_utf8();
        let plain = match c {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            '"' | '\'' | '\\' => Some(c),
            'u' => self.code_unit(4),
            'U' => self.code_unit(6),
            // Other backslashes are kept: patterns are full of them (`\d`).
            other => {
                content.push('\\');
                Some(other)
            }
        };
        match plain {
            Some(c) => content.push(c),
            None => {
                let place = self.place(start);
                self.errors.push(FormulaError::new(
                    FormulaCode::BadLiteral,
                    place,
                    "无法识别的字符转义",
                    "This is not the escape of a character",
                ));
            }
        }
    }

    /// The character of `\uXXXX` or `\UXXXXXX`; a surrogate pair counts as one.
    fn code_unit(&mut self, digits: usize) -> Option<char> {
        let code = self.hex(digits)?;
        if !(0xD800..0xDC00).contains(&code) {
            return char::from_u32(code);
        }
        self.rest().strip_prefix("\\u")?;
        self.at += 2;
        let low = self.hex(4).filter(|low| (0xDC00..0xE000).contains(low))?;
        char::from_u32(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let code = u32::from_str_radix(self.rest().get(..digits)?, 16).ok()?;
        self.at += digits;
        Some(code)
    }

    /// `@"2026-03-01"`: a date, time, date and time or duration.
    fn at_literal(&mut self, start: usize) {
        self.at += 1;
        if !self.rest().starts_with('"') {
            let place = self.place(start);
            self.errors.push(
                FormulaError::new(
                    FormulaCode::Unexpected,
                    place,
                    "@ 后面应是引号里的日期、时刻或时长",
                    "After @ comes a date, time or duration in quotation marks",
                )
                .advice("例如 @\"2026-03-01\"", "For example @\"2026-03-01\""),
            );
            return;
        }
        self.quoted(start, '"');
        let Some(token) = self.tokens.last_mut() else { return };
        let Kind::Literal(Value::Text(content), _) = &token.kind else { return };
        match at_value(content) {
            Some((value, ty)) => token.kind = Kind::Literal(value, ty),
            None => {
                let place = token.place;
                token.kind = Kind::Literal(Value::Null, Type::Any);
                self.errors.push(
                    FormulaError::new(
                        FormulaCode::BadLiteral,
                        place,
                        "这不是日期、时刻、日期时间或时长",
                        "This is not a date, a time, a date and time or a duration",
                    )
                    .advice(
                        "写法：@\"2026-03-01\"、@\"10:30:00\"、@\"2026-03-01T10:30:00+08:00\"、@\"P5D\"、@\"P3M\"",
                        "Write @\"2026-03-01\", @\"10:30:00\", @\"2026-03-01T10:30:00+08:00\", @\"P5D\" or @\"P3M\"",
                    ),
                );
            }
        }
    }

    fn sign(&mut self, start: usize, first: char) {
        if let Some((length, sign)) = sign_at(self.rest()) {
            self.at += length;
            self.push(Kind::Sign(sign), start);
            return;
        }
        if let Some((length, meant, replacement)) = foreign(self.rest()) {
            self.at += length;
            let place = self.place(start);
            let written = place.of(self.text);
            let full = !written.is_ascii();
            let code = if full { FormulaCode::FullWidth } else { FormulaCode::ForeignOperator };
            let shown = replacement.trim();
            self.errors.push(
                FormulaError::new(
                    code,
                    place,
                    format!("这里不能用“{written}”"),
                    format!("`{written}` is not used here"),
                )
                .advice(format!("请写“{shown}”"), format!("Write `{shown}`"))
                .fix(place, replacement),
            );
            self.push(meant, start);
            return;
        }
        if let Some(close) = other_quote(first) {
            return self.foreign_quote(start, close);
        }
        self.at += first.len_utf8();
        let place = self.place(start);
        let shown: String = first.escape_debug().collect();
        let mut error = FormulaError::new(
            FormulaCode::UnknownCharacter,
            place,
            format!("公式里不能有“{shown}”"),
            format!("`{shown}` means nothing in a formula"),
        );
        if first == '!' {
            error.code = FormulaCode::ForeignOperator;
            error = error.advice("否定写作 not(…)", "Negation is written not(...)");
        }
        self.errors.push(error);
    }

    fn foreign_quote(&mut self, start: usize, close: char) {
        let opening_only = self.rest().chars().filter(|c| *c == close).count() == 0;
        // “abc" is common: the second mark was typed in another mode.
        self.quoted(start, if opening_only { '"' } else { close });
        let place = self.place(start);
        let Some(Token { kind: Kind::Literal(text, _), .. }) = self.tokens.last() else { return };
        let replacement = text.to_string();
        self.errors.push(
            FormulaError::new(
                FormulaCode::FullWidth,
                place,
                "文字要放在英文双引号里",
                "Text stands between straight double quotation marks",
            )
            .advice(format!("请写 {replacement}"), format!("Write {replacement}"))
            .fix(place, replacement),
        );
    }
}

/// `12.5` times a power of ten, exactly.
pub(super) fn shifted(digits: &str, exponent: i32) -> Option<Decimal> {
    let digits = if digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
    let mut number = Decimal::from_str_exact(&digits).ok()?;
    if exponent.abs() > 60 {
        return number.is_zero().then_some(number);
    }
    for _ in 0..exponent.max(0) {
        number = number.checked_mul(Decimal::TEN)?;
    }
    let places = u32::try_from((-exponent).max(0)).ok()?;
    let shifted = number.normalize();
    Decimal::try_from_i128_with_scale(shifted.mantissa(), shifted.scale().checked_add(places)?).ok()
}

pub(crate) fn at_value(content: &str) -> Option<(Value, Type)> {
    if let Some(it) = value::date(content) {
        return Some((Value::Date(it), Type::Date));
    }
    if let Some(it) = value::date_and_time(content) {
        return Some((Value::DateTime(it), Type::Instant));
    }
    if let Some(it) = value::time_of_day(content) {
        return Some((Value::Time(it), Type::Time));
    }
    let it = value::duration(content)?;
    let ty = if matches!(it, Value::Months(_)) { Type::Months } else { Type::Span };
    Some((it, ty))
}

fn sign_at(rest: &str) -> Option<(usize, Sign)> {
    let two = rest.get(..2).and_then(|it| match it {
        ".." => Some(Sign::Dots),
        "**" => Some(Sign::Power),
        "!=" => Some(Sign::NotEqual),
        "<=" => Some(Sign::AtMost),
        ">=" => Some(Sign::AtLeast),
        _ => None,
    });
    if let Some(sign) = two {
        return Some((2, sign));
    }
    if ["==", "=>", "=<", "<>"].iter().any(|it| rest.starts_with(it)) {
        return None;
    }
    let sign = match rest.chars().next()? {
        '(' => Sign::Open,
        ')' => Sign::Close,
        '[' => Sign::OpenBracket,
        ']' => Sign::CloseBracket,
        '{' => Sign::OpenBrace,
        '}' => Sign::CloseBrace,
        ',' => Sign::Comma,
        ':' => Sign::Colon,
        '.' => Sign::Dot,
        '+' => Sign::Plus,
        '-' => Sign::Minus,
        '*' => Sign::Times,
        '/' => Sign::Over,
        '=' => Sign::Equal,
        '<' => Sign::Less,
        '>' => Sign::Greater,
        '?' => Sign::Question,
        _ => return None,
    };
    Some((1, sign))
}

/// Signs of other languages and keyboards: how long, what is meant, what to write.
fn foreign(rest: &str) -> Option<(usize, Kind, &'static str)> {
    const TABLE: &[(&str, Option<Sign>, &str)] = &[
        ("==", Some(Sign::Equal), "="),
        ("=>", Some(Sign::AtLeast), ">="),
        ("=<", Some(Sign::AtMost), "<="),
        ("<>", Some(Sign::NotEqual), "!="),
        ("&&", None, " and "),
        ("||", None, " or "),
        ("（", Some(Sign::Open), "("),
        ("）", Some(Sign::Close), ")"),
        ("［", Some(Sign::OpenBracket), "["),
        ("］", Some(Sign::CloseBracket), "]"),
        ("【", Some(Sign::OpenBracket), "["),
        ("】", Some(Sign::CloseBracket), "]"),
        ("｛", Some(Sign::OpenBrace), "{"),
        ("｝", Some(Sign::CloseBrace), "}"),
        ("，", Some(Sign::Comma), ","),
        ("、", Some(Sign::Comma), ","),
        ("：", Some(Sign::Colon), ":"),
        ("．", Some(Sign::Dot), "."),
        ("。", Some(Sign::Dot), "."),
        ("…", Some(Sign::Dots), ".."),
        ("＋", Some(Sign::Plus), "+"),
        ("－", Some(Sign::Minus), "-"),
        ("−", Some(Sign::Minus), "-"),
        ("–", Some(Sign::Minus), "-"),
        ("＊", Some(Sign::Times), "*"),
        ("×", Some(Sign::Times), "*"),
        ("／", Some(Sign::Over), "/"),
        ("÷", Some(Sign::Over), "/"),
        ("＝", Some(Sign::Equal), "="),
        ("≠", Some(Sign::NotEqual), "!="),
        ("＜＝", Some(Sign::AtMost), "<="),
        ("＞＝", Some(Sign::AtLeast), ">="),
        ("＜", Some(Sign::Less), "<"),
        ("＞", Some(Sign::Greater), ">"),
        ("≤", Some(Sign::AtMost), "<="),
        ("≥", Some(Sign::AtLeast), ">="),
        ("？", Some(Sign::Question), "?"),
    ];
    let (text, sign, replacement) = TABLE.iter().find(|(text, ..)| rest.starts_with(text))?;
    // `&&` and `||` become names: the parser reads the replacement, not the text.
    Some((text.len(), sign.map_or(Kind::Name, Kind::Sign), replacement))
}

fn other_quote(c: char) -> Option<char> {
    Some(match c {
        '“' | '”' => '”',
        '‘' | '’' => '’',
        '\'' => '\'',
        '「' => '」',
        '『' => '』',
        '＂' => '＂',
        _ => return None,
    })
}
