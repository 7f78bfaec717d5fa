//! A line of history with a place for a value that an action does not give.

use machine::action::{Action, RecordDecl};
use machine::ids::ChartIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{Site, each_action, numbered, sites};
use crate::process::Thing;
use crate::words;

/// Reports `{name}` in the words of a record that some action writing it leaves empty.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let sites = sites(subject.definition);
    for (at, record) in numbered(&subject.definition.records) {
        for name in placeholders(record) {
            if let Some(of) = without(&sites, record, name) {
                let code = &record.code;
                let message = words!(
                    "`{code}` 里的 `{{{name}}}` 没有给值",
                    "`{{{name}}}` in `{code}` is given no value"
                );
                let found =
                    Diagnostic::new(codes::UNKNOWN_PLACEHOLDER, subject.span(Thing::Record(at)), message)
                        .also(subject.span(of), words!("这里写入历史时没有给", "written here without it"))
                        .advise(words!(
                            "写 `record: {{ line: {code}, {name}: 公式 }}`",
                            "write `record: {{ line: {code}, {name}: FORMULA }}`"
                        ));
                report.push(found);
            }
        }
    }
}

fn placeholders(record: &RecordDecl) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for words in [&record.words.zh, &record.words.en] {
        let pieces = words.split('{').skip(1).filter_map(|piece| piece.split_once('}'));
        names.extend(pieces.map(|(name, _)| name.trim()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The first action that writes the line without the value. A child's `key` is always there.
fn without(sites: &[Site<'_>], record: &RecordDecl, name: &str) -> Option<Thing> {
    let mut found = None;
    for site in sites {
        each_action(site.actions, &mut |action| {
            if let Action::Record { code, data } = action
                && *code == record.code
                && !(name == "key" && site.chart != ChartIx::MAIN)
                && !data.iter().any(|(given, _)| **given == *name)
            {
                found.get_or_insert(site.of);
            }
        });
    }
    found
}
