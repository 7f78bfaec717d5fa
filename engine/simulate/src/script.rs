//! Scripts of events, as programs write them: a JSON list, the first entry opening the case.
//!
//! ```json
//! [{ "at": "2026-03-02T09:00:00+08:00", "event": "open", "by": "ent_agent of E1", "data": { "amount": "500万元" } },
//!  { "at": "2026-03-02T09:10:00+08:00", "event": "publish", "by": "ent_agent of E1" },
//!  { "at": "2026-03-03T00:00:00+08:00" }]
//! ```
//! An entry without `event` lets time pass. Findings have their place in the text, like a story's.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::keys::{KeyShape, MapShape, OpenShape, Shape, check_tree};
use language::span::Span;
use language::suggest::nearest;
use language::tree::{Node, Tree};
use language::words::Words;
use machine::chart::Chart;
use machine::definition::Definition;
use machine::event::Actor;
use machine::ids::Name;

use crate::play::target_of;
use crate::story::actor;
use crate::values::{instant, plain, read_node};
use crate::world::{NotOpened, Outcome, World};

/// The event that opens the case.
const OPEN: &str = "open";

/// A script of more events is not read.
pub const EVENTS_MAX: usize = 100_000;

/// The form of a script.
pub const SCRIPT: Shape = Shape::List(&Shape::Map(&ENTRY));

static ENTRY: MapShape = MapShape {
    name: "event",
    keys: &[
        key("at", Shape::Text, true, "什么时候", "When", r#""at": "2026-03-02T09:00:00+08:00""#),
        key(
            "event",
            Shape::Text,
            false,
            "什么事件；第一条是 open；不写就只是时间过去",
            "Which event; the first one is open; left out, only time passes",
            r#""event": "claims.工行.approve""#,
        ),
        key("to", Shape::Text, false, "哪类子流程", "Which kind of child", r#""to": "claims""#),
        key("key", Shape::Text, false, "哪一个子流程", "Which child", r#""key": "工行""#),
        key(
            "by",
            Shape::Either(&[Shape::Text, Shape::Map(&BY)]),
            false,
            "谁：“角色 of 单位”",
            "Who: ROLE of ORGANISATION",
            r#""by": "bank_clerk of 工行""#,
        ),
        key(
            "data",
            Shape::Map(&DATA),
            false,
            "带什么数据",
            "With what data",
            r#""data": { "bank": "工行" }"#,
        ),
        key("reason", Shape::Text, false, "理由", "Why, in words", r#""reason": "额度不足""#),
    ],
    open: None,
};

static BY: MapShape = MapShape {
    name: "actor",
    keys: &[
        key("id", Shape::Text, true, "办理人", "The person", r#""id": "王磊""#),
        key("role", Shape::Text, true, "角色", "The role", r#""role": "bank_clerk""#),
        key("organisation", Shape::Text, false, "单位", "The organisation", r#""organisation": "工行""#),
    ],
    open: None,
};

static DATA: MapShape =
    MapShape { name: "values", keys: &[], open: Some(OpenShape { kind: "name", shape: Shape::Any }) };

const fn key(
    name: &'static str,
    shape: Shape,
    required: bool,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> KeyShape {
    KeyShape { name, shape, required, zh, en, example }
}

/// A script as written.
#[derive(Clone, Debug)]
pub struct Script {
    /// How the case is opened.
    pub open: Entry,
    /// What happens then.
    pub events: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it stands.
    pub span: Span,
    /// When.
    pub at: Timestamp,
    /// The event as a path (`claims.工行.approve`), with its place; `None` when only time passes.
    pub event: Option<(String, Span)>,
    /// By whom.
    pub by: Actor,
    /// With what.
    pub data: Vec<(String, Node)>,
    /// Why.
    pub reason: Option<String>,
}

/// Reads a script, or everything that is wrong with it.
pub fn read(tree: &Tree, zone: &TimeZone) -> (Option<Script>, Report) {
    let mut reader = Reader { report: check_tree(tree, &SCRIPT), zone };
    if reader.report.has_errors() {
        return (None, reader.report);
    }
    let entries = tree.root.as_seq().unwrap_or_default();
    if entries.len() > EVENTS_MAX {
        let message = Words::new(
            format!("脚本最多 {EVENTS_MAX} 条"),
            format!("a script holds at most {EVENTS_MAX} events"),
        );
        reader.say(codes::SCRIPT_EVENT, tree.root.span.first(), message);
        return (None, reader.report);
    }
    let all: Vec<Entry> = entries.iter().filter_map(|node| reader.entry(node)).collect();
    let script = reader.script(tree, all);
    (script.filter(|_| !reader.report.has_errors()), reader.report)
}

struct Reader<'a> {
    report: Report,
    zone: &'a TimeZone,
}

impl Reader<'_> {
    fn say(&mut self, code: codes::Code, span: Span, message: Words) {
        self.report.push(Diagnostic::new(code, span, message));
    }

    fn script(&mut self, tree: &Tree, mut all: Vec<Entry>) -> Option<Script> {
        let opens = all.first().is_some_and(|e| e.event.as_ref().is_some_and(|(event, _)| event == OPEN));
        if !opens {
            let span = all.first().map_or(tree.root.span.first(), |e| e.span.first());
            let message = Words::new("脚本的第一条要开始案件", "the first entry of a script opens the case");
            let advice = Words::new(
                "第一条写 \"event\": \"open\"，带上 at、by 和开始时的 data",
                "make the first entry \"event\": \"open\", with at, by and the data the case starts with",
            );
            self.report.push(Diagnostic::new(codes::SCRIPT_EVENT, span, message).advise(advice));
            return None;
        }
        let events = all.split_off(1);
        Some(Script { open: all.pop()?, events })
    }

    fn entry(&mut self, node: &Node) -> Option<Entry> {
        let at = self.instant(node.get("at")?)?;
        let event = self.event(node);
        let by = match node.get("by") {
            Some(by) => who(by),
            None if event.is_none() => Actor::system("clock"),
            None => {
                let message = Words::new("这个事件没有写谁来做", "this event does not say who acts");
                self.say(codes::SCRIPT_EVENT, node.span, message);
                return None;
            }
        };
        let data = node.get("data").and_then(Node::as_map).unwrap_or_default();
        Some(Entry {
            span: node.span,
            at,
            event,
            by,
            data: data.iter().map(|(k, n)| (k.text.clone(), n.clone())).collect(),
            reason: node.get("reason").and_then(Node::as_text).map(str::to_owned),
        })
    }

    /// The event's path, put together from `to`, `key` and `event`.
    fn event(&mut self, node: &Node) -> Option<(String, Span)> {
        let event = node.get("event")?;
        let name = event.as_text()?;
        let text = |key: &str| node.get(key).and_then(Node::as_text);
        match (text("to"), text("key")) {
            (Some("main") | None, None) => Some((name.to_owned(), event.span)),
            (Some(kind), Some(key)) => Some((format!("{kind}.{key}.{name}"), event.span)),
            _ => {
                let message = Words::new("to 和 key 要一起写", "`to` and `key` belong together");
                self.say(codes::SCRIPT_EVENT, node.span, message);
                None
            }
        }
    }

    fn instant(&mut self, node: &Node) -> Option<Timestamp> {
        match instant(node.as_text().unwrap_or_default(), self.zone) {
            Ok(at) => Some(at),
            Err(words) => {
                self.say(codes::SCRIPT_VALUE, node.span, words);
                None
            }
        }
    }
}

fn who(node: &Node) -> Actor {
    if let Some(text) = node.as_text() {
        return actor(text);
    }
    let text = |key: &str| node.get(key).and_then(Node::as_text);
    Actor {
        id: text("id").unwrap_or_default().into(),
        organisation: text("organisation").map(Name::from),
        role: text("role").unwrap_or_default().into(),
        on_behalf_of: None,
    }
}

/// Plays a script. `told` is called after the opening and after every entry that could be sent.
/// Findings about the script end it; what the rules say does not.
///
/// # Errors
/// Why the case could not be opened.
pub fn play(
    script: &Script,
    definition: &Arc<Definition>,
    calendar: &Calendar,
    mut told: impl FnMut(&World, &Entry, Option<&Outcome>),
) -> Result<(World, Report), (Option<NotOpened>, Report)> {
    let mut stage = Stage { report: Report::new(), zone: calendar.zone() };
    let open = &script.open;
    let Some(data) = stage.fields(definition.main(), &open.data) else { return Err((None, stage.report)) };
    let opened = World::open(definition.clone(), calendar.clone(), "SIM-1", data, open.by.clone(), open.at);
    let mut world = match opened {
        Ok(world) => world,
        Err(why) => return Err((Some(why), stage.report)),
    };
    told(&world, open, None);
    for entry in &script.events {
        let Some(outcome) = stage.send(&mut world, entry) else { break };
        told(&world, entry, Some(&outcome));
    }
    Ok((world, stage.report))
}

struct Stage<'a> {
    report: Report,
    zone: &'a TimeZone,
}

impl Stage<'_> {
    fn fields(&mut self, chart: &Chart, data: &[(String, Node)]) -> Option<Vec<(Name, Value)>> {
        let ty = |name: &str| chart.find_field(name).map(|f| plain(&chart.fields[f.at()].ty));
        self.values(data, ty)
    }

    fn values(
        &mut self,
        data: &[(String, Node)],
        ty: impl Fn(&str) -> Option<Type>,
    ) -> Option<Vec<(Name, Value)>> {
        let mut values = Vec::with_capacity(data.len());
        let mut sound = true;
        for (name, node) in data {
            // A name nobody knows goes to the machine as it is: refusing it is its part.
            match read_node(node, &ty(name).unwrap_or(Type::Text), self.zone) {
                Ok(value) => values.push((Name::from(name.as_str()), value)),
                Err(words) => {
                    self.report.push(Diagnostic::new(codes::SCRIPT_VALUE, node.span, words));
                    sound = false;
                }
            }
        }
        sound.then_some(values)
    }

    /// Sends an entry; `None` when the script is at fault.
    fn send(&mut self, world: &mut World, entry: &Entry) -> Option<Outcome> {
        if entry.at < world.now {
            let message = Words::new("时间不能倒退", "time cannot run backwards");
            self.report.push(Diagnostic::new(codes::SCRIPT_TIME, entry.span.first(), message));
            return None;
        }
        let Some((path, span)) = &entry.event else { return Some(world.pass_to(entry.at)) };
        let Some((target, chart, event)) = target_of(world, path) else {
            self.report.push(unknown_event(world, path, *span));
            return None;
        };
        let form = chart.find_event(&event).map(|e| e.form.clone()).unwrap_or_default();
        let ty = |name: &str| form.iter().find(|f| *f.name == *name).map(|f| plain(&f.ty));
        let data = self.values(&entry.data, ty)?;
        let reason = entry.reason.as_deref().map(Name::from);
        Some(world.send(target, &event, data, reason, entry.by.clone(), entry.at))
    }
}

fn unknown_event(world: &World, path: &str, span: Span) -> Diagnostic {
    let main = world.definition.main();
    let known = main.events.iter().map(|e| &*e.name);
    let found = Diagnostic::new(
        codes::SCRIPT_NAME,
        span,
        Words::new(format!("没有“{path}”这样的操作"), format!("there is no event `{path}`")),
    );
    match nearest(path, known) {
        Some(near) => {
            found.advise(Words::new(format!("是不是“{near}”？"), format!("did you mean `{near}`?")))
        }
        None => found,
    }
}
