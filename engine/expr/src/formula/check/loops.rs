//! `for`, `some` and `every`.

use super::super::ast::{Ast, Iterator, Source};
use super::super::error::{FormulaCode, FormulaError, Place};
use super::super::node::{Loop, Op, Origin};
use super::{Checked, Checker, Local, rules};
use crate::value::{Lang, Type};

impl Checker<'_> {
    pub(super) fn for_each(&mut self, iterators: &[Iterator], body: &Ast, place: Place) -> Checked {
        let reads_partial = mentions_partial(body.place.of(self.text));
        let base = self.locals.len();
        if reads_partial {
            let ty = Type::list(Type::Any);
            self.locals.push(Local { name: "partial".to_owned(), ty, item: false, used: false });
        }
        let sources = self.sources(iterators);
        let body = self.check(body);
        self.leave(base);
        let unrounded = !body.exact();
        let it = Loop { sources, body: body.node, partial: reads_partial };
        Checked { unrounded, ..Checked::new(Op::For(Box::new(it)), place, Type::list(body.ty)) }
    }

    pub(super) fn quantified(
        &mut self,
        every: bool,
        iterators: &[Iterator],
        body: &Ast,
        place: Place,
    ) -> Checked {
        let base = self.locals.len();
        let sources = self.sources(iterators);
        let body = self.condition(body);
        self.leave(base);
        let it = Loop { sources, body: body.node, partial: false };
        Checked::new(Op::Quantified(every, Box::new(it)), place, Type::Bool)
    }

    fn sources(&mut self, iterators: &[Iterator]) -> Vec<Origin> {
        let mut sources = Vec::new();
        for iterator in iterators {
            let (origin, ty) = match &iterator.source {
                Source::Items(ast) => {
                    let list = self.known_value(ast);
                    let ty = self.item_type(&list);
                    (Origin::Items(list.node), ty)
                }
                Source::Numbers(low, high) => {
                    let (low, high) = (self.known_value(low), self.known_value(high));
                    let ty = rules::join(&low.ty, &high.ty);
                    (Origin::Numbers(low.node, high.node), ty)
                }
            };
            sources.push(origin);
            self.locals.push(Local { name: iterator.name.clone(), ty, item: false, used: false });
        }
        sources
    }

    fn item_type(&mut self, list: &Checked) -> Type {
        match list.ty.known() {
            Type::List(item) | Type::Range(item) => item.as_ref().clone(),
            Type::Any => Type::Any,
            other => {
                let (other, at) = (other.clone(), list.place());
                self.object(|| {
                    FormulaError::new(
                        FormulaCode::WrongType,
                        at,
                        format!("循环要有列表，这里是{}", other.name(Lang::Zh)),
                        format!("A loop runs over a list; this is a {other}"),
                    )
                });
                Type::Any
            }
        }
    }
}

/// Whether the word `partial` occurs: then the results so far are kept at hand.
fn mentions_partial(body: &str) -> bool {
    body.contains("partial")
}
