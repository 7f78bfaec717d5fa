//! How the words of an office's table correspond to a process: `cases.yaml` beside the workflow.

use std::collections::BTreeMap;

use expr::time::period::Period;
use expr::value::Value;
use jiff::tz::TimeZone;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::keys::{MapShape, OpenShape, Shape, check_tree};
use language::tree::{Node, Tree};
use language::words::Words;
use machine::definition::Definition;
use machine::ids::Name;

use super::deadlines::{count_from, cutoff, roll, unit};
use crate::story::entries;
use crate::story::shape::{ANY, key};
use crate::values::read_text;

/// The correspondence, as written.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The process.
    pub process: String,
    /// Who opens a case.
    pub open_by: String,
    /// What every case starts with.
    pub open_with: Vec<(String, Node)>,
    /// The word for the main process in `expected`.
    pub main: String,
    /// The words for the children in `expected`, by kind of child.
    pub children: BTreeMap<String, String>,
    /// Parameters, or one part of a period (`evaluation_limit.n`), by the table's word.
    pub parameters: BTreeMap<String, String>,
    /// What an event of the table does.
    pub events: BTreeMap<String, Vec<Doing>>,
    /// How a recorded line is written in `log`.
    pub log: BTreeMap<String, String>,
    /// What a notice is called.
    pub notices: BTreeMap<String, String>,
    /// What a role is called.
    pub roles: BTreeMap<String, String>,
    /// What a refusal is called, where it differs.
    pub refusals: BTreeMap<String, String>,
}

/// What an event of the table does. `{bank}` stands for that part of the event, `{amount|500万}` for it or,
/// when it is missing, for what follows the bar.
#[derive(Clone, Debug, Default)]
pub struct Doing {
    /// Only when the event has this part.
    pub has: Option<String>,
    /// The event; empty when only time passes.
    pub act: String,
    /// By whom.
    pub by: String,
    /// With what.
    pub with: Vec<(String, String)>,
    /// Why.
    pub reason: Option<String>,
}

/// The keys of a mapping.
pub const MAPPING: Shape = Shape::Map(&ROOT);

static TEXTS: MapShape =
    MapShape { name: "words", keys: &[], open: Some(OpenShape { kind: "name", shape: Shape::Text }) };

static ROOT: MapShape = MapShape {
    name: "cases",
    keys: &[
        key("process", Shape::Text, true, "哪个流程", "The process", "process: financing_demand"),
        key(
            "open",
            Shape::Map(&OPEN),
            true,
            "每个案例怎么开始",
            "How every case is opened",
            "open: { by: ent_agent of E1, with: { amount: 500万 } }",
        ),
        key(
            "main",
            Shape::Text,
            true,
            "表里怎么称主流程",
            "The table's word for the main process",
            "main: demand",
        ),
        key(
            "children",
            Shape::Map(&TEXTS),
            false,
            "表里怎么称各类子流程",
            "The table's words for kinds of children",
            "children: { claims: claims }",
        ),
        key(
            "parameters",
            Shape::Map(&TEXTS),
            false,
            "表里的参数对应哪个参数",
            "Which parameter a word of the table means",
            "parameters: { slots: claim_slots, eval_n: evaluation_limit.n }",
        ),
        key(
            "events",
            Shape::Map(&EVENTS),
            true,
            "表里的事件怎么做",
            "What an event of the table does",
            "events: { publish: { do: publish, by: ent_agent of E1 } }",
        ),
        key(
            "log",
            Shape::Map(&TEXTS),
            false,
            "历史记录在表里怎么写",
            "How a recorded line is written in the table",
            "log: { claimed: \"{key} claimed, due {due}\" }",
        ),
        key(
            "notices",
            Shape::Map(&TEXTS),
            false,
            "通知在表里叫什么；没写的不比",
            "What a notice is called in the table; others are not compared",
            "notices: { offer_received: offer_received }",
        ),
        key(
            "roles",
            Shape::Map(&TEXTS),
            false,
            "角色在表里叫什么",
            "What a role is called in the table",
            "roles: { ent_agent: enterprise }",
        ),
        key(
            "refusals",
            Shape::Map(&TEXTS),
            false,
            "拒绝码在表里叫什么",
            "What a refusal is called in the table",
            "refusals: { slots_full: slots_full }",
        ),
    ],
    open: None,
};

static OPEN: MapShape = MapShape {
    name: "case opening",
    keys: &[
        key("by", Shape::Text, true, "谁", "Who", "by: ent_agent of E1"),
        key("with", Shape::Map(&ANY), false, "带什么数据", "With what data", "with: { amount: 500万 }"),
    ],
    open: None,
};

static EVENTS: MapShape = MapShape {
    name: "events",
    keys: &[],
    open: Some(OpenShape {
        kind: "event",
        shape: Shape::Either(&[Shape::Map(&DOING), Shape::List(&Shape::Map(&DOING))]),
    }),
};

static DOING: MapShape = MapShape {
    name: "doing",
    keys: &[
        key(
            "has",
            Shape::Text,
            false,
            "只在事件有这一项时",
            "Only when the event has this part",
            "has: bank",
        ),
        key(
            "do",
            Shape::Text,
            false,
            "做什么；不写就只是时间过去",
            "What; only time passes unless given",
            "do: claims.{bank}.approve",
        ),
        key("by", Shape::Text, false, "谁", "Who", "by: bank_approver of {bank}"),
        key(
            "with",
            Shape::Map(&TEXTS),
            false,
            "带什么数据",
            "With what data",
            "with: { offer_amount: \"{amount|500万}\" }",
        ),
        key("reason", Shape::Text, false, "理由", "Why", "reason: 额度不足"),
    ],
    open: None,
};

/// Reads a mapping, or everything that is wrong with it.
pub fn read(tree: &Tree) -> (Option<Mapping>, Report) {
    let report = check_tree(tree, &MAPPING);
    if report.has_errors() {
        return (None, report);
    }
    let root = &tree.root;
    let text = |key: &str| root.get(key).and_then(Node::as_text).unwrap_or_default().to_owned();
    let map = |key: &str| texts(root, key).into_iter().collect();
    let open = root.get("open");
    let mapping = Mapping {
        process: text("process"),
        open_by: open.and_then(|o| o.get("by")).and_then(Node::as_text).unwrap_or_default().to_owned(),
        open_with: open.map(|open| entries(open, "with")).unwrap_or_default(),
        main: text("main"),
        children: map("children"),
        parameters: map("parameters"),
        events: entries(root, "events").into_iter().map(events).collect(),
        log: map("log"),
        notices: map("notices"),
        roles: map("roles"),
        refusals: map("refusals"),
    };
    (Some(mapping), report)
}

fn texts(node: &Node, key: &str) -> Vec<(String, String)> {
    let text = |n: &Node| n.as_text().unwrap_or_default().to_owned();
    entries(node, key).into_iter().map(|(k, n)| (k, text(&n))).collect()
}

fn events((name, node): (String, Node)) -> (String, Vec<Doing>) {
    let doings = match node.as_seq() {
        Some(items) => items.iter().map(doing).collect(),
        None => vec![doing(&node)],
    };
    (name, doings)
}

fn doing(node: &Node) -> Doing {
    let text = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
    Doing {
        has: text("has"),
        act: text("do").unwrap_or_default(),
        by: text("by").unwrap_or_default(),
        with: texts(node, "with"),
        reason: text("reason"),
    }
}

impl Mapping {
    /// Everything in the mapping that the definition does not have.
    pub fn check(&self, definition: &Definition, tree: &Tree) -> Report {
        let mut report = Report::new();
        for (word, path) in &self.parameters {
            let name = path.split('.').next().unwrap_or_default();
            if definition.find_parameter(name).is_none() {
                let node = tree.root.at(&["parameters", word]).unwrap_or(&tree.root);
                let message =
                    Words::new(format!("没有参数“{name}”"), format!("there is no parameter `{name}`"));
                report.push(Diagnostic::new(codes::STORY_NAME, node.span, message));
            }
        }
        report
    }

    /// The parameters of a row: the table's words and values as the definition has them.
    ///
    /// # Errors
    /// A word the mapping does not know, or a value that does not fit.
    pub fn parameters_of(
        &self,
        row: &BTreeMap<String, String>,
        definition: &Definition,
        zone: &TimeZone,
    ) -> Result<Vec<(Name, Value)>, Words> {
        let mut values: BTreeMap<Name, Value> = BTreeMap::new();
        for (word, text) in row {
            let path = self.parameters.get(word).ok_or_else(|| {
                Words::new(
                    format!("cases.yaml 的 parameters 里没有“{word}”"),
                    format!("`{word}` is not among the parameters of cases.yaml"),
                )
            })?;
            let (name, part) = path.split_once('.').map_or((path.as_str(), None), |(n, p)| (n, Some(p)));
            let Some(ix) = definition.find_parameter(name) else { continue };
            let parameter = &definition.parameters[ix.at()];
            let current = values.get(name).unwrap_or(&parameter.values[0].value);
            let value = match part {
                Some(part) => part_of_period(current, part, text)?,
                None => read_text(text, &parameter.ty, zone)?,
            };
            values.insert(name.into(), value);
        }
        Ok(values.into_iter().collect())
    }
}

fn part_of_period(current: &Value, part: &str, text: &str) -> Result<Value, Words> {
    let Some(mut period) = current.as_period() else {
        return Err(Words::new("这个参数不是期限", "this parameter is no period"));
    };
    set_part(&mut period, part, text)?;
    Ok(Value::Period(period))
}

fn set_part(period: &mut Period, part: &str, text: &str) -> Result<(), Words> {
    match part {
        "n" => period.n = text.parse().map_err(|_| Words::new("天数须为整数", "a whole number is needed"))?,
        "unit" => period.unit = unit(text)?,
        "count_from" => period.count_from = count_from(text)?,
        "roll" => period.roll = roll(text)?,
        "cutoff" => period.cutoff = cutoff(text)?,
        _ => {
            return Err(Words::new(
                format!("期限没有“{part}”这一部分"),
                format!("a period has no part `{part}`"),
            ));
        }
    }
    Ok(())
}
