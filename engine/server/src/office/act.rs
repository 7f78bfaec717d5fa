//! What a person does: each a command to the engine, in the role that fits, answered with what is possible instead
//! when the rules say no.

use expr::value::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use machine::chart::{FieldType, FormField, PartyOf, Verb};
use machine::definition::Definition;
use machine::event::{Actor, AdminAct, Event, Input, Target, TimerAct};
use machine::ids::{Bilingual, CaseId, Name, RoleIx, RunIx};
use machine::refusal::Code;
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::decide::Work;
use runtime::engine::{Sent, body_of};
use serde_json::{Map, Value as Json};

use super::Office;
use super::cannot::{Cannot, RefusedView};
use super::cases;
use super::held::Held;
use super::number::case_number;
use super::sight::Sight;
use super::values;
use super::view::DoneView;
use super::viewer::Viewer;
use crate::words;

/// How a command was sent.
#[derive(Clone, Debug)]
pub struct How {
    /// The engine's key for it.
    pub key: Name,
    /// In this role, if the sender said so.
    pub role: Option<Name>,
    /// Only while the case stands at this version.
    pub at_version: Option<u64>,
    /// When it was received, if that was not here and now: by another node, or while this one waited for the case.
    pub received: Option<Timestamp>,
}

/// An event as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `claims.B1`, or nothing for the main run.
    pub run: String,
    /// The event.
    pub event: String,
    /// What comes with it.
    pub data: Map<String, Json>,
    /// Why.
    pub reason: Option<String>,
}

impl Office {
    /// Opens a case of a process; the number is made up unless given. An organisation's own field is filled in.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn open(
        &self,
        viewer: &Viewer,
        process: &str,
        number: Option<String>,
        given: &Map<String, Json>,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let definition =
            self.engine.shelf().in_force(process).ok_or_else(|| Cannot::no_definition(process))?;
        let calendar = self.engine.shelf().calendar(&definition.calendar);
        let main = definition.main();
        let ty = |name: &str| main.find_field(name).map(|field| &main.fields[field.at()].ty);
        let mut data = values::read_all(given, ty, calendar.zone())?;
        let role = self.opening_role(viewer, &definition, how)?;
        self.only_asked(&definition, &data)?;
        let own = definition.find_role(&role).and_then(|role| main.parties.iter().find(|p| p.role == role));
        match (own.map(|party| party.of), &viewer.organisation) {
            (Some(PartyOf::Field(field)), Some(organisation)) => {
                own_party(&mut data, &main.fields[field.at()].name, organisation)?;
            }
            (None, _) if !viewer.sees_all() && !main.parties.is_empty() => {
                return Err(not_opening(&definition));
            }
            _ => {}
        }
        let known = self.known_at_opening(main, &data).await?;
        let case = self.number_of(process, number, how, calendar.zone()).await?;
        let by = viewer.acting(&role);
        let (key, work) = (Some(how.key.clone()), Work::Open { process: process.into(), data });
        let sent = Sent { case, work, by, key, message: None, at_version: None, known };
        let answer = self.engine.send_received(sent, how.received).await;
        self.done(viewer, answer).await
    }

    fn opening_role(&self, viewer: &Viewer, definition: &Definition, how: &How) -> Result<Name, Cannot> {
        let parties = |role: &Name| {
            let found = definition.find_role(role);
            found.is_some_and(|role| definition.main().parties.iter().any(|party| party.role == role))
        };
        let opens =
            |role: &&Name| definition.find_role(role).is_some_and(|role| definition.is_opened_by(role));
        let fit = viewer.roles.iter().filter(opens).find(|role| parties(role));
        let fit = fit.or_else(|| viewer.roles.iter().find(opens));
        chosen(viewer, how, fit.cloned())?.ok_or_else(|| not_opening(definition))
    }

    /// People give what they are asked for; the rest is the process's own.
    fn only_asked(&self, definition: &Definition, data: &[(Name, Value)]) -> Result<(), Cannot> {
        let main = definition.main();
        let asked = self.asked(definition);
        let own = |name: &Name| main.find_field(name).is_some() && asked.iter().all(|f| f.name != *name);
        match data.iter().find(|(name, _)| own(name)) {
            Some((name, _)) => Err(refused(Code::DataUnknown, name)),
            None => Ok(()),
        }
    }

    async fn number_of(
        &self,
        process: &str,
        number: Option<String>,
        how: &How,
        zone: &TimeZone,
    ) -> Result<CaseId, Cannot> {
        if let Some(number) = number {
            return Ok(CaseId(number.into()));
        }
        // The same request sent again, perhaps in another year.
        let before = self.engine.store().command(&how.key).await?;
        Ok(match before {
            Some(recorded) => recorded.case,
            None => case_number(process, &how.key, how.received.unwrap_or_else(|| self.engine.now()), zone),
        })
    }

    /// Sends an event.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn send(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        asked: Asked,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let held = self.acted_on(viewer, case, how).await?;
        let to = match target(viewer, &held, &asked.run) {
            Ok(to) => to,
            Err(gone) => {
                let inputs = self.decisions(case, &asked).await?;
                return self.repeated(viewer, case, how, gone, inputs).await;
            }
        };
        let chart = match &to {
            Target::Main => held.definition.main(),
            Target::Child { kind, .. } => {
                let chart = held.definition.find_child(kind);
                held.definition.chart(chart.ok_or_else(|| no_run(&asked.run))?)
            }
        };
        let decl = chart.find_event(&asked.event);
        let ty = |name: &str| -> Option<&FieldType> {
            decl.and_then(|decl| decl.form.iter().find(|field| *field.name == *name)).map(|field| &field.ty)
        };
        let data = values::read_all(&asked.data, ty, held.calendar.zone())?;
        let mut known = Vec::new();
        if let Some(decl) = decl {
            let vouched = |line: &&FormField| {
                self.is_known(line.from.as_ref()) && data.iter().any(|(n, _)| *n == line.name)
            };
            if let Some(line) = decl.form.iter().find(vouched) {
                return Err(refused(Code::DataUnknown, &line.name));
            }
            known = self.known_of_event(decl, &data, viewer.organisation.as_ref()).await?;
        }
        let senders = chart
            .transitions
            .iter()
            .filter(|t| t.event.is_some_and(|event| *chart.events[event.at()].name == *asked.event));
        let senders: Vec<Name> = senders
            .flat_map(|t| &t.by)
            .chain(decl.into_iter().flat_map(|decl| &decl.by))
            .map(|role| held.definition.roles[role.at()].name.clone())
            .collect();
        let by = self.actor(viewer, &held, how, &senders)?;
        let reason = asked.reason.as_deref().map(Name::from);
        let event = Event { to, name: asked.event.as_str().into(), data, reason };
        let (key, work) = (Some(how.key.clone()), Work::Input(Input::Event(event)));
        let at_version = how.at_version;
        let sent = Sent { case: case.clone(), work, by, key, message: None, at_version, known };
        self.done(viewer, self.engine.send_received(sent, how.received).await).await
    }

    /// Decides a task: sends one of its outcomes to its run.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn submit(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        task: u32,
        mut asked: Asked,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let shown = match self.task(viewer, case, task).await {
            Ok(shown) => shown,
            Err(gone @ Cannot::Missing { .. }) => {
                let inputs = self.decisions(case, &asked).await?;
                return self.repeated(viewer, case, how, gone, inputs).await;
            }
            Err(other) => return Err(other),
        };
        if !shown.outcomes.iter().any(|outcome| outcome.event == asked.event) {
            let outcomes: Vec<&str> = shown.outcomes.iter().map(|o| o.event.as_str()).collect();
            let all = outcomes.join(", ");
            return Err(Cannot::wrong(
                words::NOT_AN_OUTCOME,
                format!("这项待办不能用 {} 办结；可以用：{all}", asked.event),
                format!("`{}` does not decide this task; these do: {all}", asked.event),
            ));
        }
        asked.run = shown.run;
        self.send(viewer, case, asked, how).await
    }

    /// The commands by which a task may have been decided, whichever run it was of.
    async fn decisions(&self, case: &CaseId, asked: &Asked) -> Result<Vec<Input>, Cannot> {
        let held = self.held(case).await?;
        let mut inputs = Vec::new();
        for (ix, run) in held.case().each_run() {
            let (chart, to) = match ix {
                RunIx::MAIN => (held.definition.main(), Target::Main),
                _ => {
                    let kind = held.chart(run).name.clone();
                    (held.chart(run), Target::Child { kind, key: run.key.clone() })
                }
            };
            let Some(decl) = chart.find_event(&asked.event) else { continue };
            let ty = |name: &str| decl.form.iter().find(|field| *field.name == *name).map(|field| &field.ty);
            let Ok(data) = values::read_all(&asked.data, ty, held.calendar.zone()) else { continue };
            let reason = asked.reason.as_deref().map(Name::from);
            inputs.push(Input::Event(Event { to, name: asked.event.as_str().into(), data, reason }));
        }
        Ok(inputs)
    }

    /// Acts on a task without deciding it.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn act_on_task(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        task: u32,
        verb: Verb,
        (to, reason): (Option<String>, Option<String>),
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let shown = match self.task(viewer, case, task).await {
            Ok(shown) => shown,
            Err(gone @ Cannot::Missing { .. }) => {
                let people: Vec<Option<Actor>> = match &to {
                    None => vec![None],
                    Some(to) => self.identities.viewer(to).map_or(vec![], |found| {
                        found.roles.iter().map(|role| Some(found.acting(role))).collect()
                    }),
                };
                let reason = reason.as_deref().map(Name::from);
                let input = |person| Input::Task { task, verb, person, reason: reason.clone() };
                let inputs = people.into_iter().map(input).collect();
                return self.repeated(viewer, case, how, gone, inputs).await;
            }
            Err(other) => return Err(other),
        };
        let held = self.acted_on(viewer, case, how).await?;
        let role: Name = shown.role.name.as_str().into();
        let by = self.actor(viewer, &held, how, std::slice::from_ref(&role))?;
        let person = to.map(|to| self.colleague(&to, &role)).transpose()?;
        let reason = reason.map(|reason| Name::from(reason.as_str()));
        self.give(viewer, case, Input::Task { task, verb, person, reason }, by, how).await
    }

    /// Somebody a task can be given to: an account with the task's role.
    fn colleague(&self, id: &str, role: &Name) -> Result<Actor, Cannot> {
        let found = self.identities.viewer(id).filter(|found| found.has(role));
        found.map(|found| found.acting(role)).ok_or_else(|| {
            Cannot::wrong(
                words::UNKNOWN_PERSON,
                format!("没有叫 {id} 的账号，或没有角色 {role}"),
                format!("there is no account `{id}` with the role {role}"),
            )
        })
    }

    /// Somebody with authority acts on a timer.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn act_on_timer(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        timer: u32,
        act: TimerAct,
        reason: &str,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let held = self.acted_on(viewer, case, how).await?;
        let seen = self.timers_of(viewer, case).await;
        let shown = seen.iter().flat_map(|page| &page.timers).find(|shown| shown.timer == timer);
        let Some(shown) = shown else {
            let gone = Cannot::Missing { code: words::UNKNOWN_TIMER, name: timer.to_string() };
            let input = Input::Timer { timer, act, reason: reason.into() };
            return self.repeated(viewer, case, how, gone, vec![input]).await;
        };
        let authority: Vec<Name> = shown.authority.iter().map(|role| role.name.as_str().into()).collect();
        let by = self.actor(viewer, &held, how, &authority)?;
        self.give(viewer, case, Input::Timer { timer, act, reason: reason.into() }, by, how).await
    }

    /// Somebody who runs the engine acts on a case.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn administer(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        act: AdminAct,
        reason: &str,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let held = self.acted_on(viewer, case, how).await?;
        let by = self.actor(viewer, &held, how, &[machine::administer::ADMINISTRATOR.into()])?;
        self.give(viewer, case, Input::Administer { act, reason: reason.into() }, by, how).await
    }

    /// Lets deadlines go that the engine holds back.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn release_deadlines(&self, viewer: &Viewer, reason: &str) -> Result<(), Cannot> {
        let role: Name = machine::administer::ADMINISTRATOR.into();
        if !viewer.has(&role) {
            return Err(Cannot::forbidden(
                "只有 administrator 可以放行被暂停的时限",
                "only an administrator may let deadlines go that are held",
            ));
        }
        let answer = runtime::watch::release(&self.engine, reason, viewer.acting(&role)).await;
        match answer {
            Ok(Answer { verdict: Verdict::Accepted, .. }) => Ok(()),
            other => self.done(viewer, other).await.map(|_| ()),
        }
    }

    /// The case, as whoever acts may see it. Whoever sends a command again may not see the case any more, because of
    /// what the command did: the engine then finds the answer by its key, and does nothing.
    async fn acted_on(&self, viewer: &Viewer, case: &CaseId, how: &How) -> Result<Held, Cannot> {
        match self.seen(viewer, case).await {
            Err(gone @ Cannot::Missing { .. }) => match self.engine.store().command(&how.key).await? {
                Some(recorded) if recorded.case == *case => self.held(case).await,
                _ => Err(gone),
            },
            seen => seen,
        }
    }

    /// What a command came to that was sent before with the same key, when it is about something that is there no
    /// more: a task that is done, a timer that fired. In which role, and of which run, the first one was is not known
    /// any more: each that fits is tried.
    async fn repeated(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        how: &How,
        gone: Cannot,
        inputs: Vec<Input>,
    ) -> Result<DoneView, Cannot> {
        let Some(recorded) = self.engine.store().command(&how.key).await? else {
            return Err(self.gone(viewer, case, how, gone).await);
        };
        let sent = |input: &Input, role: &Name| Sent {
            case: case.clone(),
            work: Work::Input(input.clone()),
            by: viewer.acting(role),
            key: None,
            message: None,
            at_version: None,
            known: vec![],
        };
        let asked = |input: &Input| viewer.roles.iter().any(|r| body_of(&sent(input, r)) == recorded.body);
        let kept = Answer::kept(recorded.case.clone(), &recorded.answer);
        let kept = kept.filter(|_| recorded.case == *case && inputs.iter().any(asked));
        self.done(viewer, kept.ok_or(Trouble::KeyReused(recorded.case))).await
    }

    /// Something is not there. To whoever looked at an older version of the case that is news of the case.
    async fn gone(&self, viewer: &Viewer, case: &CaseId, how: &How, gone: Cannot) -> Cannot {
        match (how.at_version, self.seen(viewer, case).await) {
            (Some(at), Ok(held)) if at != held.loaded.mark.version => {
                Cannot::Stale { version: held.loaded.mark.version }
            }
            _ => gone,
        }
    }

    /// The role somebody acts in: as they said, else the first of theirs that fits, else the first the process knows.
    fn actor(&self, viewer: &Viewer, held: &Held, how: &How, fitting: &[Name]) -> Result<Actor, Cannot> {
        let fit = viewer.roles.iter().find(|role| fitting.contains(role));
        let known = || viewer.roles.iter().find(|role| held.definition.find_role(role).is_some());
        let fit = fit.or_else(known).or(viewer.roles.first()).cloned();
        let role = chosen(viewer, how, fit)?;
        let role =
            role.ok_or_else(|| Cannot::forbidden("这个账号没有任何角色", "this account has no role at all"))?;
        Ok(viewer.acting(&role))
    }

    async fn give(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        input: Input,
        by: Actor,
        how: &How,
    ) -> Result<DoneView, Cannot> {
        let (key, work) = (Some(how.key.clone()), Work::Input(input));
        let sent = Sent {
            case: case.clone(),
            work,
            by,
            key,
            message: None,
            at_version: how.at_version,
            known: vec![],
        };
        self.done(viewer, self.engine.send_received(sent, how.received).await).await
    }

    /// What came of a command, told to whoever sent it.
    async fn done(&self, viewer: &Viewer, answer: Result<Answer, Trouble>) -> Result<DoneView, Cannot> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(Trouble::NotOpened(code, about)) => {
                let words = own_words(&code);
                let view = RefusedView { code, words, about, possible: vec![], version: None };
                return Err(Cannot::Refused(Box::new(view)));
            }
            Err(trouble) => return Err(trouble.into()),
        };
        let held = self.held(&answer.case).await?;
        let sight = Sight::of(viewer, &held);
        match answer.verdict {
            Verdict::Accepted => {}
            Verdict::Refused { code, about, .. } => {
                let words = held.definition.refusal_words(&code).cloned().unwrap_or_else(|| own_words(&code));
                let possible = sight.map(|sight| cases::possible_now(self, viewer, &held, &sight));
                let possible = possible.unwrap_or_default();
                let version = Some(answer.version);
                return Err(Cannot::Refused(Box::new(RefusedView { code, words, about, possible, version })));
            }
            Verdict::Stopped { code } => return Err(Cannot::Trouble(Trouble::Parked(code))),
        }
        let next_due = sight.and_then(|sight| sight.runs().filter_map(|(_, run)| run.next_due()).min());
        Ok(DoneView {
            case: answer.case.0.to_string(),
            version: answer.version,
            states: held.states(held.case().main()),
            next_due: next_due.map(|at| held.instant(at)),
            repeated: answer.repeated,
        })
    }
}

/// The role that was asked for, if it is theirs; else the one that fits.
fn chosen(viewer: &Viewer, how: &How, fit: Option<Name>) -> Result<Option<Name>, Cannot> {
    match &how.role {
        None => Ok(fit),
        Some(role) if viewer.has(role) => Ok(Some(role.clone())),
        Some(role) => Err(Cannot::wrong(
            words::NOT_YOUR_ROLE,
            format!("您没有角色 {role}；您的角色：{}", viewer.roles.join("、")),
            format!("you do not have the role {role}; yours are {}", viewer.roles.join(", ")),
        )),
    }
}

/// The field of a party holds the organisation of whoever opens the case.
fn own_party(data: &mut Vec<(Name, Value)>, field: &Name, organisation: &Name) -> Result<(), Cannot> {
    match data.iter().find(|(name, _)| name == field) {
        None => {
            data.push((field.clone(), Value::Text(organisation.clone())));
            Ok(())
        }
        Some((_, Value::Text(text))) if text == organisation => Ok(()),
        Some(_) => Err(refused(Code::NotYourCase, field)),
    }
}

/// The roles that may, so that the one who may not knows whom to turn to.
fn not_opening(definition: &Definition) -> Cannot {
    let parties = &definition.main().parties;
    let opens = (0u16..).zip(&definition.roles).filter(|(at, _)| {
        let role = RoleIx(*at);
        definition.is_opened_by(role)
            && (!definition.opened_by.is_empty()
                || parties.is_empty()
                || parties.iter().any(|p| p.role == role))
    });
    Cannot::Refused(Box::new(RefusedView {
        code: Code::NotAllowed.name().into(),
        words: Code::NotAllowed.words(),
        about: opens.map(|(_, role)| role.name.clone()).collect(),
        possible: vec![],
        version: None,
    }))
}

fn refused(code: Code, about: &Name) -> Cannot {
    Cannot::Refused(Box::new(RefusedView {
        code: code.name().into(),
        words: code.words(),
        about: vec![about.clone()],
        possible: vec![],
        version: None,
    }))
}

/// The engine's own words for a code; the code where it has none.
pub fn own_words(code: &str) -> Bilingual {
    simulate::json::own_words(code).unwrap_or_else(|| Bilingual::new(code, code))
}

/// The run a name stands for: `claims.B1`, nothing for the main run. One that is hidden is as unknown as one that is
/// not there.
///
/// # Errors
/// There is none.
pub fn target(viewer: &Viewer, held: &Held, run: &str) -> Result<Target, Cannot> {
    if run.is_empty() {
        return Ok(Target::Main);
    }
    let sight = Sight::of(viewer, held);
    let named = |ix: RunIx| held.run_name(held.case().run(ix)) == run;
    let latest = held.case().each_run().map(|(ix, _)| ix).filter(|ix| named(*ix)).last();
    let seen = latest.filter(|ix| sight.as_ref().is_some_and(|sight| sight.run(*ix)));
    let ix = seen.ok_or_else(|| no_run(run))?;
    let run = held.case().run(ix);
    Ok(Target::Child { kind: held.chart(run).name.clone(), key: run.key.clone() })
}

fn no_run(run: &str) -> Cannot {
    Cannot::Missing { code: words::UNKNOWN_RUN, name: run.to_owned() }
}
