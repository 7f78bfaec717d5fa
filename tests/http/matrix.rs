//! Every address of the description, for every kind of viewer, about somebody else's case: one bank never sees
//! another, a stranger sees nothing. Addresses that are added are in it by themselves.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::door::{Door, OTHER_ENTERPRISE, demand, over_all_places};

/// Addresses that hold no case's data.
const OPEN: [&str; 6] = ["/healthz", "/readyz", "/metrics", "/v1/me", "/v1/session", "/v1/facts/stream"];

/// Every method and path of the description.
fn addresses(api: &Json) -> Vec<(Method, String)> {
    let paths = api["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, about)| {
        about.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    each.filter(|(_, path)| !OPEN.contains(&path.as_str()))
        .map(|(method, path)| (method.parse().unwrap(), path))
        .collect()
}

/// A path with a case and its parts in the places.
fn filled(path: &str, case: &str, number: u32) -> String {
    let act = if path.contains("/timers/") { "suspend" } else { "claim" };
    let number = number.to_string();
    let places = [
        ("{case}", case),
        ("{task}", &number),
        ("{timer}", &number),
        ("{entry}", &number),
        ("{effect}", "0"),
        ("{name}", "financing_demand"),
        ("{act}", act),
    ];
    places.iter().fold(path.to_owned(), |path, (place, value)| path.replace(place, value))
}

/// A body that would be taken from somebody who may.
fn body(path: &str) -> Json {
    match path {
        "/v1/cases" => demand("10万"),
        "/v1/definitions" => json!({ "text": "x", "reason": "x" }),
        _ if path.ends_with("/events") => {
            json!({ "event": "withdraw", "run": "claims.BANK2", "reason": "x" })
        }
        _ if path.ends_with("/submit") => json!({ "event": "reject", "reason": "x" }),
        _ if path.ends_with("/administer/skip") => json!({ "timer": 2, "reason": "x" }),
        _ if path.ends_with("/administer/move") => json!({ "to": ["draft"], "reason": "x" }),
        _ if path.contains("/tasks/") || path.ends_with("/outbox/replay") => json!({}),
        _ => json!({ "reason": "x" }),
    }
}

#[test]
fn nobody_sees_or_touches_what_is_another_banks_or_enterprises() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        for bank in 1..=3 {
            assert_eq!(door.claim(bank, &case).await.status, 200);
        }
        door.claim(4, &case).await;
        let api = door.get("", "/openapi.json").await.json();
        let all = addresses(&api);
        assert!(all.len() >= 30, "the description lists {} addresses", all.len());
        // Who looks, and which words must never reach them.
        let others: [(&str, &[&str]); 5] = [
            ("clerk1", &["BANK2", "BANK3", "BANK4", "clerk2", "clerk3", "clerk4"]),
            ("clerk4", &["BANK1", "BANK2", "BANK3", "clerk1", "clerk2", "clerk3"]),
            ("ma", &[&case, "BANK1", "BANK2", "BANK3", "zhou"]),
            ("nobody", &[&case, "BANK1", "BANK2", "BANK3", "zhou"]),
            ("", &[&case, "BANK1", "BANK2", "BANK3", "zhou"]),
        ];
        let history = || async {
            let history = door.get("gu", &format!("/v1/cases/{case}/facts?limit=1000")).await.json();
            let facts = history["facts"].as_array().unwrap().clone();
            facts.into_iter().filter(|fact| fact["fact"] == "received").collect::<Vec<Json>>()
        };
        let before = history().await;
        for (who, never) in others {
            for (method, path) in &all {
                for number in 1..=6 {
                    let address = filled(path, &case, number);
                    let sent =
                        (*method == Method::POST && path != "/v1/cases").then(|| body(path).to_string());
                    if *method == Method::POST && sent.is_none() {
                        continue;
                    }
                    let reply =
                        door.ask(who, method.clone(), &address, &[("accept-language", "en")], sent).await;
                    assert!(reply.status < 500, "{who} {method} {address}: {}", reply.text);
                    // What they sent themselves comes back in a problem.
                    let said = reply.text.replace(&address, "").replace("\"claims.BANK2\"", "");
                    let own = reply.status >= 400;
                    let told = never.iter().find(|word| {
                        let own_word =
                            own && (said.contains(&format!("\"detail\":\"{word}\"")) || **word == case);
                        let in_rules = path.starts_with("/v1/definitions");
                        said.contains(**word) && !own_word && !in_rules
                    });
                    assert_eq!(told, None, "{who} {method} {address}: {}", reply.text);
                    if who.is_empty() {
                        assert_eq!(reply.status, 401, "{method} {address}");
                    }
                    if matches!(who, "ma" | "nobody") && path.contains("{case}") {
                        assert!(
                            matches!(reply.status, 403 | 404),
                            "{who} {method} {address}: {}",
                            reply.text
                        );
                    }
                    if *method == Method::POST && path.contains("{case}") && who != "clerk1" {
                        assert!(reply.status >= 400, "{who} {method} {address}: {}", reply.text);
                    }
                }
            }
        }
        // The first bank decided its own task, and that is all that happened.
        for act in &history().await[before.len()..] {
            assert_eq!((&act["by"]["id"], &act["run"]), (&json!("clerk1"), &json!("claims.BANK1")), "{act}");
        }
    });
}

#[test]
fn the_city_and_auditors_see_everything_and_auditors_change_nothing() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        door.claim(1, &case).await;
        for who in ["lan", "gu"] {
            let runs = door.get(who, &format!("/v1/cases/{case}")).await.json()["runs"].clone();
            assert_eq!(runs.as_array().unwrap().len(), 2, "{who}");
        }
        let sent = door.send("gu", &case, "publish", json!({})).await;
        assert!(sent.status >= 400, "{}", sent.text);
        let administered = format!("/v1/cases/{case}/administer/cancel");
        assert_eq!(door.post("gu", &administered, json!({ "reason": "x" })).await.brief(), "403 not_allowed");
        assert_eq!(
            door.post("root", &administered, json!({ "reason": "" })).await.brief(),
            "422 reason_missing"
        );
        assert_eq!(door.post("root", &administered, json!({ "reason": "a story" })).await.status, 200);
    });
}

#[test]
fn an_enterprise_opens_cases_of_its_own_only() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let mut foreign = demand("10万");
        foreign["data"]["enterprise"] = json!(OTHER_ENTERPRISE);
        assert_eq!(door.post("zhou", "/v1/cases", foreign).await.brief(), "403 not_your_case");
        assert_eq!(door.post("clerk1", "/v1/cases", demand("10万")).await.brief(), "403 not_allowed");
        assert_eq!(door.post("zhou", "/v1/cases", demand("10万")).await.status, 201);
    });
}
