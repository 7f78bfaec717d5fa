//! Tasks: what a person has to do in a state, and what can be done with it besides deciding.

use expr::value::Type;
use machine::chart::{ClockEffect, Sign, TaskDecl, Verb};
use machine::ids::{EventIx, RoleIx, StateIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::tree::Node;
use crate::words;

use super::lowering::{Lowering, Want};
use super::outline::narrow;
use super::pick;
use super::scope::{AtHand, Place};

/// The verbs, as written.
pub(crate) const VERBS: [(&str, Verb); 7] = [
    ("claim", Verb::Claim),
    ("release", Verb::Release),
    ("transfer", Verb::Transfer),
    ("delegate", Verb::Delegate),
    ("add_signer", Verb::AddSigner),
    ("remove_signer", Verb::RemoveSigner),
    ("urge", Verb::Urge),
];

/// Offered unless a task says otherwise; the clock runs on.
const USUAL: [Verb; 5] = [Verb::Claim, Verb::Release, Verb::Transfer, Verb::Delegate, Verb::Urge];

impl Lowering<'_, '_, '_> {
    /// The task of a state.
    pub fn task(&mut self, state_node: &Node, state: StateIx) -> Option<TaskDecl> {
        let node = state_node.get("task")?;
        let (written, span) = pick::text(node, "role")?;
        let role = self.common().role(written, span, self.desk)?;
        let place = self.place(state, AtHand::Some);
        let outcomes = self.outcomes(node, state, role);
        let title = match node.get("title") {
            Some(_) => pick::title(node, ""),
            None => pick::title(state_node, &self.outline().states[state.at()].name),
        };
        let names = Want::Among(vec![Type::Text, Type::list(Type::Text)]);
        Some(TaskDecl {
            title,
            role,
            candidates: self.formula_at(node, "candidates", &place, &names),
            outcomes,
            not_same_actor_as: self.other_hands(node),
            sign: self.sign(node, &place),
            verbs: verbs(node),
        })
    }

    fn other_hands(&mut self, node: &Node) -> Vec<StateIx> {
        let written = pick::many(node, "not_same_actor_as")
            .iter()
            .filter_map(|node| Some((node.as_text()?, node.span)));
        written.filter_map(|(text, span)| self.outline().state(text, span, self.desk)).collect()
    }

    fn sign(&mut self, node: &Node, place: &Place) -> Sign {
        let Some(sign) = node.get("sign") else { return Sign::One };
        if let Some(votes) = self.formula_at(sign, "votes", place, &Want::Of(Type::Integer)) {
            return Sign::Votes(votes);
        }
        match sign.as_text() {
            Some("all") => Sign::All,
            Some("either") => Sign::Either,
            _ => Sign::One,
        }
    }

    /// The events that complete a task: as written, or those of the state that the role may send.
    fn outcomes(&mut self, node: &Node, state: StateIx, role: RoleIx) -> Vec<EventIx> {
        let written = pick::many(node, "outcomes");
        if !written.is_empty() {
            let mut outcomes = Vec::new();
            for node in written {
                let Some(event) = self.event_at(node) else { continue };
                self.check_outcome(node, state, role, event);
                outcomes.push(event);
            }
            return outcomes;
        }
        let outcomes = self.usual_outcomes(state, role);
        if outcomes.is_empty() {
            let role = &self.common().roles[role.at()].name;
            self.desk.say(
                Diagnostic::new(
                    codes::TASK_WITHOUT_OUTCOME,
                    node.span.first(),
                    words!(
                        "这项任务没有办法完成：`on` 里没有 `{role}` 能发的事件",
                        "this task can never be completed: `on` has no event that `{role}` may send"
                    ),
                )
                .advise(words!(
                    "在 `on` 里写它能办的事件，或写 `outcomes`",
                    "write the events under `on`, or write `outcomes`"
                )),
            );
        }
        outcomes
    }

    fn usual_outcomes(&self, state: StateIx, role: RoleIx) -> Vec<EventIx> {
        let on = pick::entries(self.outline().states[state.at()].node, "on");
        let events = on.iter().filter_map(|(key, _)| self.outline().event(&key.text));
        events.filter(|event| self.names().data.event(*event).by.contains(&role)).collect()
    }

    /// An outcome has to be answered here and open to the role.
    fn check_outcome(&mut self, node: &Node, state: StateIx, role: RoleIx, event: EventIx) {
        let decl = self.names().data.event(event);
        let (name, role_name) = (&decl.name, &self.common().roles[role.at()].name);
        let answered = self
            .outline()
            .and_round(state)
            .chain((state.0 + 1..=self.outline().states[state.at()].last.0).map(StateIx))
            .any(|at| {
                let on = pick::entries(self.outline().states[at.at()].node, "on");
                on.iter().any(|(key, _)| machine::chart::Pattern::read(&key.text).answers(name))
            });
        if !answered {
            self.desk.say(
                Diagnostic::new(
                    codes::OUTCOME_UNANSWERED,
                    node.span,
                    words!("这里没有应答 `{name}`", "nothing here answers `{name}`"),
                )
                .advise(words!("在这个状态的 `on` 里写 `{name}`", "write `{name}` under `on` of this state")),
            );
        }
        if !decl.by.is_empty() && !decl.by.contains(&role) {
            self.desk.say(
                Diagnostic::new(
                    codes::OUTCOME_NOT_ALLOWED,
                    node.span,
                    words!(
                        "角色 `{role_name}` 不能发 `{name}`",
                        "the role `{role_name}` may not send `{name}`"
                    ),
                )
                .advise(words!(
                    "把 `{role_name}` 加进这个事件的 `by`",
                    "add `{role_name}` to the event's `by`"
                )),
            );
        }
    }
}

fn verbs(node: &Node) -> Vec<(Verb, ClockEffect)> {
    if node.get("verbs").is_none() {
        return USUAL.iter().map(|verb| (*verb, ClockEffect::RunsOn)).collect();
    }
    let mut verbs = Vec::new();
    for (key, effect) in pick::entries(node, "verbs") {
        let effect = match effect.as_text() {
            Some("restarts") => ClockEffect::Restarts,
            _ => ClockEffect::RunsOn,
        };
        verbs.extend(VERBS.iter().find(|(word, _)| *word == key.text).map(|(_, verb)| (*verb, effect)));
    }
    verbs
}

/// The role of an index, for sentences.
pub(crate) fn role_at(at: usize) -> RoleIx {
    RoleIx(narrow(at))
}
