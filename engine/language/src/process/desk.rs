//! The desk a process is examined at: its texts, what was found so far, and where everything stands.

use std::collections::BTreeSet;

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix, Report};
use crate::source::Sources;
use crate::span::Span;
use crate::suggest::nearest;
use crate::words;
use crate::words::Words;

use super::map::SourceMap;

/// What an examination needs everywhere.
pub(crate) struct Desk<'s> {
    pub sources: &'s Sources,
    pub report: Report,
    pub map: SourceMap,
    /// The tables that formulas ask, by their place in the document.
    pub asked: BTreeSet<usize>,
    /// How many clocks there are so far.
    pub clocks: usize,
}

/// The sorts of name a process declares and uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    State,
    Event,
    Role,
    Clock,
    Field,
    Refusal,
    Record,
    Notice,
    Child,
    Parameter,
    Table,
    Column,
    Send,
    Process,
    Rule,
    List,
    ListColumn,
}

impl Sort {
    fn code(self) -> Code {
        match self {
            Sort::State => codes::UNKNOWN_STATE,
            Sort::Event => codes::UNKNOWN_EVENT,
            Sort::Role => codes::UNKNOWN_ROLE,
            Sort::Clock => codes::UNKNOWN_CLOCK,
            Sort::Field => codes::UNKNOWN_FIELD,
            Sort::Refusal => codes::UNKNOWN_REFUSAL,
            Sort::Record => codes::UNKNOWN_RECORD,
            Sort::Notice => codes::UNKNOWN_NOTICE,
            Sort::Child => codes::UNKNOWN_CHILD,
            Sort::Parameter => codes::UNKNOWN_PARAMETER,
            Sort::Table => codes::FORMULA_FUNCTION,
            Sort::Column => codes::TABLE_HEADING,
            Sort::Send => codes::UNKNOWN_SEND,
            Sort::Process => codes::BAD_NAME,
            Sort::Rule => codes::UNKNOWN_RULE,
            Sort::List => codes::UNKNOWN_LIST,
            Sort::ListColumn => codes::UNKNOWN_LIST_COLUMN,
        }
    }

    /// What such a thing is called.
    pub fn noun(self) -> Words {
        let (zh, en) = match self {
            Sort::State => ("状态", "state"),
            Sort::Event => ("事件", "event"),
            Sort::Role => ("角色", "role"),
            Sort::Clock => ("时限", "clock"),
            Sort::Field => ("数据项", "data field"),
            Sort::Refusal => ("拒绝理由", "refusal"),
            Sort::Record => ("历史记录用语", "record"),
            Sort::Notice => ("通知", "notice"),
            Sort::Child => ("子流程", "child process"),
            Sort::Parameter => ("参数", "parameter"),
            Sort::Table => ("决策表", "decision table"),
            Sort::Column => ("列", "column"),
            Sort::Send => ("延时事件编号", "delayed event"),
            Sort::Process => ("流程", "process"),
            Sort::Rule => ("规则", "rule"),
            Sort::List => ("清单", "list"),
            Sort::ListColumn => ("列", "column"),
        };
        Words::new(zh, en)
    }

    /// Where such a thing is declared.
    fn declared(self) -> Words {
        let (zh, en) = match self {
            Sort::State => {
                ("状态写在本流程的 `states` 里", "states are declared under `states` of the same chart")
            }
            Sort::Event => ("事件写在 `events` 里", "events are declared under `events`"),
            Sort::Role => ("角色写在 `roles` 里", "roles are declared under `roles`"),
            Sort::Clock => (
                "时限写在状态的 `deadlines`、`gates`、`validities`、`waits` 里",
                "clocks are declared under `deadlines`, `gates`, `validities` or `waits` of a state",
            ),
            Sort::Field => ("数据项写在 `data` 里", "fields are declared under `data`"),
            Sort::Refusal => ("拒绝理由写在 `refusals` 里", "refusals are declared under `refusals`"),
            Sort::Record => ("历史记录用语写在 `records` 里", "records are declared under `records`"),
            Sort::Notice => ("通知写在 `notices` 里", "notices are declared under `notices`"),
            Sort::Child => ("子流程写在 `children` 里", "child processes are declared under `children`"),
            Sort::Parameter => ("参数写在 `parameters` 里", "parameters are declared under `parameters`"),
            Sort::Table => ("决策表写在 `tables` 里", "decision tables are declared under `tables`"),
            Sort::Column => {
                ("列写在 `inputs` 和 `outputs` 里", "columns are declared under `inputs` and `outputs`")
            }
            Sort::Send => ("编号写在 `send` 的 `id` 里", "the id is given by a `send` action"),
            Sort::Process => ("流程名写在 `process` 里", "a process is named under `process`"),
            Sort::Rule => {
                ("规则一个文件一条，名字写在 `rule` 里", "a rule is a file of its own, named under `rule`")
            }
            Sort::List => (
                "清单是 settlement.yaml 的 `inputs`、本规则前面的 `steps`，或别的规则的步骤（规则名.步骤名）",
                "lists are the `inputs` of settlement.yaml, earlier `steps` of the rule, and steps of earlier rules (rule.step)",
            ),
            Sort::ListColumn => (
                "列由来源清单带来，或在 `let` 里算出",
                "columns come from the source or are computed under `let`",
            ),
        };
        Words::new(zh, en)
    }
}

impl<'s> Desk<'s> {
    pub fn new(sources: &'s Sources) -> Desk<'s> {
        Desk { sources, report: Report::new(), map: SourceMap::default(), asked: BTreeSet::new(), clocks: 0 }
    }

    /// One more finding.
    pub fn say(&mut self, found: Diagnostic) {
        self.report.push(found);
    }

    /// The position of a name among the known ones; reports it when it is not there.
    pub fn find<'k>(
        &mut self,
        sort: Sort,
        written: &str,
        span: Span,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Option<usize> {
        let at = known.clone().position(|name| name == written);
        if at.is_none() {
            self.say(unknown(sort, written, span, known));
        }
        at
    }
}

/// A name nobody declared, with the one that was probably meant.
pub(crate) fn unknown<'k>(
    sort: Sort,
    written: &str,
    span: Span,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Diagnostic {
    let noun = sort.noun();
    let (zh, en) = (&noun.zh, &noun.en);
    let found = Diagnostic::new(
        sort.code(),
        span,
        words!("没有叫 `{written}` 的{zh}", "there is no {en} `{written}`"),
    )
    .label(words!("没有声明", "not declared"));
    match nearest(written, known.clone()) {
        Some(near) => {
            let title = words!("是不是 `{near}`？", "did you mean `{near}`?");
            found.fix(Fix::certain(title).replace(span, near))
        }
        None => found.advise(sort.declared()).advise(listed(known)),
    }
}

/// What a type is called.
pub(crate) fn type_words(ty: &expr::value::Type) -> Words {
    Words::new(ty.name(expr::value::Lang::Zh), ty.name(expr::value::Lang::En))
}

/// The first few of the known names.
fn listed<'k>(known: impl Iterator<Item = &'k str>) -> Words {
    let all: Vec<&str> = known.collect();
    let shown = all.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    match all.len() {
        0 => words!("现在一个也没有声明", "none is declared yet"),
        1..=12 => words!("已有：{shown}", "declared: {shown}"),
        more => words!("已有 {more} 个：{shown} 等", "{more} are declared: {shown}, ..."),
    }
}
