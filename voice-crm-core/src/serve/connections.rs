//! Which connections are open, and which of them make room for others.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    TrustedProxies,
    connection::{Clock, Connection, Order, Phase},
    proxies::network_of,
};
use crate::telemetry;

/// How exactly time is measured here.
pub(super) const TICK: Duration = Duration::from_millis(20);
/// The most ticks that the head of a request may take: 10 s.
const HEAD: u64 = 500;
/// The most ticks that a connection is kept open without a request: 90 s, longer than load balancers keep theirs.
const IDLE: u64 = 4_500;
/// A connection makes no room before this many ticks: its request comes right behind it.
const YOUNG: u64 = 5;
/// A connection that is kept open makes room after this many ticks without a request: 1 s.
const UNUSED: u64 = 50;
/// One address has at most one in so many of the connections without a whole head.
const SHARE: usize = 4;

/// The open connections of a server.
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    trusted: TrustedProxies,
    clock: Arc<Clock>,
    open: Mutex<Open>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    all: HashMap<u64, Arc<Connection>>,
    made: u64,
}

impl Open {
    /// How many connections are of a kind, and of those that keep the server waiting the one that has done so for
    /// longest.
    fn oldest(&self, is_one: impl Fn(&Connection) -> bool) -> (usize, Option<Arc<Connection>>) {
        let those = || self.all.values().filter(|one| is_one(one));
        let may_go = |one: &&Arc<Connection>| one.keeps_waiting() && one.age() >= YOUNG;
        (those().count(), those().filter(may_go).max_by_key(|one| one.age()).cloned())
    }

    /// The oldest one without a whole head, of the address that has the most of them; or the one that has asked for
    /// nothing for longest.
    fn least_needed(&self) -> Option<Arc<Connection>> {
        let crowded = self.most_crowded();
        let waits = |one: &Connection| Some(one.network) == crowded && one.phase() == Phase::Head;
        let is_unused = |one: &Connection| one.phase() == Phase::Idle && one.age() >= UNUSED;
        self.oldest(waits).1.or_else(|| self.oldest(is_unused).1)
    }

    /// The address with the most connections without a whole head.
    fn most_crowded(&self) -> Option<IpAddr> {
        let mut waiting: HashMap<IpAddr, usize> = HashMap::new();
        for one in self.all.values().filter(|one| one.phase() == Phase::Head) {
            *waiting.entry(one.network).or_default() += 1;
        }
        waiting.into_iter().max_by_key(|(_, count)| *count).map(|(network, _)| network)
    }
}

impl Connections {
    pub(super) fn new(limit: usize, trusted: TrustedProxies) -> Self {
        Self { limit, trusted, clock: Arc::default(), open: Mutex::default(), changed: Notify::new() }
    }

    /// Opens a connection, if there is room for it or room can be made.
    pub(super) fn admit(&self, address: SocketAddr) -> Option<Arc<Connection>> {
        let network = network_of(address.ip());
        let is_trusted = self.trusted.contains(address.ip());
        let mut open = self.open();
        let share = (self.limit / SHARE).max(1);
        if !is_trusted && open.all.len() >= share {
            let waits = |one: &Connection| one.network == network && one.phase() == Phase::Head;
            let (waiting, oldest) = open.oldest(waits);
            if waiting >= share {
                let oldest = oldest?;
                cut(&mut open, &oldest, "address");
            }
        }
        if open.all.len() >= self.limit {
            let victim = open.least_needed()?;
            cut(&mut open, &victim, "room");
        }
        Some(self.open_for(&mut open, network))
    }

    /// Closes the connection that is least needed, since descriptors have run out.
    pub(super) fn make_room(&self) {
        let mut open = self.open();
        if let Some(victim) = open.least_needed() {
            cut(&mut open, &victim, "descriptors");
        }
    }

    /// Opens one of the last connections before a stop, whatever room there is.
    pub(super) fn admit_last(&self, address: SocketAddr) -> Arc<Connection> {
        self.open_for(&mut self.open(), network_of(address.ip()))
    }

    fn open_for(&self, open: &mut Open, network: IpAddr) -> Arc<Connection> {
        open.made += 1;
        let connection = Arc::new(Connection::new(open.made, network, self.clock.clone()));
        open.all.insert(open.made, connection.clone());
        connection
    }

    /// Time goes on: connections that took too long are closed.
    pub(super) fn tick(&self) {
        if self.clock.tick().is_multiple_of(UNUSED) {
            let mut open = self.open();
            let late: Vec<_> = open.all.values().filter(|one| is_late(one)).cloned().collect();
            for one in late {
                cut(&mut open, &one, "timeout");
            }
            telemetry::connections_open(open.all.len());
        }
        // A connection that was too young to make room may be old enough by now.
        self.changed.notify_one();
    }

    /// Waits until there may be more room.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The stream of a connection is closed.
    pub(super) fn closed(&self, connection: &Connection) {
        self.open().all.remove(&connection.id);
        self.changed.notify_one();
    }

    /// Tells all connections that the server stops. Those that ask for nothing end at once, and so do streams.
    pub(super) fn finish(&self) {
        for connection in self.open().all.values() {
            connection.order(match connection.phase() {
                Phase::Serving | Phase::Idle => Order::Finish,
                Phase::Head | Phase::Streaming | Phase::Upgraded => Order::Cut,
            });
        }
    }

    /// Waits until nothing is left that could be answered.
    pub(super) async fn finished(&self) {
        while self.open().all.values().any(|one| one.phase() != Phase::Upgraded) {
            self.changed().await;
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing is done under the lock that could leave it half done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_late(one: &Connection) -> bool {
    match one.phase() {
        Phase::Head => one.age() > HEAD,
        Phase::Idle | Phase::Streaming => one.age() > IDLE,
        // Whoever answers has deadlines of their own.
        Phase::Serving | Phase::Upgraded => false,
    }
}

fn cut(open: &mut Open, connection: &Connection, reason: &'static str) {
    open.all.remove(&connection.id);
    telemetry::connection_cut(reason);
    connection.order(Order::Cut);
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: &str = "192.0.2.1:1000";
    const CALLER: &str = "198.51.100.1:1000";
    const PROXY: &str = "10.0.0.7:1000";

    fn connections(limit: usize) -> Connections {
        Connections::new(limit, TrustedProxies::parse(["10.0.0.0/8"]).unwrap())
    }

    fn open(connections: &Connections, address: &str) -> Option<Arc<Connection>> {
        let opened = connections.admit(address.parse().unwrap())?;
        opened.found_nothing();
        Some(opened)
    }

    fn enter(one: &Connection, phase: Phase) {
        one.enter(phase);
        one.found_nothing();
    }

    fn pass(connections: &Connections, ticks: u64) {
        (0..ticks).for_each(|_| connections.tick());
    }

    fn is_open(connections: &Connections, one: &Connection) -> bool {
        connections.open().all.contains_key(&one.id)
    }

    #[test]
    fn one_address_has_a_quarter_of_the_connections_without_a_head_and_its_oldest_goes_first() {
        let connections = connections(40);
        let waiting: Vec<_> = (0..10).map(|_| open(&connections, STRANGER).unwrap()).collect();
        assert!(open(&connections, STRANGER).is_none(), "none of them is old enough to go");
        pass(&connections, 1);
        let caller = open(&connections, CALLER).unwrap();
        pass(&connections, YOUNG - 1);
        let next = open(&connections, STRANGER).unwrap();
        assert_eq!(connections.open().all.len(), 11);
        assert_eq!(waiting.iter().filter(|one| !is_open(&connections, one)).count(), 1);
        assert!(is_open(&connections, &caller) && is_open(&connections, &next));
    }

    #[test]
    fn a_connection_at_which_a_busy_server_has_not_looked_makes_no_room() {
        let connections = connections(4);
        let address = STRANGER.parse().unwrap();
        let unseen = connections.admit(address).unwrap();
        pass(&connections, 2 * YOUNG);
        assert!(connections.admit(address).is_none());
        unseen.found_nothing();
        assert!(connections.admit(address).is_some());
    }

    #[test]
    fn requests_that_came_whole_do_not_count_against_their_address() {
        let connections = connections(40);
        for _ in 0..39 {
            enter(&open(&connections, CALLER).unwrap(), Phase::Serving);
        }
        assert!(open(&connections, CALLER).is_some());
    }

    #[test]
    fn a_proxy_that_is_trusted_has_as_many_as_there_are() {
        let connections = connections(40);
        assert!((0..40).all(|_| open(&connections, PROXY).is_some()));
    }

    #[test]
    fn when_all_are_taken_the_most_crowded_address_makes_room_and_no_request_under_way_does() {
        let connections = connections(8);
        let served = open(&connections, CALLER).unwrap();
        enter(&served, Phase::Serving);
        let callers = [0; 3].map(|_| {
            let caller = open(&connections, CALLER).unwrap();
            enter(&caller, Phase::Idle);
            caller
        });
        let strangers: Vec<_> = (0..4).map(|_| open(&connections, PROXY).unwrap()).collect();
        assert!(open(&connections, CALLER).is_none(), "none of them is old enough to go");
        pass(&connections, YOUNG);
        assert!(open(&connections, CALLER).is_some());
        assert_eq!(strangers.iter().filter(|one| !is_open(&connections, one)).count(), 1);
        assert!(is_open(&connections, &served) && callers.iter().all(|one| is_open(&connections, one)));
    }

    #[test]
    fn a_connection_that_nobody_uses_makes_room_when_nothing_else_does() {
        let connections = connections(2);
        let (idle, served) = (open(&connections, PROXY).unwrap(), open(&connections, PROXY).unwrap());
        enter(&idle, Phase::Idle);
        enter(&served, Phase::Serving);
        pass(&connections, UNUSED - 1);
        assert!(open(&connections, CALLER).is_none());
        pass(&connections, 1);
        let caller = open(&connections, CALLER).unwrap();
        enter(&caller, Phase::Serving);
        pass(&connections, UNUSED);
        assert!(open(&connections, CALLER).is_none(), "all are in use");
        connections.closed(&served);
        assert!(open(&connections, CALLER).is_some());
    }

    #[test]
    fn a_head_that_takes_too_long_and_silence_that_lasts_too_long_end_a_connection() {
        let connections = connections(40);
        let all = [Phase::Head, Phase::Idle, Phase::Streaming, Phase::Serving, Phase::Upgraded];
        let opened = all.map(|phase| {
            let one = open(&connections, PROXY).unwrap();
            enter(&one, phase);
            one
        });
        let open = || opened.iter().map(|one| is_open(&connections, one)).collect::<Vec<_>>();
        pass(&connections, HEAD);
        assert_eq!(open(), [true; 5]);
        pass(&connections, UNUSED);
        assert_eq!(open(), [false, true, true, true, true]);
        pass(&connections, IDLE - HEAD - UNUSED);
        opened[2].has_written();
        pass(&connections, UNUSED);
        assert_eq!(open(), [false, false, true, true, true]);
    }

    #[test]
    fn the_first_byte_of_the_next_request_begins_a_head_and_one_within_a_request_does_not() {
        let connections = connections(40);
        let one = open(&connections, CALLER).unwrap();
        enter(&one, Phase::Serving);
        one.has_read();
        assert_eq!(one.phase(), Phase::Serving);
        enter(&one, Phase::Idle);
        one.has_read();
        assert_eq!(one.phase(), Phase::Head);
    }

    #[tokio::test]
    async fn a_stop_cuts_what_asks_for_nothing_and_waits_for_what_is_answered() {
        let connections = connections(40);
        let (silent, served) = (open(&connections, CALLER).unwrap(), open(&connections, CALLER).unwrap());
        let streamed = open(&connections, CALLER).unwrap();
        enter(&served, Phase::Serving);
        enter(&streamed, Phase::Streaming);
        connections.finish();
        assert_eq!(silent.ordered().await, Order::Cut);
        assert_eq!(streamed.ordered().await, Order::Cut);
        assert_eq!(served.ordered().await, Order::Finish);
        connections.closed(&silent);
        connections.closed(&streamed);
        let mut finished = std::pin::pin!(connections.finished());
        assert!(futures_util::poll!(finished.as_mut()).is_pending());
        connections.closed(&served);
        finished.await;
    }
}
