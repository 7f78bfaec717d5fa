//! Asking for what an event needs: who, the fields of its form, a reason. Works on a terminal and piped.

use std::io::{BufRead, Read};

use expr::value::{Type, Value};
use jiff::tz::TimeZone;
use language::words;
use language::words::{Lang, Words};
use machine::chart::{FieldType, FormField};
use machine::definition::Definition;
use machine::event::Actor;
use machine::ids::{Bilingual, ChartIx, Name};
use simulate::story::actor;
use simulate::values::{plain, read_text};

use crate::talk::Talk;

/// A longer line is not read.
const LINE_MAX: u64 = 64 * 1024;
/// A field answered wrongly so often is left out.
const TRIES: usize = 3;

/// The lines a person, or a file, gives.
pub struct Lines<'t> {
    /// How to ask.
    pub talk: &'t Talk,
}

/// Fields as typed, and as values.
pub type Filled = (Vec<(String, String)>, Vec<(Name, Value)>);

impl Lines<'_> {
    /// The next line without its end; `None` when there are no more.
    pub fn ask(&self, question: &str) -> Option<String> {
        self.talk.remark_open(question);
        let mut line = Vec::new();
        let read = std::io::stdin().lock().take(LINE_MAX).read_until(b'\n', &mut line).ok()?;
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        (read > 0).then_some(text)
    }

    /// Who acts; an empty answer takes the one proposed.
    pub fn who(&self, proposed: &Actor, shown: &str) -> Option<Actor> {
        let question = words!("  谁（角色 of 单位）[{shown}]：", "  who (ROLE of ORGANISATION) [{shown}]: ");
        let answer = self.ask(question.get(self.talk.lang))?;
        Some(if answer.is_empty() { proposed.clone() } else { actor(&answer) })
    }

    /// The fields of a form, one after the other. Empty answers are left out.
    pub fn fields(&self, form: &[Field<'_>], zone: &TimeZone) -> Option<Filled> {
        let (mut typed, mut values) = (Vec::new(), Vec::new());
        for field in form {
            if let Some((text, value)) = self.field(field, zone)? {
                typed.push((field.name.to_owned(), text));
                values.push((Name::from(field.name), value));
            }
        }
        Some((typed, values))
    }

    fn field(&self, field: &Field<'_>, zone: &TimeZone) -> Option<Option<(String, Value)>> {
        for _ in 0..TRIES {
            let text = self.ask(&field.question(self.talk.lang))?;
            if text.is_empty() {
                return Some(None);
            }
            match read_text(&text, &field.ty, zone) {
                Ok(value) => return Some(Some((text, value))),
                Err(words) => {
                    self.talk.remark(&Words::new(format!("    {}", words.zh), format!("    {}", words.en)))
                }
            }
        }
        Some(None)
    }
}

/// Where the words of choices are looked up.
pub struct Spoken<'d> {
    /// The process.
    pub definition: &'d Definition,
    /// Whose field or form it is.
    pub chart: ChartIx,
    /// The reader's language.
    pub lang: Lang,
}

impl Spoken<'_> {
    /// `equipment 设备采购`; the word alone where it says it itself.
    fn word(&self, name: &str, word: &str) -> String {
        let words = self.definition.value_words(self.chart, name, word);
        let said = words.map(|words| self.lang.pick(&words.zh, &words.en)).filter(|said| *said != word);
        said.map_or_else(|| word.to_owned(), |said| format!("{word} {said}"))
    }
}

/// One thing to be filled in.
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// For people.
    pub title: &'a Bilingual,
    /// What it holds.
    pub ty: Type,
    /// Must be given.
    pub required: bool,
    /// The words it may be, with what people call them.
    pub words: Vec<String>,
}

impl<'a> Field<'a> {
    /// A line of an event's form.
    pub fn of_form(field: &'a FormField, words: &Spoken<'_>) -> Field<'a> {
        Field::new(&field.name, &field.title, plain(&field.ty), field.required, words)
    }

    /// A piece of the case's own data.
    pub fn of_data(field: &'a machine::chart::Field, words: &Spoken<'_>) -> Field<'a> {
        Field::new(&field.name, &field.title, plain(&field.ty), field.required, words)
    }

    fn new(name: &'a str, title: &'a Bilingual, ty: Type, required: bool, spoken: &Spoken<'_>) -> Field<'a> {
        let words = match ty.known() {
            Type::Choice(of) => of.iter().map(|word| spoken.word(name, word)).collect(),
            _ => vec![],
        };
        Field { name, title, ty, required, words }
    }

    fn question(&self, lang: Lang) -> String {
        let title = lang.pick(&self.title.zh, &self.title.en);
        let kind = match self.ty.known() {
            Type::Choice(_) => self.words.join(" | "),
            ty => ty.name(lang),
        };
        let must = if self.required { lang.pick("，必填", ", required") } else { "" };
        let name = self.name;
        match lang {
            Lang::Zh => format!("  {title} {name}（{kind}{must}）："),
            Lang::En => format!("  {title} {name} ({kind}{must}): "),
        }
    }
}

/// `name=value` as it would be typed, read by the type of its field.
pub fn given(
    pairs: &[(String, String)],
    ty: impl Fn(&str) -> Option<FieldType>,
    zone: &TimeZone,
) -> Result<Filled, Words> {
    let mut values = Vec::new();
    for (name, text) in pairs {
        let ty = ty(name).map_or(Type::Text, |ty| plain(&ty));
        values.push((Name::from(name.as_str()), read_text(text, &ty, zone)?));
    }
    Ok((pairs.to_vec(), values))
}
