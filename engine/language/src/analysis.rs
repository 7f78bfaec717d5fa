//! What can be said of a process without running it: the analysis report of `check`.
//!
//! ```
//! use language::{Sources, check, codes};
//! let text = "\
//! process: permit
//! language: 1
//! title: { zh: 许可, en: Permit }
//! effective: 2026-01-01
//! initial: open
//! states:
//!   open:
//!     title: { zh: 办理, en: Open }
//!     waits: { pause: { title: { zh: 等待, en: Pause }, within: 5天, then: closed } }
//!   closed: { type: final, title: { zh: 办结, en: Closed } }
//!   lost: { type: final, title: { zh: 遗忘, en: Lost } }
//! ";
//! let mut sources = Sources::new();
//! let checked = check(&mut sources, "permit.yaml", text.as_bytes(), None);
//! assert!(checked.report.has(codes::UNREACHABLE_STATE));
//! ```

use expr::time::calendar::Calendar;
use machine::definition::Definition;

use crate::allow;
use crate::diagnostic::Report;
use crate::lints::{self, Subject};
use crate::process::{Compiled, SourceMap, Thing, compile};
use crate::source::Sources;

/// Everything the lints find in a definition, without what its author allows (`# allow CODE: reason`). With a
/// calendar, what depends on holidays is looked at too.
pub fn analyse(
    definition: &Definition,
    map: &SourceMap,
    sources: &Sources,
    calendar: Option<&Calendar>,
) -> Report {
    let found = lints::look(&Subject::new(definition, map, sources, calendar));
    match map.span(Thing::Process) {
        Some(process) => allow::sift(found, process.file, sources),
        None => found,
    }
}

/// Compiles the bytes of a file and analyses what comes of it. As after [`compile`], there is a definition
/// only if nothing found is an error; one the analysis forbids is not given.
pub fn check(sources: &mut Sources, name: &str, bytes: &[u8], calendar: Option<&Calendar>) -> Compiled {
    let mut compiled = compile(sources, name, bytes);
    if let Some(definition) = &compiled.definition {
        compiled.report.append(analyse(definition, &compiled.map, sources, calendar));
    }
    if compiled.report.has_errors() {
        compiled.definition = None;
    }
    compiled
}
