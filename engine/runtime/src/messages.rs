//! Messages between cases: written in the sender's transaction, taken in by the receiver's, once each.

use expr::value::Value;
use machine::event::{Actor, Event, Input, Target};
use machine::fact::What;
use machine::ids::{CaseId, Name};
use ports::connector::{Connector, Delivering, Delivery, Request};
use ports::query::{CaseFilter, Page, Standing};

use crate::answer::Trouble;
use crate::decide::Work;
use crate::engine::{Engine, Sent};
use crate::lines::MESSAGES;

/// More receivers of one message than any office has.
pub const RECEIVERS_MAX: u32 = 1_000;

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
        let What::Sent { process, key, event, data } = &request.fact.what else {
            return Delivery::GiveUp { problem: "not a message between cases".into() };
        };
        let Some(correlate) = key.as_text() else {
            return Delivery::GiveUp { problem: format!("nobody is reached by {key}") };
        };
        let filter = CaseFilter {
            process: Some(process.clone()),
            standing: Some(Standing::Running),
            correlate: Some(correlate.into()),
            ..CaseFilter::default()
        };
        let receivers = match self.engine.store().cases(filter, Page::first(RECEIVERS_MAX)).await {
            Ok(receivers) => receivers,
            Err(fault) => return later(fault.to_string()),
        };
        for receiver in receivers {
            if let Err(delivery) = self.give(request, receiver.id, event, data).await {
                return delivery;
            }
        }
        Delivery::Delivered { answer: Value::Null }
    }

    /// A receiver that refuses has still taken the message in: its history says so.
    async fn give(
        &self,
        request: &Request,
        case: CaseId,
        event: &Name,
        data: &Value,
    ) -> Result<(), Delivery> {
        let fields = data.as_context().map(|c| c.iter().map(|(k, v)| (k.clone(), v.clone())).collect());
        let event =
            Event { to: Target::Main, name: event.clone(), data: fields.unwrap_or_default(), reason: None };
        let sent = Sent {
            case,
            work: Work::Input(Input::Event(event)),
            by: Actor::system(&format!("case:{}", request.key.case)),
            key: None,
            message: Some(request.key.clone()),
        };
        match self.engine.send(sent).await {
            Ok(_) | Err(Trouble::UnknownCase(_) | Trouble::Parked(_)) => Ok(()),
            Err(trouble) => Err(later(trouble.to_string())),
        }
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
