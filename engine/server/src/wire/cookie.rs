//! Cookies: read from a request, set on an answer. Scripts never see them; behind TLS they are for TLS only.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

/// The value of a cookie.
pub fn read(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// Whether the request came over TLS: a proxy in front speaks it for us and says so.
pub fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

/// Sets a cookie for so many seconds; none ends it.
pub fn put(response: &mut Response, (name, value): (&str, &str), seconds: i64, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_came_over_tls_goes_over_tls_only() {
        let set = |secure| {
            let mut response = Response::default();
            put(&mut response, ("charter", "a.b"), 60, secure);
            response.headers()[header::SET_COOKIE].to_str().map(str::to_owned)
        };
        let plain = "charter=a.b; Path=/; HttpOnly; SameSite=Lax; Max-Age=60";
        assert_eq!(set(false).ok().as_deref(), Some(plain));
        assert_eq!(set(true).ok(), Some(format!("{plain}; Secure")));
        let headers = |name, value| HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        assert!(is_secure(&headers(header::HeaderName::from_static("x-forwarded-proto"), "https")));
        assert!(!is_secure(&HeaderMap::new()));
        let sent = headers(header::COOKIE, "other=1; charter=a.b");
        assert_eq!(read(&sent, "charter").as_deref(), Some("a.b"));
        assert_eq!(read(&sent, "chart"), None);
    }
}
