//! What formulas see of a case: its data, children, parameters, clocks and the event at hand.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use expr::formula::{EvalError, Formula, HostFn, Inputs, Slot, UnaryTests, WorkingDays};
use expr::value::Value;

use crate::case::Run;
use crate::chart::{Chart, Guard, HostCall, Variable};
use crate::ids::{ChartIx, Name, RunIx, TransitionIx};
use crate::incident::Incident;
use crate::reason::Reason;
use crate::table::{Decided, DecisionTable};
use crate::turn::{Occurrence, Stop, Turn};

/// The case as the formulas of one run see it at one moment.
pub struct Sight<'t, 'a> {
    turn: &'t Turn<'a>,
    run: RunIx,
    on: Option<&'t Occurrence>,
    /// A named condition read on the way that has no value.
    failed: RefCell<Option<EvalError>>,
    /// What tables answered on the way.
    decided: RefCell<Vec<Decided>>,
    /// Contexts, lists and conditions made once: nothing changes while a formula looks.
    made: RefCell<Vec<(Slot, Value)>>,
}

/// The most answers of tables that one formula's reason keeps; a loop over a list may ask many times.
const DECIDED_MAX: usize = 32;

impl<'t, 'a> Sight<'t, 'a> {
    /// The sight of a run while an event is at hand.
    pub fn new(turn: &'t Turn<'a>, run: RunIx, on: Option<&'t Occurrence>) -> Self {
        Sight {
            turn,
            run,
            on,
            failed: RefCell::new(None),
            decided: RefCell::default(),
            made: RefCell::default(),
        }
    }

    fn chart(&self) -> &'a Chart {
        self.turn.chart(self.run)
    }

    fn this(&self) -> &Run {
        self.turn.run(self.run)
    }

    /// The main run as a context.
    fn case(&self) -> Value {
        let own = Word::OF_CASE.map(|word| (word, self.of_case(word)));
        with_fields(self.turn.definition.main(), self.turn.case.main(), own)
    }

    fn of_case(&self, word: Word) -> Value {
        let case = &self.turn.case;
        match word {
            Word::Id => Value::Text(case.id.0.clone()),
            Word::StartedAt => Value::instant(case.started_at),
            _ => state_of(self.turn.definition.main(), case.main()),
        }
    }

    /// What came with the event, and who sent it.
    fn event(&self) -> Value {
        let mut all = self.on.and_then(|o| o.data.as_context()).cloned().unwrap_or_default();
        all.extend(Word::OF_EVENT.map(|word| (word.name(), self.of_event(word))));
        Value::Context(Arc::new(all))
    }

    fn of_event(&self, word: Word) -> Value {
        let by = self.turn.by;
        match word {
            Word::By => Value::Text(by.id.clone()),
            Word::Organisation => by.organisation.clone().map_or(Value::Null, Value::Text),
            Word::Role => Value::Text(by.role.clone()),
            _ => self.on.map_or(Value::Null, |o| Value::Text(o.name.clone())),
        }
    }

    fn children(&self, kind: ChartIx) -> Value {
        let of_kind = self.turn.case.each_run().filter(|(_, run)| run.chart == kind);
        Value::list(of_kind.map(|(run, _)| self.turn.child(run)))
    }

    /// A field of a record among the variables, the record not made.
    fn field_of(&self, variable: &Variable, name: &str) -> Option<Value> {
        let turn = self.turn;
        let word = |of: &[Word]| of.iter().copied().find(|word| word.text() == name);
        Some(match variable {
            Variable::Case => match word(&Word::OF_CASE) {
                Some(word) => self.of_case(word),
                None => own_field(turn.definition.main(), turn.case.main(), name),
            },
            Variable::This => match word(&Word::OF_CHILD) {
                Some(word) => turn.of_child(self.run, word),
                None => own_field(self.chart(), self.this(), name),
            },
            Variable::Event => match word(&Word::OF_EVENT) {
                Some(word) => self.of_event(word),
                None => self.on.map_or(Value::Null, |o| follow(o.data.clone(), &[name])),
            },
            _ => return None,
        })
    }

    /// A formula's value as seen from here; a named condition without one fails it, too.
    pub fn eval(&self, formula: &Formula) -> Result<Value, EvalError> {
        let value = formula.eval(self)?;
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }

    fn condition(&self, formula: &Formula) -> Value {
        formula.eval(self).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            Value::Null
        })
    }

    /// What a table answers on the civil date of the event.
    fn ask(&self, table: &DecisionTable, arguments: &[Value]) -> Result<Value, EvalError> {
        let decided = table.ask(self.turn.today, arguments)?;
        let answer = decided.answer.clone();
        let mut kept = self.decided.borrow_mut();
        if kept.len() < DECIDED_MAX {
            kept.push(decided);
        }
        Ok(answer)
    }

    /// Keeps which rows of tables a value rests on.
    fn keep_rows(&self, formula: &Formula) {
        let decided = self.decided.take();
        if !decided.is_empty() {
            let (run, inputs) = (self.run, self.inputs_of(formula));
            let guard = formula.text().into();
            let reason = Reason { run, transition: None, guard, held: true, inputs, decided };
            self.turn.reasons.borrow_mut().push(reason);
        }
    }

    fn variable_of(&self, variable: &Variable) -> Value {
        match variable {
            Variable::Field(field) => self.this().data[field.at()].clone(),
            Variable::Case => self.case(),
            Variable::This => self.turn.child(self.run),
            Variable::Children(kind) => self.children(*kind),
            Variable::Parameter(p) => self.turn.definition.parameters[p.at()].on(self.turn.today).clone(),
            Variable::Condition(c) => self.condition(&self.chart().conditions[c.at()].formula),
            Variable::Event => self.event(),
            Variable::Today => Value::Date(self.turn.today),
            Variable::Now => Value::instant(self.turn.at),
        }
    }

    /// What a formula read, for the reasons.
    fn inputs_of(&self, formula: &Formula) -> Vec<(Name, Value)> {
        let mut inputs: Vec<(Name, Value)> = Vec::new();
        for read in formula.reads() {
            let name: Name = formula.text().get(read.span.clone()).unwrap_or_default().into();
            if inputs.iter().any(|(n, _)| *n == name) {
                continue;
            }
            let first = read.path.first().and_then(|field| Some((self.field(read.slot, field)?, 1)));
            let (value, from) = first.unwrap_or_else(|| (self.variable(read.slot), 0));
            inputs.push((name, follow(value, &read.path[from..])));
        }
        inputs
    }
}

impl Inputs for Sight<'_, '_> {
    fn variable(&self, slot: Slot) -> Value {
        let variable = &self.chart().variables[slot.0 as usize];
        let at_hand =
            matches!(variable, Variable::Field(_) | Variable::Parameter(_) | Variable::Today | Variable::Now);
        if at_hand {
            return self.variable_of(variable);
        }
        let made =
            self.made.borrow().iter().find(|(known, _)| *known == slot).map(|(_, value)| value.clone());
        made.unwrap_or_else(|| {
            let value = self.variable_of(variable);
            self.made.borrow_mut().push((slot, value.clone()));
            value
        })
    }

    fn field(&self, slot: Slot, name: &str) -> Option<Value> {
        self.field_of(&self.chart().variables[slot.0 as usize], name)
    }

    fn call(&self, function: HostFn, args: &[Value]) -> Result<Value, EvalError> {
        let name = args.first().and_then(Value::as_text).unwrap_or_default();
        let (chart, run) = (self.chart(), self.this());
        let at = match chart.functions[function.0 as usize] {
            HostCall::In => return Ok(Value::Bool(chart.find_state(name).is_some_and(|s| run.is_in(s)))),
            HostCall::Due => chart.find_clock(name).and_then(|c| run.due(c)),
            HostCall::Entered => chart.find_state(name).and_then(|s| run.entered(s)),
            HostCall::Table(table) => return self.ask(&self.turn.definition.tables[table.at()], args),
        };
        Ok(at.map_or(Value::Null, Value::instant))
    }

    fn working_days(&self) -> Option<&dyn WorkingDays> {
        Some(self.turn.calendar)
    }
}

impl Turn<'_> {
    /// A formula's value.
    ///
    /// # Errors
    /// An incident when it has none.
    pub fn value(&self, run: RunIx, formula: &Formula, on: Option<&Occurrence>) -> Result<Value, Stop> {
        let sight = Sight::new(self, run, on);
        let value = sight.eval(formula).map_err(|e| Incident::formula(run, formula.text(), &e))?;
        sight.keep_rows(formula);
        Ok(value)
    }

    /// Values by name, as a context.
    ///
    /// # Errors
    /// As [`Turn::value`].
    pub fn context(
        &self,
        run: RunIx,
        data: &[(Name, Formula)],
        on: Option<&Occurrence>,
    ) -> Result<Value, Stop> {
        let mut values = Vec::with_capacity(data.len());
        for (name, formula) in data {
            values.push((name.clone(), self.value(run, formula, on)?));
        }
        Ok(Value::context(values))
    }

    /// Whether a value passes the tests of a field.
    ///
    /// # Errors
    /// An incident when a test has no value.
    pub fn matches(&self, run: RunIx, tests: &UnaryTests, value: &Value) -> Result<bool, Stop> {
        let sight = Sight::new(self, run, None);
        tests.matches(value, &sight).map_err(|e| Incident::formula(run, tests.text(), &e).into())
    }

    /// Whether a guard holds. Writes down why.
    ///
    /// # Errors
    /// An incident when a formula has no value or yields something else than true or false.
    pub fn holds(
        &mut self,
        run: RunIx,
        guard: &Guard,
        on: Option<&Occurrence>,
        transition: Option<TransitionIx>,
    ) -> Result<bool, Stop> {
        Ok(match guard {
            Guard::In(state) => self.run(run).is_in(*state),
            Guard::Not(inner) => !self.holds(run, inner, on, transition)?,
            Guard::All(all) => {
                for inner in all {
                    if !self.holds(run, inner, on, transition)? {
                        return Ok(false);
                    }
                }
                true
            }
            Guard::Either(some) => {
                for inner in some {
                    if self.holds(run, inner, on, transition)? {
                        return Ok(true);
                    }
                }
                false
            }
            Guard::Formula(formula) => {
                let sight = Sight::new(self, run, on);
                let value = sight.eval(formula).map_err(|e| Incident::formula(run, formula.text(), &e))?;
                let Value::Bool(held) = value else {
                    let wanted = ("是或否", "true or false");
                    return Err(Incident::wrong_kind(run, formula.text(), wanted, &value).into());
                };
                // Reading the inputs again may ask tables again: what was decided is taken before.
                let (guard, decided) = (formula.text().into(), sight.decided.take());
                let mut inputs = sight.inputs_of(formula);
                inputs.dedup_by(|a, b| a.0 == b.0);
                let reason = Reason { run, transition, guard, held, inputs, decided };
                self.reasons.borrow_mut().push(reason);
                held
            }
        })
    }
}

/// The value behind the fields of a path; null where there is none.
fn follow(value: Value, path: &[impl AsRef<str>]) -> Value {
    path.iter().fold(value, |value, field| {
        value.as_context().and_then(|c| c.get(field.as_ref())).cloned().unwrap_or(Value::Null)
    })
}

/// A field of a run's data; null when there is none of the name.
fn own_field(chart: &Chart, run: &Run, name: &str) -> Value {
    chart.find_field(name).map_or(Value::Null, |field| run.data[field.at()].clone())
}

/// The words that contexts have beside the fields of a run.
#[derive(Clone, Copy)]
enum Word {
    Active,
    By,
    Ended,
    EndedAt,
    Id,
    Key,
    Name,
    Number,
    Organisation,
    Role,
    Slot,
    StartedAt,
    State,
}

/// In the order of [`Word`].
const WORDS: [&str; 13] = [
    "active",
    "by",
    "ended",
    "ended_at",
    "id",
    "key",
    "name",
    "number",
    "organisation",
    "role",
    "slot",
    "started_at",
    "state",
];

/// Made once, for contexts are made by the million.
static NAMES: LazyLock<[Name; 13]> = LazyLock::new(|| WORDS.map(Name::from));

impl Word {
    const OF_CASE: [Word; 3] = [Word::Id, Word::StartedAt, Word::State];
    const OF_EVENT: [Word; 4] = [Word::By, Word::Name, Word::Organisation, Word::Role];
    const OF_CHILD: [Word; 8] = [
        Word::Active,
        Word::Ended,
        Word::EndedAt,
        Word::Key,
        Word::Number,
        Word::Slot,
        Word::StartedAt,
        Word::State,
    ];

    fn text(self) -> &'static str {
        WORDS[self as usize]
    }

    fn name(self) -> Name {
        NAMES[self as usize].clone()
    }
}

impl Turn<'_> {
    /// A child as its siblings and the main run see it; made once until the run changes.
    fn child(&self, run: RunIx) -> Value {
        self.seen(run, || {
            let own = Word::OF_CHILD.map(|word| (word, self.of_child(run, word)));
            with_fields(self.chart(run), self.run(run), own)
        })
    }

    fn of_child(&self, run: RunIx, word: Word) -> Value {
        let child = self.run(run);
        match word {
            Word::Active => Value::Bool(child.ended.is_none()),
            Word::Ended => child.ended.as_ref().map_or(Value::Null, |e| Value::Text(e.outcome.clone())),
            Word::EndedAt => child.ended.as_ref().map_or(Value::Null, |e| Value::instant(e.at)),
            Word::Key => child.key.clone(),
            Word::Number => Value::number(self.number_of(run)),
            Word::Slot => child.slot.map_or(Value::Null, |s| Value::number(i64::from(s))),
            Word::StartedAt => Value::instant(child.started_at),
            _ => state_of(self.chart(run), child),
        }
    }

    /// The how many-th of its kind a child is, from 1.
    fn number_of(&self, run: RunIx) -> i64 {
        let kind = self.run(run).chart;
        let elder = self.case.each_run().take_while(|(i, _)| *i < run).filter(|(_, r)| r.chart == kind);
        elder.fold(1, |number, _| number + 1)
    }
}

/// The name of the innermost active state last in the document; empty before the run has entered one.
fn state_of(chart: &Chart, run: &Run) -> Value {
    let innermost = run.active.iter().rev().find(|s| chart.state(**s).children.is_empty());
    innermost.map_or_else(|| Value::text(""), |s| Value::Text(chart.state(*s).name.clone()))
}

fn with_fields<const N: usize>(chart: &Chart, run: &Run, own: [(Word, Value); N]) -> Value {
    let fields = chart.fields.iter().zip(&run.data).map(|(f, v)| (f.name.clone(), v.clone()));
    let own = own.into_iter().map(|(word, value)| (word.name(), value));
    Value::Context(Arc::new(fields.chain(own).collect()))
}
