//! What formulas see of a case: its data, children, parameters, clocks and the event at hand.

use std::cell::RefCell;
use std::sync::Arc;

use expr::formula::{EvalError, Formula, HostFn, Inputs, Slot, UnaryTests, WorkingDays};
use expr::value::Value;

use crate::case::Run;
use crate::chart::{Chart, Guard, HostCall, Variable};
use crate::ids::{ChartIx, Name, RunIx, TransitionIx};
use crate::incident::Incident;
use crate::reason::Reason;
use crate::turn::{Occurrence, Stop, Turn};

/// The case as the formulas of one run see it at one moment.
pub struct Sight<'t, 'a> {
    turn: &'t Turn<'a>,
    run: RunIx,
    on: Option<&'t Occurrence>,
    /// A named condition read on the way that has no value.
    failed: RefCell<Option<EvalError>>,
}

impl<'t, 'a> Sight<'t, 'a> {
    /// The sight of a run while an event is at hand.
    pub fn new(turn: &'t Turn<'a>, run: RunIx, on: Option<&'t Occurrence>) -> Self {
        Sight { turn, run, on, failed: RefCell::new(None) }
    }

    fn chart(&self) -> &'a Chart {
        self.turn.chart(self.run)
    }

    fn this(&self) -> &Run {
        self.turn.run(self.run)
    }

    /// The main run as a context.
    fn case(&self) -> Value {
        let main = self.turn.case.main();
        let chart = self.turn.definition.main();
        let own = [
            ("id", Value::text(&*self.turn.case.id.0)),
            ("started_at", Value::instant(self.turn.case.started_at)),
            ("state", state_of(chart, main)),
        ];
        with_fields(chart, main, own)
    }

    /// What came with the event, and who sent it.
    fn event(&self) -> Value {
        let by = self.turn.by;
        let organisation = by.organisation.as_ref().map_or(Value::Null, |o| Value::text(&**o));
        let name = self.on.map_or(Value::Null, |o| Value::text(&*o.name));
        let own = [
            ("by", Value::text(&*by.id)),
            ("name", name),
            ("organisation", organisation),
            ("role", Value::text(&*by.role)),
        ];
        match self.on.and_then(|o| o.data.as_context()) {
            Some(data) => {
                let mut all = data.clone();
                all.extend(own.map(|(k, v)| (Name::from(k), v)));
                Value::Context(Arc::new(all))
            }
            None => Value::context(own),
        }
    }

    fn children(&self, kind: ChartIx) -> Value {
        let chart = self.turn.definition.chart(kind);
        let of_kind = self.turn.case.runs.iter().filter(|r| r.chart == kind);
        Value::list((1i64..).zip(of_kind).map(|(number, run)| child(chart, run, number)))
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

    fn variable_of(&self, variable: &Variable) -> Value {
        match variable {
            Variable::Field(field) => self.this().data[field.at()].clone(),
            Variable::Case => self.case(),
            Variable::This => child(self.chart(), self.this(), 1),
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
            inputs.push((name, follow(self.variable(read.slot), &read.path)));
        }
        inputs
    }
}

impl Inputs for Sight<'_, '_> {
    fn variable(&self, slot: Slot) -> Value {
        self.variable_of(&self.chart().variables[slot.0 as usize])
    }

    fn call(&self, function: HostFn, args: &[Value]) -> Result<Value, EvalError> {
        let name = args.first().and_then(Value::as_text).unwrap_or_default();
        let (chart, run) = (self.chart(), self.this());
        let at = match chart.functions[function.0 as usize] {
            HostCall::In => return Ok(Value::Bool(chart.find_state(name).is_some_and(|s| run.is_in(s)))),
            HostCall::Due => chart.find_clock(name).and_then(|c| run.due(c)),
            HostCall::Entered => chart.find_state(name).and_then(|s| run.entered(s)),
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
        sight.eval(formula).map_err(|e| Incident::formula(run, formula.text(), &e).into())
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
                let mut inputs = sight.inputs_of(formula);
                inputs.dedup_by(|a, b| a.0 == b.0);
                self.reasons.push(Reason { run, transition, guard: formula.text().into(), held, inputs });
                held
            }
        })
    }
}

/// The value behind the fields of a path; null where there is none.
fn follow(value: Value, path: &[String]) -> Value {
    path.iter().fold(value, |value, field| {
        value.as_context().and_then(|c| c.get(field.as_str())).cloned().unwrap_or(Value::Null)
    })
}

/// A child as its siblings and the main run see it.
fn child(chart: &Chart, run: &Run, number: i64) -> Value {
    let own = [
        ("active", Value::Bool(run.ended.is_none())),
        ("ended", run.ended.as_ref().map_or(Value::Null, |e| Value::text(&*e.outcome))),
        ("ended_at", run.ended.as_ref().map_or(Value::Null, |e| Value::instant(e.at))),
        ("key", run.key.clone()),
        ("number", Value::number(number)),
        ("slot", run.slot.map_or(Value::Null, |s| Value::number(i64::from(s)))),
        ("started_at", Value::instant(run.started_at)),
        ("state", state_of(chart, run)),
    ];
    with_fields(chart, run, own)
}

/// The name of the innermost active state last in the document; empty before the run has entered one.
fn state_of(chart: &Chart, run: &Run) -> Value {
    let innermost = run.active.iter().rev().find(|s| chart.state(**s).children.is_empty());
    innermost.map_or_else(|| Value::text(""), |s| Value::text(&*chart.state(*s).name))
}

fn with_fields<const N: usize>(chart: &Chart, run: &Run, own: [(&str, Value); N]) -> Value {
    let fields = chart.fields.iter().zip(&run.data).map(|(f, v)| (f.name.clone(), v.clone()));
    let own = own.into_iter().map(|(k, v)| (Name::from(k), v));
    Value::context(fields.chain(own))
}
