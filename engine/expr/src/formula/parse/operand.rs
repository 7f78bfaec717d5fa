//! Operands: literals, names, calls, paths and filters.

use super::super::ast::{Arguments, Ast, Kind};
use super::super::error::{FormulaCode, FormulaError, Place};
use super::super::token::{Kind as TokenKind, Sign};
use super::{KEYWORDS, Parsed, Parser};
use crate::value::{Type, Value};

impl Parser<'_> {
    /// A primary with the paths and filters behind it.
    pub(super) fn operand(&mut self) -> Parsed<Ast> {
        let mut operand = self.primary()?;
        loop {
            operand = if self.is_sign(Sign::Dot) {
                self.advance();
                self.path(operand)?
            } else if self.is_sign(Sign::OpenBracket) && !self.no_filter {
                self.advance();
                let filter = self.expression()?;
                self.expect(Sign::CloseBracket, "]")?;
                let place = operand.place.to(self.previous());
                self.make(Kind::Filter(Box::new(operand), Box::new(filter)), place)?
            } else {
                return Ok(operand);
            };
        }
    }

    fn path(&mut self, of: Ast) -> Parsed<Ast> {
        if !self.is_name(0) {
            return Err(self.unexpected("字段名", "the name of a field"));
        }
        let start = self.place();
        let (name, count) = self.field_here();
        self.skip(count);
        let at = start.to(self.previous());
        let place = of.place.to(at);
        self.make(Kind::Path(Box::new(of), name, at), place)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.advance();
        }
    }

    fn primary(&mut self) -> Parsed<Ast> {
        let place = self.place();
        match self.token().kind.clone() {
            TokenKind::Literal(value, ty) => {
                self.advance();
                self.make(Kind::Literal(value, ty), place)
            }
            TokenKind::Name => self.word(),
            TokenKind::Sign(Sign::Open) => self.bracketed(),
            TokenKind::Sign(Sign::OpenBracket) => self.list_or_range(),
            TokenKind::Sign(Sign::CloseBracket) => self.open_range(),
            TokenKind::Sign(Sign::OpenBrace) => self.context(),
            TokenKind::Sign(Sign::Question) => {
                self.advance();
                self.make(Kind::Input, place)
            }
            _ => Err(self.unexpected("一个值", "a value")),
        }
    }

    fn word(&mut self) -> Parsed<Ast> {
        let place = self.place();
        let (name, count) = self.name_here();
        if count == 1 {
            let constant = match name.as_str() {
                "true" => Some((Value::Bool(true), Type::Bool)),
                "false" => Some((Value::Bool(false), Type::Bool)),
                "null" => Some((Value::Null, Type::Null)),
                _ => None,
            };
            if let Some((value, ty)) = constant {
                self.advance();
                return self.make(Kind::Literal(value, ty), place);
            }
            match name.as_str() {
                "if" => return self.conditional(),
                "for" => return self.iteration(),
                "some" | "every" => return self.quantified(),
                "function" if self.sign_at(1) == Some(Sign::Open) => return Err(no_functions(place)),
                word if KEYWORDS.contains(&word) => return Err(self.unexpected("一个值", "a value")),
                _ => {}
            }
        }
        self.skip(count);
        let at = place.to(self.previous());
        if !self.is_sign(Sign::Open) {
            return self.make(Kind::Name(name), at);
        }
        self.call(name, at)
    }

    fn call(&mut self, name: String, at: Place) -> Parsed<Ast> {
        self.advance();
        let arguments = self.arguments()?;
        let place = at.to(self.previous());
        self.make(Kind::Call { name, at, arguments }, place)
    }

    fn arguments(&mut self) -> Parsed<Arguments> {
        if self.eat(Sign::Close) {
            return Ok(Arguments::Placed(Vec::new()));
        }
        let named = self.colon_ahead();
        let mut placed = Vec::new();
        let mut by_name = Vec::new();
        loop {
            if named {
                let start = self.place();
                let name = self.declared_name(|parser| parser.is_sign(Sign::Colon))?;
                let at = start.to(self.previous());
                self.advance();
                by_name.push((name, at, self.expression()?));
            } else {
                placed.push(self.expression()?);
            }
            if self.eat(Sign::Close) {
                break;
            }
            self.expect(Sign::Comma, ",")?;
        }
        Ok(if named { Arguments::Named(by_name) } else { Arguments::Placed(placed) })
    }

    /// Whether words and then a colon come next: a named argument.
    fn colon_ahead(&self) -> bool {
        let words = (0..16).take_while(|ahead| self.is_name(*ahead)).count();
        words > 0 && self.sign_at(words) == Some(Sign::Colon)
    }
}

fn no_functions(place: Place) -> Box<FormulaError> {
    Box::new(
        FormulaError::new(
            FormulaCode::NotSupported,
            place,
            "公式里不能定义函数",
            "Functions cannot be defined in a formula",
        )
        .advice("请把它写成一个有名字的公式或决策表", "Write a named formula or a decision table instead"),
    )
}
