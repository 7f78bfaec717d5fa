//! All tests of the arithmetic of a policy in one program: twenty of their own take minutes to link.

mod formula_docs;
mod formula_feel;
mod formula_limits;
mod formula_policy;
mod formula_soundness;
mod formula_unary;
mod money_laws;
mod table_answers;
mod table_docs;
mod table_findings;
mod table_formula;
mod table_laws;
mod table_settlement;
mod time_calendars;
mod time_clocks;
mod time_deadlines;
mod time_laws;
mod time_periods;
mod time_support;
mod uscc_codes;
mod weekdays;
