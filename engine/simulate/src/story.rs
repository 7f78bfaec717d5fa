//! Stories: what happens to one case, step by step, and what must follow. They live beside a workflow,
//! run in `charter test`, and have to be green before a definition is deployed.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::keys::check_tree;
use language::span::Span;
use language::suggest::nearest;
use language::tree::{Node, Tree};
use language::words::Words;
use machine::chart::Verb;
use machine::event::{Actor, TimerAct};

use crate::values::instant;

pub mod shape;

/// A story as written, its parts not yet held against a definition.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it tells.
    pub title: Words,
    /// Where the title stands.
    pub span: Span,
    /// The process it is about, with its place; told only beside a profile, which may hold several.
    pub process: Option<(String, Span)>,
    /// Parameters with other values than the definition's.
    pub parameters: Vec<(String, Node)>,
    /// How the case is opened.
    pub open: Opening,
    /// What happens then.
    pub steps: Vec<Step>,
}

/// How a case is opened.
#[derive(Clone, Debug)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// With what.
    pub with: Vec<(String, Node)>,
    /// The refusal that must follow, with its place.
    pub refused: Option<(String, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: StepKind,
}

/// The kinds of step.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Somebody sends an event.
    Do(Box<Act>),
    /// Time passes, for a period as in a definition.
    Wait(Node),
    /// Time passes until an instant.
    Until(Timestamp),
    /// Somebody acts on a task.
    Task(Box<TaskAct>),
    /// Authority acts on a clock.
    Clock(Box<ClockAct>),
    /// What must be so now.
    Expect(Vec<(String, Span, Node)>),
}

/// Somebody sends an event.
#[derive(Clone, Debug)]
pub struct Act {
    /// When; now unless given.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Actor,
    /// `claim`, or `claims.B1.approve`.
    pub event: String,
    /// Where the event is named.
    pub event_span: Span,
    /// With what.
    pub with: Vec<(String, Node)>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The refusal that must follow, with its place.
    pub refused: Option<(String, Span)>,
}

/// Somebody acts on a task.
#[derive(Clone, Debug)]
pub struct TaskAct {
    /// When; now unless given.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Actor,
    /// The task's state, as `claims.B1.evaluating`.
    pub task: String,
    /// What is done.
    pub verb: Verb,
    /// To or for whom.
    pub person: Option<Actor>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The refusal that must follow, with its place.
    pub refused: Option<(String, Span)>,
}

/// Authority acts on a clock.
#[derive(Clone, Debug)]
pub struct ClockAct {
    /// When; now unless given.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Actor,
    /// The clock, as `claims.B1.evaluation`.
    pub clock: String,
    /// What is done.
    pub act: TimerAct,
    /// Why, in words.
    pub reason: Option<String>,
    /// The refusal that must follow, with its place.
    pub refused: Option<(String, Span)>,
}

/// Reads a story, or everything that is wrong with it.
pub fn read(tree: &Tree, zone: &TimeZone) -> (Option<Story>, Report) {
    let report = check_tree(tree, &shape::STORY);
    if report.has_errors() {
        return (None, report);
    }
    let mut reader = Reader { report, zone, people: vec![] };
    let story = reader.story(&tree.root);
    (story.filter(|_| !reader.report.has_errors()), reader.report)
}

struct Reader<'a> {
    report: Report,
    zone: &'a TimeZone,
    people: Vec<(String, Actor)>,
}

impl Reader<'_> {
    fn story(&mut self, root: &Node) -> Option<Story> {
        for (name, node) in entries(root, "people") {
            let actor = node.as_text().map(actor);
            self.people.extend(actor.map(|a| (name, a)));
        }
        let title = root.get("story")?;
        let steps = root.get("steps").and_then(Node::as_seq).unwrap_or_default();
        Some(Story {
            title: words(title),
            span: title.span,
            process: root.get("process").and_then(|node| Some((node.as_text()?.to_owned(), node.span))),
            parameters: entries(root, "parameters"),
            open: self.opening(root.get("open")?)?,
            steps: steps.iter().filter_map(|step| self.step(step)).collect(),
        })
    }

    fn opening(&mut self, node: &Node) -> Option<Opening> {
        Some(Opening {
            at: self.instant(node.get("at")?)?,
            by: self.by(node.get("by")?)?,
            with: entries(node, "with"),
            refused: refused(node),
            span: node.span,
        })
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let kind = if let Some(wait) = node.get("wait") {
            StepKind::Wait(wait.clone())
        } else if let Some(until) = node.get("until") {
            StepKind::Until(self.instant(until)?)
        } else if let Some(task) = node.get("task") {
            StepKind::Task(Box::new(self.task(node, task)?))
        } else if let Some(clock) = node.get("clock") {
            StepKind::Clock(Box::new(self.clock(node, clock)?))
        } else if let Some(expect) = node.get("expect") {
            let entries = expect.as_map().unwrap_or_default();
            StepKind::Expect(entries.iter().map(|(k, n)| (k.text.clone(), k.span, n.clone())).collect())
        } else {
            StepKind::Do(Box::new(self.act(node)?))
        };
        Some(Step { span: node.span, kind })
    }

    fn act(&mut self, node: &Node) -> Option<Act> {
        let Some(event) = node.get("do") else {
            self.report.push(
                Diagnostic::new(
                    codes::STORY_STEP,
                    node.span,
                    Words::new("这一步没有写做什么", "this step does not say what happens"),
                )
                .advise(Words::new(
                    "写 do（谁做什么）、wait、until 或 expect 之一",
                    "write one of do, wait, until, expect",
                )),
            );
            return None;
        };
        Some(Act {
            at: self.when(node)?,
            by: self.by(node.get("by").unwrap_or(node))?,
            event: event.as_text()?.to_owned(),
            event_span: event.span,
            with: entries(node, "with"),
            reason: reason(node),
            refused: refused(node),
        })
    }

    fn task(&mut self, node: &Node, task: &Node) -> Option<TaskAct> {
        let verb = node
            .get("verb")
            .and_then(Node::as_text)
            .and_then(|v| Verb::ALL.into_iter().find(|a| a.name() == v));
        let Some(verb) = verb else {
            let message =
                Words::new("没有写对待办做什么", "the step does not say what is done with the task");
            let advice = Words::new("加上 verb: claim 等", "add verb: claim, or another");
            self.report.push(Diagnostic::new(codes::STORY_STEP, node.span, message).advise(advice));
            return None;
        };
        Some(TaskAct {
            at: self.when(node)?,
            by: self.by(node.get("by").unwrap_or(node))?,
            task: task.as_text()?.to_owned(),
            verb,
            person: match node.get("person") {
                Some(person) => Some(self.by(person)?),
                None => None,
            },
            reason: reason(node),
            refused: refused(node),
        })
    }

    fn clock(&mut self, node: &Node, clock: &Node) -> Option<ClockAct> {
        let units = node.get("units").and_then(Node::as_text).and_then(|u| u.parse().ok());
        let act = match node.get("act").and_then(Node::as_text) {
            Some("suspend") => Some(TimerAct::Suspend),
            Some("resume") => Some(TimerAct::Resume),
            Some("extend") => units.map(TimerAct::Extend),
            Some("move") => self.instant(node.get("to").unwrap_or(node)).map(TimerAct::Move),
            _ => None,
        };
        let Some(act) = act else {
            let message = Words::new("没有写怎样调整时限", "the step does not say what is done to the clock");
            let advice = Words::new(
                "写 act: suspend、resume、extend（加 units）或 move（加 to）",
                "write act: suspend, resume, extend (with units) or move (with to)",
            );
            self.report.push(Diagnostic::new(codes::STORY_STEP, node.span, message).advise(advice));
            return None;
        };
        Some(ClockAct {
            at: self.when(node)?,
            by: self.by(node.get("by").unwrap_or(node))?,
            clock: clock.as_text()?.to_owned(),
            act,
            reason: reason(node),
            refused: refused(node),
        })
    }

    /// The time of a step: `Some(None)` when it gives none.
    fn when(&mut self, node: &Node) -> Option<Option<Timestamp>> {
        match node.get("at") {
            Some(at) => self.instant(at).map(Some),
            None => Some(None),
        }
    }

    fn by(&mut self, node: &Node) -> Option<Actor> {
        let Some(text) = node.as_text() else {
            let message = Words::new("这一步没有写谁来做", "this step does not say who acts");
            let advice = Words::new("加上 by: 角色 of 单位", "add by: ROLE of ORGANISATION");
            self.report.push(Diagnostic::new(codes::STORY_STEP, node.span, message).advise(advice));
            return None;
        };
        if let Some((_, person)) = self.people.iter().find(|(name, _)| name == text) {
            return Some(person.clone());
        }
        if !self.people.is_empty() && !text.contains(" of ") && !text.starts_with("system") {
            let known = self.people.iter().map(|(name, _)| name.as_str());
            if let Some(near) = nearest(text, known) {
                let message =
                    Words::new(format!("people 里没有“{text}”"), format!("`{text}` is not among the people"));
                let advice = Words::new(format!("是不是“{near}”？"), format!("did you mean `{near}`?"));
                self.report.push(Diagnostic::new(codes::STORY_STEP, node.span, message).advise(advice));
                return None;
            }
        }
        Some(actor(text))
    }

    fn instant(&mut self, node: &Node) -> Option<Timestamp> {
        match instant(node.as_text().unwrap_or_default(), self.zone) {
            Ok(at) => Some(at),
            Err(words) => {
                self.report.push(Diagnostic::new(codes::STORY_VALUE, node.span, words));
                None
            }
        }
    }
}

/// `bank_clerk of B1`, `bank_clerk of B1: 王磊`, `city_reviewer`, `system:timer`.
pub fn actor(text: &str) -> Actor {
    if let Some(part) = text.strip_prefix("system:") {
        return Actor::system(part);
    }
    let (rest, person) = match text.split_once(": ") {
        Some((rest, person)) => (rest, Some(person)),
        None => (text, None),
    };
    match rest.split_once(" of ") {
        Some((role, organisation)) => {
            let (role, organisation) = (role.trim(), organisation.trim());
            let id = person.map_or_else(|| format!("{role}@{organisation}"), str::to_owned);
            Actor::person(&id, organisation, role)
        }
        None => Actor {
            id: person.unwrap_or(rest).into(),
            organisation: None,
            role: rest.trim().into(),
            on_behalf_of: None,
        },
    }
}

fn reason(node: &Node) -> Option<String> {
    node.get("reason").and_then(Node::as_text).map(str::to_owned)
}

fn refused(node: &Node) -> Option<(String, Span)> {
    let code = node.get("refused")?;
    Some((code.as_text()?.to_owned(), code.span))
}

/// The entries of the map under a key, in the order written; none without it.
pub(crate) fn entries(node: &Node, key: &str) -> Vec<(String, Node)> {
    let map = node.get(key).and_then(Node::as_map).unwrap_or_default();
    map.iter().map(|(k, n)| (k.text.clone(), n.clone())).collect()
}

/// A title: one text for both languages, or one each.
fn words(node: &Node) -> Words {
    match node.as_text() {
        Some(text) => Words::new(text, text),
        None => {
            let one = |key| node.get(key).and_then(Node::as_text).unwrap_or_default();
            Words::new(one("zh"), one("en"))
        }
    }
}
