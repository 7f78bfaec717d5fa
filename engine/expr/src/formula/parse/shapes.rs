//! Brackets and words with a shape of their own: lists, ranges, contexts, `if`, `for`, `some`, `every`.

use super::super::ast::{Ast, End, Iterator, Kind, Named, Source};
use super::super::token::{Kind as TokenKind, Sign};
use super::{Comparison, Parsed, Parser};
use crate::value::Value;

impl Parser<'_> {
    /// `(a)`, `(a..b]` or `(< a)`.
    pub(super) fn bracketed(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        if let Some(comparison) = self.comparison_sign() {
            self.advance();
            let end = self.expression()?;
            self.expect(Sign::Close, ")")?;
            let place = start.to(self.previous());
            return match one_sided(comparison, end) {
                Some(range) => self.make(range, place),
                None => Err(self.unexpected("区间", "a range")),
            };
        }
        let mut first = self.expression()?;
        if self.is_sign(Sign::Dots) {
            return self.range_from(start, first, false);
        }
        self.expect(Sign::Close, ")")?;
        first.place = start.to(self.previous());
        Ok(first)
    }

    /// `[a, b]` or `[a..b]`.
    pub(super) fn list_or_range(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        let mut items = Vec::new();
        if !self.eat(Sign::CloseBracket) {
            let first = self.expression()?;
            if self.is_sign(Sign::Dots) {
                return self.range_from(start, first, true);
            }
            items.push(first);
            while self.eat(Sign::Comma) {
                items.push(self.expression()?);
            }
            self.expect(Sign::CloseBracket, "]")?;
        }
        let place = start.to(self.previous());
        self.make(Kind::List(items), place)
    }

    /// `]a..b[`
    pub(super) fn open_range(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        let first = self.expression()?;
        if !self.is_sign(Sign::Dots) {
            return Err(self.unexpected("“..”", "`..`"));
        }
        self.range_from(start, first, false)
    }

    pub(super) fn range_from(&mut self, start: super::Place, low: Ast, closed: bool) -> Parsed<Ast> {
        self.advance();
        let outside = std::mem::replace(&mut self.no_filter, true);
        let high = self.deeper(|parser| parser.arithmetic(0));
        self.no_filter = outside;
        let high = high?;
        let high_closed = self.is_sign(Sign::CloseBracket);
        if !high_closed && !self.is_sign(Sign::Close) && !self.is_sign(Sign::OpenBracket) {
            return Err(self.unexpected("“]”或“)”", "`]` or `)`"));
        }
        self.advance();
        let place = start.to(self.previous());
        let low = End { at: Some(Box::new(low)), closed };
        self.make(Kind::Range(low, End { at: Some(Box::new(high)), closed: high_closed }), place)
    }

    /// `{name: value, "another name": value}`
    pub(super) fn context(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        let mut entries = Vec::new();
        while !self.eat(Sign::CloseBrace) {
            if !entries.is_empty() {
                self.expect(Sign::Comma, ",")?;
            }
            let at = self.place();
            let name = self.key()?;
            let at = at.to(self.previous());
            self.expect(Sign::Colon, ":")?;
            entries.push((name, at, self.expression()?));
        }
        let place = start.to(self.previous());
        self.make(Kind::Context(entries), place)
    }

    fn key(&mut self) -> Parsed<String> {
        if let TokenKind::Literal(Value::Text(text), _) = &self.token().kind {
            let name = text.to_string();
            self.advance();
            self.names.add(&name);
            return Ok(name);
        }
        self.declared_name(|parser| parser.is_sign(Sign::Colon))
    }

    /// `if a then b else c`
    pub(super) fn conditional(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        let condition = self.expression()?;
        self.expect_word("then")?;
        let yes = self.expression()?;
        self.expect_word("else")?;
        let no = self.expression()?;
        let place = start.to(no.place);
        self.make(Kind::If(Box::new(condition), Box::new(yes), Box::new(no)), place)
    }

    /// `for a in x, b in 1..3 return y`
    pub(super) fn iteration(&mut self) -> Parsed<Ast> {
        let start = self.place();
        self.advance();
        let iterators = self.iterators()?;
        self.expect_word("return")?;
        let body = self.expression()?;
        let place = start.to(body.place);
        self.make(Kind::For(iterators, Box::new(body)), place)
    }

    /// `some a in x satisfies y`
    pub(super) fn quantified(&mut self) -> Parsed<Ast> {
        let start = self.place();
        let every = self.is_word("every");
        self.advance();
        let iterators = self.iterators()?;
        self.expect_word("satisfies")?;
        let condition = self.expression()?;
        let place = start.to(condition.place);
        self.make(Kind::Quantified(every, iterators, Box::new(condition)), place)
    }

    fn iterators(&mut self) -> Parsed<Vec<Iterator>> {
        let mut iterators = Vec::new();
        loop {
            let name = self.declared_name(|parser| parser.is_word("in"))?;
            self.advance();
            let first = self.expression()?;
            let source = if self.eat(Sign::Dots) {
                Source::Numbers(first, self.expression()?)
            } else {
                Source::Items(first)
            };
            iterators.push(Iterator { name, source });
            // Some write commas between the iterators of `some` and `every`, some nothing.
            if !self.eat(Sign::Comma) {
                return Ok(iterators);
            }
        }
    }

    /// The type after `instance of`.
    pub(super) fn named_type(&mut self) -> Parsed<Named> {
        let words = (0..5).take_while(|ahead| self.is_name(*ahead)).map(|ahead| self.text_at(ahead));
        let words: Vec<&str> = words.collect();
        let (count, named) = match words.as_slice() {
            ["days", "and", "time", "duration", ..] => (4, Named::Span),
            ["years", "and", "months", "duration", ..] => (4, Named::Months),
            ["day", "time", "duration", ..] => (3, Named::Span),
            ["year", "month", "duration", ..] => (3, Named::Months),
            ["date", "and", "time", ..] => (3, Named::DateTime),
            ["date", "time", ..] => (2, Named::DateTime),
            ["date", ..] => (1, Named::Date),
            ["time", ..] => (1, Named::Time),
            ["number", ..] => (1, Named::Number),
            ["string", ..] => (1, Named::Text),
            ["boolean", ..] => (1, Named::Bool),
            ["Any", ..] => (1, Named::Any),
            ["Null" | "null", ..] => (1, Named::Null),
            ["function", ..] => (1, Named::Function),
            ["list", ..] => (1, Named::List(Box::new(Named::Any))),
            ["range", ..] => (1, Named::Range(Box::new(Named::Any))),
            ["context", ..] => (1, Named::Context(Vec::new())),
            _ => return Err(self.unexpected("类型名", "the name of a type")),
        };
        for _ in 0..count {
            self.advance();
        }
        if self.is_sign(Sign::Less) { self.deeper(|parser| parser.type_arguments(named)) } else { Ok(named) }
    }

    fn type_arguments(&mut self, named: Named) -> Parsed<Named> {
        self.advance();
        let result = match named {
            Named::List(_) => Named::List(Box::new(self.named_type()?)),
            Named::Range(_) => Named::Range(Box::new(self.named_type()?)),
            Named::Context(_) => Named::Context(self.type_fields()?),
            _ => return Err(self.unexpected("类型名", "the name of a type")),
        };
        self.expect(Sign::Greater, ">")?;
        Ok(result)
    }

    fn type_fields(&mut self) -> Parsed<Vec<(String, Named)>> {
        let mut fields = Vec::new();
        loop {
            let name = self.declared_name(|parser| parser.is_sign(Sign::Colon))?;
            self.advance();
            fields.push((name, self.named_type()?));
            if !self.eat(Sign::Comma) {
                return Ok(fields);
            }
        }
    }
}

/// `(< 5)` as a range without a lower end.
fn one_sided(comparison: Comparison, end: Ast) -> Option<Kind> {
    let none = End { at: None, closed: false };
    let some = |closed| End { at: Some(Box::new(end.clone())), closed };
    Some(match comparison {
        Comparison::Less => Kind::Range(none, some(false)),
        Comparison::AtMost => Kind::Range(none, some(true)),
        Comparison::Greater => Kind::Range(some(false), none),
        Comparison::AtLeast => Kind::Range(some(true), none),
        Comparison::Equal => Kind::Range(some(true), some(true)),
        Comparison::NotEqual => return None,
    })
}
