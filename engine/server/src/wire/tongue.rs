//! The language of sentences: `?lang=`, else `Accept-Language`, else Chinese.

use axum::http::{HeaderMap, Uri, header};
use expr::lang::Lang;

/// What somebody reads.
pub fn of(headers: &HeaderMap, uri: &Uri) -> Lang {
    let query = uri.query().unwrap_or_default();
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    match asked {
        Some(asked) => read(asked).unwrap_or(Lang::Zh),
        None => accepted.and_then(best).unwrap_or(Lang::Zh),
    }
}

/// The first of the languages we speak, by weight.
fn best(accepted: &str) -> Option<Lang> {
    let weighed = accepted.split(',').take(20).filter_map(|one| {
        let (tag, rest) = one.split_once(';').unwrap_or((one, ""));
        let weight = rest.trim().strip_prefix("q=").unwrap_or("1");
        Some((thousandths(weight), read(tag.trim())?))
    });
    // Of equal weights the first named wins.
    let heavier = |best: Option<(u32, Lang)>, one: (u32, Lang)| match best {
        Some((weight, _)) if weight >= one.0 => best,
        _ => Some(one),
    };
    weighed.filter(|(weight, _)| *weight > 0).fold(None, heavier).map(|(_, lang)| lang)
}

/// A weight such as `0.8`, in thousandths; no floats.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u32>().unwrap_or(0).min(1) * 1_000 + part.parse::<u32>().unwrap_or(0)
}

fn read(tag: &str) -> Option<Lang> {
    let tag = tag.to_ascii_lowercase();
    match tag.split(['-', '_']).next() {
        Some("zh") => Some(Lang::Zh),
        Some("en") => Some(Lang::En),
        _ => None,
    }
}

/// The language of a picture.
pub fn of_picture(lang: Lang) -> diagram::Lang {
    match lang {
        Lang::Zh => diagram::Lang::Zh,
        Lang::En => diagram::Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_we_speak_is_taken() {
        let table = [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("fr, en;q=0.5, zh;q=0.4", Some(Lang::En)),
            ("en;q=0, zh;q=0.1", Some(Lang::Zh)),
            ("fr", None),
            ("en;q=abc", None),
        ];
        for (accepted, wanted) in table {
            assert_eq!(best(accepted), wanted, "{accepted}");
        }
    }
}
