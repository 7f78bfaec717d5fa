//! Letters on disk: whole, in their folder, the same at every attempt.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::world::{Ready, call, notice, settings, word};
use connectors::registry;
use machine::ids::CaseId;

/// Every file below a folder, with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            let path = entry.path().strip_prefix(folder.parent().unwrap()).unwrap().display().to_string();
            found.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[tokio::test]
async fn letters_and_calls_become_files_once() {
    let place = tempfile::tempdir().unwrap();
    let world = crate::world::world(Some(Arc::new(Ready(vec![Some("a@b.example"), None]))));
    let lines = format!("folder = {}", place.path().join("letters").display());
    let folder = registry::open("folder", settings("letters", &lines), &world).unwrap();
    assert_eq!(word(&folder.deliver(&notice()).await), "delivered");
    let first = files(&place.path().join("letters"));
    assert_eq!(
        first.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "FD-2026-000183/000007-00-evaluation_due_soon-1-收件单位0.eml",
            "FD-2026-000183/000007-00-evaluation_due_soon-1-收件单位0.txt",
            "FD-2026-000183/000007-00-evaluation_due_soon-2-收件单位1.eml",
            "FD-2026-000183/000007-00-evaluation_due_soon-2-收件单位1.txt",
        ]
    );
    assert_eq!(word(&folder.deliver(&notice()).await), "delivered");
    assert_eq!(files(&place.path().join("letters")).len(), 4, "a repetition writes the same files");
    assert_eq!(word(&folder.deliver(&call()).await), "delivered");
    let mut wild = notice();
    wild.key.case = CaseId("../../etc".into());
    assert_eq!(word(&folder.deliver(&wild).await), "delivered");
    let all = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(all, 1, "nothing beside the folder");
}

#[tokio::test]
async fn a_full_or_missing_disk_is_tried_again() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("letters"), "a file, not a folder").unwrap();
    let world = crate::world::world(Some(Arc::new(Ready(vec![Some("a@b.example")]))));
    let lines = format!("folder = {}", place.path().join("letters").display());
    let folder = registry::open("folder", settings("letters", &lines), &world).unwrap();
    assert_eq!(word(&folder.deliver(&notice()).await), "later");
}
