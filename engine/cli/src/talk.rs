//! Speaking: results to standard output, talk to standard error, in the reader's language.

use std::io::{ErrorKind, IsTerminal, Write};

use language::render::Look;
use language::words::{Lang, Words};

use crate::exit::{Exit, Failure};

/// How the program speaks in this run.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The language of sentences.
    pub lang: Lang,
    /// Whether results are coloured.
    pub color: bool,
    /// Whether talk on standard error is coloured.
    pub color_talk: bool,
    /// Results only.
    pub quiet: bool,
    /// Details as well.
    pub verbose: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Talk {
    /// Settles the colours from the flag and the environment.
    pub fn new(lang: Lang, color: Color, quiet: bool, verbose: bool) -> Talk {
        let color_of = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("CLICOLOR_FORCE") => true,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto => terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        Talk {
            lang,
            color: color_of(std::io::stdout().is_terminal()),
            color_talk: color_of(std::io::stderr().is_terminal()),
            quiet,
            verbose,
        }
    }

    /// Part of the result, as it is.
    pub fn result(&self, text: &str) {
        put(&mut std::io::stdout().lock(), text);
    }

    /// A line of the result.
    pub fn line(&self, text: &str) {
        self.result(&format!("{text}\n"));
    }

    /// A line of the result in the reader's language.
    pub fn words(&self, words: &Words) {
        self.line(words.get(self.lang));
    }

    /// A remark beside the result; nothing when quiet.
    pub fn remark(&self, words: &Words) {
        if !self.quiet {
            put(&mut std::io::stderr().lock(), &format!("{}\n", words.get(self.lang)));
        }
    }

    /// A question: the answer follows on the same line.
    pub fn remark_open(&self, text: &str) {
        if !self.quiet {
            put(&mut std::io::stderr().lock(), text);
        }
    }

    /// Why the command could not do its work.
    pub fn failure(&self, failure: &Failure) {
        let head = self.lang.pick("错误", "error");
        let (on, off) = if self.color_talk { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let mut text = format!("{on}{head}{off}: {}\n", failure.words.get(self.lang));
        if let Some(advice) = &failure.advice {
            let help = self.lang.pick("建议", "help");
            text.push_str(&format!("{help}: {}\n", advice.get(self.lang)));
        }
        put(&mut std::io::stderr().lock(), &text);
    }

    /// How diagnostics are drawn.
    pub fn look(&self) -> Look {
        Look { lang: self.lang, color: self.color, ..Look::default() }
    }

    /// The text in bold, on a terminal.
    pub fn bold(&self, text: &str) -> String {
        self.styled("1", text)
    }

    /// The text in green, on a terminal.
    pub fn green(&self, text: &str) -> String {
        self.styled("32", text)
    }

    /// The text in red, on a terminal.
    pub fn red(&self, text: &str) -> String {
        self.styled("31", text)
    }

    /// The text dimmed, on a terminal.
    pub fn dim(&self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Writes, and ends quietly when the reader has gone (`charter explain | head`).
fn put(to: &mut impl Write, text: &str) {
    let written = to.write_all(text.as_bytes()).and_then(|()| to.flush());
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            std::process::exit(i32::from(Exit::Fine.number()))
        }
        // Nowhere is left to say it.
        Err(_) => std::process::exit(i32::from(Exit::Unreachable.number())),
    }
}

/// The language asked for: `--lang` if given, else the locale of the environment.
pub fn language(asked: Option<&str>) -> Lang {
    let of = |name: &str| if name.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En };
    if let Some(asked) = asked {
        return of(asked);
    }
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    named.map_or(Lang::En, |name| of(&name))
}
