//! How wide words are, in pixels, without a font at hand: em widths of the usual sans-serif faces.

use unicode_width::UnicodeWidthChar;

/// Thousandths of an em one character takes.
fn thousandths(c: char) -> i32 {
    match c.width() {
        None | Some(0) => return 0,
        Some(2) => return 1000,
        Some(_) => {}
    }
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 320,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 400,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 920,
        c if c.is_ascii_uppercase() => 690,
        c if c.is_ascii() => 575,
        // Dashes, quotation marks and symbols that Chinese fonts draw a full em wide.
        _ => 1000,
    }
}

/// Width of `text` in pixels at `size` pixels, rounded up. Saturates, never overflows.
pub(crate) fn width(text: &str, size: i32) -> i32 {
    let em = text.chars().take(LONGEST).map(thousandths).sum::<i32>();
    (em * size + 999) / 1000
}

/// More characters than this are never measured: nothing drawn is longer.
const LONGEST: usize = 4096;

/// `text` cut to `room` pixels, an ellipsis in place of what is gone.
pub(crate) fn cut(text: &str, size: i32, room: i32) -> String {
    if width(text, size) <= room {
        return text.to_string();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept, size) + width(&format!("{c}…"), size) > room {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// `text` in at most `most` lines of `room` pixels; the last one is cut if need be.
pub(crate) fn wrap(text: &str, size: i32, room: i32, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = text;
    while let Some(word) = first_word(rest) {
        rest = &rest[word.len()..];
        let full = lines.len() >= most;
        let line = lines.last_mut().expect("starts with one line and never shrinks");
        if width(line, size) + width(word.trim_end(), size) <= room || line.is_empty() {
            line.push_str(word);
        } else if full {
            line.push_str(word);
            line.push_str(rest);
            break;
        } else {
            lines.push(word.to_string());
        }
    }
    lines.into_iter().map(|l| cut(l.trim(), size, room)).filter(|l| !l.is_empty()).collect()
}

/// The next piece that may not be broken: a wide character, or letters up to and with the next space.
fn first_word(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    if first.width() == Some(2) {
        return Some(&text[..first.len_utf8()]);
    }
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c.width() == Some(2) {
            break;
        }
        end = at + c.len_utf8();
        if c == ' ' {
            break;
        }
    }
    Some(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_a_full_em_and_letters_about_half() {
        assert_eq!(width("融资需求", 13), 52);
        assert!(width("demand", 13) < 52);
        assert_eq!(width("", 13), 0);
    }

    #[test]
    fn long_titles_break_between_words_and_end_in_an_ellipsis() {
        assert_eq!(wrap("银行评估审批", 10, 30, 2), ["银行评", "估审批"]);
        assert_eq!(wrap("Bank evaluation and approval", 10, 60, 2).len(), 2);
        assert!(wrap("银行评估审批与授信审批", 10, 30, 2)[1].ends_with('…'));
    }
}
