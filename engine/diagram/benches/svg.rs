//! How long a picture takes: the bar is 5 ms for forty states, since it is drawn while someone types.

use diagram::{Cause, Edge, Kind, Lang, Options, Overlay, Picture, State, svg, text};

fn main() {
    divan::main();
}

/// Eight stages of four states: forty states with their stages, eighty-odd edges.
fn forty() -> Picture {
    let (mut states, mut edges) = (Vec::new(), Vec::new());
    let id = |stage: usize, k: usize| format!("s{stage}_{k}");
    for stage in 0..8 {
        let step =
            |k| State::new(Kind::Task, &id(stage, k), "银行评估审批", "Bank evaluation").note("银行", "Bank");
        let kind = if stage % 4 == 2 { Kind::Parallel } else { Kind::Compound };
        states.push(
            State::new(kind, &format!("s{stage}"), "阶段", "Stage").holding((0..4).map(step).collect()),
        );
        for k in 0..4 {
            edges.push(Edge::new(Cause::Event, &id(stage, k), &id(stage, (k + 1) % 4), "办结", "done"));
            edges.push(Edge::new(
                Cause::Event,
                &id(stage, k),
                &id((stage + 1) % 8, k),
                "转下一阶段",
                "next stage",
            ));
        }
        edges.push(Edge::new(Cause::Timer, &format!("s{stage}"), &id(7 - stage, 3), "5 天未完成", "5 days"));
    }
    Picture { states, edges, initial: Some("s0_0".into()), ..Picture::default() }
}

#[divan::bench]
fn svg_of_forty_states(bencher: divan::Bencher) {
    let (picture, overlay, options) = (forty(), Overlay::default(), Options::default());
    bencher.bench(|| svg(&picture, &overlay, Lang::Zh, &options));
}

#[divan::bench]
fn text_of_forty_states(bencher: divan::Bencher) {
    let (picture, overlay) = (forty(), Overlay::default());
    bencher.bench(|| text(&picture, &overlay, Lang::Zh));
}

/// A thousand states in a row, none folded, three edges each: far beyond what anyone draws.
#[divan::bench(sample_count = 10)]
fn svg_of_a_thousand_states(bencher: divan::Bencher) {
    let id = |k: usize| format!("s{}", k % 1000);
    let states = (0..1000).map(|k| State::new(Kind::Task, &id(k), "办理", "Task")).collect();
    let edges = (0..3000).map(|k| Edge::new(Cause::Event, &id(k), &id(k * 7 / 3), "办结", "done")).collect();
    let picture = Picture { states, edges, ..Picture::default() };
    let mut options = Options::default();
    options.folding.above = 1000;
    bencher.bench(|| svg(&picture, &Overlay::default(), Lang::Zh, &options));
}
