//! Messages between cases: written in the sender's transaction, taken in by the receiver's, once each.

use expr::value::Value;
use machine::action::Reach;
use machine::event::{Actor, Event, Input, Target};
use machine::fact::What;
use machine::ids::{CaseId, Name};
use ports::connector::{Connector, Delivering, Delivery, Request};
use ports::query::{CaseFilter, PAGE_MAX, Page, Standing};

use crate::answer::Trouble;
use crate::decide::Work;
use crate::engine::{Engine, Sent};
use crate::lines::MESSAGES;

/// The event that opens a case of the process it is sent to, instead of reaching cases that exist.
pub const OPEN: &str = "open";

/// What a message says under this name is the reason of its event.
const REASON: &str = "reason";

/// More pages of receivers of one message than any office has.
const PAGES_MAX: usize = 100;

/// The connector that gives messages to other cases of this engine.
pub struct Post {
    engine: Engine,
}

impl Post {
    /// The post of an engine.
    pub fn new(engine: Engine) -> Post {
        Post { engine }
    }

    async fn hand_over(&self, request: &Request) -> Delivery {
        let What::Sent { process, reach, key, event, data } = &request.fact.what else {
            return Delivery::GiveUp { problem: "not a message between cases".into() };
        };
        let Some(name) = key.as_text() else {
            return Delivery::GiveUp { problem: format!("nobody is reached by {key}") };
        };
        if **event == *OPEN {
            return self.open(request, process, data).await;
        }
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let page = Page { after: after.take(), limit: PAGE_MAX };
            let receivers = match self.engine.store().cases(reached_by(process, *reach, name), page).await {
                Ok(receivers) => receivers,
                Err(fault) => return later(fault.to_string()),
            };
            let Some(last) = receivers.last().map(|line| line.id.clone()) else { break };
            for receiver in receivers.into_iter().filter(|line| line.standing != Standing::Ended) {
                if let Err(delivery) = self.give(request, receiver.id, event, data).await {
                    return delivery;
                }
            }
            after = Some(last);
        }
        Delivery::Delivered { answer: Value::Null }
    }

    /// Opens a case named after the message, so that a repetition finds it there.
    async fn open(&self, request: &Request, process: &Name, data: &Value) -> Delivery {
        let case = CaseId(format!("{process}/{}", request.key).into());
        let by = Actor::system(&format!("case:{}", request.key.case));
        match self.engine.open(case, process, fields(data), by, None).await {
            Ok(_) | Err(Trouble::CaseExists(_)) => Delivery::Delivered { answer: Value::Null },
            Err(Trouble::NotOpened(code, _)) => {
                Delivery::GiveUp { problem: format!("{process} does not open: {code}") }
            }
            Err(trouble) => later(trouble.to_string()),
        }
    }

    /// A receiver that refuses has still taken the message in: its history says so.
    async fn give(
        &self,
        request: &Request,
        case: CaseId,
        event: &Name,
        data: &Value,
    ) -> Result<(), Delivery> {
        let (reason, data) = reason_and_rest(data);
        let event = Event { to: Target::Main, name: event.clone(), data, reason };
        let sent = Sent {
            case,
            work: Work::Input(Input::Event(event)),
            by: Actor::system(&format!("case:{}", request.key.case)),
            key: None,
            message: Some(request.key.clone()),
            at_version: None,
            known: vec![],
        };
        match self.engine.send(sent).await {
            Ok(_) | Err(Trouble::UnknownCase(_)) => Ok(()),
            // A case that waits for a person gets its messages, in order, when it goes on.
            Err(trouble) => Err(later(trouble.to_string())),
        }
    }
}

/// What comes with a message, field by field.
fn fields(data: &Value) -> Vec<(Name, Value)> {
    data.as_context()
        .map(|context| context.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        .unwrap_or_default()
}

/// A field named `reason` is the event's reason, unless it is empty or no text.
fn reason_and_rest(data: &Value) -> (Option<Name>, Vec<(Name, Value)>) {
    let (reason, rest): (Vec<_>, Vec<_>) = fields(data).into_iter().partition(|(name, _)| **name == *REASON);
    let reason = reason.first().and_then(|(_, value)| value.as_text()).filter(|text| !text.is_empty());
    (reason.map(Name::from), rest)
}

fn reached_by(process: &Name, reach: Reach, name: &str) -> CaseFilter {
    let all = CaseFilter { process: Some(process.clone()), ..CaseFilter::default() };
    match reach {
        Reach::Correlated => CaseFilter { correlate: Some(name.into()), ..all },
        Reach::Joined => CaseFilter { party: Some(name.into()), ..all },
    }
}

fn later(problem: String) -> Delivery {
    Delivery::TryLater { after: None, problem, perhaps: false }
}

impl Connector for Post {
    fn name(&self) -> &str {
        MESSAGES
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(self.hand_over(request))
    }
}
