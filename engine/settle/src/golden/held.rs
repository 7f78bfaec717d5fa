//! One worked case: what it gives becomes rows and parameters, what it expects is read out of the lists.

use std::collections::BTreeMap;

use expr::value::{Type, Value, date};
use language::rules::Book;
use language::words::Words;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::mapping::{Answer, Case, Given, Mapping, Way};
use crate::outcome::exceptions;
use crate::{Data, Rows, Run, Stopped};

/// The year of cases that name none.
const YEAR: i16 = 2019;

/// Everything in which a case differs from the rules.
pub fn hold(id: &str, inputs: &str, expected: &str, book: &Book, mapping: &Mapping) -> Vec<Words> {
    match held(id, inputs, expected, book, mapping) {
        Ok(differs) => differs,
        Err(stopped) => vec![stopped.words],
    }
}

fn held(
    id: &str,
    inputs: &str,
    expected: &str,
    book: &Book,
    mapping: &Mapping,
) -> Result<Vec<Words>, Stopped> {
    let Some(case) = mapping.cases.get(id) else {
        return Err(Stopped::new(
            format!("golden.yaml 里没有 {id}"),
            format!("golden.yaml says nothing of {id}"),
        ));
    };
    let mut inputs = object(inputs, "inputs")?;
    let expected = object(expected, "expected")?;
    if let Some(first) = &case.first {
        let found = answers(first, &inputs, book)?;
        inputs.extend(found);
    }
    let found = answers(case, &inputs, book)?;
    let mut differs = Vec::new();
    for (key, wanted) in &expected {
        match found.get(key).or_else(|| inputs.get(key).filter(|_| case.first.is_some())) {
            Some(found) if same(wanted, found) => {}
            Some(found) => differs.push(Words::new(
                format!("{key} 应为 {wanted}，实际为 {found}"),
                format!("{key} should be {wanted}, but is {found}"),
            )),
            None => differs.push(Words::new(
                format!("golden.yaml 没有说 {key} 从哪里来"),
                format!("golden.yaml does not say where {key} is read"),
            )),
        }
    }
    Ok(differs)
}

fn object(text: &str, what: &str) -> Result<Map<String, Json>, Stopped> {
    match serde_json::from_str(text) {
        Ok(Json::Object(map)) => Ok(map),
        Ok(_) => Err(Stopped::new(format!("{what} 不是 JSON 对象"), format!("{what} is no JSON object"))),
        Err(error) => {
            Err(Stopped::new(format!("{what} 读不出来：{error}"), format!("{what} cannot be read: {error}")))
        }
    }
}

/// Whether two answers say the same: numbers by value, lists without order.
fn same(wanted: &Json, found: &Json) -> bool {
    match (wanted, found) {
        (Json::Array(wanted), Json::Array(found)) => {
            let sorted = |all: &[Json]| {
                let mut all: Vec<String> = all.iter().map(Json::to_string).collect();
                all.sort();
                all
            };
            sorted(wanted) == sorted(found)
        }
        (Json::Object(wanted), Json::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(key, wanted)| found.get(key).is_some_and(|found| same(wanted, found)))
        }
        (Json::Bool(wanted), Json::Bool(found)) => wanted == found,
        _ => match (number(wanted), number(found)) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => wanted == found,
        },
    }
}

fn number(json: &Json) -> Option<Decimal> {
    match json {
        Json::String(text) => text.parse().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn answers(case: &Case, inputs: &Map<String, Json>, book: &Book) -> Result<Map<String, Json>, Stopped> {
    let mut data = Data::default();
    let nothing = Given { each: vec![String::new()], ..Given::default() };
    for (list, given) in &case.given {
        let is = |(key, wanted): (&String, &String)| inputs.get(key).and_then(Json::as_str) == Some(wanted);
        let given = if given.only.iter().all(is) { given } else { &nothing };
        let rows = rows(given, inputs, book, *list)?;
        data.lists.insert(*list, rows);
    }
    let values = parameters(case, inputs, book)?;
    let run = Run::with_parameters(book, &data, YEAR, &values);
    let mut all = Map::new();
    for (key, answer) in &case.answers {
        all.insert(key.clone(), read(&run, answer)?);
    }
    Ok(all)
}

fn parameters(
    case: &Case,
    inputs: &Map<String, Json>,
    book: &Book,
) -> Result<BTreeMap<(usize, usize), Value>, Stopped> {
    let mut values = BTreeMap::new();
    let known = &book.rules[case.rule].parameters;
    let whole = Json::Object(inputs.clone());
    for (path, name) in &case.figures {
        let at = known.iter().position(|parameter| *parameter.name == **name);
        if let (Some(at), Some(json)) = (at, find(&whole, path)) {
            values.insert((case.rule, at), typed(json, &known[at].ty)?);
        }
    }
    let Some(Json::Object(params)) = inputs.get("params") else { return Ok(values) };
    for (word, json) in params {
        let Some((name, words)) = case.parameters.get(word) else {
            return Err(Stopped::new(
                format!("golden.yaml 的 parameters 里没有 {word}"),
                format!("golden.yaml has no parameter for {word}"),
            ));
        };
        let Some(at) = known.iter().position(|parameter| *parameter.name == **name) else { continue };
        let value = typed(&meant(json, words), &known[at].ty)?;
        values.insert((case.rule, at), value.clone());
        // A parameter of the whole book has the same value in every rule.
        for (rule, other) in book.rules.iter().enumerate() {
            let shared = other.parameters.get(at).is_some_and(|it| *it == known[at]);
            if shared && rule != case.rule {
                values.insert((rule, at), value.clone());
            }
        }
    }
    Ok(values)
}

/// A value with the rules' words for the table's.
fn meant(json: &Json, words: &BTreeMap<String, String>) -> Json {
    match json {
        Json::String(text) => Json::String(words.get(text).unwrap_or(text).clone()),
        Json::Array(items) => Json::Array(items.iter().map(|item| meant(item, words)).collect()),
        other => other.clone(),
    }
}

/// A value of JSON as one of a type.
fn typed(json: &Json, ty: &Type) -> Result<Value, Stopped> {
    let bad = || {
        Stopped::new(format!("{json} 不是{}", ty.name(expr::lang::Lang::Zh)), format!("{json} is no {ty}"))
    };
    Ok(match (json, ty.known()) {
        (Json::Null, _) => Value::Null,
        (Json::Array(items), Type::List(item)) => {
            Value::list(items.iter().map(|it| typed(&row_of(it, item), item)).collect::<Result<Vec<_>, _>>()?)
        }
        (Json::Object(map), Type::Context(fields)) => {
            let mut entries = Vec::new();
            for (name, ty) in fields.iter() {
                let given = map.get(&**name).ok_or_else(bad)?;
                entries.push((name.to_string(), typed(given, ty)?));
            }
            Value::context(entries)
        }
        (Json::Bool(yes), Type::Bool) => Value::Bool(*yes),
        (Json::String(text), Type::Bool) => Value::Bool(text == "true"),
        (Json::String(text), Type::Date) => date(text).map(Value::Date).ok_or_else(bad)?,
        (Json::String(text), Type::Text | Type::Choice(_)) => Value::text(text),
        (Json::Number(it), Type::Text) => Value::text(it.to_string()),
        (Json::String(text), Type::List(item)) => Value::list([typed(&Json::String(text.clone()), item)?]),
        (json, Type::Text) => Value::text(json.to_string()),
        (json, _) => Value::Number(number(json).ok_or_else(bad)?),
    })
}

/// `["amount", "desc"]` where a text is wanted is `amount desc`; `["A", "5"]` where a record is wanted has its fields in
/// their order.
fn row_of(json: &Json, ty: &Type) -> Json {
    match (json, ty.known()) {
        (Json::Array(items), Type::Text) => {
            Json::String(items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "))
        }
        (Json::Array(items), Type::Context(fields)) => {
            // The name first, then the limit: texts before numbers.
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(_, ty)| **ty != Type::Text);
            let named =
                names.into_iter().zip(items).map(|((name, _), item)| (name.to_string(), item.clone()));
            Json::Object(named.collect())
        }
        _ => json.clone(),
    }
}

/// The rows that are given for a list.
fn rows(given: &Given, inputs: &Map<String, Json>, book: &Book, list: usize) -> Result<Rows, Stopped> {
    let columns = &book.lists[list].columns;
    let mut rows = Rows::new(columns.iter().map(|column| &column.ty));
    let whole = Json::Object(inputs.clone());
    let found = given.each.iter().find_map(|key| Some((key, inputs.get(key)?)));
    let entries: Vec<&Json> = match found {
        Some((_, Json::Array(items))) => items.iter().collect(),
        Some((_, one)) => vec![one],
        None if given.each.is_empty() => vec![&whole],
        None => Vec::new(),
    };
    let from = |(_, from, others): &(String, i64, BTreeMap<String, i64>)| {
        found.and_then(|(key, _)| others.get(key)).copied().unwrap_or(*from)
    };
    for (at, entry) in entries.iter().enumerate() {
        let mut row = Vec::new();
        for column in columns {
            let name = &*column.name;
            let key = given.columns.get(name).map_or(name, String::as_str);
            let own = given.value.as_deref() == Some(name) && !entry.is_object();
            let found = if own { Some(*entry) } else { find(entry, key) };
            let counted = given.count.as_ref().filter(|(column, ..)| column == name);
            let constant = given.constants.get(name).map(|text| Json::String(text.clone()));
            let ordinal = counted.map(|count| Json::from(from(count) + i64::try_from(at).unwrap_or(0)));
            let value = match found.or(ordinal.as_ref()).or(constant.as_ref()) {
                Some(json) => typed(json, &column.ty)?,
                None => Value::Null,
            };
            row.push(match value {
                Value::Number(number) if given.percent.iter().any(|it| it == name) => {
                    Value::Number(number / Decimal::ONE_HUNDRED)
                }
                value => value,
            });
        }
        rows.push(u32::try_from(at + 1).unwrap_or(u32::MAX), row);
    }
    Ok(rows)
}

/// The value at a path of keys, `shares.fund`.
fn find<'j>(entry: &'j Json, path: &str) -> Option<&'j Json> {
    path.split('.').try_fold(entry, |json, key| json.get(key))
}

fn read(run: &Run<'_>, answer: &Answer) -> Result<Json, Stopped> {
    match &answer.way {
        Way::Cell(column) => cell(run, answer, column),
        Way::Exceptions => {
            let mut found = Vec::new();
            answer.of.iter().try_for_each(|list| exceptions(run, *list, &mut found))?;
            let told = found.into_iter().map(|it| match it.subject {
                Some(subject) => Json::String(format!("{subject}:{}", it.code)),
                None => Json::String(it.code.to_string()),
            });
            Ok(Json::Array(told.collect()))
        }
        Way::Map { by, column } => {
            let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
            each_cell(run, answer, &[by, column], &mut |cells| {
                let amount = cells[1].as_number().unwrap_or_default();
                *sums.entry(cells[0].plain()).or_default() += amount;
            })?;
            sums.retain(|_, amount| !amount.is_zero());
            Ok(Json::Object(sums.into_iter().map(|(key, it)| (key, Json::String(it.to_string()))).collect()))
        }
        Way::Values(column) => {
            let mut all = std::collections::BTreeSet::new();
            each_cell(run, answer, &[column], &mut |cells| {
                if !cells[0].is_null() {
                    all.insert(cells[0].plain());
                }
            })?;
            Ok(Json::Array(all.into_iter().map(Json::String).collect()))
        }
        Way::Sum(column) => {
            let mut sum = Decimal::ZERO;
            each_cell(run, answer, &[column], &mut |cells| sum += cells[0].as_number().unwrap_or_default())?;
            Ok(Json::String(sum.to_string()))
        }
        Way::Undecided(column) => {
            let mut all = Vec::new();
            let standing = "standing".to_owned();
            each_cell(run, answer, &[column, &standing], &mut |cells| {
                if cells[1].as_text() == Some("undecided") {
                    all.push(Json::String(cells[0].plain()));
                }
            })?;
            Ok(Json::Array(all))
        }
    }
}

fn cell(run: &Run<'_>, answer: &Answer, column: &str) -> Result<Json, Stopped> {
    let mut found = None;
    let column = column.to_owned();
    each_cell(run, answer, &[&column], &mut |cells| found = Some(cells[0].clone()))?;
    Ok(match (found, &answer.otherwise) {
        (Some(value), _) => json(&value),
        (None, Some(otherwise)) => match otherwise.as_str() {
            "false" => Json::Bool(false),
            "true" => Json::Bool(true),
            text => Json::String(text.to_owned()),
        },
        (None, None) => Json::Null,
    })
}

/// Reads some cells of every row of the lists; `shares.fund` reads into a record.
fn each_cell(
    run: &Run<'_>,
    answer: &Answer,
    names: &[&String],
    f: &mut dyn FnMut(&[Value]),
) -> Result<(), Stopped> {
    for list in &answer.of {
        let columns = &run.book.lists[*list];
        run.each(*list, &mut |row, _| {
            let cells: Vec<Value> = names
                .iter()
                .map(|name| {
                    let (column, path) =
                        name.split_once('.').map_or((name.as_str(), None), |(c, p)| (c, Some(p)));
                    let value = columns.column(column).map(|at| row[at].clone()).unwrap_or_default();
                    match (path, value.as_context()) {
                        (Some(path), Some(context)) => context.get(path).cloned().unwrap_or_default(),
                        _ => value,
                    }
                })
                .collect();
            f(&cells);
            Ok(())
        })?;
    }
    Ok(())
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Number(number) => Json::String(number.normalize().to_string()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Context(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.to_string(), json(value))).collect())
        }
        other => Json::String(other.plain()),
    }
}
