//! What is shown, as plain data: the JSON of the API and the ground of pages.

use machine::ids::Bilingual;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Title {
    /// The words of a definition; the name where there are none.
    pub fn of(words: &Bilingual, name: &str) -> Title {
        let or_name = |text: &str| if text.is_empty() { name.to_owned() } else { text.to_owned() };
        Title { zh: or_name(&words.zh), en: or_name(&words.en) }
    }

    /// The same in both languages.
    pub fn plain(text: &str) -> Title {
        Title { zh: text.to_owned(), en: text.to_owned() }
    }
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleView {
    /// Its name in the definition.
    pub name: String,
    /// For people.
    pub title: Title,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StateView {
    /// Its name in the definition.
    pub name: String,
    /// For people.
    pub title: Title,
}

/// A line of a list of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseRow {
    /// The office's number.
    pub case: String,
    /// The process.
    pub process: String,
    /// The process, for people.
    pub title: Title,
    /// Innermost states of the main run.
    pub states: Vec<StateView>,
    /// `running`, `ended` or `incident`.
    pub standing: String,
    /// The incident's code.
    pub incident: Option<String>,
    /// The value other cases reach it by.
    pub correlate: Option<String>,
    /// When the next timer that is seen is due.
    pub next_due: Option<String>,
    /// When it started.
    pub started_at: String,
    /// Its version: entries of its history.
    pub version: u64,
}

/// A stretch of a list of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CasePage {
    /// The lines.
    pub cases: Vec<CaseRow>,
    /// What the next request gives as `after`; absent at the end.
    pub after: Option<String>,
}

/// A case with its runs.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseView {
    /// Its line.
    #[serde(flatten)]
    pub row: CaseRow,
    /// Hash of its definition.
    pub definition: String,
    /// The authors' number of its definition.
    pub definition_version: u32,
    /// The main run first, then the children that are seen.
    pub runs: Vec<RunView>,
    /// What can be sent now, and by whom.
    pub possible: Vec<PossibleView>,
}

/// A run of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunView {
    /// Empty for the main run, `claims.B1` for a child.
    pub run: String,
    /// Its chart, for people.
    pub title: Title,
    /// What tells it from its siblings; null for the main run.
    pub key: Json,
    /// The place it takes.
    pub slot: Option<u16>,
    /// When it started.
    pub started_at: String,
    /// Innermost active states.
    pub states: Vec<StateView>,
    /// As what it ended.
    pub outcome: Option<String>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_title: Option<Title>,
    /// Its data.
    pub data: Vec<FieldView>,
    /// Pending timers.
    pub timers: Vec<TimerView>,
    /// Open tasks.
    pub tasks: Vec<TaskView>,
}

/// A piece of data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// For people.
    pub title: Title,
    /// `money`, `text`, `date`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value; null when unknown, or withheld.
    pub value: Json,
    /// What people call the value of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_title: Option<Title>,
    /// Credit data that this viewer is not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// A pending timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimerView {
    /// The case.
    pub case: String,
    /// The run.
    pub run: String,
    /// Its number in the case.
    pub timer: u32,
    /// Its clock, or the delayed event.
    pub clock: String,
    /// For people.
    pub title: Title,
    /// `deadline`, `gate`, `validity`, `wait` or `delayed`.
    pub kind: String,
    /// The first instant that is too late; null while it stands still.
    pub due: Option<String>,
    /// `running`, `suspended` (by authority), `paused` (by the process) or `held`.
    pub standing: String,
    /// A notice of holidays is not published yet: the date may move.
    pub provisional: bool,
    /// The reminders it still gives.
    pub reminders: Vec<String>,
    /// Who may act on it.
    pub authority: Vec<RoleView>,
    /// The clause it rests on.
    pub basis: Option<String>,
    /// How the date came about, in a sentence.
    pub sentence: Title,
    /// How the date came about, day by day.
    pub days: Title,
}

/// A stretch of a list of timers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimerPage {
    /// The timers, soonest due first.
    pub timers: Vec<TimerView>,
}

/// An open task.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaskView {
    /// The case.
    pub case: String,
    /// Its process.
    pub process: String,
    /// The process, for people.
    pub process_title: Title,
    /// The run.
    pub run: String,
    /// Its number in the case.
    pub task: u32,
    /// The state that opened it.
    pub state: String,
    /// What is to be done.
    pub title: Title,
    /// Who may take it.
    pub role: RoleView,
    /// Who has taken it.
    pub holder: Option<String>,
    /// Who may act in the holder's name.
    pub delegate: Option<String>,
    /// Others asked to sign.
    pub signers: Vec<String>,
    /// How often it was urged.
    pub urged: u32,
    /// Since when it waits.
    pub opened_at: String,
    /// When it is due.
    pub due: Option<String>,
    /// How it can be decided, in the order of the buttons.
    pub outcomes: Vec<EventView>,
    /// What else can be done with it.
    pub acts: Vec<String>,
    /// The version of its case.
    pub version: u64,
}

/// A stretch of the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaskPage {
    /// The tasks, soonest due first.
    pub tasks: Vec<TaskView>,
    /// What the next request gives as `after`; absent at the end.
    pub after: Option<String>,
}

/// Something that can be sent, with its form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventView {
    /// Its name.
    pub event: String,
    /// The words on the button.
    pub title: Title,
    /// A reason in words must come with it.
    pub reason: bool,
    /// What comes with it.
    pub form: Vec<FormFieldView>,
}

/// A line of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormFieldView {
    /// Its name.
    pub name: String,
    /// For people.
    pub title: Title,
    /// `money`, `text`, `date`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The words it may be, for a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What people call these words, one for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice_titles: Vec<Title>,
    /// Must be given.
    pub required: bool,
    /// The sender's own organisation: filled in, nobody else's is taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// Something that can be sent now, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PossibleView {
    /// The run that would take it.
    pub run: String,
    /// What.
    #[serde(flatten)]
    pub event: EventView,
    /// Who; empty: anyone with a part in the case.
    pub by: Vec<RoleView>,
    /// The one who asks is among them.
    pub yours: bool,
    /// The refusal that the one who asks would get now, when it is certain whatever they say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<ForeseenView>,
}

/// A refusal known before anybody tries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForeseenView {
    /// Its code.
    pub code: String,
    /// Its sentence.
    pub title: Title,
}

/// A line of history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FactView {
    /// The entry it was written with.
    pub entry: u64,
    /// `at`, `run`, `fact` and what the kind of fact carries.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fact: Json,
}

/// A stretch of a history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HistoryPage {
    /// The case.
    pub case: String,
    /// Its lines, oldest first.
    pub facts: Vec<FactView>,
    /// What the next request gives as `after`; absent at the end.
    pub after: Option<String>,
}

/// Why a case waits, and why it is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WhyView {
    /// The case.
    #[serde(flatten)]
    pub case: CaseView,
    /// What the last steps were decided by, newest first.
    pub decided: Vec<DecidedView>,
    /// The incident that stopped it.
    pub stopped: Option<IncidentView>,
}

/// What one entry of the history was decided by.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DecidedView {
    /// The entry.
    pub entry: u64,
    /// When.
    pub at: String,
    /// The guards that were tried and the tables that were asked.
    pub reasons: Vec<ReasonView>,
}

/// One guard that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReasonView {
    /// In which run.
    pub run: String,
    /// The formula as written.
    pub guard: String,
    /// The same with what people call its names.
    pub title: Title,
    /// What it came to.
    pub held: bool,
    /// What it read.
    #[schema(value_type = Object)]
    pub inputs: Json,
    /// The same as people say it, one line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_titles: Vec<Title>,
    /// The tables it asked and the rows that answered.
    #[schema(value_type = Vec<Object>)]
    pub tables: Vec<Json>,
}

/// A case that cannot go on by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentView {
    /// The case.
    pub case: String,
    /// Its process.
    pub process: String,
    /// The incident's code.
    pub code: String,
    /// What happened and what usually causes it.
    pub words: Title,
    /// Since when.
    pub since: Option<String>,
    /// What was sent when it stopped, if somebody sent something.
    pub command: Option<String>,
    /// The acts that let it go on.
    pub acts: Vec<String>,
    /// The version of the case.
    pub version: u64,
}

/// Cases that cannot go on by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentPage {
    /// The incidents, by case number.
    pub incidents: Vec<IncidentView>,
    /// What the next request gives as `after`; absent at the end.
    pub after: Option<String>,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefinitionView {
    /// The process.
    pub process: String,
    /// For people.
    pub title: Title,
    /// The authors' number.
    pub version: u32,
    /// Hash of its content: its identity.
    pub hash: String,
    /// New cases use it.
    pub in_force: bool,
    /// Who put it into force.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
    /// The clause it rests on.
    pub basis: Option<String>,
    /// The office that answers for it.
    pub owner: Option<String>,
    /// What a case is opened with.
    pub opening: Vec<FormFieldView>,
    /// Who acts.
    pub roles: Vec<RoleView>,
}

/// Definitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefinitionPage {
    /// Newest first.
    pub definitions: Vec<DefinitionView>,
}

/// Something that waits to go out, or is parked.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OutgoingView {
    /// `FD-2026-000183/7/0`: case, entry, effect.
    pub key: String,
    /// The case it comes from.
    pub case: String,
    /// The entry that sent it.
    pub entry: u64,
    /// Which effect of that entry.
    pub effect: u32,
    /// Who delivers it.
    pub connector: String,
    /// What it is.
    #[schema(value_type = Object)]
    pub what: Json,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it is to go out.
    pub since: String,
    /// When it is tried next.
    pub next_at: Option<String>,
    /// Nobody tries any more until a person says so.
    pub parked: bool,
    /// What went wrong last.
    pub problem: Option<String>,
    /// What that means and what can be done.
    pub advice: Title,
}

/// A stretch of what goes out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OutgoingPage {
    /// In the order of keys.
    pub outgoing: Vec<OutgoingView>,
    /// What the next request gives as `after`; absent at the end.
    pub after: Option<String>,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DoneView {
    /// The case.
    pub case: String,
    /// Its version now.
    pub version: u64,
    /// Innermost states of its main run.
    pub states: Vec<StateView>,
    /// When the next timer that is seen is due.
    pub next_due: Option<String>,
    /// The command had been answered before: this is the same answer again.
    pub repeated: bool,
}
