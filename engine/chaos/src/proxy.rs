//! A proxy before PostgreSQL, one for each node. It cuts the line at a COMMIT: after it was carried out and before its
//! answer arrives, or before it arrives itself; whoever sent it cannot tell which. It holds COMMITs and never lets them
//! through. It lets neither side hear the other for a while, and then everything that was under way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::dice::Dice;

/// A commit as the driver sends it: a simple query.
const COMMIT: &[u8] = b"COMMIT\0";

/// How often a line that waits looks whether it may go on.
const LOOK: Duration = Duration::from_millis(5);

/// A proxy at work, until the program ends.
#[derive(Clone)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    /// One COMMIT in so many is cut.
    every: u64,
    on: AtomicBool,
    after: AtomicU64,
    before: AtomicU64,
    /// COMMITs are held.
    holds: AtomicBool,
    held: AtomicU64,
    /// Nobody hears anybody.
    parted: AtomicBool,
    dice: Mutex<Dice>,
}

/// What becomes of a COMMIT.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    AnswerCut,
    RequestCut,
    Held,
}

impl Proxy {
    /// A proxy before `host:port`. It passes everything on until it is switched on.
    ///
    /// # Errors
    /// There is no port to listen at.
    pub fn before(target: &str, every: u64, seed: u64) -> std::io::Result<Proxy> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            every,
            on: AtomicBool::new(false),
            after: AtomicU64::new(0),
            before: AtomicU64::new(0),
            holds: AtomicBool::new(false),
            held: AtomicU64::new(0),
            parted: AtomicBool::new(false),
            dice: Mutex::new(Dice(seed)),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || carry(&shared, client));
            }
        });
        Ok(Proxy { port, shared })
    }

    /// Begins to cut, or stops.
    pub fn switch(&self, on: bool) {
        self.shared.on.store(on, Ordering::SeqCst);
    }

    /// Begins to hold COMMITs; or stops, and those that were held never arrive.
    pub fn hold(&self, on: bool) {
        self.shared.holds.store(on, Ordering::SeqCst);
    }

    /// COMMITs that were held.
    pub fn held(&self) -> u64 {
        self.shared.held.load(Ordering::SeqCst)
    }

    /// Lets nothing through any more, in neither way and on no line; or everything that waits.
    pub fn part(&self, on: bool) {
        self.shared.parted.store(on, Ordering::SeqCst);
    }

    /// Answers that were cut after the COMMIT was carried out, and COMMITs that never arrived.
    pub fn cuts(&self) -> (u64, u64) {
        (self.shared.after.load(Ordering::SeqCst), self.shared.before.load(Ordering::SeqCst))
    }

    /// A database's address, by way of this proxy. `None` when it names no host to connect to.
    pub fn address(&self, url: &str) -> Option<String> {
        let (from, to) = place(url)?;
        Some(format!("{}127.0.0.1:{}{}", &url[..from], self.port, &url[to..]))
    }
}

/// The `host:port` of a database's address; 5432 when it names no port.
pub fn target(url: &str) -> Option<String> {
    let (from, to) = place(url)?;
    let host = &url[from..to];
    Some(if host.rsplit(']').next()?.contains(':') { host.to_owned() } else { format!("{host}:5432") })
}

fn place(url: &str) -> Option<(usize, usize)> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    let from = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    (from < end).then_some((from, end))
}

impl Shared {
    /// Waits while nobody hears anybody.
    fn through(&self) {
        while self.parted.load(Ordering::SeqCst) {
            std::thread::sleep(LOOK);
        }
    }

    fn fate(&self) -> Fate {
        if self.holds.load(Ordering::SeqCst) {
            return Fate::Held;
        }
        if !self.on.load(Ordering::SeqCst) {
            return Fate::Passes;
        }
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        match (dice.roll(self.every), dice.roll(2)) {
            (0, 0) => Fate::AnswerCut,
            (0, _) => Fate::RequestCut,
            _ => Fate::Passes,
        }
    }
}

/// Carries both ways until one end is gone or the line is cut.
fn carry(shared: &Arc<Shared>, client: TcpStream) {
    shared.through();
    let Ok(server) = TcpStream::connect(&shared.target) else { return };
    let (Ok(to_client), Ok(from_server)) = (client.try_clone(), server.try_clone()) else { return };
    // Small packets wait for nobody; where it cannot be set, they are slow and right.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mute = Arc::new(AtomicBool::new(false));
    let (muted, both) = (mute.clone(), shared.clone());
    std::thread::spawn(move || answers(&both, from_server, to_client, &muted));
    requests(shared, client, server, &mute);
}

fn requests(shared: &Shared, mut client: TcpStream, mut server: TcpStream, mute: &AtomicBool) {
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        let fate = match bytes[..read].ends_with(COMMIT) {
            true => shared.fate(),
            false => Fate::Passes,
        };
        if fate == Fate::RequestCut {
            shared.before.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if fate == Fate::Held {
            shared.held.fetch_add(1, Ordering::SeqCst);
            while shared.holds.load(Ordering::SeqCst) {
                std::thread::sleep(LOOK);
            }
            break;
        }
        if fate == Fate::AnswerCut {
            mute.store(true, Ordering::SeqCst);
            shared.after.fetch_add(1, Ordering::SeqCst);
        }
        shared.through();
        if server.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    shut(&client);
    // The server is left to finish what it has; the answer finds nobody.
    let _ = server.shutdown(Shutdown::Write);
}

fn answers(shared: &Shared, mut server: TcpStream, mut client: TcpStream, mute: &AtomicBool) {
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = server.read(&mut bytes) {
        shared.through();
        if mute.load(Ordering::SeqCst) || client.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    shut(&client);
    shut(&server);
}

fn shut(stream: &TcpStream) {
    // An end that is gone already needs no shutting.
    let _ = stream.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_database_is_found_in_its_address() {
        let table = [
            ("postgres://u:p@db.city:6432/charter?x=y", Some("db.city:6432")),
            ("postgres://u@127.0.0.1/charter", Some("127.0.0.1:5432")),
            ("postgres://db?user=u", Some("db:5432")),
            ("postgres://u@/charter?host=/run/postgresql", None),
        ];
        for (url, place) in table {
            assert_eq!(target(url).as_deref(), place, "{url}");
        }
    }
}
