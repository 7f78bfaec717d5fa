//! A calendar without holidays, for examples about working days.

use expr::formula::{Inputs, Slot, WorkingDays};
use expr::value::Value;
use jiff::civil::{Date, Weekday};

/// Monday to Friday.
pub struct Weekdays;

impl WorkingDays for Weekdays {
    fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
}

impl Inputs for Weekdays {
    fn variable(&self, _: Slot) -> Value {
        Value::Null
    }

    fn working_days(&self) -> Option<&dyn WorkingDays> {
        Some(self)
    }
}
