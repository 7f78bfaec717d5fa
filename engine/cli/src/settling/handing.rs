//! What a settlement hands over, as files in a folder.

use std::fs;
use std::path::Path;

use language::words;
use language::words::Lang;
use settle::Stopped;
use settle::write::Told;

use super::{failed, workbook};
use crate::exit::{Exit, Failure};
use crate::files;

/// Everything that is handed over, into a folder that must not hold a run already.
///
/// # Errors
/// The folder holds a run, or cannot be written.
pub fn hand_over(told: &Told<'_>, out: &Path) -> Result<(), Failure> {
    let shown = out.display();
    if out.join("run.json").exists() {
        return Err(Failure::new(
            Exit::Conflict,
            words!("{shown} 里已经有一次试算", "{shown} holds a run already"),
        )
        .advise(words!(
            "每次试算写进一个新文件夹，才能比较",
            "write every run into a folder of its own, so that they can be compared"
        )));
    }
    let notices = out.join("notices");
    fs::create_dir_all(&notices).map_err(|error| files::unwritable(out, &error))?;
    let write = |name: &str, text: &str| files::write_whole(&out.join(name), text);
    let ordered = |text: Result<String, Stopped>| text.map_err(|stopped| failed(&stopped));
    write("lines.csv", &told.lines_csv())?;
    write("exceptions.csv", &told.exceptions_csv())?;
    write("unresolved.csv", &told.unresolved_csv())?;
    write("payment-order.csv", &ordered(told.payment_order())?)?;
    write("deposit-plan.csv", &ordered(told.deposit_plan())?)?;
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        write(&format!("publicity.{code}.md"), &told.publicity(lang))?;
    }
    let payees: std::collections::BTreeSet<&str> =
        told.outcome.lines.iter().map(|line| line.payee.as_str()).collect();
    for payee in payees {
        let safe: String =
            payee.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
        for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            files::write_whole(&notices.join(format!("{safe}.{code}.md")), &told.notice(payee, lang))?;
        }
    }
    workbook::write(told, &out.join("result.xlsx"))?;
    write("run.json", &format!("{:#}\n", told.run_json()))
}
