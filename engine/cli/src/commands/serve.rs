//! `charter serve`: one process with everything: API, runtime, timers, what goes out.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::{self, Settings};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command = args::command(
        "serve",
        lang,
        "运行服务：接口、办理、时限、发送都在一个进程里",
        "Run the server: API, runtime, timers and what goes out in one process",
    );
    settings::flags(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let settings = Settings::read(found)?;
    log(&settings)?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(Exit::Unreachable, words!("不能启动线程：{error}", "cannot start threads: {error}"))
    })?;
    let ended = threads.block_on(crate::serving::serve(&settings, talk));
    // What still runs after the grace is left behind.
    threads.shutdown_background();
    ended
}

/// The log goes to standard error, as text or one JSON object a line.
fn log(settings: &Settings) -> Result<(), Failure> {
    let (filter, _) = settings.shown("log");
    let filter = tracing_subscriber::EnvFilter::try_new(&filter)
        .map_err(|error| Failure::usage(words!("log 写法不对：{error}", "log cannot be read: {error}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match settings.shown("log-format").0.as_str() {
        "json" => log.json().try_init(),
        "text" => log.with_ansi(false).try_init(),
        other => {
            return Err(Failure::usage(words!(
                "log-format 是 text 或 json，不是“{other}”",
                "log-format is text or json, not `{other}`"
            )));
        }
    };
    // Only a second server in the same process would be told no.
    begun.map_err(|error| Failure::new(Exit::Bug, words!("{error}", "{error}")))
}
