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
use crate::talk::Talk;
use simulate::teller::Teller;

pub fn command(lang: Lang) -> Command {
    args::command(
        "demo",
        lang,
        "看一遍：融资需求、三家银行、国庆顺延，全在虚拟时间里",
        "See it: a demand, three banks, the National Day week, all in virtual time",
    )
    .arg(args::flag("brief", lang, "不画图", "Without the picture"))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    talk.words(&words!(
        "章程 {}    虚拟时间：不存数据，不发邮件。",
        "Charter {}    Virtual time: nothing is stored, nothing is sent.",
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
    Ok(Exit::found(!sound))
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
