//! `charter demo`: a process played in virtual time, told step by step. Nothing is stored, nothing is sent.

use clap::{ArgMatches, Command};
use diagram::Overlay;
use expr::time::derivation::Derivation;
use expr::time::period::Period;
use language::words;
use language::words::Lang;
use simulate::play::play;

use crate::args;
use crate::embedded;
use crate::exit::{Exit, Outcome};
use crate::library::{Library, Workflow};
use crate::settings;
use crate::talk::Talk;
use simulate::teller::Teller;

mod open;

pub fn command(lang: Lang) -> Command {
    let command = args::command(
        "demo",
        lang,
        "看一遍：先演几个故事，再重放一座小城市并开门办公，时钟可以快进",
        "See it: some stories, then a small city replayed and open for business, with a clock to push forward",
    )
    .arg(args::flag("play", lang, "只演故事，不起服务", "The stories only; no server"))
    .arg(args::flag("brief", lang, "不画图", "Without the pictures"))
    .arg(args::flag("until-ready", lang, "能办公了就退出", "Ends as soon as it is serving"))
    .arg(args::option("scale", "S", lang, "城市规模，不写就是 1%", "How large the city is; 1% unless given"));
    settings::flags(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let played = played(found, talk);
    if found.get_flag("play") || played != Exit::Fine {
        return Ok(played);
    }
    open::run(found, talk)
}

/// The stories, in the terminal.
fn played(found: &ArgMatches, talk: &Talk) -> Exit {
    talk.words(&words!(
        "章程 {}    先演几个故事：虚拟时间，不存数据，不发邮件。",
        "Charter {}    Some stories first: virtual time, nothing is stored, nothing is sent.",
        env!("CARGO_PKG_VERSION")
    ));
    let mut sound = true;
    for texts in embedded::DEMO {
        let library = Library::of_texts(texts);
        sound &= !super::check::stops(&library, talk);
        for workflow in &library.workflows {
            sound &= shown(workflow, !found.get_flag("brief"), talk);
        }
    }
    holidays(talk);
    talk.line("");
    talk.words(&words!(
        "接着试：charter simulate workflows/financing-demand    一步一步自己走\n        charter new leave_request    新建一个流程\n        charter explain    查任何一个词",
        "Go on: charter simulate workflows/financing-demand    step by step yourself\n       charter new leave_request    a process of your own\n       charter explain    look any word up"
    ));
    Exit::found(!sound)
}

fn shown(workflow: &Workflow, picture: bool, talk: &Talk) -> bool {
    let Some(definition) = &workflow.definition else { return false };
    let title = talk.lang.pick(&definition.title.zh, &definition.title.en);
    talk.line(&format!("\n{}", talk.bold(&format!("━━ {title} ━━"))));
    if picture {
        let lang = super::diagram::diagram_lang(talk.lang);
        talk.result(&diagram::text(&diagram::picture(definition), &Overlay::default(), lang));
    }
    let mut sound = true;
    for (_, story) in &workflow.stories {
        let played = play(story, definition, &workflow.calendar);
        talk.line(&format!("\n{}", talk.bold(&format!("── {}", story.title.get(talk.lang)))));
        if let Some(world) = &played.world {
            let teller = Teller::of(world, talk.lang);
            talk.result(&teller.facts(0));
            talk.result(&teller.standing());
        }
        sound &= !played.report.has_errors();
    }
    sound
}

/// Five working days over the week of National Day, day by day.
fn holidays(talk: &Talk) {
    let calendar = crate::calendars::Calendars::default().own();
    let (Ok(anchor), Ok(period)) = ("2026-09-28T09:00:00+08:00".parse(), "5 working days".parse::<Period>())
    else {
        return;
    };
    let Ok(why) = Derivation::of_period(anchor, period, &calendar) else { return };
    talk.line(&format!("\n{}", talk.bold(talk.lang.pick("━━ 为什么是这一天 ━━", "━━ Why this day ━━"))));
    talk.line(&why.sentence(talk.lang));
    talk.line(&format!("  {}", why.days_text(talk.lang)));
}
