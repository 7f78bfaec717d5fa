//! A page of wrong inputs: everything is found at once, each at its place, with advice and fix.

use language::render::{Look, human};
use language::{Lang, Sources, compile};

const WRONG: &str = r#"process: demand
language: 1
title: { zh: 需求, en: Demand }
effective: 2026-01-01
role: {}
roles:
  clerk: { zh: 经办人, en: Clerk }
parameters:
  slots: { type: integer, range: "[1..20]", values: { 2026-03-01: 30 } }
  limit: { type: period, values: { 2015-12-01: 5 } }
data:
  amount: { type: money, required: true, range: "(0..amuont_max]" }
  rate: { type: rat }
  note: { type: text }
conditions:
  太大: amount > 100圆
  未填: string length(note) > 3
  名额: slots > "three"
events:
  send: { by: [clrek], form: { note: {}, extra: {} } }
initial: draft
states:
  draft:
    task: { role: clerk, outcomes: [snd] }
    on:
      send:
        - { when: 未填, refuse: too_long }
        - { when: "slots >= 1 and amount == 5", go: opne }
        - go: open
          do:
            - set: { amount: "to_fen(amuont)" }
            - notfy: { notice: told, to: clerk }
  open:
    title: { zh: 开放 }
    deadlines:
      rating: { within: limit, from: 'due("ratng")', remind: { at: [150%], do: [] }, overdue: closed }
      other: { within: 5, overdue: closed }
    on:
      recieved: closed
  closed: { type: final, on: { send: draft } }
"#;

#[test]
fn everything_is_found_at_once() {
    for (lang, name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut sources = Sources::new();
        let compiled = compile(&mut sources, "workflow.yaml", WRONG.as_bytes());
        assert!(compiled.definition.is_none());
        let look = Look { lang, ..Look::default() };
        insta::assert_snapshot!(format!("everything_wrong_{name}"), human(&compiled.report, &sources, look));
    }
}

#[test]
fn any_part_of_a_process_cut_off_gets_a_civil_answer() {
    let whole = include_str!("../../../workflows/financing-demand/workflow.yaml");
    let ends: Vec<usize> = whole.char_indices().map(|(at, _)| at).step_by(1499).collect();
    for end in ends {
        let _ = compile(&mut Sources::new(), "cut.yaml", &whole.as_bytes()[..end]);
    }
}
