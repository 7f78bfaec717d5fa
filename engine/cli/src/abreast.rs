//! The same work on many things, on every core, the answers in the order of the things.

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// Fewer things are not worth a thread.
const FEW: usize = 8;
/// More threads than this gain nothing here.
const THREADS_MAX: usize = 8;
/// Room for deeply nested documents, as the program itself has.
pub const STACK: usize = 64 << 20;

/// Does the work on every thing.
pub fn abreast<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    if cores < 2 || things.len() < FEW {
        return things.into_iter().map(work).collect();
    }
    let count = things.len();
    let (next, done) = (Mutex::new(things.into_iter().enumerate()), Mutex::new(Vec::with_capacity(count)));
    let take = || next.lock().ok().and_then(|mut next| next.next());
    let toil = || {
        while let Some((at, thing)) = take() {
            let answer = work(thing);
            if let Ok(mut done) = done.lock() {
                done.push((at, answer));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            // A machine that gives no more threads gets the work done by this one.
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, toil);
        }
        toil();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::abreast;

    #[test]
    fn answers_come_in_the_order_of_the_things() {
        let squares = abreast((0..1_000u64).collect(), |n| n * n);
        assert_eq!(squares, (0..1_000).map(|n| n * n).collect::<Vec<u64>>());
        assert_eq!(abreast(vec![3], |n| n + 1), [4]);
    }
}
