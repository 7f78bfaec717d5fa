//! What a letter may show: the names, checked when a definition is published, and their values, taken
//! from the case.
//!
//! Personal and credit data is not among them, whatever a template says: a letter leads to the page where
//! reading them is checked and recorded.

use std::collections::{BTreeMap, BTreeSet};

use expr::lang::Lang;
use expr::value::Value;
use jiff::Timestamp;
use machine::action::Action;
use machine::case::{Case, Purpose, Run};
use machine::chart::{Chart, Clock, ClockKind, Field, FieldType, Protection};
use machine::definition::Definition;
use machine::fact::{Fact, What};
use machine::ids::{Bilingual, CaseId, ChartIx, ClockIx, FieldIx};
use serde_json::{Map, Value as Json, json};

use crate::json;
use crate::letter::{Recipient, Side};
use crate::render::Uses;

/// Names every letter may show.
const ALWAYS: &[&str] = &[
    "case",
    "process",
    "rule",
    "notice",
    "to.name",
    "to.enterprise",
    "to.bank",
    "to.office",
    "office",
    "phone",
    "sent",
    "link",
    "next.due",
    "next.why",
    "next.title",
];

/// The office that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its name: the signature under every letter.
    pub name: Bilingual,
    /// Where people can ask.
    pub phone: String,
    /// Where our pages are, without a slash at the end: `https://rongzi.example.gov.cn`.
    pub own: String,
}

impl Office {
    /// The page of a case.
    pub fn page(&self, case: &CaseId) -> String {
        format!("{}/cases/{}", self.own, in_url(&case.0))
    }

    /// The page that says why a date is what it is, day by day. `run` is the child's key, if any.
    pub fn why(&self, case: &CaseId, run: &str, clock: &str) -> String {
        let place = if run.is_empty() { clock.to_owned() } else { format!("{run}.{clock}") };
        format!("{}/why/{}", self.page(case), in_url(&place))
    }
}

/// Letters and digits as they are, everything else as `%XX`.
fn in_url(text: &str) -> String {
    let mut url = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

/// A name a template shows that the process does not offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOffered {
    /// The name.
    pub name: String,
    /// It is offered, but not by every action that sends this notice.
    pub sometimes: bool,
}

/// The names a process offers to one of its notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Whenever it is sent.
    pub always: BTreeSet<String>,
    /// By some of the actions that send it.
    pub sometimes: BTreeSet<String>,
}

impl Offer {
    /// What a process offers to a notice; `None` if it never sends it.
    pub fn of(definition: &Definition, notice: &str) -> Option<Offer> {
        let mut all: Option<(BTreeSet<String>, BTreeSet<String>)> = None;
        for chart in &definition.charts {
            let common = names_of(definition, chart);
            for with in sends(chart, notice) {
                let here: BTreeSet<String> = common.iter().cloned().chain(with).collect();
                all = Some(match all {
                    None => (here.clone(), here),
                    Some((every, some)) => (&every & &here, &some | &here),
                });
            }
        }
        all.map(|(always, some)| Offer { sometimes: &some - &always, always })
    }

    /// The names a template shows and the process does not offer.
    pub fn lacks(&self, uses: &Uses) -> Vec<NotOffered> {
        let lacking = uses.0.iter().filter(|(name, only_if)| {
            let offered = self.always.contains(*name) || (**only_if && self.sometimes.contains(*name));
            !offered
        });
        lacking
            .map(|(name, _)| NotOffered { name: name.clone(), sometimes: self.sometimes.contains(name) })
            .collect()
    }
}

fn shown(field: &Field) -> bool {
    field.protection == Protection::None
}

fn uscc(chart: &Chart) -> Option<FieldIx> {
    let at = chart.fields.iter().position(|f| f.ty == FieldType::Uscc && shown(f))?;
    u16::try_from(at).ok().map(FieldIx)
}

fn names_of(definition: &Definition, chart: &Chart) -> BTreeSet<String> {
    let main = definition.main();
    let mut names: BTreeSet<String> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
    names.extend(chart.fields.iter().filter(|f| shown(f)).map(|f| format!("data.{}", f.name)));
    names.extend(main.fields.iter().filter(|f| shown(f)).map(|f| format!("main.{}", f.name)));
    for clock in chart.clocks.iter().chain(&main.clocks) {
        names.extend([format!("due.{}", clock.name), format!("why.{}", clock.name)]);
    }
    if chart.child.is_some() {
        names.insert("key".to_owned());
    }
    if uscc(main).is_some() {
        names.insert("enterprise".to_owned());
    }
    names
}

/// For every action of a chart that sends the notice, the names it gives `with` it.
fn sends(chart: &Chart, notice: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for state in &chart.states {
        gather(&state.entry, notice, &mut found);
        gather(&state.exit, notice, &mut found);
        if let Some(initial) = &state.initial {
            gather(&initial.actions, notice, &mut found);
        }
    }
    for transition in &chart.transitions {
        gather(&transition.actions, notice, &mut found);
    }
    found
}

fn gather(actions: &[Action], wanted: &str, found: &mut Vec<Vec<String>>) {
    for action in actions {
        match action {
            Action::Notify { notice, data, .. } if &**notice == wanted => {
                found.push(data.iter().map(|(name, _)| format!("with.{name}")).collect());
            }
            Action::Choose { branches } => {
                branches.iter().for_each(|(_, actions)| gather(actions, wanted, found));
            }
            _ => {}
        }
    }
}

/// What a letter stands on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The process.
    pub definition: &'a Definition,
    /// The case as it stood when the notice was sent.
    pub case: &'a Case,
    /// The notice, a [`What::Notified`].
    pub fact: &'a Fact,
    /// Who writes.
    pub office: &'a Office,
    /// What a party's code is called in a language.
    pub called: &'a dyn Fn(&str, Lang) -> Option<String>,
}

impl Ground<'_> {
    /// The values of everything [`Offer`] names, for one recipient. Unknown ones are left out.
    pub fn values(&self, to: &Recipient, lang: Lang) -> Json {
        let run = self.case.run(self.fact.run);
        let pick = |words: &Bilingual| lang.pick(&words.zh, &words.en).to_owned();
        let title = pick(&self.definition.title);
        let mut values = Map::new();
        let mut put = |name: &str, value: Json| values.insert(name.to_owned(), value);
        put("case", json!(&*self.case.id.0));
        put("rule", json!(rule(&title, self.definition.version, lang)));
        put("process", json!(title));
        put("notice", json!(self.notice(lang)));
        put("to", addressed(to));
        put("office", json!(pick(&self.office.name)));
        put("phone", json!(self.office.phone));
        put("sent", json!(self.fact.at.to_string()));
        put("link", json!(self.office.page(&self.case.id)));
        put("next", self.next(run, lang));
        put("data", self.data(run, lang));
        put("main", self.data(self.case.main(), lang));
        put("with", self.with(lang));
        let clocks = self.clocks(run);
        put("due", clocks.iter().map(|(name, (at, _))| (name.clone(), json!(at.to_string()))).collect());
        put("why", clocks.into_iter().map(|(name, (_, page))| (name, json!(page))).collect());
        if run.chart != ChartIx::MAIN {
            put("key", json!(self.party(&run.key, lang)));
        }
        let main = self.case.main();
        if let Some(field) = uscc(self.definition.main()) {
            put("enterprise", json!(self.party(&main.data[field.at()], lang)));
        }
        Json::Object(values)
    }

    fn notice(&self, lang: Lang) -> String {
        let What::Notified { notice, .. } = &self.fact.what else { return String::new() };
        let declared = self.definition.notices.iter().find(|n| n.name == *notice);
        declared.map_or(notice.to_string(), |n| lang.pick(&n.title.zh, &n.title.en).to_owned())
    }

    fn with(&self, lang: Lang) -> Json {
        let What::Notified { data, .. } = &self.fact.what else { return json!({}) };
        let chart = self.case.run(self.fact.run).chart;
        let values = data.as_context().into_iter().flatten();
        values.map(|(name, value)| (name.to_string(), self.said(chart, name, value, lang))).collect()
    }

    /// A value as letters say it: the words of a choice by their titles.
    fn said(&self, chart: ChartIx, name: &str, value: &Value, lang: Lang) -> Json {
        match value {
            Value::Text(text) => match self.definition.value_words(chart, name, text) {
                Some(words) => json!(lang.pick(&words.zh, &words.en)),
                None => json::of(value),
            },
            Value::List(items) => items.iter().map(|item| self.said(chart, name, item, lang)).collect(),
            value => json::of(value),
        }
    }

    fn party(&self, code: &Value, lang: Lang) -> String {
        let code = code.plain();
        (self.called)(&code, lang).unwrap_or(code)
    }

    fn data(&self, run: &Run, lang: Lang) -> Json {
        let fields = self.definition.chart(run.chart).fields.iter().zip(&run.data);
        let said =
            |(f, value): (&Field, &Value)| (f.name.to_string(), self.said(run.chart, &f.name, value, lang));
        fields.filter(|(f, _)| shown(f)).map(said).collect()
    }

    /// The deadline that comes next in the run, else in the main run: when, why, and its name.
    fn next(&self, run: &Run, lang: Lang) -> Json {
        let found = self.soonest(run).or_else(|| self.soonest(self.case.main()));
        let Some((due, clock, key)) = found else { return json!({}) };
        let title = lang.pick(&clock.title.zh, &clock.title.en);
        json!({
            "due": due.to_string(),
            "why": self.office.why(&self.case.id, &key, &clock.name),
            "title": title,
        })
    }

    fn soonest(&self, run: &Run) -> Option<(Timestamp, &Clock, String)> {
        let clocks = &self.definition.chart(run.chart).clocks;
        let pending = run.timers.iter().filter(|timer| !timer.held).filter_map(|timer| {
            let Purpose::Clock(at) = timer.purpose else { return None };
            let clock = clocks.get(at.at()).filter(|clock| clock.kind == ClockKind::Deadline)?;
            Some((timer.clock.fires_at()?, clock))
        });
        let (due, clock) = pending.min_by_key(|(due, _)| *due)?;
        Some((due, clock, child_key(run)))
    }

    /// When each clock of the run, and of the main run, is or was last due, and the page that says why.
    fn clocks(&self, run: &Run) -> BTreeMap<String, (Timestamp, String)> {
        let mut clocks = BTreeMap::new();
        for (run, key) in [(self.case.main(), String::new()), (run, child_key(run))] {
            for (at, clock) in (0u16..).zip(&self.definition.chart(run.chart).clocks) {
                if let Some(due) = run.due(ClockIx(at)) {
                    let page = self.office.why(&self.case.id, &key, &clock.name);
                    clocks.insert(clock.name.to_string(), (due, page));
                }
            }
        }
        clocks
    }
}

fn child_key(run: &Run) -> String {
    if run.chart == ChartIx::MAIN { String::new() } else { run.key.plain() }
}

pub(crate) fn rule(title: &str, version: u32, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("《{title}》办理规则（第{version}版）"),
        Lang::En => format!("the rules “{title}”, version {version}"),
    }
}

fn addressed(to: &Recipient) -> Json {
    json!({
        "name": to.name,
        "enterprise": to.side == Side::Enterprise,
        "bank": to.side == Side::Bank,
        "office": to.side == Side::Office,
    })
}
