//! One row of a step: its computed columns.

use std::str::FromStr;

use expr::money::Yuan;
use expr::table::allocation::{CarryOver, Grant, split_whole};
use expr::table::scale::{Mode, Scale, Tier};
use expr::value::Value;
use language::rules::{Carry, Form, Rows, Split, Tiers};
use rust_decimal::Decimal;

use crate::Stopped;
use crate::frame::Fixed;
use crate::gather::{Gathered, Index, pick};

/// What earlier years left, by what the rows agree in: year and amount.
pub type Left = std::collections::BTreeMap<crate::gather::Key, Vec<(Decimal, Decimal)>>;

/// What a column needs besides its row.
#[derive(Clone, Debug)]
pub enum Ready {
    /// Nothing.
    Row,
    /// Totals.
    Index(Index),
    /// What earlier years left.
    Left(Left),
}

/// The value of a column over the row so far.
pub fn value(form: &Form, ready: &Ready, fixed: &Fixed<'_>, row: &[Value]) -> Result<Value, Stopped> {
    match form {
        Form::Formula(formula) => fixed.eval(formula, row),
        Form::Total(total) => {
            let found = match (ready, &total.rows) {
                (Ready::Index(index), Rows::Own { per, before }) => {
                    let order = pick(row, before.iter().flatten().copied());
                    index.find(&pick(row, per.iter().copied()), &order)
                }
                (Ready::Index(index), Rows::Other { on, .. }) => {
                    index.find(&pick(row, on.iter().map(|(_, our)| *our)), &[])
                }
                _ => None,
            };
            match (found, &total.otherwise) {
                (Some(found), _) => Ok(found),
                (None, Some(otherwise)) => fixed.eval(otherwise, row),
                (None, None) => Ok(Gathered::of_nothing(total.gather).unwrap_or_default()),
            }
        }
        Form::Tiers(tiers) => by_tiers(tiers, fixed, row),
        Form::Split(split) => parts(split, fixed, row),
        Form::Reasons(reasons) => {
            let mut all = Vec::new();
            for reason in reasons {
                if fixed.holds(&reason.when, row)? {
                    all.push(Value::text(&*reason.code));
                }
            }
            Ok(Value::list(all))
        }
        Form::Carry(carry) => match ready {
            Ready::Left(left) => account(carry, left, fixed, row),
            _ => Ok(Value::Null),
        },
    }
}

fn needed(value: Option<Decimal>, zh: &str, en: &str) -> Result<Decimal, Stopped> {
    value.ok_or_else(|| Stopped::new(format!("{zh}没有值"), format!("{en} is missing")))
}

fn by_tiers(tiers: &Tiers, fixed: &Fixed<'_>, row: &[Value]) -> Result<Value, Stopped> {
    let mut scale = Vec::new();
    for (from, included, rate) in &tiers.scale {
        scale.push(Tier {
            from: needed(fixed.number(from, row)?, "一档的起点", "the threshold of a tier")?,
            included: fixed.holds(included, row)?,
            rate: needed(fixed.number(rate, row)?, "一档的比例", "the rate of a tier")?,
        });
    }
    let mode = match fixed.eval(&tiers.mode, row)?.as_text() {
        Some("slab") => Mode::Slab,
        Some("marginal") => Mode::Marginal { first_whole: fixed.holds(&tiers.first_whole, row)? },
        other => {
            let other = other.unwrap_or_default();
            return Err(Stopped::new(
                format!("没有分档方式“{other}”：写 marginal 或 slab"),
                format!("there is no mode `{other}`: marginal or slab"),
            ));
        }
    };
    let amount = needed(fixed.number(&tiers.of, row)?, "分档的金额", "the amount for the tiers")?;
    let scale = Scale::new(scale, mode).map_err(|error| said(&error.to_string()))?;
    let scaled = scale.apply(amount).map_err(|error| said(&error.to_string()))?;
    Ok(Value::Number(scaled.amount))
}

fn said(what: &str) -> Stopped {
    Stopped::new(what, what)
}

fn yuan(value: Option<Decimal>, zh: &str, en: &str) -> Result<Yuan, Stopped> {
    let amount = needed(value, zh, en)?;
    Yuan::exact(amount).map_err(|error| {
        let (because_zh, because_en) = (error.text(expr::lang::Lang::Zh), error.text(expr::lang::Lang::En));
        Stopped::new(format!("{zh} {amount}：{because_zh}"), format!("{en} {amount}: {because_en}"))
    })
}

fn parts(split: &Split, fixed: &Fixed<'_>, row: &[Value]) -> Result<Value, Stopped> {
    let amount = yuan(fixed.number(&split.amount, row)?, "分摊的金额", "the amount to be split")?;
    let mut shares = Vec::new();
    for (_, share) in &split.into {
        shares.push(needed(fixed.number(share, row)?, "一方的比例", "a share")?);
    }
    let parts = split_whole(amount, &shares).map_err(|error| {
        let words = error.words();
        Stopped::new(words.zh, words.en)
    })?;
    let named = split.into.iter().zip(parts);
    Ok(Value::context(named.map(|((name, _), part)| (name.to_string(), Value::Number(part.into())))))
}

fn account(carry: &Carry, left: &Left, fixed: &Fixed<'_>, row: &[Value]) -> Result<Value, Stopped> {
    let year = needed(fixed.values.first().and_then(Value::as_number), "年度", "the year")?;
    let year = i16::from_str(&year.to_string()).map_err(|error| said(&error.to_string()))?;
    let key = pick(row, carry.on.iter().map(|(_, our)| *our));
    let mut carried = Vec::new();
    for (from, amount) in left.get(&key).into_iter().flatten() {
        let from = i16::from_str(&from.normalize().to_string()).map_err(|error| said(&error.to_string()))?;
        carried
            .push(Grant { year: from, left: yuan(Some(*amount), "结转的金额", "the amount carried")? });
    }
    let years = fixed.number(&carry.years, row)?.map(|years| u32::from_str(&years.to_string()));
    let years = years.transpose().map_err(|error| said(&error.to_string()))?;
    let payout_cap = match fixed.number(&carry.payout_cap, row)? {
        Some(cap) => Some(yuan(Some(cap), "支付上限", "the ceiling on what is paid")?),
        None => None,
    };
    let grant = yuan(fixed.number(&carry.grant, row)?, "当年额度", "the grant of the year")?;
    let call = yuan(fixed.number(&carry.call, row)?, "要用的金额", "what is called for")?;
    let rule = CarryOver { years, payout_cap };
    let done = rule.settle(year, &carried, grant, call).map_err(|error| {
        let words = error.words();
        Stopped::new(words.zh, words.en)
    })?;
    let carry_out = done.carry_out().map_err(|error| said(&error.to_string()))?;
    let given = [done.paid, done.from_carry, done.uncovered, done.expired, carry_out];
    let named = ["paid", "from_carry", "uncovered", "expired", "carry_out"].into_iter().zip(given);
    Ok(Value::context(named.map(|(name, amount)| (name, Value::Number(amount.into())))))
}
