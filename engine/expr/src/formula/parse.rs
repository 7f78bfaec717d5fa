//! Tokens to tree: the grammar, by precedence climbing. Never recurses deeper than the limit.

mod names;
mod operand;
mod shapes;
mod tests;

use super::ast::{Ast, Comparison, Kind, Named, Operator, Test};
use super::error::{FormulaCode, FormulaError, Place};
use super::limits;
use super::token::{Kind as TokenKind, Sign, Token, tokens};

pub(crate) use names::Names;

/// A piece of grammar, or the one error that ends the reading.
type Parsed<T> = Result<T, Box<FormulaError>>;

/// What came of a text: the tree, if one could be made, and everything found wrong.
pub(crate) struct Reading<T> {
    pub tree: Option<T>,
    pub errors: Vec<FormulaError>,
}

/// Reads an expression.
pub(crate) fn expression(text: &str, names: Names) -> Reading<Ast> {
    read(text, names, |parser| parser.expression())
}

/// Reads a decision-table cell.
pub(crate) fn cell(text: &str, names: Names) -> Reading<Cell> {
    read(text, names, |parser| parser.cell())
}

/// A decision-table cell as written.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// `-`
    Any,
    /// Any of the tests.
    Tests(Vec<Test>),
    /// None of the tests.
    Not(Vec<Test>),
}

fn read<T>(text: &str, names: Names, grammar: impl FnOnce(&mut Parser<'_>) -> Parsed<T>) -> Reading<T> {
    if text.len() > limits::TEXT {
        let place = Place::new(0, text.len());
        let error = FormulaError::new(
            FormulaCode::TooLong,
            place,
            format!("公式有 {} 字节，上限 {} 字节", text.len(), limits::TEXT),
            format!("The formula has {} bytes; the limit is {}", text.len(), limits::TEXT),
        )
        .advice("把它拆成几个有名字的条件或公式", "Split it into several named conditions or formulas");
        return Reading { tree: None, errors: vec![error] };
    }
    let (tokens, mut errors) = tokens(text);
    let mut parser = Parser { text, tokens, at: 0, depth: 0, names, no_filter: false };
    let tree = grammar(&mut parser).and_then(|tree| parser.end().map(|()| tree));
    match tree {
        Ok(tree) => Reading { tree: Some(tree), errors },
        Err(error) => {
            errors.push(*error);
            Reading { tree: None, errors }
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    names: Names,
    /// Inside the upper end of a range `[` closes it and does not filter.
    no_filter: bool,
}

const KEYWORDS: &[&str] = &[
    "if",
    "then",
    "else",
    "for",
    "in",
    "return",
    "some",
    "every",
    "satisfies",
    "and",
    "or",
    "between",
    "instance",
    "true",
    "false",
    "null",
    "function",
    "external",
];

impl<'a> Parser<'a> {
    fn token(&self) -> &Token {
        // The list always ends with `End`, and `advance` never passes it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn place(&self) -> Place {
        self.token().place
    }

    fn previous(&self) -> Place {
        self.tokens[self.at.saturating_sub(1)].place
    }

    /// The text of a token ahead; signs of other languages that stand for a word give that word.
    fn text_at(&self, ahead: usize) -> &'a str {
        let Some(token) = self.tokens.get(self.at + ahead) else { return "" };
        match token.place.of(self.text) {
            "&&" => "and",
            "||" => "or",
            text => text,
        }
    }

    fn is_name(&self, ahead: usize) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token { kind: TokenKind::Name, .. }))
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_name(0) && self.text_at(0) == word
    }

    fn is_sign(&self, sign: Sign) -> bool {
        self.sign_at(0) == Some(sign)
    }

    fn sign_at(&self, ahead: usize) -> Option<Sign> {
        match self.tokens.get(self.at + ahead)?.kind {
            TokenKind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn eat(&mut self, sign: Sign) -> bool {
        let here = self.is_sign(sign);
        if here {
            self.advance();
        }
        here
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let here = self.is_word(word);
        if here {
            self.advance();
        }
        here
    }

    fn expect(&mut self, sign: Sign, shown: &str) -> Parsed<()> {
        if self.eat(sign) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("“{shown}”"), &format!("`{shown}`")))
        }
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("“{word}”"), &format!("`{word}`")))
        }
    }

    fn unexpected(&self, zh: &str, en: &str) -> Box<FormulaError> {
        let place = self.place();
        let ended = matches!(self.token().kind, TokenKind::End);
        let found = place.of(self.text);
        let (found_zh, found_en) = if ended {
            ("公式在这里就结束了".to_owned(), "the formula ends here".to_owned())
        } else {
            (format!("这里是“{found}”"), format!("found `{found}`"))
        };
        Box::new(FormulaError::new(
            FormulaCode::Unexpected,
            place,
            format!("此处应为{zh}，{found_zh}"),
            format!("Expected {en}; {found_en}"),
        ))
    }

    fn end(&self) -> Parsed<()> {
        if matches!(self.token().kind, TokenKind::End) {
            return Ok(());
        }
        let mut error = self.unexpected("运算符或公式结尾", "an operator or the end of the formula");
        let lower = self.text_at(0).to_lowercase();
        if self.is_name(0) && lower != self.text_at(0) && KEYWORDS.contains(&lower.as_str()) {
            *error = error
                .advice(format!("“{lower}”要小写"), format!("Write `{lower}` in lower case"))
                .fix(self.place(), lower);
        } else if self.is_name(0) {
            *error = error.advice(
                "两个值之间缺少运算符；如果是一个名称，它没有被声明过",
                "There is no operator between these two; if it is one name, nobody declared it",
            );
        } else if self.is_sign(Sign::Less) || self.is_sign(Sign::Equal) {
            *error =
                error.advice("连续比较请用 and 或 between", "Join comparisons with `and`, or use `between`");
        }
        Err(error)
    }

    /// Runs one level deeper, or refuses.
    fn deeper<T>(&mut self, grammar: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= limits::DEPTH {
            return Err(too_deep(self.place()));
        }
        self.depth += 1;
        let result = grammar(self);
        self.depth -= 1;
        result
    }

    fn make(&self, kind: Kind, place: Place) -> Parsed<Ast> {
        let height = kind.height_below() + 1;
        if usize::from(height) > limits::DEPTH {
            return Err(too_deep(place));
        }
        Ok(Ast { kind, place, height })
    }

    /// A whole expression inside brackets or an argument: filters are filters again.
    fn expression(&mut self) -> Parsed<Ast> {
        let outside = std::mem::replace(&mut self.no_filter, false);
        let result = self.deeper(Parser::or);
        self.no_filter = outside;
        result
    }

    fn or(&mut self) -> Parsed<Ast> {
        let first = self.and()?;
        if !self.is_word("or") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat_word("or") {
            all.push(self.and()?);
        }
        let place = whole(&all);
        self.make(Kind::Or(all), place)
    }

    fn and(&mut self) -> Parsed<Ast> {
        let first = self.comparison()?;
        if !self.is_word("and") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat_word("and") {
            all.push(self.comparison()?);
        }
        let place = whole(&all);
        self.make(Kind::And(all), place)
    }

    fn comparison(&mut self) -> Parsed<Ast> {
        let mut left = self.arithmetic(0)?;
        loop {
            let at = self.place();
            left = if let Some(comparison) = self.comparison_sign() {
                self.advance();
                let right = self.arithmetic(0)?;
                let place = left.place.to(right.place);
                self.make(Kind::Compare(comparison, at, Box::new(left), Box::new(right)), place)?
            } else if self.eat_word("between") {
                let low = self.arithmetic(0)?;
                self.expect_word("and")?;
                let high = self.arithmetic(0)?;
                let place = left.place.to(high.place);
                self.make(Kind::Between(Box::new(left), Box::new(low), Box::new(high)), place)?
            } else if self.eat_word("in") {
                let tests = self.tests_after_in()?;
                let place = left.place.to(self.previous());
                self.make(Kind::In(Box::new(left), tests), place)?
            } else if self.is_word("is") && matches!(self.text_at(1), "known" | "unknown") {
                let known = self.text_at(1) == "known";
                self.advance();
                self.advance();
                let place = left.place.to(self.previous());
                self.make(Kind::Known(Box::new(left), known), place)?
            } else {
                return Ok(left);
            };
        }
    }

    fn comparison_sign(&self) -> Option<Comparison> {
        Some(match self.sign_at(0)? {
            Sign::Equal => Comparison::Equal,
            Sign::NotEqual => Comparison::NotEqual,
            Sign::Less => Comparison::Less,
            Sign::AtMost => Comparison::AtMost,
            Sign::Greater => Comparison::Greater,
            Sign::AtLeast => Comparison::AtLeast,
            _ => return None,
        })
    }

    /// A chain of one strength: 0 for `+ -`, 1 for `* /`, 2 for `**`. Chains are flat, so that a long sum is
    /// not a deep one.
    fn arithmetic(&mut self, strength: u8) -> Parsed<Ast> {
        let first = self.stronger(strength)?;
        if self.operator(strength).is_none() {
            return Ok(first);
        }
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(strength) {
            let at = self.place();
            self.advance();
            rest.push((operator, at, self.stronger(strength)?));
        }
        let place = first.place.to(self.previous());
        self.make(Kind::Arithmetic(Box::new(first), rest), place)
    }

    fn stronger(&mut self, strength: u8) -> Parsed<Ast> {
        if strength < 2 { self.arithmetic(strength + 1) } else { self.negative() }
    }

    fn operator(&self, strength: u8) -> Option<Operator> {
        match (strength, self.sign_at(0)?) {
            (0, Sign::Plus) => Some(Operator::Plus),
            (0, Sign::Minus) => Some(Operator::Minus),
            (1, Sign::Times) => Some(Operator::Times),
            (1, Sign::Over) => Some(Operator::Over),
            (2, Sign::Power) => Some(Operator::Power),
            _ => None,
        }
    }

    fn negative(&mut self) -> Parsed<Ast> {
        let start = self.place();
        if self.eat(Sign::Minus) {
            let inner = self.deeper(Parser::negative)?;
            let place = start.to(inner.place);
            return self.make(Kind::Negative(Box::new(inner)), place);
        }
        let operand = self.operand()?;
        if !(self.is_word("instance") && self.text_at(1) == "of") {
            return Ok(operand);
        }
        self.advance();
        self.advance();
        let named: Named = self.named_type()?;
        let place = operand.place.to(self.previous());
        self.make(Kind::InstanceOf(Box::new(operand), named), place)
    }
}

fn too_deep(place: Place) -> Box<FormulaError> {
    let limit = limits::DEPTH;
    Box::new(
        FormulaError::new(
            FormulaCode::TooDeep,
            place,
            format!("嵌套超过 {limit} 层"),
            format!("Nested deeper than {limit} levels"),
        )
        .advice("把里层写成单独的条件或公式", "Give the inner part a name of its own"),
    )
}

fn whole(all: &[Ast]) -> Place {
    let first = all.first().map(|it| it.place).unwrap_or_default();
    all.last().map_or(first, |last| first.to(last.place))
}
