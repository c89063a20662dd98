//! How much of long bodies is held at once, and who has to give way when there is no more room.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

/// Up to here a body is held without asking. Function calls of a voice model are shorter by far.
pub(super) const SHORT: usize = 32 * 1_024;
/// So many of the longest bodies have room at once.
const LONGEST_AT_ONCE: usize = 4;
/// How often those who wait look for bodies that do not come.
const LOOK: Duration = Duration::from_millis(250);
/// How long a body may take to begin.
const GRACE: Duration = Duration::from_millis(500);
/// How many bytes of a body must come in a millisecond from then on, while others wait for room: about 1 MB in a second.
const LEAST_PACE: u128 = 1_000;

/// The room for long bodies. It is shared by all of them, and function calls need none of it.
///
/// A stranger can make a head that looks genuine, and have room for its body kept. So the shortest bodies come first, and
/// while others wait, a body that hardly comes loses its room. Bodies of a platform take milliseconds.
#[derive(Clone)]
pub(super) struct BodyRoom(Arc<Room>);

struct Room {
    bytes: usize,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    taken: usize,
    /// Who waits, by the bytes that are wanted and the order of coming.
    waiting: BTreeMap<(usize, u64), oneshot::Sender<Place>>,
    /// The bodies that are being read.
    reading: HashMap<u64, Arc<Reading>>,
    last: u64,
}

/// A body that is being read.
struct Reading {
    since: Instant,
    received: AtomicUsize,
    give_way: Notify,
}

/// Room for one body, until this is dropped.
pub(super) struct Place {
    room: Arc<Room>,
    bytes: usize,
    number: u64,
    reading: Arc<Reading>,
}

impl BodyRoom {
    /// The room for bodies of at most `limit` bytes each.
    pub(super) fn new(limit: usize) -> Self {
        let bytes = limit.saturating_mul(LONGEST_AT_ONCE);
        Self(Arc::new(Room { bytes, ledger: Mutex::default() }))
    }

    /// Waits for room for a body of so many bytes.
    pub(super) async fn take(&self, bytes: usize) -> Place {
        let mut place = self.0.ask(bytes);
        loop {
            match tokio::time::timeout(LOOK, &mut place).await {
                Ok(Ok(place)) => return place,
                // Whoever waits is never forgotten.
                Ok(Err(_)) => place = self.0.ask(bytes),
                Err(_) => self.0.make_room(),
            }
        }
    }
}

impl Room {
    fn ask(self: &Arc<Self>, bytes: usize) -> oneshot::Receiver<Place> {
        let (sender, receiver) = oneshot::channel();
        let mut ledger = self.ledger();
        ledger.last += 1;
        let number = ledger.last;
        ledger.waiting.insert((bytes.min(self.bytes), number), sender);
        drop(ledger);
        self.give();
        receiver
    }

    /// Gives room to those who wait, for as long as there is any.
    fn give(self: &Arc<Self>) {
        // What somebody wanted who left in this moment is dropped outside of the lock, and gives its room back.
        while let Some((waiting, place)) = self.next() {
            drop(waiting.send(place));
        }
    }

    fn next(self: &Arc<Self>) -> Option<(oneshot::Sender<Place>, Place)> {
        let mut ledger = self.ledger();
        let first = loop {
            let first = ledger.waiting.first_entry()?;
            if !first.get().is_closed() {
                break first;
            }
            first.remove();
        };
        let (bytes, number) = *first.key();
        if ledger.taken + bytes > self.bytes {
            return None;
        }
        let waiting = ledger.waiting.pop_first()?.1;
        let reading =
            Reading { since: Instant::now(), received: AtomicUsize::new(0), give_way: Notify::new() };
        let reading = Arc::new(reading);
        ledger.taken += bytes;
        ledger.reading.insert(number, reading.clone());
        Some((waiting, Place { room: self.clone(), bytes, number, reading }))
    }

    /// Tells the bodies that hardly come to give way.
    fn make_room(&self) {
        self.ledger()
            .reading
            .values()
            .filter(|body| body.hardly_comes())
            .for_each(|body| body.give_way.notify_one());
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    fn hardly_comes(&self) -> bool {
        let late = self.since.elapsed().saturating_sub(GRACE).as_millis();
        (self.received.load(Ordering::Relaxed) as u128) < late * LEAST_PACE
    }
}

impl Place {
    /// So many bytes of the body have come by now.
    pub(super) fn received(&self, bytes: usize) {
        self.reading.received.store(bytes, Ordering::Relaxed);
    }

    /// The whole body has come. From here on its room is safe.
    pub(super) fn is_read(&self) {
        self.room.ledger().reading.remove(&self.number);
    }

    /// Waits until the body has to give way to others.
    pub(super) async fn must_give_way(&self) {
        self.reading.give_way.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut ledger = self.room.ledger();
        ledger.taken -= self.bytes;
        ledger.reading.remove(&self.number);
        drop(ledger);
        self.room.give();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const LIMIT: usize = 1_000_000;

    /// A room that four bodies have filled.
    async fn full() -> (BodyRoom, Vec<Place>) {
        let room = BodyRoom::new(LIMIT);
        let mut places = Vec::new();
        for _ in 0..LONGEST_AT_ONCE {
            places.push(room.take(LIMIT).await);
        }
        (room, places)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_hardly_comes_gives_way_to_those_who_wait_and_one_that_comes_does_not() {
        let (room, mut places) = full().await;
        let comes = places.pop().unwrap();
        comes.received(LIMIT);
        places.pop().unwrap().is_read();
        let asked = Instant::now();
        let mut waits = Box::pin(room.take(LIMIT));
        tokio::select! {
            _ = &mut waits => {}
            () = comes.must_give_way() => panic!("it came"),
            () = async {
                places[0].must_give_way().await;
                drop(places);
                std::future::pending::<()>().await;
            } => {}
        }
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_let_be_while_nobody_waits() {
        let room = BodyRoom::new(LIMIT);
        let slow = room.take(LIMIT).await;
        tokio::time::sleep(Duration::from_secs(9)).await;
        assert!(slow.must_give_way().now_or_never().is_none());
    }

    #[tokio::test]
    async fn the_shortest_body_gets_room_first_and_one_that_nobody_waits_for_gets_none() {
        let (room, mut places) = full().await;
        let mut long = Box::pin(room.take(LIMIT));
        let mut gone = Box::pin(room.take(10));
        let mut short = Box::pin(room.take(50_000));
        assert!((&mut long).now_or_never().is_none() && (&mut gone).now_or_never().is_none());
        assert!((&mut short).now_or_never().is_none());
        drop(gone);
        places.pop();
        assert!((&mut long).now_or_never().is_none());
        let short = short.await;
        assert_eq!(room.0.ledger().taken, (LONGEST_AT_ONCE - 1) * LIMIT + 50_000);
        drop(short);
        let long = long.await;
        drop((long, places));
        let ledger = room.0.ledger();
        assert_eq!((ledger.taken, ledger.reading.len(), ledger.waiting.len()), (0, 0, 0));
    }
}
