//! Clients that are slow, or too many, on purpose: they lose their connections, and the others are served.
//!
//! Nothing here waits for a time: it waits for what the server does.

use std::time::Duration;

use server::listen::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::door::{Door, over_all_places};

/// So short that a test need not wait, so long that a whole request fits.
const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(600);

fn patient() -> Limits {
    Limits { connections: 64, headers: LONG, headers_max: 4_096, body_gap: LONG, body: LONG, reading: LONG }
}

async fn connected(door: &Door) -> TcpStream {
    TcpStream::connect(door.url.trim_start_matches("http://")).await.unwrap()
}

/// Sends this much, then only listens.
async fn after(door: &Door, sent: &str) -> String {
    let mut stream = connected(door).await;
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // It may be cut off instead of closed: that is an end, too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn is_problem(answer: &str, status: &str, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
}

#[test]
fn headers_that_never_end_end_the_connection_and_a_body_that_never_ends_is_told_so() {
    over_all_places(|place| async move {
        let limits = Limits { headers: SHORT, body_gap: SHORT, ..patient() };
        let door = Door::open_within(&place, limits).await;
        assert_eq!(
            after(&door, "GET /healthz HTTP/1.1\r\nhost: x\r\nslow: ").await,
            "",
            "no answer, only an end"
        );
        // A body that stops: the API says so, and so does a form.
        for (path, kind) in
            [("/v1/session", "application/json"), ("/login", "application/x-www-form-urlencoded")]
        {
            let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n");
            let sent = format!("{head}content-type: {kind}\r\ncontent-length: 1000\r\n\r\n{{");
            is_problem(&after(&door, &sent).await, "408", "too_slow");
        }
        assert_eq!(door.get("", "/healthz").await.status, 200, "the others are served");
    });
}

#[test]
fn a_body_that_comes_byte_by_byte_has_a_time_too() {
    over_all_places(|place| async move {
        let limits = Limits { body_gap: LONG, body: SHORT, ..patient() };
        let door = Door::open_within(&place, limits).await;
        let sent = "POST /v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
        is_problem(&after(&door, sent).await, "408", "too_slow");
    });
}

#[test]
fn headers_that_are_too_large_are_refused_in_words_and_far_too_large_ones_without() {
    over_all_places(|place| async move {
        let door = Door::open_within(&place, patient()).await;
        let request = |long: usize| {
            let filler = "x".repeat(long);
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nfiller: {filler}\r\n\r\n")
        };
        assert!(after(&door, &request(3_000)).await.starts_with("HTTP/1.1 200"));
        is_problem(&after(&door, &request(5_000)).await, "431", "headers_too_large");
        assert!(after(&door, &request(20_000)).await.starts_with("HTTP/1.1 431"));
    });
}

#[test]
fn one_connection_too_many_is_told_so_and_a_place_that_gets_free_is_given_again() {
    over_all_places(|place| async move {
        let door = Door::open_within(&place, Limits { connections: 2, ..patient() }).await;
        let request = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut stream = connected(&door).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut begin = [0; 12];
            stream.read_exact(&mut begin).await.unwrap();
            assert_eq!(&begin, b"HTTP/1.1 200");
            held.push(stream);
        }
        is_problem(&after(&door, request).await, "503", "overloaded");
        drop(held);
        let closing = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let mut tries = 0..1_000;
        while !after(&door, closing).await.starts_with("HTTP/1.1 200") {
            assert!(tries.next().is_some(), "no place gets free");
        }
    });
}

#[test]
fn whoever_does_not_read_the_answers_is_cut_off() {
    over_all_places(|place| async move {
        let door = Door::open_within(&place, Limits { reading: SHORT, ..patient() }).await;
        let mut stream = connected(&door).await;
        // Asked again and again, never read: the server can write no more, waits, and cuts the connection.
        let request = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
        while stream.write_all(request.as_bytes()).await.is_ok() {}
        assert_eq!(door.get("", "/healthz").await.status, 200);
    });
}
