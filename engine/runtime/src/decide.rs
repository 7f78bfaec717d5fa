//! One job on one case, decided: the pure middle between loading and committing.

use expr::time::calendar::Calendar;
use jiff::Timestamp;
use machine::case::Case;
use machine::definition::Definition;
use machine::event::{Actor, Command, Input};
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use machine::incident::Incident;
use machine::reason::Reason;
use machine::step::{self, Opening};
use machine::turn::Stop;
use ports::commit::{Answered, Fence, Hash, Mark, NewEntry, Received, Unit};
use ports::outbox::EffectKey;
use ports::query::{Loaded, Standing, Told};

use crate::answer::{Answer, Trouble, Verdict};
use crate::lines;

/// Something for the engine to do on one case.
#[derive(Clone, Debug)]
pub struct Job {
    /// The case.
    pub case: CaseId,
    /// What.
    pub what: Work,
    /// Who.
    pub by: Actor,
    /// When it was received: the only time that counts for its verdict.
    pub at: Timestamp,
    /// The caller's key with the hash of what was asked; timers have none.
    pub key: Option<(Name, Hash)>,
    /// The message this takes in.
    pub message: Option<EffectKey>,
    /// Only while the case stands at this version.
    pub at_version: Option<u64>,
    /// The lease under which it was received.
    pub fence: Option<Fence>,
}

/// The kinds of job.
#[derive(Clone, Debug)]
pub enum Work {
    /// A case is opened.
    Open {
        /// Its process.
        process: Name,
        /// What it starts with.
        data: Vec<(Name, expr::value::Value)>,
    },
    /// Something for a case to decide.
    Input(Input),
}

/// What a commit of unknown outcome may have written: its entry tells.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The version before.
    pub before: u64,
    /// What would stand in the history.
    pub entry: NewEntry,
    /// What would be answered.
    pub answer: Answer,
}

impl Doubt {
    /// Whether this entry of the history, the first after the version before, is the one in doubt.
    pub fn is(&self, told: &Told, key: Option<&Name>) -> bool {
        // Not by when it was decided: it may have been decided twice.
        let same = told.facts == self.entry.facts && told.incident == self.entry.incident;
        same && told.command.as_ref() == key
    }
}

/// A decided job: what to write, and what to answer once it is written.
#[derive(Clone, Debug)]
pub struct Decided {
    /// For the batch; `None` when nothing has to be written.
    pub unit: Option<Unit>,
    /// For whoever waits.
    pub answer: Answer,
    /// Where the case goes on, for the next job on it.
    pub standing: Standing,
}

/// Decides a job that opens a case.
///
/// # Errors
/// [`Trouble`] when it cannot start; nothing is written then.
pub fn open(
    definition: &Definition,
    calendar: &Calendar,
    job: &Job,
    data: &[(Name, expr::value::Value)],
    now: Timestamp,
) -> Result<Decided, Trouble> {
    let opening = Opening { id: job.case.clone(), data: data.to_vec(), by: job.by.clone(), at: job.at };
    let opened = step::start(definition, calendar, &opening).map_err(|stop| match stop {
        Stop::Refused(refusal) => Trouble::NotOpened(refusal.code, refusal.about),
        Stop::Incident(incident) => Trouble::NotOpened(incident.code, vec![]),
    })?;
    let (verdict, incident) = verdict(opened.verdict);
    let done =
        Done { case: opened.case, facts: opened.facts, reasons: opened.reasons, incident, keeps: None };
    Ok(decided(definition, job, Mark::NEW, done, verdict, now))
}

/// Decides a job on a case that is there.
///
/// # Errors
/// [`Trouble::Parked`] when it waits for a person.
pub fn go_on(
    definition: &Definition,
    calendar: &Calendar,
    job: &Job,
    input: &Input,
    loaded: &Loaded,
    now: Timestamp,
) -> Result<Decided, Trouble> {
    if let Standing::Incident(code) = &loaded.standing
        && !matches!(input, Input::Administer { .. })
    {
        return Err(Trouble::Parked(code.clone()));
    }
    let command = Command { input: input.clone(), by: job.by.clone(), at: job.at };
    let stepped = step::step(definition, calendar, &loaded.case, &command);
    let (verdict, incident) = verdict(stepped.verdict);
    let mut done =
        Done { case: stepped.case, facts: stepped.facts, reasons: stepped.reasons, incident, keeps: None };
    if let (Standing::Incident(_), Verdict::Refused { .. }) = (&loaded.standing, &verdict) {
        done.keeps = Some(loaded.standing.clone());
    }
    Ok(decided(definition, job, loaded.mark, done, verdict, now))
}

struct Done {
    case: Case,
    facts: Vec<Fact>,
    reasons: Vec<Reason>,
    incident: Option<Incident>,
    /// It stands as before: what was to mend it was refused.
    keeps: Option<Standing>,
}

fn verdict(verdict: step::Verdict) -> (Verdict, Option<Incident>) {
    match verdict {
        step::Verdict::Accepted => (Verdict::Accepted, None),
        step::Verdict::Refused(r) => {
            (Verdict::Refused { code: r.code, about: r.about, possible: r.possible }, None)
        }
        step::Verdict::Stopped(incident) => {
            (Verdict::Stopped { code: incident.code.clone() }, Some(incident))
        }
    }
}

/// Decides that a case cannot go on by itself because of a defect of the program or of the store's limits, not
/// of the rules: nothing of the job takes effect.
pub fn park(
    definition: &Definition,
    job: &Job,
    loaded: &Loaded,
    incident: Incident,
    now: Timestamp,
) -> Decided {
    let verdict = Verdict::Stopped { code: incident.code.clone() };
    let incident = Some(incident);
    let done = Done { case: loaded.case.clone(), facts: vec![], reasons: vec![], incident, keeps: None };
    decided(definition, job, loaded.mark, done, verdict, now)
}

fn decided(
    definition: &Definition,
    job: &Job,
    before: Mark,
    done: Done,
    verdict: Verdict,
    now: Timestamp,
) -> Decided {
    let standing = match (&done.incident, done.keeps, is_over(&done.case)) {
        (Some(incident), ..) => Standing::Incident(incident.code.clone()),
        (None, Some(kept), _) => kept,
        (None, None, true) => Standing::Ended,
        (None, None, false) => Standing::Running,
    };
    let line = lines::line(definition, &done.case, &done.facts, standing.clone());
    let idle = done.facts.is_empty() && done.incident.is_none() && job.key.is_none() && job.message.is_none();
    let version = before.version + u64::from(!idle);
    let answer =
        Answer { case: job.case.clone(), version, verdict, states: line.states.clone(), repeated: false };
    let command =
        job.key.as_ref().map(|(key, body)| Answered { key: key.clone(), body: *body, answer: answer.keep() });
    let unit = (!idle).then(|| Unit {
        before,
        fence: None,
        tasks: lines::tasks(definition, &done.case, &done.facts),
        outbox: lines::outgoing(&done.facts),
        received: job.message.clone().map(|message| Received { message }),
        command,
        entry: NewEntry {
            at: now.max(job.at),
            facts: done.facts,
            reasons: done.reasons,
            incident: done.incident,
        },
        line,
        case: done.case,
    });
    Decided { unit, answer, standing }
}

/// Whether the main run and every child have ended.
fn is_over(case: &Case) -> bool {
    case.runs.iter().all(|run| run.ended.is_some())
}
