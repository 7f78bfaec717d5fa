//! Unary tests: after `in`, and in the cells of a decision table.

use super::super::ast::{self, Ast, Comparison};
use super::super::error::Place;
use super::super::node::{Op, Test};
use super::{Checked, Checker};
use crate::value::Type;

impl Checker<'_> {
    pub(super) fn is_in(&mut self, of: &Ast, tests: &[ast::Test], place: Place) -> Checked {
        let of = self.known_value(of);
        let tests = tests.iter().map(|test| self.test(&of, test)).collect();
        Checked::new(Op::In(Box::new(of.node), tests), place, Type::Bool)
    }

    /// The tests of a cell; the input is local 0.
    pub fn cell(&mut self, tests: &[ast::Test]) -> Vec<Test> {
        let place = Place::new(0, self.text.len());
        let input = Checked::new(Op::Local(0), place, self.locals[0].ty.clone());
        tests.iter().map(|test| self.test(&input, test)).collect()
    }

    fn test(&mut self, input: &Checked, test: &ast::Test) -> Test {
        match test {
            ast::Test::Compare(comparison, end) => {
                let end = self.known_value(end);
                self.sides(*comparison, end.place(), input, &end);
                Test::Compare(*comparison, end.node)
            }
            ast::Test::Value(value) => {
                let before = std::mem::replace(&mut self.saw_input, false);
                let mut value = self.check(value);
                let condition = std::mem::replace(&mut self.saw_input, before);
                if condition {
                    self.must_be_condition(&mut value);
                    return Test::Condition(value.node);
                }
                self.value_test(input, value)
            }
        }
    }

    fn value_test(&mut self, input: &Checked, mut value: Checked) -> Test {
        let place = value.place();
        // `null` asks whether there is a value.
        if value.ty == Type::Null {
            return Test::Value(value.node);
        }
        self.must_be_known(&mut value);
        match value.ty.known().clone() {
            Type::Range(of) => {
                let end = Checked { ty: *of, ..value.clone() };
                self.sides(Comparison::AtMost, place, input, &end);
            }
            Type::List(of) => {
                let of = match *of {
                    Type::Range(of) => *of,
                    of => of,
                };
                let item = Checked { ty: of.known().clone(), ..value.clone() };
                self.sides(Comparison::Equal, place, input, &item);
            }
            Type::Bool if !matches!(input.ty.known(), Type::Bool | Type::Any) => {
                return Test::Condition(value.node);
            }
            _ => self.sides(Comparison::Equal, place, input, &value),
        }
        Test::Value(value.node)
    }
}
