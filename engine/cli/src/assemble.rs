//! Puts a server together: store, engine, loops, connectors, accounts. The only place that knows all of them.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use language::words;
use ports::clock::Clock;
use ports::connector::Connector;
use ports::store::Store;
use runtime::clocks::{HostClock, StoreClock};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::lane::Lane;
use runtime::shelf::Shelf;
use server::identity::{Identities, Register, secret};
use server::pages::stage::Stage;
use server::watch::figures::Figures;
use server::watch::told::{Telling, Told};
use store::Address;

use crate::database;
use crate::exit::{Exit, Failure};
use crate::faults::failure;
use crate::files;
use crate::settings::Settings;
use crate::settling::kept::KeptRuns;

/// A request that is passed on is with the right node after this time; deadlines wait for it.
const ON_THE_WAY: SignedDuration = SignedDuration::from_millis(500);

/// An engine with everything it needs, not yet running.
pub struct Assembled {
    /// The engine.
    pub engine: Engine,
    /// Its lanes.
    pub lanes: Vec<Lane>,
    /// Who may use it.
    pub identities: Arc<Identities>,
    /// What it counts.
    pub figures: Arc<Figures>,
    /// What it writes.
    pub told: Arc<Told>,
    /// The clock that several nodes agree on.
    pub store_clock: Option<Arc<StoreClock>>,
    /// What signs sessions and cursors.
    pub key: [u8; 32],
    /// Ways to the outside besides those of the settings.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// What a demonstration can do besides.
    pub stage: Option<Arc<dyn Stage>>,
    /// The runs of the annual settlement.
    pub runs: Arc<KeptRuns>,
}

/// Where the store is.
///
/// # Errors
/// The address cannot be read.
pub fn address(settings: &Settings) -> Result<Address, Failure> {
    database::address(&settings.database())
}

/// Makes the folders of the data.
///
/// # Errors
/// They cannot be made.
pub fn folders(settings: &Settings) -> Result<(), Failure> {
    make(&settings.data())?;
    if let Ok(Address::Sqlite(path)) = address(settings)
        && let Some(folder) = Path::new(&path).parent()
        && !folder.as_os_str().is_empty()
    {
        make(folder)?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| files::unwritable(folder, &error))
}

/// Assembles an engine over the store. New tables are made where there are none; old ones are left to `migrate`.
///
/// # Errors
/// What stands in the way, with what to do.
pub async fn assemble(settings: &Settings) -> Result<Assembled, Failure> {
    folders(settings)?;
    let address = address(settings)?;
    let host: Arc<dyn Clock> = Arc::new(HostClock);
    prepare(&address, host.clone()).await?;
    let opened = store::open(&address, host.clone(), settings.connections()?).await;
    let opened = opened.map_err(|fault| failure(&fault))?;
    let began = std::time::Instant::now();
    let steady: runtime::clocks::Steady =
        Arc::new(move || SignedDuration::try_from(began.elapsed()).unwrap_or(SignedDuration::MAX));
    let shared = matches!(address, Address::Postgres(_));
    let store_clock = match shared {
        true => {
            let asked = StoreClock::ask(&*opened, steady.clone()).await;
            Some(Arc::new(asked.map_err(|fault| failure(&fault))?))
        }
        false => None,
    };
    let clock: Arc<dyn Clock> = match &store_clock {
        Some(clock) => clock.clone(),
        None => host,
    };
    let figures = Arc::new(Figures::default());
    let told = Arc::new(Told::default());
    let store: Arc<dyn Store> = Arc::new(Telling::new(opened, told.clone(), figures.clone()));
    let shelf = Arc::new(Shelf::default());
    let lanes = if shared { 4 } else { 2 };
    let on_the_way = if shared { ON_THE_WAY } else { SignedDuration::ZERO };
    let bounds = Bounds { lanes, on_the_way, ..Bounds::default() };
    let (engine, lanes) = Engine::new(Setting { store, clock, steady, shelf, bounds, shared });
    let key = key(settings)?;
    let identities = Arc::new(Identities::new(register(settings)?, key));
    let (connectors, stage, runs) = (vec![], None, Arc::new(KeptRuns::new(settings.runs())));
    Ok(Assembled { engine, lanes, identities, figures, told, store_clock, key, connectors, stage, runs })
}

/// A new database gets its tables at once: there is nothing in it that could be lost.
async fn prepare(address: &Address, clock: Arc<dyn Clock>) -> Result<(), Failure> {
    let pending = store::pending(address, clock.clone()).await.map_err(|fault| failure(&fault))?;
    if pending.first().is_some_and(|first| first.number == 1) {
        store::migrate(address, clock).await.map_err(|fault| failure(&fault))?;
    }
    Ok(())
}

/// The accounts of the file; none when there is no file.
///
/// # Errors
/// What is wrong with it.
pub fn register(settings: &Settings) -> Result<Register, Failure> {
    let path = settings.accounts();
    if !path.exists() {
        return Ok(Register::default());
    }
    let shown = path.display().to_string();
    Register::read(&shown, &files::read(&path)?).map_err(|unusable| {
        let look = |lang| language::render::Look { lang, ..language::render::Look::default() };
        let told = |lang| language::render::human(&unusable.report, &unusable.sources, look(lang));
        let (zh, en) = (told(language::words::Lang::Zh), told(language::words::Lang::En));
        Failure::new(Exit::Found, words!("账号文件有错\n{zh}", "the file of accounts has errors\n{en}"))
    })
}

/// The key that signs sessions and cursors: from `CHARTER_KEY_FILE`, else from the data folder, where it is made.
///
/// # Errors
/// It can neither be read nor made.
pub fn key(settings: &Settings) -> Result<[u8; 32], Failure> {
    let path = crate::settings::env("CHARTER_KEY_FILE")
        .map_or_else(|| settings.data().join("session.key"), std::path::PathBuf::from);
    key_in(&path)
}

/// The 32 secret bytes of a file; made when there is none.
///
/// # Errors
/// It can neither be read nor made.
pub fn key_in(path: &Path) -> Result<[u8; 32], Failure> {
    if path.exists() {
        let text = files::read_text(path)?;
        let shown = path.display();
        return secret::from_hex(text.trim()).ok_or_else(|| {
            Failure::new(
                Exit::Found,
                words!("{shown} 不是 64 位十六进制的密钥", "{shown} is no key of 64 hexadecimal digits"),
            )
        });
    }
    let key = secret::random::<32>().map_err(|error| {
        Failure::new(Exit::Unreachable, words!("取不到随机数：{error}", "no random bytes: {error}"))
    })?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make(folder)?;
    }
    write_secret(path, &format!("{}\n", secret::hex(&key)))?;
    Ok(key)
}

/// Writes a file that only its owner reads.
///
/// # Errors
/// It cannot be written.
pub fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| files::unwritable(path, &error))
}
