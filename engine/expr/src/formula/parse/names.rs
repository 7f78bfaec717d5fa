//! Names of several words: which ones exist, and the longest one that stands here.

use std::sync::OnceLock;

use super::super::builtins;
use super::super::scope::Scope;
use super::super::token::tokens;
use super::Parser;
use crate::formula::token::{Kind, Sign};
use crate::value::Type;

/// The pieces of a name: `string length` has two, `net-worth` three.
type Pieces = Vec<String>;

/// Names of more than one piece that may be used in a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    values: Vec<(Pieces, String)>,
    functions: Vec<(Pieces, String)>,
}

impl Names {
    /// Those of a scope.
    pub fn of(scope: &Scope) -> Names {
        let mut names = Names::default();
        for variable in &scope.variables {
            names.add(&variable.name);
            names.add_fields(&variable.ty, 0);
        }
        for function in scope.functions.iter() {
            names.add_fields(&function.returns, 0);
            add(&mut names.functions, &function.name);
        }
        names
    }

    /// Adds the name of a value, if it has more than one piece.
    pub fn add(&mut self, name: &str) {
        add(&mut self.values, name);
    }

    pub(crate) fn add_fields(&mut self, ty: &Type, depth: u8) {
        match ty {
            // Types are written by people; a deep one is a mistake made elsewhere.
            _ if depth > 32 => {}
            Type::Context(fields) => {
                for (name, ty) in fields.iter() {
                    self.add(name);
                    self.add_fields(ty, depth + 1);
                }
            }
            Type::List(of) | Type::Range(of) | Type::Nullable(of) => self.add_fields(of, depth + 1),
            _ => {}
        }
    }
}

fn add(list: &mut Vec<(Pieces, String)>, name: &str) {
    // Almost every name is one word: do not even take it apart.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.bytes().all(plain) || name.chars().all(crate::formula::token::continues_name) {
        return;
    }
    let pieces = pieces(name);
    if pieces.len() > 1 && !list.iter().any(|(known, _)| *known == pieces) {
        list.push((pieces, name.to_owned()));
    }
}

fn pieces(name: &str) -> Pieces {
    let (tokens, _) = tokens(name);
    let texts = tokens.iter().map(|token| token.place.of(name).to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

/// The built-in functions with names of several words.
fn known_functions() -> &'static [(Pieces, String)] {
    static KNOWN: OnceLock<Vec<(Pieces, String)>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut list = Vec::new();
        for name in builtins::all().map(|it| it.name).chain(builtins::REFUSED.iter().map(|(name, ..)| *name))
        {
            add(&mut list, name);
        }
        list
    })
}

impl Parser<'_> {
    /// The name that starts here, with its number of tokens: a function's if `(` follows, else a value's,
    /// else the single word.
    pub(super) fn name_here(&self) -> (String, usize) {
        let own = self.longest(&self.names.functions, true);
        let known = self.longest(known_functions(), true);
        let value = self.longest(&self.names.values, false);
        [own, known, value]
            .into_iter()
            .flatten()
            .max_by_key(|(_, count)| *count)
            .unwrap_or_else(|| (self.text_at(0).to_owned(), 1))
    }

    /// The name of a field after a dot.
    pub(super) fn field_here(&self) -> (String, usize) {
        const PROPERTIES: [(&str, &str); 3] =
            [("time", "offset"), ("start", "included"), ("end", "included")];
        let property = PROPERTIES
            .iter()
            .find(|(first, second)| self.text_at(0) == *first && self.text_at(1) == *second)
            .map(|(first, second)| (format!("{first} {second}"), 2));
        self.longest(&self.names.values, false)
            .or(property)
            .unwrap_or_else(|| (self.text_at(0).to_owned(), 1))
    }

    fn longest(&self, list: &[(Pieces, String)], called: bool) -> Option<(String, usize)> {
        // Almost every name is one word, and none of these begins with it.
        let first = self.text_at(0);
        let fits = |pieces: &Pieces| {
            pieces.first().is_some_and(|piece| piece == first)
                && pieces.iter().enumerate().all(|(ahead, piece)| self.text_at(ahead) == piece)
                && (!called || self.sign_at(pieces.len()) == Some(Sign::Open))
        };
        let best = list.iter().filter(|(pieces, _)| fits(pieces)).max_by_key(|(pieces, _)| pieces.len())?;
        Some((best.1.clone(), best.0.len()))
    }

    /// Words up to (not including) a token that ends a declared name; registers the name if it is long.
    pub(super) fn declared_name(&mut self, ends: impl Fn(&Parser<'_>) -> bool) -> super::Parsed<String> {
        let mut words: Vec<&str> = Vec::new();
        let start = self.place();
        while !ends(self) && !matches!(self.token().kind, Kind::End) && words.len() < 16 {
            let odd = !self.is_name(0) && words.is_empty();
            if odd || matches!(self.sign_at(0), Some(Sign::Comma | Sign::Open | Sign::Close)) {
                break;
            }
            words.push(self.text_at(0));
            self.advance();
        }
        if words.is_empty() || !ends(self) {
            return Err(self.unexpected("名称", "a name"));
        }
        let name = match words.as_slice() {
            [one] => (*one).to_owned(),
            _ => super::super::scope::words(start.to(self.previous()).of(self.text)),
        };
        self.names.add(&name);
        Ok(name)
    }
}
