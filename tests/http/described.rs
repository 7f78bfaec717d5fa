//! The description of the API says what the server does.

use serde_json::Value as Json;

use crate::door::{Door, over_all_places};

#[test]
fn the_description_is_openapi_3_1_and_changes_only_on_purpose() {
    let api = serde_json::to_value(server::routes::description()).unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"), "{}", api["openapi"]);
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&api).unwrap());
}

#[test]
fn every_operation_says_what_it_answers_and_has_a_summary() {
    let api = serde_json::to_value(server::routes::description()).unwrap();
    for (path, about) in api["paths"].as_object().unwrap() {
        for (method, operation) in about.as_object().unwrap() {
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(!summary.is_empty(), "{method} {path} has no summary");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
        }
    }
}

#[test]
fn it_is_served_and_health_and_figures_ask_for_nobody() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let served: Json = door.get("", "/openapi.json").await.json();
        assert_eq!(served["info"]["title"], "Charter");
        for path in ["/healthz", "/readyz"] {
            assert_eq!(door.get("", path).await.json()["status"], "ok", "{path}");
        }
        door.demand().await;
        let figures = door.get("", "/metrics").await.text;
        assert!(figures.contains("charter_entries_total 2"), "{figures}");
        assert!(figures.contains("route=\"POST /v1/cases/{case}/events\",status=\"200\"} 1"), "{figures}");
        let engine = &door.engine;
        engine.close();
        assert_eq!(door.get("", "/readyz").await.status, 503);
        assert_eq!(door.post("zhou", "/v1/cases", crate::door::demand("10万")).await.brief(), "503 closing");
    });
}
