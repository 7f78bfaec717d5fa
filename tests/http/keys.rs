//! The same request twice, and requests about a case that has changed.

use reqwest::Method;
use serde_json::json;

use crate::door::{Door, demand, over_all_places};

#[test]
fn the_same_key_is_done_once_and_refused_with_another_body() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let open = |key: &'static str, amount: &'static str| {
            let body = Some(demand(amount).to_string());
            let door = &door;
            async move { door.ask("zhou", Method::POST, "/v1/cases", &[("idempotency-key", key)], body).await }
        };
        let first = open("order-77", "500万").await;
        let (again, at_once) = tokio::join!(open("order-77", "500万"), open("order-77", "500万"));
        assert_eq!((first.status, again.status, at_once.status), (201, 201, 201), "{}", again.text);
        assert_eq!(first.json()["case"], again.json()["case"]);
        assert_eq!(
            (first.json()["repeated"].clone(), again.json()["repeated"].clone()),
            (json!(false), json!(true))
        );
        assert_eq!(open("order-77", "501万").await.brief(), "422 key_reused");
        let listed = door.get("zhou", "/v1/cases").await.json();
        assert_eq!(listed["cases"].as_array().unwrap().len(), 1);
        // A key is its account's own.
        let other = door
            .ask(
                "ma",
                Method::POST,
                "/v1/cases",
                &[("idempotency-key", "order-77")],
                Some(demand("500万").to_string()),
            )
            .await;
        assert_eq!(other.status, 201, "{}", other.text);
        let bad = door
            .ask(
                "zhou",
                Method::POST,
                "/v1/cases",
                &[("idempotency-key", "a b")],
                Some(demand("1万").to_string()),
            )
            .await;
        assert_eq!(bad.brief(), "400 bad_key");
    });
}

#[test]
fn a_change_meant_for_an_older_version_is_not_made() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let path = format!("/v1/cases/{case}");
        let read = door.get("zhou", &path).await;
        let tag = read.header("etag").to_owned();
        assert_eq!(tag, "\"2\"");
        let unchanged = door.ask("zhou", Method::GET, &path, &[("if-none-match", &tag)], None).await;
        assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
        door.claim(1, &case).await;
        let send = |tag: String| {
            let (door, path) = (&door, format!("{path}/events"));
            async move {
                let body = json!({ "event": "withdraw", "reason": "x" }).to_string();
                door.ask("zhou", Method::POST, &path, &[("if-match", &tag)], Some(body)).await
            }
        };
        let stale = send(tag).await;
        assert_eq!(stale.brief(), "412 changed");
        assert_eq!(stale.json()["version"], json!(3));
        assert_eq!(send("3".to_owned()).await.brief(), "400 bad_match");
        assert_eq!(send("\"3\"".to_owned()).await.status, 200);
    });
}

#[test]
fn of_several_changes_meant_for_one_version_one_is_made() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        for round in 0..10 {
            let case = door.demand().await;
            let claim = |number: u32| {
                let (door, path) = (&door, format!("/v1/cases/{case}/events"));
                async move {
                    let body = json!({ "event": "claim", "data": { "bank": format!("BANK{number}") } });
                    let who = format!("clerk{number}");
                    let headers = [("if-match", "\"2\"")];
                    door.ask(&who, Method::POST, &path, &headers, Some(body.to_string())).await
                }
            };
            let (a, b, c) = tokio::join!(claim(1), claim(2), claim(3));
            let mut answers = [a.brief(), b.brief(), c.brief()];
            answers.sort();
            assert_eq!(answers, ["200", "412 changed", "412 changed"], "round {round}");
            let read = door.get("gu", &format!("/v1/cases/{case}")).await;
            assert_eq!(read.json()["version"], json!(3), "a refused change was written");
        }
    });
}

#[test]
fn a_decision_sent_again_finds_its_answer_though_the_task_is_done() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let leave = json!({ "process": "leave", "data": { "days": 2, "why": "x" } });
        let opened = door.post("nobody", "/v1/cases", leave).await;
        let case = opened.json()["case"].as_str().unwrap().to_owned();
        let path = format!("/v1/tasks/{case}/1/submit");
        let submit = |key: &'static str, event: &'static str| {
            let (door, path) = (&door, path.clone());
            async move {
                let body = json!({ "event": event, "reason": "x" }).to_string();
                door.ask("boss", Method::POST, &path, &[("idempotency-key", key)], Some(body)).await
            }
        };
        let first = submit("d1", "approve").await;
        assert_eq!(first.status, 200, "{}", first.text);
        let again = submit("d1", "approve").await;
        assert_eq!((again.status, again.json()["repeated"].clone()), (200, json!(true)), "{}", again.text);
        assert_eq!(again.json()["version"], first.json()["version"]);
        assert_eq!(submit("d1", "reject").await.brief(), "422 key_reused");
        assert_eq!(submit("d2", "approve").await.brief(), "404 unknown_case", "no longer theirs to see");
        let body = Some(json!({ "event": "approve" }).to_string());
        let stale = door.ask("gu", Method::POST, &path, &[("if-match", "\"1\"")], body).await;
        assert_eq!(stale.brief(), "412 changed", "the task is gone because the case changed");
    });
}
