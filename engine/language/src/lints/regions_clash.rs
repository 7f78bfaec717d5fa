//! Regions of a parallel state that answer the same event with ways that exclude each other.

use std::collections::BTreeSet;

use machine::chart::{Chart, Go};
use machine::ids::TransitionIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::process::Thing;
use crate::words;

/// Reports pairs of transitions of which only one is taken although both could be.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        let mut said = BTreeSet::new();
        for clash in graph.clashes.iter().filter(|it| differ(chart, it.taken, it.dropped)) {
            let pair = (clash.taken.min(clash.dropped), clash.taken.max(clash.dropped));
            if !said.insert(pair) {
                continue;
            }
            let guarded = |t: TransitionIx| chart.transitions[t.at()].guard.is_some();
            let possible = guarded(clash.taken) || guarded(clash.dropped);
            let cause = graph.cause(clash.on);
            let (zh, en) = if possible { ("可能", "can ") } else { ("", "") };
            let message = crate::words::Words::new(
                format!("{}时，两个分区{zh}走向不同的地方，只有一个算数", cause.zh),
                format!("{}, two regions {en}lead to different places and only one counts", cause.en),
            );
            let span = subject.span(Thing::Transition(ix, clash.dropped));
            let found = Diagnostic::new(codes::REGIONS_CLASH, span, message)
                .label(words!("这一条会被丢下", "this one is dropped"))
                .also(
                    subject.span(Thing::Transition(ix, clash.taken)),
                    words!("这一条算数", "this one counts"),
                )
                .severity(if possible { Severity::Warning } else { Severity::Error })
                .advise(words!(
                    "把这个事件写在并行状态自己的 `on` 里，只写一个去向",
                    "answer the event once, under `on` of the parallel state itself"
                ));
            report.push(graph.show_way(clash.at, ix, subject.map, found));
        }
    }
}

fn differ(chart: &Chart, one: TransitionIx, other: TransitionIx) -> bool {
    let targets = |t: TransitionIx| match &chart.transitions[t.at()].go {
        Go::To { targets, .. } => targets.clone(),
        Go::Stay | Go::Refuse { .. } => vec![],
    };
    targets(one) != targets(other)
}
