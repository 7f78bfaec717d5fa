//! Several nodes over one store: no node is special, each holds leases of a fair share of the parts.
//!
//! A lease lasts three seconds and is kept every second, so the parts of a dead node are worked on again within
//! four. A node counts a lease from before it asked, by its own steady clock, and every write carries the
//! lease's epoch: a node that slept past its lease decides nothing, and what it had decided is not written.

use std::time::Duration;

use jiff::SignedDuration;
use machine::ids::Name;
use ports::fault::Fault;
use ports::query::{Lease, LeaseWish, PARTS};

use crate::engine::Engine;
use crate::holdings::{Part, lease_of};
use crate::lane::Round;

/// How long a lease lasts.
pub const KEEP: SignedDuration = SignedDuration::from_secs(3);
/// How often it is kept.
pub const RENEW: Duration = Duration::from_secs(1);
/// The most nodes that count.
pub const SEATS: u16 = 16;

/// One node's part in sharing the work.
#[derive(Clone, Debug)]
pub struct Node {
    name: Name,
    seat: Option<u16>,
    held: Vec<u16>,
}

impl Node {
    /// A node of this name: unique, and what others reach it by.
    pub fn new(name: &str) -> Node {
        Node { name: name.into(), seat: None, held: vec![] }
    }

    /// A node that others reach at an address: it is kept with every lease, so that whoever is told that a case is
    /// worked on there knows where to turn.
    pub fn at(name: &str, address: &str) -> Node {
        Node::new(&format!("{name} {address}"))
    }

    /// The parts it holds.
    pub fn held(&self) -> &[u16] {
        &self.held
    }

    /// Keeps what it holds, counts the others, takes what is free up to its share, gives back what is above.
    ///
    /// # Errors
    /// A fault of the store; what is held runs out by itself.
    pub async fn run_once(&mut self, engine: &Engine) -> Result<Round, Fault> {
        let nodes = self.count_nodes(engine).await?;
        let share = usize::from(PARTS.div_ceil(nodes));
        let began = engine.office().steady();
        let back = self.held.split_off(share.min(self.held.len()));
        for part in &back {
            engine.office().holdings.note(*part, Part::There { node: "".into() }, began);
        }
        let wish = |part: u16| match self.held.contains(&part) {
            true => self.wish(lease_of(part), KEEP),
            false => self.wish(lease_of(part), SignedDuration::ZERO),
        };
        let leases = engine.store().lease((0..PARTS).map(wish).collect()).await?;
        let free: Vec<u16> = (0..PARTS)
            .zip(&leases)
            .filter(|(part, lease)| {
                lease.holder == self.name && !self.held.contains(part) && !back.contains(part)
            })
            .map(|(part, _)| part)
            .take(share - self.held.len())
            .collect();
        let mut now: Vec<(u16, Lease)> = (0..PARTS).zip(leases).collect();
        if !free.is_empty() {
            let wishes = free.iter().map(|part| self.wish(lease_of(*part), KEEP)).collect();
            let taken = engine.store().lease(wishes).await?;
            for (part, lease) in free.iter().zip(taken) {
                now[usize::from(*part)].1 = lease;
            }
        }
        let wanted: Vec<u16> = self.held.iter().chain(&free).copied().collect();
        self.note(engine, &now, &wanted, began);
        Ok(Round::Worked(self.held.len()))
    }

    fn note(&mut self, engine: &Engine, now: &[(u16, Lease)], wanted: &[u16], began: SignedDuration) {
        let mut gained = false;
        let steady = engine.office().steady();
        self.held.clear();
        for (part, lease) in now {
            let here = lease.holder == self.name && wanted.contains(part);
            let part_now = match here {
                true => Part::Here { epoch: lease.epoch, until: began + KEEP },
                false => Part::There { node: lease.holder.clone() },
            };
            if here {
                self.held.push(*part);
            }
            gained |= engine.office().holdings.note(*part, part_now, steady);
        }
        if gained {
            engine.office().forget_due();
        }
        engine.office().moved.notify_waiters();
    }

    /// How many nodes work, this one among them: each holds a seat. A seat that is free can be asked for
    /// without being kept.
    async fn count_nodes(&mut self, engine: &Engine) -> Result<u16, Fault> {
        for _ in 0..SEATS {
            let wish = |seat: u16| match self.seat == Some(seat) {
                true => self.wish(seat_of(seat), KEEP),
                false => self.wish(seat_of(seat), SignedDuration::ZERO),
            };
            let seats = engine.store().lease((0..SEATS).map(wish).collect()).await?;
            let others = seats.iter().filter(|lease| lease.holder != self.name).count();
            let mine =
                |seat: u16| seats.get(usize::from(seat)).is_some_and(|lease| lease.holder == self.name);
            if self.seat.is_some_and(mine) {
                return Ok(u16::try_from(others + 1).unwrap_or(SEATS));
            }
            self.seat = (0..SEATS).find(|seat| mine(*seat));
            if self.seat.is_none() {
                break;
            }
        }
        // Every seat is taken: more nodes than count stand by.
        Ok(SEATS)
    }

    /// Gives everything back, so that others need not wait for the leases to run out.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn leave(&mut self, engine: &Engine) -> Result<(), Fault> {
        engine.office().holdings.drop_all();
        let parts = self.held.iter().map(|part| self.wish(lease_of(*part), SignedDuration::ZERO));
        let seat = self.seat.map(|seat| self.wish(seat_of(seat), SignedDuration::ZERO));
        let wishes = parts.chain(seat).collect();
        engine.store().lease(wishes).await?;
        self.held.clear();
        self.seat = None;
        Ok(())
    }

    fn wish(&self, name: Name, keep: SignedDuration) -> LeaseWish {
        LeaseWish { name, holder: self.name.clone(), keep }
    }
}

/// The address of a node that gave one.
pub fn address_of(node: &str) -> Option<&str> {
    node.split_once(' ').map(|(_, address)| address)
}

/// What a node is called.
pub fn name_of(node: &str) -> &str {
    node.split_once(' ').map_or(node, |(name, _)| name)
}

fn seat_of(seat: u16) -> Name {
    format!("seat/{seat}").into()
}
