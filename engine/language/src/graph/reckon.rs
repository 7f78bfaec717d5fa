//! What clocks come to: their periods, what they count from, and a year of days to try them on.

use expr::formula::{EvalError, Formula, HostFn, Inputs, Slot};
use expr::time::calendar::Calendar;
use expr::time::period::Period;
use expr::value::Value;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use machine::chart::{Chart, Clock, Guard, HostCall, Variable};
use machine::definition::Definition;
use machine::ids::StateIx;

/// The hour of the day at which trial periods begin: offices are open.
const BEGINS_AT: i8 = 9;

/// The period of a clock, where it is fixed or a parameter: as on the first day of the definition.
pub fn period(definition: &Definition, chart: &Chart, clock: &Clock) -> Option<Period> {
    if let Some(value) = clock.within.as_constant() {
        return value.as_period();
    }
    fixed_value(definition, chart, clock, &clock.within)?.as_period()
}

/// Whether a clock runs at all under the parameters of the first day; `true` where cases decide.
pub fn in_force(definition: &Definition, chart: &Chart, clock: &Clock) -> bool {
    let Some(Guard::Formula(when)) = &clock.when else { return true };
    fixed_value(definition, chart, clock, when).and_then(|value| value.as_bool()) != Some(false)
}

/// The value of a formula that reads nothing but parameters.
fn fixed_value(definition: &Definition, chart: &Chart, clock: &Clock, formula: &Formula) -> Option<Value> {
    let fixed = |read: &expr::formula::Read| {
        matches!(chart.variables.get(read.slot.0 as usize), Some(Variable::Parameter(_)))
    };
    let all = formula.reads().iter().all(fixed);
    all.then(|| formula.eval(&Sketch { definition, chart, owner: clock.owner }).ok()).flatten()
}

/// What a clock counts from, as a token: equal tokens are the same instant in every case.
pub fn anchor(definition: &Definition, chart: &Chart, clock: &Clock) -> Option<Timestamp> {
    let Some(from) = &clock.from else { return token(4, clock.owner.at()) };
    instant(definition, chart, clock.owner, from)
}

fn instant(definition: &Definition, chart: &Chart, owner: StateIx, formula: &Formula) -> Option<Timestamp> {
    formula.eval(&Sketch { definition, chart, owner }).ok()?.as_instant()
}

/// The days of the last published year, or of the year given when none is, with the instant of the
/// morning of each.
pub fn year(calendar: &Calendar, otherwise: i16) -> Vec<(Date, Timestamp)> {
    let published = calendar.facts().years.iter().map(|year| year.year).max();
    let first = date(published.unwrap_or(otherwise), 1, 1);
    let days = first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == first.year());
    days.filter_map(|day| {
        let morning = calendar.zone().to_timestamp(day.at(BEGINS_AT, 0, 0, 0)).ok()?;
        Some((day, morning))
    })
    .collect()
}

/// The year a definition begins in, for calendars without any.
pub fn first_year(definition: &Definition) -> i16 {
    definition.effective.map_or(2026, Date::year)
}

/// A case of which only the parameters are known; every instant is a token of its own.
struct Sketch<'d> {
    definition: &'d Definition,
    chart: &'d Chart,
    owner: StateIx,
}

/// Tokens are instants far in the past, one range for each sort of thing.
fn token(sort: i64, at: usize) -> Option<Timestamp> {
    let at = i64::try_from(at).ok()?;
    Timestamp::from_second(-40_000_000_000 + sort * 1_000_000 + at).ok()
}

fn value(sort: i64, at: usize) -> Value {
    token(sort, at).map_or(Value::Null, Value::instant)
}

impl Sketch<'_> {
    fn is_main(&self) -> bool {
        self.chart.child.is_none()
    }

    fn context(&self, chart: &Chart, sort: i64) -> Value {
        let fields = chart.fields.iter().enumerate().map(|(at, field)| (field.name.clone(), value(sort, at)));
        let begun = ("started_at".into(), value(sort, usize::from(u16::MAX)));
        Value::context(fields.chain([begun]))
    }
}

impl Inputs for Sketch<'_> {
    fn variable(&self, slot: Slot) -> Value {
        match self.chart.variables.get(slot.0 as usize) {
            Some(Variable::Parameter(parameter)) => {
                let decl = &self.definition.parameters[parameter.at()];
                let day = self.definition.effective.unwrap_or(Date::MAX);
                decl.on(day).clone()
            }
            Some(Variable::Field(field)) => value(if self.is_main() { 1 } else { 2 }, field.at()),
            Some(Variable::Case) => self.context(self.definition.main(), 1),
            Some(Variable::This) => self.context(self.chart, 2),
            Some(Variable::Now) => value(4, self.owner.at()),
            _ => Value::Null,
        }
    }

    fn call(&self, function: HostFn, arguments: &[Value]) -> Result<Value, EvalError> {
        let name = arguments.first().and_then(Value::as_text).unwrap_or_default();
        let call = self.chart.functions.get(function.0 as usize);
        Ok(match call {
            Some(HostCall::Due) => self.chart.find_clock(name).map_or(Value::Null, |it| value(3, it.at())),
            Some(HostCall::Entered) => {
                self.chart.find_state(name).map_or(Value::Null, |it| value(4, it.at()))
            }
            Some(HostCall::In | HostCall::Table(_)) | None => Value::Null,
        })
    }
}
