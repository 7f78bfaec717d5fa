//! The city's own policies write to each other through the durable engine: what one does, the other feels.

use std::sync::Arc;

use charter_tests::{compiled, root};
use expr::value::Value;
use jiff::SignedDuration;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::CaseId;
use ports::connector::Connector;
use runtime::lane::Round;
use runtime::messages::Post;
use runtime::outbox::Deliveries;

use crate::house::{House, over_all_stores};

const ENTERPRISE: &str = "91320599MA00000070";

/// A house with these policies besides those every house has, and its post.
pub struct Street {
    pub house: House,
    post: Deliveries,
}

impl Street {
    pub fn of(house: House, policies: &[&str]) -> Street {
        for policy in policies {
            house.engine.shelf().put(compiled(&root().join(format!("workflows/{policy}/workflow.yaml"))));
        }
        let post: Arc<dyn Connector> = Arc::new(Post::new(house.engine.clone()));
        let post = Deliveries::new(house.engine.clone(), post, 8);
        Street { house, post }
    }

    pub async fn open(&self, case: &str, process: &str, data: &[(&str, Value)], by: Actor) {
        let data = data.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        self.house.engine.open(CaseId(case.into()), process, data, by, None).await.unwrap();
    }

    pub async fn act(&self, case: &str, event: &str, data: &[(&str, Value)], by: Actor) {
        let data = data.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        let reason = Some("示例".into());
        let event = Event { to: Target::Main, name: event.into(), data, reason };
        let answer =
            self.house.engine.give(CaseId(case.into()), Input::Event(event), by, None).await.unwrap();
        assert_eq!(answer.verdict, runtime::answer::Verdict::Accepted, "{case}");
    }

    /// Every letter is carried, and every letter written on the way.
    pub async fn carry(&mut self) {
        while self.post.run_once(0).await.unwrap() != Round::Idle {}
    }

    /// The states of a case, or what it has ended as.
    pub async fn stands(&self, case: &str) -> String {
        let loaded = self.house.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
        match &loaded[0].as_ref().unwrap().case.main().ended {
            Some(ended) => ended.outcome.to_string(),
            None => self.house.states(case).await,
        }
    }

    /// An authorisation, signed and verified.
    async fn authorise(&self, case: &str, more: &[(&str, Value)]) {
        let legal_rep = Actor::person("shen", ENTERPRISE, "ent_legal_rep");
        let mut data = vec![("enterprise", Value::text(ENTERPRISE))];
        data.extend(more.iter().cloned());
        self.open(case, "credit_authorisation", &data, legal_rep.clone()).await;
        let signature =
            Value::context([("kind", Value::text("e_signature")), ("certificate", Value::text("CA-1"))]);
        let signed = [
            ("text_version", Value::text("征信授权书（第1版）")),
            ("highlighted", Value::from(true)),
            ("screen_hash", Value::text("3b9f")),
            ("signature", signature),
        ];
        self.act(case, "sign", &signed, legal_rep).await;
        self.act(case, "verify", &[], Actor::person("xu", "credit", "credit_operator")).await;
    }

    async fn revoke(&self, case: &str) {
        self.act(case, "revoke", &[], Actor::person("shen", ENTERPRISE, "ent_legal_rep")).await;
    }

    /// A bank asks for a report.
    async fn query(&self, case: &str, bank: &str) {
        let data = [
            ("enterprise", Value::text(ENTERPRISE)),
            ("institution", Value::text(bank)),
            ("purpose", Value::text("pre_loan")),
            ("demand", Value::text("FD-1")),
            ("classes", Value::list([Value::text("borrowing")])),
            ("queried_this_month", Value::number(0)),
            ("claim_active", Value::from(true)),
        ];
        self.open(case, "credit_report_query", &data, Actor::person("wang", bank, "bank_clerk")).await;
    }
}

#[test]
fn a_revoked_authorisation_suspends_open_demands_and_a_new_one_clears_them() {
    over_all_stores(|place, clock| async move {
        let mut street = Street::of(House::new(place.store, &clock), &["credit-authorisation"]);
        street.house.publish_demand("FD-1").await;
        let collect = [("scope", Value::text("collect"))];
        street.authorise("SQ-1", &collect).await;
        street.carry().await;
        assert_eq!(street.stands("FD-1").await, "open published");
        street.revoke("SQ-1").await;
        street.carry().await;
        assert_eq!(street.stands("FD-1").await, "suspended");
        street.authorise("SQ-2", &collect).await;
        street.carry().await;
        assert_eq!(street.stands("FD-1").await, "open published");
        street.authorise("SQ-3", &collect).await;
        street.carry().await;
        assert_eq!((street.stands("SQ-2").await, street.stands("SQ-3").await).0, "superseded");
        assert_eq!(street.stands("SQ-3").await, "in_force active", "it does not supersede itself");
    });
}

#[test]
fn a_report_is_fetched_only_under_a_consent_that_answers() {
    over_all_stores(|place, clock| async move {
        let policies = ["credit-authorisation", "credit-report-query"];
        let mut street = Street::of(House::new(place.store, &clock), &policies);
        let consent = [
            ("scope", Value::text("query")),
            ("grantee", Value::text("icbc")),
            ("purpose", Value::text("pre_loan")),
            ("demand", Value::text("FD-1")),
        ];
        street.authorise("SQ-1", &consent).await;
        street.query("CX-1", "icbc").await;
        street.query("CX-2", "abc").await;
        street.carry().await;
        assert_eq!(street.stands("CX-1").await, "fetching");
        assert_eq!(street.stands("CX-2").await, "checking", "nobody answers for the other bank");
        street.revoke("SQ-1").await;
        street.carry().await;
        assert_eq!(street.stands("CX-1").await, "refused", "revoked while the report was in flight");
        clock.pass(SignedDuration::from_hours(1));
        street.house.fire().await;
        assert_eq!(street.stands("CX-2").await, "refused");
    });
}

#[test]
fn two_alerts_of_one_subject_become_one() {
    over_all_stores(|place, clock| async move {
        let mut street = Street::of(House::new(place.store, &clock), &["risk-alert"]);
        let signal = |signal, level| {
            [
                ("subject_kind", Value::text("enterprise")),
                ("subject", Value::text(ENTERPRISE)),
                ("signal", Value::text(signal)),
                ("level", Value::text(level)),
                ("source", Value::text("loan_monitoring")),
            ]
        };
        street.open("YJ-1", "risk_alert", &signal("first_overdue", "yellow"), Actor::system("loan")).await;
        clock.pass(SignedDuration::from_secs(60));
        street.open("YJ-2", "risk_alert", &signal("seizure", "red"), Actor::system("court")).await;
        street.carry().await;
        assert_eq!(street.stands("YJ-1").await, "open raised");
        assert_eq!(street.stands("YJ-2").await, "merged");
    });
}

/// The innermost state of a bank's claim on a demand, or what it has ended as.
async fn claim_stands(street: &Street, case: &str, bank: &str) -> String {
    let loaded = street.house.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
    let loaded = loaded[0].as_ref().unwrap();
    let definition = street.house.engine.shelf().in_force("financing_demand").unwrap();
    let run = loaded.case.each_run().map(|(_, run)| run).find(|run| run.key == Value::text(bank)).unwrap();
    match &run.ended {
        Some(ended) => ended.outcome.to_string(),
        None => simulate::told::states(definition.chart(run.chart), run).join(" "),
    }
}

/// A bank from its application to the day it is live.
async fn admit(street: &Street, case: &str, bank: &str) {
    let agent = Actor::person("wang", bank, "institution_agent");
    let file = || {
        Value::context([
            ("name", Value::text("a.pdf")),
            ("hash", Value::text("1a2b")),
            ("size", Value::number(1000)),
            ("media", Value::text("application/pdf")),
        ])
    };
    let data = [
        ("institution", Value::text(bank)),
        ("code", Value::text("91320599MA0001018B")),
        ("kind", Value::text("bank")),
        ("name", Value::text(bank)),
        ("local_legal_person", Value::from(false)),
        ("licence_no", Value::text("B0001S3205")),
        ("licence_file", file()),
        ("licence_until", Value::Date(jiff::civil::date(2026, 12, 31))),
        ("head", Value::text("赵明")),
        ("contact", Value::text("王磊")),
        ("commitment", file()),
    ];
    street.open(case, "institution_admission", &data, agent.clone()).await;
    street.act(case, "submit", &[], agent).await;
    street.act(case, "docs_pass", &[], Actor::person("he", "platform", "platform_operator")).await;
    street.act(case, "propose_approve", &[], Actor::person("qian", "city", "city_reviewer")).await;
    street.act(case, "confirm", &[], supervisor()).await;
    let report = [("test_report", file())];
    street.act(case, "test_passed", &report, Actor::person("he", "platform", "platform_operator")).await;
}

fn supervisor() -> Actor {
    Actor::person("lu", "city", "city_supervisor")
}

#[test]
fn a_suspended_bank_stands_still_in_every_demand_it_has_claimed_and_in_no_other() {
    over_all_stores(|place, clock| async move {
        let mut street = Street::of(House::new(place.store, &clock), &["institution-admission"]);
        for demand in ["FD-1", "FD-2", "FD-3"] {
            street.house.publish_demand(demand).await;
        }
        for (demand, bank) in [("FD-1", "icbc"), ("FD-1", "abc"), ("FD-2", "icbc"), ("FD-3", "abc")] {
            street.house.claim(demand, bank, None).await.unwrap();
        }
        admit(&street, "JG-1", "icbc").await;
        let breach = [("suspend_code", Value::text("breach"))];
        street.act("JG-1", "suspend", &breach, supervisor()).await;
        street.carry().await;
        for (demand, bank, stands) in [
            ("FD-1", "icbc", "institution_held"),
            ("FD-2", "icbc", "institution_held"),
            ("FD-1", "abc", "evaluating"),
            ("FD-3", "abc", "evaluating"),
        ] {
            assert_eq!(claim_stands(&street, demand, bank).await, stands, "{bank} in {demand}");
        }
        street.act("JG-1", "reinstate", &[], supervisor()).await;
        street.carry().await;
        assert_eq!(claim_stands(&street, "FD-1", "icbc").await, "evaluating");
        street.act("JG-1", "suspend", &breach, supervisor()).await;
        street.act("JG-1", "remove", &[], supervisor()).await;
        street.carry().await;
        assert_eq!(claim_stands(&street, "FD-2", "icbc").await, "institution_out_of_it");
        assert_eq!(street.stands("FD-2").await, "open published", "the place is free");
    });
}
