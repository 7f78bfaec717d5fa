//! How a single text is written: plain where that is safe, quoted where it is not, blocks re-indented.

use crate::tree::{Node, Scalar, Style};

/// Texts that other YAML tools take for something else.
const RESERVED: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A quoted or plain text on one line, as it is best written; `raw` is how it was.
pub(super) fn inline(scalar: &Scalar, raw: &str) -> String {
    let one_line = !raw.contains('\n');
    match scalar.style {
        Style::Plain => scalar.text.clone(),
        Style::Quoted if safe_plain(&scalar.text) => scalar.text.clone(),
        Style::Quoted if raw.starts_with('\'') && one_line && !scalar.text.contains(['"', '\\', '\'']) => {
            format!("\"{}\"", scalar.text)
        }
        Style::Quoted | Style::Block => raw.to_owned(),
    }
}

/// A key as it is best written.
pub(super) fn key(text: &str, raw: &str) -> String {
    let quoted = raw.starts_with(['"', '\'']);
    if quoted && !safe_plain(text) { raw.to_owned() } else { text.to_owned() }
}

/// Whether a text can do without quotes in any place and for any tool: words of letters and digits that
/// begin with a letter.
fn safe_plain(text: &str) -> bool {
    let inner = |char: char| {
        char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ' ' | '，' | '。' | '、' | '（' | '）')
    };
    let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text));
    text.starts_with(char::is_alphabetic)
        && text.chars().all(inner)
        && text.trim() == text
        && !text.contains("  ")
        && !reserved
}

/// Whether the text takes several lines as it is written.
pub(super) fn spreads(node: &Node, raw: &str) -> bool {
    node.as_scalar().is_some_and(|scalar| scalar.style == Style::Block || raw.contains('\n'))
}

/// The lines of a text that spreads: the first goes after the key, the others below at `indent` spaces.
pub(super) fn lines(scalar: &Scalar, raw: &str, indent: usize) -> Vec<String> {
    match scalar.style {
        Style::Block => block(scalar, raw, indent),
        Style::Plain | Style::Quoted => {
            let mut lines = raw.lines().enumerate();
            let pad = " ".repeat(indent);
            let trimmed = lines.by_ref().map(|(at, line)| match (at, line.trim_start()) {
                (0, _) => line.trim_end_matches(['\r']).to_owned(),
                (_, "") => String::new(),
                (_, rest) => format!("{pad}{rest}"),
            });
            trimmed.collect()
        }
    }
}

fn block(scalar: &Scalar, raw: &str, indent: usize) -> Vec<String> {
    let mut lines = raw.lines();
    let header = lines.next().unwrap_or("|");
    let body: Vec<&str> = lines.collect();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lead = scalar.text.lines().find(|line| !line.trim().is_empty()).map_or(0, spaces);
    let written = body.iter().find(|line| !line.trim().is_empty()).map_or(0, |line| spaces(line));
    let strip = written.saturating_sub(lead);
    let pad = " ".repeat(indent);
    let head = head(header, lead > 0);
    let body = body.iter().map(|line| match line.get(strip.min(spaces(line))..).unwrap_or("") {
        rest if rest.trim().is_empty() => String::new(),
        rest => format!("{pad}{rest}"),
    });
    std::iter::once(head).chain(body).collect()
}

/// `|` or `>`, how it ends, and the indentation when the text itself begins with spaces.
fn head(written: &str, indented: bool) -> String {
    let mark = &written[..1];
    let chomp: String = written
        .chars()
        .skip(1)
        .take_while(|char| "+-0123456789".contains(*char))
        .filter(|char| "+-".contains(*char))
        .collect();
    format!("{mark}{}{chomp}", if indented { "2" } else { "" })
}
