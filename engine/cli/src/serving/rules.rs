//! What a server works by: the processes and calendars it begins with, the ways to the outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connectors::registry::{self, World};
use language::source::Sources;
use language::words;
use ports::connector::Connector;
use runtime::deploy::{self, NotDeployed};
use runtime::engine::Engine;
use runtime::lines::NOTICES;

use crate::calendars::{Calendars, name_of};
use crate::embedded;
use crate::exit::{Exit, Failure};
use crate::faults::failure;
use crate::files;
use crate::profiles;
use crate::settings::Settings;
use crate::talk::Talk;

/// Takes up what is in force, and puts into force what stands in the folder of workflows.
///
/// # Errors
/// A process that does not compile, a store that does not answer.
pub async fn take_up(engine: &Engine, settings: &Settings, talk: &Talk) -> Result<(), Failure> {
    let folder = settings.given("workflows").map(PathBuf::from);
    calendars(engine, folder.as_deref())?;
    deploy::keep_own(engine).await.map_err(|fault| failure(&fault))?;
    for process in deploy::take_up(engine).await.map_err(|fault| failure(&fault))? {
        talk.remark(&words!(
            "在用的流程 {process} 在这个版本的程序里通不过检查；旧件照办，不能开新件",
            "the process {process} in force does not compile with this program: no new case of it can be opened"
        ));
    }
    if let Some(city) = settings.given("profile") {
        return put_city_into_force(engine, city, folder.as_deref(), talk).await;
    }
    let Some(folder) = folder else { return Ok(()) };
    for path in files::documents(&[folder])? {
        if files::sort_of(&path) == Some(files::Sort::Process) {
            put_into_force(engine, &path, talk).await?;
        }
    }
    Ok(())
}

/// The processes a city names, with its values.
async fn put_city_into_force(
    engine: &Engine,
    city: &str,
    folder: Option<&Path>,
    talk: &Talk,
) -> Result<(), Failure> {
    for (shown, text) in profiles::texts(city, folder)? {
        deployed(engine, &shown, &text, talk).await?;
    }
    Ok(())
}

/// Puts into force every process inside the program, unless the settings name a folder of workflows.
///
/// # Errors
/// A store that does not answer.
pub async fn put_own_into_force(engine: &Engine, settings: &Settings, talk: &Talk) -> Result<(), Failure> {
    if settings.given("workflows").is_some() {
        return Ok(());
    }
    let city = settings.given("profile").map(|city| profiles::texts(city, None)).transpose()?;
    let as_the_city = |path: &str| {
        let own = format!("workflows/{path}");
        city.iter().flatten().any(|(shown, _)| *shown == own)
    };
    for (path, text) in embedded::WORKFLOWS.iter().filter(|(path, _)| path.ends_with("/workflow.yaml")) {
        if !as_the_city(path) {
            deployed(engine, path, text, talk).await?;
        }
    }
    Ok(())
}

async fn put_into_force(engine: &Engine, path: &Path, talk: &Talk) -> Result<(), Failure> {
    deployed(engine, &path.display().to_string(), &files::read_text(path)?, talk).await
}

async fn deployed(engine: &Engine, shown: &str, text: &str, talk: &Talk) -> Result<(), Failure> {
    match deploy::deploy(engine, shown, text, "system:serve", "at the start, from the folder of workflows")
        .await
    {
        Ok(_) => Ok(()),
        Err(NotDeployed::Fault(fault)) => Err(failure(&fault)),
        Err(NotDeployed::Findings(found)) => {
            talk.result(&language::render::human(&found.0, &found.1, talk.look()));
            Err(Failure::new(
                Exit::Found,
                words!("{shown} 有错误，没有启动", "{shown} has errors; the server did not start"),
            ))
        }
    }
}

/// The calendar inside the program, and those of the folder: a folder's calendar of the same name counts.
fn calendars(engine: &Engine, folder: Option<&Path>) -> Result<(), Failure> {
    engine.shelf().put_calendar(Calendars::default().own());
    let Some(folder) = folder else { return Ok(()) };
    let mut years: BTreeMap<PathBuf, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for path in files::documents(&[folder.to_owned()])? {
        if files::sort_of(&path) == Some(files::Sort::Calendar) {
            let home = crate::library::folder_of(&path);
            years.entry(home).or_default().push((path.display().to_string(), files::read(&path)?));
        }
    }
    for (home, years) in years {
        let name = name_of(&home);
        let years: Vec<(&str, &[u8])> =
            years.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
        match language::calendar::read_years(&mut Sources::new(), &name, &years).0 {
            Some(calendar) => engine.shelf().put_calendar(calendar),
            None => {
                let failure = Failure::new(
                    Exit::Found,
                    words!(
                        "日历 {name} 有错，没有启动",
                        "the calendar {name} has errors; the server did not start"
                    ),
                );
                return Err(failure.advise(words!("charter check 会指出在哪里", "charter check says where")));
            }
        }
    }
    Ok(())
}

/// The ways to the outside that the settings name: `[connectors.NAME]` with its `kind` and settings.
///
/// # Errors
/// Everything wrong with them.
pub fn connectors(settings: &Settings, world: &World) -> Result<Vec<Arc<dyn Connector>>, Failure> {
    let (mut opened, mut wrong) = (Vec::new(), Vec::new());
    let mut all = settings.connectors.clone();
    // Letters nobody carries are laid into a folder.
    all.entry(NOTICES.to_owned()).or_insert_with(|| {
        let folder = settings.data().join("letters").display().to_string();
        BTreeMap::from([("kind".to_owned(), "folder".to_owned()), ("folder".to_owned(), folder)])
    });
    for (name, mut written) in all {
        let kind = written.remove("kind").unwrap_or_default();
        match registry::open(&kind, connectors::settings::Settings::new(name, written), world) {
            Ok(connector) => opened.push(connector),
            Err(unsuitable) => wrong.extend(unsuitable.iter().map(ToString::to_string)),
        }
    }
    if wrong.is_empty() {
        return Ok(opened);
    }
    let (file, all) = (settings.file.clone().unwrap_or_default(), wrong.join("\n  "));
    let shown = file.display();
    Err(Failure::new(Exit::Found, words!("{shown}：\n  {all}", "{shown}:\n  {all}")))
}
