//! Whoever reads credit data leaves a fact, and so does whoever was not shown it.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::door::{Door, over_all_places};

const SCORING: &str = r#"
process: scoring
language: 1
title: { zh: 评分, en: Scoring }
effective: 2015-12-01
opened_by: [ent_agent]
roles: { ent_agent: { zh: 企业, en: Enterprise } }
parties: { ent_agent: enterprise }
data:
  enterprise: { title: { zh: 企业, en: Enterprise }, type: uscc, required: true }
  query_consent: { title: { zh: 已授权查询, en: Query consent given }, type: bool, required: true }
  score: { title: { zh: 评分, en: Score }, type: integer, credit: true }
events: { close: { title: { zh: 办结, en: Close }, by: [ent_agent] } }
initial: open
states:
  open: { title: { zh: 在办, en: Open }, task: { role: ent_agent }, no_deadline: 示例, on: { close: closed } }
  closed: { type: final, title: { zh: 办结, en: Closed } }
"#;

async fn scored(door: &Door, data: Json) -> String {
    runtime::deploy::deploy(&door.engine, "workflow.yaml", SCORING, "test", "a story").await.unwrap();
    let opened = door.post("zhou", "/v1/cases", json!({ "process": "scoring", "data": data })).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    opened.json()["case"].as_str().unwrap().to_owned()
}

/// What stands in the ledger of a case: the event, who, which fields, the authorisation, the request.
async fn noted(door: &Door, case: &str) -> Vec<[String; 5]> {
    let ledger = door.get("gu", &format!("/v1/cases/credit-reads:{case}/facts?limit=1000")).await;
    if ledger.status == 404 {
        return vec![];
    }
    let facts = ledger.json()["facts"].as_array().unwrap().clone();
    let received = facts.iter().filter(|fact| fact["fact"] == "received");
    received
        .map(|fact| {
            let data = |name: &str| fact["data"][name].as_str().unwrap_or_default().to_owned();
            let event = fact["event"].as_str().unwrap_or_default().to_owned();
            let request = data("request").split('.').next().unwrap_or_default().to_owned();
            [event, data("who"), data("fields"), data("authorisation"), request]
        })
        .collect()
}

#[test]
fn who_read_credit_data_when_and_under_which_authorisation_stands_in_a_ledger() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = scored(&door, json!({ "query_consent": true, "score": 90 })).await;
        let path = format!("/v1/cases/{case}");
        let read = |who: &'static str, path: String, request: &'static str| {
            let door = &door;
            async move { door.ask(who, Method::GET, &path, &[("x-request-id", request)], None).await }
        };
        let own = read("zhou", path.clone(), "r1").await;
        assert!(own.text.contains("\"value\":\"90\""), "{}", own.text);
        let auditor = read("gu", path.clone(), "r2").await;
        assert!(!auditor.text.contains("\"90\""), "{}", auditor.text);
        assert_eq!(read("ma", path.clone(), "r3").await.status, 404, "nothing of it is read");
        read("zhou", format!("{path}/facts"), "r4").await;
        read("zhou", format!("{path}/why"), "r5").await;

        let line = |event: &str, who: &str, request: &str| {
            [event, who, "score", "query_consent", request].map(str::to_owned)
        };
        let wanted = [
            line("read", "zhou", "r1"),
            line("withheld", "gu", "r2"),
            line("read", "zhou", "r4"),
            line("read", "zhou", "r5"),
        ];
        assert_eq!(noted(&door, &case).await, wanted);
        let ledger = format!("/v1/cases/credit-reads:{case}");
        assert_eq!(door.get("zhou", &ledger).await.status, 404, "the ledger is for auditors");
    });
}

#[test]
fn a_case_without_credit_data_leaves_nothing_and_a_server_that_cannot_note_shows_nothing() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let empty = scored(&door, json!({ "query_consent": true })).await;
        assert_eq!(door.get("zhou", &format!("/v1/cases/{empty}")).await.status, 200);
        assert!(noted(&door, &empty).await.is_empty());
        let full = scored(&door, json!({ "query_consent": true, "score": 90 })).await;
        // It takes no more commands: nothing can be noted any more.
        door.engine.close();
        assert_eq!(door.get("zhou", &format!("/v1/cases/{empty}")).await.status, 200);
        assert_eq!(door.get("zhou", &format!("/v1/cases/{full}")).await.brief(), "503 closing");
    });
}
