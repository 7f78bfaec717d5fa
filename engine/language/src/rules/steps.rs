//! Steps: each makes a list out of an earlier one.

use expr::formula::Formula;
use expr::value::Type;
use machine::ids::{Bilingual, Name};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::process::outline::{Declared, declared};
use crate::process::{Sort, names, pick};
use crate::tree::Node;
use crate::words;

use super::book::{Maker, anything};
use super::columns;
use super::{Coded, Column, Computed, List, Made, Rank, Step};

/// Reads every step of a rule; their lists follow those there are.
pub(super) fn read(root: &Node, maker: &mut Maker<'_, '_>) {
    let first = maker.lists.len();
    for it in declared(root, "steps") {
        names::check_ascii(Sort::List, &it.name, it.span, maker.desk);
        let other = maker.lists[first..].iter().find(|list| list.name == it.name).map(|list| list.span);
        if let Some(other) = other {
            maker.desk.say(names::twice(Sort::List, &it.name, it.span, Some(other)));
        }
        if let Some(list) = step(&it, maker) {
            maker.lists.push(list);
        }
    }
}

fn step(it: &Declared<'_>, maker: &mut Maker<'_, '_>) -> Option<List> {
    let node = it.node;
    let (text, span) = pick::text(node, "from")?;
    let from = maker.list(text, span)?;
    let source = maker.lists[from].columns.clone();
    let group = match node.get("group") {
        Some(_) => Some(maker.columns(node, "group", &source)?),
        None => None,
    };
    let mut seen: Vec<Column> = match &group {
        Some(keys) => keys.iter().map(|at| source[*at].clone()).collect(),
        None => source.clone(),
    };
    let mut computed = Vec::new();
    for (key, written) in pick::entries(node, "let") {
        maker.check_new(&key.text, key.span, &seen);
        let place = columns::Place { source: &source, seen: &seen, grouped: group.is_some() };
        let found = columns::read(key, written, &place, maker);
        // A column that could not be read is there all the same, so that only its own mistake is told.
        let (form, ty) = found.unwrap_or_else(|| (columns::nothing(), Type::Any));
        seen.push(Maker::new_column(&key.text, pick::title(written, &key.text), ty));
        let (basis, place) = (pick::name(written, "basis"), maker.place(key.span));
        computed.push(Computed { form, basis, place });
    }
    let rank = node.get("rank").and_then(|written| rank(written, &seen, maker));
    if node.get("rank").is_some() {
        seen.extend(ranked());
    }
    let exclude = coded(node, "exclude", &seen, maker);
    let remark = coded(node, "remark", &seen, maker);
    let keep = maker.formula(node, "where", &Type::Bool, &seen);
    let effect = maker.formula(node, "effect", &anything(), &seen);
    let subject = maker.formula(node, "subject", &anything(), &seen);
    if effect.is_none() && !(exclude.is_empty() && remark.is_empty()) && node.get("effect").is_none() {
        without_effect(it, maker);
    }
    let step = Step { from, group, columns: computed, keep, rank, exclude, remark, effect, subject };
    Some(List {
        name: it.name.clone(),
        title: pick::title(node, &it.name),
        basis: pick::name(node, "basis"),
        rule: Some(maker.before.len()),
        columns: seen,
        made: Made::Step(Box::new(step)),
        span: it.span,
        place: maker.place(it.span),
    })
}

fn without_effect(it: &Declared<'_>, maker: &mut Maker<'_, '_>) {
    let name = &it.name;
    maker.desk.say(
        Diagnostic::new(
            codes::NO_EFFECT,
            it.span,
            words!(
                "步骤 `{name}` 列出了行，却没有写影响多少元",
                "the step `{name}` lists rows and does not say their effect in yuan"
            ),
        )
        .advise(words!(
            "加上 `effect: amount * upper_rate`，没有影响写 `effect: 0元`",
            "add `effect: amount * upper_rate`, or `effect: 0元` for none"
        )),
    );
}

/// The columns a ranking adds.
fn ranked() -> [Column; 4] {
    let column = |name: &str, zh: &str, en: &str, ty| Maker::new_column(name, Bilingual::new(zh, en), ty);
    [
        column("rank", "名次", "Rank", Type::Integer),
        column("equals", "并列家数", "How many share the rank", Type::Integer),
        column("standing", "是否入围", "Standing", Type::choice(STANDINGS)),
        column("award", "奖额", "Award", Type::Money),
    ]
}

/// What a ranking says of a row.
pub const STANDINGS: [&str; 5] = ["admitted", "beyond", "unqualified", "undecided", "tied_out"];

/// The codes under a key, with their conditions.
pub(super) fn coded(node: &Node, key: &str, columns: &[Column], maker: &mut Maker<'_, '_>) -> Vec<Coded> {
    let mut all = Vec::new();
    for (code, written) in pick::entries(node, key) {
        names::check_ascii(Sort::Record, &code.text, code.span, maker.desk);
        let when = maker.formula(written, "when", &Type::Bool, columns);
        let words = pick::words(written, &code.text);
        all.extend(when.map(|when| Coded { code: Name::from(code.text.as_str()), words, when }));
    }
    all
}

fn rank(node: &Node, columns: &[Column], maker: &mut Maker<'_, '_>) -> Option<Rank> {
    let texts = Type::list(Type::Text);
    let by = match node.get("by").and_then(Node::as_seq) {
        Some(items) => {
            for item in items {
                let text = item.as_text().unwrap_or_default();
                let name = text.split_whitespace().next().unwrap_or_default();
                maker.column(name, item.span, columns);
            }
            let texts = items.iter().filter_map(Node::as_text);
            let value = expr::value::Value::list(texts.map(expr::value::Value::text));
            Some(Formula::constant(&value.to_string(), value.clone(), Type::list(Type::Text)))
        }
        None => maker.formula(node, "by", &texts, columns),
    };
    let top = maker.formula(node, "top", &Type::Integer, &[]);
    let id = match pick::text(node, "id") {
        Some((text, span)) => maker.column(text, span, columns)?,
        None => 0,
    };
    let pool = maker.columns(node, "pool", columns).unwrap_or_default();
    let qualified = maker.formula(node, "qualified", &Type::Bool, columns);
    let population = maker.formula_or(node, "population", "\"qualified\"", &Type::Text, &[]);
    let ties = maker.formula(node, "ties", &Type::Text, &[]);
    let prizes = maker.formula(node, "prizes", &Type::list(Type::Money), &[]);
    let (by, top, population, ties, prizes) = (by?, top?, population?, ties?, prizes?);
    Some(Rank { by, top, pool, qualified, population, ties, prizes, id })
}
