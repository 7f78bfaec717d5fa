//! A demand with three banks, from opening to an offer, over HTTP.

use serde_json::json;

use crate::door::{Door, over_all_places};

#[test]
fn three_banks_claim_a_fourth_is_told_what_is_possible_and_one_makes_an_offer() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        for bank in 1..=3 {
            assert_eq!(door.claim(bank, &case).await.status, 200, "bank {bank}");
        }
        let fourth = door.claim(4, &case).await;
        assert_eq!(fourth.brief(), "409 slots_full");
        assert_eq!(fourth.header("content-type"), "application/problem+json");
        let problem = fourth.json();
        let possible = problem["possible"].as_array().unwrap();
        assert!(possible.iter().any(|one| one["event"] == "withdraw" && one["by"][0]["name"] == "ent_agent"));
        assert!(possible.iter().all(|one| one["run"] == ""), "a claim of another bank: {problem}");

        // Whoever looks is told before they try: the first has its claim already, the fourth finds no place.
        for (clerk, refused) in [("clerk1", "already_claimed"), ("clerk4", "slots_full")] {
            let seen = door.get(clerk, &format!("/v1/cases/{case}")).await.json();
            let all = seen["possible"].as_array().unwrap();
            let claim = all.iter().find(|one| one["event"] == "claim").unwrap();
            assert_eq!(
                (&claim["yours"], &claim["refused"]["code"]),
                (&json!(true), &json!(refused)),
                "{clerk}"
            );
            let watch = all.iter().find(|one| one["event"] == "watch").unwrap();
            assert_eq!(watch.get("refused"), None, "{clerk}: {watch}");
        }

        let tasks = door.get("clerk1", "/v1/tasks").await.json();
        let task = &tasks["tasks"][0];
        assert_eq!((&task["run"], &task["role"]["name"]), (&json!("claims.BANK1"), &json!("bank_approver")));
        assert_eq!(tasks["tasks"].as_array().unwrap().len(), 1, "the tasks of its own claim only");
        let place = format!("/v1/tasks/{case}/{}", task["task"]);
        let no_outcome = door.post("clerk1", &format!("{place}/submit"), json!({ "event": "select" })).await;
        assert_eq!(no_outcome.brief(), "422 not_an_outcome");
        let offer =
            json!({ "event": "approve", "data": { "offer_amount": "4800000.00", "offer_rate": "3.1%" } });
        let early = door.post("clerk1", &format!("{place}/submit"), offer).await;
        assert!(early.status == 200 || early.status == 409, "{}", early.text);

        let seen = door.get("zhou", &format!("/v1/cases/{case}")).await.json();
        assert_eq!(
            seen["runs"].as_array().unwrap().len(),
            4,
            "the enterprise sees every claim on its demand"
        );
        let own = door.get("clerk2", &format!("/v1/cases/{case}")).await.json();
        let runs: Vec<&str> =
            own["runs"].as_array().unwrap().iter().filter_map(|r| r["run"].as_str()).collect();
        assert_eq!(runs, ["", "claims.BANK2"]);
    });
}

#[test]
fn the_answer_says_who_did_what_in_which_role_and_by_which_request() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let claimed = door
            .ask(
                "clerk1",
                reqwest::Method::POST,
                &format!("/v1/cases/{case}/events"),
                &[("x-request-id", "desk-17")],
                Some(json!({ "event": "claim", "data": { "bank": "BANK1" } }).to_string()),
            )
            .await;
        let request = claimed.header("x-request-id").to_owned();
        assert!(request.starts_with("desk-17."), "{request}");
        let history = door.get("gu", &format!("/v1/cases/{case}/facts?limit=1000")).await.json();
        let facts = history["facts"].as_array().unwrap();
        let claim = facts.iter().find(|fact| fact["event"] == "claim").unwrap();
        assert_eq!(claim["by"], json!({ "id": "clerk1", "organisation": "BANK1", "role": "bank_clerk" }));
        assert_eq!(claim["command"], json!(format!("req/{request}")));
    });
}

#[test]
fn a_case_says_why_it_waits_in_both_languages() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        door.claim(1, &case).await;
        let why = door.get("clerk1", &format!("/v1/cases/{case}/why")).await.json();
        let runs = why["runs"].as_array().unwrap();
        let timer = &runs.iter().find(|run| run["run"] == "claims.BANK1").unwrap()["timers"][0];
        assert!(timer["sentence"]["zh"].as_str().unwrap().contains("截止"), "{timer}");
        assert!(timer["days"]["en"].as_str().unwrap().contains("day 1"), "{timer}");
        assert!(!why["decided"].as_array().unwrap().is_empty());
        let picture = door.get("clerk1", &format!("/v1/cases/{case}/diagram?format=svg")).await;
        assert!(picture.text.starts_with("<svg"), "{:.80}", picture.text);
    });
}
