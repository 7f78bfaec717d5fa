//! A party that may start a child in another party's name.
//!
//! A child belongs to the party that is its key. Where a role that acts for one party only sends the event that
//! starts the child, and the key is a line of the form it fills in, nothing keeps it from naming somebody else.

use machine::action::Action;
use machine::chart::{Chart, EventDecl, FormField, PartyOf, Transition, Variable};
use machine::ids::{ChartIx, RoleIx, TransitionIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{each_action, numbered};
use crate::process::Thing;
use crate::words;

/// Reports lines of forms that should be marked as the sender's own organisation.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        let mut told: Vec<&FormField> = Vec::new();
        for (at, transition) in numbered(&chart.transitions) {
            let Some(event) = transition.event.map(|event| chart.event(event)) else { continue };
            let Some((line, role)) = free_key(subject, chart, transition, event) else { continue };
            if told.iter().any(|seen| std::ptr::eq(*seen, line)) {
                continue;
            }
            told.push(line);
            report.push(found(subject, ix, TransitionIx(at), &line.name, role));
        }
    }
}

/// The line that names a child's party, and the role that may write anybody there.
fn free_key<'d>(
    subject: &Subject<'d>,
    chart: &'d Chart,
    transition: &'d Transition,
    event: &'d EventDecl,
) -> Option<(&'d FormField, RoleIx)> {
    let senders = if transition.by.is_empty() { &event.by } else { &transition.by };
    let mut free = None;
    each_action(&transition.actions, &mut |action| {
        let Action::Start { child, key, .. } = action else { return };
        let parties = &subject.definition.chart(*child).parties;
        let bound = |role: &&RoleIx| parties.iter().any(|it| it.role == **role && it.of == PartyOf::Key);
        let from_form = key.reads().iter().find_map(|read| {
            let of_event = matches!(chart.variables.get(read.slot.0 as usize)?, Variable::Event);
            let name = read.path.first().filter(|_| of_event)?;
            event.form.iter().find(|line| *line.name == **name && !line.own)
        });
        free = free.or_else(|| Some((from_form?, *senders.iter().find(bound)?)));
    });
    free
}

fn found(subject: &Subject<'_>, ix: ChartIx, at: TransitionIx, line: &str, role: RoleIx) -> Diagnostic {
    let role = &subject.definition.roles[role.at()].name;
    let span = subject.span(Thing::Transition(ix, at));
    Diagnostic::new(
        codes::SPEAKS_FOR_OTHERS,
        span,
        words!(
            "`{role}` 可以在 `{line}` 里填别家单位，替别人办理",
            "`{role}` may write another party into `{line}` and act in its name"
        ),
    )
    .advise(words!(
        "给表单项 `{line}` 加上 `own: true`：只能是办理人自己的单位，可以不填",
        "mark the form's line `{line}` with `own: true`: the sender's own organisation, filled in when left out"
    ))
}
