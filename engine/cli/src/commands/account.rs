//! `charter account`: adds accounts and tokens to the file of accounts; what people wrote in it stays.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};
use language::words;
use language::words::Lang;
use server::identity::{Register, password, secret};

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::settings::{self, Settings};
use crate::talk::Talk;

/// What a new file begins with.
const NEW: &str =
    "# 谁可以用这个服务。改了就生效，不用重启。 Who may use this server; read again when it changes.
organisations: {}
roles:
  administrator: { sees: all }
  auditor: { sees: all }
tokens: {}
accounts: {}
";

pub fn command(lang: Lang) -> Command {
    args::command("account", lang, "管理账号和令牌", "Manage accounts and tokens")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(add(lang))
        .subcommand(token(lang))
        .subcommand(settings::flags(args::command("list", lang, "列出账号", "List the accounts"), lang))
}

fn add(lang: Lang) -> Command {
    let command = args::command("add", lang, "添加账号", "Add an account")
        .arg(args::operand("name", "NAME", lang, "账号名", "Name of the account").required(true))
        .arg(args::option("person", "NAME", lang, "姓名", "The person's name"))
        .arg(args::option("organisation", "CODE", lang, "单位代码", "Code of the organisation"))
        .arg(args::option("mail", "ADDRESS", lang, "邮箱", "Mail address"))
        .arg(roles(lang))
        .arg(args::flag(
            "password",
            lang,
            "设口令：从标准输入读一行",
            "Set a password: one line of standard input",
        ));
    settings::flags(command, lang)
}

fn roles(lang: Lang) -> Arg {
    args::option("role", "ROLE", lang, "角色，可写多次", "A role; may be given several times")
        .action(ArgAction::Append)
        .required(true)
}

fn token(lang: Lang) -> Command {
    let command = args::command("token", lang, "给账号发一个令牌", "Give an account a token")
        .arg(args::operand("name", "NAME", lang, "账号名", "Name of the account").required(true))
        .arg(args::option("until", "DATE", lang, "最后有效日", "Last day it is valid"))
        .arg(args::option("note", "TEXT", lang, "用途", "What it is for"));
    settings::flags(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (name, found) = found.subcommand().expect("clap requires a subcommand");
    let settings = Settings::read(found)?;
    match name {
        "add" => add_one(found, &settings, talk),
        "token" => give_token(found, &settings, talk),
        _ => list(&settings, talk),
    }
}

fn list(settings: &Settings, talk: &Talk) -> Outcome {
    let register = crate::assemble::register(settings)?;
    for account in register.accounts.values() {
        let organisation = account.organisation.as_deref().unwrap_or("-");
        let closed = if account.closed { talk.lang.pick(" 已停用", " closed") } else { "" };
        talk.line(&format!(
            "{}  {}  {organisation}  {}{closed}",
            account.id,
            account.name,
            account.roles.join(",")
        ));
    }
    Ok(Exit::Fine)
}

fn add_one(found: &ArgMatches, settings: &Settings, talk: &Talk) -> Outcome {
    let name = args::text(found, "name").unwrap_or_default();
    plain(name)?;
    let register = crate::assemble::register(settings)?;
    if register.accounts.contains_key(name) {
        return Err(Failure::new(
            Exit::Conflict,
            words!("已有账号 {name}", "there is an account {name} already"),
        ));
    }
    let mut parts = Vec::new();
    for (key, option) in [("name", "person"), ("organisation", "organisation"), ("mail", "mail")] {
        if let Some(text) = args::text(found, option) {
            parts.push(format!("{key}: {}", quoted(text)?));
        }
    }
    let roles: Result<Vec<String>, Failure> = args::texts(found, "role").into_iter().map(quoted).collect();
    parts.push(format!("roles: [{}]", roles?.join(", ")));
    if found.get_flag("password") {
        parts.push(format!("password: {}", quoted(&ask_password(talk)?)?));
    }
    let line = format!("  {}: {{ {} }}", quoted(name)?, parts.join(", "));
    write_line(&settings.accounts(), "accounts", &line)?;
    talk.remark(&words!("添加了账号 {name}", "added the account {name}"));
    Ok(Exit::Fine)
}

fn ask_password(talk: &Talk) -> Result<String, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        talk.remark_open(talk.lang.pick("口令（会显示在屏幕上）：", "password (it is shown): "));
    }
    let mut line = String::new();
    let read = input.lock().read_line(&mut line);
    let given = line.trim_end_matches(['\r', '\n']);
    let (least, most) = (password::SHORTEST, password::LONGEST);
    if read.is_err() || given.chars().count() < least || given.len() > most {
        return Err(Failure::usage(words!(
            "口令要 {least} 个字以上、{most} 字节以内",
            "a password has at least {least} characters and at most {most} bytes"
        )));
    }
    password::digest(given).ok_or_else(no_random)
}

fn no_random() -> Failure {
    Failure::new(Exit::Unreachable, words!("系统给不出随机数", "the host gives no random bytes"))
}

fn give_token(found: &ArgMatches, settings: &Settings, talk: &Talk) -> Outcome {
    let name = args::text(found, "name").unwrap_or_default();
    let register = crate::assemble::register(settings)?;
    if register.open_account(name).is_none() {
        let all: Vec<&str> = register.accounts.keys().map(|id| &**id).collect();
        let all = all.join(", ");
        return Err(Failure::new(Exit::Found, words!("没有账号 {name}", "there is no account {name}"))
            .advise(words!("现有：{all}", "there are: {all}")));
    }
    let made = secret::new_token().map_err(|_| no_random())?;
    let mut parts = vec![format!("account: {}", quoted(name)?), format!("hash: {}", quoted(&made.hash)?)];
    for key in ["until", "note"] {
        if let Some(text) = args::text(found, key) {
            parts.push(format!("{key}: {}", quoted(text)?));
        }
    }
    let line = format!("  \"{}\": {{ {} }}", made.id, parts.join(", "));
    write_line(&settings.accounts(), "tokens", &line)?;
    talk.remark(&words!("令牌只显示这一次：", "the token is shown this once:"));
    talk.line(&made.whole);
    Ok(Exit::Fine)
}

/// Names of accounts stand in histories and keys.
fn plain(name: &str) -> Result<(), Failure> {
    let fits = !name.is_empty()
        && name.len() <= 64
        && !name.starts_with("system")
        && name.chars().all(|c| c.is_alphanumeric() || "-_.@".contains(c));
    if fits {
        return Ok(());
    }
    Err(Failure::usage(words!(
        "账号名用文字、数字和 - _ . @，不超过 64 字节，不以 system 开头",
        "a name is letters, digits and - _ . @, at most 64 bytes, and does not begin with system"
    )))
}

/// A text as YAML. Control characters and quotes have no business here.
fn quoted(text: &str) -> Result<String, Failure> {
    if text.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
        return Err(Failure::usage(words!(
            "“{text}”里有引号、反斜杠或控制字符",
            "`{text}` has a quote, a backslash or a control character"
        )));
    }
    Ok(format!("\"{text}\""))
}

/// Puts a line right under a heading of the file; what stands in it stays as it is. The result is read before it is
/// written.
fn write_line(path: &Path, heading: &str, line: &str) -> Result<(), Failure> {
    let text = if path.exists() { files::read_text(path)? } else { NEW.to_owned() };
    let opened = format!("{heading}:");
    let is_heading = |known: &str| {
        let bare = known.split('#').next().unwrap_or_default().trim_end();
        bare == opened || bare == format!("{heading}: {{}}")
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().position(|known| is_heading(known)) {
        Some(at) => {
            lines[at].clone_from(&opened);
            lines.insert(at + 1, line.to_owned());
        }
        None if lines.iter().any(|known| known.starts_with(&opened)) => return Err(no_place(path, heading)),
        None => lines.extend([opened, line.to_owned()]),
    }
    let written = lines.join("\n") + "\n";
    Register::read("accounts.yaml", written.as_bytes()).map_err(|_| no_place(path, heading))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| files::unwritable(folder, &error))?;
    }
    if path.exists() {
        files::write_whole(path, &written)
    } else {
        crate::assemble::write_secret(path, &written)
    }
}

fn no_place(path: &Path, heading: &str) -> Failure {
    let shown = path.display();
    Failure::new(
        Exit::Found,
        words!(
            "在 {shown} 里写不进去：请把 {heading}: 单独写成一行，内容写在它下面",
            "cannot be written into {shown}: put {heading}: on a line of its own, with its entries below"
        ),
    )
}
