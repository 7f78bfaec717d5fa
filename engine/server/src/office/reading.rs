//! Reading credit data leaves a fact: who read which fields of which case, when, under which authorisation; and what was
//! withheld from whom. It is written before anything is shown: what cannot be noted is not shown.
//!
//! Each case that holds credit data has a ledger of its own (`credit-reads:CASE`, an engine's own process), with the same
//! chain of hashes as every case.

use expr::value::Value;
use machine::case::Run;
use machine::chart::{Chart, Protection};
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, FieldIx, Name};
use ports::query::{CaseFilter, Page, Standing};
use runtime::answer::{Answer, Trouble};
use runtime::decide::Work;
use runtime::engine::Sent;

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::viewer::Viewer;

/// The process of the ledgers.
const PROCESS: &str = "credit_ledger";
/// Words by which a field says that somebody consented; the check of definitions goes by the same.
const CONSENTS: [&str; 4] = ["consent", "authoris", "授权", "同意"];

tokio::task_local! {
    /// The number of the request that is being answered.
    pub static REQUEST: String;
}

/// The number of the ledger of a case.
pub fn ledger_of(case: &CaseId) -> CaseId {
    CaseId(format!("credit-reads:{case}").into())
}

impl Office {
    /// Notes that a viewer reads a case, if there is credit data in it. `place` tells several readings of one request
    /// apart.
    ///
    /// # Errors
    /// It cannot be noted: then nothing may be shown.
    pub async fn note_reading(&self, viewer: &Viewer, held: &Held, place: &str) -> Result<(), Cannot> {
        let Some(sight) = Sight::of(viewer, held) else { return Ok(()) };
        let (mut read, mut withheld, mut under) = (vec![], vec![], vec![]);
        for (_, run) in sight.runs() {
            let prefix = Some(held.run_name(run)).filter(|name| !name.is_empty());
            for (ix, field) in credit(held.chart(run), run) {
                let whole = prefix.iter().map(String::as_str).chain([field]).collect::<Vec<_>>().join(".");
                if sight.field(run, ix) { read.push(whole) } else { withheld.push(whole) }
            }
            under.extend(self.authorisations(held, run).await?);
        }
        for (event, fields) in [("read", read), ("withheld", withheld)] {
            if !fields.is_empty() {
                let said = [("fields", fields.join(", ")), ("authorisation", under.join(", "))];
                self.note(viewer, &held.case().id, event, &said, place).await?;
            }
        }
        Ok(())
    }

    /// What a run says of consent: its own fields, and the open cases they come from.
    async fn authorisations(&self, held: &Held, run: &Run) -> Result<Vec<String>, Cannot> {
        let mut found = Vec::new();
        let chart = held.chart(run);
        for (field, value) in chart.fields.iter().zip(&run.data) {
            if !CONSENTS.iter().any(|word| field.name.contains(word)) || *value != Value::Bool(true) {
                continue;
            }
            found.push(field.name.to_string());
            let Some(from) = &field.from else { continue };
            let key = chart.find_field(&from.key).and_then(|ix| run.data[ix.at()].as_text());
            let filter = CaseFilter {
                process: Some(from.process.clone()),
                standing: Some(Standing::Running),
                correlate: key.map(Name::from),
                ..CaseFilter::default()
            };
            if filter.correlate.is_some() {
                let open = self.engine.store().cases(filter, Page::first(10)).await?;
                found.extend(open.iter().map(|line| line.id.0.to_string()));
            }
        }
        Ok(found)
    }

    async fn note(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        event: &str,
        said: &[(&str, String)],
        place: &str,
    ) -> Result<(), Cannot> {
        let request = REQUEST.try_with(String::clone).unwrap_or_default();
        let roles: Vec<&str> = viewer.roles.iter().map(|role| &**role).collect();
        let own = [
            ("who", viewer.person.to_string()),
            ("organisation", viewer.organisation.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("roles", roles.join(", ")),
            ("request", request.clone()),
        ];
        let data =
            own.iter().chain(said).map(|(name, text)| (Name::from(*name), Value::text(text))).collect();
        let ledger = ledger_of(case);
        let sent = Sent {
            case: ledger.clone(),
            work: Work::Input(Input::Event(Event {
                to: Target::Main,
                name: event.into(),
                data,
                reason: None,
            })),
            by: Actor::system("reading"),
            // One request reads a case once, however many pieces of its answer do.
            key: (!request.is_empty()).then(|| format!("read/{request}/{event}/{case}/{place}").into()),
            message: None,
            at_version: None,
            known: vec![],
        };
        let answer = match self.engine.send(sent.clone()).await {
            Err(Trouble::UnknownCase(_)) => {
                let about = vec![("about".into(), Value::text(&*case.0))];
                match self.engine.open(ledger, PROCESS, about, Actor::system("reading"), None).await {
                    Ok(_) | Err(Trouble::CaseExists(_)) => self.engine.send(sent).await,
                    other => other,
                }
            }
            answer => answer,
        };
        noted(answer)
    }
}

fn noted(answer: Result<Answer, Trouble>) -> Result<(), Cannot> {
    match answer {
        // The same request read it before the case changed.
        Ok(_) | Err(Trouble::KeyReused(_)) => Ok(()),
        Err(trouble) => Err(trouble.into()),
    }
}

/// The credit data there is in a run.
fn credit<'c>(chart: &'c Chart, run: &'c Run) -> impl Iterator<Item = (FieldIx, &'c str)> {
    let fields = (0u16..).map(FieldIx).zip(&chart.fields).zip(&run.data);
    let there =
        fields.filter(|((_, field), value)| field.protection == Protection::Credit && !value.is_null());
    there.map(|((ix, field), _)| (ix, &*field.name))
}
