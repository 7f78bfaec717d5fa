//! How far a value inside brackets was meant to reach, when it has brackets and commas of its own.

/// The end of the value that begins at `start` inside braces: the first comma or closing bracket that is
/// not within brackets, parentheses or quotes of the value itself. It does not leave the line.
pub(super) fn value_end(text: &str, start: usize) -> usize {
    let line = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, char) in text[start..line].char_indices() {
        match (quote, char) {
            (Some(open), _) => quote = (char != open).then_some(open),
            (None, '"') => quote = Some(char),
            (None, '(' | '[' | '{' | '（') => depth += 1,
            (None, '}' | ']' | ',') if depth == 0 => return trimmed_end(text, start, start + at),
            (None, ')' | ']' | '}' | '）') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    trimmed_end(text, start, line)
}

fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end().len()
}

/// Whether a parenthesis in the text is still open at its end.
pub(super) fn open_parenthesis(text: &str) -> bool {
    let opened = text.matches(['(', '（']).count();
    opened > text.matches([')', '）']).count()
}
