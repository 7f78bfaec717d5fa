//! The words people receive: every notice of every workflow has them in both languages, they show nothing
//! the workflow does not offer, and each looks as its golden file says.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use charter_tests::{calendar, compiled, read, root};
use connectors::letter::{Recipient, Side};
use connectors::offer::{Ground, Offer, Office};
use connectors::preview::preview;
use connectors::render::{Channel, Templates, Written};
use expr::lang::Lang;
use jiff::tz::TimeZone;
use language::Sources;
use language::tree::{Kind, Node};
use machine::definition::Definition;
use machine::fact::{Fact, What};
use machine::ids::Bilingual;
use machine::replay::{apply, opened};
use serde_json::Value as Json;
use simulate::{play, story};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// Words that name credit data: they belong on the page, where reading them is recorded (DOMAIN 2.10).
const CREDIT: &[&str] = &["征信报告", "信用评分", "评分为", "逾期记录", "credit score", "credit report"];

fn templates() -> Templates {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    Templates::open(&root().join("templates"), &zone).unwrap_or_else(|faults| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("\n{}", said.join("\n"))
    })
}

fn definitions() -> Vec<Arc<Definition>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("workflows"))
        .unwrap()
        .map(|entry| entry.unwrap().path().join("workflow.yaml"))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    paths.iter().map(|path| compiled(path)).collect()
}

/// The notices workflows declare, by the processes that declare them.
fn declared(definitions: &[Arc<Definition>]) -> BTreeMap<String, Vec<&Definition>> {
    let mut notices: BTreeMap<String, Vec<&Definition>> = BTreeMap::new();
    for definition in definitions {
        for notice in &definition.notices {
            notices.entry(notice.name.to_string()).or_default().push(definition);
        }
    }
    notices
}

fn json(node: &Node) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Scalar(scalar) => Json::String(scalar.text.clone()),
        Kind::Seq(entries) => entries.iter().map(json).collect(),
        Kind::Map(entries) => entries.iter().map(|(key, one)| (key.text.clone(), json(one))).collect(),
    }
}

fn sample(path: &str) -> Json {
    let mut sources = Sources::new();
    let reading = language::read(&mut sources, path, read(path).as_bytes());
    assert!(reading.report.is_empty(), "{path} cannot be read");
    json(&reading.tree.unwrap().root)
}

fn written(templates: &Templates, notice: &str, channel: Channel, lang: Lang) -> Written {
    let samples = [sample("templates/sample.yaml"), sample(&format!("templates/{notice}/sample.yaml"))];
    let written = preview(templates, notice, channel, lang, [&samples[0], &samples[1]]);
    written.unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn every_declared_notice_has_its_words_and_all_words_their_notice() {
    let (templates, definitions) = (templates(), definitions());
    let declared = declared(&definitions);
    let there = templates.notices();
    let mut wrong = Vec::new();
    for (notice, by) in &declared {
        let has: BTreeSet<(Channel, Lang)> =
            there.get(notice.as_str()).into_iter().flatten().copied().collect();
        if has.len() != Channel::ALL.len() * LANGS.len() {
            wrong.push(format!("templates/{notice}/ is not complete; {} sends it", by[0].process));
        }
    }
    for notice in there.keys().filter(|notice| !declared.contains_key(**notice)) {
        wrong.push(format!("templates/{notice}/: no workflow declares this notice"));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_template_shows_what_its_workflow_does_not_offer() {
    let (templates, definitions) = (templates(), definitions());
    let mut wrong = Vec::new();
    for (notice, by) in declared(&definitions) {
        for definition in by {
            // A notice that is declared and never sent is another finding.
            let Some(offer) = Offer::of(definition, &notice) else { continue };
            for (channel, lang) in Channel::ALL.into_iter().flat_map(|c| LANGS.map(|lang| (c, lang))) {
                let Some(uses) = templates.uses(&notice, channel, lang) else { continue };
                for lack in offer.lacks(uses) {
                    wrong.push(format!(
                        "{}: {notice} {channel:?} {lang:?} shows {}",
                        definition.process, lack.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_letter_looks_as_it_should() {
    let templates = templates();
    let notices: Vec<String> = templates.notices().keys().map(|notice| (*notice).to_owned()).collect();
    assert!(notices.len() >= 23, "{notices:?}");
    for notice in notices {
        let mut golden = String::new();
        for lang in LANGS {
            for channel in Channel::ALL {
                let letter = written(&templates, &notice, channel, lang);
                let head = format!("== {} {}", lang.pick("zh", "en"), channel.name());
                golden.push_str(&format!("{head}\n{}\n\n{}\n", letter.subject, letter.text));
                for word in CREDIT {
                    assert!(!letter.text.contains(word), "{notice}: `{word}` is credit data");
                }
                assert!(!letter.text.contains("\n\n\n"), "{notice}: a gap\n{}", letter.text);
            }
        }
        insta::with_settings!({ snapshot_path => "templates", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(notice.as_str(), golden);
        });
    }
}

/// Where a story's history is cut: behind the turn the fact at `at` belongs to.
fn end_of_turn(facts: &[Fact], at: usize) -> usize {
    let begins = |fact: &Fact| {
        matches!(fact.what, What::Received { .. } | What::TimerFired { .. } | What::Reminded { .. })
    };
    let rest = facts.iter().enumerate().skip(at + 1);
    rest.into_iter().find(|(_, fact)| fact.at != facts[at].at || begins(fact)).map_or(facts.len(), |(i, _)| i)
}

/// Every notice of a story, written from its case as it stood, to each side and in both languages.
fn write_all(templates: &Templates, definition: &Definition, facts: &[Fact]) -> usize {
    let office = Office {
        name: Bilingual::new("市金融局", "City Financial Bureau"),
        phone: "12345".to_owned(),
        own: "https://p.example".to_owned(),
    };
    let (mut case, mut told) = (opened(&facts[0]).unwrap(), 1);
    let mut letters = 0;
    for (at, fact) in facts.iter().enumerate() {
        let What::Notified { notice, .. } = &fact.what else { continue };
        let end = end_of_turn(facts, at);
        facts[told..end].iter().for_each(|fact| apply(&mut case, fact));
        told = end;
        let called = |_: &str, _: Lang| None;
        let ground = Ground { definition, case: &case, fact, office: &office, called: &called };
        for (side, lang) in
            [Side::Enterprise, Side::Bank, Side::Office].into_iter().flat_map(|s| LANGS.map(|l| (s, l)))
        {
            let to = Recipient { name: "收件单位".to_owned(), mail: None, lang, side };
            for channel in Channel::ALL {
                let written = templates.write(notice, channel, lang, &ground.values(&to, lang), &office.own);
                let written =
                    written.unwrap_or_else(|fault| panic!("{} {notice}: {fault}", definition.process));
                assert!(written.subject.contains(&*case.id.0), "{}", written.subject);
                letters += 1;
            }
        }
    }
    letters
}

#[test]
fn every_notice_of_every_story_can_be_written_from_its_case() {
    let templates = templates();
    let calendar = calendar();
    let mut letters = 0;
    for folder in std::fs::read_dir(root().join("workflows")).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.join("workflow.yaml").exists() {
            continue;
        }
        let definition = compiled(&folder.join("workflow.yaml"));
        for story in std::fs::read_dir(folder.join("examples")).unwrap().map(|entry| entry.unwrap().path()) {
            let mut sources = Sources::new();
            let bytes = std::fs::read(&story).unwrap();
            let tree = language::read(&mut sources, &story.display().to_string(), &bytes).tree.unwrap();
            let told = story::read(&tree, calendar.zone()).0.unwrap();
            if let Some(world) = play::play(&told, &definition, &calendar).world {
                letters += write_all(&templates, &definition, &world.facts);
            }
        }
    }
    assert!(letters > 100, "only {letters} letters");
}

#[test]
fn the_page_of_a_letter_says_the_same_and_links_home() {
    let letter = written(&templates(), "correction_needed", Channel::Mail, Lang::Zh);
    insta::assert_snapshot!("correction_needed_page", letter.html);
}
