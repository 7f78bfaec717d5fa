//! Puts the templates of notices into the program, so that it needs no folder beside it.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&home).join("../../templates");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut lines = Vec::new();
    gather(&folder, "", &mut lines)?;
    lines.sort();
    let text = format!("&[\n{}]\n", lines.concat());
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("templates.rs"), text)
}

/// One line for each file: its path below the folder, and its text.
fn gather(folder: &Path, below: &str, lines: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let named = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path.is_dir() {
            gather(&path, &named, lines)?;
        } else if named.ends_with(".hbs") || named.ends_with("sample.yaml") {
            let whole = fs::canonicalize(&path)?;
            lines.push(format!("    ({named:?}, include_str!({:?})),\n", whole.display().to_string()));
        }
    }
    Ok(())
}
