//! The process the tests ask tables in.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use language::{Sources, compile};
use machine::definition::Definition;
use machine::event::Actor;
use machine::ids::Name;
use simulate::world::{NotOpened, World};

/// A process that asks the table `t` on opening, or at the event `ask`, and keeps the answer.
pub fn process(answer: &str, table: &str) -> String {
    format!(
        "process: asking
language: 1
title: {{ zh: 询问, en: Asking }}
effective: 2015-12-01
roles: {{ clerk: {{ zh: 经办, en: Clerk }} }}
data:
  score: {{ title: {{ zh: 信用评分, en: Score }}, type: integer, required: true }}
  size: {{ title: {{ zh: 规模, en: Size }}, type: choice, of: [a, b, c], required: true }}
  answer: {{ title: {{ zh: 结果, en: Answer }}, type: {answer} }}
events: {{ ask: {{ title: {{ zh: 询问, en: Ask }}, by: [clerk] }} }}
tables:
  t:
    title: {{ zh: 奖励比例, en: Reward rate }}
    origin: assumed
{table}
initial: open
states:
  open:
    title: {{ zh: 办理, en: Open }}
    entry: [ {{ set: {{ answer: \"t(score, size)\" }} }} ]
    task: {{ role: clerk, outcomes: [ask] }}
    no_deadline: 例子
    on: {{ ask: [ {{ when: \"t(score, size) = answer\", go: done }} ] }}
  done: {{ type: final, title: {{ zh: 办结, en: Done }} }}
"
    )
}

pub fn compiled(text: &str) -> Result<Arc<Definition>, Vec<language::Code>> {
    let mut sources = Sources::new();
    let compiled = compile(&mut sources, "asking.yaml", text.as_bytes());
    let codes = compiled.report.iter().map(|found| found.code).collect();
    compiled.definition.ok_or(codes)
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant of the tests")
}

pub fn opened(definition: &Arc<Definition>, score: i64, size: &str, when: &str) -> Result<World, NotOpened> {
    let data: Vec<(Name, Value)> =
        vec![("score".into(), Value::number(score)), ("size".into(), Value::text(size))];
    let calendar = Calendar::weekends_only();
    World::open(definition.clone(), calendar, "T-1", data, Actor::system("clerk"), at(when))
}

pub fn answer(world: &World) -> String {
    world.case.main().data[2].to_string()
}
