//! Reasons to say no: news for a person, never an error of the machine.

use std::fmt;

use crate::ids::{Bilingual, Name, RunIx};

/// The rules say no. The case is as it was, but for the record of the attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `slots_full`: declared in the definition, or one of [`Code`].
    pub code: Name,
    /// What it is about: names of fields, states, people.
    pub about: Vec<Name>,
    /// What is possible now instead.
    pub possible: Vec<Possible>,
}

/// Something that could be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// The run that would take it.
    pub run: RunIx,
    /// The event.
    pub event: Name,
    /// Who may send it; empty means anyone with a part in the case.
    pub by: Vec<Name>,
}

/// The engine's own refusal codes, valid in every process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// No active state takes this event.
    NotPossibleNow,
    /// The event is not known to this process.
    UnknownEvent,
    /// The case has no such child.
    NoSuchChild,
    /// The role may not send it.
    NotAllowed,
    /// It belongs to another party.
    NotYourCase,
    /// A field is missing that is needed now.
    DataMissing,
    /// A field came that the form does not have.
    DataUnknown,
    /// A value is of another type than its field.
    DataType,
    /// A value lies outside the field's bounds.
    DataOutOfRange,
    /// The case or child has ended.
    Ended,
    /// The same person may not do both.
    SamePerson,
    /// Somebody else has taken the task.
    TaskHeld,
    /// The task is not open.
    NoSuchTask,
    /// The verb is not offered for this task.
    VerbNotOffered,
    /// The person is not among those who may take the task.
    NotACandidate,
    /// The timer is not pending.
    NoSuchTimer,
    /// A reason in words is needed.
    ReasonMissing,
    /// The timer cannot be moved there, or is in no state for it.
    TimerAct,
    /// The case has more children than any case can hold.
    TooMany,
}

impl Code {
    /// Every code, for pages and tests.
    pub const ALL: [Code; 19] = [
        Code::NotPossibleNow,
        Code::UnknownEvent,
        Code::NoSuchChild,
        Code::NotAllowed,
        Code::NotYourCase,
        Code::DataMissing,
        Code::DataUnknown,
        Code::DataType,
        Code::DataOutOfRange,
        Code::Ended,
        Code::SamePerson,
        Code::TaskHeld,
        Code::NoSuchTask,
        Code::VerbNotOffered,
        Code::NotACandidate,
        Code::NoSuchTimer,
        Code::ReasonMissing,
        Code::TimerAct,
        Code::TooMany,
    ];

    /// The stable spelling.
    pub fn name(self) -> &'static str {
        match self {
            Code::NotPossibleNow => "not_possible_now",
            Code::UnknownEvent => "unknown_event",
            Code::NoSuchChild => "no_such_child",
            Code::NotAllowed => "not_allowed",
            Code::NotYourCase => "not_your_case",
            Code::DataMissing => "data_missing",
            Code::DataUnknown => "data_unknown",
            Code::DataType => "data_type",
            Code::DataOutOfRange => "data_out_of_range",
            Code::Ended => "ended",
            Code::SamePerson => "same_person",
            Code::TaskHeld => "task_held",
            Code::NoSuchTask => "no_such_task",
            Code::VerbNotOffered => "verb_not_offered",
            Code::NotACandidate => "not_a_candidate",
            Code::NoSuchTimer => "no_such_timer",
            Code::ReasonMissing => "reason_missing",
            Code::TimerAct => "timer_act",
            Code::TooMany => "too_many",
        }
    }

    /// The sentence for people.
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Code::NotPossibleNow => ("现在不能办理这一步", "This cannot be done now"),
            Code::UnknownEvent => ("这个流程没有这个操作", "This process knows no such event"),
            Code::NoSuchChild => ("没有这个办理方", "The case has no such child"),
            Code::NotAllowed => ("您的角色不能办理这一步", "Your role may not do this"),
            Code::NotYourCase => ("这件事属于别的单位", "This belongs to another party"),
            Code::DataMissing => ("有必填的内容没有填", "Something that is needed is missing"),
            Code::DataUnknown => ("表单里没有这一项", "The form has no such field"),
            Code::DataType => ("填写的内容类型不对", "A value is of the wrong type"),
            Code::DataOutOfRange => ("填写的内容超出范围", "A value is out of bounds"),
            Code::Ended => ("已经办结", "It has ended already"),
            Code::SamePerson => ("同一个人不能既办又审", "The same person may not do both"),
            Code::TaskHeld => ("已由别人领取办理", "Somebody else has taken this task"),
            Code::NoSuchTask => ("这项待办已不存在", "This task is not open"),
            Code::VerbNotOffered => ("这项待办不提供这个操作", "This task does not offer that"),
            Code::NotACandidate => ("您不在可办理人员之列", "You are not among those who may take this task"),
            Code::NoSuchTimer => ("这个时限已不存在", "This timer is not pending"),
            Code::ReasonMissing => ("请写明理由", "A reason is needed"),
            Code::TimerAct => ("时限现在不能这样调整", "The timer cannot be changed that way now"),
            Code::TooMany => ("这件事的办理方太多了", "The case has more children than any case can hold"),
        };
        Bilingual::new(zh, en)
    }
}

impl Refusal {
    /// A refusal by one of the engine's own codes.
    pub fn of(code: Code, about: &[&str]) -> Refusal {
        Refusal {
            code: code.name().into(),
            about: about.iter().map(|a| Name::from(*a)).collect(),
            possible: vec![],
        }
    }

    /// A refusal by a code of the definition.
    pub fn named(code: &Name) -> Refusal {
        Refusal { code: code.clone(), about: vec![], possible: vec![] }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if self.about.is_empty() { Ok(()) } else { write!(f, ": {}", self.about.join(", ")) }
    }
}
