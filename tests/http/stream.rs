//! The stream of facts: live, resumed, and never more than the reader may see.

use serde_json::Value as Json;

use crate::door::{Door, over_all_places};

/// Reads events until there are enough: id and data of each.
async fn read(
    response: &mut reqwest::Response,
    enough: impl Fn(&[(String, String)]) -> bool,
) -> Vec<(String, String)> {
    let (mut text, mut events) = (String::new(), Vec::new());
    while !enough(&events) {
        let chunk = response.chunk().await.unwrap().expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((event, rest)) = text.clone().split_once("\n\n") {
            text = rest.to_owned();
            let line = |name: &str| {
                let found = event.lines().find_map(|line| line.strip_prefix(name));
                found.unwrap_or_default().trim().to_owned()
            };
            if !line("data:").is_empty() {
                events.push((line("id:"), format!("{} {}", line("event:"), line("data:"))));
            }
        }
    }
    events
}

/// Whether some event says this.
fn says(word: &'static str) -> impl Fn(&[(String, String)]) -> bool {
    move |events| events.iter().any(|(_, data)| data.contains(word))
}

#[test]
fn a_reader_that_was_away_gets_what_it_missed_and_only_what_it_may_see() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let mut live = door.listen("clerk1", "/v1/facts/stream", None).await;
        assert_eq!(live.headers()["content-type"], "text/event-stream");
        door.claim(2, &case).await;
        door.claim(1, &case).await;
        let seen = read(&mut live, says("claims.BANK1")).await;
        assert!(seen.iter().all(|(_, data)| !data.contains("BANK2")), "{seen:?}");
        drop(live);

        let mut whole = door.listen("gu", "/v1/facts/stream", Some("0-0")).await;
        let ends = |events: &[(String, String)]| {
            says("claims.BANK1")(events) && events.last().is_some_and(|(id, _)| !id.is_empty())
        };
        let all = read(&mut whole, ends).await;
        let last = all.last().unwrap().0.clone();
        drop(whole);
        door.claim(3, &case).await;
        let mut resumed = door.listen("gu", "/v1/facts/stream", Some(&last)).await;
        let missed = read(&mut resumed, says("claims.BANK3")).await;
        assert!(missed.iter().all(|(_, data)| !data.contains("BANK1")), "told twice: {missed:?}");

        let mut foreign = door.listen("gu", "/v1/facts/stream", Some("9-17000000")).await;
        let reset = read(&mut foreign, says("reset")).await;
        assert!(reset.len() == 1, "{reset:?}");
    });
}

#[test]
fn what_one_node_writes_is_heard_at_the_other_and_after_a_restart_nothing_is_missing_or_twice() {
    over_all_places(|place| async move {
        let (one, two) = (Door::open(&place).await, Door::open(&place).await);
        let mut heard = two.listen("gu", "/v1/facts/stream", None).await;
        let case = one.demand().await;
        one.claim(1, &case).await;
        let mut seen = read(&mut heard, says("claims.BANK1")).await;
        // The reader is cut off after some event that says where it is, in the midst of what came.
        drop(heard);
        let at = seen.iter().position(|(id, _)| !id.is_empty()).unwrap();
        seen.truncate(at + 1);
        let last = seen[at].0.clone();
        two.kill().await;
        one.claim(2, &case).await;
        one.kill().await;

        let three = Door::open(&place).await;
        three.claim(3, &case).await;
        let mut resumed = three.listen("gu", "/v1/facts/stream", Some(&last)).await;
        let whole = |events: &[(String, String)]| {
            says("claims.BANK3")(events) && events.last().is_some_and(|(id, _)| !id.is_empty())
        };
        seen.extend(read(&mut resumed, whole).await);
        let told: Vec<Json> =
            seen.iter().map(|(_, data)| fact(data)).filter(|f| f["case"] == *case).collect();
        let history = three.get("gu", &format!("/v1/cases/{case}/facts?limit=1000")).await.json();
        let kept = history["facts"].as_array().unwrap();
        assert_eq!(told.len(), kept.len(), "{told:#?}");
        for (told, kept) in told.iter().zip(kept) {
            assert_eq!((&told["entry"], &told["fact"]), (&kept["entry"], &kept["fact"]));
        }
    });
}

/// What an event says of the fact.
fn fact(data: &str) -> Json {
    serde_json::from_str(data.split_once(' ').unwrap().1).unwrap()
}
