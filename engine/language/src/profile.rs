//! Profiles: the parameter values of one city, laid over a process.

use expr::formula::NoInputs;
use expr::value::Value;
use machine::definition::Definition;
use machine::ids::{Bilingual, Name};

use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::keys;
use crate::process::{Desk, Sort, SourceMap, literal, pick};
use crate::read;
use crate::shape;
use crate::source::Sources;
use crate::words;

/// The values of a profile. Lay them over with [`Definition::with_parameters`].
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// `suzhou`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The document it rests on.
    pub basis: Option<Name>,
    /// The parameters it sets, in the order written.
    pub values: Vec<(Name, Value)>,
}

/// Reads a profile for a process: a file with `profile`, `process` and `parameters`. Unknown parameters and
/// values of the wrong type or out of range are reported; the profile is there when nothing is an error.
pub fn read_profile(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    process: &Definition,
    map: &SourceMap,
) -> (Option<Profile>, Report) {
    let reading = read(sources, name, bytes);
    let Some(tree) = reading.tree else { return (None, reading.report) };
    let mut desk = Desk::new(sources);
    desk.report.append(reading.report);
    desk.report.append(keys::check_tree(&tree, &shape::PROFILE));
    let root = &tree.root;
    if let Some((written, span)) =
        pick::text(root, "process").filter(|(written, _)| **written != *process.process)
    {
        let own = &process.process;
        desk.say(Diagnostic::new(
            codes::OTHER_PROCESS,
            span,
            words!(
                "这套参数是 `{written}` 的，不是 `{own}` 的",
                "this profile is for `{written}`, not for `{own}`"
            ),
        ));
    }
    let mut values = Vec::new();
    for (key, node) in pick::entries(root, "parameters") {
        let known = process.parameters.iter().map(|parameter| &*parameter.name);
        let Some(at) = desk.find(Sort::Parameter, &key.text, key.span, known) else { continue };
        let parameter = &process.parameters[at];
        let Some(value) = literal::value(node, &parameter.ty, &mut desk) else { continue };
        if let Some(range) = map.ranges.get(&parameter.name)
            && matches!(range.matches(&value, &NoInputs), Ok(false))
        {
            let bounds = range.text();
            desk.say(Diagnostic::new(
                codes::OUT_OF_RANGE,
                node.span,
                words!("值超出允许范围 `{bounds}`", "the value is outside `{bounds}`"),
            ));
        }
        values.push((parameter.name.clone(), value));
    }
    let name: Name = pick::name(root, "profile").unwrap_or_else(|| "profile".into());
    let profile = Profile { title: pick::title(root, &name), basis: pick::name(root, "basis"), name, values };
    (Some(profile).filter(|_| !desk.report.has_errors()), desk.report)
}
