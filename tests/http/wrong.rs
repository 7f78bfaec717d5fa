//! Whatever is sent gets a civil answer, and what is wrong writes nothing.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::door::{Door, PASSWORD, demand, over_all_places};

#[test]
fn every_wrong_request_has_its_own_answer_and_nothing_is_written() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let version =
            || async { door.get("gu", &format!("/v1/cases/{case}")).await.json()["version"].clone() };
        let before = version().await;
        let events = format!("/v1/cases/{case}/events");
        let big = format!("{{\"event\":\"claim\",\"reason\":\"{}\"}}", "x".repeat(2 << 20));
        let deep = format!(
            "{{\"event\":\"claim\",\"data\":{{\"bank\":{}1{}}}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let table: [(&str, &str, &str, &str); 18] = [
            ("clerk1", &events, "{", "400 bad_json"),
            ("clerk1", &events, "[]", "422 bad_body"),
            ("clerk1", &events, "{\"event\":7}", "422 bad_body"),
            ("clerk1", &events, "{\"evnt\":\"claim\"}", "422 bad_body"),
            ("clerk1", &events, "{\"event\":\"claim\",\"data\":{\"bank\":7}}", "422 bad_value"),
            ("clerk1", &events, &big, "413 too_large"),
            ("clerk1", &events, &deep, "400 bad_json"),
            ("clerk1", &events, "{\"event\":\"claim\",\"run\":\"claims.BANK9\"}", "404 unknown_run"),
            ("", &events, "{\"event\":\"claim\"}", "401 not_logged_in"),
            ("old", &events, "{\"event\":\"claim\"}", "401 not_logged_in"),
            ("zhou", "/v1/cases/FD-1/events", "{\"event\":\"claim\"}", "404 unknown_case"),
            ("zhou", "/v1/cases/%00%ff/events", "{\"event\":\"claim\"}", "400 bad_path"),
            ("zhou", "/v1/cases", "{\"process\":\"no_such\"}", "404 unknown_process"),
            ("zhou", "/v1/cases", "[\"leave\",null,{\"days\":2,\"why\":\"x\"}]", "422 bad_body"),
            ("zhou", "/v1/definitions", "{\"text\":\"a\",\"reason\":\"b\"}", "403 forbidden"),
            ("root", "/v1/definitions", "{\"text\":\"a\",\"reason\":\"b\"}", "422 not_compiled"),
            ("clerk1", "/v1/outbox/replay", "{}", "403 forbidden"),
            ("zhou", "/v2/cases", "{}", "404 unknown_path"),
        ];
        for (who, path, body, wanted) in table {
            let reply = door.ask(who, Method::POST, path, &[], Some(body.to_owned())).await;
            assert_eq!(reply.brief(), wanted, "{who} {path} {body:.60}: {}", reply.text);
            assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
            assert!(!reply.json()["title"].as_str().unwrap().is_empty());
        }
        for (path, wanted) in [
            ("/v1/cases?limit=-1", "400 bad_query"),
            ("/v1/cases?colour=red", "400 bad_query"),
            ("/v1/cases?after=AAAA", "400 bad_cursor"),
            ("/v1/tasks?after=x", "400 bad_cursor"),
            ("/v1/timers?until=tomorrow", "422 bad_value"),
        ] {
            assert_eq!(door.get("zhou", path).await.brief(), wanted, "{path}");
        }
        let put = door.ask("zhou", Method::PUT, "/v1/cases", &[], None).await;
        assert_eq!((put.brief().as_str(), put.header("allow").contains("POST")), ("405 wrong_method", true));
        let plain = door
            .ask("clerk1", Method::POST, &events, &[("content-type", "text/plain")], Some("{}".into()))
            .await;
        assert_eq!(plain.brief(), "415 bad_type");
        assert_eq!(version().await, before, "something was written");
    });
}

#[test]
fn the_type_of_a_problem_leads_to_its_page_and_a_browser_reads_pages_where_nothing_is() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let case = door.demand().await;
        let get = |path: String, accept: &'static str| {
            let door = &door;
            async move { door.ask("", Method::GET, &path, &[("accept", accept)], None).await }
        };
        let refused = [
            door.send("ma", &case, "publish", json!({})).await,
            door.send("zhou", &case, "no_such", json!({})).await,
            door.get("", "/v1/me").await,
        ];
        for problem in refused {
            let (page, code) = (problem.json()["type"].clone(), problem.json()["code"].clone());
            let page = page.as_str().unwrap().to_owned();
            let read = get(page.clone(), "application/json").await;
            assert_eq!((read.status, &read.json()["code"]), (200, &code), "{page}");
            let shown = get(page.clone(), "text/html,*/*;q=0.8").await;
            assert!(shown.header("content-type").starts_with("text/html"), "{page}");
            assert!(shown.text.contains(code.as_str().unwrap()), "{page}");
        }
        for (path, accept, kind) in [
            ("/no/such", "text/html", "text/html; charset=utf-8"),
            ("/no/such", "*/*", "application/problem+json"),
            ("/v1/no/such", "text/html", "application/problem+json"),
            ("/docs/problems/no_such", "text/html", "text/html; charset=utf-8"),
            ("/docs/problems/no_such", "application/json", "application/problem+json"),
        ] {
            let reply = get(path.to_owned(), accept).await;
            assert_eq!((reply.status, reply.header("content-type")), (404, kind), "{path} {accept}");
        }
    });
}

#[test]
fn a_problem_speaks_the_readers_language() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let title = |lang: &'static str| {
            let door = &door;
            async move {
                let reply = door.ask("", Method::GET, "/v1/me", &[("accept-language", lang)], None).await;
                reply.json()["title"].as_str().unwrap().to_owned()
            }
        };
        assert_eq!(title("en-GB,en;q=0.9").await, "Log in, or send a token");
        assert_eq!(title("zh-CN").await, "请先登录，或带上令牌");
    });
}

#[test]
fn a_cursor_leads_through_the_whole_list_and_is_good_for_its_owner_only() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        for _ in 0..5 {
            door.post("zhou", "/v1/cases", demand("10万")).await;
        }
        let (mut seen, mut after): (Vec<Json>, Option<String>) = (vec![], None);
        loop {
            let more = after.map(|after| format!("&after={after}")).unwrap_or_default();
            let page = door.get("zhou", &format!("/v1/cases?limit=2{more}")).await.json();
            seen.extend(page["cases"].as_array().unwrap().iter().map(|row| row["case"].clone()));
            after = page["after"].as_str().map(str::to_owned);
            let Some(cursor) = &after else { break };
            let stolen = door.get("ma", &format!("/v1/cases?limit=2&after={cursor}")).await;
            assert_eq!(stolen.brief(), "400 bad_cursor");
        }
        let mut once = seen.clone();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (5, 5));
    });
}

#[test]
fn a_session_works_from_our_own_pages_only_and_ends() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let login = |password: &'static str| {
            let (door, body) = (&door, json!({ "account": "zhou", "password": password }));
            async move { door.post("", "/v1/session", body).await }
        };
        assert_eq!(login("wrong").await.brief(), "401 wrong_login");
        let begun = login(PASSWORD).await;
        let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(begun.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
        let with = |headers: Vec<(&'static str, String)>, method: Method| {
            let (door, cookie) = (&door, cookie.clone());
            async move {
                let mut all: Vec<(&str, &str)> = vec![("cookie", &cookie)];
                all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
                let body = (method == Method::POST).then(|| demand("10万").to_string());
                let path = if method == Method::GET { "/v1/me" } else { "/v1/cases" };
                door.ask("", method, path, &all, body).await.brief()
            }
        };
        assert_eq!(with(vec![], Method::GET).await, "200");
        assert_eq!(with(vec![], Method::POST).await, "403 cross_site", "nobody says where it comes from");
        let evil = "https://evil.example".to_owned();
        assert_eq!(with(vec![("origin", evil)], Method::POST).await, "403 cross_site");
        let site = |site: &str| vec![("sec-fetch-site", site.to_owned())];
        assert_eq!(with(site("cross-site"), Method::POST).await, "403 cross_site");
        assert_eq!(with(site("same-origin"), Method::POST).await, "201");
        let out = door
            .ask(
                "",
                Method::DELETE,
                "/v1/session",
                &[("cookie", &cookie), ("sec-fetch-site", "same-origin")],
                None,
            )
            .await;
        assert_eq!(out.status, 204);
        assert_eq!(with(vec![], Method::GET).await, "401 not_logged_in");
    });
}
