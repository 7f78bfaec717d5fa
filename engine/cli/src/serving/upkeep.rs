//! What a server does beside its work: rereads accounts, forgets old keys, looks whether it is ready.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use runtime::engine::Engine;
use runtime::loops::Ended;
use server::identity::Identities;
use server::watch::told::Told;
use store::audit::hex;
use store::seal::folder::Folder;

use crate::assemble;
use crate::seals;
use crate::settings::Settings;

/// How often the file of accounts is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is looked whether the engine closes.
const TICK: Duration = Duration::from_millis(50);
/// How often a checkpoint is signed, and how soon after the start the first time.
const SEAL: Duration = Duration::from_secs(24 * 3600);
const SEAL_FIRST: Duration = Duration::from_secs(60);
/// How often old keys are forgotten.
const SWEEP: Duration = Duration::from_secs(6 * 3600);
/// How long a command's key is kept.
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Until so long has passed.
pub async fn after(time: Duration) {
    let mut interval = tokio::time::interval(time);
    interval.tick().await;
    interval.tick().await;
}

/// Until the engine closes.
pub async fn closed(engine: &Engine) {
    let mut interval = tokio::time::interval(TICK);
    while !engine.is_closing() {
        interval.tick().await;
    }
}

/// Until so long has passed, or the engine closes.
pub async fn rest(engine: &Engine, time: Duration) {
    tokio::select! {
        () = after(time) => {}
        () = closed(engine) => {}
    }
}

/// Reads the accounts again when their file changes. A file with errors changes nothing.
pub async fn accounts(engine: Engine, identities: Arc<Identities>, settings: Settings) -> Ended {
    let path = settings.accounts();
    let changed = || std::fs::metadata(&path).and_then(|about| about.modified()).ok();
    let mut seen: Option<SystemTime> = changed();
    while !engine.is_closing() {
        rest(&engine, LOOK).await;
        let now = changed();
        if now == seen {
            continue;
        }
        seen = now;
        match assemble::register(&settings) {
            Ok(register) => {
                tracing::info!(accounts = register.accounts.len(), "accounts read again");
                identities.replace(register);
            }
            Err(failure) => tracing::error!("{}", failure.words.en),
        }
    }
    Ok(())
}

/// Forgets the keys of commands that are old enough.
pub async fn sweep(engine: Engine) -> Ended {
    while !engine.is_closing() {
        rest(&engine, SWEEP).await;
        let Ok(before) = engine.now().checked_sub(KEYS_KEPT) else { continue };
        match engine.store().sweep(before).await {
            Ok(swept) => tracing::debug!(?swept, "old keys forgotten"),
            Err(fault) => tracing::warn!(%fault, "old keys were not forgotten"),
        }
    }
    Ok(())
}

/// Signs a checkpoint over all histories, once a day and soon after the start. Every node has its own folder and key:
/// they are each other's witnesses.
pub async fn seal(engine: Engine, settings: Settings) -> Ended {
    let folder = Folder(settings.data().join("checkpoints"));
    let mut wait = SEAL_FIRST;
    loop {
        rest(&engine, wait).await;
        if engine.is_closing() {
            return Ok(());
        }
        wait = SEAL;
        let seal = match seals::key(&folder) {
            Ok(seal) => seal,
            Err(failure) => {
                tracing::error!("no checkpoint: {}", failure.words.en);
                continue;
            }
        };
        match folder.seal(&**engine.store(), &seal, engine.now()).await {
            Ok(sealed) => {
                let it = sealed.checkpoint;
                tracing::info!(number = it.number, cases = it.cases, root = %hex(&it.root), "checkpoint signed");
            }
            Err(stopped) => tracing::error!("no checkpoint: {}", seals::failure(&folder, stopped).words.en),
        }
    }
}

/// Takes up what is written, by whichever node, while somebody listens to a stream.
pub async fn news(engine: Engine, told: Arc<Told>) -> Ended {
    told.keep_looking(engine).await;
    Ok(())
}
