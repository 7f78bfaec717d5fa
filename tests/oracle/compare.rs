//! Drives the machine and the oracle through the same events and tells the first difference.

use std::fmt::Write;

use expr::time::calendar::Calendar;
use jiff::{SignedDuration, Timestamp};
use machine::case::Case;
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target};
use machine::fact::{Fact, What};
use machine::ids::{CaseId, StateIx};
use machine::refusal::Code;
use machine::replay::replay;
use machine::step::{Opening, Verdict, start, step};
use machine::turn::{MICROSTEPS_MAX, Stop};

use super::algorithm::{Endless, Session};
use super::document::{Document, Kind, ROOT};
use super::translate::definition;

/// What one event came to, in words both sides can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `taken`, `nothing`, `endless`.
    pub answer: &'static str,
    /// Active states, without the chart itself, in document order.
    pub active: Vec<String>,
    /// What exit, transition and entry actions said, in order.
    pub log: Vec<String>,
    /// What history states remember, by history state.
    pub remembered: Vec<(String, Vec<String>)>,
    /// The top-level final state that ended the run.
    pub ended: Option<String>,
}

/// Runs a chart in both through these events, or until it has looped `loops_max` times: a loop costs the
/// machine its bound, so the last one is not followed when that many are not wanted.
///
/// # Errors
/// The first difference, with the chart and the events so far.
pub fn agree(document: &Document, events: &[&str], loops_max: usize) -> Result<Vec<Outcome>, String> {
    let differ = |at: usize, machine: &Outcome, oracle: &Outcome| {
        let mut text = String::new();
        let _ = writeln!(text, "\n{document}\nafter {:?} of {events:?}", &events[..at]);
        let _ = writeln!(text, "machine: {machine:#?}\noracle: {oracle:#?}");
        text
    };
    let mut oracle = Judge::new(document);
    let mut machine = Driven::new(document);
    let (mut outcomes, mut loops) = (vec![], 0);
    for at in 0..=events.len() {
        let event = at.checked_sub(1).map(|before| events[before]);
        let theirs = oracle.take(event);
        if theirs.answer == "endless" && loops_max == 0 {
            break;
        }
        let ours = machine.take(event)?;
        if theirs != ours {
            return Err(differ(at, &ours, &theirs));
        }
        loops += usize::from(theirs.answer == "endless");
        let begun = outcomes.is_empty();
        outcomes.push(theirs);
        if loops == loops_max || (begun && loops > 0) {
            break;
        }
    }
    Ok(outcomes)
}

/// The oracle's side.
struct Judge<'d> {
    document: &'d Document,
    session: Option<Session<'d>>,
}

impl<'d> Judge<'d> {
    fn new(document: &'d Document) -> Judge<'d> {
        Judge { document, session: None }
    }

    fn take(&mut self, event: Option<&str>) -> Outcome {
        let Some(event) = event else {
            return match Session::interpret(self.document, MICROSTEPS_MAX) {
                Ok(session) => {
                    self.session = Some(session);
                    self.outcome("taken", 0)
                }
                Err(Endless) => Outcome {
                    answer: "endless",
                    active: vec![],
                    log: vec![],
                    remembered: vec![],
                    ended: None,
                },
            };
        };
        let session = self.session.as_mut().expect("it began");
        let (said, before) = (session.log.len(), session.clone());
        let answer = match session.running.then(|| session.external(event, MICROSTEPS_MAX)) {
            Some(Ok(true)) => "taken",
            Some(Ok(false)) | None => "nothing",
            Some(Err(Endless)) => {
                *session = before;
                "endless"
            }
        };
        self.outcome(answer, said)
    }

    fn outcome(&self, answer: &'static str, said: usize) -> Outcome {
        let session = self.session.as_ref().expect("it began");
        let owned = |states: &[&str]| states.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let remembered = session.history_value.iter().map(|(id, states)| ((*id).to_owned(), owned(states)));
        let mut remembered: Vec<(String, Vec<String>)> = remembered.collect();
        remembered.sort_by_key(|(id, _)| self.document.position(id));
        // SCXML empties the configuration at the end; a case goes on showing where it ended.
        let shown = match session.ended_in {
            Some(end) => vec![end],
            None => session.configuration.clone(),
        };
        Outcome {
            answer,
            active: owned(&session.in_document_order(shown)),
            log: session.log[said..].to_vec(),
            remembered,
            ended: session.ended_in.map(str::to_owned),
        }
    }
}

/// The machine's side. Checks on the way that the facts alone give the case.
struct Driven<'d> {
    document: &'d Document,
    definition: Definition,
    calendar: Calendar,
    case: Option<Case>,
    facts: Vec<Fact>,
    at: Timestamp,
}

impl<'d> Driven<'d> {
    fn new(document: &'d Document) -> Driven<'d> {
        Driven {
            document,
            definition: definition(document),
            calendar: Calendar::weekends_only(),
            case: None,
            facts: vec![],
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn take(&mut self, event: Option<&str>) -> Result<Outcome, String> {
        self.at += SignedDuration::from_mins(1);
        let by = Actor::system("oracle");
        let said = self.facts.len();
        let (Some(event), Some(case)) = (event, &self.case) else {
            let id = CaseId("O-1".into());
            let opened =
                start(&self.definition, &self.calendar, &Opening { id, data: vec![], by, at: self.at });
            return match opened {
                Ok(step) => {
                    self.facts.extend(step.facts);
                    self.case = Some(step.case);
                    self.outcome("taken", 0)
                }
                Err(Stop::Incident(i)) if &*i.code == "endless_loop" => Ok(Outcome {
                    answer: "endless",
                    active: vec![],
                    log: vec![],
                    remembered: vec![],
                    ended: None,
                }),
                Err(stop) => Err(format!("{stop:?}\n{}", self.document)),
            };
        };
        let sent = Event { to: Target::Main, name: event.into(), data: vec![], reason: None };
        let command = Command { input: Input::Event(sent), by, at: self.at };
        let done = step(&self.definition, &self.calendar, case, &command);
        let nobody = [Code::NotPossibleNow.name(), Code::Ended.name()];
        let answer = match &done.verdict {
            Verdict::Accepted => "taken",
            Verdict::Refused(r) if nobody.contains(&&*r.code) => "nothing",
            Verdict::Stopped(i) if &*i.code == "endless_loop" => "endless",
            other => return Err(format!("{other:?} for {event}\n{}", self.document)),
        };
        self.facts.extend(done.facts);
        self.case = Some(done.case);
        self.outcome(answer, said)
    }

    fn outcome(&self, answer: &'static str, said: usize) -> Result<Outcome, String> {
        let case = self.case.as_ref().expect("it began");
        if replay(&self.facts).as_ref() != Ok(case) {
            return Err(format!("the facts do not give the case\n{}", self.document));
        }
        let recorded = |fact: &Fact| match &fact.what {
            What::Recorded { code, .. } => Some(code.to_string()),
            _ => None,
        };
        let run = case.main();
        let remembered = run.remembered.iter().map(|(h, states)| (self.name(*h), self.names(states)));
        Ok(Outcome {
            answer,
            active: self.names(&run.active),
            log: self.facts[said..].iter().filter_map(recorded).collect(),
            remembered: remembered.collect(),
            ended: run.ended.as_ref().map(|e| e.outcome.to_string()),
        })
    }

    fn name(&self, state: StateIx) -> String {
        self.document.states[state.at()].id.clone()
    }

    fn names(&self, states: &[StateIx]) -> Vec<String> {
        states.iter().filter(|s| **s != StateIx::ROOT).map(|s| self.name(*s)).collect()
    }
}

/// Checks a story in both: one line an event, `event => active innermost states : what was said`. The first
/// line is `start`; `nothing` and `endless` stand for the configuration when nobody answered or it looped.
#[track_caller]
pub fn check(chart: &str, story: &str) {
    let document = Document::read(chart);
    let lines: Vec<(&str, &str)> = story
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.split_once("=>").expect("event => configuration : log"))
        .map(|(event, expected)| (event.trim(), expected.trim()))
        .collect();
    assert_eq!(lines[0].0, "start");
    let events: Vec<&str> = lines[1..].iter().map(|(event, _)| *event).collect();
    let outcomes = agree(&document, &events, usize::MAX).unwrap_or_else(|difference| panic!("{difference}"));
    let told: Vec<String> = outcomes.iter().map(|o| tell(&document, o)).collect();
    let wanted: Vec<&str> = lines.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(told, wanted, "\n{document}");
}

/// One outcome as a story writes it.
fn tell(document: &Document, outcome: &Outcome) -> String {
    if outcome.answer != "taken" {
        return outcome.answer.to_owned();
    }
    let innermost = |id: &&String| {
        let kind = document.state(id).kind;
        let open = document.children(id).iter().any(|c| !matches!(c.kind, Kind::History { .. }));
        *id != ROOT && kind != Kind::Parallel && !open
    };
    let states: Vec<&str> = outcome.active.iter().filter(innermost).map(|s| &**s).collect();
    let place = match &outcome.ended {
        Some(outcome) => format!("ended {outcome}"),
        None => states.join(" "),
    };
    if outcome.log.is_empty() { place } else { format!("{place} : {}", outcome.log.join(" ")) }
}
