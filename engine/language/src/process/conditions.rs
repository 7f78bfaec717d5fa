//! Named conditions: read once leniently, then again wherever they are used; none may need itself.

use expr::formula::{Formula, Mode, compile_as};
use expr::value::Type;
use machine::chart::{Condition, Variable};
use machine::ids::{Bilingual, ConditionIx, Name};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;

use super::desk::Sort;
use super::formulas;
use super::lowering::{Lowering, Want};
use super::map::Thing;
use super::names;
use super::outline::narrow;
use super::pick;
use super::scope::{AtHand, Place};

/// Conditions that rest on conditions, one after the other: more are evaluated by nobody, and read by nobody.
const CHAIN_MAX: usize = 64;

/// Which condition reads which.
type Reads = DiGraph<(), ()>;

impl Lowering<'_, '_, '_> {
    /// The named conditions of the chart.
    pub fn conditions(&mut self) -> Vec<Condition> {
        let outline = self.outline();
        let place = Place { known: vec![], event: AtHand::Lenient };
        let mut conditions = Vec::new();
        let mut reads = Reads::new();
        outline.conditions.iter().for_each(|_| {
            reads.add_node(());
        });
        for (at, declared) in outline.conditions.iter().enumerate() {
            names::check_word(Sort::Parameter, &declared.name, declared.span, self.desk);
            self.of = Thing::Condition(outline.ix, ConditionIx(narrow(at)));
            let found = condition_text(declared.node);
            let formula = found.and_then(|(node, _)| self.formula(node, &place, &Want::Of(Type::Bool)));
            let Some(formula) = formula else { continue };
            for read in self.conditions_read(&formula) {
                reads.add_edge(NodeIndex::new(at), NodeIndex::new(read), ());
            }
            let basis = pick::name(declared.node, "basis");
            let title = condition_title(declared.node, &declared.name);
            conditions.push(Condition { name: declared.name.clone(), title, formula, basis });
        }
        // What is read comes before what reads it.
        let knots = kosaraju_scc(&reads);
        let starts: Vec<NodeIndex> = knots.iter().filter_map(|knot| first_of(&reads, knot)).collect();
        match starts.is_empty() {
            true => self.check_chains(&reads, &knots),
            false => self.tell_cycles(&reads, starts),
        }
        conditions
    }

    fn conditions_read(&self, formula: &Formula) -> Vec<usize> {
        let read = formulas::slots(formula).filter_map(|slot| match self.scopes.variable(slot.0 as usize) {
            Some(Variable::Condition(at)) => Some(at.at()),
            _ => None,
        });
        read.collect()
    }

    /// Conditions have to make sense wherever they are read.
    pub fn check_conditions(&mut self, formula: &Formula, place: &Place, used: Span) {
        if place.event == AtHand::Lenient {
            return;
        }
        let mut waiting = self.conditions_read(formula);
        waiting.reverse();
        while let Some(at) = waiting.pop() {
            if !self.checked.insert((narrow(at), place.clone())) {
                continue;
            }
            let Some((node, text)) = condition_text(self.outline().conditions[at].node) else { continue };
            let scope = self.scopes.at(place, self.whole, self.at);
            match compile_as(text, &Type::Bool, &scope, Mode::Policy) {
                Ok(inner) => waiting.extend(self.conditions_read(&inner).into_iter().rev()),
                Err(errors) => errors.iter().for_each(|error| {
                    let found = formulas::diagnosed(node, error, self.desk);
                    self.desk.say(found.also(used, words!("在这里用到", "used here")));
                }),
            }
        }
    }

    /// A condition that needs itself has no value.
    fn tell_cycles(&mut self, reads: &Reads, mut starts: Vec<NodeIndex>) {
        starts.sort_unstable();
        for start in starts {
            let declared = &self.outline().conditions;
            let round = way_back(start, reads);
            let names = round.iter().chain([&start]).map(|at| &*declared[at.index()].name);
            let shown = names.collect::<Vec<_>>().join(" -> ");
            let found = Diagnostic::new(
                codes::CONDITION_CYCLE,
                declared[start.index()].span,
                words!("条件绕回到自己：{shown}", "the condition needs itself: {shown}"),
            );
            self.desk
                .say(found.advise(words!("把其中一个直接写成公式", "write one of them out as a formula")));
        }
    }

    /// Each condition is computed inside the one that reads it, so that a long chain would need room without end.
    fn check_chains(&mut self, reads: &Reads, knots: &[Vec<NodeIndex>]) {
        let mut depth = vec![1; reads.node_count()];
        for at in knots.iter().flatten() {
            let inner = reads.neighbors(*at).map(|read| depth[read.index()]).max();
            depth[at.index()] = inner.unwrap_or(0) + 1;
        }
        let Some(at) = depth.iter().position(|depth| *depth == CHAIN_MAX + 1) else { return };
        let found = Diagnostic::new(
            codes::FORMULA_TOO_DEEP,
            self.outline().conditions[at].span,
            words!(
                "条件一个用到一个，超过 {CHAIN_MAX} 层",
                "the condition rests on another, that on a third, more than {CHAIN_MAX} deep"
            ),
        );
        self.desk.say(
            found
                .advise(words!("把中间的几个直接写成公式", "write some of those in between out as formulas")),
        );
    }
}

/// The first condition of a knot in which something needs itself.
fn first_of(reads: &Reads, knot: &[NodeIndex]) -> Option<NodeIndex> {
    let first = knot.iter().min()?;
    (knot.len() > 1 || reads.contains_edge(*first, *first)).then_some(*first)
}

/// The shortest way from a condition back to itself.
fn way_back(start: NodeIndex, reads: &Reads) -> Vec<NodeIndex> {
    let mut came: Vec<Option<NodeIndex>> = vec![None; reads.node_count()];
    let mut waiting = std::collections::VecDeque::from([start]);
    while let Some(at) = waiting.pop_front() {
        for next in reads.neighbors(at) {
            if next == start {
                let mut way: Vec<NodeIndex> =
                    std::iter::successors(Some(at), |at| came[at.index()]).collect();
                way.reverse();
                return way;
            }
            if came[next.index()].is_none() {
                came[next.index()] = Some(at);
                waiting.push_back(next);
            }
        }
    }
    vec![start]
}

/// The formula of a condition: the text itself, or what stands under `is`.
fn condition_text(node: &Node) -> Option<(&Node, &str)> {
    let node = node.get("is").unwrap_or(node);
    Some((node, node.as_text()?))
}

/// What people read: the name itself where a language is not given.
fn condition_title(node: &Node, name: &Name) -> Bilingual {
    let words = |lang| pick::name(node, lang).unwrap_or_else(|| name.clone());
    Bilingual { zh: words("zh"), en: words("en") }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::codes::{self, Code};
    use crate::source::Sources;

    /// A process whose first condition rests on the second, and so on; the last one is `last`.
    fn chain(length: usize, last: &str) -> String {
        let mut text =
            "process: p\nlanguage: 1\ntitle: { zh: 甲, en: A }\neffective: 2026-01-01\ninitial: s\n\
             states: { s: { type: final } }\nconditions:\n"
                .to_owned();
        for at in 1..length {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  c{at}: not(c{})", at + 1);
        }
        let _ = writeln!(text, "  c{length}: {last}");
        text
    }

    fn found(text: &str) -> Vec<(Code, usize, String)> {
        let mut sources = Sources::new();
        let compiled = crate::compile(&mut sources, "p.yaml", text.as_bytes());
        let errors = compiled.report.iter().filter(|found| found.is_error());
        errors
            .map(|found| {
                let span = found.primary.span;
                (found.code, sources.line_of(span.file, span.start()) - 7, found.message.en.clone())
            })
            .collect()
    }

    #[test]
    fn conditions_rest_on_one_another_as_far_as_people_can_follow() {
        assert_eq!(found(&chain(64, "1 > 0")), []);
        let deep = found(&chain(4_000, "1 > 0"));
        assert_eq!(
            deep.iter().map(|found| (found.0, found.1)).collect::<Vec<_>>(),
            [(codes::FORMULA_TOO_DEEP, 3_936)]
        );
    }

    #[test]
    fn conditions_that_go_round_are_told_with_the_shortest_round() {
        let round = found(&chain(4, "c2 and c1"));
        let wanted =
            (codes::CONDITION_CYCLE, 1, "the condition needs itself: c1 -> c2 -> c3 -> c4 -> c1".to_owned());
        assert_eq!(round, [wanted]);
        assert_eq!(found(&chain(4_000, "c1")).len(), 1);
        assert_eq!(found(&chain(2, "c2"))[0].2, "the condition needs itself: c2 -> c2");
    }
}
