//! `charter config show`: the settings of a server as they hold, and where each came from.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::json;

use crate::args;
use crate::exit::{Exit, Outcome};
use crate::serving::shown;
use crate::settings::{self, KNOWN, Origin, Settings, variable};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let show = args::command("show", lang, "列出设置", "List the settings")
        .arg(args::flag("origin", lang, "每项从哪里来", "Where each came from"))
        .arg(args::flag("json", lang, "输出 JSON", "Print JSON"));
    args::command("config", lang, "服务的设置", "Settings of a server")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(settings::flags(show, lang))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (_, found) = found.subcommand().expect("clap requires a subcommand");
    let settings = Settings::read(found)?;
    let (origins, as_json) = (found.get_flag("origin"), found.get_flag("json"));
    for known in KNOWN {
        let (value, origin) = settings.shown(known.name);
        let value = shown(&value);
        let from = said(&origin, known.name, talk.lang);
        if as_json {
            talk.line(&json!({ "name": known.name, "value": value, "origin": from }).to_string());
        } else if origins {
            talk.line(&format!("{:<14}{value:<44} {from}", known.name));
        } else {
            talk.line(&format!("{:<14}{value}", known.name));
        }
    }
    for (name, written) in &settings.connectors {
        let kind = written.get("kind").map(String::as_str).unwrap_or_default();
        talk.remark(&language::words!("通道 {name}：{kind}", "connector {name}: {kind}"));
    }
    Ok(Exit::Fine)
}

fn said(origin: &Origin, name: &str, lang: Lang) -> String {
    match origin {
        Origin::Flag => format!("--{name}"),
        Origin::Env(variable) => variable.clone(),
        Origin::File(path) => path.display().to_string(),
        Origin::Default => {
            lang.pick("默认", "default").to_owned() + &format!(" (--{name}, {})", variable(name))
        }
    }
}
