//! The prompt of a trial run: shows where the case is, takes what is typed, tells what came of it.

use expr::lang::Lang as Tongue;
use expr::time::deadline;
use jiff::Timestamp;
use language::suggest::nearest;
use language::words;
use language::words::{Lang, Words};
use machine::chart::Chart;
use machine::definition::Definition;
use machine::event::Actor;
use machine::ids::{ChartIx, RunIx};
use machine::refusal::Possible;
use machine::step::Verdict;
use simulate::play::target_of;
use simulate::story::actor;
use simulate::values::{instant, period};
use simulate::world::{NotOpened, Outcome as Came, World};

use super::Stage;
use super::form::{Field, Filled, Lines, Spoken, given};
use super::record;
use super::session::{Opening, Sending, Session};
use crate::exit::{Exit, Outcome};
use crate::files;
use simulate::teller::{Teller, moment};

/// Runs the prompt until the end of what is typed.
pub fn run(stage: &Stage<'_>, at: Timestamp) -> Outcome {
    let lines = Lines { talk: stage.talk };
    let Some(session) = open(stage, &lines, at) else { return Ok(Exit::Found) };
    let mut prompt = Prompt { stage, lines, session };
    stage.talk.result(&prompt.teller().facts(0));
    prompt.look();
    while let Some(line) = prompt.next() {
        match prompt.obey(&line) {
            Then::Quit => break,
            Then::Look => prompt.look(),
            Then::Stay => {}
        }
    }
    Ok(Exit::Fine)
}

/// Asks for what a case starts with, until it could be opened.
fn open(stage: &Stage<'_>, lines: &Lines<'_>, at: Timestamp) -> Option<Session> {
    let definition = &stage.definition;
    let title = stage.talk.lang.pick(&definition.title.zh, &definition.title.en);
    let begin = moment(at, stage.calendar.zone(), stage.talk.lang);
    stage.talk.remark(&words!("{title} · 虚拟时钟 {begin}", "{title} · virtual clock {begin}"));
    loop {
        let by = proposed_opener(stage);
        let by = lines.who(&by, &by.role)?;
        if definition.find_role(&by.role).is_none() && &*by.role != "system" {
            stage.talk.words(&no_role(definition, &by.role));
            continue;
        }
        let spoken = Spoken { definition, chart: ChartIx::MAIN, lang: stage.talk.lang };
        let required = definition.main().fields.iter().filter(|f| f.required);
        let fields: Vec<Field<'_>> = required.map(|field| Field::of_data(field, &spoken)).collect();
        let (with, data) = lines.fields(&fields, stage.calendar.zone())?;
        match World::open(definition.clone(), stage.calendar.clone(), "SIM-1", data, by.clone(), at) {
            Ok(world) => return Some(Session::new(world, Opening { at, by, with })),
            Err(NotOpened::Refused(refusal)) => {
                let words = definition.refusal_words(&refusal.code).cloned();
                let words = words.or_else(|| simulate::json::own_words(&refusal.code)).unwrap_or_default();
                stage.talk.words(&words!(
                    "被拒：{refusal} {}",
                    "refused: {refusal} {}",
                    stage.talk.lang.pick(&words.zh, &words.en)
                ));
            }
            Err(NotOpened::Stopped(incident)) => {
                stage.talk.words(&Words::new(&*incident.words.zh, &*incident.words.en));
                return None;
            }
        }
    }
}

/// What is said to a role nobody declared.
fn no_role(definition: &Definition, role: &str) -> Words {
    let known: Vec<&str> = definition.roles.iter().map(|role| &*role.name).collect();
    let list = known.join(", ");
    match nearest(role, known) {
        Some(near) => {
            words!("  没有角色 {role}；是不是 {near}？", "  there is no role `{role}`; did you mean {near}?")
        }
        None => words!("  没有角色 {role}；有：{list}", "  there is no role `{role}`; the roles are {list}"),
    }
}

/// The role that has the first task, else the first role.
fn proposed_opener(stage: &Stage<'_>) -> Actor {
    let chart = stage.definition.main();
    let first = chart.states.iter().find_map(|state| state.task.as_ref()).map(|task| task.role.at());
    let role =
        stage.definition.roles.get(first.unwrap_or(0)).map_or("system".into(), |role| role.name.clone());
    Actor { id: role.clone(), organisation: None, role, on_behalf_of: None }
}

/// What can be typed besides events and times.
const WORDS: &[&str] =
    &["quit", "help", "look", "why", "facts", "clocks", "diagram", "save", "undo", "next", "until"];

enum Then {
    Quit,
    Look,
    Stay,
}

struct Prompt<'a> {
    stage: &'a Stage<'a>,
    lines: Lines<'a>,
    session: Session,
}

impl Prompt<'_> {
    fn teller(&self) -> Teller<'_> {
        Teller::of(&self.session.world, self.stage.talk.lang)
    }

    fn lang(&self) -> Lang {
        self.stage.talk.lang
    }

    fn next(&self) -> Option<String> {
        let now = moment(self.session.world.now, self.stage.calendar.zone(), self.lang());
        self.lines.ask(&format!("{now} > "))
    }

    /// Where the case is, what waits, what is possible.
    fn look(&self) {
        let teller = self.teller();
        let mut out = format!("\n{}{}", teller.standing(), teller.clocks(false));
        for (number, possible) in self.session.possible().iter().enumerate() {
            out.push_str(&format!("  {:>2}  {}\n", number + 1, self.offered(possible)));
        }
        self.stage.talk.result(&out);
        self.stage.talk.remark(&words!(
            "  输入编号或事件；+1 工作日、next、until 时刻；why facts clocks diagram undo save quit；? 帮助",
            "  a number or an event; +1 working day, next, until INSTANT; why facts clocks diagram undo save quit; ? for help"
        ));
    }

    fn offered(&self, possible: &Possible) -> String {
        let world = &self.session.world;
        let chart = world.definition.chart(world.case.run(possible.run).chart);
        let title = chart.find_event(&possible.event).map(|e| self.lang().pick(&e.title.zh, &e.title.en));
        let by = possible.by.iter().map(|role| {
            let found = world.definition.find_role(role).map(|r| &world.definition.roles[r.at()].title);
            found.map_or(&**role, |t| self.lang().pick(&t.zh, &t.en)).to_owned()
        });
        let by: Vec<String> = by.collect();
        format!(
            "{} {}  {}",
            title.unwrap_or_default(),
            self.session.path(possible),
            by.join(self.lang().pick("、", ", "))
        )
    }

    fn obey(&mut self, line: &str) -> Then {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "" => return Then::Stay,
            "quit" | "exit" | "q" | "退出" => return Then::Quit,
            "?" | "help" | "帮助" => self.help(),
            "look" | "看" => return Then::Look,
            "why" | "为什么" => self.why(),
            "facts" | "历史" => self.stage.talk.result(&self.teller().facts(0)),
            "clocks" | "时限" => self.stage.talk.result(&self.teller().clocks(true)),
            "diagram" | "图" => self.diagram(),
            "save" | "保存" => self.save(rest.trim()),
            "undo" | "撤销" => return self.undo(),
            "next" | "下一个" => return self.next_due(),
            "until" | "到" => return self.until(rest.trim()),
            _ if line.starts_with('+') => return self.wait(line[1..].trim()),
            _ => return self.event(line),
        }
        Then::Stay
    }

    fn help(&self) {
        self.stage.talk.words(&words!(
            "  编号或事件名     办一件事，逐项问要填的；也可一行写完：claim bank=工行 by bank_clerk of 工行\n  +1 工作日、+7 天  过一段时间      next  到下一个时限      until 2026-10-10 17:00  到那一刻\n  why  刚才为什么这样    facts  全部历史    clocks  时限逐日说明    diagram  图\n  undo  退一步    save 文件  存成故事    quit  结束",
            "  a number or event    does it, asking for its form; or in one line: claim bank=工行 by bank_clerk of 工行\n  +1 working day, +7 days  time passes   next  to the next clock   until 2026-10-10 17:00  to that instant\n  why  why it came out so    facts  all history    clocks  day by day    diagram  the picture\n  undo  one step back    save FILE  keep it as a story    quit  end"
        ));
    }

    fn why(&self) {
        if let Some(refusal) = &self.session.refusal {
            let words = self.teller().refusal_words(&refusal.code);
            self.stage.talk.line(&format!("  {refusal}  {words}"));
        }
        for reason in &self.session.reasons {
            self.stage.talk.line(&format!("  {}", self.teller().reason(reason)));
        }
        if self.session.reasons.is_empty() && self.session.refusal.is_none() {
            self.stage
                .talk
                .words(&words!("  上一步没有用到条件", "  no condition was asked in the last step"));
        }
    }

    fn diagram(&self) {
        let picture = diagram::picture(&self.session.world.definition);
        let lang = crate::commands::diagram::diagram_lang(self.lang());
        self.stage.talk.result(&diagram::text(&picture, &self.session.overlay(), lang));
    }

    fn save(&self, name: &str) {
        let path = std::path::PathBuf::from(name);
        if name.is_empty() || path.exists() {
            let words = if name.is_empty() {
                words!("  写上文件名：save 文件", "  name a file: save FILE")
            } else {
                words!("  {name} 已经有了，换个名字", "  {name} is there already; take another name")
            };
            return self.stage.talk.words(&words);
        }
        match files::write_whole(&path, &record::story(&self.session)) {
            Ok(()) => self.stage.talk.words(&words!("  存到 {name}", "  saved to {name}")),
            Err(failure) => self.stage.talk.failure(&failure),
        }
    }

    fn undo(&mut self) -> Then {
        if self.session.undo() {
            return Then::Look;
        }
        self.stage.talk.words(&words!("  没有可退的了", "  there is nothing to take back"));
        Then::Stay
    }

    fn next_due(&mut self) -> Then {
        match self.session.world.case.next_due() {
            Some(due) => self.pass(due.max(self.session.world.now)),
            None => {
                self.stage.talk.words(&words!("  没有在走的时限", "  no clock is running"));
                Then::Stay
            }
        }
    }

    fn until(&mut self, text: &str) -> Then {
        match instant(text, self.stage.calendar.zone()) {
            Ok(at) => self.pass(at),
            Err(words) => self.complain(&words),
        }
    }

    fn wait(&mut self, text: &str) -> Then {
        let due = period(text).and_then(|period| {
            deadline::due(self.session.world.now, &period, &self.stage.calendar)
                .map_err(|error| Words::new(error.text(Tongue::Zh), error.text(Tongue::En)))
        });
        match due {
            Ok(due) => self.pass(due.at),
            Err(words) => self.complain(&words),
        }
    }

    fn complain(&self, words: &Words) -> Then {
        self.stage.talk.words(&Words::new(format!("  {}", words.zh), format!("  {}", words.en)));
        Then::Stay
    }

    fn pass(&mut self, at: Timestamp) -> Then {
        if at < self.session.world.now {
            return self.complain(&words!(
                "时间不能倒退；undo 可以退一步",
                "time cannot run backwards; undo takes a step back"
            ));
        }
        let came = self.session.pass(at);
        self.tell(&came)
    }

    fn tell(&self, came: &Came) -> Then {
        let teller = self.teller();
        self.stage.talk.result(&teller.facts(came.from));
        match &came.verdict {
            Verdict::Accepted => return Then::Look,
            Verdict::Refused(refusal) => self.stage.talk.line(&format!("  {}", teller.possible(refusal))),
            Verdict::Stopped(incident) => {
                self.stage
                    .talk
                    .line(&format!("! {}", self.lang().pick(&incident.words.zh, &incident.words.en)));
            }
        }
        Then::Stay
    }

    /// An event by number or by name, its form asked for or written in the line.
    fn event(&mut self, line: &str) -> Then {
        let possible = self.session.possible();
        let typed = Typed::read(line);
        let chosen = match typed.what.parse::<usize>() {
            Ok(number) => possible.get(number.wrapping_sub(1)).cloned(),
            Err(_) => possible.iter().find(|p| self.session.path(p) == typed.what).cloned(),
        };
        let path = chosen.as_ref().map_or(typed.what.clone(), |p| self.session.path(p));
        let Some((to, chart, event)) =
            target_of(&self.session.world, &path).map(|(t, c, e)| (t, c.clone(), e))
        else {
            return self.unknown(&typed.what, &possible);
        };
        let proposed = chosen.map_or_else(|| self.likely(&chart, &event), |p| self.session.likely_actor(&p));
        let Some(sending) = self.filled(&typed, &chart, &event, &proposed) else { return Then::Stay };
        let (by, (with, data), reason) = sending;
        let came = self.session.send(Sending { to, event, path, by, with, data, reason });
        self.tell(&came)
    }

    fn unknown(&self, what: &str, possible: &[Possible]) -> Then {
        let paths: Vec<String> = possible.iter().map(|p| self.session.path(p)).collect();
        let known = self.stage.definition.main().events.iter().map(|event| &*event.name);
        let known = paths.iter().map(String::as_str).chain(WORDS.iter().copied()).chain(known);
        let near = nearest(what, known);
        let hint = near.map(|near| words!("；是不是 {near}？", "; did you mean {near}?")).unwrap_or_default();
        self.complain(&words!("没有“{what}”{}", "there is no `{what}`{}", hint.get(self.lang())))
    }

    /// Who sends an event that is not possible now: whoever may.
    fn likely(&self, chart: &Chart, event: &str) -> Actor {
        let decl = chart.find_event(event);
        let by =
            decl.map(|d| d.by.iter().map(|r| self.stage.definition.roles[r.at()].name.clone()).collect());
        self.session.likely_actor(&Possible {
            run: RunIx::MAIN,
            event: event.into(),
            by: by.unwrap_or_default(),
        })
    }

    fn filled(
        &self,
        typed: &Typed,
        chart: &Chart,
        event: &str,
        proposed: &Actor,
    ) -> Option<(Actor, Filled, Option<String>)> {
        let decl = chart.find_event(event);
        let form = decl.map(|d| d.form.as_slice()).unwrap_or_default();
        let zone = self.stage.calendar.zone();
        if typed.complete() {
            let ty = |name: &str| form.iter().find(|f| *f.name == *name).map(|f| f.ty.clone());
            let filled = given(&typed.with, ty, zone).map_err(|words| self.complain(&words)).ok()?;
            return Some((typed.by.clone().unwrap_or(proposed.clone()), filled, typed.reason.clone()));
        }
        let by = self.lines.who(proposed, &self.teller().actor(proposed))?;
        let definition = &self.session.world.definition;
        let kind = definition.find_child(&chart.name).unwrap_or(ChartIx::MAIN);
        let spoken = Spoken { definition, chart: kind, lang: self.lang() };
        let fields: Vec<Field<'_>> = form.iter().map(|line| Field::of_form(line, &spoken)).collect();
        let filled = self.lines.fields(&fields, zone)?;
        let reason = match decl.is_some_and(|d| d.reason) {
            true => {
                Some(self.lines.ask(self.lang().pick("  理由：", "  reason: "))?).filter(|r| !r.is_empty())
            }
            false => None,
        };
        Some((by, filled, reason))
    }
}

/// A line such as `claim bank=工行 by bank_clerk of 工行 because 额度充足`.
struct Typed {
    what: String,
    with: Vec<(String, String)>,
    by: Option<Actor>,
    reason: Option<String>,
}

impl Typed {
    fn read(line: &str) -> Typed {
        let (line, reason) = cut(line, " because ");
        let (line, by) = cut(line, " by ");
        let mut words = line.split_whitespace();
        let what = words.next().unwrap_or_default().to_owned();
        let with = words.filter_map(|word| word.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()));
        Typed { what, with: with.collect(), by: by.map(actor), reason: reason.map(str::to_owned) }
    }

    /// Whether the line says enough not to ask.
    fn complete(&self) -> bool {
        !self.with.is_empty() || self.by.is_some() || self.reason.is_some()
    }
}

fn cut<'l>(line: &'l str, word: &str) -> (&'l str, Option<&'l str>) {
    match line.split_once(word) {
        Some((before, after)) => (before, Some(after.trim())),
        None => (line, None),
    }
}
