//! The files of the console: style sheets, script, mark. They are part of the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use console::assets::ASSETS;

/// The style sheet of state diagrams comes from the crate that draws them.
const LADDER: &str = "ladder.css";

/// One file.
pub async fn asset(Path(name): Path<String>) -> Response {
    let css = "text/css; charset=utf-8";
    let found = match name.as_str() {
        LADDER => Some((css, diagram::STYLE)),
        name => ASSETS.iter().find(|asset| asset.name == name).map(|asset| (asset.media, asset.text)),
    };
    match found {
        Some((media, text)) => {
            let headers = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "max-age=300")];
            (headers, text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
