//! Every construct of the language, one small process each: what is written and what the machine gets.

use std::sync::Arc;

use language::{Sources, compile};
use machine::action::{Action, Destination, Recipient, Which};
use machine::chart::{ClockKind, Go, PartyOf, Pattern, Sign, StateKind, Variable, Verb};
use machine::definition::Definition;

const HEAD: &str = "process: demo
language: 1
title: { zh: 例, en: Example }
roles: { clerk: { zh: 经办人, en: Clerk }, chief: { zh: 负责人, en: Chief } }
refusals: { no: { zh: 不行, en: No } }
records: { line: { zh: 一句, en: Line } }
notices: { told: { zh: 通知, en: Told } }
";

/// The definition of a body, under a common head.
fn check(body: &str) -> Arc<Definition> {
    let mut sources = Sources::new();
    let compiled = compile(&mut sources, "demo.yaml", format!("{HEAD}{body}").as_bytes());
    let found: Vec<String> = compiled.report.iter().map(|d| format!("{} {}", d.code, d.message.en)).collect();
    compiled.definition.unwrap_or_else(|| panic!("{}\n{body}", found.join("\n")))
}

/// The actions on entry of the first state.
fn actions(body: &str) -> Vec<Action> {
    check(body).main().states[1].entry.clone()
}

#[test]
fn states_nest_stand_side_by_side_end_and_remember() {
    let definition = check(
        "initial: a
states:
  a:
    type: parallel
    states:
      one: { initial: x, states: { x: {}, was: { type: history, deep: true, clocks: true, default: x } } }
      two: { initial: y, states: { y: {}, z: { type: final, outcome: done_well } } }
    on: { leave: { go: [x, z] }, done.state.a: b }
  b: { type: final }
events: { leave: {} }
",
    );
    let chart = definition.main();
    let names: Vec<&str> = chart.states.iter().map(|state| &*state.name).collect();
    assert_eq!(names, ["demo", "a", "one", "x", "was", "two", "y", "z", "b"]);
    assert_eq!(
        chart.states.iter().map(|state| state.last.0).collect::<Vec<_>>(),
        [8, 7, 4, 3, 4, 7, 6, 7, 8]
    );
    assert_eq!(chart.states[1].kind, StateKind::Parallel);
    assert_eq!(chart.states[4].kind, StateKind::History { deep: true, clocks: true });
    assert_eq!(chart.states[7].kind, StateKind::Final { outcome: "done_well".into() });
    assert_eq!(chart.states[0].initial.as_ref().map(|initial| initial.targets.len()), Some(1));
}

#[test]
fn branches_go_stay_and_refuse() {
    let definition = check(
        "data: { ok: { type: bool, default: false } }
events: { send: { by: [clerk] }, quit: {} }
initial: a
states:
  a:
    on:
      send:
        - { when: ok, by: [chief], refuse: no, basis: 第一条 }
        - { go: b, do: [ record: line ] }
      quit: b
    always: { when: ok and 1 > 2, stay: true }
  b: { type: final }
",
    );
    let chart = definition.main();
    let go: Vec<&Go> = chart.transitions.iter().map(|branch| &branch.go).collect();
    assert!(matches!(go[..], [Go::Refuse { .. }, Go::To { .. }, Go::To { .. }, Go::Stay]), "{go:?}");
    assert_eq!((chart.transitions[0].by.len(), chart.transitions[1].by.len()), (1, 0));
    assert!(chart.transitions[3].on.is_empty());
    assert_eq!(chart.transitions[0].event, chart.transitions[1].event);
}

#[test]
fn clocks_of_every_kind_start_remind_and_end() {
    let definition = check(
        "initial: a
states:
  a:
    deadlines:
      due:
        within: 5天 顺延
        remind:
          - { at: [50%, 2工作日], do: [ record: line ] }
          - { at: 90%, do: [ record: line ] }
        authority: [chief]
        overdue: b
    gates: { earliest: { within: 1天, opens: { do: [ record: line ] } } }
    validities: { offer: { within: 30天, expires: [ { when: 1 > 2 }, { go: b } ] } }
    waits: { cooling: { within: 2小时, then: b } }
    initial: c
    states:
      c: { pauses: [due], on: { more: { do: [ extend: { clock: due, by: 3 } ] } } }
  b: { type: final }
events: { more: { by: [chief] } }
",
    );
    let chart = definition.main();
    let kinds: Vec<ClockKind> = chart.clocks.iter().map(|clock| clock.kind).collect();
    assert_eq!(kinds, [ClockKind::Deadline, ClockKind::Gate, ClockKind::Validity, ClockKind::Wait]);
    assert_eq!((chart.clocks[0].reminders.len(), chart.states[2].pauses.len()), (3, 1));
    assert_eq!(chart.clocks[0].within.text(), "5天 顺延");
    let on: Vec<String> =
        chart.transitions.iter().flat_map(|branch| &branch.on).map(|on| format!("{on:?}")).collect();
    let prefix = |name: &str| format!("{:?}", Pattern::Prefix(name.into()));
    let wanted =
        ["reminder.due.1", "reminder.due.2", "reminder.due.3", "clock.due", "clock.earliest", "clock.offer"];
    assert_eq!(on[..6], wanted.map(prefix));
}

#[test]
fn tasks_take_their_outcomes_from_the_state() {
    let definition = check(
        "events: { approve: { by: [clerk] }, reject: { by: [clerk, chief] }, stop: { by: [chief] } }
initial: a
states:
  a:
    task: { role: clerk, sign: { votes: 3 }, not_same_actor_as: [b], verbs: { claim: runs_on, transfer: restarts } }
    on: { approve: b, stop: b, reject: b }
  b:
    task: { role: chief, sign: all, candidates: '[\"张三\", \"李四\"]' }
    on: { stop: c }
  c: { type: final }
",
    );
    let task = |at: usize| definition.main().states[at].task.as_ref().expect("it has a task");
    assert_eq!(task(1).outcomes.iter().map(|event| event.0).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(
        task(1).verbs.iter().map(|(verb, _)| *verb).collect::<Vec<_>>(),
        [Verb::Claim, Verb::Transfer]
    );
    assert_eq!((task(2).verbs.len(), task(2).candidates.is_some()), (5, true));
    assert!(matches!((&task(1).sign, &task(2).sign), (Sign::Votes(_), Sign::All)));
}

#[test]
fn every_action_is_lowered() {
    let done = actions(
        "data: { amount: { type: money }, note: { type: text } }
initial: a
states:
  a:
    entry:
      - set: { amount: 1万元, note: '\"甲\"' }
      - raise: checked
      - send: { event: retry, after: 2小时, id: again, with: { times: 1 } }
      - cancel: again
      - notify: { notice: told, to: [clerk, case.id] }
      - call: { connector: credit.activate, with: { id: case.id }, reply: answered, failure: failed }
      - record: { line: line, at: now }
      - tell: { children: claims, event: hold }
      - tell: { child: claims, key: '\"icbc\"', event: hold }
      - tell: { children: claims, but: '\"icbc\"', event: hold }
      - tell: { case: registration, key: case.id, event: demand_opened }
      - choose:
          - { when: amount is known, do: [ record: line ] }
          - { do: [ record: line ] }
    on: { checked: a, retry: a, answered: a, failed: a, lost: a }
children:
  claims:
    key: { name: bank }
    initial: b
    states: { b: { on: { hold: c } }, c: { entry: [ release, tell: { main: true, event: lost } ], type: final } }
",
    );
    assert_eq!(done.len(), 13);
    assert!(matches!(&done[3], Action::Send { delay: Some(_), id: Some(_), data, .. } if data.len() == 1));
    assert!(matches!(&done[5], Action::Notify { to, .. }
        if matches!(to[..], [Recipient::Role(_), Recipient::Named(_)])));
    let which = |at: usize| match &done[at] {
        Action::Send { to: Destination::Children { which, .. }, .. } => which.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!((which(8), which(9), which(10)), (Which::All, Which::Key(_), Which::AllBut(_))));
    assert!(matches!(&done[11], Action::Send { to: Destination::Cases { .. }, .. }));
    assert!(matches!(&done[12], Action::Choose { branches } if branches.len() == 2));
}

#[test]
fn children_have_rules_and_inherit_parties() {
    let definition = check(
        "data: { enterprise: { type: uscc, required: true } }
parties: { clerk: enterprise }
initial: a
states: { a: { on: { claim: { do: [ start: { child: claims, key: event.bank } ] }, claims.ended: b } }, b: { type: final } }
events: { claim: { form: { bank: { type: text, required: true } } } }
children:
  claims:
    key: { name: bank, type: text }
    cap: { limit: 3, scope: concurrent, refuse: no }
    already: no
    again: { limit: 1, cooldown: 5工作日, refuse: no }
    parties: { chief: key }
    cascade: closing
    initial: c
    states: { c: { on: { closing: d } }, d: { type: final } }
",
    );
    let claims = &definition.charts[1];
    let rules = claims.child.as_ref().expect("a child has rules");
    assert_eq!(
        (&*rules.ended, rules.cascade.as_deref(), &*rules.key_name),
        ("claims.ended", Some("closing"), "bank")
    );
    assert!(rules.again.as_ref().is_some_and(|again| again.cooldown.is_some()));
    assert!(matches!(claims.parties[0].of, PartyOf::Key));
    assert!(matches!(claims.parties[1].of, PartyOf::Case(_)));
    let last: Vec<&Variable> = claims.variables.iter().rev().take(5).collect();
    assert!(matches!(
        last[..],
        [Variable::Now, Variable::Today, Variable::Event, Variable::Children(_), Variable::This]
    ));
}

#[test]
fn order_without_meaning_comments_and_layout_do_not_change_the_hash() {
    let body = "initial: a\nstates:\n  a: { side: true, title: { zh: 甲, en: A } }\n";
    let same = "# 注释\nstates:\n  a:\n    title: { en: A, zh: \"甲\" }\n    side: true\ninitial: a\n";
    let other = "initial: a\nstates:\n  a: { side: true, title: { zh: 乙, en: A } }\n";
    assert_eq!(check(body).hash, check(same).hash);
    assert_ne!(check(body).hash, check(other).hash);
    assert_eq!(check(body).hash.len(), 64);
}

#[test]
fn formulas_ask_about_states_clocks_parties_and_the_event() {
    check(
        "data: { amount: { type: money }, list: { type: list of text } }
conditions:
  在办: inside(\"a\")
  进入过: entered(\"a\") is known
  有期: due(\"cooling\") is known
  大额: amount is known and amount > 100万元
  都行: 在办 and (进入过 or 有期)
initial: a
states:
  a:
    waits: { cooling: { within: 2小时, then: b } }
    requires: [list]
    on:
      send: { when: 都行 and event.role = \"clerk\" and count(list) > 0, go: b }
      more: { when: string length(event.reason) > 2 and today >= date(\"2026-01-01\"), stay: true }
  b: { type: final }
events: { send: { by: [clerk] }, more: { reason: true } }
",
    );
}
