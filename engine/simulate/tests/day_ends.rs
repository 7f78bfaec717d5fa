//! What a clock does at 24:00 belongs to the day that ends there, and so does what it sends later.

use expr::time::calendar::Calendar;
use language::{Sources, read};
use simulate::{play, story};

const NAG: &str = "\
process: nag
language: 1
title: { zh: 催一次, en: Nag }
effective: 2026-01-01
roles: { clerk: { zh: 经办, en: Clerk } }
events:
  nag: { title: { zh: 再催, en: Nag }, told: true }
initial: open
states:
  open:
    title: { zh: 办理, en: Open }
    no_task: 示例
    deadlines:
      due:
        title: { zh: 办理期限, en: Due }
        within: 1自然日
        overdue: { go: late, do: [{ send: { event: nag, after: 1自然日 } }] }
  late:
    title: { zh: 逾期, en: Late }
    no_task: 示例
    no_deadline: 示例
    on: { nag: nagged }
  nagged: { type: final, title: { zh: 已催, en: Nagged } }
";

const STORY: &str = "\
story: { zh: 从到期那天算起, en: Counted from the day of the deadline }
open: { at: 2026-03-02 09:00, by: clerk }
steps:
  - until: 2026-03-04 00:00
  - expect: { state: late }
  - until: 2026-03-04 23:59
  - expect: { state: late }
  - until: 2026-03-05 00:00
  - expect: { state: nagged }
";

#[test]
fn a_delay_begun_at_midnight_counts_from_the_day_that_ends() {
    let mut sources = Sources::new();
    let compiled = language::compile(&mut sources, "nag.yaml", NAG.as_bytes());
    let definition = compiled.definition.unwrap_or_else(|| panic!("{:?}", compiled.report));
    let calendar = Calendar::weekends_only();
    let tree = read(&mut sources, "story.yaml", STORY.as_bytes()).tree.expect("the story is YAML");
    let (told, report) = story::read(&tree, calendar.zone());
    assert!(!report.has_errors(), "{report:?}");
    let played = play::play(&told.expect("a story without errors is there"), &definition, &calendar);
    assert!(played.report.iter().next().is_none(), "{:?}", played.report);
}
