//! Writing, in the model: one unit after the other, each checked before anything of it is kept.

use ports::commit::{Batch, Conflict, Mark, Recorded, TaskChange, Unit};
use ports::fault::Fault;
use ports::outbox::{EffectKey, OutboxRow};
use ports::query::{CaseLine, Entry, Loaded, News, NewsPlace, Standing, Told};
use ports::store::Written;

use super::{Keep, KeptCase, kept};
use crate::tables::commit::repeated;
use crate::tables::prepare::{Prepared, prepare};

impl Keep {
    pub(super) fn commit(&mut self, batch: Batch) -> Result<Written, Fault> {
        let mut prepared: Vec<(usize, Prepared)> = prepare(batch)?.into_iter().enumerate().collect();
        prepared.sort_by(|(_, a), (_, b)| a.unit.case.id.cmp(&b.unit.case.id));
        let mut written: Vec<(usize, Result<Mark, Conflict>)> = Vec::with_capacity(prepared.len());
        for steps in prepared.chunk_by(|(_, a), (_, b)| a.unit.case.id == b.unit.case.id) {
            self.commit_case(steps, &mut written);
        }
        written.sort_by_key(|(at, _)| *at);
        Ok(written.into_iter().map(|(_, verdict)| verdict).collect())
    }

    /// The steps of one case: all of them or none, unless the tables forbid one that stands behind others.
    fn commit_case(
        &mut self,
        steps: &[(usize, Prepared)],
        written: &mut Vec<(usize, Result<Mark, Conflict>)>,
    ) {
        let conflicts: Vec<Option<Conflict>> =
            steps.iter().enumerate().map(|(at, (_, step))| self.conflict(step, at == 0)).collect();
        let mut broken = conflicts.iter().any(Option::is_some).then(|| steps[0].1.before.version);
        for ((at, step), conflict) in steps.iter().zip(conflicts) {
            let verdict = match (conflict, broken) {
                (Some(conflict), _) => Err(conflict),
                (None, Some(stored)) => Err(Conflict::Stale { stored }),
                (None, None) => match self.place_taken(step) {
                    Some(conflict) => {
                        broken = Some(step.before.version);
                        Err(conflict)
                    }
                    None => Ok(self.write(step)),
                },
            };
            written.push((*at, verdict));
        }
    }

    /// What stands in the way of a step; only the first of its case in a batch goes on from what is stored.
    fn conflict(&self, prepared: &Prepared, first: bool) -> Option<Conflict> {
        let unit = &prepared.unit;
        if let Some(fence) = &unit.fence
            && self.leases.get(&fence.lease).is_none_or(|lease| lease.epoch != fence.epoch)
        {
            return Some(Conflict::Fenced);
        }
        if let Some(command) = &unit.command
            && let Some(record) = self.commands.get(&command.key)
        {
            return Some(repeated(record, &command.body));
        }
        if let Some(received) = &unit.received {
            let message = &received.message;
            let last = self.messages.get(&(unit.case.id.clone(), message.case.clone()));
            if last.is_some_and(|last| *last >= (message.entry, message.effect)) {
                return Some(Conflict::AlreadyReceived);
            }
        }
        let stored = self.cases.get(&unit.case.id).map_or(Mark::NEW, |kept| kept.loaded.mark);
        (first && stored != prepared.before).then_some(Conflict::Stale { stored: stored.version })
    }

    fn place_taken(&self, prepared: &Prepared) -> Option<Conflict> {
        let case = &prepared.unit.case.id;
        let mut fresh = std::collections::BTreeSet::new();
        let free = |kind: u16, slot: u16| {
            let holder = self.slots.get(&(case.clone(), kind, slot));
            holder.is_none_or(|run| prepared.freed.contains(run))
        };
        let taken =
            prepared.taken.iter().all(|(kind, slot, _)| free(*kind, *slot) && fresh.insert((kind, slot)));
        (!taken).then(|| Conflict::Forbidden { constraint: "slots_one_holder".into() })
    }

    fn write(&mut self, prepared: &Prepared) -> Mark {
        let unit = &prepared.unit;
        let id = unit.case.id.clone();
        if let Some(command) = &unit.command {
            let (key, at) = (command.key.clone(), kept(unit.entry.at));
            let (body, answer) = (command.body, command.answer.clone());
            self.commands.insert(key.clone(), Recorded { key, case: id.clone(), body, answer, at });
        }
        if let Some(received) = &unit.received {
            let message = &received.message;
            self.messages.insert((id.clone(), message.case.clone()), (message.entry, message.effect));
        }
        self.slots.retain(|(case, ..), run| *case != id || !prepared.freed.contains(run));
        for (kind, slot, run) in &prepared.taken {
            self.slots.insert((id.clone(), *kind, *slot), *run);
        }
        self.parties.extend(unit.line.joined.iter().map(|party| (party.clone(), id.clone())));
        for change in &unit.tasks {
            match change {
                TaskChange::Put(task) => {
                    let mut task = task.clone();
                    (task.opened, task.due) = (kept(task.opened), task.due.map(kept));
                    self.tasks.insert((id.clone(), task.task), task)
                }
                TaskChange::Close(task) => self.tasks.remove(&(id.clone(), *task)),
            };
        }
        self.send(prepared);
        self.keep_case(prepared)
    }

    fn send(&mut self, prepared: &Prepared) {
        for (effect, outgoing) in (0u32..).zip(&prepared.unit.outbox) {
            let case = prepared.unit.case.id.clone();
            let key = EffectKey { case, entry: prepared.after.version, effect };
            let mut outgoing = outgoing.clone();
            outgoing.at = kept(outgoing.at);
            let row = OutboxRow {
                key: key.clone(),
                next_at: outgoing.at,
                outgoing,
                attempts: 0,
                epoch: 0,
                parked: false,
                problem: None,
            };
            self.outbox.insert(key, row);
        }
    }

    fn keep_case(&mut self, prepared: &Prepared) -> Mark {
        let Prepared { unit, after, part, body, first_fact, .. } = prepared;
        let (after, part) = (*after, *part);
        let entry = Entry {
            number: after.version,
            first_fact: *first_fact,
            body: body.clone(),
            chain: after.chain,
            told: Told {
                at: unit.entry.at,
                command: unit.command.as_ref().map(|c| c.key.clone()),
                facts: unit.entry.facts.clone(),
                reasons: unit.entry.reasons.clone(),
                incident: unit.entry.incident.clone(),
            },
        };
        let place = NewsPlace { round: 0, number: self.news.len() as u64 + 1 };
        self.news.push(News { place, case: unit.case.id.clone(), entry: after.version });
        self.entries.insert((unit.case.id.clone(), after.version), entry);
        let line = line(unit, after);
        let loaded = Loaded { mark: after, standing: line.standing.clone(), case: unit.case.clone() };
        self.cases.insert(loaded.case.id.clone(), KeptCase { loaded, line, part });
        after
    }
}

fn line(unit: &Unit, after: Mark) -> CaseLine {
    CaseLine {
        id: unit.case.id.clone(),
        process: unit.case.process.clone(),
        definition: unit.case.definition.clone(),
        version: after.version,
        chain: after.chain,
        states: unit.line.states.clone(),
        correlate: unit.line.correlate.clone(),
        standing: unit.line.standing.clone(),
        next_due: match unit.line.standing {
            Standing::Running => unit.case.next_due().map(kept),
            Standing::Ended | Standing::Incident(_) => None,
        },
        started_at: kept(unit.case.started_at),
        updated_at: kept(unit.entry.at),
    }
}
