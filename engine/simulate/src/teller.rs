//! What happened and how things stand, in the words of the process: told the same way in the program, the API and
//! the pages.

use expr::time::calendar::Calendar;
use expr::time::derivation::Derivation;
use expr::time::weekday::short_name;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::words::Lang;
use machine::case::{Case, Purpose, Run, Timer};
use machine::chart::{Chart, StateKind};
use machine::definition::Definition;
use machine::event::Actor;
use machine::fact::{Addressee, Change, Fact, What};
use machine::ids::{Bilingual, RunIx};
use machine::reason::Reason;
use machine::refusal::Refusal;
use machine::spoken::Depth;

use crate::told;
use crate::world::World;

/// What organisations and people are called, by their codes.
pub type Names<'n> = &'n dyn Fn(&str) -> Option<String>;

/// A case and the language it is told in.
#[derive(Clone, Copy)]
pub struct Teller<'w> {
    /// The process.
    pub definition: &'w Definition,
    /// The calendar it counts by.
    pub calendar: &'w Calendar,
    /// The case now.
    pub case: &'w Case,
    /// Its history, or the part of it that is told; timers set before that part have no name.
    pub facts: &'w [Fact],
    /// The reader's language.
    pub lang: Lang,
    /// For readers who know people by their names, and to whom the codes of states say nothing.
    pub names: Option<Names<'w>>,
}

/// `2026-03-10 周二 00:00`
pub fn moment(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let local = zone.to_datetime(at);
    let clock = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    format!("{} {} {}", local.date(), short_name(local.date().weekday(), lang), local.strftime(clock))
}

/// A deadline: midnight is 24:00 of the day before, as people say it.
pub fn deadline(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let local = zone.to_datetime(at);
    match local.date().yesterday() {
        Ok(day) if local.time() == jiff::civil::Time::midnight() => {
            format!("{day} {} 24:00", short_name(day.weekday(), lang))
        }
        _ => moment(at, zone, lang),
    }
}

impl<'w> Teller<'w> {
    /// Tells a case in virtual time.
    pub fn of(world: &'w World, lang: Lang) -> Teller<'w> {
        let World { definition, calendar, case, facts, .. } = world;
        Teller { definition, calendar, case, facts, lang, names: None }
    }
}

impl Teller<'_> {
    /// The words of the reader.
    pub fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.pick(zh, en)
    }

    fn title<'t>(&self, title: &'t Bilingual, name: &'t str) -> &'t str {
        let text = self.lang.pick(&title.zh, &title.en);
        if text.is_empty() { name } else { text }
    }

    fn due(&self, at: Timestamp) -> String {
        deadline(at, self.calendar.zone(), self.lang)
    }

    fn chart(&self, run: RunIx) -> &Chart {
        self.definition.chart(self.case.run(run).chart)
    }

    /// `银行客户经理 工行`
    pub fn actor(&self, by: &Actor) -> String {
        let role = self.definition.find_role(&by.role).map(|r| &self.definition.roles[r.at()]);
        let role = role.map_or(&*by.role, |role| self.title(&role.title, &role.name));
        let made = by.organisation.as_ref().map(|o| format!("{}@{o}", by.role));
        let person = (made.as_deref() != Some(&*by.id) && *by.id != *by.role).then_some(&*by.id);
        let others = [by.organisation.as_deref(), person].into_iter().flatten().map(|code| self.called(code));
        std::iter::once(role.to_owned()).chain(others).collect::<Vec<_>>().join(" ")
    }

    /// What somebody is called; their code where nobody knows.
    fn called(&self, code: &str) -> String {
        self.names.and_then(|names| names(code)).unwrap_or_else(|| code.to_owned())
    }

    /// A state or outcome: its title, and its code for readers who work with it.
    fn state_words(&self, title: &str, name: &str) -> String {
        if self.names.is_some() { title.to_owned() } else { format!("{title} ({name})") }
    }

    /// The name of a run for people: empty for the main one, `关注 工行` for a child.
    pub fn run(&self, run: &Run) -> String {
        let chart = self.definition.chart(run.chart);
        if chart.child.is_none() {
            return String::new();
        }
        format!("{} {}", self.title(&chart.title, &chart.name), self.called(&told::plain(&run.key)))
    }

    /// What happened from a place in the history on, one thing a line, the time before the first of each
    /// moment.
    pub fn facts(&self, from: usize) -> String {
        let mut out = String::new();
        let mut shown: Option<Timestamp> = None;
        for fact in self.facts.get(from..).unwrap_or_default() {
            for line in self.fact(fact) {
                let time = if shown == Some(fact.at) { String::new() } else { self.short(fact.at) };
                shown = Some(fact.at);
                out.push_str(&format!("{time:<13}{line}\n"));
            }
        }
        out
    }

    fn short(&self, at: Timestamp) -> String {
        let local = self.calendar.zone().to_datetime(at);
        local.strftime("%m-%d %H:%M").to_string()
    }

    /// What one fact says, one thing a line; nothing for facts that only keep the books.
    pub fn fact(&self, fact: &Fact) -> Vec<String> {
        let chart = self.chart(fact.run);
        let run = self.run(self.case.run(fact.run));
        let of_run = if run.is_empty() { String::new() } else { format!("{run}：") };
        let of_run = if self.lang == Lang::En { of_run.replace('：', ": ") } else { of_run };
        let event = |name: &str| {
            chart.find_event(name).map_or(name.to_owned(), |e| self.title(&e.title, &e.name).to_owned())
        };
        match &fact.what {
            What::Opened { id, by, .. } => {
                vec![format!("● {} {id} · {}", self.say("开始", "opened"), self.actor(by))]
            }
            What::Received { event: name, by, .. } if !by.is_system() => {
                vec![format!("● {of_run}{} · {}", event(name), self.actor(by))]
            }
            What::Refused { event: name, by, code, .. } => {
                let words = self.refusal_words(code);
                vec![format!(
                    "✗ {of_run}{} · {} — {} {code} {words}",
                    event(name),
                    self.actor(by),
                    self.say("被拒", "refused")
                )]
            }
            What::Entered(state) => {
                let state = chart.state(*state);
                match state.kind {
                    StateKind::Atomic | StateKind::Final { .. } => {
                        let title = self.title(&state.title, &state.name);
                        vec![format!("  → {of_run}{}", self.state_words(title, &state.name))]
                    }
                    _ => vec![],
                }
            }
            What::Started { key, .. } if !run.is_empty() => {
                let _ = key;
                vec![format!("  + {run}")]
            }
            What::Ended { outcome } => {
                let chart = self.case.run(fact.run).chart;
                let words = self.definition.value_words(chart, "outcome", outcome);
                let said = words.map(|words| self.title(words, outcome)).filter(|said| *said != &**outcome);
                let said = match said {
                    // Where people stand by their names, titles alone will do.
                    Some(said) if self.names.is_some() => said.to_owned(),
                    Some(said) => format!("{said} ({outcome})"),
                    None => outcome.to_string(),
                };
                vec![format!("  ■ {of_run}{} {said}", self.say("办结", "ended as"))]
            }
            other => self
                .time(chart, &of_run, fact, other)
                .or_else(|| self.outward(fact, other))
                .unwrap_or_default(),
        }
    }

    fn time(&self, chart: &Chart, of_run: &str, fact: &Fact, what: &What) -> Option<Vec<String>> {
        let (run, at) = (fact.run, fact.at);
        Some(match what {
            What::TimerSet(timer) => self.timer_set(chart, of_run, timer),
            What::TimerFired { timer, due } => {
                let name = self.timer_name(run, *timer);
                vec![format!("⏲ {of_run}{name} · {} {}", self.say("到期", "due"), self.due(*due))]
            }
            What::Reminded { timer, .. } => {
                vec![format!("⏲ {of_run}{} · {}", self.timer_name(run, *timer), self.say("提醒", "reminder"))]
            }
            // Held while its state is left: nothing people have to know, unless it lasts.
            What::TimerChanged { how: Change::Paused, held: true, .. } => vec![],
            What::TimerChanged { timer, how: Change::Resumed, .. } if self.held_just_now(*timer, at) => {
                vec![]
            }
            What::TimerChanged { timer, how, clock, .. } => {
                let how = match how {
                    Change::Paused => self.say("停表", "stands still"),
                    Change::Resumed => self.say("继续走", "runs on"),
                    Change::Extended => self.say("延长", "extended"),
                    Change::ByAuthority { .. } => self.say("由主管调整", "changed by authority"),
                    Change::Reckoned => self.say("按放假安排重算", "reckoned again"),
                };
                let due = clock.fires_at().map(|at| format!(" → {}", self.due(at))).unwrap_or_default();
                vec![format!("  ⏲ {of_run}{} {how}{due}", self.timer_name(run, *timer))]
            }
            _ => return None,
        })
    }

    /// Whether a timer was put aside in this very moment.
    fn held_just_now(&self, number: u32, at: Timestamp) -> bool {
        self.facts.iter().any(|fact| {
            let held = matches!(&fact.what, What::TimerChanged { timer, held: true, .. } if *timer == number);
            held && fact.at == at
        })
    }

    fn timer_set(&self, chart: &Chart, of_run: &str, timer: &Timer) -> Vec<String> {
        let name = self.purpose(chart, timer);
        let due = self.due(timer.clock.due.at);
        let mut lines = vec![format!("  ⏲ {of_run}{name} {} {due}", self.say("到", "until"))];
        if let Ok(why) = Derivation::of(&timer.clock, self.calendar)
            && why.steps.len() > 1
        {
            lines.push(format!("      {}", why.days_text(self.lang)));
        }
        lines
    }

    fn purpose(&self, chart: &Chart, timer: &Timer) -> String {
        match &timer.purpose {
            Purpose::Clock(clock) => {
                let clock = &chart.clocks[clock.at()];
                self.title(&clock.title, &clock.name).to_owned()
            }
            Purpose::Delayed { event, .. } => event.to_string(),
        }
    }

    /// The name of a timer, looked up where it was set: it may be gone by now.
    fn timer_name(&self, run: RunIx, number: u32) -> String {
        let set = self.facts.iter().rev().find_map(|fact| match &fact.what {
            What::TimerSet(timer) if timer.id == number => Some(timer),
            _ => None,
        });
        set.map(|timer| self.purpose(self.chart(run), timer)).unwrap_or_default()
    }

    fn outward(&self, fact: &Fact, what: &What) -> Option<Vec<String>> {
        Some(match what {
            What::Notified { notice, to, .. } => {
                let decl = self.definition.notices.iter().find(|n| n.name == *notice);
                let title = decl.map_or(&**notice, |n| self.title(&n.title, &n.name));
                let to: Vec<String> = to.iter().map(|a| self.addressee(a)).collect();
                vec![format!("  ✉ {title} → {}", to.join(", "))]
            }
            What::Recorded { code, data } => {
                let record = self.definition.records.iter().find(|r| r.code == *code)?;
                let run = self.case.run(fact.run);
                let values = told::line_values(self.definition, self.calendar.zone(), run, data, self.lang);
                vec![format!("  ¶ {}", told::line(record, &values, self.lang))]
            }
            What::Called { connector, .. } => vec![format!("  ⇄ {connector}")],
            What::Sent { process, event, .. } => vec![format!("  ⇒ {process}: {event}")],
            _ => return None,
        })
    }

    fn addressee(&self, to: &Addressee) -> String {
        match to {
            Addressee::Role(role) => {
                let found = self.definition.find_role(role).map(|r| &self.definition.roles[r.at()]);
                found.map_or(&**role, |role| self.title(&role.title, &role.name)).to_owned()
            }
            Addressee::Party(party) => self.called(party),
        }
    }

    /// Why: a guard that was tried, and what it read.
    pub fn reason(&self, reason: &Reason) -> String {
        let chart = self.case.run(reason.run).chart;
        let mark = if reason.held { "✓" } else { "✗" };
        let guard = self.definition.formula_words(chart, &reason.guard, Depth::Everything, self.lang);
        let inputs = reason.inputs.iter().filter(|(name, _)| **name != *reason.guard);
        let inputs = inputs.map(|(name, value)| self.definition.input_words(chart, name, value, self.lang));
        let meaning = self.definition.meaning(chart, &reason.guard, self.lang);
        let inputs: Vec<String> = meaning.into_iter().chain(inputs).collect();
        format!("{mark} {guard}   {}", inputs.join(self.say("；", "; "))).trim_end().to_owned()
    }

    /// The sentence of a refusal code.
    pub fn refusal_words(&self, code: &str) -> String {
        let words = self.definition.refusal_words(code).cloned();
        let words = words.or_else(|| crate::json::own_words(code)).unwrap_or_default();
        self.lang.pick(&words.zh, &words.en).to_owned()
    }

    /// Where everything stands: every run that has not ended, with its states.
    pub fn standing(&self) -> String {
        let mut out = String::new();
        for (_, run) in self.case.each_run() {
            let chart = self.definition.chart(run.chart);
            let name = self.run(run);
            let name = if name.is_empty() { self.title(&chart.title, &chart.name).to_owned() } else { name };
            let states: Vec<String> = told::states(chart, run)
                .iter()
                .map(|name| {
                    let state = chart.find_state(name).map(|s| chart.state(s));
                    let title = state.map_or("", |s| self.title(&s.title, &s.name));
                    format!("{title} ({name})")
                })
                .collect();
            let ended = run.ended.as_ref().map(|_| "■ ").unwrap_or_default();
            out.push_str(&format!("  {name}: {ended}{}\n", states.join(", ")));
        }
        out
    }

    /// Pending clocks: when due, how long that is from now, and why.
    pub fn clocks(&self, explain: bool) -> String {
        let mut out = String::new();
        for (_, run) in self.case.each_run() {
            let chart = self.definition.chart(run.chart);
            let of_run = self.run(run);
            for timer in &run.timers {
                let name = self.purpose(chart, timer);
                let due = match timer.clock.fires_at().filter(|_| !timer.held) {
                    Some(at) => self.due(at),
                    None => self.say("停着", "standing still").to_owned(),
                };
                let provisional =
                    if timer.clock.due.provisional { self.say("（暂定）", " (provisional)") } else { "" };
                out.push_str(&format!("  ⏲ {} {due}{provisional}\n", format!("{of_run} {name}").trim()));
                if explain && let Ok(why) = Derivation::of(&timer.clock, self.calendar) {
                    out.push_str(&format!("      {}\n", why.sentence(self.lang)));
                    out.push_str(&format!("      {}\n", why.days_text(self.lang)));
                }
            }
        }
        out
    }

    /// What is possible instead of what was refused.
    pub fn possible(&self, refusal: &Refusal) -> String {
        let one = |p: &machine::refusal::Possible| {
            let chart = self.chart(p.run);
            let title = chart.find_event(&p.event).map_or(&*p.event, |e| self.title(&e.title, &e.name));
            let run = self.run(self.case.run(p.run));
            format!("{}{title}", if run.is_empty() { run } else { run + " " })
        };
        let all: Vec<String> = refusal.possible.iter().map(one).collect();
        if all.is_empty() {
            String::new()
        } else {
            format!("{}{}", self.say("现在可以：", "possible now: "), all.join(self.say("、", ", ")))
        }
    }
}
