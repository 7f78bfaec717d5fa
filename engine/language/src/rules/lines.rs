//! Lines: what a settlement says of each payee.

use expr::value::Type;

use crate::process::outline::declared;
use crate::process::{Sort, names, pick};
use crate::tree::Node;

use super::book::{Maker, anything};
use super::{FIGURES, LineKind, LineRule};

/// Reads the lines of a rule.
pub(super) fn read(root: &Node, maker: &mut Maker<'_, '_>) -> Vec<LineRule> {
    let mut lines = Vec::new();
    for it in declared(root, "lines") {
        names::check_ascii(Sort::Record, &it.name, it.span, maker.desk);
        let node = it.node;
        let Some(from) = pick::text(node, "from").and_then(|(text, span)| maker.list(text, span)) else {
            continue;
        };
        let columns = maker.lists[from].columns.clone();
        let keep = maker.formula(node, "where", &Type::Bool, &columns);
        let payee = maker.formula(node, "payee", &Type::Text, &columns);
        let figures = FIGURES
            .iter()
            .map(|figure| {
                let wanted = if *figure == "net" { Type::Money } else { anything() };
                maker.formula(node, figure, &wanted, &columns)
            })
            .collect();
        let kind = match pick::text(node, "kind").map(|(word, _)| word) {
            Some("deposit") => LineKind::Deposit,
            Some("honour") => LineKind::Honour,
            Some("figure") => LineKind::Figure,
            _ => LineKind::Payment,
        };
        let (title, place) = (pick::title(node, &it.name), maker.place(it.span));
        let name = it.name.clone();
        lines.extend(payee.map(|payee| LineRule { name, title, kind, from, keep, payee, figures, place }));
    }
    lines
}
