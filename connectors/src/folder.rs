//! Letters as files on disk: for development, demonstrations and offices whose mail leaves by another way.
//!
//! Each letter is an `.eml`, which mail programs open, and a `.txt`. Written whole or not at all; a
//! repetition writes the same file again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use expr::value::Value;
use machine::fact::What;
use ports::connector::{Connector, Delivering, Delivery, Request};
use sha2::{Digest, Sha256};

use crate::event;
use crate::letter::{Clerk, Letter};
use crate::mail::Sender;
use crate::registry::World;
use crate::settings::{Settings, Unsuitable};

/// Longest part of a file name taken from elsewhere, in bytes.
const LONGEST_NAME: usize = 80;

/// Writes letters into a folder.
pub struct Folder {
    name: String,
    folder: PathBuf,
    sender: Sender,
    clerk: Option<Arc<dyn Clerk>>,
}

/// The registry's line for folders.
pub fn open(mut settings: Settings, world: &World) -> Result<Arc<dyn Connector>, Vec<Unsuitable>> {
    let folder = PathBuf::from(settings.needed("folder"));
    let from = settings.text("from").unwrap_or_else(|| "charter@localhost".to_owned());
    let sender = Sender::read(&from, None).map_err(|text| {
        settings.wrong("from", format!("`{text}` is not a mail address"));
    });
    let name = settings.connector().to_owned();
    settings.end()?;
    // A sender that cannot be read was noted, and ended above.
    let Ok(sender) = sender else { return Err(Vec::new()) };
    Ok(Arc::new(Folder { name, folder, sender, clerk: world.clerk.clone() }))
}

impl Folder {
    /// Letters and calls into this folder. Without a clerk only calls are written.
    pub fn new(name: &str, folder: PathBuf, sender: Sender, clerk: Option<Arc<dyn Clerk>>) -> Folder {
        Folder { name: name.to_owned(), folder, sender, clerk }
    }

    async fn put(&self, request: &Request) -> Delivery {
        let files = match self.files(request).await {
            Ok(files) => files,
            Err(delivery) => return delivery,
        };
        let folder = self.folder.join(safe(&request.key.case.0));
        let written = tokio::task::spawn_blocking(move || write_all(&folder, &files)).await;
        match written {
            Ok(Ok(())) => Delivery::Delivered { answer: Value::Null },
            Ok(Err(e)) => later(e.to_string()),
            Err(e) => later(e.to_string()),
        }
    }

    /// Names and contents of what is to be written.
    async fn files(&self, request: &Request) -> Result<Vec<(String, Vec<u8>)>, Delivery> {
        let stem = format!("{:06}-{:02}", request.key.entry, request.key.effect);
        let What::Notified { notice, .. } = &request.fact.what else {
            let body = event::body(request, "charter:folder", None)
                .map_err(|problem| Delivery::GiveUp { problem })?;
            return Ok(vec![(format!("{stem}-call.json"), body)]);
        };
        let Some(clerk) = &self.clerk else {
            return Err(Delivery::GiveUp { problem: "nobody writes letters here".to_owned() });
        };
        let letters = clerk.letters(request).await.map_err(crate::letter::NoLetter::delivery)?;
        let mut files = Vec::new();
        for (at, letter) in letters.iter().enumerate() {
            let name = format!("{stem}-{}-{}-{}", safe(notice), at + 1, safe(&letter.to.name));
            files.push((format!("{name}.txt"), plain(letter)));
            let unaddressed = Letter { to: addressed(letter), ..letter.clone() };
            let message = self.sender.message(&unaddressed, request.fact.at);
            let message = message.map_err(|e| Delivery::GiveUp { problem: e.to_string() })?;
            files.push((format!("{name}.eml"), message.formatted()));
        }
        Ok(files)
    }
}

/// On disk a letter without a mail address is still a letter.
fn addressed(letter: &Letter) -> crate::letter::Recipient {
    let mut to = letter.to.clone();
    to.mail.get_or_insert_with(|| "unknown@localhost".to_owned());
    to
}

fn plain(letter: &Letter) -> Vec<u8> {
    format!("{}\n\n{}", letter.written.subject, letter.written.text).into_bytes()
}

fn later(problem: String) -> Delivery {
    Delivery::TryLater { after: None, problem, perhaps: false }
}

impl Connector for Folder {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(self.put(request))
    }
}

/// Each file beside its place first, then moved there: nobody ever reads half a letter.
fn write_all(folder: &Path, files: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, content) in files {
        let beside = folder.join(format!(".{name}.part"));
        std::fs::write(&beside, content)?;
        std::fs::File::open(&beside)?.sync_all()?;
        std::fs::rename(&beside, folder.join(name))?;
    }
    Ok(())
}

/// A name that stays inside its folder on every system: letters and digits of any script, `-` and `_`.
/// Where something had to change, some of its hash is added, so that two names never become one.
pub fn safe(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' }) {
        if name.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        name.push(c);
    }
    let device = ["con", "prn", "aux", "nul"].contains(&name.to_ascii_lowercase().as_str());
    if name == text && !name.is_empty() && !device {
        return name;
    }
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("{name}~{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder_and_apart() {
        assert_eq!(safe("FD-2026-000183"), "FD-2026-000183");
        assert_eq!(safe("苏州银行"), "苏州银行");
        for wild in ["..", ".", "", "a/b", "a\\b", "C:", "a\0b", "NUL", "/etc/passwd", "a\nb", "…"] {
            let name = safe(wild);
            assert!(name.chars().all(|c| c.is_alphanumeric() || "-_~".contains(c)), "{name}");
            assert!(name.contains('~'), "{name}");
        }
        assert_ne!(safe("a/b"), safe("a:b"));
        assert!(safe(&"长".repeat(200)).len() < 100);
    }
}
