//! What each lint says, and where it keeps silent: small processes, one story each.

use std::fmt::Write as _;

use expr::time::calendar::Calendar;
use insta::assert_snapshot;
use language::{Lang, Sources, calendar, check};

const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

const HEAD: &str = "process: permit
language: 1
version: 1
title: { zh: 许可, en: Permit }
effective: 2026-01-01
roles: { clerk: { zh: 经办人, en: Clerk } }
";

fn cn() -> Calendar {
    let years = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]);
    years.0.expect("the calendar of 2026 is sound")
}

/// Findings of the analysis in a body, but for titles: code, line in the body, sentence, and the way there.
fn found(body: &str) -> String {
    let mut sources = Sources::new();
    let text = format!("{HEAD}{body}");
    let report = check(&mut sources, "permit.yaml", text.as_bytes(), Some(&cn())).report;
    let mut out = String::new();
    for found in report.iter().filter(|found| !["CH0731", "CH0710"].contains(&found.code.id())) {
        let line = sources.line_of(found.primary.span.file, found.primary.span.start());
        let line = line - HEAD.lines().count();
        let _ = writeln!(out, "{} {line}: {}", found.code, found.message.get(Lang::En));
        for step in found.path.iter().flatten() {
            let _ = writeln!(out, "  {}", step.text.get(Lang::En));
        }
    }
    out
}

#[track_caller]
fn silent(body: &str) {
    let found = found(body);
    assert!(found.is_empty(), "{found}");
}

#[test]
fn the_way_into_a_trap_is_shown_event_by_event() {
    assert_snapshot!(found("events: { ask: { by: [clerk] }, give: { by: [clerk] }, close: { by: [clerk] } }
initial: open
states:
  open: { task: { role: clerk }, on: { ask: asked, close: done } }
  asked: { task: { role: clerk }, on: { give: given } }
  given: { task: { role: clerk }, on: { ask: asked } }
  done: { type: final }
"), @"
    CH0703 5: no end can be reached from here: a case stays within `asked` + `given` for ever
      it starts in `open`
      on `ask`: to `asked`
    ");
}

#[test]
fn a_region_that_stops_keeps_the_whole_from_ending() {
    assert_snapshot!(found("events: { left: { by: [clerk] }, right: { by: [clerk] } }
initial: both
states:
  both:
    type: parallel
    on: { done.state.both: done }
    states:
      one:
        initial: one_open
        states:
          one_open: { task: { role: clerk }, on: { left: one_stuck } }
          one_stuck: {}
          one_done: { type: final }
      two:
        initial: two_open
        states:
          two_open: { task: { role: clerk }, on: { right: two_done } }
          two_done: { type: final }
  done: { type: final }
"), @"
    CH0702 12: nothing leaves the state `one_stuck`, and it is not final
      it starts in `one_open` + `two_open`
      on `left`: to `one_stuck` + `two_open`
      on `right`: to `one_stuck` + `two_done`
    CH0701 13: no case can ever reach the state `one_done`
    CH0701 19: no case can ever reach the state `done`
    ");
}

#[test]
fn an_inside_that_is_complete_needs_someone_to_hear_of_it() {
    assert_snapshot!(found("events: { send: { by: [clerk] } }
initial: work
states:
  work:
    initial: open
    states:
      open: { task: { role: clerk }, on: { send: sent } }
      sent: { type: final }
  done: { type: final }
"), @"
    CH0702 4: nothing follows when the inside of `work` is complete
      it starts in `open`
      on `send`: to `sent`
    CH0701 9: no case can ever reach the state `done`
    ");
}

#[test]
fn choices_and_yes_or_no_are_tried_every_way() {
    let body = |branches: &str| {
        format!(
            "data: {{ kind: {{ type: choice, of: [new, old], required: true }}, whole: {{ type: bool, required: true }} }}
conditions: {{ 新办: kind = \"new\" }}
events: {{ send: {{ by: [clerk] }} }}
initial: open
states:
  open:
    task: {{ role: clerk }}
    on:
      send:
{branches}
  done: {{ type: final }}
"
        )
    };
    let covered = body(
        "        - { when: 新办, go: done }
        - { when: kind = \"old\", go: open }
        - { when: whole, go: done }",
    );
    assert_snapshot!(found(&covered), @"CH0705 12: this branch is never tried");
    let contrary = body(
        "        - { when: kind = \"new\" and not(新办), go: done }
        - { go: done }",
    );
    assert_snapshot!(found(&contrary), @"CH0707 10: this condition never holds");
    silent(&body(
        "        - { when: 新办 and whole, go: done }
        - { when: kind = \"old\" or whole, go: open }
        - { when: not(whole), go: done }",
    ));
}

#[test]
fn loops_by_raised_and_done_events_are_found_and_waits_break_them() {
    assert_snapshot!(found("events: { send: { by: [clerk] } }
initial: open
states:
  open: { task: { role: clerk }, on: { send: ping } }
  ping: { entry: [ raise: ball ], no_task: 球, on: { ball: pong } }
  pong: { entry: [ raise: ball ], no_task: 球, on: { ball: ping } }
  done: { type: final }
"), @"
    CH0703 5: no end can be reached from here: a case stays within `ping` + `pong` for ever
      it starts in `open`
      on `send`: to `ping`
    CH0709 5: this goes round for ever: states change without anything happening
      it starts in `open`
      on `send`: to `ping`
      on `ball`: to `pong`
      on `ball`: to `ping`
    CH0701 7: no case can ever reach the state `done`
    ");
    silent("events: { send: { by: [clerk] }, close: { by: [clerk] } }
initial: open
states:
  open: { task: { role: clerk }, on: { send: ping } }
  ping: { entry: [ raise: ball ], task: { role: clerk }, on: { ball: { do: [ raise: gone ] }, gone: { stay: true }, close: done } }
  done: { type: final }
");
    assert_snapshot!(found("data: { a: { type: bool, required: true }, b: { type: bool, required: true } }
events: { send: { by: [clerk] } }
initial: one
states:
  one: { task: { role: clerk }, on: { send: done }, always: { when: a, go: two } }
  two: { task: { role: clerk }, on: { send: done }, always: { when: b, go: one } }
  done: { type: final }
"), @"
    CH0709 5: this can go round for ever while its conditions hold
      it starts in `one`
      at once: to `two`
      at once: to `one`
    ");
    silent(
        "data: { a: { type: bool, required: true } }
events: { send: { by: [clerk] } }
initial: one
states:
  one: { task: { role: clerk }, on: { send: done }, always: { when: a, go: two } }
  two: { task: { role: clerk }, on: { send: done }, always: { when: not(a), go: one } }
  done: { type: final }
",
    );
}

#[test]
fn a_gate_and_a_deadline_are_held_against_every_day_of_the_year() {
    let body = |within: &str, floor: &str| {
        format!(
            "events: {{ decide: {{ by: [clerk] }} }}
parameters:
  limit: {{ type: period, values: {{ 2026-01-01: {within} }}, origin: assumed }}
data: {{ received: {{ type: instant, required: true }} }}
initial: open
states:
  open:
    task: {{ role: clerk }}
    deadlines: {{ evaluation: {{ within: limit, from: received, overdue: done }} }}
    on: {{ decide: waiting }}
  waiting:
    gates: {{ credit: {{ within: 7天, from: case.received{floor}, opens: done }} }}
  done: {{ type: final }}
"
        )
    };
    assert_snapshot!(found(&body("5天 顺延", "")), @"
    CH0717 12: the deadline `evaluation` may still be running when the gate `credit` opens
      both count from 2026-02-10
      the gate waits until the end of 2026-02-17
      the deadline runs until the end of 2026-02-24
    ");
    silent(&body("5天 顺延", ", floor: 'due(\"evaluation\")'"));
    silent(&body("2天 顺延", ", floor: 'due(\"evaluation\")'"));
}

#[test]
fn consent_gates_what_comes_after_it_and_children_started_behind_it() {
    let body = |claim: &str, approve: &str| {
        format!(
            "data: {{ consent: {{ type: bool, required: true }} }}
refusals: {{ already: {{ zh: 已在办, en: At work }}, no_consent: {{ zh: 没有授权, en: No consent }} }}
events: {{ claim: {{ by: [clerk], form: {{ bank: {{ type: text, required: true }} }} }}, close: {{ by: [clerk] }} }}
initial: open
states:
  open:
    task: {{ role: clerk, outcomes: [claim, close] }}
    on:
      claim:
{claim}
        - do: [ start: {{ child: claims, key: event.bank, with: {{ score: 600 }} }} ]
      claims.ended: done
      close: done
  done: {{ type: final }}
children:
  claims:
    key: {{ name: bank, type: text }}
    already: already
    data: {{ score: {{ type: integer, required: true, credit: true }}, floor: {{ type: integer, default: 600 }} }}
    events: {{ approve: {{ by: [clerk] }}, deny: {{ by: [clerk] }} }}
    initial: check
    states:
      check:
        task: {{ role: clerk }}
        on:
          approve: {{ when: {approve}, go: good }}
          deny: bad
      good: {{ type: final }}
      bad: {{ type: final }}
"
        )
    };
    assert_snapshot!(found(&body("        - { when: event.bank = \"\", refuse: no_consent }", "score >= floor")), @"
    CH0713 26: credit data `score` is used on a way on which no consent was asked for
      it starts in `check`
    ");
    silent(&body("        - { when: not(consent), refuse: no_consent }", "score >= floor"));
    silent(&body(
        "        - { when: event.bank = \"\", refuse: no_consent }",
        "case.consent and score >= floor",
    ));
}

#[test]
fn reviews_are_tasks_that_may_say_no_with_a_reason() {
    let body = |reason: &str, task: &str| {
        format!(
            "events: {{ send: {{ by: [clerk] }}, pass: {{ by: [clerk] }}, deny: {{ by: [clerk]{reason} }} }}
initial: draft
states:
  draft: {{ task: {{ role: clerk }}, on: {{ send: review }} }}
  filed: {{ type: final }}
  review: {{ task: {{ role: clerk{task} }}, on: {{ pass: filed, deny: draft }} }}
"
        )
    };
    assert_snapshot!(found(&body(", reason: true", "")), @"
    CH0715 6: `review` is reviewed by `clerk`, who also acts in `draft`: one person may do both
      it starts in `draft`
      on `send`: to `review`
    ");
    assert_snapshot!(found(&body(", reason: true", ", not_same_actor_as: [filed, draft]")), @"CH0715 6: nobody acts in `filed`: `not_same_actor_as` excludes nobody");
    silent(&body("", ""));
    silent(&body(", reason: true", ", not_same_actor_as: [draft]"));
}

#[test]
fn clocks_that_exclude_each_other_may_share_an_instant() {
    let body = |one: &str, other: &str| {
        format!(
            "parameters: {{ mode: {{ type: choice, of: [strict, mild], values: {{ 2026-01-01: mild }}, origin: assumed }} }}
initial: open
states:
  open:
    waits:
      keep: {{ authority: [clerk], within: 5天, when: {one}, then: done }}
      drop: {{ within: 5天, when: {other}, then: lost }}
  lost: {{ type: final }}
  done: {{ type: final }}
"
        )
    };
    silent(&body("mode = \"strict\"", "mode = \"mild\""));
    assert_snapshot!(found(&body("mode = \"strict\"", "mode != \"mild\"")), @"
    CH0716 7: the clocks `keep` and `drop` are due in the same instant and lead to different places
      it starts in `open`
    ");
}

#[test]
fn an_outer_answer_behind_an_inner_one_is_never_tried() {
    assert_snapshot!(found("events: { send: { by: [clerk] } }
initial: work
states:
  work:
    on: { send: lost }
    initial: open
    states:
      open: { task: { role: clerk }, on: { send: done } }
  lost: { type: final }
  done: { type: final }
"), @"
    CH0705 5: this branch is never tried
    CH0701 9: no case can ever reach the state `lost`
    ");
}

#[test]
fn a_year_of_days_shows_which_plain_deadline_drowns_in_a_holiday() {
    let body = |within: &str| {
        format!(
            "events: {{ send: {{ by: [clerk] }} }}
initial: open
states:
  open:
    task: {{ role: clerk }}
    deadlines: {{ handling: {{ within: {within}, overdue: done }} }}
    on: {{ send: done }}
  done: {{ type: final }}
"
        )
    };
    assert_snapshot!(found(&body("5天")), @"
    CH0720 6: the deadline `handling` can fall for the most part into a holiday
      it begins on 2026-02-14
      it ends on 2026-02-19, in Spring Festival
    ");
    for within in ["5天 顺延", "5工作日", "30天", "90天"] {
        silent(&body(within));
    }
}
