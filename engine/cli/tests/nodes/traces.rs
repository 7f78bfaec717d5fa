//! Spans that reach a collector.

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::house::House;

/// Takes what is sent to it, answers well, and gives the bodies.
async fn gathered(collector: &TcpListener) -> Json {
    let (mut stream, _) = collector.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4_096];
        let count = stream.read(&mut some).await.unwrap();
        bytes.extend_from_slice(&some[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if count == 0 || body.len() >= length.unwrap().parse().unwrap() {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
                .await
                .unwrap();
            return serde_json::from_str(body).unwrap();
        }
    }
}

#[test]
fn a_request_is_a_span_of_the_trace_it_came_with() {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(async {
        let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let house = House::alone();
        let node = house.start(&["--otlp", &format!("http://{}", collector.local_addr().unwrap())]);
        let trace = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
        let body = json!({ "process": "leave", "case": "L-1", "data": { "days": 2, "why": "x" } });
        assert_eq!(house.ask(&node, "/v1/cases", &trace, Some(body)).await.status, 201);
        let said = gathered(&collector).await;
        let spans = &said["resourceSpans"][0]["scopeSpans"][0]["spans"];
        let span = spans.as_array().unwrap().iter().find(|span| span["name"] == "POST /v1/cases").unwrap();
        assert_eq!(span["traceId"], "0af7651916cd43dd8448eb211c80319c", "{said}");
        assert_eq!(span["parentSpanId"], "b7ad6b7169203331", "{said}");
        assert_eq!((&span["kind"], &span["status"]), (&json!(2), &json!({})), "{said}");
        let about = span["attributes"].as_array().unwrap();
        let status = about.iter().find(|one| one["key"] == "http.response.status_code").unwrap();
        assert_eq!(status["value"]["intValue"], "201");
        assert!(!said.to_string().contains("L-1"), "whose case it was is nobody's business there: {said}");
    });
}
