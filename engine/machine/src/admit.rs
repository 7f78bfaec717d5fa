//! May this be sent, by this person, with this content? The checks before any state is asked.

use std::collections::BTreeMap;

use expr::formula::UnaryTests;
use expr::value::{Type, Value};

use crate::case::{Run, Task};
use crate::chart::{
    Chart, EventDecl, FieldType, FormField, PartyOf, RecordField, Sign, TaskDecl, Transition,
};
use crate::children::whole;
use crate::event::{Event, Target};
use crate::fact::What;
use crate::ids::{EventIx, Name, RoleIx, RunIx};
use crate::refusal::{Code, Refusal};
use crate::turn::{Occurrence, Stop, Turn};

/// What a command means for the tasks of its run.
enum Weight {
    /// It counts: the event is delivered. These tasks are decided by it.
    Counts(Vec<u32>),
    /// It is one opinion among several: the task goes on.
    Opinion(u32, EventIx),
}

impl Turn<'_> {
    /// Takes an event from outside: checks it, delivers it, or refuses.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn receive(&mut self, event: &Event) -> Result<(), Stop> {
        let run = self.find_run(event)?;
        let chart = self.chart(run);
        let Some(ix) = chart.events.iter().position(|e| e.name == event.name) else {
            return Err(Refusal::of(Code::UnknownEvent, &[&event.name]).into());
        };
        let decl = &chart.events[ix];
        if decl.told && !self.by.is_system() {
            return Err(Refusal::of(Code::UnknownEvent, &[&event.name]).into());
        }
        let ix = EventIx(u16::try_from(ix).unwrap_or(u16::MAX));
        if self.run(run).ended.is_some() {
            return Err(unanswered(decl, Code::Ended).into());
        }
        self.belongs_to(run)?;
        let data = self.admit_form(run, decl, event)?;
        let occurrence = Occurrence { name: event.name.clone(), data, command: true };
        let enabled = self.select(run, Some(&occurrence))?;
        if enabled.is_empty() {
            return Err(self.why_nobody(run, decl, &occurrence).into());
        }
        let weight = self.weigh(run, ix)?;
        self.emit(
            run,
            What::Received {
                event: event.name.clone(),
                data: occurrence.data.clone(),
                by: self.by.clone(),
                reason: event.reason.clone(),
            },
        );
        match weight {
            Weight::Opinion(task, event) => {
                self.emit(run, What::Opinion { task, by: self.by.id.clone(), event });
                Ok(())
            }
            Weight::Counts(tasks) => {
                self.decide(run, tasks);
                self.fill_fields(run, decl, &occurrence.data);
                self.take(run, &occurrence, enabled)
            }
        }
    }

    fn find_run(&self, event: &Event) -> Result<RunIx, Refusal> {
        let Target::Child { kind, key } = &event.to else { return Ok(RunIx::MAIN) };
        let child = self.definition.find_child(kind).and_then(|chart| {
            let found = self.case.find_child(chart, key);
            found.ok_or(chart).map_or_else(|chart| Some(Err(chart)), |run| Some(Ok(run)))
        });
        match child {
            Some(Ok(run)) => Ok(run),
            // A kind has its own words for an event that nobody is there to take.
            Some(Err(chart)) => {
                let decl = self.definition.chart(chart).find_event(&event.name);
                Err(decl.map_or_else(
                    || Refusal::of(Code::UnknownEvent, &[&event.name]),
                    |d| unanswered(d, Code::NoSuchChild),
                ))
            }
            None => Err(Refusal::of(Code::NoSuchChild, &[kind])),
        }
    }

    /// A role that acts for a party must belong to the party of this run.
    ///
    /// # Errors
    /// `not_your_case`, or `not_allowed` for a role the process does not know.
    pub fn belongs_to(&self, run: RunIx) -> Result<(), Refusal> {
        if self.by.is_system() {
            return Ok(());
        }
        let Some(role) = self.definition.find_role(&self.by.role) else {
            return Err(Refusal::of(Code::NotAllowed, &[&self.by.role]));
        };
        let Some(of) = self.party_of(run, role) else { return Ok(()) };
        let party = match of {
            PartyOf::Key => &self.run(run).key,
            PartyOf::Field(field) => &self.run(run).data[field.at()],
            PartyOf::Case(field) => &self.case.main().data[field.at()],
        };
        match (party.as_text(), &self.by.organisation) {
            (Some(party), Some(own)) if party == &**own => Ok(()),
            // Nobody's yet: whoever comes first makes it theirs.
            (None, _) => Ok(()),
            _ => Err(Refusal::of(Code::NotYourCase, &[])),
        }
    }

    fn party_of(&self, run: RunIx, role: RoleIx) -> Option<PartyOf> {
        let own = self.chart(run).parties.iter().find(|p| p.role == role).map(|p| p.of);
        own.or_else(|| {
            let main = self.definition.main().parties.iter().find(|p| p.role == role)?;
            match main.of {
                PartyOf::Field(field) => Some(PartyOf::Case(field)),
                of => Some(of),
            }
        })
    }

    /// Whether the sender's role may take this transition. Only commands are asked.
    pub fn may_send(&self, run: RunIx, transition: &Transition, on: Option<&Occurrence>) -> bool {
        let Some(occurrence) = on.filter(|o| o.command) else { return true };
        if self.by.is_system() {
            return true;
        }
        let declared = self.chart(run).find_event(&occurrence.name).map_or(&[][..], |e| &e.by);
        let allowed = if transition.by.is_empty() { declared } else { &transition.by };
        allowed.is_empty() || allowed.iter().any(|r| self.definition.roles[r.at()].name == self.by.role)
    }

    /// Why no state took a command: the role, or the moment.
    fn why_nobody(&self, run: RunIx, decl: &EventDecl, on: &Occurrence) -> Refusal {
        let chart = self.chart(run);
        let barred = self.run(run).active.iter().any(|state| {
            chart.state(*state).transitions.iter().any(|t| {
                let transition = &chart.transitions[t.at()];
                transition.on.iter().any(|p| p.answers(&on.name)) && !self.may_send(run, transition, Some(on))
            })
        });
        if barred {
            Refusal::of(Code::NotAllowed, &[&self.by.role])
        } else {
            unanswered(decl, Code::NotPossibleNow)
        }
    }

    /// Checks what came with an event against its form; gives it as a context.
    fn admit_form(&mut self, run: RunIx, decl: &EventDecl, event: &Event) -> Result<Value, Stop> {
        if decl.reason && event.reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
            return Err(Refusal::of(Code::ReasonMissing, &[]).into());
        }
        let known = |name: &Name| decl.form.iter().any(|f| f.name == *name);
        let unknown: Vec<&str> = event.data.iter().filter(|(n, _)| !known(n)).map(|(n, _)| &**n).collect();
        if !unknown.is_empty() {
            return Err(Refusal::of(Code::DataUnknown, &unknown).into());
        }
        let mut given: BTreeMap<Name, Value> = event.data.iter().cloned().collect();
        for line in decl.form.iter().filter(|line| line.own) {
            self.speak_for_own(line, &mut given)?;
        }
        let absent = |f: &&FormField| given.get(&f.name).is_none_or(|v| *v == Value::Null);
        let missing: Vec<&str> =
            decl.form.iter().filter(|f| f.required).filter(absent).map(|f| &*f.name).collect();
        if !missing.is_empty() {
            return Err(Refusal::of(Code::DataMissing, &missing).into());
        }
        let (mut admitted, mut unfit) = (Vec::with_capacity(decl.form.len()), Vec::new());
        for field in &decl.form {
            match admit_value(&field.ty, given.remove(&field.name).unwrap_or(Value::Null)) {
                Some(value) => admitted.push((field, value)),
                None => unfit.push(&*field.name),
            }
        }
        if !unfit.is_empty() {
            return Err(Refusal::of(Code::DataType, &unfit).into());
        }
        let mut data = BTreeMap::new();
        for (field, value) in admitted {
            self.within(run, field.range.as_ref(), &value, &field.name, field.refusal.as_ref())?;
            data.insert(field.name.clone(), value);
        }
        if let Some(reason) = &event.reason {
            data.entry(Name::from("reason")).or_insert_with(|| Value::text(&**reason));
        }
        Ok(Value::context(data))
    }

    /// A person names no organisation but the own one, which is filled in when it is left out.
    fn speak_for_own(&self, line: &FormField, given: &mut BTreeMap<Name, Value>) -> Result<(), Refusal> {
        if self.by.is_system() {
            return Ok(());
        }
        let own = self.by.organisation.as_ref().map_or(Value::Null, |own| Value::text(&**own));
        match given.get(&line.name) {
            None | Some(Value::Null) => given.insert(line.name.clone(), own),
            Some(named) if *named == own => None,
            Some(_) => return Err(Refusal::of(Code::NotYourCase, &[&line.name])),
        };
        Ok(())
    }

    fn within(
        &self,
        run: RunIx,
        range: Option<&UnaryTests>,
        value: &Value,
        name: &Name,
        refusal: Option<&Name>,
    ) -> Result<(), Stop> {
        let Some(range) = range.filter(|_| *value != Value::Null) else { return Ok(()) };
        if self.matches(run, range, value)? {
            return Ok(());
        }
        Err(match refusal {
            Some(code) => Refusal { about: vec![name.clone()], ..Refusal::named(code) },
            None => Refusal::of(Code::DataOutOfRange, &[name]),
        }
        .into())
    }

    /// Every field of a run lies within its bounds.
    ///
    /// # Errors
    /// The refusal of the first that does not; an incident when a bound has no value.
    pub fn check_ranges(&self, run: RunIx) -> Result<(), Stop> {
        let values = self.run(run).data.iter();
        for (field, value) in self.chart(run).fields.iter().zip(values) {
            self.within(run, field.range.as_ref(), value, &field.name, field.refusal.as_ref())?;
        }
        Ok(())
    }

    /// What a form brings becomes data.
    fn fill_fields(&mut self, run: RunIx, decl: &EventDecl, data: &Value) {
        for form in &decl.form {
            let Some(field) = form.field else { continue };
            let value = data.as_context().and_then(|d| d.get(&form.name)).cloned().unwrap_or(Value::Null);
            if value != Value::Null {
                self.emit(run, What::Set { field, value });
            }
        }
    }

    /// Checks four eyes, candidates and holders of the tasks this event decides.
    fn weigh(&mut self, run: RunIx, event: EventIx) -> Result<Weight, Stop> {
        let chart = self.chart(run);
        let tasks: Vec<Task> = self.run(run).tasks.clone();
        let mut decided = Vec::new();
        for task in tasks {
            let Some(decl) = chart.state(task.state).task.as_ref().filter(|d| d.outcomes.contains(&event))
            else {
                continue;
            };
            if !self.by.is_system() {
                self.may_decide(run, decl, &task)?;
                if !self.is_enough(run, decl, &task, event)? {
                    return Ok(Weight::Opinion(task.id, event));
                }
            }
            decided.push(task.id);
        }
        Ok(Weight::Counts(decided))
    }

    fn may_decide(&self, run: RunIx, decl: &TaskDecl, task: &Task) -> Result<(), Stop> {
        let me = &self.by.id;
        if same_person(self.run(run), decl, me) {
            return Err(Refusal::of(Code::SamePerson, &[me]).into());
        }
        let asked = task.signers.contains(me) || task.delegate.as_ref() == Some(me);
        if let Some(holder) = &task.holder
            && holder.id != *me
            && !asked
        {
            return Err(Refusal::of(Code::TaskHeld, &[&holder.id]).into());
        }
        if !asked && !self.is_candidate(run, decl)? {
            return Err(Refusal::of(Code::NotACandidate, &[me]).into());
        }
        Ok(())
    }

    /// Whether the actor is among a task's candidates.
    ///
    /// # Errors
    /// An incident when the candidates cannot be computed.
    pub fn is_candidate(&self, run: RunIx, decl: &TaskDecl) -> Result<bool, Stop> {
        let names = self.candidates(run, decl)?;
        let mine = |n: &Name| *n == self.by.id || self.by.organisation.as_ref() == Some(n);
        Ok(names.is_none_or(|names| names.iter().any(mine)))
    }

    fn candidates(&self, run: RunIx, decl: &TaskDecl) -> Result<Option<Vec<Name>>, Stop> {
        let Some(formula) = &decl.candidates else { return Ok(None) };
        let value = self.value(run, formula, None)?;
        let names = match &value {
            Value::List(list) => list.iter().filter_map(Value::as_text).map(Name::from).collect(),
            other => other.as_text().map(Name::from).into_iter().collect(),
        };
        Ok(Some(names))
    }

    /// Whether this opinion completes the task, given those before it.
    fn is_enough(&self, run: RunIx, decl: &TaskDecl, task: &Task, event: EventIx) -> Result<bool, Stop> {
        let me = &self.by.id;
        // A delegate speaks for the holder.
        let mine = |who: &Name| {
            who == me
                || (task.delegate.as_ref() == Some(me) && task.holder.as_ref().is_some_and(|h| h.id == *who))
        };
        let said = |who: &Name| {
            if mine(who) {
                return Some(event);
            }
            task.opinions.iter().find(|(w, _)| w == who).map(|(_, e)| *e)
        };
        let agreeing = decl.outcomes.first().copied();
        let asked: Vec<Name> = match &decl.sign {
            Sign::Either => return Ok(true),
            Sign::Votes(votes) => {
                let wanted = self.value(run, votes, None)?;
                let wanted = whole(&wanted).unwrap_or(1);
                let others = task.opinions.iter().filter(|(w, e)| w != me && *e == event).count();
                return Ok(i64::try_from(others + 1).unwrap_or(i64::MAX) >= wanted);
            }
            Sign::One => task.signers.iter().chain(task.holder.as_ref().map(|h| &h.id)).cloned().collect(),
            Sign::All => {
                let candidates = self.candidates(run, decl)?.unwrap_or_default();
                task.signers
                    .iter()
                    .chain(task.holder.as_ref().map(|h| &h.id))
                    .cloned()
                    .chain(candidates)
                    .collect()
            }
        };
        // One dissent decides at once; agreement needs everyone who was asked.
        Ok(Some(event) != agreeing || asked.iter().all(|who| said(who) == agreeing))
    }

    fn decide(&mut self, run: RunIx, tasks: Vec<u32>) {
        for task in tasks {
            let Some(state) = self.run(run).task(task).map(|t| t.state) else { continue };
            self.emit(run, What::Decided { state, by: self.by.id.clone() });
            self.emit(run, What::TaskClosed { task, by: Some(self.by.id.clone()) });
        }
    }
}

fn same_person(run: &Run, decl: &TaskDecl, me: &Name) -> bool {
    let decided = |state| run.trail.decided.iter().any(|(s, by)| s == state && by == me);
    decl.not_same_actor_as.iter().any(decided)
}

fn unanswered(decl: &EventDecl, otherwise: Code) -> Refusal {
    match &decl.otherwise {
        Some(code) => Refusal { about: vec![decl.name.clone()], ..Refusal::named(code) },
        None => Refusal::of(otherwise, &[&decl.name]),
    }
}

/// A value as its type wants it, or `None` when it is none of that type. Null is any type's.
pub fn admit_value(ty: &FieldType, value: Value) -> Option<Value> {
    if value == Value::Null {
        return Some(value);
    }
    match ty {
        FieldType::Plain(ty) => fits(&value, ty).then_some(value),
        FieldType::Uscc => {
            let code = expr::uscc::check(value.as_text()?).accepted()?;
            Some(Value::text(code.as_str()))
        }
        FieldType::File => fits(&value, &file_type()).then_some(value),
        FieldType::List(of) => {
            let Value::List(items) = &value else { return None };
            let admitted = |item: &Value| admit_value(of, item.clone()).filter(|item| *item != Value::Null);
            items.iter().map(admitted).collect::<Option<Vec<Value>>>().map(Value::list)
        }
        FieldType::Record(fields) => admit_record(fields, &value),
    }
}

/// A record as its fields want it: what is required is there, and nothing that was not asked for.
fn admit_record(fields: &[RecordField], value: &Value) -> Option<Value> {
    let given = value.as_context()?;
    if !given.keys().all(|name| fields.iter().any(|field| field.name == *name)) {
        return None;
    }
    let mut admitted: Vec<(Name, Value)> = Vec::new();
    for field in fields {
        match given.get(&field.name).cloned().unwrap_or(Value::Null) {
            Value::Null if field.required => return None,
            Value::Null => {}
            value => admitted.push((field.name.clone(), admit_value(&field.ty, value)?)),
        }
    }
    Some(Value::context(admitted))
}

/// Whether a value is of a type. Money has at most two decimals: fen.
fn fits(value: &Value, ty: &Type) -> bool {
    match (ty, value) {
        (Type::Any, _) | (Type::Nullable(_), Value::Null) => true,
        (Type::Nullable(inner), _) => fits(value, inner),
        (Type::Null, _) => *value == Value::Null,
        (Type::Bool, Value::Bool(_)) | (Type::Text, Value::Text(_)) => true,
        (Type::Number | Type::Rate, Value::Number(_)) => true,
        (Type::Money, Value::Number(n)) => n.normalize().scale() <= 2,
        (Type::Integer, Value::Number(n)) => n.fract().is_zero(),
        (Type::Choice(of), Value::Text(text)) => of.contains(text),
        (Type::Date, Value::Date(_)) | (Type::Time, Value::Time(_)) => true,
        (Type::Instant, Value::DateTime(_)) => value.as_instant().is_some(),
        (Type::Span, Value::Span(_)) | (Type::Months, Value::Months(_)) => true,
        (Type::Period, Value::Period(_)) | (Type::Range(_), Value::Range(_)) => true,
        (Type::List(of), Value::List(items)) => items.iter().all(|i| fits(i, of)),
        (Type::Context(fields), Value::Context(entries)) => {
            let known = entries.keys().all(|k| fields.contains_key(k));
            known && fields.iter().all(|(k, t)| fits(entries.get(k).unwrap_or(&Value::Null), t))
        }
        _ => false,
    }
}

/// A stored file as formulas see it.
pub fn file_type() -> Type {
    Type::context([
        ("name", Type::Text),
        ("hash", Type::Text),
        ("size", Type::Integer),
        ("media", Type::Text),
    ])
}

impl Chart {
    /// The event's declaration.
    pub fn event(&self, event: EventIx) -> &EventDecl {
        &self.events[event.at()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(entries: &[&[(&str, &str)]]) -> Value {
        Value::list(
            entries.iter().map(|hit| Value::context(hit.iter().map(|(name, it)| (*name, Value::text(*it))))),
        )
    }

    #[test]
    fn the_codes_inside_the_records_of_a_list_are_checked() {
        let field = |name: &str, ty, required| RecordField { name: name.into(), ty, required };
        let record = FieldType::Record(vec![
            field("enterprise", FieldType::Uscc, true),
            field("note", FieldType::Plain(Type::Text), false),
        ]);
        let list = FieldType::List(Box::new(record));
        let admitted = |value: &Value| admit_value(&list, value.clone());
        let good = hits(&[
            &[("enterprise", "91320599MA00000070"), ("note", "a")],
            &[("enterprise", "91320599MA00000070")],
        ]);
        assert_eq!(admitted(&good), Some(good));
        // A wrong check digit, a code left out, a name nobody asked for, no record at all.
        assert_eq!(admitted(&hits(&[&[("enterprise", "91320599MA00000089")]])), None);
        assert_eq!(admitted(&hits(&[&[("note", "a")]])), None);
        assert_eq!(admitted(&hits(&[&[("enterprise", "91320599MA00000070"), ("x", "y")]])), None);
        assert_eq!(admitted(&Value::list([Value::Null])), None);
        assert_eq!(admitted(&Value::text("91320599MA00000070")), None);
    }
}
