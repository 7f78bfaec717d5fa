//! What pages may show: plain values, already looked up for this person and put into their language.

mod settlement;

use expr::lang::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use settlement::*;

/// What stands round every page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of the page.
    pub lang: Lang,
    /// The zone times are written in.
    pub zone: TimeZone,
    /// The present instant, by the server's clock.
    pub now: Timestamp,
    /// Path and query of this page, for the way back after a change of language.
    pub path: String,
    /// Who is logged in.
    pub person: Option<Person>,
    /// The clock can be pushed forward: this is a demonstration.
    pub demonstration: bool,
    /// Goes with every form, so that another site cannot send it.
    pub token: String,
    /// What came of the act before, shown once.
    pub told: Option<Told>,
}

/// Whoever is logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// In a demonstration: what to do as this person.
    pub hint: String,
    /// Their name.
    pub name: String,
    /// As what: `银行客户经理`.
    pub role: String,
    /// For whom: `工行`.
    pub organisation: Option<String>,
}

/// What came of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Done.
    Done(String),
    /// Refused, with what is possible instead.
    Refused {
        /// The refusal in a sentence.
        sentence: String,
        /// Its code.
        code: String,
        /// What is possible instead.
        possible: Vec<String>,
    },
}

/// Part of the console, for the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The processes.
    Catalogue,
    /// The cases.
    Cases,
    /// Work to do.
    Inbox,
    /// What went out and what is stuck.
    Outbox,
    /// The yearly settlement.
    Settlement,
    /// Elsewhere.
    Other,
}

/// A process in the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessLine {
    /// Its name in links.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// The clause it comes from.
    pub basis: String,
    /// The version in force.
    pub version: String,
    /// Cases that go on.
    pub running: u64,
    /// Cases that are over.
    pub ended: u64,
    /// Cases that wait for a person since an incident.
    pub stopped: u64,
}

/// A process with its picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessPage {
    /// Its line.
    pub line: ProcessLine,
    /// The ladder with live counts, as SVG.
    pub ladder: String,
    /// The version's content hash.
    pub hash: String,
    /// From which day it holds.
    pub effective: Option<String>,
    /// Its numbers.
    pub parameters: Vec<ParameterLine>,
    /// What to fill in to open a case; `None` when this person may not.
    pub opening: Option<Form>,
}

/// A number of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterLine {
    /// Its name in the YAML.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its value today.
    pub value: String,
    /// From which day.
    pub from: String,
    /// Where it comes from: the seed, the law, public texts, assumed.
    pub origin: String,
    /// The clause.
    pub basis: String,
}

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// Its number.
    pub id: String,
    /// Its process.
    pub process: String,
    /// Where it stands.
    pub states: Vec<String>,
    /// Whose it is.
    pub party: Option<String>,
    /// When something is due next.
    pub due: Option<Timestamp>,
    /// When it started.
    pub started_at: Timestamp,
    /// Whether it goes on.
    pub standing: Standing,
}

/// Whether a case goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    #[default]
    Running,
    /// It is over.
    Ended,
    /// It waits for a person since an incident.
    Stopped,
}

/// A list of cases with what it was narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasesPage {
    /// The processes to choose from: name and title.
    pub processes: Vec<(String, String)>,
    /// The process chosen.
    pub process: Option<String>,
    /// How they stand: `running`, `ended`, `incident`, `all`.
    pub standing: String,
    /// What was searched for: a number or an organisation.
    pub wanted: String,
    /// The lines.
    pub lines: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A case with everything about it that this person may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasePage {
    /// Its number.
    pub id: String,
    /// Its process: name and title.
    pub process: (String, String),
    /// The version it runs under.
    pub version: String,
    /// Where it stands.
    pub states: Vec<String>,
    /// Whether it goes on.
    pub standing: Standing,
    /// The ladder with where it is and was, as SVG.
    pub ladder: String,
    /// What it waits for, in sentences.
    pub waits: Vec<String>,
    /// What this person can do now.
    pub acts: Vec<Act>,
    /// What others can do now: the act and who.
    pub others: Vec<(String, String)>,
    /// Its clocks.
    pub deadlines: Vec<Deadline>,
    /// Its children: claims of a demand.
    pub children: Vec<ChildLine>,
    /// Its data: title and value.
    pub data: Vec<(String, String)>,
    /// Of a case that carries a settlement: the runs of its year, the newest first.
    pub runs: Vec<CaseRun>,
    /// Its history, newest first.
    pub history: Vec<FactLine>,
    /// The command that shows the same.
    pub command: String,
}

/// Something a person can do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// The event's or verb's name.
    pub name: String,
    /// What the button says.
    pub title: String,
    /// Which child it is about.
    pub about: Option<String>,
    /// What to fill in.
    pub form: Form,
    /// Why it would be refused now, where that is known before anybody tries.
    pub refused: Option<String>,
}

/// A form: where it goes and what it asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// Values that go with it unseen: name and value.
    pub hidden: Vec<(String, String)>,
    /// What it asks.
    pub fields: Vec<Field>,
}

/// One question of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What may be answered.
    pub kind: FieldKind,
    /// It must be answered.
    pub required: bool,
    /// What stands there already.
    pub value: String,
    /// What is allowed, in words.
    pub hint: String,
}

/// What may be answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// Several lines of text.
    Long,
    /// A number, an amount, a rate: as written.
    Number,
    /// A day.
    Day,
    /// Yes or no.
    YesNo,
    /// One of these: value and title.
    Choice(Vec<(String, String)>),
}

/// A clock of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Its title.
    pub title: String,
    /// When it is due; `None` while it is stopped.
    pub due: Option<Timestamp>,
    /// The holidays of that year are not published yet.
    pub provisional: bool,
    /// How the date came about, one line a day or reason.
    pub derivation: Vec<String>,
}

/// A child of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildLine {
    /// Which kind: `银行关注`.
    pub kind: String,
    /// Its key: the bank.
    pub key: String,
    /// The place it takes.
    pub slot: Option<u16>,
    /// Where it stands.
    pub states: Vec<String>,
    /// It goes on.
    pub active: bool,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactLine {
    /// Its number in the case.
    pub number: u64,
    /// When it counts.
    pub at: Timestamp,
    /// What and who, in a sentence.
    pub what: String,
    /// What belongs to it: how a deadline was reckoned.
    pub more: Vec<String>,
    /// What kind of line: `act`, `refused`, `timer`, `notice`, `state`, `data`.
    pub kind: &'static str,
    /// Why: conditions and what they came to.
    pub why: Vec<String>,
}

/// A task in the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// Its case.
    pub case: String,
    /// Its number in the case.
    pub task: u32,
    /// What is to be done.
    pub title: String,
    /// In which process.
    pub process: String,
    /// Whose case it is.
    pub party: Option<String>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// Who has taken it.
    pub holder: Option<String>,
    /// It is this person's.
    pub mine: bool,
    /// The verbs this person may use: name, title, and whether a reason is wanted.
    pub verbs: Vec<(String, String, bool)>,
    /// Decisions this person may take.
    pub acts: Vec<Act>,
}

/// Something that went out, or is stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxLine {
    /// Its key.
    pub key: String,
    /// Its case.
    pub case: String,
    /// Who delivers it.
    pub connector: String,
    /// What it is: the notice's title, the call.
    pub title: String,
    /// To whom.
    pub to: String,
    /// When it was sent, or is tried next.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Waiting, stuck or delivered.
    pub state: OutboxState,
    /// What went wrong last.
    pub problem: Option<String>,
    /// The letter: subject and text.
    pub letter: Option<(String, String)>,
}

/// Where something that goes out stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// It is tried again by itself.
    Waiting,
    /// Nobody tries any more until a person says so.
    Parked,
    /// It arrived.
    Delivered,
}

/// The outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxPage {
    /// The lines, newest first.
    pub lines: Vec<OutboxLine>,
    /// This person may let parked ones go again.
    pub may_replay: bool,
}

/// The way in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginPage {
    /// Accounts that a click logs in to: only in a demonstration. Name, person, role, organisation.
    pub samples: Vec<(String, Person)>,
    /// The last attempt failed.
    pub failed: bool,
    /// Where to go afterwards.
    pub next: String,
}

/// Something is not there, not allowed, or went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemPage {
    /// The HTTP status.
    pub status: u16,
    /// The code.
    pub code: String,
    /// In a sentence.
    pub title: String,
    /// More about it.
    pub detail: String,
    /// What is possible instead.
    pub possible: Vec<String>,
    /// What is to be known of a code, each part under its heading.
    pub parts: Vec<(String, String)>,
}
