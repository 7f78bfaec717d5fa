//! Clocks: deadlines, gates, validities and waits, with their reminders and what follows.

use expr::formula::Formula;
use expr::time::period::Period;
use expr::time::reminder::Reminder;
use expr::value::{Type, Value};
use machine::chart::{Clock, ClockKind, Guard, Pattern, Variable};
use machine::ids::{ClockIx, Name};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;

use super::literal;
use super::lowering::{Lowering, Want};
use super::map::Thing;
use super::outline::{CLOCK_KEYS, clock_ix};
use super::pick;
use super::scope::{AtHand, Place};

impl Lowering<'_, '_, '_> {
    /// Every clock of the chart.
    pub fn clocks(&mut self) -> Vec<Clock> {
        let all = 0..self.outline().clocks.len();
        all.filter_map(|at| self.clock(clock_ix(at))).collect()
    }

    fn clock(&mut self, ix: ClockIx) -> Option<Clock> {
        let outline = self.outline();
        let declared = &outline.clocks[ix.at()];
        let node = declared.node;
        self.of = Thing::Clock(outline.ix, ix);
        let mut place = self.place(declared.owner, AtHand::Some);
        let when = self.guard(node, "when", &place);
        self.learn(when.as_ref(), &mut place);
        let moments = Want::Among(vec![Type::Instant.nullable(), Type::Date.nullable()]);
        let reminders = self.reminders(node);
        Some(Clock {
            name: declared.name.clone(),
            title: pick::title(node, &declared.name),
            kind: declared.kind,
            owner: declared.owner,
            when,
            from: self.formula_at(node, "from", &place, &moments),
            floor: self.formula_at(node, "floor", &place, &moments),
            reminders: reminders.into_iter().flat_map(|(_, marks)| marks).collect(),
            authority: self.common().roles_at(node, "authority", self.desk),
            basis: pick::name(node, "basis"),
            event: format!("clock.{}", declared.name).into(),
            within: self.within(node, &place)?,
        })
    }

    /// A clock runs only when its condition holds: what the condition asks to be known, its times may read.
    fn learn(&self, when: Option<&Guard>, place: &mut Place) {
        let Some(Guard::Formula(formula)) = when else { return };
        for slot in formula.proves() {
            if let Some(Variable::Field(field)) = self.scopes.variable(slot.0 as usize) {
                place.known.push(*field);
            }
        }
        place.known.sort_unstable();
        place.known.dedup();
    }

    fn within(&mut self, node: &Node, place: &Place) -> Option<Formula> {
        let types = [Type::Period, Type::Instant, Type::Date, Type::Span];
        self.period(node.get("within")?, place, &types)
    }

    /// A stretch of time: a formula, or written out such as `5天 顺延`.
    pub fn period(&mut self, node: &Node, place: &Place, types: &[Type]) -> Option<Formula> {
        let text = node.as_text()?;
        if text.chars().all(|c| c.is_ascii_digit()) {
            self.desk.say(literal::bare_number(node.span, text));
            return None;
        }
        match text.parse::<Period>() {
            Ok(period) => Some(Formula::constant(text, Value::Period(period), Type::Period)),
            Err(_) => self.formula(node, place, &Want::Among(types.to_vec())),
        }
    }

    /// The reminders of a clock: groups of marks, each with the node that says what is done.
    pub fn reminders<'n>(&mut self, node: &'n Node) -> Vec<(&'n Node, Vec<Reminder>)> {
        let mut groups = Vec::new();
        for group in pick::many(node, "remind") {
            let marks = pick::many(group, "at").iter().filter_map(|mark| self.mark(mark)).collect();
            groups.push((group, marks));
        }
        groups
    }

    fn mark(&mut self, node: &Node) -> Option<Reminder> {
        let text = node.as_text()?;
        if let Some(number) = text.strip_suffix('%') {
            return match number.trim().parse() {
                Ok(percent @ 1..=99) => Some(Reminder::Share { percent }),
                _ => {
                    self.desk.say(bad_mark(node.span, text));
                    None
                }
            };
        }
        let period = literal::period(node.span, text, self.desk)?;
        Some(Reminder::Before { n: period.n, unit: period.unit })
    }

    /// The branches of a state's clocks: reminders, then what follows when the clock is due.
    pub fn clock_branches(&mut self, state: machine::ids::StateIx) {
        let outline = self.outline();
        for (at, clock) in outline.clocks.iter().enumerate().filter(|(_, clock)| clock.owner == state) {
            let (node, ix) = (clock.node, clock_ix(at));
            let mut number = 0;
            let mut quiet = crate::diagnostic::Report::new();
            std::mem::swap(&mut self.desk.report, &mut quiet);
            let groups = self.reminders(node);
            std::mem::swap(&mut self.desk.report, &mut quiet);
            for (group, marks) in groups {
                let patterns = marks.iter().map(|_| {
                    number += 1;
                    Pattern::Prefix(format!("reminder.{}.{number}", clock.name).into())
                });
                let patterns: Vec<Pattern> = patterns.collect();
                if !patterns.is_empty() {
                    self.branch_of(group, state, patterns, AtHand::Clock);
                }
            }
            let event: Name = format!("clock.{}", clock.name).into();
            if let Some(follows) = node.get(follow_key(clock.kind)) {
                self.branches(follows, state, &[Pattern::Prefix(event)], &AtHand::Clock);
            } else if clock.kind == ClockKind::Deadline {
                self.without_outcome(ix);
            }
        }
    }

    fn without_outcome(&mut self, ix: ClockIx) {
        let clock = &self.outline().clocks[ix.at()];
        let name = &clock.name;
        let event = format!("clock.{name}");
        let answered = self.outline().and_round(clock.owner).any(|state| {
            let on = pick::entries(self.outline().states[state.at()].node, "on");
            on.iter().any(|(key, _)| key.text == event)
        });
        let span = self.desk.map.span(Thing::Clock(self.outline().ix, ix));
        if let Some(span) = span.filter(|_| !answered) {
            self.desk.say(
                Diagnostic::new(
                    codes::NO_OVERDUE,
                    span,
                    words!(
                        "期限 `{name}` 到期后什么也不发生",
                        "nothing happens when the deadline `{name}` is over"
                    ),
                )
                .advise(words!(
                    "写 `overdue:`，说明到期去哪个状态或做什么",
                    "write `overdue:`: the state it leads to or what is done"
                )),
            );
        }
    }
}

/// The key under which it says what follows.
fn follow_key(kind: ClockKind) -> &'static str {
    CLOCK_KEYS.iter().find(|(_, known, _)| *known == kind).map_or("overdue", |(_, _, key)| key)
}

fn bad_mark(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(codes::BAD_REMINDER, span, words!("`{text}` 不能作提醒时间", "`{text}` is no time for a reminder")).advise(words!(
        "写期限过去的百分比 1% 到 99%（如 80%），或到期前的时间（如 2工作日）",
        "write the share of the time that has passed, 1% to 99% (80%), or the time before it is due (2 working days)"
    ))
}
