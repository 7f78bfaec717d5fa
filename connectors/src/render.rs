//! The words people receive: templates read from files, filled in strictly, never longer than 256 KiB.
//!
//! A template is plain text: the subject on the first line, an empty line, then the letter. Names are
//! written `{{due.evaluation}}`; a name that is not there is an error, not an empty place. The HTML body is
//! made from the finished text. Values are made harmless first: a person's text cannot start a new line,
//! a new header or a link. Limits: a template 16 KiB, a letter 256 KiB, a value 2,000 characters, a list
//! 200 entries, loops two deep.

mod capped;
mod html;
mod say;
mod uses;

use std::collections::BTreeMap;
use std::path::Path;

use expr::lang::Lang;
use handlebars::{Handlebars, RenderError, RenderErrorReason};
use jiff::tz::TimeZone;
use machine::ids::Bilingual;
use serde_json::Value as Json;

pub use uses::Uses;

/// Longest letter, in bytes.
pub const LONGEST_LETTER: usize = 256 * 1024;
/// Longest template, in bytes.
const LONGEST_TEMPLATE: usize = 16 * 1024;
/// Longest value, in characters; what is longer is cut off with `…`.
const LONGEST_VALUE: usize = 2000;
/// Longest list.
const LONGEST_LIST: usize = 200;
/// Values inside values.
const DEEPEST_VALUE: usize = 8;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 120;

/// How words reach people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A letter by mail.
    Mail,
    /// A message in the platform's own inbox: the one that counts as served.
    Inbox,
}

impl Channel {
    /// Both.
    pub const ALL: [Channel; 2] = [Channel::Mail, Channel::Inbox];

    /// Its name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Inbox => "inbox",
        }
    }
}

/// The words of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// The letter, lines ending with LF.
    pub text: String,
    /// The same words as a page.
    pub html: String,
}

/// Something about a template or its values. Both languages; says where and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `demand_claimed/zh.mail.hbs:3`
    pub place: String,
    /// What is wrong.
    pub what: Bilingual,
    /// What helps.
    pub advice: Bilingual,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.what.en, self.advice.en)
    }
}

fn fault(place: &str, what: (&str, &str), advice: (&str, &str)) -> Fault {
    Fault {
        place: place.to_owned(),
        what: Bilingual::new(what.0, what.1),
        advice: Bilingual::new(advice.0, advice.1),
    }
}

/// Every template there is.
pub struct Templates {
    zh: Handlebars<'static>,
    en: Handlebars<'static>,
    /// What each shows, by notice, channel and language.
    uses: BTreeMap<(String, Channel, Lang), Uses>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.uses.keys()).finish()
    }
}

impl Templates {
    /// Reads the folder `templates/`.
    ///
    /// # Errors
    /// Every fault of every template; the folder or a file cannot be read.
    pub fn open(folder: &Path, zone: &TimeZone) -> Result<Templates, Vec<Fault>> {
        let mut files = Vec::new();
        collect(folder, "", &mut files).map_err(|e| {
            let shown = folder.display().to_string();
            let said = e.to_string();
            vec![fault(&shown, ("读不到模板", "the templates cannot be read"), (&said, &said))]
        })?;
        Templates::read(&files, zone)
    }

    /// Reads templates given as paths below the folder (`demand_claimed/zh.mail.hbs`) and texts. Files of
    /// other names (`sample.yaml`, `README.md`) are passed over.
    ///
    /// # Errors
    /// Every fault of every template.
    pub fn read(files: &[(String, String)], zone: &TimeZone) -> Result<Templates, Vec<Fault>> {
        let mut templates =
            Templates { zh: registry(zone, Lang::Zh), en: registry(zone, Lang::En), uses: BTreeMap::new() };
        let mut faults = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".hbs")) {
            if let Err(fault) = templates.take(path, text) {
                faults.push(fault);
            }
        }
        templates.spread_shared();
        if faults.is_empty() { Ok(templates) } else { Err(faults) }
    }

    fn take(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (lang, part) = placed(path, name)?;
        if text.len() > LONGEST_TEMPLATE {
            let advice = ("拆开或写短些，最多 16 KiB", "make it shorter: 16 KiB at most");
            return Err(fault(path, ("模板太长", "the template is too long"), advice));
        }
        let template = handlebars::Template::compile(text).map_err(|e| unparsed(path, &e))?;
        let uses = uses::of(&template).map_err(|uses::Misuse(zh, en)| {
            let advice = ("模板的写法见 docs/operations/connectors.md", "see docs/operations/connectors.md");
            fault(path, (&zh, &en), advice)
        })?;
        let channel = match (folder.is_empty(), part) {
            (true, part) if uses::SHARED.contains(&part) => None,
            (false, "mail") => Some(Channel::Mail),
            (false, "inbox") => Some(Channel::Inbox),
            _ => return Err(misplaced(path)),
        };
        let key = channel.map_or(part.to_owned(), |channel| name_of(folder, channel));
        self.registry(lang).register_template(&key, template);
        if let Some(channel) = channel {
            self.uses.insert((folder.to_owned(), channel, lang), uses);
        } else {
            self.uses.insert((part.to_owned(), Channel::Mail, lang), uses);
        }
        Ok(())
    }

    /// What shared parts show is shown by every letter that has them.
    fn spread_shared(&mut self) {
        for lang in [Lang::Zh, Lang::En] {
            for part in uses::SHARED {
                let Some(shared) = self.uses.remove(&((*part).to_owned(), Channel::Mail, lang)) else {
                    continue;
                };
                let mails = self.uses.iter_mut().filter(|((_, c, l), _)| (*c, *l) == (Channel::Mail, lang));
                for (_, uses) in mails {
                    for (name, only_if) in &shared.0 {
                        *uses.0.entry(name.clone()).or_insert(*only_if) &= *only_if;
                    }
                }
            }
        }
    }

    fn registry(&mut self, lang: Lang) -> &mut Handlebars<'static> {
        match lang {
            Lang::Zh => &mut self.zh,
            Lang::En => &mut self.en,
        }
    }

    /// The notices there are templates for, each with its channels and languages.
    pub fn notices(&self) -> BTreeMap<&str, Vec<(Channel, Lang)>> {
        let mut notices: BTreeMap<&str, Vec<(Channel, Lang)>> = BTreeMap::new();
        for (notice, channel, lang) in self.uses.keys() {
            notices.entry(notice).or_default().push((*channel, *lang));
        }
        notices
    }

    /// The names a template shows.
    pub fn uses(&self, notice: &str, channel: Channel, lang: Lang) -> Option<&Uses> {
        self.uses.get(&(notice.to_owned(), channel, lang))
    }

    /// Writes a letter. `values` holds everything the template may show (`offer.rs`); `own` is the address
    /// our own links begin with, such as `https://rongzi.example.gov.cn`.
    ///
    /// # Errors
    /// No such template, a name that is not there, something that cannot be said, a limit reached.
    pub fn write(
        &self,
        notice: &str,
        channel: Channel,
        lang: Lang,
        values: &Json,
        own: &str,
    ) -> Result<Written, Fault> {
        let place = format!("{notice}/{}.{}.hbs", lang.pick("zh", "en"), channel.name());
        let registry = if lang == Lang::Zh { &self.zh } else { &self.en };
        let key = name_of(notice, channel);
        if !registry.has_template(&key) {
            let advice = ("在 templates/ 下补上这个文件", "add this file below templates/");
            return Err(fault(&place, ("没有这个模板", "there is no such template"), advice));
        }
        let harmless = harmless(values, 0).ok_or_else(|| {
            let advice =
                ("列表最多 200 项，层次最多 8 层", "a list has 200 entries at most, 8 levels at most");
            fault(&place, ("要显示的内容太多", "there is too much to show"), advice)
        })?;
        let mut capped = capped::Capped::new(LONGEST_LETTER);
        let done = registry.render_to_write(&key, &harmless, &mut capped);
        if capped.full {
            let advice = ("正文最多 256 KiB", "a letter has 256 KiB at most");
            return Err(fault(&place, ("通知太长", "the letter is too long"), advice));
        }
        done.map_err(|e| unrendered(&place, &e))?;
        split(&place, &capped.into_text(), lang, own)
    }
}

fn registry(zone: &TimeZone, lang: Lang) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(handlebars::no_escape);
    say::teach(&mut registry, zone, lang);
    registry
}

fn name_of(notice: &str, channel: Channel) -> String {
    format!("{notice}.{}", channel.name())
}

/// Language and part of a file name: `zh.mail.hbs`.
fn placed<'n>(path: &str, name: &'n str) -> Result<(Lang, &'n str), Fault> {
    let stem = name.strip_suffix(".hbs").unwrap_or(name);
    match stem.split_once('.') {
        Some(("zh", part)) => Ok((Lang::Zh, part)),
        Some(("en", part)) => Ok((Lang::En, part)),
        _ => Err(misplaced(path)),
    }
}

fn misplaced(path: &str) -> Fault {
    let advice = (
        "写成 通知名/zh.mail.hbs、en.mail.hbs、zh.inbox.hbs、en.inbox.hbs",
        "name it NOTICE/zh.mail.hbs, en.mail.hbs, zh.inbox.hbs or en.inbox.hbs",
    );
    fault(path, ("文件名不对", "the file is misnamed"), advice)
}

fn unparsed(path: &str, error: &handlebars::TemplateError) -> Fault {
    let place = error.pos().map_or(path.to_owned(), |(line, column)| format!("{path}:{line}:{column}"));
    let reason = error.reason().to_string();
    let first = reason.lines().next().unwrap_or_default();
    let advice =
        ("检查花括号和 {{#if}}…{{/if}} 是否成对", "check that braces and {{#if}}…{{/if}} come in pairs");
    fault(&place, (&format!("模板读不懂：{first}"), &format!("the template cannot be read: {first}")), advice)
}

fn unrendered(place: &str, error: &RenderError) -> Fault {
    let place = error.line_no.map_or(place.to_owned(), |line| format!("{place}:{line}"));
    match error.reason() {
        RenderErrorReason::MissingVariable(name) => {
            let name = name.clone().unwrap_or_default();
            let what = (format!("没有“{name}”"), format!("there is no `{name}`"));
            let advice = (
                "改名字，或在流程里用 with 带上，或先用 {{#if}} 判断",
                "correct the name, give it in the workflow with `with`, or ask {{#if}} first",
            );
            fault(&place, (&what.0, &what.1), advice)
        }
        other => {
            let said = other.to_string();
            let advice = ("看内容的类型是否对得上", "see whether the value is what the template says it is");
            fault(&place, (&said, &said), advice)
        }
    }
}

/// Subject and letter, from the first line and the lines behind the empty one.
fn split(place: &str, rendered: &str, lang: Lang, own: &str) -> Result<Written, Fault> {
    let (subject, rest) = rendered.split_once('\n').unwrap_or((rendered, ""));
    let subject = subject.trim();
    let advice = (
        "第一行是主题，第二行空着，然后是正文",
        "the subject on the first line, an empty line, then the letter",
    );
    if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT {
        let what = ("主题要有，且不超过 120 字", "there has to be a subject of at most 120 characters");
        return Err(fault(place, what, advice));
    }
    let Some(body) = rest.strip_prefix('\n').filter(|body| !body.trim().is_empty()) else {
        return Err(fault(place, ("没有正文", "there is no letter below the subject"), advice));
    };
    let text = format!("{}\n", body.trim_matches('\n'));
    let html = html::page(subject, &text, lang, own);
    Ok(Written { subject: subject.to_owned(), text, html })
}

/// The values with every text made harmless; `None` when there is too much. Nulls are left out, so that
/// showing one is an error and `{{#if}}` says no.
fn harmless(value: &Json, depth: usize) -> Option<Json> {
    if depth > DEEPEST_VALUE {
        return None;
    }
    match value {
        Json::String(text) => Some(Json::String(one_line(text))),
        Json::Array(entries) if entries.len() > LONGEST_LIST => None,
        Json::Array(entries) => entries.iter().map(|entry| harmless(entry, depth + 1)).collect(),
        Json::Object(entries) => {
            let known = entries.iter().filter(|(_, value)| !value.is_null());
            let each = known.map(|(name, value)| Some((name.clone(), harmless(value, depth + 1)?)));
            Some(Json::Object(each.collect::<Option<_>>()?))
        }
        plain => Some(plain.clone()),
    }
}

/// A text on one line, without characters that turn the direction of writing or hide.
pub(crate) fn one_line(text: &str) -> String {
    let shown = |c: char| match c {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some(' '),
        c => Some(c),
    };
    let mut line: String = text.chars().filter_map(shown).take(LONGEST_VALUE).collect();
    if text.chars().nth(LONGEST_VALUE).is_some() {
        line.push('…');
    }
    line
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() && prefix.is_empty() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() && name.ends_with(".hbs") {
            files.push((format!("{prefix}{name}"), std::fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
