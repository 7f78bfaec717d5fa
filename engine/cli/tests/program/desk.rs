//! A folder to work in, and the program run there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of one test's own, empty at the start.
pub struct Desk {
    pub folder: PathBuf,
}

/// What a run gave.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Desk {
    pub fn new(name: &str) -> Desk {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Desk { folder }
    }

    pub fn put(&self, name: &str, text: impl AsRef<[u8]>) -> &Desk {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    /// Runs with words as a shell would split them; a word in single quotes may hold blanks.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(line, b"")
    }

    pub fn run_with(&self, line: &str, input: &[u8]) -> Ran {
        start(&self.folder, &words(line), input)
    }
}

/// Runs in the folder of the repository.
pub fn at_home(line: &str) -> Ran {
    start(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), &words(line), b"")
}

pub fn start(folder: &Path, words: &[String], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_charter"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("LANG", "zh_CN.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| timeless(&String::from_utf8(bytes).unwrap());
    Ran { out: text(stdout), err: text(stderr), code: status.code().unwrap_or(-1) }
}

/// How long it took differs from run to run.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once(" ms") {
            Some((before, after)) => {
                let kept = before.trim_end_matches(|c: char| c.is_ascii_digit());
                out.push_str(&format!("{kept}# ms{after}"));
            }
            None => out.push_str(line),
        }
    }
    out
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

impl Ran {
    /// Everything a person sees, for a snapshot.
    pub fn shown(&self) -> String {
        let err = if self.err.is_empty() { String::new() } else { format!("--- stderr\n{}", self.err) };
        format!("{}{err}--- exit {}\n", self.out, self.code)
    }

    /// Each line of the result as JSON.
    pub fn json(&self) -> Vec<serde_json::Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }
}
