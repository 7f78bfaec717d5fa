//! ETags: a case's version. `If-Match` on what changes it, `If-None-Match` on what reads it.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::office::cannot::Cannot;
use crate::words;

/// The ETag of a version.
pub fn tag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version a change is meant for; `None`: any.
///
/// # Errors
/// It is no ETag of ours.
pub fn wanted(headers: &HeaderMap) -> Result<Option<u64>, Cannot> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|v| v.parse().ok());
    version.map(Some).ok_or_else(|| {
        Cannot::wrong(words::BAD_MATCH, "If-Match 写法不对", "If-Match takes one ETag, such as \"7\"")
    })
}

/// An answer with the ETag of its version; nothing but the ETag when the reader has it already.
pub fn answer(headers: &HeaderMap, version: u64, body: impl IntoResponse) -> Response {
    let tag = tag(version);
    let known = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    response.headers_mut().insert(header::ETAG, tag);
    response
}
