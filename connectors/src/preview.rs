//! How a notice will look, from a sample instead of a case: for authors, and for the check before
//! publishing.
//!
//! A sample is what `templates/sample.yaml` says, with the notice's own `sample.yaml` laid over it. A value
//! written `{ zh: …, en: … }` is taken in the language of the letter. Pages that say why a date is what it
//! is follow from the dates under `due`.

use expr::lang::Lang;
use serde_json::{Map, Value as Json, json};

use crate::render::{Channel, Fault, Templates, Written};

/// Samples inside samples.
const DEEPEST: usize = 8;

/// Writes a notice from its sample. `common` and `own` are the two sample files as they were read.
///
/// # Errors
/// As [`Templates::write`]: a name the sample lacks is one of them.
pub fn preview(
    templates: &Templates,
    notice: &str,
    channel: Channel,
    lang: Lang,
    samples: [&Json; 2],
) -> Result<Written, Fault> {
    let mut values = spoken(samples[0], lang, 0);
    lay(&mut values, spoken(samples[1], lang, 0), 0);
    let address = values.get("own").and_then(Json::as_str).unwrap_or("https://localhost").to_owned();
    let case = values.get("case").and_then(Json::as_str).unwrap_or_default().to_owned();
    let Json::Object(map) = &mut values else {
        return templates.write(notice, channel, lang, &json!({}), &address);
    };
    let page = format!("{address}/cases/{case}");
    let process = map.get("process").and_then(Json::as_str).unwrap_or_default();
    map.insert("rule".to_owned(), json!(crate::offer::rule(process, 1, lang)));
    map.insert("notice".to_owned(), json!(notice));
    map.insert("why".to_owned(), why(map.get("due"), &page));
    map.insert("link".to_owned(), json!(page));
    side(map);
    templates.write(notice, channel, lang, &values, &address)
}

/// The page behind each date.
fn why(due: Option<&Json>, page: &str) -> Json {
    let clocks = due.and_then(Json::as_object).into_iter().flat_map(Map::keys);
    clocks.map(|clock| (clock.clone(), json!(format!("{page}/why/{clock}")))).collect()
}

/// `to: { side: bank }` as the three questions templates ask.
fn side(values: &mut Map<String, Json>) {
    let Some(to) = values.get_mut("to").and_then(Json::as_object_mut) else { return };
    let side = to.get("side").and_then(Json::as_str).unwrap_or_default().to_owned();
    for one in ["enterprise", "bank", "office"] {
        to.insert(one.to_owned(), json!(side == one));
    }
}

/// A sample in one language.
fn spoken(sample: &Json, lang: Lang, depth: usize) -> Json {
    match sample {
        _ if depth > DEEPEST => Json::Null,
        Json::Object(map) => match (map.len(), map.get("zh"), map.get("en")) {
            (2, Some(zh), Some(en)) => {
                if lang == Lang::Zh {
                    zh.clone()
                } else {
                    en.clone()
                }
            }
            _ => map.iter().map(|(name, one)| (name.clone(), spoken(one, lang, depth + 1))).collect(),
        },
        Json::Array(entries) => entries.iter().map(|one| spoken(one, lang, depth + 1)).collect(),
        plain => plain.clone(),
    }
}

/// Lays one sample over another: maps grow together, everything else is replaced.
fn lay(below: &mut Json, above: Json, depth: usize) {
    match (below, above) {
        (Json::Object(below), Json::Object(above)) if depth < DEEPEST => {
            for (name, one) in above {
                lay(below.entry(name).or_insert(Json::Null), one, depth + 1);
            }
        }
        (below, above) => *below = above,
    }
}
