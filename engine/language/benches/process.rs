//! How long a process takes to compile: the financing demand, and one of 2,000 lines.

use language::{Sources, compile};

const DEMAND: &str = include_str!("../../../workflows/financing-demand/workflow.yaml");

fn main() {
    divan::main();
}

fn compiled(text: &str) -> language::Compiled {
    let compiled = compile(&mut Sources::new(), "workflow.yaml", text.as_bytes());
    assert!(compiled.definition.is_some(), "{:?}", compiled.report.iter().next());
    compiled
}

/// The demand with further kinds of children until it has 2,000 lines.
fn long() -> String {
    let (main, rest) = DEMAND.split_once("children:\n").expect("the demand has children");
    let (claims, rest) = rest.split_once("\n# ── 规则说").expect("refusals follow");
    let mut children = String::new();
    let mut lines = DEMAND.lines().count();
    while lines < 2000 {
        let name = format!("  claims{lines}:");
        let more = claims.replacen("  claims:", &name, 1).replace("main: true", "children: claims");
        let more =
            more.replace("event: chosen }", "event: hold }").replace("event: offer_made }", "event: hold }");
        children.push_str(&more);
        lines += more.lines().count();
    }
    format!("{main}children:\n{claims}\n{children}\n# ── 规则说{rest}")
}

#[divan::bench]
fn financing_demand(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| compiled(DEMAND));
}

#[divan::bench]
fn two_thousand_lines(bencher: divan::Bencher<'_, '_>) {
    let text = long();
    bencher.bench(|| compiled(&text));
}
