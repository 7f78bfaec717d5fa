//! What a rule says as a whole: steps that nothing comes from.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::process::Desk;
use crate::words;

use super::{Form, LineRule, List, Made, Rows};

/// Reports steps of a rule that no other step and no line is made from, unless they list rows themselves.
/// A rule without lines is a computation that others ask: its last steps are its answers.
pub(super) fn unused_steps(
    first: usize,
    rule: usize,
    lines: &[LineRule],
    lists: &[List],
    desk: &mut Desk<'_>,
) {
    if lines.is_empty() {
        return;
    }
    let used = |at: usize| {
        lines.iter().any(|line| line.from == at) || lists[first..].iter().any(|list| reads(list, at))
    };
    for (at, list) in lists.iter().enumerate().skip(first).filter(|(_, list)| list.rule == Some(rule)) {
        let Made::Step(step) = &list.made else { continue };
        if used(at) || !(step.exclude.is_empty() && step.remark.is_empty()) {
            continue;
        }
        let name = &list.name;
        desk.say(
            Diagnostic::new(
                codes::STEP_UNUSED,
                list.span,
                words!("没有步骤也没有结算行用到 `{name}`", "no step and no line is made from `{name}`"),
            )
            .advise(words!(
                "在后面的步骤或 `lines` 里用它，或删去",
                "use it in a later step or in `lines`, or remove it"
            )),
        );
    }
}

/// Whether a list is made from another.
fn reads(list: &List, at: usize) -> bool {
    let Made::Step(step) = &list.made else { return false };
    step.from == at
        || step.columns.iter().any(|column| match &column.form {
            Form::Total(total) => matches!(&total.rows, Rows::Other { list, .. } if *list == at),
            Form::Carry(carry) => carry.list == at,
            _ => false,
        })
}
