//! Bodies that come too slowly are broken off.

use std::error::Error;
use std::fmt;

use axum::body::{Body, Bytes, HttpBody};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::{Instant, timeout};

use crate::listen::Limits;

/// A body did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not come in time")
    }
}

impl Error for TooSlow {}

/// The same body, as long as it comes.
pub fn patient(body: Body, limits: Limits) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let until = Instant::now() + limits.body;
    let next = move |state: Option<axum::body::BodyDataStream>| async move {
        let mut stream = state?;
        let gap = limits.body_gap.min(until.saturating_duration_since(Instant::now()));
        match timeout(gap, stream.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(chunk))) => Some((Ok::<Bytes, Box<dyn Error + Send + Sync>>(chunk), Some(stream))),
            Ok(Some(Err(error))) => Some((Err(error.into()), None)),
            Err(_) => Some((Err(TooSlow.into()), None)),
        }
    };
    Body::from_stream(stream::unfold(Some(body.into_data_stream()), next))
}

/// Whether a body broke off because it was too slow.
pub fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    let mut one = Some(error);
    while let Some(error) = one {
        if error.is::<TooSlow>() {
            return true;
        }
        one = error.source();
    }
    false
}
