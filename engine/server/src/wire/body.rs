//! Bodies, queries and paths, read strictly: what is wrong is said with its place.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::office::cannot::Cannot;
use crate::problem::Problem;
use crate::setting::BODY_MAX;
use crate::wire::slow::is_too_slow;
use crate::words;

/// So much of a body that is too large is taken in, in bytes.
const DRAINED_MAX: usize = 16 << 20;

/// A JSON body. An empty one counts as `{}`.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let is_json = kind.is_some_and(is_json);
        let has_kind = kind.is_some();
        let bytes = whole(request.into_body()).await?;
        if bytes.is_empty() && !has_kind {
            return read(b"{}").map(Body);
        }
        if !is_json {
            return Err(Problem::plain(words::BAD_TYPE, "Content-Type: application/json"));
        }
        read(if bytes.is_empty() { b"{}" } else { &bytes }).map(Body)
    }
}

/// A body up to the limit. What is too large is still taken in for a while, so that whoever is sending it reads the
/// answer instead of a broken connection.
pub async fn whole(body: axum::body::Body) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut count) = (Vec::new(), 0);
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        count += chunk.len();
        if count <= BODY_MAX {
            bytes.extend_from_slice(&chunk);
        } else if count > DRAINED_MAX {
            break;
        }
    }
    match count <= BODY_MAX {
        true => Ok(bytes),
        false => Err(Problem::plain(words::TOO_LARGE, &format!("{BODY_MAX} bytes at most"))),
    }
}

/// Why a body did not come whole.
fn broken_off(error: &axum::Error) -> Problem {
    match is_too_slow(error) {
        true => Problem::plain(words::TOO_SLOW, &error.to_string()),
        false => Problem::plain(words::BAD_BODY, &error.to_string()),
    }
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json"
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Fields have names: a list of values in the right order would be read all the same.
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        return Err(Problem::plain(words::BAD_BODY, "a list, where an object with named fields is expected"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let code = if error.is_data() { words::BAD_BODY } else { words::BAD_JSON };
        Problem::plain(code, &error.to_string())
    })
}

/// The parameters of an address.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        read.map(|Query(read)| Asked(read))
            .map_err(|e| Problem::plain(words::BAD_QUERY, inner(&e.body_text())))
    }
}

/// What is wrong, without the words of whoever found it.
fn inner(text: &str) -> &str {
    text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text)
}

/// The most lines of a list, read strictly: a list is never cut or widened in silence.
///
/// # Errors
/// It is no number from 1 to 1000.
pub fn limit<'de, D: serde::Deserializer<'de>>(given: D) -> Result<Option<u32>, D::Error> {
    let limit = u32::deserialize(given)?;
    match (1..=ports::query::PAGE_MAX).contains(&limit) {
        true => Ok(Some(limit)),
        false => Err(serde::de::Error::custom(format!("limit: {limit} is not between 1 and 1000"))),
    }
}

/// The names in an address.
pub struct Named<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        read.map(|Path(read)| Named(read)).map_err(|e| Problem::plain(words::BAD_PATH, &e.body_text()))
    }
}

/// The longest number of a case or other name in an address, in bytes.
pub const NAME_MAX: usize = 160;

/// A case's number from an address.
///
/// # Errors
/// It is empty, too long, or holds control characters: then there can be no such case.
pub fn case(text: &str) -> Result<machine::ids::CaseId, Cannot> {
    if text.is_empty() || text.len() > NAME_MAX || text.chars().any(char::is_control) {
        return Err(Cannot::no_case(&text.chars().take(40).collect::<String>()));
    }
    Ok(machine::ids::CaseId(text.into()))
}

/// Whether a new case may have this number.
///
/// # Errors
/// It is empty, too long, or holds spaces or control characters.
pub fn new_case(text: &str) -> Result<(), Cannot> {
    let bad = text.is_empty()
        || text.len() > NAME_MAX
        || text.trim() != text
        || text.chars().any(|c| c.is_control() || c == '|');
    if !bad {
        return Ok(());
    }
    Err(Cannot::wrong(
        crate::words::BAD_VALUE,
        format!("case：编号须是 1 到 {NAME_MAX} 个字节，不含竖线和控制字符，前后不留空格"),
        format!(
            "case: a number is 1 to {NAME_MAX} bytes, without bars, control characters or spaces round it"
        ),
    ))
}
