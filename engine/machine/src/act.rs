//! Carrying out actions: each becomes facts, events for the case's own runs, or a child.

use expr::value::Value;

use crate::action::{Action, Destination, Recipient, Which};
use crate::fact::{Addressee, What};
use crate::ids::{ChartIx, Name, RunIx};
use crate::incident::Incident;
use crate::turn::{Occurrence, Stop, Turn};

impl Turn<'_> {
    /// Carries out actions in order.
    ///
    /// # Errors
    /// [`Stop`]: a formula without a value, or a child that may not start.
    pub fn act(&mut self, run: RunIx, actions: &[Action], on: Option<&Occurrence>) -> Result<(), Stop> {
        actions.iter().try_for_each(|action| self.act_one(run, action, on))
    }

    fn act_one(&mut self, run: RunIx, action: &Action, on: Option<&Occurrence>) -> Result<(), Stop> {
        match action {
            Action::Set { field, value } => {
                let value = self.value(run, value, on)?;
                self.emit(run, What::Set { field: *field, value });
            }
            Action::Raise { event, data } => {
                let data = self.context(run, data, on)?;
                self.raise(Occurrence::told(event.clone(), data));
            }
            Action::Send { event, to, delay: Some(delay), id, data } => {
                debug_assert!(matches!(to, Destination::Own), "only a run's own events are delayed");
                let data = self.context(run, data, on)?;
                self.send_later(run, event.clone(), id.clone(), data, delay, on)?;
            }
            Action::Send { event, to, data, .. } => {
                let data = self.context(run, data, on)?;
                self.send(run, event.clone(), to, data, on)?;
            }
            Action::Cancel { id } => self.cancel(run, id),
            Action::Start { child, key, data } => self.start_child(run, *child, key, data, on)?,
            Action::Release => self.emit(run, What::Released),
            Action::Notify { notice, to, data } => {
                let to = self.addressees(run, to, on)?;
                let data = self.context(run, data, on)?;
                self.emit(run, What::Notified { notice: notice.clone(), to, data });
            }
            Action::Call { connector, request, reply, failure } => {
                let request = self.context(run, request, on)?;
                let (connector, reply, failure) = (connector.clone(), reply.clone(), failure.clone());
                self.emit(run, What::Called { connector, request, reply, failure });
            }
            Action::Record { code, data } => {
                let data = self.context(run, data, on)?;
                self.emit(run, What::Recorded { code: code.clone(), data });
            }
            Action::Extend { clock, by } => self.extend(run, *clock, by, on)?,
            Action::Choose { branches } => return self.choose(run, branches, on),
        }
        Ok(())
    }

    fn choose(
        &mut self,
        run: RunIx,
        branches: &[(Option<crate::chart::Guard>, Vec<Action>)],
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        for (guard, actions) in branches {
            let held = match guard {
                Some(guard) => self.holds(run, guard, on, None)?,
                None => true,
            };
            if held {
                return self.act(run, actions, on);
            }
        }
        Ok(())
    }

    fn send(
        &mut self,
        run: RunIx,
        event: Name,
        to: &Destination,
        data: Value,
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        match to {
            Destination::Own => self.tell(run, Occurrence::told(event, data)),
            Destination::Main => self.tell(RunIx::MAIN, Occurrence::told(event, data)),
            Destination::Children { kind, which } => {
                for child in self.children_of(run, *kind, which, on)? {
                    self.tell(child, Occurrence::told(event.clone(), data.clone()));
                }
            }
            Destination::Cases { process, reach, key } => {
                let (process, reach) = (process.clone(), *reach);
                let key = self.value(run, key, on)?;
                self.emit(run, What::Sent { process, reach, key, event, data });
            }
        }
        Ok(())
    }

    fn children_of(
        &self,
        run: RunIx,
        kind: ChartIx,
        which: &Which,
        on: Option<&Occurrence>,
    ) -> Result<Vec<RunIx>, Stop> {
        let key = match which {
            Which::All => None,
            Which::Key(formula) | Which::AllBut(formula) => Some(self.value(run, formula, on)?),
        };
        let wanted = |k: &Value| match which {
            Which::All => true,
            Which::Key(_) => Some(k) == key.as_ref(),
            Which::AllBut(_) => Some(k) != key.as_ref(),
        };
        let active = self.case.each_run().filter(|(_, r)| r.chart == kind && r.ended.is_none());
        Ok(active.filter(|(_, r)| wanted(&r.key)).map(|(i, _)| i).collect())
    }

    fn addressees(
        &self,
        run: RunIx,
        to: &[Recipient],
        on: Option<&Occurrence>,
    ) -> Result<Vec<Addressee>, Stop> {
        let mut all = Vec::with_capacity(to.len());
        for recipient in to {
            match recipient {
                Recipient::Role(role) => {
                    all.push(Addressee::Role(self.definition.roles[role.at()].name.clone()));
                }
                Recipient::Key => all.push(Addressee::Party(party(&self.run(run).key))),
                Recipient::Named(formula) => match self.value(run, formula, on)? {
                    Value::List(list) => all.extend(list.iter().map(|v| Addressee::Party(party(v)))),
                    Value::Null => {}
                    one @ Value::Text(_) => all.push(Addressee::Party(party(&one))),
                    other => {
                        let wanted = ("名称或名称列表", "a name or a list of names");
                        return Err(Incident::wrong_kind(run, formula.text(), wanted, &other).into());
                    }
                },
            }
        }
        Ok(all)
    }
}

fn party(value: &Value) -> Name {
    value.as_text().map_or_else(|| value.to_string().into(), Name::from)
}
