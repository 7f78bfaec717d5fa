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
