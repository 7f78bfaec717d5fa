//! Opening a case: who may, what is asked, and what other cases know already.

use serde_json::{Value as Json, json};

use crate::door::{Door, ENTERPRISE, over_all_places};

const REGISTER: &str = r#"
process: register
language: 1
title: { zh: 登记, en: Register }
effective: 2015-12-01
correlate: enterprise
roles: { ent_agent: { zh: 企业, en: Enterprise } }
parties: { ent_agent: enterprise }
data: { enterprise: { title: { zh: 企业, en: Enterprise }, type: uscc, required: true } }
events:
  activate: { title: { zh: 激活, en: Activate }, by: [ent_agent] }
  leave: { title: { zh: 注销, en: Leave }, by: [ent_agent] }
initial: filed
states:
  filed: { title: { zh: 已登记, en: Filed }, task: { role: ent_agent }, no_deadline: 示例, on: { activate: active } }
  active: { title: { zh: 有效, en: Active }, task: { role: ent_agent }, no_deadline: 示例, on: { leave: gone } }
  gone: { type: final, title: { zh: 已注销, en: Gone } }
"#;

const WISH: &str = r#"
process: wish
language: 1
title: { zh: 申请, en: Wish }
effective: 2015-12-01
opened_by: [ent_agent]
roles:
  ent_agent: { zh: 企业, en: Enterprise }
  bank_clerk: { zh: 银行, en: Bank }
parties: { ent_agent: enterprise }
data:
  enterprise: { title: { zh: 企业, en: Enterprise }, type: uscc, required: true }
  known:
    title: { zh: 已登记, en: Known }
    type: bool
    required: true
    from: { case: register, key: enterprise, in: active }
  amount: { title: { zh: 金额, en: Amount }, type: money, required: true }
  answer: { title: { zh: 答复, en: Answer }, type: text }
  note: { title: { zh: 说明, en: Note }, type: text }
events:
  reply:
    title: { zh: 答复, en: Reply }
    by: [bank_clerk]
    form:
      answer: { required: true }
      bank: { title: { zh: 银行, en: Bank }, type: text, own: true }
      admitted: { title: { zh: 已进驻, en: Admitted }, type: bool, from: { case: admission, key: bank, in: live } }
refusals: { not_admitted: { zh: 机构没有进驻, en: The institution is not admitted } }
initial: open
states:
  open:
    title: { zh: 待答复, en: Open }
    task: { role: bank_clerk }
    no_deadline: 示例
    on:
      reply:
        - { when: event.admitted = false, refuse: not_admitted }
        - answered
  answered: { type: final, title: { zh: 已答复, en: Answered } }
"#;

const ADMISSION: &str = r#"
process: admission
language: 1
title: { zh: 进驻, en: Admission }
effective: 2015-12-01
correlate: bank
roles: { bank_clerk: { zh: 银行, en: Bank } }
parties: { bank_clerk: bank }
data: { bank: { title: { zh: 银行, en: Bank }, type: text, required: true } }
events: { start: { title: { zh: 上线, en: Start }, by: [bank_clerk] }, leave: { title: { zh: 退出, en: Leave }, by: [bank_clerk] } }
initial: filed
states:
  filed: { title: { zh: 已申请, en: Filed }, task: { role: bank_clerk }, no_deadline: 示例, on: { start: live } }
  live: { title: { zh: 已上线, en: Live }, task: { role: bank_clerk }, no_deadline: 示例, on: { leave: gone } }
  gone: { type: final, title: { zh: 已退出, en: Gone } }
"#;

async fn deploy(door: &Door, texts: &[&str]) {
    for text in texts {
        if let Err(runtime::deploy::NotDeployed::Findings(found)) =
            runtime::deploy::deploy(&door.engine, "workflow.yaml", text, "test", "a story").await
        {
            panic!("{:?}", found.0);
        }
    }
}

async fn asked(door: &Door) -> Vec<String> {
    let view = door.get("zhou", "/v1/definitions/wish").await.json();
    view["opening"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn wish(door: &Door, data: Json) -> crate::door::Reply {
    door.post("zhou", "/v1/cases", json!({ "process": "wish", "data": data })).await
}

/// The value of `known` in a case that was opened.
async fn known(door: &Door, opened: &crate::door::Reply) -> Json {
    assert_eq!(opened.status, 201, "{}", opened.text);
    let case = opened.json()["case"].as_str().unwrap().to_owned();
    let seen = door.get("zhou", &format!("/v1/cases/{case}")).await.json();
    let data = seen["runs"][0]["data"].as_array().unwrap().clone();
    data.into_iter().find(|field| field["name"] == "known").unwrap()["value"].clone()
}

#[test]
fn what_another_case_knows_is_looked_up_and_not_asked() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        deploy(&door, &[WISH]).await;
        assert_eq!(
            asked(&door).await,
            ["enterprise", "known", "amount", "note"],
            "nobody else knows it here"
        );
        deploy(&door, &[REGISTER]).await;
        assert_eq!(asked(&door).await, ["enterprise", "amount", "note"]);

        let claimed = wish(&door, json!({ "amount": "1.00", "known": true })).await;
        assert_eq!(claimed.brief(), "422 data_unknown", "nobody vouches for themselves");
        let own = wish(&door, json!({ "amount": "1.00", "answer": "yes" })).await;
        assert_eq!(own.brief(), "422 data_unknown", "what the process fills in is its own");

        let before = wish(&door, json!({ "amount": "1.00" })).await;
        assert_eq!(known(&door, &before).await, json!(false), "there is no registration");
        let filed = door.post("zhou", "/v1/cases", json!({ "process": "register" })).await;
        let case = filed.json()["case"].as_str().unwrap().to_owned();
        let early = wish(&door, json!({ "amount": "1.00" })).await;
        assert_eq!(known(&door, &early).await, json!(false), "it is not active yet");
        let event = |event: &str| json!({ "event": event });
        door.post("zhou", &format!("/v1/cases/{case}/events"), event("activate")).await;
        let after = wish(&door, json!({ "amount": "1.00" })).await;
        assert_eq!(known(&door, &after).await, json!(true));
        let again = || async {
            let body = json!({ "process": "wish", "data": { "amount": "2.00" } }).to_string();
            let key = [("idempotency-key", "wish-1")];
            door.ask("zhou", reqwest::Method::POST, "/v1/cases", &key, Some(body)).await
        };
        let first = again().await;
        door.post("zhou", &format!("/v1/cases/{case}/events"), event("leave")).await;
        let second = again().await;
        assert_eq!(
            (second.status, &second.json()["case"]),
            (first.status, &first.json()["case"]),
            "sent again"
        );
        let gone = wish(&door, json!({ "amount": "1.00", "enterprise": ENTERPRISE })).await;
        assert_eq!(known(&door, &gone).await, json!(false), "it has ended");
    });
}

#[test]
fn who_may_not_open_hears_who_may_and_everything_missing_is_told_at_once() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        deploy(&door, &[WISH]).await;
        let bank = door.post("clerk1", "/v1/cases", json!({ "process": "wish", "data": {} })).await;
        assert_eq!(
            (bank.brief().as_str(), &bank.json()["about"]),
            ("403 not_allowed", &json!(["ent_agent"]))
        );
        let empty = wish(&door, json!({})).await;
        assert_eq!(
            (empty.brief().as_str(), &empty.json()["about"]),
            ("422 data_missing", &json!(["known", "amount"]))
        );
        let unfit = wish(&door, json!({ "amount": "1.005", "known": true })).await;
        assert_eq!(unfit.brief(), "422 data_type");
    });
}

#[test]
fn an_event_learns_from_other_cases_what_its_sender_need_not_say() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        deploy(&door, &[WISH, ADMISSION]).await;
        let opened = wish(&door, json!({ "amount": "1.00", "known": true })).await;
        let case = opened.json()["case"].as_str().unwrap().to_owned();
        let events = format!("/v1/cases/{case}/events");
        let reply = |data: Json| json!({ "event": "reply", "data": data });
        // Nobody reads a case of which they are no part: the bank's first word makes it one.
        let seen = door.get("gu", &format!("/v1/cases/{case}")).await.json();
        let form = seen["possible"].as_array().unwrap().iter().find(|one| one["event"] == "reply").unwrap();
        let lines: Vec<&Json> = form["form"].as_array().unwrap().iter().map(|line| &line["name"]).collect();
        assert_eq!(lines, ["answer", "bank"]);

        let filed = door.post("clerk1", "/v1/cases", json!({ "process": "admission" })).await;
        let admission = filed.json()["case"].as_str().unwrap().to_owned();
        let early = door.post("clerk1", &events, reply(json!({ "answer": "yes" }))).await;
        assert_eq!(early.brief(), "409 not_admitted");
        let vouched = door.post("clerk1", &events, reply(json!({ "answer": "yes", "admitted": true }))).await;
        assert_eq!(vouched.brief(), "422 data_unknown");
        door.post("clerk1", &format!("/v1/cases/{admission}/events"), json!({ "event": "start" })).await;
        assert_eq!(door.post("clerk1", &events, reply(json!({ "answer": "yes" }))).await.status, 200);
    });
}

#[test]
fn a_bank_claims_in_its_own_name_only() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let events = format!("/v1/cases/{case}/events");
        let other = json!({ "event": "claim", "data": { "bank": "BANK2" } });
        assert_eq!(door.post("clerk1", &events, other).await.brief(), "403 not_your_case");
        assert_eq!(door.post("clerk1", &events, json!({ "event": "claim" })).await.status, 200);
        let own = door.get("clerk1", &format!("/v1/cases/{case}")).await.json();
        let runs: Vec<&str> =
            own["runs"].as_array().unwrap().iter().filter_map(|r| r["run"].as_str()).collect();
        assert_eq!(runs, ["", "claims.BANK1"]);
    });
}
