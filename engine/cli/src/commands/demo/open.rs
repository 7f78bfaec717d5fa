//! The demonstration opens: the city is replayed into a fresh database, then served.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ::replay::clock::VirtualClock;
use ::replay::drive::{self, Orders};
use city::City;
use city::days::{LAST, Moment, number_of};
use city::script;
use clap::ArgMatches;
use language::words;
use ports::clock::Clock;
use ports::store::Store;
use runtime::engine::{Bounds, Engine, Setting};
use runtime::shelf::Shelf;
use server::identity::Identities;
use server::pages::stage::{Stage, length};
use server::watch::figures::Figures;
use server::watch::told::{Telling, Told};
use simulate::teller::moment;
use tokio::net::TcpListener;

use crate::args;
use crate::assemble::{self, Assembled};
use crate::commands::replay;
use crate::database;
use crate::demonstration::accounts::{self, Sample};
use crate::demonstration::bureau::{BUREAUS, Bureau};
use crate::demonstration::clock::StageClock;
use crate::demonstration::letters::Letters;
use crate::demonstration::settlement;
use crate::demonstration::stage::Demonstration;
use crate::engine_room;
use crate::exit::{Exit, Failure, Outcome};
use crate::files::unwritable;
use crate::serving::{self, rules};
use crate::settings::Settings;
use crate::settling::kept::KeptRuns;
use crate::talk::Talk;

/// Opens it and stays until somebody ends it.
pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let began = Instant::now();
    let scale = replay::scale(args::text(found, "scale").unwrap_or("1%"))?;
    let mut settings = Settings::read(found)?;
    let threads = database::threads()?;
    let ended = threads.block_on(async {
        let listener = listen(&settings).await?;
        let address = listener.local_addr().map(|at| at.to_string()).unwrap_or_default();
        let folder = fresh_folder(&settings, &address)?;
        settings.put("accounts", folder.join("accounts.yaml").display().to_string());
        let city = engine_room::city(2020, scale);
        let (store, clock) = replayed(&city, &folder, talk).await?;
        let samples = accounts::samples(&city);
        let token = write_accounts(&city, &samples, &folder, talk)?;
        let kept = settlement::keep(&city, &engine_room::calendar(), folder.join("settlements"))?;
        let (assembled, stage) = assembled(store, &clock, &settings, &folder, (&samples, &kept.0), talk)?;
        let engine = assembled.engine.clone();
        let open = serving::open(assembled, &settings, listener, talk).await?;
        rules::put_own_into_force(&engine, &settings, talk).await?;
        settlement::carry(&engine, &kept.0, kept.1).await?;
        greet(&address, &folder, &clock, &samples, &token, began, talk);
        if found.get_flag("until-ready") {
            open.close().await;
            return Ok(Exit::Fine);
        }
        listen_to_keys(stage, clock, talk.clone());
        open.until_told(talk).await
    });
    threads.shutdown_background();
    ended
}

/// The address of the settings; when nobody asked for one and it is taken, any.
async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    match serving::listen(settings.listen()).await {
        Err(_) if settings.given("listen").is_none() => serving::listen("127.0.0.1:0").await,
        listening => listening,
    }
}

/// A folder of its own for each address, emptied.
fn fresh_folder(settings: &Settings, address: &str) -> Result<PathBuf, Failure> {
    let port = address.rsplit(':').next().unwrap_or("0");
    let folder = settings.data().join(format!("demo-{port}"));
    let failed = |error: std::io::Error| unwritable(&folder, &error);
    // Only what a demonstration wrote: the folder may be somebody's.
    for name in ["demo.db", "demo.db-wal", "demo.db-shm", "accounts.yaml"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    for name in ["mail", "settlements"] {
        let inside = folder.join(name);
        if inside.is_dir() {
            std::fs::remove_dir_all(&inside).map_err(failed)?;
        }
    }
    std::fs::create_dir_all(folder.join("mail")).map_err(failed)?;
    Ok(folder)
}

/// The morning after the last day of the city.
fn morning() -> Moment {
    Moment::on(number_of(LAST) + 1, 9 * 3_600)
}

async fn replayed(
    city: &City,
    folder: &Path,
    talk: &Talk,
) -> Result<(Arc<dyn Store>, Arc<StageClock>), Failure> {
    let database = folder.join("demo.db").display().to_string();
    let (cases, scale) = (city.enterprises.len() + city.demands.len(), city.scale);
    talk.remark(&words!(
        "\n重放一座小城市（{scale}，{cases} 件案件，2015-12 到 2020-06）……",
        "\nreplaying a small city ({scale}, {cases} cases, December 2015 to June 2020) ..."
    ));
    let begin = VirtualClock::at(Moment(0).timestamp());
    let store = engine_room::open(&database, begin.clone()).await?;
    let engine = engine_room::virtual_engine(store.clone(), &begin);
    let to = Moment::on(number_of(LAST) + 1, 0);
    let processes = engine_room::processes();
    let orders = Orders { processes: &processes, to, stop: Arc::new(AtomicBool::new(false)) };
    let script = script::script(city);
    let mut bar = replay::Bar::new(talk, to);
    let driven = drive::drive(&engine, &begin, city, &script, &orders, |progress| bar.show(progress)).await;
    bar.end();
    engine.close();
    driven.map_err(|broken| replay::of_broken(&database, broken))?;
    Ok((store, StageClock::at(morning().timestamp())))
}

fn write_accounts(city: &City, samples: &[Sample], folder: &Path, talk: &Talk) -> Result<String, Failure> {
    let Some((text, token)) = accounts::file(city, samples, talk.lang) else {
        return Err(Failure::new(
            Exit::Unreachable,
            words!("系统给不出随机数", "the host gives no random bytes"),
        ));
    };
    assemble::write_secret(&folder.join("accounts.yaml"), &text)?;
    Ok(token)
}

fn assembled(
    store: Arc<dyn Store>,
    clock: &Arc<StageClock>,
    settings: &Settings,
    folder: &Path,
    (samples, runs): (&[Sample], &Arc<KeptRuns>),
    talk: &Talk,
) -> Result<(Assembled, Arc<Demonstration>), Failure> {
    let (figures, told) = (Arc::new(Figures::default()), Arc::new(Told::default()));
    let store: Arc<dyn Store> = Arc::new(Telling::new(store, told.clone(), figures.clone()));
    let steady = clock.clone();
    let setting = Setting {
        store,
        clock: clock.clone(),
        steady: Arc::new(move || steady.steady()),
        shelf: Arc::new(Shelf::default()),
        // The clock is pushed on purpose.
        bounds: Bounds { breaker: false, ..Bounds::default() },
        shared: false,
    };
    let (engine, lanes) = Engine::new(setting);
    let key = assemble::key(settings)?;
    let identities = Arc::new(Identities::new(assemble::register(settings)?, key));
    engine.shelf().put_calendar(engine_room::calendar());
    let clerk = serving::letters::clerk(settings, &engine, &identities, Some(talk.lang))?;
    let letters = Letters::new(clerk, folder.join("mail"));
    let letters = Arc::new(
        letters.ok_or_else(|| Failure::new(Exit::Bug, words!("写不了信", "no letters can be written")))?,
    );
    let stage = Arc::new(Demonstration {
        clock: clock.clone(),
        letters: letters.clone(),
        samples: samples.iter().map(Sample::shown).collect(),
        engine: engine.clone(),
    });
    let mut connectors: Vec<Arc<dyn ports::connector::Connector>> = vec![letters];
    connectors.extend(BUREAUS.map(|name| Arc::new(Bureau(name)) as Arc<dyn ports::connector::Connector>));
    let on_stage: Arc<dyn Stage> = stage.clone();
    let assembled = Assembled {
        engine,
        lanes,
        identities,
        figures,
        told,
        store_clock: None,
        key,
        connectors,
        stage: Some(on_stage),
        runs: runs.clone(),
    };
    Ok((assembled, stage))
}

fn greet(
    address: &str,
    folder: &Path,
    clock: &StageClock,
    samples: &[Sample],
    token: &str,
    began: Instant,
    talk: &Talk,
) {
    let (data, now) = (folder.display(), shown(clock, talk));
    let took = format!("{}.{}", began.elapsed().as_secs(), began.elapsed().subsec_millis() / 100);
    talk.words(&words!(
        "\n章程 {}   演示（数据在 {data}，下次启动重来），{took} 秒备好\n  网页   http://{address}      {} 个演示账号，点一下就登录\n  时钟   虚拟 {now}    网页上可以快进；在这里输入 +2天 或 +5工作日 也行\n  邮件   不外发，看 http://{address}/outbox 和 {data}/mail",
        "\nCharter {}   demonstration (data in {data}, fresh at every start), ready after {took} s\n  pages  http://{address}      {} sample accounts, one click each\n  clock  virtual {now}    pushed forward on the pages, or here: +2 days, +5 working days\n  mail   goes nowhere: http://{address}/outbox and {data}/mail",
        env!("CARGO_PKG_VERSION"),
        samples.len()
    ));
    for sample in samples {
        let hint = talk.lang.pick(sample.hint.0, sample.hint.1);
        talk.line(&format!("           {:11} {}  {hint}", sample.id, sample.name));
    }
    talk.words(&words!(
        "  试试   银行 bank、bank-b、bank-c 各关注一项需求，bank-d 再来就被拒绝；快进 6 天，没报价的自动取消\n         operator 看 http://{address}/settlement：点一个金额看为什么，两次试算可以比较\n         curl -H 'Authorization: Bearer {token}' http://{address}/v1/cases\nCtrl-C 停止",
        "  try    bank, bank-b and bank-c claim a demand; bank-d is refused; 6 days on, whoever made no offer is cancelled\n         operator looks at http://{address}/settlement: click an amount for why it is so, compare the two runs\n         curl -H 'Authorization: Bearer {token}' http://{address}/v1/cases\nCtrl-C ends it"
    ));
}

/// The time of the demonstration, to the minute.
fn shown(clock: &StageClock, talk: &Talk) -> String {
    let now = clock.now();
    let minute = jiff::Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap_or(now);
    moment(minute, engine_room::calendar().zone(), talk.lang)
}

/// A period typed here pushes the clock.
fn listen_to_keys(stage: Arc<Demonstration>, clock: Arc<StageClock>, talk: Talk) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let typed = line.trim().trim_start_matches(['+', '＋']).trim();
            if typed.is_empty() {
                continue;
            }
            match length(typed, clock.now(), &engine_room::calendar()) {
                Some(by) => {
                    stage.forward(by);
                    let now = shown(&clock, &talk);
                    talk.remark(&words!("时钟 {now}", "clock {now}"));
                }
                None => talk.remark(&words!(
                    "写 +2天、+5工作日 或 +3小时",
                    "type +2 days, +5 working days or +3 hours"
                )),
            }
        }
    });
}
