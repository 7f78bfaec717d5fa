//! A parameter said to come from a text that is not named.

use machine::definition::{Origin, Parameter};
use machine::ids::ParameterIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports parameters of origin seed, law or public without any basis. What is assumed needs none.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let named = |it: &Parameter| it.origin == Origin::Assumed || it.values.iter().any(|v| v.basis.is_some());
    for (at, parameter) in numbered(&subject.definition.parameters).filter(|(_, it)| !named(it)) {
        let name = &parameter.name;
        let message = words!(
            "参数 `{name}` 说有出处，却没有写依据",
            "the parameter `{name}` is said to rest on a text, but names none"
        );
        let span = subject.span(Thing::Parameter(ParameterIx(at)));
        report.push(Diagnostic::new(codes::PARAMETER_WITHOUT_BASIS, span, message).advise(words!(
            "写 `basis: 文号或条款`；没有依据就写 `origin: assumed`",
            "write `basis: DOCUMENT OR CLAUSE`; if there is none, `origin: assumed`"
        )));
    }
}
