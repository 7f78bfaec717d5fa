//! Computed columns: the forms under `let`.

use expr::formula::Formula;
use expr::value::{Type, Value};
use machine::ids::Name;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::process::pick;
use crate::tree::{Key, Node};
use crate::words;

use super::book::{Maker, anything};
use super::steps::coded;
use super::{Carry, Column, Form, Gather, Rows, Split, Tiers, Total};

/// Where a column stands: the columns of the source and those of its own row so far.
pub(super) struct Place<'p> {
    pub source: &'p [Column],
    pub seen: &'p [Column],
    pub grouped: bool,
}

/// The keys that say how a column is computed; one of them is written.
const KINDS: &[&str] = &[
    "is", "sum", "count", "distinct", "average", "least", "greatest", "any", "only", "tiers", "split",
    "reasons", "carry",
];

/// A column, with the type it has.
pub(super) fn read(
    key: &Key,
    node: &Node,
    place: &Place<'_>,
    maker: &mut Maker<'_, '_>,
) -> Option<(Form, Type)> {
    if node.as_text().is_some() {
        return maker.compile(node, &anything(), place.seen).map(by_formula);
    }
    let written: Vec<&str> = KINDS.iter().copied().filter(|kind| node.get(kind).is_some()).collect();
    let [kind] = written[..] else {
        let (name, all) = (&key.text, KINDS.join(", "));
        maker.desk.say(
            Diagnostic::new(
                codes::COLUMN_FORM,
                key.span,
                words!(
                    "列 `{name}` 要写且只写一种算法",
                    "the column `{name}` is computed in one way and no other"
                ),
            )
            .advise(words!("可用：{all}", "one of: {all}")),
        );
        return None;
    };
    match kind {
        "is" => maker.formula(node, "is", &anything(), place.seen).map(by_formula),
        "tiers" => tiers(node, place, maker),
        "split" => split(node, place, maker),
        "reasons" => {
            let found = coded(node, "reasons", place.seen, maker);
            Some((Form::Reasons(found), Type::list(Type::Text)))
        }
        "carry" => carry(node.get("carry")?, place, maker),
        _ => total(key, node, kind, place, maker),
    }
}

fn by_formula(formula: Formula) -> (Form, Type) {
    let ty = formula.ty().clone();
    (Form::Formula(formula), ty)
}

/// What stands for a column that could not be read.
pub(super) fn nothing() -> Form {
    Form::Formula(Formula::constant("null", Value::Null, Type::Null))
}

fn total(
    key: &Key,
    node: &Node,
    kind: &str,
    place: &Place<'_>,
    maker: &mut Maker<'_, '_>,
) -> Option<(Form, Type)> {
    let rows = rows(key, node, place, maker)?;
    let theirs: Vec<Column> = match &rows {
        Rows::Group => place.source.to_vec(),
        Rows::Own { .. } => place.seen.to_vec(),
        Rows::Other { list, .. } => maker.lists[*list].columns.clone(),
    };
    let gather = match kind {
        "sum" => Gather::Sum,
        "count" => Gather::Count,
        "distinct" => Gather::Distinct,
        "average" => Gather::Average,
        "least" => Gather::Least,
        "greatest" => Gather::Greatest,
        "any" => Gather::Any,
        _ => Gather::Only,
    };
    let wanted = match gather {
        Gather::Sum | Gather::Average => Type::Number,
        Gather::Any => Type::Bool,
        _ => anything(),
    };
    let value = match gather {
        Gather::Count => None,
        _ => Some(maker.formula(node, kind, &wanted, &theirs)?),
    };
    let keep = maker.formula(node, "where", &Type::Bool, &theirs);
    let otherwise = maker.formula(node, "otherwise", &anything(), place.seen);
    let shown_by = maker.columns(node, "show_by", &theirs).unwrap_or_default();
    let of = value.as_ref().map_or(Type::Integer, |value| value.ty().clone());
    let alone = match gather {
        Gather::Count | Gather::Distinct => Type::Integer,
        Gather::Any => Type::Bool,
        Gather::Sum => of,
        // A group has a row at least.
        _ if rows == Rows::Group && keep.is_none() => of,
        _ => match &otherwise {
            Some(otherwise) if !otherwise.ty().may_be_null() => of,
            _ => of.nullable(),
        },
    };
    Some((Form::Total(Total { gather, rows, value, keep, otherwise, shown_by }), alone))
}

/// Which rows a total is over: `per`, `of` with `on`, or the group.
fn rows(key: &Key, node: &Node, place: &Place<'_>, maker: &mut Maker<'_, '_>) -> Option<Rows> {
    if let Some((text, span)) = pick::text(node, "of") {
        let list = maker.list(text, span)?;
        let on = on(node, list, place, maker)?;
        return Some(Rows::Other { list, on });
    }
    if node.get("per").is_some() {
        let per = maker.columns(node, "per", place.seen)?;
        let before = match node.get("before") {
            Some(_) => Some(maker.columns(node, "before", place.seen)?),
            None => None,
        };
        return Some(Rows::Own { per, before });
    }
    if place.grouped {
        return Some(Rows::Group);
    }
    maker.desk.say(
        Diagnostic::new(
            codes::NO_ROWS_NAMED,
            key.span,
            words!("没有写对哪些行计算", "it does not say which rows it is over"),
        )
        .advise(words!(
            "在本清单内写 `per: [列]`，对另一张清单写 `of: 清单, on: [列]`，或给步骤加上 `group`",
            "write `per: [column]` for rows of this list, `of: list, on: [column]` for another, or give the step a `group`"
        )),
    );
    None
}

/// The columns in which two lists agree: `name`, or `theirs=ours`.
fn on(node: &Node, list: usize, place: &Place<'_>, maker: &mut Maker<'_, '_>) -> Option<Vec<(usize, usize)>> {
    let theirs = maker.lists[list].columns.clone();
    let nodes = node.get("on").map(|it| it.as_seq().unwrap_or(std::slice::from_ref(it))).unwrap_or_default();
    nodes
        .iter()
        .map(|it| {
            let text = it.as_text()?;
            let (their, our) = text.split_once('=').unwrap_or((text, text));
            let their = maker.column(their.trim(), it.span, &theirs)?;
            Some((their, maker.column(our.trim(), it.span, place.seen)?))
        })
        .collect()
}

fn tiers(node: &Node, place: &Place<'_>, maker: &mut Maker<'_, '_>) -> Option<(Form, Type)> {
    let of = maker.formula(node, "tiers", &Type::Money, place.seen);
    let mode = maker.formula_or(node, "mode", "\"marginal\"", &Type::Text, place.seen);
    let first_whole = maker.formula_or(node, "first_whole", "false", &Type::Bool, place.seen);
    let mut scale = Vec::new();
    for tier in pick::many(node, "scale") {
        let from = maker.formula(tier, "from", &Type::Money, place.seen);
        let included = maker.formula(tier, "included", &Type::Bool, place.seen);
        let rate = maker.formula(tier, "rate", &Type::Number, place.seen);
        scale.extend(from.zip(included).zip(rate).map(|((from, included), rate)| (from, included, rate)));
    }
    Some((Form::Tiers(Tiers { of: of?, mode: mode?, first_whole: first_whole?, scale }), Type::Money))
}

fn split(node: &Node, place: &Place<'_>, maker: &mut Maker<'_, '_>) -> Option<(Form, Type)> {
    let amount = maker.formula(node, "split", &Type::Money, place.seen);
    let mut into = Vec::new();
    for (party, written) in pick::entries(node, "into") {
        let share = maker.compile(written, &Type::Number, place.seen);
        into.extend(share.map(|share| (Name::from(party.text.as_str()), share)));
    }
    let ty = Type::context(into.iter().map(|(name, _)| (name.to_string(), Type::Money)));
    Some((Form::Split(Split { amount: amount?, into }), ty))
}

/// What a year of an account gives.
pub const ACCOUNT: [&str; 5] = ["paid", "from_carry", "uncovered", "expired", "carry_out"];

fn carry(node: &Node, place: &Place<'_>, maker: &mut Maker<'_, '_>) -> Option<(Form, Type)> {
    let (text, span) = pick::text(node, "of")?;
    let list = maker.list(text, span)?;
    let theirs = maker.lists[list].columns.clone();
    let on = on(node, list, place, maker);
    let grant = maker.formula(node, "grant", &Type::Money, place.seen);
    let call = maker.formula(node, "call", &Type::Money, place.seen);
    let year = maker.formula(node, "year", &Type::Integer, &theirs);
    let amount = maker.formula(node, "amount", &Type::Money, &theirs);
    let years = maker.formula(node, "years", &Type::Integer.nullable(), place.seen);
    let payout_cap = maker.formula(node, "payout_cap", &Type::Money.nullable(), place.seen);
    let form = Carry {
        grant: grant?,
        call: call?,
        list,
        on: on?,
        year: year?,
        amount: amount?,
        years: years?,
        payout_cap: payout_cap?,
    };
    let ty = Type::context(ACCOUNT.map(|name| (name, Type::Money)));
    Some((Form::Carry(form), ty))
}
