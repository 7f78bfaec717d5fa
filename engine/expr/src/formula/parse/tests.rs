//! Unary tests: the cells of a decision table and what stands after `in`.

use super::super::ast::Test;
use super::super::token::{Kind as TokenKind, Sign};
use super::{Cell, Parsed, Parser};

impl Parser<'_> {
    /// A whole cell: `-`, `not(…)` or tests with commas between.
    pub(super) fn cell(&mut self) -> Parsed<Cell> {
        if self.is_sign(Sign::Minus) && matches!(self.tokens[1].kind, TokenKind::End) {
            self.advance();
            return Ok(Cell::Any);
        }
        // `not(x)` of a condition about `?` is an expression; as a cell the two mean the same.
        if self.is_word("not") && self.sign_at(1) == Some(Sign::Open) && self.closes_at_end(1) {
            self.advance();
            self.advance();
            let tests = self.tests()?;
            self.expect(Sign::Close, ")")?;
            return Ok(Cell::Not(tests));
        }
        Ok(Cell::Tests(self.tests()?))
    }

    /// Whether the bracket opened at a token ahead is closed by the last token.
    fn closes_at_end(&self, ahead: usize) -> bool {
        let mut open = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(self.at + ahead) {
            match token.kind {
                TokenKind::Sign(Sign::Open) => open += 1,
                TokenKind::Sign(Sign::Close) if open <= 1 => return at + 2 == self.tokens.len(),
                TokenKind::Sign(Sign::Close) => open -= 1,
                _ => {}
            }
        }
        false
    }

    fn tests(&mut self) -> Parsed<Vec<Test>> {
        let mut tests = vec![self.test()?];
        while self.eat(Sign::Comma) {
            tests.push(self.test()?);
        }
        Ok(tests)
    }

    fn test(&mut self) -> Parsed<Test> {
        let Some(comparison) = self.comparison_sign() else { return Ok(Test::Value(self.expression()?)) };
        self.advance();
        let end = self.deeper(|parser| parser.arithmetic(0))?;
        Ok(Test::Compare(comparison, end))
    }

    /// After `in`: one test, or several in brackets.
    pub(super) fn tests_after_in(&mut self) -> Parsed<Vec<Test>> {
        if let Some(comparison) = self.comparison_sign() {
            self.advance();
            return Ok(vec![Test::Compare(comparison, self.arithmetic(0)?)]);
        }
        if !self.is_sign(Sign::Open) || !self.several_inside() {
            return Ok(vec![Test::Value(self.arithmetic(0)?)]);
        }
        self.advance();
        let tests = self.deeper(Parser::tests)?;
        self.expect(Sign::Close, ")")?;
        Ok(tests)
    }

    /// Whether the bracket here holds a comma of its own or starts with a comparison.
    fn several_inside(&self) -> bool {
        let mut open = 0_usize;
        for token in &self.tokens[self.at..] {
            let TokenKind::Sign(sign) = token.kind else { continue };
            match sign {
                Sign::Open | Sign::OpenBrace => open += 1,
                Sign::Comma if open == 1 => return true,
                Sign::Close | Sign::CloseBrace => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                return false;
            }
        }
        false
    }
}
