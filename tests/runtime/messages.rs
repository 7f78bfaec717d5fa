//! Messages between cases, answers of connectors: once each, in order; what fails is parked and sent again.

use std::sync::{Arc, Mutex};

use expr::value::Value;
use machine::event::Actor;
use machine::fact::What;
use machine::ids::CaseId;
use ports::connector::{Connector, Delivering, Delivery, Request};
use ports::outbox::OutboxFilter;
use ports::query::Page;
use runtime::lane::Round;
use runtime::messages::Post;
use runtime::outbox::{Decision, Deliveries, decide};

use crate::faulty::{Faulty, Meets};
use crate::house::{House, over_all_stores, text};

/// An enterprise takes back its consent: its demands are suspended.
const CONSENT: &str = "
process: consent
language: 1
title: { zh: 授权, en: Consent }
roles: { office: { zh: 经办, en: Office } }
data: { enterprise: { title: { zh: 企业, en: Enterprise }, type: text, required: true } }
events:
  revoke: { title: { zh: 撤回, en: Revoke }, by: [office] }
  restore: { title: { zh: 恢复, en: Restore }, by: [office] }
  ask: { title: { zh: 查询, en: Ask }, by: [office] }
  found: { title: { zh: 查到, en: Found }, by: [office], form: { size: { type: text, title: { zh: 规模, en: Size } } } }
  not_found: { title: { zh: 查不到, en: Not found }, by: [office] }
  hand_on: { title: { zh: 转交, en: Hand on }, by: [office] }
initial: given
states:
  given:
    title: { zh: 有效, en: Given }
    no_task: 示例
    no_deadline: 示例
    on:
      revoke: { go: revoked, do: [ tell: { case: financing_demand, key: enterprise, event: disqualify } ] }
      ask: { do: [ call: { connector: registry.size, with: { enterprise: enterprise }, reply: found, failure: not_found } ] }
      found: { do: [ record: found ] }
      hand_on: { do: [ tell: { case: consent, key: enterprise, event: open, with: { enterprise: enterprise } } ] }
      not_found: { do: [ record: not_found ] }
  revoked:
    title: { zh: 已撤回, en: Revoked }
    no_task: 示例
    no_deadline: 示例
    on:
      restore: { go: given, do: [ tell: { case: financing_demand, key: enterprise, event: reinstate, with: { reason: '\"已重新授权\"' } } ] }
records: { found: { zh: 查到, en: Found }, not_found: { zh: 查不到, en: Not found } }
";

fn office() -> Actor {
    Actor::person("office", "bureau", "office")
}

async fn consent(house: &House) {
    house.engine.shelf().put_compiled(&text(CONSENT));
    let data = vec![("enterprise".into(), Value::text("91320599MA00000070"))];
    house.engine.open(CaseId("C-1".into()), "consent", data, office(), None).await.unwrap();
}

async fn deliver_all(deliveries: &mut Deliveries) {
    while deliveries.run_once(0).await.unwrap() != Round::Idle {}
}

async fn suspensions(house: &House) -> usize {
    let facts = house.facts("FD-1").await;
    facts
        .iter()
        .filter(|f| matches!(&f.what, What::Received { event, .. } if &**event == "disqualify"))
        .count()
}

#[test]
fn a_demand_is_suspended_by_a_message_once() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.publish_demand("FD-1").await;
        house.claim("FD-1", "icbc", None).await.unwrap();
        consent(&house).await;
        house.send("C-1", "revoke", office(), None).await.unwrap();
        let post: Arc<dyn Connector> = Arc::new(Post::new(house.engine.clone()));
        deliver_all(&mut Deliveries::new(house.engine.clone(), post, 8)).await;
        assert!(house.states("FD-1").await.contains("suspended"));
        assert_eq!(suspensions(&house).await, 1);
    });
}

#[test]
fn a_message_delivered_again_is_taken_in_once() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store.clone(), &clock);
        house.publish_demand("FD-1").await;
        consent(&house).await;
        house.send("C-1", "revoke", office(), None).await.unwrap();
        let rows = house.engine.store().outbox(OutboxFilter::default(), Page::first(100)).await.unwrap();
        let row = rows.into_iter().find(|row| &*row.outgoing.connector == "cases").unwrap();
        let request =
            Request { key: row.key, attempt: 1, process: "consent".into(), fact: row.outgoing.fact };
        let post = Post::new(house.engine.clone());
        for _ in 0..3 {
            let delivery = post.deliver(&request).await;
            assert_eq!(delivery, Delivery::Delivered { answer: Value::Null });
        }
        // Also when the reply of the commit that took it in was lost.
        let shaky = House::new(Faulty::new(place.store, &[Meets::ReplyLost]), &clock);
        Post::new(shaky.engine.clone()).deliver(&request).await;
        assert_eq!(suspensions(&house).await, 1);
    });
}

#[test]
fn a_message_brings_its_reason() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.publish_demand("FD-1").await;
        consent(&house).await;
        house.send("C-1", "revoke", office(), None).await.unwrap();
        house.send("C-1", "restore", office(), None).await.unwrap();
        let post: Arc<dyn Connector> = Arc::new(Post::new(house.engine.clone()));
        deliver_all(&mut Deliveries::new(house.engine.clone(), post, 8)).await;
        assert!(!house.states("FD-1").await.contains("suspended"), "reinstating asks for a reason");
        let facts = house.facts("FD-1").await;
        let last = facts.iter().rev().find_map(|fact| match &fact.what {
            What::Received { event, reason, .. } => Some((event.to_string(), reason.clone())),
            _ => None,
        });
        assert_eq!(last, Some(("reinstate".to_owned(), Some("已重新授权".into()))));
    });
}

#[test]
fn a_message_opens_one_case_however_often_it_comes() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        consent(&house).await;
        house.send("C-1", "hand_on", office(), None).await.unwrap();
        let rows = house.engine.store().outbox(OutboxFilter::default(), Page::first(100)).await.unwrap();
        let row = rows.into_iter().find(|row| &*row.outgoing.connector == "cases").unwrap();
        let opened = format!("consent/{}", row.key);
        let request =
            Request { key: row.key, attempt: 1, process: "consent".into(), fact: row.outgoing.fact };
        let post = Post::new(house.engine.clone());
        for _ in 0..3 {
            let delivery = post.deliver(&request).await;
            assert_eq!(delivery, Delivery::Delivered { answer: Value::Null });
        }
        assert!(house.states(&opened).await.contains("given"));
        let cases = ports::query::CaseFilter { process: Some("consent".into()), ..Default::default() };
        let found = house.engine.store().cases(cases, Page::first(10)).await.unwrap();
        assert_eq!(found.len(), 2, "its own, and the one it opened");
    });
}

/// A connector that answers what it is told to, and remembers what it was asked.
struct Registry {
    answers: Mutex<Vec<Delivery>>,
    asked: Mutex<Vec<String>>,
}

impl Connector for Registry {
    fn name(&self) -> &str {
        "registry"
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        self.asked.lock().unwrap().push(request.key.to_string());
        let answer = self.answers.lock().unwrap().pop();
        Box::pin(async move { answer.unwrap_or_else(|| panic!("the connector breaks off")) })
    }
}

fn registry(mut answers: Vec<Delivery>) -> Arc<Registry> {
    answers.reverse();
    Arc::new(Registry { answers: Mutex::new(answers), asked: Mutex::default() })
}

fn later() -> Delivery {
    Delivery::TryLater { after: None, problem: "away".into(), perhaps: false }
}

async fn heard(house: &House) -> Vec<String> {
    let facts = house.facts("C-1").await;
    facts
        .iter()
        .filter_map(|fact| match &fact.what {
            What::Recorded { code, .. } => Some(code.to_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn the_answer_to_a_call_comes_back_to_its_case_once() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        consent(&house).await;
        house.send("C-1", "ask", office(), None).await.unwrap();
        let answer = Value::context([("size", Value::text("small")), ("more", Value::text("not asked for"))]);
        let registry = registry(vec![later(), Delivery::Delivered { answer }]);
        let mut deliveries = Deliveries::new(house.engine.clone(), registry.clone(), 8);
        deliver_all(&mut deliveries).await;
        assert!(heard(&house).await.is_empty(), "it was away");
        clock.pass(jiff::SignedDuration::from_secs(2));
        deliver_all(&mut deliveries).await;
        assert_eq!(heard(&house).await, ["found"]);
        let asked = registry.asked.lock().unwrap().clone();
        assert_eq!((asked.len(), asked[0] == asked[1]), (2, true), "the same key at every attempt");
    });
}

#[test]
fn what_fails_eight_times_is_parked_and_a_person_sends_it_again() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        consent(&house).await;
        house.send("C-1", "ask", office(), None).await.unwrap();
        let mut answers = vec![later(); 8];
        answers.push(Delivery::Delivered { answer: Value::Null });
        let registry = registry(answers);
        let mut deliveries = Deliveries::new(house.engine.clone(), registry.clone(), 8);
        for _ in 0..12 {
            deliver_all(&mut deliveries).await;
            clock.pass(jiff::SignedDuration::from_hours(2));
        }
        assert_eq!(registry.asked.lock().unwrap().len(), 8);
        assert_eq!(heard(&house).await, ["not_found"]);
        let parked = OutboxFilter { parked: Some(true), ..OutboxFilter::default() };
        let rows = house.engine.store().outbox(parked, Page::first(10)).await.unwrap();
        assert_eq!((rows.len(), rows[0].problem.as_deref()), (1, Some("away")));
        assert!(decide(&house.engine, &rows[0].key, Decision::SendAgain).await.unwrap());
        assert!(!decide(&house.engine, &rows[0].key, Decision::SendAgain).await.unwrap(), "it is on its way");
        deliver_all(&mut deliveries).await;
        assert_eq!(heard(&house).await, ["not_found", "found"]);
    });
}

#[test]
fn a_connector_that_breaks_off_is_tried_again_when_its_lease_has_run_out() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        consent(&house).await;
        house.send("C-1", "ask", office(), None).await.unwrap();
        let registry = registry(vec![]);
        let mut deliveries = Deliveries::new(house.engine.clone(), registry.clone(), 8);
        deliver_all(&mut deliveries).await;
        assert_eq!(registry.asked.lock().unwrap().len(), 1);
        registry.answers.lock().unwrap().push(Delivery::Delivered { answer: Value::Null });
        clock.pass(jiff::SignedDuration::from_secs(61));
        deliver_all(&mut deliveries).await;
        assert_eq!(heard(&house).await, ["found"]);
    });
}
