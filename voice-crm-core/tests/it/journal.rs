//! What every journal must do: in memory, in a real SQLite file, and in a real PostgreSQL server.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::Map;
use voice_crm_core::{
    call::CallId,
    crm::{Change, OwnRecord, Receipt, RecordRef, Write, JobKey},
    journal::{
        Accepted, Digest, Entry, Journal, Lane, Lease, MemoryJournal, Reason, Settlement, SqliteJournal,
        Standing,
    },
    phone::{PhoneNumber, Region},
};

use crate::stage::NUMBER;

#[cfg(unix)]
pub(crate) mod cluster;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod private_postgres;
mod sqlite;
mod torn;

const LEASE: Duration = Duration::from_secs(30);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn key(number: u32) -> JobKey {
    JobKey::new("org", "test", &CallId::from("call"), "tool", number)
}

fn entry(lane: &str, number: u32) -> Entry {
    let change = Change::SaveRecord(OwnRecord { object: "Thing__c".to_owned(), fields: Map::new() });
    Entry {
        lane: Lane::new(lane),
        write: Arc::new(Write { key: key(number), change }),
        digest: Digest::from_bytes([0; 16]),
        caller: None,
    }
}

fn receipt(number: u32) -> Receipt {
    Receipt { record: Some(RecordRef::new(format!("a00{number:012}"))), ..Receipt::default() }
}

fn reason() -> Reason {
    Reason { code: "RULE".to_owned(), sentence: "a rule refuses it".to_owned() }
}

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number, Region::US).unwrap()
}

async fn leased(journal: &dyn Journal, lane: &str, number: u32) -> Lease {
    match journal.accept(entry(lane, number), Some(LEASE), at(0)).await.unwrap() {
        Accepted::Leased(lease) => lease,
        other => panic!("not leased: {other:?}"),
    }
}

async fn settle(journal: &dyn Journal, lease: Lease, settlement: Settlement, now: Timestamp) {
    journal.settle(vec![(lease, settlement)], now).await.unwrap();
}

async fn claim(journal: &dyn Journal, now: Timestamp) -> Vec<Lease> {
    journal.claim(now, LEASE, 100).await.unwrap().leases
}

async fn standing(journal: &dyn Journal, number: u32) -> Option<Standing> {
    journal.standing(key(number)).await.unwrap().map(|(_, standing)| standing)
}

/// Runs a claim about every journal on each of them.
macro_rules! on_every_journal {
    ($($(#[$meta:meta])* async fn $name:ident($journal:ident: &dyn Journal) $body:block)*) => {
        $(
            async fn $name($journal: &dyn Journal) $body
        )*
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::MemoryJournal::new()).await;
            })*
        }
        mod in_sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(&super::SqliteJournal::open(folder.path().join("journal.db")).unwrap()).await;
            })*
        }
        #[cfg(unix)]
        mod in_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(cluster) = super::cluster::shared() else { return };
                super::$name(&cluster.options().connect().await.unwrap()).await;
            })*
        }
    };
}

on_every_journal! {
    async fn the_same_write_twice_is_one_write_and_gives_its_outcome(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;

        let again = journal.accept(entry("a", 1), Some(LEASE), at(1)).await.unwrap();
        assert!(matches!(again, Accepted::Known(Standing::Pending)));

        settle(journal, lease, Settlement::Done(receipt(1)), at(2)).await;
        let again = journal.accept(entry("a", 1), Some(LEASE), at(3)).await.unwrap();
        assert!(matches!(again, Accepted::Known(Standing::Done(found)) if found == receipt(1)));
        assert!(claim(journal, at(1000)).await.is_empty());
    }

    async fn the_same_key_for_something_else_is_a_conflict_and_changes_nothing(journal: &dyn Journal) {
        let _lease = leased(journal, "a", 1).await;

        let other = Entry { digest: Digest::from_bytes([1; 16]), ..entry("a", 1) };
        assert!(matches!(journal.accept(other, Some(LEASE), at(1)).await.unwrap(), Accepted::Conflict));

        assert_eq!(journal.stats().await.unwrap().pending, 1);
    }

    async fn the_writes_of_a_lane_come_one_at_a_time_and_in_order(journal: &dyn Journal) {
        let first = leased(journal, "a", 1).await;
        for number in 2..=3 {
            let accepted = journal.accept(entry("a", number), Some(LEASE), at(0)).await.unwrap();
            assert!(matches!(accepted, Accepted::Queued));
        }
        assert!(claim(journal, at(1)).await.is_empty(), "the head is out on a lease");

        settle(journal, first, Settlement::Done(receipt(1)), at(2)).await;
        for number in 2..=3 {
            let mut leases = claim(journal, at(3)).await;
            assert_eq!(leases.len(), 1);
            let lease = leases.pop().unwrap();
            assert_eq!(lease.attempt().write.key, key(number));
            assert_eq!(lease.attempt().earlier, (1..number).map(receipt).collect::<Vec<_>>());
            settle(journal, lease, Settlement::Done(receipt(number)), at(3)).await;
        }
        assert!(claim(journal, at(4)).await.is_empty());
    }

    async fn a_write_that_nobody_waits_for_is_due_at_once(journal: &dyn Journal) {
        journal.accept(entry("a", 1), None, at(0)).await.unwrap();
        assert_eq!(claim(journal, at(0)).await.len(), 1);
    }

    async fn a_lane_that_waits_holds_up_no_other(journal: &dyn Journal) {
        let poisoned = leased(journal, "a", 1).await;
        let healthy = leased(journal, "b", 2).await;
        settle(journal, poisoned, Settlement::Retry { at: at(100), may_exist: false }, at(1)).await;
        settle(journal, healthy, Settlement::Retry { at: at(5), may_exist: false }, at(1)).await;

        let claimed = journal.claim(at(5), LEASE, 100).await.unwrap();

        assert_eq!(claimed.leases.len(), 1);
        assert_eq!(claimed.leases[0].attempt().write.key, key(2));
        assert_eq!(claimed.next_due, Some(at(35)), "the end of the new lease comes before the repeat");
    }

    async fn a_lease_that_ran_out_comes_back_with_the_doubt_that_it_took_effect(journal: &dyn Journal) {
        let lost = leased(journal, "a", 1).await;
        assert!(!lost.attempt().may_exist);

        let mut again = claim(journal, at(30)).await;

        let again = again.pop().unwrap();
        assert!(again.attempt().may_exist);
        settle(journal, lost, Settlement::Dead(reason()), at(31)).await;
        assert_eq!(standing(journal, 1).await, Some(Standing::Pending), "a stale lease changes nothing");
        settle(journal, again, Settlement::Done(receipt(1)), at(32)).await;
        assert_eq!(standing(journal, 1).await, Some(Standing::Done(receipt(1))));
    }

    async fn a_doubt_is_kept_through_a_later_refusal(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        settle(journal, lease, Settlement::Retry { at: at(1), may_exist: true }, at(1)).await;
        let lease = claim(journal, at(1)).await.pop().unwrap();
        settle(journal, lease, Settlement::Retry { at: at(2), may_exist: false }, at(2)).await;
        let lease = claim(journal, at(2)).await.pop().unwrap();
        assert!(lease.attempt().may_exist);
        assert_eq!(lease.attempts(), 2);
    }

    async fn a_dead_letter_is_listed_and_its_lane_goes_on(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        journal.accept(entry("a", 2), Some(LEASE), at(0)).await.unwrap();
        settle(journal, lease, Settlement::Dead(reason()), at(1)).await;

        let dead = journal.dead_letters(10).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].write.key, &dead[0].reason, dead[0].attempts), (key(1), &reason(), 1));
        assert_eq!(claim(journal, at(1)).await.pop().unwrap().attempt().write.key, key(2));
    }

    async fn a_dead_letter_can_be_tried_again_ahead_of_its_lane(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        journal.accept(entry("a", 2), Some(LEASE), at(0)).await.unwrap();
        settle(journal, lease, Settlement::Dead(reason()), at(1)).await;

        assert!(journal.retry(key(1), at(2)).await.unwrap());
        assert!(!journal.retry(key(1), at(2)).await.unwrap(), "it is no dead letter any more");

        let lease = claim(journal, at(2)).await.pop().unwrap();
        assert_eq!(lease.attempt().write.key, key(1));
        assert!(lease.attempt().may_exist, "what is tried by hand is looked up first");
    }

    async fn a_lease_from_before_death_has_no_force_after_a_retry(journal: &dyn Journal) {
        let old = leased(journal, "a", 1).await;
        let newer = claim(journal, at(31)).await.pop().unwrap();
        settle(journal, newer, Settlement::Dead(reason()), at(32)).await;
        journal.retry(key(1), at(40)).await.unwrap();
        let _current = claim(journal, at(41)).await.pop().unwrap();

        settle(journal, old, Settlement::Done(receipt(9)), at(42)).await;

        assert_eq!(standing(journal, 1).await, Some(Standing::Pending));
    }

    async fn a_dead_letter_can_be_given_up_for_good(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        assert!(!journal.discard(key(1)).await.unwrap(), "what is alive is not discarded");
        settle(journal, lease, Settlement::Dead(reason()), at(1)).await;

        assert!(journal.discard(key(1)).await.unwrap());

        assert!(journal.dead_letters(10).await.unwrap().is_empty());
        assert_eq!(journal.stats().await.unwrap().dead, 0);
        let again = journal.accept(entry("a", 1), Some(LEASE), at(2)).await.unwrap();
        assert!(matches!(again, Accepted::Known(Standing::Dead(_))), "a late repeat does not bring it back");
        assert!(!journal.retry(key(1), at(3)).await.unwrap());
    }

    async fn the_doubt_stays_with_the_write_that_was_out(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        settle(journal, lease, Settlement::Dead(reason()), at(1)).await;
        let _out = leased(journal, "a", 2).await;
        journal.retry(key(1), at(2)).await.unwrap();

        // The lease of the second runs out while the first stands in front of it again.
        let first = claim(journal, at(40)).await.pop().unwrap();
        assert_eq!(first.attempt().write.key, key(1));
        settle(journal, first, Settlement::Done(receipt(1)), at(41)).await;
        let second = claim(journal, at(42)).await.pop().unwrap();
        assert_eq!((second.attempt().write.key, second.attempt().may_exist), (key(2), true));
    }

    async fn a_clock_that_is_set_back_holds_nothing_up(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        settle(journal, lease, Settlement::Retry { at: at(300), may_exist: false }, at(0)).await;
        assert!(claim(journal, at(1)).await.is_empty());
        assert_eq!(claim(journal, at(-86_400)).await.len(), 1);
    }

    async fn only_what_is_long_done_is_forgotten(journal: &dyn Journal) {
        let old = leased(journal, "a", 1).await;
        settle(journal, old, Settlement::Done(receipt(1)), at(1)).await;
        let new = leased(journal, "b", 2).await;
        settle(journal, new, Settlement::Done(receipt(2)), at(50)).await;
        let dead = leased(journal, "c", 3).await;
        settle(journal, dead, Settlement::Dead(reason()), at(1)).await;
        let _pending = leased(journal, "d", 4).await;

        assert_eq!(journal.forget(at(50), 100).await.unwrap(), 1);

        let stats = journal.stats().await.unwrap();
        assert_eq!((stats.pending, stats.done, stats.dead), (1, 1, 1));
        assert_eq!(standing(journal, 1).await, None);
    }

    async fn a_write_is_found_by_the_reference_that_was_spoken(journal: &dyn Journal) {
        let lease = leased(journal, "a", 1).await;
        settle(journal, lease, Settlement::Done(receipt(1)), at(1)).await;
        let _other = leased(journal, "b", 2).await;

        let said = key(1).reference().as_str().to_lowercase();
        let found = journal.find(&said.parse().unwrap()).await.unwrap();

        assert_eq!(found.len(), 1);
        assert_eq!((found[0].key, &found[0].standing), (key(1), &Standing::Done(receipt(1))));
        assert_eq!((found[0].kind.as_str(), found[0].lane.as_str(), found[0].attempts), ("save_record", "a", 1));
        assert!(journal.find(&key(3).reference()).await.unwrap().is_empty());
    }

    async fn what_is_kept_of_a_person_is_erased_and_the_keys_stay(journal: &dyn Journal) {
        let theirs = |lane: &str, number| Entry { caller: Some(phone(NUMBER)), ..entry(lane, number) };
        for (number, settlement) in
            [(1, Settlement::Done(receipt(1))), (2, Settlement::Dead(reason())), (3, Settlement::Dead(reason()))]
        {
            let lane = format!("lane {number}");
            let Accepted::Leased(lease) = journal.accept(theirs(&lane, number), Some(LEASE), at(0)).await.unwrap()
            else { panic!("no lease") };
            settle(journal, lease, settlement, at(1)).await;
        }
        journal.discard(key(3)).await.unwrap();
        journal.accept(theirs("lane 4", 4), None, at(0)).await.unwrap();
        let other = Entry { caller: Some(phone("+14155550143")), ..entry("lane 5", 5) };
        let Accepted::Leased(lease) = journal.accept(other, Some(LEASE), at(0)).await.unwrap() else { panic!("no lease") };
        settle(journal, lease, Settlement::Dead(reason()), at(1)).await;

        let erased = journal.erase(&phone(NUMBER)).await.unwrap();

        assert_eq!((erased.erased, erased.pending), (3, 1));
        assert_eq!(standing(journal, 1).await, Some(Standing::Done(Receipt::default())));
        for number in [2, 3] {
            let Some(Standing::Dead(reason)) = standing(journal, number).await else { panic!("not dead") };
            assert_eq!(reason.code, "erased");
            assert!(!journal.retry(key(number), at(2)).await.unwrap(), "what is gone cannot be tried again");
        }
        let dead: Vec<_> = journal.dead_letters(9).await.unwrap().iter().map(|letter| letter.write.key).collect();
        assert_eq!(dead, [key(5)], "another person's stays");
        assert_eq!(claim(journal, at(2)).await.len(), 1, "what is on its way goes on");
        assert_eq!(journal.erase(&phone(NUMBER)).await.unwrap().erased, 0);
        let stats = journal.stats().await.unwrap();
        assert_eq!((stats.pending, stats.done, stats.dead), (1, 1, 1));
    }

    async fn a_claim_takes_no_more_than_asked_and_passes_nobody_over(journal: &dyn Journal) {
        for number in 1..=10 {
            journal.accept(entry(&format!("lane {}", number % 5), number), None, at(i64::from(number))).await.unwrap();
        }
        let mut keys = Vec::new();
        for round in 20..25 {
            let claimed = journal.claim(at(round), LEASE, 2).await.unwrap();
            assert_eq!(claimed.leases.len(), 2);
            for lease in claimed.leases {
                keys.push(lease.attempt().write.key);
                settle(journal, lease, Settlement::Done(Receipt::default()), at(round)).await;
            }
        }
        assert_eq!(keys.drain(..5).collect::<HashSet<_>>(), (1..=5).map(key).collect());
        assert_eq!(keys.into_iter().collect::<HashSet<_>>(), (6..=10).map(key).collect());
    }
}
