//! A server that is killed comes back with everything.

use reqwest::Method;
use serde_json::json;

use crate::door::{Door, over_all_places};

#[test]
fn a_killed_server_comes_back_with_cases_keys_and_cursors() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let path = format!("/v1/cases/{case}/events");
        let body = json!({ "event": "claim", "data": { "bank": "BANK1" } }).to_string();
        let claim = |door: Door, path: String, body: String| async move {
            let reply =
                door.ask("clerk1", Method::POST, &path, &[("idempotency-key", "c1")], Some(body)).await;
            (door, reply)
        };
        let (door, first) = claim(door, path.clone(), body.clone()).await;
        let before = door.get("gu", &format!("/v1/cases/{case}/facts?limit=1000")).await.text;
        let page = door.get("gu", "/v1/cases?limit=1").await.json();
        door.kill().await;

        let door = Door::open(&place).await;
        let after = door.get("gu", &format!("/v1/cases/{case}/facts?limit=1000")).await.text;
        assert_eq!(before, after);
        let (door, again) = claim(door, path, body).await;
        assert_eq!(again.json()["repeated"], json!(true));
        assert_eq!(first.json()["version"], again.json()["version"]);
        if let Some(cursor) = page["after"].as_str() {
            assert_eq!(door.get("gu", &format!("/v1/cases?after={cursor}")).await.status, 200);
        }
        assert_eq!(door.claim(2, &case).await.status, 200);
    });
}
