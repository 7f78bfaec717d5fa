//! Rankings over rows: rank, how many share it, standing, award; in pools of their own where the rule says so.

use std::collections::BTreeMap;

use expr::money::Yuan;
use expr::table::ranking::{Direction, Party, Placed, Population, Ranking, Standing, Ties};
use expr::value::Value;
use language::rules::{Column, Rank};
use rust_decimal::Decimal;

use crate::Stopped;
use crate::frame::Fixed;
use crate::gather::{Key, pick};

/// Puts the four columns of a ranking behind every row.
pub fn rank(
    rule: &Rank,
    columns: &[Column],
    fixed: &Fixed<'_>,
    rows: &mut [Vec<Value>],
) -> Result<(), Stopped> {
    let mut pools: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        pools.entry(pick(row, rule.pool.iter().copied())).or_default().push(at);
    }
    let keys = keys(rule, columns, fixed)?;
    let ranking = ranking(rule, &keys, fixed)?;
    let prizes = prizes(rule, fixed)?;
    for pool in pools.values() {
        pool_of(rule, &ranking, &keys, &prizes, fixed, rows, pool)?;
    }
    Ok(())
}

fn pool_of(
    rule: &Rank,
    ranking: &Ranking,
    keys: &[(usize, Direction)],
    prizes: &[Yuan],
    fixed: &Fixed<'_>,
    rows: &mut [Vec<Value>],
    pool: &[usize],
) -> Result<(), Stopped> {
    let mut parties = Vec::new();
    for at in pool {
        let row = &rows[*at];
        let qualified = match &rule.qualified {
            Some(formula) => fixed.holds(formula, row)?,
            None => true,
        };
        let keys = keys.iter().map(|(key, _)| row[*key].as_number().unwrap_or_default()).collect();
        parties.push(Party { id: row[rule.id].plain(), keys, qualified });
    }
    let told = |error: expr::table::ranking::Unrankable| Stopped::new(error.to_string(), error.to_string());
    let placed = ranking.place(&parties).map_err(told)?;
    let awards = ranking.award(&parties, prizes).map_err(told)?;
    for (at, party) in pool.iter().zip(&parties) {
        let found = placed.iter().find(|one| one.id == party.id);
        let award = awards.awards.iter().find(|one| one.id == party.id).map_or(Yuan::ZERO, |one| one.amount);
        let undecided = found.is_some_and(|one| differ(ranking, one, prizes));
        let standing = match found {
            Some(_) if undecided => Standing::Undecided,
            Some(one) => one.standing,
            None => Standing::Unqualified,
        };
        let award = if standing == Standing::Admitted { award } else { Yuan::ZERO };
        let (rank, equals) = found.map_or((0, 0), |one| (one.rank, one.equals));
        rows[*at].extend([
            Value::number(rank as u64),
            Value::number(equals as u64),
            Value::text(word(standing)),
            Value::Number(award.into()),
        ]);
    }
    Ok(())
}

/// Whether equals take places with different prizes where a person is to decide.
fn differ(ranking: &Ranking, one: &Placed, prizes: &[Yuan]) -> bool {
    let prize = |place: usize| prizes.get(place).copied().unwrap_or_default();
    let places = one.rank - 1..one.rank - 1 + one.equals;
    ranking.ties == Ties::Manual
        && one.standing == Standing::Admitted
        && places.clone().any(|place| prize(place) != prize(places.start))
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Admitted => "admitted",
        Standing::Beyond => "beyond",
        Standing::Unqualified => "unqualified",
        Standing::Undecided => "undecided",
        Standing::TiedOut => "tied_out",
    }
}

/// The columns to rank by, with their directions.
fn keys(rule: &Rank, columns: &[Column], fixed: &Fixed<'_>) -> Result<Vec<(usize, Direction)>, Stopped> {
    let by = fixed.eval(&rule.by, &[])?;
    let texts = by.as_list().unwrap_or_default();
    texts.iter().map(|text| key(text.as_text().unwrap_or_default(), columns)).collect()
}

fn key(text: &str, columns: &[Column]) -> Result<(usize, Direction), Stopped> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let direction = match words.next() {
        Some("asc") => Direction::Ascending,
        Some("desc") | None => Direction::Descending,
        Some(other) => {
            return Err(Stopped::new(
                format!("排名方向“{other}”：写 desc 或 asc"),
                format!("the direction `{other}`: desc or asc"),
            ));
        }
    };
    let known = columns.iter().map(|column| &*column.name);
    let at = columns.iter().position(|column| *column.name == *name).ok_or_else(|| {
        let known = known.collect::<Vec<_>>().join(", ");
        Stopped::new(
            format!("排名要按“{name}”，清单里没有这一列；有 {known}"),
            format!("the ranking goes by `{name}`, which is no column; there are {known}"),
        )
    })?;
    Ok((at, direction))
}

fn ranking(rule: &Rank, keys: &[(usize, Direction)], fixed: &Fixed<'_>) -> Result<Ranking, Stopped> {
    let top = fixed.number(&rule.top, &[])?.unwrap_or(Decimal::ZERO).normalize().to_string();
    let population = fixed.eval(&rule.population, &[])?;
    let population = match population.as_text() {
        Some("qualified") => Population::Qualified,
        Some("all") => Population::All,
        other => return Err(unknown("population", other, "qualified, all")),
    };
    let ties = fixed.eval(&rule.ties, &[])?;
    let ties = match ties.as_text() {
        Some("admit_all") => Ties::AdmitAll,
        Some("reject_all") => Ties::RejectAll,
        Some("manual") => Ties::Manual,
        Some("share_positions") => Ties::SharePositions,
        Some("same_rank_same_award") => Ties::SameRankSameAward,
        other => {
            let known = "admit_all, reject_all, manual, share_positions, same_rank_same_award";
            return Err(unknown("ties", other, known));
        }
    };
    let keys = keys.iter().map(|(_, direction)| *direction).collect();
    let top =
        top.parse().map_err(|_| Stopped::new("名额要是整数", "the number of places is no whole number"))?;
    Ok(Ranking { keys, top, population, ties })
}

fn unknown(what: &str, found: Option<&str>, known: &str) -> Stopped {
    let found = found.unwrap_or_default();
    Stopped::new(
        format!("`{what}` 不能是“{found}”：可用 {known}"),
        format!("`{what}` cannot be `{found}`: one of {known}"),
    )
}

fn prizes(rule: &Rank, fixed: &Fixed<'_>) -> Result<Vec<Yuan>, Stopped> {
    let prizes = fixed.eval(&rule.prizes, &[])?;
    let amounts = prizes.as_list().unwrap_or_default().iter();
    amounts
        .map(|amount| {
            Yuan::exact(amount.as_number().unwrap_or_default())
                .map_err(|error| Stopped::new(error.text(expr::lang::Lang::Zh), error.to_string()))
        })
        .collect()
}
