//! One statechart with every name resolved: states, transitions, clocks, tasks.
//!
//! Semantics are those of W3C SCXML, appendix D; docs/language/semantics.md is the executed reference.

use expr::formula::Formula;
use expr::time::reminder::Reminder;
use expr::value::{Type, Value};

use crate::action::Action;
use crate::ids::{
    Bilingual, ClockIx, ConditionIx, EventIx, FieldIx, Name, ParameterIx, RoleIx, StateIx, TableIx,
    TransitionIx,
};

/// A statechart: the main process of a definition or one kind of child.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `financing_demand`, or the name of the children's list, `claims`.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// In document order, parents before children; index 0 is the chart itself.
    pub states: Vec<State>,
    /// In document order.
    pub transitions: Vec<Transition>,
    /// The data of one run.
    pub fields: Vec<Field>,
    /// Every clock of every state.
    pub clocks: Vec<Clock>,
    /// What people and connectors may send.
    pub events: Vec<EventDecl>,
    /// Named conditions, evaluated when a formula reads them.
    pub conditions: Vec<Condition>,
    /// What each variable of this chart's formulas stands for, by slot.
    pub variables: Vec<Variable>,
    /// What each host function of this chart's formulas does, by number.
    pub functions: Vec<HostCall>,
    /// Rules about children of this kind; `None` for the main process.
    pub child: Option<ChildRules>,
    /// Roles that act for a party of the case only.
    pub parties: Vec<Party>,
}

/// A role whose people must belong to the party the run belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The role.
    pub role: RoleIx,
    /// Where the run keeps the party's organisation.
    pub of: PartyOf,
}

/// Where a run keeps the organisation of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyOf {
    /// In its key: the bank of a claim.
    Key,
    /// In a field of its own data.
    Field(FieldIx),
    /// In a field of the main run's data: the enterprise of a demand.
    Case(FieldIx),
}

/// A state. Its descendants are exactly the indexes after it up to `last`.
#[derive(Clone, Debug)]
pub struct State {
    /// ASCII name, unique in its chart.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What sort of state.
    pub kind: StateKind,
    /// `None` only for the chart itself.
    pub parent: Option<StateIx>,
    /// In document order.
    pub children: Vec<StateIx>,
    /// The last descendant in document order; the state itself when it has none.
    pub last: StateIx,
    /// For compound states the initial transition; for history states the default one.
    pub initial: Option<Initial>,
    /// Run on entry, in order.
    pub entry: Vec<Action>,
    /// Run on exit, in order.
    pub exit: Vec<Action>,
    /// Transitions leaving this state, in document order.
    pub transitions: Vec<TransitionIx>,
    /// Clocks that start on entry and end on exit.
    pub clocks: Vec<ClockIx>,
    /// Clocks of enclosing states that stand still while this state is active.
    pub pauses: Vec<ClockIx>,
    /// What a person has to do here.
    pub task: Option<TaskDecl>,
    /// Fields that must be known on entry.
    pub requires: Vec<FieldIx>,
    /// The clause this state rests on.
    pub basis: Option<Name>,
    /// Drawn beside the main path: an outcome, not a step.
    pub side: bool,
}

/// The sorts of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// No states inside.
    Atomic,
    /// Exactly one of its states is active.
    Compound,
    /// All of its states (regions) are active.
    Parallel,
    /// Reaching it completes the parent; at top level it ends the run.
    Final {
        /// What the run is said to have ended as; the state's name unless given.
        outcome: Name,
    },
    /// Remembers what was active in its parent when it was last left.
    History {
        /// Remembers the innermost states, not only the parent's children.
        deep: bool,
        /// Clocks of the remembered states stop on exit and run on after the return,
        /// with what was left.
        clocks: bool,
    },
}

/// Where a compound state starts, or a history state when it remembers nothing.
#[derive(Clone, Debug)]
pub struct Initial {
    /// Usually one; several only inside parallel states.
    pub targets: Vec<StateIx>,
    /// Run between entering the parent and entering the targets.
    pub actions: Vec<Action>,
}

/// One branch out of a state.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The state it leaves.
    pub source: StateIx,
    /// Which events it answers; empty for an eventless transition (`always`).
    pub on: Vec<Pattern>,
    /// The declared event it answers, when it is a command from outside.
    pub event: Option<EventIx>,
    /// Who may send it; empty means the event's own roles.
    pub by: Vec<RoleIx>,
    /// Must be true.
    pub guard: Option<Guard>,
    /// What happens.
    pub go: Go,
    /// Run between exit and entry, in order.
    pub actions: Vec<Action>,
    /// The clause this branch rests on.
    pub basis: Option<Name>,
}

/// Where a transition leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Go {
    /// To states; `internal` keeps a compound source active when the targets lie inside it.
    To {
        /// In document order as written.
        targets: Vec<StateIx>,
        /// SCXML `type="internal"`.
        internal: bool,
    },
    /// Nowhere: the actions run, no state is left.
    Stay,
    /// The rules say no: nothing happens but the record of the attempt.
    Refuse {
        /// The refusal's code, declared in the definition.
        code: Name,
    },
}

/// Which events a transition answers: dot-separated tokens, matched by prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `*`
    Any,
    /// `done.state` answers `done.state` and `done.state.review`, not `done.states`.
    Prefix(Name),
}

impl Pattern {
    /// Reads a descriptor as written: `*`, `error.*`, `error.`, `error`.
    pub fn read(text: &str) -> Pattern {
        let bare = text.strip_suffix(".*").or_else(|| text.strip_suffix('.')).unwrap_or(text);
        if bare == "*" { Pattern::Any } else { Pattern::Prefix(bare.into()) }
    }

    /// Whether an event of this name is answered.
    pub fn answers(&self, event: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Prefix(prefix) => match event.strip_prefix(&**prefix) {
                Some(rest) => rest.is_empty() || rest.starts_with('.'),
                None => false,
            },
        }
    }
}

/// A condition over the case.
#[derive(Clone, Debug)]
pub enum Guard {
    /// A formula that yields true or false.
    Formula(Formula),
    /// The state is active (SCXML `In`).
    In(StateIx),
    /// None of it holds.
    Not(Box<Guard>),
    /// Every one holds.
    All(Vec<Guard>),
    /// At least one holds.
    Either(Vec<Guard>),
}

/// A named condition of the definition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As policy staff call it, often in Chinese.
    pub name: Name,
    /// For people; a name in Chinese is its own Chinese title.
    pub title: Bilingual,
    /// What it means.
    pub formula: Formula,
    /// The clause it rests on.
    pub basis: Option<Name>,
}

/// A piece of data of a case or child.
#[derive(Clone, Debug)]
pub struct Field {
    /// ASCII or Chinese name.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What it may hold.
    pub ty: FieldType,
    /// Must be given when the run starts.
    pub required: bool,
    /// Value at the start when none is given.
    pub default: Option<Value>,
    /// Whether a person who opens a case may give it; see [`Chart::asks`] for what holds unless it is said.
    pub asked: Option<bool>,
    /// Known from another case when this one is opened, in place of asking whoever opens it.
    pub from: Option<KnownFrom>,
    /// Tests on a value: `(0..1亿]`, `>= 600`.
    pub range: Option<expr::formula::UnaryTests>,
    /// Refusal code when the range is not met; `data_out_of_range` unless given.
    pub refusal: Option<Name>,
    /// How it must be guarded when read or shown.
    pub protection: Protection,
}

/// Whether another case is in a state: what is on record already is not asked of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFrom {
    /// The process of the other case.
    pub process: Name,
    /// The field, or the line of the same form, that holds the other's correlate value.
    pub key: Name,
    /// True while an open case of that value is in one of these states.
    pub states: Vec<Name>,
}

/// The type of a field, with what a form and a check need to know beyond [`Type`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Any of the plain types of formulas.
    Plain(Type),
    /// A unified social credit code, checked on input.
    Uscc,
    /// A stored file: a context of name, hash, size and media type.
    File,
    /// A list of values that are more than plain.
    List(Box<FieldType>),
    /// A record of which some values are more than plain.
    Record(Vec<RecordField>),
}

/// One value of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordField {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: FieldType,
    /// Whether it must be there.
    pub required: bool,
}

impl FieldType {
    /// The type as formulas see it.
    pub fn plain(&self) -> Type {
        match self {
            FieldType::Plain(ty) => ty.clone(),
            FieldType::Uscc => Type::Text,
            FieldType::File => crate::admit::file_type(),
            FieldType::List(of) => Type::list(of.plain()),
            FieldType::Record(fields) => Type::context(fields.iter().map(|field| {
                let ty = field.ty.plain();
                (field.name.clone(), if field.required { ty } else { ty.nullable() })
            })),
        }
    }
}

/// How sensitive a field is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// Ordinary data.
    #[default]
    None,
    /// Personal information.
    Personal,
    /// Credit data: readable only under a consent.
    Credit,
}

/// A clock: something that happens, or becomes possible, at a computed instant.
#[derive(Clone, Debug)]
pub struct Clock {
    /// `evaluation`; its event is `clock.evaluation`.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What sort of clock.
    pub kind: ClockKind,
    /// The state that owns it.
    pub owner: StateIx,
    /// Set only when true on entry.
    pub when: Option<Guard>,
    /// How long; a formula of type period, instant or date.
    pub within: Formula,
    /// Counted from this instant; from entry unless given.
    pub from: Option<Formula>,
    /// Never due before this instant.
    pub floor: Option<Formula>,
    /// Tells before it is due, in order; their events are `reminder.NAME.1`, `reminder.NAME.2`...
    pub reminders: Vec<Reminder>,
    /// Who may suspend, resume, extend or move it.
    pub authority: Vec<RoleIx>,
    /// The clause it rests on.
    pub basis: Option<Name>,
    /// `clock.NAME`.
    pub event: Name,
}

/// The sorts of clock. All fire the same way; they differ in what they mean to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// Something happens if nothing was done.
    Deadline,
    /// Something is not possible before.
    Gate,
    /// Something stops being valid.
    Validity,
    /// The process goes on by itself.
    Wait,
}

/// What people or connectors may send to a run.
#[derive(Clone, Debug)]
pub struct EventDecl {
    /// ASCII name.
    pub name: Name,
    /// For people: the words on the button.
    pub title: Bilingual,
    /// Who may send it; empty means anyone with a part in the case.
    pub by: Vec<RoleIx>,
    /// What comes with it. Fields of the same name in the data take these values when it is accepted.
    pub form: Vec<FormField>,
    /// Refusal code when no state answers it; `not_possible_now` unless given.
    pub otherwise: Option<Name>,
    /// A reason in words must come with it.
    pub reason: bool,
    /// Only the case itself sends it: a child tells its parent, a parent its children.
    pub told: bool,
}

/// One line of a form.
#[derive(Clone, Debug)]
pub struct FormField {
    /// Name in the event.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The data field it fills, when there is one of this name.
    pub field: Option<FieldIx>,
    /// Its type.
    pub ty: FieldType,
    /// Must be given.
    pub required: bool,
    /// The sender's own organisation: filled in when left out, and nobody else's is taken.
    pub own: bool,
    /// Known from another case when it is sent, in place of asking the sender.
    pub from: Option<KnownFrom>,
    /// Tests on the value.
    pub range: Option<expr::formula::UnaryTests>,
    /// Refusal code when the range is not met.
    pub refusal: Option<Name>,
}

/// What a person has to do in a state.
#[derive(Clone, Debug)]
pub struct TaskDecl {
    /// For people.
    pub title: Bilingual,
    /// Who may take it.
    pub role: RoleIx,
    /// Only these organisations or people: a formula that yields a text or a list of texts.
    pub candidates: Option<Formula>,
    /// Events that complete it, in the order of the buttons.
    pub outcomes: Vec<EventIx>,
    /// The actor must not be the one who acted in these states.
    pub not_same_actor_as: Vec<StateIx>,
    /// How many must agree.
    pub sign: Sign,
    /// What each verb does to the clocks of this state; a verb not named is not offered.
    pub verbs: Vec<(Verb, ClockEffect)>,
}

/// How many people must agree before a task's outcome counts.
#[derive(Clone, Debug)]
pub enum Sign {
    /// One person decides.
    One,
    /// Everyone asked must agree (会签).
    All,
    /// The first to answer decides (或签).
    Either,
    /// So many votes decide (票签); a formula that yields a whole number.
    Votes(Formula),
}

/// What can be done with a task besides deciding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Take it (认领).
    Claim,
    /// Put it back (释放).
    Release,
    /// Hand it to somebody else for good (转办).
    Transfer,
    /// Let somebody else act in one's name (委派).
    Delegate,
    /// Ask another person to sign as well (加签).
    AddSigner,
    /// Take an asked person off again (减签).
    RemoveSigner,
    /// Ask the holder to hurry (催办).
    Urge,
}

/// What a verb does to the clocks of the task's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockEffect {
    /// They run on.
    RunsOn,
    /// They start again.
    Restarts,
}

/// Rules about children of one kind.
#[derive(Clone, Debug)]
pub struct ChildRules {
    /// Type of the key that tells children apart (a bank's code).
    pub key: Type,
    /// Name of the key in forms and logs (`bank`).
    pub key_name: Name,
    /// How many at most.
    pub cap: Option<Cap>,
    /// Refusal code when the key has an active child already.
    pub already: Name,
    /// How often the same key may come again after its child ended.
    pub again: Option<Again>,
    /// Event sent to the main run when a child ends, with `key` and `outcome`: `claims.ended`.
    pub ended: Name,
    /// Event sent to active children when the main run ends.
    pub cascade: Option<Name>,
}

/// A bound on children.
#[derive(Clone, Debug)]
pub struct Cap {
    /// A formula that yields a whole number.
    pub limit: Formula,
    /// A formula that yields `"concurrent"` or `"lifetime"`.
    pub scope: Formula,
    /// Refusal code when it is reached.
    pub refusal: Name,
}

/// A bound on coming again.
#[derive(Clone, Debug)]
pub struct Again {
    /// A formula that yields how many more times.
    pub limit: Formula,
    /// A formula that yields a period to wait after the last child of this key ended.
    pub cooldown: Option<Formula>,
    /// Refusal code when it is reached.
    pub refusal: Name,
}

/// What a variable of a formula stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// A data field of the run.
    Field(FieldIx),
    /// The main run as a context: its data, and `id`, `started_at`, `state`.
    Case,
    /// The run itself as a context (in a child: `key`, `number`, `slot`, `started_at`).
    This,
    /// The children of a kind, as a list of contexts.
    Children(crate::ids::ChartIx),
    /// A parameter, with its value on the civil date of the event.
    Parameter(ParameterIx),
    /// A named condition.
    Condition(ConditionIx),
    /// What came with the event: its data, and `name`, `by`, `organisation`, `role`.
    Event,
    /// The civil date of the event.
    Today,
    /// The instant the event was received.
    Now,
}

/// What a host function of a formula does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostCall {
    /// `in(state)`: the state is active in this run.
    In,
    /// `due(clock)`: when the run's clock of this name is or was last due, or null.
    Due,
    /// `entered(state)`: when this run last entered the state, or null.
    Entered,
    /// A decision table, asked with its inputs in order.
    Table(TableIx),
}

impl Chart {
    /// The state of this index.
    pub fn state(&self, state: StateIx) -> &State {
        &self.states[state.at()]
    }

    /// Whether `inner` lies inside `outer` (a state is not inside itself).
    pub fn is_descendant(&self, inner: StateIx, outer: StateIx) -> bool {
        inner > outer && inner <= self.state(outer).last
    }

    /// The states round this one, innermost first, the chart itself last.
    pub fn ancestors(&self, state: StateIx) -> impl Iterator<Item = StateIx> + '_ {
        std::iter::successors(self.state(state).parent, |s| self.state(*s).parent)
    }

    /// The state of this name.
    pub fn find_state(&self, name: &str) -> Option<StateIx> {
        let at = self.states.iter().skip(1).position(|s| &*s.name == name)?;
        u16::try_from(at + 1).ok().map(StateIx)
    }

    /// The clock of this name.
    pub fn find_clock(&self, name: &str) -> Option<ClockIx> {
        let at = self.clocks.iter().position(|c| &*c.name == name)?;
        u16::try_from(at).ok().map(ClockIx)
    }

    /// The declared event of this name.
    pub fn find_event(&self, name: &str) -> Option<&EventDecl> {
        self.events.iter().find(|e| &*e.name == name)
    }

    /// The field of this name.
    pub fn find_field(&self, name: &str) -> Option<FieldIx> {
        let at = self.fields.iter().position(|f| &*f.name == name)?;
        u16::try_from(at).ok().map(FieldIx)
    }
}
