//! Definitions: the same content twice is once; the newest comes first; numbers have names.

use std::sync::Arc;

use ports::definitions::{DefinitionFilter, Deployment, Kept};
use ports::store::Store;

use crate::demand::{definition, minute};

/// Runs every story about definitions.
pub async fn exercise(store: &dyn Store) {
    let deployment = |hash: &str, at: i64| {
        let mut changed = (*definition()).clone();
        changed.hash = hash.into();
        let reason = "parameters of 2026".to_owned();
        let text = format!("process: demand # {hash}\n");
        Deployment { definition: Arc::new(changed), text, by: "wang.fang".into(), at: minute(at), reason }
    };
    assert_eq!(store.deploy(deployment("aa", 1)).await.unwrap(), Kept::New);
    assert_eq!(store.deploy(deployment("bb", 2)).await.unwrap(), Kept::New);
    assert_eq!(store.deploy(deployment("aa", 3)).await.unwrap(), Kept::Same);
    let process = DefinitionFilter { process: Some("demand".into()), ..DefinitionFilter::default() };
    let all = store.definitions(process).await.unwrap();
    assert_eq!(all.iter().map(|d| &*d.hash).collect::<Vec<_>>(), ["bb", "aa"]);
    let one = store.definitions(DefinitionFilter { hash: Some("aa".into()), process: None }).await.unwrap();
    assert_eq!((one.len(), one[0].at, &*one[0].by), (1, minute(1), "wang.fang"));
    assert_eq!(one[0].text, "process: demand # aa\n");
    let names = one[0].names.as_str();
    assert!(
        names.contains(r#""name":"claims","states":["claims","evaluating","waiting","evaluated","lapsed"]"#),
        "{names}"
    );
}
