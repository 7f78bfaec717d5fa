//! Puts the templates of notices and the policies into the program, so that it needs no folder beside it.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    table("templates", |name| name.ends_with(".hbs") || name.ends_with("sample.yaml"))?;
    // Stories and tables of the office stay on disk; what a policy is made of is inside.
    let of_policy = |name: &str| name.ends_with(".yaml") && !name.contains("examples/");
    table("workflows", of_policy)
}

/// Writes the table of a folder of the repository: the path of each file below it, and its text.
fn table(named: &str, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    let home = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&home).join("../..").join(named);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut lines = Vec::new();
    gather(&folder, "", &wanted, &mut lines)?;
    lines.sort();
    let text = format!("&[\n{}]\n", lines.concat());
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join(format!("{named}.rs")), text)
}

/// One line for each file: its path below the folder, and its text.
fn gather(
    folder: &Path,
    below: &str,
    wanted: &dyn Fn(&str) -> bool,
    lines: &mut Vec<String>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let named = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path.is_dir() {
            gather(&path, &named, wanted, lines)?;
        } else if wanted(&named) {
            let whole = fs::canonicalize(&path)?;
            lines.push(format!("    ({named:?}, include_str!({:?})),\n", whole.display().to_string()));
        }
    }
    Ok(())
}
