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
