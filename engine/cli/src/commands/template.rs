//! `charter template preview`: how a notice will look, from its sample.

use std::collections::BTreeMap;

use clap::{ArgMatches, Command};
use connectors::preview::preview;
use connectors::render::Channel;
use language::source::Sources;
use language::suggest::nearest;
use language::tree::{Kind, Node};
use language::words;
use language::words::Lang;
use serde_json::{Map, Value as Json};

use crate::args;
use crate::calendars::Calendars;
use crate::embedded;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::serving::letters;
use crate::settings::{self, Settings};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let show = args::command("preview", lang, "看一种通知的样子", "See how a notice will look")
        .arg(args::operand(
            "notice",
            "NOTICE",
            lang,
            "通知；不写就列出全部",
            "The notice; lists all when left out",
        ))
        .arg(
            args::option("channel", "mail|inbox", lang, "信或站内消息", "Mail or inbox")
                .value_parser(["mail", "inbox"]),
        )
        .arg(args::flag("html", lang, "输出网页", "Print the page"));
    args::command("template", lang, "通知的模板", "Templates of notices")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(settings::flags(show, lang))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (_, found) = found.subcommand().expect("clap requires a subcommand");
    let settings = Settings::read(found)?;
    let calendar = Calendars::default().own();
    let templates = letters::templates(&settings, calendar.zone())?;
    let notices = templates.notices();
    let Some(notice) = args::text(found, "notice") else {
        notices.keys().for_each(|name| talk.line(name));
        return Ok(Exit::Fine);
    };
    if !notices.contains_key(notice) {
        let failure = Failure::new(Exit::Found, words!("没有通知 {notice}", "there is no notice {notice}"));
        return Err(match nearest(notice, notices.keys().copied()) {
            Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
            None => failure,
        });
    }
    let channel = if args::text(found, "channel") == Some("inbox") { Channel::Inbox } else { Channel::Mail };
    let samples = samples(&settings, notice)?;
    let written = preview(&templates, notice, channel, talk.lang, [&samples.0, &samples.1]);
    let written = written.map_err(|fault| Failure::new(Exit::Found, words!("{fault}", "{fault}")))?;
    match found.get_flag("html") {
        true => talk.result(&written.html),
        false => talk.result(&format!("{}\n\n{}", written.subject, written.text)),
    }
    Ok(Exit::Fine)
}

/// The common sample and the notice's own.
fn samples(settings: &Settings, notice: &str) -> Result<(Json, Json), Failure> {
    let own = format!("{notice}/sample.yaml");
    let text = |name: &str| -> Result<String, Failure> {
        match settings.given("templates") {
            Some(folder) => files::read_text(&std::path::Path::new(folder).join(name)),
            None => {
                let found = embedded::TEMPLATES.iter().find(|(path, _)| *path == name);
                Ok(found.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
            }
        }
    };
    Ok((as_json(&text("sample.yaml")?), as_json(&text(&own)?)))
}

fn as_json(text: &str) -> Json {
    let reading = language::read(&mut Sources::new(), "sample.yaml", text.as_bytes());
    reading.tree.map_or(Json::Object(Map::new()), |tree| node(&tree.root))
}

fn node(of: &Node) -> Json {
    match &of.kind {
        Kind::Null => Json::Null,
        Kind::Scalar(scalar) => Json::from(scalar.text.as_str()),
        Kind::Seq(items) => items.iter().map(node).collect(),
        Kind::Map(entries) => {
            let entries: BTreeMap<String, Json> =
                entries.iter().map(|(key, value)| (key.text.clone(), node(value))).collect();
            Json::Object(entries.into_iter().collect())
        }
    }
}
