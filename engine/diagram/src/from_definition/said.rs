//! Guards, actions and limits of a definition as short texts: for labels, notes and other tools.

use expr::formula::Formula;
use expr::lang::Lang;
use expr::value::Value;
use machine::action::{Action, Destination, Reach, Recipient, Which};
use machine::chart::{Chart, Guard};
use machine::definition::Definition;
use machine::ids::Name;

/// A guard as one formula.
pub fn guard(chart: &Chart, guard: &Guard) -> String {
    match guard {
        Guard::Formula(formula) => formula.text().to_owned(),
        Guard::In(state) => format!("in(\"{}\")", chart.state(*state).name),
        Guard::Not(inner) => format!("not({})", self::guard(chart, inner)),
        Guard::All(all) => joined(chart, all, " and "),
        Guard::Either(some) => joined(chart, some, " or "),
    }
}

fn joined(chart: &Chart, guards: &[Guard], word: &str) -> String {
    let parts: Vec<String> = guards.iter().map(|inner| format!("({})", guard(chart, inner))).collect();
    parts.join(word)
}

/// How long, or how many: the value where the formula always gives the same or names a parameter (its
/// latest value), the formula itself otherwise.
pub fn quantity(definition: &Definition, formula: &Formula, lang: Lang) -> String {
    match known(definition, formula) {
        Some(Value::Period(period)) => period.quantity(lang),
        Some(value) => value.plain(),
        None => formula.text().to_owned(),
    }
}

/// Whether that is a period of no time.
pub fn is_nothing(definition: &Definition, formula: &Formula) -> bool {
    matches!(known(definition, formula), Some(Value::Period(period)) if period.n == 0)
}

fn known<'d>(definition: &'d Definition, formula: &'d Formula) -> Option<&'d Value> {
    let parameter = definition.find_parameter(formula.text().trim()).map(|p| &definition.parameters[p.at()]);
    parameter.and_then(|p| p.values.last()).map(|dated| &dated.value).or(formula.as_constant())
}

/// An action as a short call: `set renewals = renewals + 1`, `notify ent_agent: offer_received`.
pub fn action(definition: &Definition, chart: &Chart, it: &Action) -> String {
    match it {
        Action::Set { field, value } => format!("set {} = {}", chart.fields[field.at()].name, value.text()),
        Action::Raise { event, data } => format!("raise {event}{}", with(data)),
        Action::Send { event, to, delay, data, .. } => {
            let after = delay.as_ref().map(|d| format!(" after {}", d.text())).unwrap_or_default();
            format!("send {event} to {}{after}{}", destination(definition, to), with(data))
        }
        Action::Cancel { id } => format!("cancel {id}"),
        Action::Start { child, key, .. } => {
            format!("start {} for {}", definition.chart(*child).name, key.text())
        }
        Action::Release => "release the place".to_owned(),
        Action::Notify { notice, to, .. } => {
            let to: Vec<String> = to.iter().map(|r| recipient(definition, r)).collect();
            format!("notify {}: {notice}", to.join(", "))
        }
        Action::Call { connector, .. } => format!("call {connector}"),
        Action::Record { code, .. } => format!("record {code}"),
        Action::Extend { clock, by } => format!("extend {} by {}", chart.clocks[clock.at()].name, by.text()),
        Action::Choose { branches } => {
            let parts = branches.iter().map(|(when, actions)| {
                let when =
                    when.as_ref().map_or_else(|| "else".to_owned(), |g| format!("if {}", guard(chart, g)));
                let actions: Vec<String> = actions.iter().map(|a| action(definition, chart, a)).collect();
                format!("{when}: {}", actions.join("; "))
            });
            parts.collect::<Vec<_>>().join(" | ")
        }
    }
}

fn with(data: &[(Name, Formula)]) -> String {
    let parts: Vec<String> = data.iter().map(|(name, value)| format!("{name}: {}", value.text())).collect();
    if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(", ")) }
}

fn destination(definition: &Definition, to: &Destination) -> String {
    match to {
        Destination::Own => "itself".to_owned(),
        Destination::Main => "the main process".to_owned(),
        Destination::Children { kind, which } => {
            let name = &definition.chart(*kind).name;
            match which {
                Which::All => name.to_string(),
                Which::Key(key) => format!("{name} {}", key.text()),
                Which::AllBut(key) => format!("{name} but {}", key.text()),
            }
        }
        Destination::Cases { process, reach: Reach::Correlated, key } => format!("{process} {}", key.text()),
        Destination::Cases { process, reach: Reach::Joined, key } => {
            format!("{process} joined by {}", key.text())
        }
    }
}

fn recipient(definition: &Definition, to: &Recipient) -> String {
    match to {
        Recipient::Role(role) => definition.roles[role.at()].name.to_string(),
        Recipient::Key => "key".to_owned(),
        Recipient::Named(formula) => formula.text().to_owned(),
    }
}
