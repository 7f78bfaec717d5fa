//! The stream of facts: live, resumed, and never more than the reader may see.

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

        let mut whole = door.listen("gu", "/v1/facts/stream", Some("t-0")).await;
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

        let mut foreign = door.listen("gu", "/v1/facts/stream", Some("another-17")).await;
        let reset = read(&mut foreign, says("reset")).await;
        assert!(reset.len() == 1, "{reset:?}");
    });
}
