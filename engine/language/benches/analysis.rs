//! How long the analysis of a process takes: the financing demand, the registration, and sixty states in a row.

use std::fmt::Write as _;
use std::sync::Arc;

use expr::time::calendar::Calendar;
use language::{SourceMap, Sources, analyse, calendar, compile};
use machine::definition::Definition;

const DEMAND: &str = include_str!("../../../workflows/financing-demand/workflow.yaml");
const REGISTRATION: &str = include_str!("../../../workflows/registration/workflow.yaml");
const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

const HEAD: &str = "process: row
language: 1
version: 1
title: { zh: 一列, en: Row }
effective: 2026-01-01
roles: { clerk: { zh: 经办人, en: Clerk } }
parameters:
  limit: { title: { zh: 期限, en: Limit }, type: period, values: { 2026-01-01: 5天 }, origin: assumed }
data: { whole: { title: { zh: 齐全, en: Whole }, type: bool, required: true } }
events:
  pass: { title: { zh: 通过, en: Pass }, by: [clerk] }
  back: { title: { zh: 退回, en: Back }, by: [clerk], reason: true }
  stop: { title: { zh: 停止, en: Stop }, by: [clerk] }
initial: s0
states:
";

fn main() {
    divan::main();
}

/// Sixty states in a row, each with a task, a deadline and ways back.
fn row() -> String {
    let mut out = HEAD.to_owned();
    for at in 0..58usize {
        let next = if at == 57 { "done".to_owned() } else { format!("s{}", at + 1) };
        let _ = write!(
            out,
            "  s{at}:
    title: {{ zh: 一步, en: Step }}
    task: {{ role: clerk }}
    deadlines: {{ d{at}: {{ title: {{ zh: 期限, en: Limit }}, within: limit, overdue: stopped }} }}
    on:
      pass: [ {{ when: whole, go: {next} }}, {{ go: stopped }} ]
      back: s{}
      stop: stopped
",
            at.saturating_sub(1)
        );
    }
    out.push_str("  done: { type: final, title: { zh: 完成, en: Done } }\n");
    out.push_str("  stopped: { type: final, title: { zh: 停止, en: Stopped } }\n");
    out
}

fn compiled(text: &str) -> (Arc<Definition>, SourceMap, Sources, Option<Calendar>) {
    let mut sources = Sources::new();
    let compiled = compile(&mut sources, "workflow.yaml", text.as_bytes());
    let cn = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]).0;
    let definition = compiled.definition.expect("the process compiles");
    (definition, compiled.map, sources, cn)
}

fn bench(bencher: divan::Bencher<'_, '_>, text: &str) {
    let (definition, map, sources, cn) = compiled(text);
    bencher.bench(|| analyse(&definition, &map, &sources, cn.as_ref()));
}

#[divan::bench]
fn financing_demand(bencher: divan::Bencher<'_, '_>) {
    bench(bencher, DEMAND);
}

#[divan::bench]
fn registration(bencher: divan::Bencher<'_, '_>) {
    bench(bencher, REGISTRATION);
}

#[divan::bench]
fn sixty_states(bencher: divan::Bencher<'_, '_>) {
    bench(bencher, &row());
}
