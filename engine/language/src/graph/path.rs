//! How a case gets somewhere, in words: the counter-example of a finding.

use machine::ids::{ChartIx, StateIx, TransitionIx};
use petgraph::graph::NodeIndex;

use super::alphabet::From;
use super::{Graph, Step};
use crate::diagnostic::{Diagnostic, PathStep};
use crate::process::{SourceMap, Thing};
use crate::words;
use crate::words::Words;

impl Graph<'_> {
    /// The shortest way from the start to a configuration.
    pub fn way(&self, to: NodeIndex) -> Vec<(NodeIndex, Step)> {
        let mut way = Vec::new();
        let mut node = to;
        while let Some((before, step)) = &self.came[node.index()] {
            way.push((node, step.clone()));
            node = *before;
        }
        way.reverse();
        way
    }

    /// Puts the way to a configuration under a finding.
    pub fn show_way(&self, to: NodeIndex, chart: ChartIx, map: &SourceMap, found: Diagnostic) -> Diagnostic {
        let first = self.names(NodeIndex::new(0));
        let begin = words!("开始：{first}", "it starts in {first}");
        let begin = PathStep { text: begin, span: map.span(Thing::Chart(chart)) };
        let way = self.way(to).into_iter().map(|(node, step)| self.shown(node, &step, chart, map));
        std::iter::once(begin).chain(way).fold(found, |found, step| found.step(step.text, step.span))
    }

    /// One step in words, with its place.
    pub fn shown(&self, node: NodeIndex, step: &Step, chart: ChartIx, map: &SourceMap) -> PathStep {
        let names = self.names(node);
        let cause = self.cause(step.on);
        let text = Words::new(format!("{}：到 {names}", cause.zh), format!("{}: to {names}", cause.en));
        let first = step.taken.first().copied();
        PathStep { text, span: first.and_then(|t: TransitionIx| map.span(Thing::Transition(chart, t))) }
    }

    /// What happens, in words.
    pub fn cause(&self, on: Option<usize>) -> Words {
        let Some(on) = on else { return words!("随即", "at once") };
        let happening = &self.alphabet[on];
        let name = &happening.name;
        match happening.from {
            From::Clock(clock) => {
                let clock = &self.chart.clocks[clock.at()].name;
                words!("时限 `{clock}` 到期", "the clock `{clock}` is due")
            }
            From::Reminder(clock) => {
                let clock = &self.chart.clocks[clock.at()].name;
                words!("时限 `{clock}` 提醒", "a reminder of `{clock}`")
            }
            From::Done(state) => {
                let state = &self.chart.state(state).name;
                words!("`{state}` 完成", "`{state}` is complete")
            }
            From::Outside | From::Own | From::Ended(_) | From::System => {
                words!("收到 `{name}`", "on `{name}`")
            }
        }
    }

    /// The innermost states of a configuration, named.
    pub fn names(&self, node: NodeIndex) -> String {
        list(self, &self.steps[node].innermost(self.chart))
    }
}

/// States by name.
pub fn list(graph: &Graph<'_>, states: &[StateIx]) -> String {
    let names = states.iter().map(|state| format!("`{}`", graph.chart.state(*state).name));
    names.collect::<Vec<_>>().join(" + ")
}
