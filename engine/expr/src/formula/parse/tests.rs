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
        if !self.is_word("not") || self.sign_at(1) != Some(Sign::Open) {
            return Ok(Cell::Tests(self.tests()?));
        }
        // `not(…) and …` is an expression that starts like a negated cell: only the end tells.
        let start = (self.at, self.depth);
        match self.negated() {
            Ok(tests) => Ok(Cell::Not(tests)),
            Err(error) => {
                (self.at, self.depth) = start;
                self.no_filter = false;
                let tests = self.tests();
                if matches!(self.token().kind, TokenKind::End) { Ok(Cell::Tests(tests?)) } else { Err(error) }
            }
        }
    }

    fn negated(&mut self) -> Parsed<Vec<Test>> {
        self.advance();
        self.advance();
        let tests = self.tests()?;
        self.expect(Sign::Close, ")")?;
        self.end()?;
        Ok(tests)
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
        if !self.is_sign(Sign::Open) {
            return Ok(vec![Test::Value(self.arithmetic(0)?)]);
        }
        let start = self.place();
        self.advance();
        let first = self.test()?;
        if let (Test::Value(low), true) = (&first, self.is_sign(Sign::Dots)) {
            return Ok(vec![Test::Value(self.range_from(start, low.clone(), false)?)]);
        }
        let mut tests = vec![first];
        while self.eat(Sign::Comma) {
            tests.push(self.test()?);
        }
        self.expect(Sign::Close, ")")?;
        Ok(tests)
    }
}
