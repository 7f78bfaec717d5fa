//! `/cases`: the list, and opening a case.

use axum::extract::State;
use axum::response::Response;
use console::pages::cases::cases;
use console::view::CasesPage;
use ports::query::Standing;
use serde::Deserialize;

use super::read::Filled;
use super::shown;
use super::visitor::Insider;
use crate::office::cases::Wanted;
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::body::Asked;

/// Every case, however it stands.
const ALL: &str = "all";

/// So many lines make a page.
const LINES: u32 = 50;

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub struct Narrowed {
    process: Option<String>,
    q: Option<String>,
    standing: Option<String>,
    after: Option<String>,
}

/// The list.
pub async fn list(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Asked(narrowed): Asked<Narrowed>,
) -> Response {
    let given =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (process, sought, after) = (given(narrowed.process), given(narrowed.q), given(narrowed.after));
    // Work comes first: what is over is looked for, by number, by code or by asking for it.
    let usual = if sought.is_some() { ALL } else { "running" };
    let standing = given(narrowed.standing).filter(|word| word == ALL || stands(word).is_some());
    let standing = standing.unwrap_or_else(|| usual.to_owned());
    let found = async {
        let after = after.map(|after| desk.cursors.read("cases", &viewer, &after)).transpose()?;
        if let Some(number) = sought.as_deref()
            && let Ok(one) = desk.office.case(&viewer, &crate::wire::body::case(number)?).await
        {
            return Ok((vec![one.row], None));
        }
        let wanted = Wanted {
            process: process.clone(),
            correlate: sought.clone(),
            standing: stands(&standing),
            open: true,
            ..Wanted::default()
        };
        let page = desk.office.cases(&viewer, &wanted, after, LINES).await?;
        let next = page.after.map(|after| desk.cursors.sign("cases", &viewer, &after));
        Ok::<_, Problem>((page.cases, next))
    };
    let (rows, next) = match found.await {
        Ok(found) => found,
        Err(problem) => return visitor.problem(problem),
    };
    let lang = visitor.lang;
    let processes = desk.office.engine.shelf().all_in_force().into_iter().map(|definition| {
        let title = lang.pick(&definition.title.zh, &definition.title.en).to_owned();
        (definition.process.to_string(), title)
    });
    let names = visitor.names();
    let page = CasesPage {
        processes: processes.collect(),
        process,
        standing,
        wanted: sought.unwrap_or_default(),
        lines: rows.iter().map(|row| shown::case_line(row, &names, lang)).collect(),
        next,
    };
    visitor.page(cases(&visitor.frame(), &page))
}

/// What a case may be narrowed to by how it stands.
fn stands(word: &str) -> Option<Standing> {
    Some(match word {
        "running" => Standing::Running,
        "ended" => Standing::Ended,
        "incident" => Standing::Incident("".into()),
        _ => return None,
    })
}

/// Opens a case.
pub async fn open(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    filled: Filled,
) -> Response {
    let process = filled.text("process").unwrap_or_default();
    let done = async {
        let form = desk.office.definition(&process).await?.opening;
        let how = visitor.how(&viewer, filled.text("token"));
        desk.office.open(&viewer, &process, None, &filled.data(&form), &how).await
    };
    match done.await {
        Ok(done) => visitor.back(&format!("/cases/{}", console::shell::encoded(&done.case)), Ok(())),
        Err(cannot) => {
            let back = format!("/processes/{}", console::shell::encoded(&process));
            visitor.back::<()>(&back, Err(cannot.into()))
        }
    }
}
