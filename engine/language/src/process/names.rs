//! What may be a name, and what is said when one is written twice.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::words;

use super::desk::{Desk, Sort};

/// Longer names are refused: they end up in tables and letters.
const CHARS_MAX: usize = 64;
/// Names that formulas give a meaning of their own.
pub(crate) const RESERVED: &[&str] =
    &["case", "this", "event", "today", "now", "key", "true", "false", "null"];

/// States, events, roles and codes are stored and sent: ASCII letters, digits and `_`.
pub(crate) fn check_ascii(sort: Sort, name: &str, span: Span, desk: &mut Desk<'_>) {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if letters && begins && name.len() <= CHARS_MAX {
        return;
    }
    let noun = sort.noun();
    let (zh, en) = (&noun.zh, &noun.en);
    desk.say(
        Diagnostic::new(
            codes::BAD_NAME,
            span,
            words!("`{name}` 不能作{zh}的名字", "`{name}` cannot name a {en}"),
        )
        .label(words!("只用小写字母、数字和 `_`", "small letters, digits and `_` only"))
        .advise(words!(
            "名字会写进数据库和接口：以小写字母开头，最多 {CHARS_MAX} 个字符；中文写在 `title` 里",
            "names are stored and sent: begin with a small letter, at most {CHARS_MAX} characters; \
                 words for people go into `title`"
        )),
    );
}

/// Fields, parameters and conditions are read by formulas: one word, letters of any script.
pub(crate) fn check_word(sort: Sort, name: &str, span: Span, desk: &mut Desk<'_>) {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if RESERVED.contains(&name) {
        let found = Diagnostic::new(
            codes::NAME_TAKEN,
            span,
            words!("`{name}` 在公式里另有含义", "`{name}` has a meaning of its own in formulas"),
        );
        desk.say(found.label(words!("请换一个名字", "choose another name")));
    } else if !begins || !name.chars().all(word) || name.chars().count() > CHARS_MAX {
        let noun = sort.noun();
        let (zh, en) = (&noun.zh, &noun.en);
        desk.say(
            Diagnostic::new(
                codes::BAD_NAME,
                span,
                words!("`{name}` 不能作{zh}的名字", "`{name}` cannot name a {en}"),
            )
            .label(words!("要写成一个词", "has to be one word"))
            .advise(words!(
                "公式要读这个名字：用汉字、字母、数字和 `_`，不以数字开头，不留空格",
                "formulas read this name: letters of any script, digits and `_`, not a digit first, no spaces"
            )),
        );
    }
}

/// A name that is written twice.
pub(crate) fn twice(sort: Sort, name: &str, span: Span, first: Option<Span>) -> Diagnostic {
    let noun = sort.noun();
    let (zh, en) = (&noun.zh, &noun.en);
    let found = Diagnostic::new(
        codes::NAME_TWICE,
        span,
        words!("{zh} `{name}` 声明了两次", "the {en} `{name}` is declared twice"),
    )
    .label(words!("同一个名字", "the same name"))
    .advise(words!("给其中一个换名字", "give one of them another name"));
    match first {
        Some(first) => found.also(first, words!("第一次在这里", "first declared here")),
        None => found,
    }
}
