//! Who writes letters, to whom: the templates, the people of the register, the cases as they stood.

use std::path::PathBuf;
use std::sync::Arc;

use connectors::letter::{Book, Cases, Clerk, Finding, NoLetter, OfficeClerk, Recipient, Side};
use connectors::offer::Office;
use connectors::render::Templates;
use expr::lang::Lang;
use jiff::tz::TimeZone;
use language::words;
use machine::case::Case;
use machine::chart::PartyOf;
use machine::definition::Definition;
use machine::fact::Addressee;
use machine::ids::{Bilingual, Name, RoleIx, RunIx};
use machine::replay::replay;
use ports::connector::Request;
use ports::query::{PAGE_MAX, Page};
use runtime::engine::Engine;
use server::identity::{Account, Identities, Register};

use crate::embedded;
use crate::exit::{Exit, Failure};
use crate::settings::Settings;

/// The templates that the settings name, or those inside the program.
///
/// # Errors
/// What is wrong with them.
pub fn templates(settings: &Settings, zone: &TimeZone) -> Result<Templates, Failure> {
    let read = match settings.given("templates") {
        Some(folder) => Templates::open(&PathBuf::from(folder), zone),
        None => {
            let own = embedded::TEMPLATES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
            Templates::read(&own.collect::<Vec<_>>(), zone)
        }
    };
    read.map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let all = all.join("\n  ");
        Failure::new(Exit::Found, words!("模板有错：\n  {all}", "the templates have errors:\n  {all}"))
    })
}

/// The clerk of a server. With a language for strangers, whoever has no account is written to by the name of the
/// organisation: in a demonstration letters are looked at, not sent.
///
/// # Errors
/// The templates have errors.
pub fn clerk(
    settings: &Settings,
    engine: &Engine,
    identities: &Arc<Identities>,
    strangers: Option<Lang>,
) -> Result<Arc<dyn Clerk>, Failure> {
    let calendar = engine.shelf().calendar("cn");
    let name = settings.given("office-name");
    let office = Office {
        name: name
            .map_or_else(|| Bilingual::new("融资服务平台", "Financing service"), |n| Bilingual::new(n, n)),
        phone: settings.given("office-phone").unwrap_or("-").to_owned(),
        own: settings.own_url(),
    };
    let people = People { engine: engine.clone(), identities: identities.clone(), strangers };
    Ok(Arc::new(OfficeClerk {
        templates: templates(settings, calendar.zone())?,
        book: Arc::new(people),
        cases: Arc::new(Stood { engine: engine.clone() }),
        office,
    }))
}

/// Cases as they stood, out of their histories.
struct Stood {
    engine: Engine,
}

impl Cases for Stood {
    fn stood<'a>(&'a self, request: &'a Request) -> Finding<'a, (Arc<Definition>, Case)> {
        Box::pin(stood(&self.engine, request))
    }
}

async fn stood(engine: &Engine, request: &Request) -> Result<(Arc<Definition>, Case), NoLetter> {
    let away = |fault: ports::fault::Fault| NoLetter::NotNow(fault.to_string());
    let (mut facts, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit: PAGE_MAX };
        let entries = engine.store().history(request.key.case.clone(), page).await.map_err(away)?;
        let Some(last) = entries.last().map(|entry| entry.number) else { break };
        let up_to = entries.into_iter().filter(|entry| entry.number <= request.key.entry);
        facts.extend(up_to.flat_map(|entry| entry.told.facts));
        if last >= request.key.entry {
            break;
        }
        after = Some(last);
    }
    let case =
        replay(&facts).map_err(|error| NoLetter::Never(format!("the history cannot be read: {error:?}")))?;
    let found = engine.shelf().fetch(&**engine.store(), &case.definition).await.map_err(away)?;
    let definition = found.ok_or_else(|| NoLetter::Never(format!("no definition {}", case.definition)))?;
    Ok((definition, case))
}

/// The people of the register.
struct People {
    engine: Engine,
    identities: Arc<Identities>,
    strangers: Option<Lang>,
}

impl Book for People {
    fn find<'a>(&'a self, request: &'a Request, to: &'a Addressee) -> Finding<'a, Vec<Recipient>> {
        Box::pin(async move {
            let (definition, case) = stood(&self.engine, request).await?;
            let register = self.identities.register();
            let run = request.fact.run;
            let found = find(&register, &definition, &case, run, to);
            Ok(match self.strangers {
                Some(lang) if found.is_empty() => {
                    vec![stranger(&register, &definition, &case, run, to, lang)]
                }
                _ => found,
            })
        })
    }

    fn called(&self, party: &str, lang: Lang) -> Option<String> {
        let register = self.identities.register();
        let words = register.organisations.get(party)?;
        Some(lang.pick(&words.zh, &words.en).to_owned())
    }
}

/// Everyone under a heading: of a role, those of the party it acts for in the run; of a party, its people.
fn find(
    register: &Register,
    definition: &Definition,
    case: &Case,
    run: RunIx,
    to: &Addressee,
) -> Vec<Recipient> {
    let people = register.accounts.values().filter(|account| !account.closed);
    match to {
        Addressee::Role(name) => {
            let role = definition.find_role(name);
            let party = role.and_then(|role| party(definition, case, run, role));
            let meant = |account: &&Account| {
                let fits = party.is_none() || account.organisation == party;
                fits && account.roles.contains(name)
            };
            let side = side(definition, role);
            people.filter(meant).map(|account| recipient(register, account, side)).collect()
        }
        Addressee::Party(name) => people
            .filter(|account| account.organisation.as_ref() == Some(name) || account.id == *name)
            .map(|account| {
                let role = account.roles.iter().find_map(|role| definition.find_role(role));
                recipient(register, account, side(definition, role))
            })
            .collect(),
    }
}

/// Somebody of whom nothing is known but the heading.
fn stranger(
    register: &Register,
    definition: &Definition,
    case: &Case,
    run: RunIx,
    to: &Addressee,
    lang: Lang,
) -> Recipient {
    let named = |code: &Name| match register.organisations.get(code) {
        Some(words) => lang.pick(&words.zh, &words.en).to_owned(),
        None => code.to_string(),
    };
    let (name, side) = match to {
        Addressee::Role(role) => {
            let ix = definition.find_role(role);
            let title = ix.map(|ix| {
                lang.pick(&definition.roles[ix.at()].title.zh, &definition.roles[ix.at()].title.en)
            });
            let party = ix.and_then(|ix| party(definition, case, run, ix));
            let name = party.map_or_else(|| title.unwrap_or(role).to_owned(), |party| named(&party));
            (name, side(definition, ix))
        }
        Addressee::Party(code) => {
            let of_child = case.runs.iter().any(|run| run.key.as_text() == Some(code));
            (named(code), if of_child { Side::Bank } else { Side::Enterprise })
        }
    };
    Recipient { name, mail: None, lang, side }
}

/// The organisation a role acts for in a run.
fn party(definition: &Definition, case: &Case, run: RunIx, role: RoleIx) -> Option<Name> {
    let run = case.runs.get(run.at())?;
    let text = |value: &expr::value::Value| value.as_text().map(Name::from);
    let own = definition.chart(run.chart).parties.iter().find(|party| party.role == role);
    match own.map(|party| party.of) {
        Some(PartyOf::Key) => text(&run.key),
        Some(PartyOf::Field(field)) => text(&run.data[field.at()]),
        Some(PartyOf::Case(field)) => text(&case.main().data[field.at()]),
        None => {
            let main = definition.main().parties.iter().find(|party| party.role == role)?;
            match main.of {
                PartyOf::Field(field) | PartyOf::Case(field) => text(&case.main().data[field.at()]),
                PartyOf::Key => None,
            }
        }
    }
}

/// A party of the whole case is addressed as an applicant, one of a child as a bank, everyone else as an office.
fn side(definition: &Definition, role: Option<RoleIx>) -> Side {
    let Some(role) = role else { return Side::Office };
    let is_party = |chart: &machine::chart::Chart| chart.parties.iter().any(|party| party.role == role);
    match (is_party(definition.main()), definition.charts[1..].iter().any(is_party)) {
        (true, _) => Side::Enterprise,
        (false, true) => Side::Bank,
        (false, false) => Side::Office,
    }
}

fn recipient(register: &Register, account: &Account, side: Side) -> Recipient {
    let lang = if account.english { Lang::En } else { Lang::Zh };
    let organisation = account.organisation.as_ref().and_then(|code| register.organisations.get(code));
    let called = organisation.map(|words| lang.pick(&words.zh, &words.en).to_owned());
    Recipient {
        name: called.unwrap_or_else(|| account.name.to_string()),
        mail: account.mail.as_ref().map(|mail| mail.to_string()),
        lang,
        side,
    }
}
