//! The JSON Schema of a process for editors is the one made from its shape.
//! `UPDATE=1 cargo test -p language --test all process_schema` writes it anew.

use language::keys::{explain, schema};
use language::{Lang, shape};

const KEPT: &str = include_str!("../../../docs/schema/charter-1.schema.json");

#[test]
fn the_schema_in_the_repository_is_the_one_of_the_shape() {
    let made = schema::json_schema(&shape::PROCESS, shape::SCHEMA_ID);
    let made = serde_json::to_string_pretty(&made).expect("a schema is plain JSON") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/charter-1.schema.json");
        #[expect(clippy::disallowed_methods, reason = "the one place that writes the schema")]
        std::fs::write(path, &made).expect("the folder is there");
    } else {
        assert!(made == KEPT, "docs/schema/charter-1.schema.json is out of date: UPDATE=1 cargo test");
    }
}

#[test]
fn a_key_is_found_wherever_it_stands() {
    let all = explain::every_key(&shape::PROCESS);
    for wanted in ["states.<state>.deadlines.<clock>.within", "states.<state>.task.role"] {
        assert!(all.iter().any(|(path, _)| path == wanted), "{wanted}");
        let told =
            explain::explain(&shape::PROCESS, wanted, Lang::En).unwrap_or_else(|lost| panic!("{}", lost.en));
        assert!(told.starts_with(wanted), "{told}");
    }
}

#[test]
fn every_key_path_of_the_example_can_be_explained() {
    for path in [
        "parameters.claim_slots.values",
        "states.open.deadlines.validity.overdue",
        "states.open.on.claim",
        "children.claims.cap.scope",
        "children.claims.states.active.states.working.gates.earliest.within",
        "events.claim.form.bank.type",
    ] {
        for lang in [Lang::Zh, Lang::En] {
            explain::explain(&shape::PROCESS, path, lang)
                .unwrap_or_else(|lost| panic!("{path}: {}", lost.en));
        }
    }
}
