//! A server at work: its loops, its listener, and how it ends.

pub mod letters;
mod peers;
mod ready;
pub mod rules;
mod signals;
mod traces;
pub mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use connectors::registry::World;
use language::words;
use ports::connector::Connector;
use ports::fault::Fault;
use runtime::clocks::HostClock;
use runtime::engine::Engine;
use runtime::loops::{self, Ended};
use runtime::messages::Post;
use runtime::nodes::Node;
use runtime::outbox::{AT_ONCE, Deliveries};
use runtime::schedule::Schedules;
use runtime::watch;
use server::identity::{Identities, secret};
use server::setting::Peers;
use server::watch::spans::Spans;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::assemble::Assembled;
use crate::exit::{Exit, Failure, Outcome};
use crate::faults::failure;
use crate::serving::ready::Ready;
use crate::settings::Settings;
use crate::talk::Talk;

/// A server that was told to end takes at most so long.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until it is told to end.
///
/// # Errors
/// What keeps it from beginning.
pub async fn serve(settings: &Settings, talk: &Talk) -> Outcome {
    let assembled = crate::assemble::assemble(settings).await?;
    let listener = listen(settings.listen()).await?;
    open(assembled, settings, listener, talk).await?.until_told(talk).await
}

/// A server at work.
pub struct Open {
    engine: Engine,
    loops: JoinSet<Ended>,
}

impl Open {
    /// Serves until a signal or a fault ends it.
    pub async fn until_told(self, talk: &Talk) -> Outcome {
        end(&self.engine, self.loops, talk).await
    }

    /// Ends it now; what is under way is finished.
    pub async fn close(mut self) {
        self.engine.close();
        tokio::select! {
            _ = drained(&mut self.loops) => {}
            () = upkeep::after(GRACE) => {}
        }
    }
}

/// Opens a server over what is assembled.
///
/// # Errors
/// What keeps it from beginning.
pub async fn open(
    assembled: Assembled,
    settings: &Settings,
    listener: TcpListener,
    talk: &Talk,
) -> Result<Open, Failure> {
    let engine = assembled.engine.clone();
    rules::take_up(&engine, settings, talk).await?;
    let loops = begin(assembled, settings, listener, talk).await?;
    Ok(Open { engine, loops })
}

/// Takes an address.
///
/// # Errors
/// Somebody has it.
pub async fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = Failure::new(
            Exit::Unreachable,
            words!("不能在 {address} 上监听：{error}", "cannot listen on {address}: {error}"),
        );
        failure.advise(words!(
            "换一个地址：--listen 127.0.0.1:0 由系统挑一个",
            "choose another: --listen 127.0.0.1:0 lets the system pick one"
        ))
    })
}

/// Starts every loop; the listener is one of them.
async fn begin(
    assembled: Assembled,
    settings: &Settings,
    listener: TcpListener,
    talk: &Talk,
) -> Result<JoinSet<Ended>, Failure> {
    let Assembled { engine, lanes, identities, figures, told, store_clock, key, connectors, stage, runs } =
        assembled;
    let mut loops = JoinSet::new();
    let shared = store_clock.is_some();
    if let Some(clock) = store_clock {
        loops.spawn(loops::node(engine.clone(), member(settings, &listener, talk)?));
        loops.spawn(loops::store_clock(engine.clone(), clock));
    }
    for (number, lane) in lanes.into_iter().enumerate() {
        loops.spawn(loops::lane(engine.clone(), number, lane));
    }
    watch::look_back(&engine).await.map_err(|trouble| {
        Failure::new(Exit::Unreachable, words!("启动失败：{trouble}", "cannot start: {trouble}"))
    })?;
    loops.spawn(loops::clock(engine.clone()));
    loops.spawn(loops::schedules(engine.clone(), Schedules));
    loops.spawn(loops::definitions(engine.clone()));
    let post = Deliveries::new(engine.clone(), Arc::new(Post::new(engine.clone())), AT_ONCE);
    loops.spawn(loops::deliveries(engine.clone(), post, luck));
    for connector in outward(settings, &engine, &identities, connectors)? {
        let deliveries = Deliveries::new(engine.clone(), connector, AT_ONCE);
        loops.spawn(loops::deliveries(engine.clone(), deliveries, luck));
    }
    loops.spawn(upkeep::accounts(engine.clone(), identities.clone(), settings.clone()));
    loops.spawn(upkeep::sweep(engine.clone()));
    loops.spawn(upkeep::seal(engine.clone(), settings.clone()));
    loops.spawn(upkeep::news(engine.clone(), told.clone()));
    // A demonstration makes its own.
    let database = if stage.is_none() { Some(crate::assemble::address(settings)?) } else { None };
    let probe = Arc::new(Ready::new(engine.clone(), database, settings.data()));
    let peers: Option<Arc<dyn Peers>> = match shared {
        true => Some(Arc::new(peers::Nodes::new(engine.clone())?)),
        false => None,
    };
    let spans: Option<Arc<dyn Spans>> = match settings.given("otlp") {
        Some(collector) => {
            let (gathering, sending) = traces::to(collector, &node_name(settings.given("node")))?;
            loops.spawn(traces::send(engine.clone(), sending));
            Some(gathering)
        }
        None => None,
    };
    // A demonstration says itself where its data are.
    let places = stage.is_none();
    let setting = server::Setting {
        engine: engine.clone(),
        identities: identities.clone(),
        cursor_key: key,
        figures,
        told: told.clone(),
        probe,
        stage,
        runs: Some(runs),
        peers,
        limits: settings.limits()?,
        spans,
    };
    // Whoever asked for any port learns here which one it is.
    talk.line(&format!("http://{}", listener.local_addr().map(|at| at.to_string()).unwrap_or_default()));
    if places {
        greet(talk, settings, &identities);
    }
    loops.spawn(http(engine, listener, setting));
    Ok(loops)
}

/// This node among those that share the database.
fn member(settings: &Settings, listener: &TcpListener, talk: &Talk) -> Result<Node, Failure> {
    let name = node_name(settings.given("node"));
    if let Some(address) = settings.advertised(listener.local_addr().ok())? {
        return Ok(Node::at(&name, &address));
    }
    talk.remark(&words!(
        "没写 --advertise：其他节点不能把请求转给本节点",
        "without --advertise other nodes cannot pass requests on to this one"
    ));
    Ok(Node::new(&name))
}

/// Every way to the outside: those of the settings, and `own`, which nobody else carries.
fn outward(
    settings: &Settings,
    engine: &Engine,
    identities: &Arc<Identities>,
    own: Vec<Arc<dyn Connector>>,
) -> Result<Vec<Arc<dyn Connector>>, Failure> {
    let clerk = letters::clerk(settings, engine, identities, None)?;
    let world = World { clock: Arc::new(HostClock), clerk: Some(clerk), checkpoint: None };
    let mut carriers = rules::connectors(settings, &world)?;
    carriers.retain(|carrier| own.iter().all(|own| own.name() != carrier.name()));
    carriers.extend(own);
    Ok(carriers)
}

fn luck() -> u8 {
    secret::random::<1>().map_or(128, |[luck]| luck)
}

/// What a node holds leases by: its name, and something new at every start. One that comes back under the same name
/// must not take what it left for what it holds: the program before it may only be frozen.
fn node_name(given: Option<&str>) -> String {
    let host = || crate::settings::env("HOSTNAME").unwrap_or_else(|| "node".to_owned());
    let name = given.map_or_else(|| format!("{}:{}", host(), std::process::id()), str::to_owned);
    let start = secret::random::<4>().map(|bytes| secret::hex(&bytes)).unwrap_or_default();
    format!("{}~{start}", name.replace(char::is_whitespace, "-"))
}

fn greet(talk: &Talk, settings: &Settings, identities: &Identities) {
    let (database, accounts) = (shown(&settings.database()), settings.accounts().display().to_string());
    talk.remark(&words!(
        "数据库 {database}    账号 {accounts}",
        "database {database}    accounts {accounts}"
    ));
    if identities.register().accounts.is_empty() {
        talk.remark(&words!(
            "还没有账号：charter account add 名字 --role administrator",
            "there is no account yet: charter account add NAME --role administrator"
        ));
    }
}

/// An address without its password.
pub fn shown(database: &str) -> String {
    let Some((scheme, rest)) = database.split_once("://") else { return database.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return database.to_owned() };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

/// Answers requests until the engine closes and every answer is given.
async fn http(engine: Engine, listener: TcpListener, setting: server::Setting) -> Ended {
    let told = setting.told.clone();
    let limits = setting.limits;
    let router = server::Server::router(setting);
    let closing = async move {
        upkeep::closed(&engine).await;
        // Streams that wait for news see that there will be none.
        told.bell.notify_waiters();
    };
    server::listen::serve(listener, router, limits, closing).await;
    Ok(())
}

/// Waits for a signal or a fault, then drains.
async fn end(engine: &Engine, mut loops: JoinSet<Ended>, talk: &Talk) -> Outcome {
    let mut signals = signals::Signals::new()?;
    let fault = tokio::select! {
        () = signals.next() => None,
        fault = first_fault(&mut loops) => fault,
    };
    engine.close();
    talk.remark(&words!(
        "正在停止：办完手头的事，最多 10 秒；再按一次立即停止",
        "closing: finishing what is under way, at most 10 seconds; once more closes at once"
    ));
    let fault = tokio::select! {
        later = drained(&mut loops) => fault.or(later),
        () = signals.next() => return Ok(Exit::Fine),
        () = upkeep::after(GRACE) => {
            talk.remark(&words!("没能在 10 秒内办完", "not everything was finished within 10 seconds"));
            fault
        }
    };
    match fault {
        None => Ok(Exit::Fine),
        Some(fault) => {
            let failed = failure(&fault);
            Err(Failure { exit: Exit::Again, ..failed })
        }
    }
}

/// A fault that this process cannot outlive, or a loop that broke off.
async fn first_fault(loops: &mut JoinSet<Ended>) -> Option<Fault> {
    while let Some(ended) = loops.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => return Some(fault),
            Err(error) => return Some(broke_off(&error)),
        }
    }
    None
}

async fn drained(loops: &mut JoinSet<Ended>) -> Option<Fault> {
    let mut fault = None;
    while let Some(ended) = loops.join_next().await {
        if let Ok(Err(found)) = ended {
            fault.get_or_insert(found);
        }
    }
    fault
}

fn broke_off(error: &tokio::task::JoinError) -> Fault {
    Fault::new(ports::fault::Cause::Bug, ports::fault::Retry::Restart, format!("a loop broke off: {error}"))
}
