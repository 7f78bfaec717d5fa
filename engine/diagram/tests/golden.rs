//! Pictures as they are printed, byte for byte. `UPDATE=1 cargo test -p diagram` writes them anew: look at
//! each one (`rsvg-convert x.svg -o x.png`) before committing it.

mod pictures;

use diagram::{Lang, Options, Overlay, Picture, dot, mermaid, svg, text};
use std::path::Path;

fn check(name: &str, printed: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        write(&path, printed);
    }
    let golden = read(&path);
    assert!(golden == printed, "{name} is printed differently; see how with UPDATE=1 and git diff");
}

#[expect(clippy::disallowed_methods, reason = "golden files are files")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "golden files are files")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the golden folder is part of the crate");
}

fn drawn(name: &str, picture: &Picture, overlay: &Overlay, lang: Lang) {
    check(&format!("{name}.svg"), &svg(picture, overlay, lang, &Options::default()));
    check(&format!("{name}.txt"), &text(picture, overlay, lang));
}

#[test]
fn a_demand_with_three_stages_and_four_outcomes() {
    drawn("demand", &pictures::demand(), &Overlay::default(), Lang::Zh);
    drawn("demand_en", &pictures::demand(), &Overlay::default(), Lang::En);
}

#[test]
fn a_demand_on_its_way_through_due_diligence() {
    drawn("demand_now", &pictures::demand(), &pictures::demand_now(), Lang::Zh);
}

#[test]
fn two_versions_of_a_demand_in_one_picture() {
    drawn("demand_changes", &pictures::demand(), &pictures::demand_changes(), Lang::Zh);
}

#[test]
fn three_checks_of_a_registration_side_by_side() {
    drawn("registration", &pictures::registration(), &Overlay::default(), Lang::Zh);
    drawn("registration_en", &pictures::registration(), &Overlay::default(), Lang::En);
}

#[test]
fn both_sides_sign_at_once_and_the_terminal_shows_them_side_by_side() {
    drawn("signing_now", &pictures::signing(), &pictures::signing_now(), Lang::Zh);
}

#[test]
fn claims_as_child_processes_with_history_and_loops() {
    drawn("claims", &pictures::claims(), &Overlay::default(), Lang::Zh);
}

#[test]
fn more_than_forty_states_fold_into_stages() {
    drawn("large", &pictures::large(), &Overlay::default(), Lang::Zh);
    drawn("large_now", &pictures::large(), &pictures::large_now(), Lang::Zh);
}

#[test]
fn other_tools_get_the_same_pictures() {
    for (name, picture) in [
        ("demand", pictures::demand()),
        ("registration", pictures::registration()),
        ("claims", pictures::claims()),
    ] {
        check(&format!("{name}.mmd"), &mermaid(&picture, Lang::Zh));
        check(&format!("{name}.dot"), &dot(&picture, Lang::Zh));
    }
}
