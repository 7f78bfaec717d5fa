//! The head of a process and its lists: roles, refusals, records, notices, schedules.

use jiff::civil::Date;
use machine::action::RecordDecl;
use machine::definition::{NoticeDecl, RefusalDecl, Role};
use machine::ids::{Name, RoleIx};
use machine::refusal::Code as Refusal;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;

use super::desk::{Desk, Sort};
use super::map::{Missed, Schedule, Scheduled, Thing};
use super::names;
use super::outline::{Outline, declared, narrow};
use super::pick;

/// The version of the language this program reads.
pub const LANGUAGE: &str = "1";

/// What every chart of a process may name.
pub(crate) struct Common {
    pub roles: Vec<Role>,
    pub refusals: Vec<RefusalDecl>,
    pub records: Vec<RecordDecl>,
    pub notices: Vec<NoticeDecl>,
}

impl Common {
    pub fn of(root: &Node, desk: &mut Desk<'_>) -> Common {
        Common {
            roles: roles(root, desk),
            refusals: refusals(root, desk),
            records: records(root, desk),
            notices: notices(root, desk),
        }
    }

    /// The role of a name written at a place; reports an unknown one.
    pub fn role(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<RoleIx> {
        let known = self.roles.iter().map(|role| &*role.name);
        desk.find(Sort::Role, written, span, known).map(|at| RoleIx(narrow(at)))
    }

    /// The roles of a list under a key.
    pub fn roles_at(&self, node: &Node, key: &str, desk: &mut Desk<'_>) -> Vec<RoleIx> {
        let written = pick::many(node, key).iter().filter_map(|node| Some((node.as_text()?, node.span)));
        written.filter_map(|(text, span)| self.role(text, span, desk)).collect()
    }

    /// The refusal code under a key: declared, or the engine's own.
    pub fn refusal(&self, node: &Node, key: &str, desk: &mut Desk<'_>) -> Option<Name> {
        let (text, span) = pick::text(node, key)?;
        let own = self.refusals.iter().map(|refusal| &*refusal.code);
        let known = own.chain(Refusal::ALL.iter().map(|code| code.name()));
        desk.find(Sort::Refusal, text, span, known).map(|_| text.into())
    }

    /// The record of a name written at a place.
    pub fn record(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<Name> {
        let known = self.records.iter().map(|record| &*record.code);
        desk.find(Sort::Record, written, span, known).map(|_| written.into())
    }

    /// The notice of a name written at a place.
    pub fn notice(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<Name> {
        let known = self.notices.iter().map(|notice| &*notice.name);
        desk.find(Sort::Notice, written, span, known).map(|_| written.into())
    }
}

fn roles(root: &Node, desk: &mut Desk<'_>) -> Vec<Role> {
    let mut roles = Vec::new();
    for role in declared(root, "roles") {
        names::check_ascii(Sort::Role, &role.name, role.span, desk);
        desk.map.put(Thing::Role(RoleIx(narrow(roles.len()))), role.span);
        roles.push(Role { title: pick::words(role.node, &role.name), name: role.name });
    }
    roles
}

fn refusals(root: &Node, desk: &mut Desk<'_>) -> Vec<RefusalDecl> {
    let mut refusals = Vec::new();
    for refusal in declared(root, "refusals") {
        names::check_ascii(Sort::Refusal, &refusal.name, refusal.span, desk);
        desk.map.put(Thing::Refusal(narrow(refusals.len())), refusal.span);
        refusals.push(RefusalDecl { words: pick::words(refusal.node, &refusal.name), code: refusal.name });
    }
    refusals
}

fn records(root: &Node, desk: &mut Desk<'_>) -> Vec<RecordDecl> {
    let mut records = Vec::new();
    for record in declared(root, "records") {
        names::check_ascii(Sort::Record, &record.name, record.span, desk);
        desk.map.put(Thing::Record(narrow(records.len())), record.span);
        records.push(RecordDecl { words: pick::words(record.node, &record.name), code: record.name });
    }
    records
}

fn notices(root: &Node, desk: &mut Desk<'_>) -> Vec<NoticeDecl> {
    let mut notices = Vec::new();
    for notice in declared(root, "notices") {
        names::check_ascii(Sort::Notice, &notice.name, notice.span, desk);
        desk.map.put(Thing::Notice(narrow(notices.len())), notice.span);
        notices.push(NoticeDecl { title: pick::words(notice.node, &notice.name), name: notice.name });
    }
    notices
}

/// The `version` of the process.
pub(crate) fn version(root: &Node, desk: &mut Desk<'_>) -> u32 {
    let Some((text, span)) = pick::text(root, "version") else { return 1 };
    match text.parse() {
        Ok(version) if version >= 1 => version,
        _ => {
            desk.say(
                Diagnostic::new(
                    codes::BAD_VALUE,
                    span,
                    words!("版本 `{text}` 不是正整数", "the version `{text}` is not a whole number"),
                )
                .advise(words!("从 1 数起：version: 1", "count from 1: version: 1")),
            );
            1
        }
    }
}

/// Reports a document written for another language version.
pub(crate) fn check_language(root: &Node, desk: &mut Desk<'_>) {
    let Some((text, span)) = pick::text(root, "language") else { return };
    if text != LANGUAGE {
        desk.say(
            Diagnostic::new(
                codes::OTHER_LANGUAGE_VERSION,
                span,
                words!("不认识第 `{text}` 版流程语言", "language version `{text}` is not known"),
            )
            .label(words!("本程序读第 {LANGUAGE} 版", "this program reads version {LANGUAGE}"))
            .advise(words!(
                "改成 `language: {LANGUAGE}`，或升级程序",
                "write `language: {LANGUAGE}`, or update the program"
            )),
        );
    }
}

/// The `effective` day. What is no date is reported with the form of the key.
pub(crate) fn effective(root: &Node) -> Option<Date> {
    let (text, _) = pick::text(root, "effective")?;
    text.parse().ok().filter(|_| text.len() == 10)
}

/// Keeps the schedules for the program that runs them.
pub(crate) fn schedules(root: &Node, main: &Outline<'_>, desk: &mut Desk<'_>) {
    for schedule in declared(root, "schedules") {
        names::check_ascii(Sort::Event, &schedule.name, schedule.span, desk);
        let node = schedule.node;
        let Some((cron, at)) = pick::text(node, "cron") else { continue };
        check_cron(cron, at, desk);
        let does = match pick::text(node, "send") {
            Some((event, span)) => {
                let known = main.events.iter().map(|event| &*event.name);
                desk.find(Sort::Event, event, span, known);
                Scheduled::Send(event.into())
            }
            None => Scheduled::Start,
        };
        let missed = match pick::text(node, "missed").map(|(word, _)| word) {
            Some("each") => Missed::Each,
            Some("skip") => Missed::Skip,
            _ => Missed::Once,
        };
        let kept = Schedule {
            name: schedule.name,
            cron: cron.into(),
            zone: pick::name(node, "zone").unwrap_or_else(|| "Asia/Shanghai".into()),
            working_days: pick::text(node, "on")
                .is_some_and(|(word, _)| word.replace('_', " ") == "working days"),
            does,
            missed,
            span: schedule.span,
        };
        check_zone(node, &kept.zone, desk);
        desk.map.schedules.push(kept);
    }
}

fn check_zone(node: &Node, zone: &str, desk: &mut Desk<'_>) {
    if jiff::tz::TimeZone::get(zone).is_err()
        && let Some((_, span)) = pick::text(node, "zone")
    {
        desk.say(
            Diagnostic::new(
                codes::BAD_VALUE,
                span,
                words!("没有时区 `{zone}`", "there is no time zone `{zone}`"),
            )
            .advise(words!("例：Asia/Shanghai", "example: Asia/Shanghai")),
        );
    }
}

/// Five or six fields; their meaning is checked by who runs them.
fn check_cron(cron: &str, span: Span, desk: &mut Desk<'_>) {
    let fields = cron.split_whitespace().count();
    let plain = cron.chars().all(|c| c.is_ascii_alphanumeric() || " *,-/?#".contains(c));
    if !(5..=6).contains(&fields) || !plain {
        desk.say(
            Diagnostic::new(
                codes::BAD_CRON,
                span,
                words!("`{cron}` 不是定时表达式", "`{cron}` is not a cron expression"),
            )
            .advise(words!(
                "五段：分 时 日 月 星期；例：`0 9 * * *` 每天九点",
                "five fields: minute hour day month weekday; example: `0 9 * * *` at nine every day"
            )),
        );
    }
}
