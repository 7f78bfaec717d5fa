//! Rules about children, and who acts for which party.

use expr::formula::{Formula, Mode, Scope, compile};
use expr::value::Type;
use machine::chart::{Again, Cap, ChildRules, Party, PartyOf};
use machine::ids::Name;

use crate::tree::Node;

use super::lowering::{Lowering, Want};
use super::map::Thing;
use super::outline::narrow;
use super::pick;
use super::scope::{AtHand, Place};

impl Lowering<'_, '_, '_> {
    /// The rules about children of a kind. They are weighed where a child is started, so their formulas are
    /// the main chart's.
    pub fn child_rules(&mut self, kind: usize) -> Option<ChildRules> {
        let names = &self.whole.charts[kind];
        let outline = &names.outline;
        let node = outline.node;
        self.of = Thing::Chart(outline.ix);
        let cascade = node.get("cascade");
        let cascade = cascade.and_then(|node| node.get("event").unwrap_or(node).as_text()).map(Name::from);
        Some(ChildRules {
            key: names.key.clone(),
            key_name: node.get("key").and_then(|key| pick::name(key, "name")).unwrap_or_else(|| "key".into()),
            cap: node.get("cap").and_then(|cap| self.cap(cap)),
            already: self
                .common()
                .refusal(node, "already", self.desk)
                .unwrap_or_else(|| "not_possible_now".into()),
            again: node.get("again").and_then(|again| self.again(again)),
            ended: format!("{}.ended", outline.name).into(),
            cascade,
        })
    }

    fn cap(&mut self, node: &Node) -> Option<Cap> {
        let place = whole_run();
        let scopes = Type::choice(["concurrent", "lifetime"]);
        let limit = self.formula_at(node, "limit", &place, &Want::Of(Type::Integer));
        let scope = match node.get("scope") {
            // The plain words are allowed as well as a parameter that holds one of them.
            Some(scope) => match scope.as_text().filter(|word| matches!(*word, "concurrent" | "lifetime")) {
                Some(word) => text_formula(word),
                None => self.formula(scope, &place, &Want::Of(scopes)),
            },
            None => text_formula("concurrent"),
        };
        let refusal =
            self.common().refusal(node, "refuse", self.desk).unwrap_or_else(|| "not_possible_now".into());
        Some(Cap { limit: limit?, scope: scope?, refusal })
    }

    fn again(&mut self, node: &Node) -> Option<Again> {
        let place = whole_run();
        let limit = self.formula_at(node, "limit", &place, &Want::Of(Type::Integer));
        let cooldown =
            node.get("cooldown").and_then(|node| self.period(node, &place, &[Type::Period, Type::Span]));
        let refusal =
            self.common().refusal(node, "refuse", self.desk).unwrap_or_else(|| "not_possible_now".into());
        Some(Again { limit: limit?, cooldown, refusal })
    }

    /// Who acts for a party. A role of the main chart acts for the same party in its children.
    pub fn parties(&mut self) -> Vec<Party> {
        let node = self.outline().node;
        let mut parties = Vec::new();
        for (key, of) in pick::entries(node, "parties") {
            let role = self.common().role(&key.text, key.span, self.desk);
            let of = self.party_of(of);
            if let (Some(role), Some(of)) = (role, of) {
                parties.push(Party { role, of });
            }
        }
        if self.at > 0 {
            self.inherit(&mut parties);
        }
        parties
    }

    fn party_of(&mut self, of: &Node) -> Option<PartyOf> {
        let text = of.as_text()?;
        if text == "key" && self.at > 0 {
            return Some(PartyOf::Key);
        }
        match text.strip_prefix("case.") {
            Some(field) => self.whole.main().outline.field(field, of.span, self.desk).map(PartyOf::Case),
            None => self.outline().field(text, of.span, self.desk).map(PartyOf::Field),
        }
    }

    fn inherit(&self, parties: &mut Vec<Party>) {
        let main = self.whole.main();
        for (key, of) in pick::entries(main.outline.node, "parties") {
            let role = self.common().roles.iter().position(|role| *role.name == *key.text);
            let field = of
                .as_text()
                .and_then(|name| main.outline.fields.iter().position(|field| *field.name == *name));
            let (Some(role), Some(field)) = (role, field) else { continue };
            let role = super::tasks::role_at(role);
            if parties.iter().all(|party| party.role != role) {
                parties.push(Party { role, of: PartyOf::Case(machine::ids::FieldIx(narrow(field))) });
            }
        }
    }
}

fn whole_run() -> Place {
    Place { known: vec![], event: AtHand::Some }
}

fn text_formula(word: &str) -> Option<Formula> {
    compile(&format!("\"{word}\""), &Scope::new(), Mode::Policy).ok()
}
