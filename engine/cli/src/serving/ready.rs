//! Whether the server can do its work, and what will keep it from it soon: what `/readyz` answers.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use expr::time::calendar::Calendar;
use jiff::SignedDuration;
use machine::ids::Bilingual;
use ports::fault::{Cause, Fault};
use ports::outbox::OutboxFilter;
use ports::query::{CaseFilter, Page, Standing};
use runtime::clocks::HostClock;
use runtime::engine::Engine;
use server::setting::{Found, Probe};
use server::words;
use store::Address;

/// The tables are compared again after this time: it takes a connection of its own.
const TABLES: Duration = Duration::from_secs(30);
/// So many days before its end a calendar is spoken of.
pub const CALENDAR_DAYS: i32 = 60;
/// What has not gone out for so long is stuck.
const STUCK: SignedDuration = SignedDuration::from_mins(15);
/// Less room than this stops, less than that is spoken of, in bytes.
const ROOM_MIN: u64 = 64 << 20;
const ROOM_LOW: u64 = 1 << 30;

/// Looks at everything the work rests on.
pub struct Ready {
    engine: Engine,
    address: Option<Address>,
    data: PathBuf,
    tables: Mutex<Option<(Instant, Option<Found>)>>,
}

impl Ready {
    /// Over an engine, its database (none where it was made for this once) and the folder of its data.
    pub fn new(engine: Engine, address: Option<Address>, data: PathBuf) -> Ready {
        Ready { engine, address, data, tables: Mutex::new(None) }
    }

    async fn database(&self) -> Option<Found> {
        let fault = self.engine.store().cases(CaseFilter::default(), Page::first(1)).await.err()?;
        let cause = fault.cause.name();
        Some(stops(
            words::DATABASE_AWAY,
            (format!("读不出来：{cause}"), format!("it cannot be read: {cause}")),
            (
                "看数据库是否在运行，网络和权限对不对；charter doctor 逐项检查",
                "see whether it runs, and network and rights; charter doctor looks at each",
            ),
        ))
    }

    /// Whether the tables are those this program knows; asked now and then.
    async fn tables(&self) -> Option<Found> {
        let address = self.address.as_ref()?;
        let known = self.tables.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, found)) = known
            && at.elapsed() < TABLES
        {
            return found;
        }
        let found = match store::pending(address, Arc::new(HostClock)).await {
            Ok(pending) if pending.is_empty() => None,
            Ok(pending) => {
                let count = pending.len();
                Some(differ((format!("还差 {count} 步升级"), format!("{count} migrations are missing")), OLD))
            }
            Err(fault) => differing(&fault),
        };
        *self.tables.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found.clone()));
        found
    }

    fn deadlines(&self) -> Option<Found> {
        let held = self.engine.held()?;
        Some(stops(
            words::DEADLINES_HELD,
            (format!("{held:?}"), format!("{held:?}")),
            (
                "核对时钟；确认无误后：charter timer release --reason 理由",
                "look at the clock; when it is right: charter timer release --reason WHY",
            ),
        ))
    }

    /// Several nodes: this one holds a share, and the others can be reached.
    fn leases(&self) -> Vec<Found> {
        let mut found = Vec::new();
        if self.engine.parts() == 0 {
            let detail = (
                "几秒内会分到；一直没有，就是别的节点太多",
                "it gets one within seconds; if not, there are too many nodes",
            );
            let cure = (
                "等几秒；用 /metrics 的 charter_parts 看各节点的份额",
                "wait some seconds; charter_parts in /metrics shows the share of each node",
            );
            let detail = (detail.0.to_owned(), detail.1.to_owned());
            // While another node works, requests are passed on.
            found.push(Found {
                stops: self.engine.another_node().is_none(),
                ..stops(words::NO_LEASES, detail, cure)
            });
        }
        for node in self.engine.nodes_without_address() {
            let detail = (format!("节点 {node}"), format!("node {node}"));
            let cure =
                ("给它加上 --advertise http://主机:端口", "start it with --advertise http://HOST:PORT");
            found.push(warns(words::NO_ADDRESS, detail, cure));
        }
        found
    }

    fn calendars(&self) -> Vec<Found> {
        self.engine
            .shelf()
            .calendars()
            .iter()
            .filter_map(|calendar| ends(calendar, self.engine.now()))
            .collect()
    }

    async fn outgoing(&self) -> Result<Vec<Found>, Fault> {
        let store = self.engine.store();
        let mut found = Vec::new();
        let waiting = OutboxFilter { parked: Some(false), ..OutboxFilter::default() };
        let waiting = store.outbox(waiting, Page::first(1_000)).await?;
        let oldest = waiting.iter().map(|row| row.outgoing.at).min();
        let age = oldest.map_or(SignedDuration::ZERO, |at| self.engine.now().duration_since(at));
        if age > STUCK {
            let minutes = age.as_mins();
            found.push(warns(
                words::OUTBOX_STUCK,
                (
                    format!("最久的等了 {minutes} 分钟"),
                    format!("the oldest has waited for {minutes} minutes"),
                ),
                (
                    "看 /v1/outbox 里的原因；多半是对方服务不通",
                    "the reasons are in /v1/outbox; mostly the other end does not answer",
                ),
            ));
        }
        let parked = OutboxFilter { parked: Some(true), ..OutboxFilter::default() };
        let parked = store.outbox(parked, Page::first(1_000)).await?.len();
        if parked > 0 {
            found.push(warns(
                words::DELIVERIES_PARKED,
                (format!("{parked} 条"), format!("{parked} of them")),
                (
                    "charter dlq list 看原因，改好后 charter dlq replay",
                    "charter dlq list says why; then charter dlq replay",
                ),
            ));
        }
        let stopped = CaseFilter { standing: Some(Standing::Incident("".into())), ..CaseFilter::default() };
        let stopped = store.cases(stopped, Page::first(1_000)).await?.len();
        if stopped > 0 {
            found.push(warns(
                words::CASES_STOPPED,
                (format!("{stopped} 件"), format!("{stopped} of them")),
                ("charter incident list 看原因", "charter incident list says why"),
            ));
        }
        Ok(found)
    }

    fn disk(&self) -> Option<Found> {
        let room = rustix::fs::statvfs(&self.data).ok()?;
        let left = room.f_bavail.saturating_mul(room.f_frsize);
        if left >= ROOM_LOW {
            return None;
        }
        let (mib, data) = (left >> 20, self.data.display());
        let detail = (format!("{data} 还剩 {mib} MiB"), format!("{data} has {mib} MiB left"));
        let cure = ("腾出空间，或把数据挪到更大的盘", "make room, or move the data to a larger disk");
        Some(Found { stops: left < ROOM_MIN, ..warns(words::DISK_FULL, detail, cure) })
    }
}

impl Probe for Ready {
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<Found>> + Send + '_>> {
        Box::pin(async move {
            let mut found: Vec<Found> = self.database().await.into_iter().collect();
            if found.is_empty() {
                found.extend(self.tables().await);
                // A database that went away just now is found at the next look.
                found.extend(self.outgoing().await.unwrap_or_default());
            }
            found.extend(self.deadlines());
            found.extend(self.leases());
            found.extend(self.calendars());
            found.extend(self.disk());
            found
        })
    }
}

const OLD: (&str, &str) = ("运行 charter migrate，再重启", "run charter migrate, then start again");
const NEW: (&str, &str) = ("换成新版本的程序", "install the newer program");

fn differing(fault: &Fault) -> Option<Found> {
    let detail = (fault.detail.clone(), fault.detail.clone());
    match fault.cause {
        Cause::OldSchema => Some(differ(detail, OLD)),
        Cause::NewSchema | Cause::Damaged => Some(differ(detail, NEW)),
        // That the database is away is said elsewhere.
        _ => None,
    }
}

fn differ(detail: (String, String), cure: (&str, &str)) -> Found {
    stops(words::TABLES_DIFFER, detail, cure)
}

/// The calendar's last published year ends soon, or has ended.
fn ends(calendar: &Calendar, now: jiff::Timestamp) -> Option<Found> {
    let today = calendar.zone().to_datetime(now).date();
    let last = (today.year()..today.year() + 20).take_while(|year| calendar.published(*year)).last();
    let name = calendar.name();
    let detail = match last {
        None => {
            let year = today.year();
            (
                format!("{name} 没有 {year} 年：工作日时限都是暂定的"),
                format!("{name} lacks {year}: deadlines in working days are provisional"),
            )
        }
        Some(year) => {
            let end = jiff::civil::date(year, 12, 31);
            let left = today.until(end).map_or(0, |span| span.get_days());
            if left >= CALENDAR_DAYS {
                return None;
            }
            (
                format!("{name} 到 {end}，还有 {left} 天"),
                format!("{name} reaches {end}, {left} days from now"),
            )
        }
    };
    let cure = (
        "放假安排公布后，把新的一年放进 workflows/calendars/",
        "put the new year into workflows/calendars/ once its notice is published",
    );
    Some(warns(words::CALENDAR_ENDS, detail, cure))
}

fn stops(code: &'static str, detail: (String, String), cure: (&str, &str)) -> Found {
    Found {
        code,
        stops: true,
        detail: Bilingual::new(detail.0, detail.1),
        cure: Bilingual::new(cure.0, cure.1),
    }
}

fn warns(code: &'static str, detail: (String, String), cure: (&str, &str)) -> Found {
    Found { stops: false, ..stops(code, detail, cure) }
}
