//! The feed by itself: order, lag, filter, readers who come back, bounds, and the end.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    call::{AnsweredBy, Call, CallEvent, EndedCall, Happening, Platform, PlatformId, TransferTarget},
    caller::Caller,
};

fn feed(bounds: LiveBounds) -> LiveFeed {
    LiveFeed::on(bounds, Timestamp::UNIX_EPOCH)
}

fn vapi(id: &str) -> Call {
    Call::new(Platform::VAPI.call(id), Caller::Unknown)
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn tell(feed: &LiveFeed, call: Call, what: Happening, at: i64) {
    feed.happened(&CallEvent::new(call, what).at(Some(second(at))), None, second(0));
}

fn say(feed: &LiveFeed, call: Call, text: &str, at: i64) {
    tell(feed, call, Happening::Said { by_caller: true, text: text.to_owned() }, at);
}

fn ended(call: &Call, knowledge: u8) -> Happening {
    let mut ended = EndedCall::new(call.clone(), "over");
    ended.knowledge = knowledge;
    Happening::Ended(Box::new(ended))
}

fn only(feed: &LiveFeed) -> CallCard {
    let cards = feed.cards(&LiveFilter::all());
    assert_eq!(cards.len(), 1);
    CallCard::clone(&cards[0])
}

/// The texts of a card.
fn texts(card: &CallCard) -> Vec<&str> {
    card.lines.iter().map(|line| line.text.as_str()).collect()
}

async fn now(subscription: &mut Subscription) -> Option<LiveMessage> {
    tokio::time::timeout(Duration::ZERO, subscription.next()).await.ok().flatten()
}

#[tokio::test]
async fn changes_come_in_their_order_after_a_snapshot_and_come_to_the_card() {
    let feed = feed(LiveBounds::default());
    tell(&feed, vapi("a"), Happening::Ringing, 1);
    let mut reader = feed.subscribe(LiveFilter::all(), None);
    tell(&feed, vapi("a"), Happening::Answered(AnsweredBy::Agent), 2);
    say(&feed, vapi("a"), "hello", 3);
    say(&feed, vapi("a"), "hello", 3);
    let Some(LiveMessage::Snapshot { id, cards }) = now(&mut reader).await else { panic!() };
    assert_eq!(cards[0].state, CallState::Ringing);
    let mut last = id;
    for expected in ["Card", "Said"] {
        let Some(LiveMessage::Change(entry)) = now(&mut reader).await else { panic!("{expected}") };
        assert!(format!("{:?}", entry.change).starts_with(expected));
        assert_eq!(entry.id, last + 1);
        last = entry.id;
    }
    assert!(now(&mut reader).await.is_none(), "what was told twice is shown once");
    let card = only(&feed);
    assert_eq!((card.state, texts(&card)), (CallState::Answered, vec!["hello"]));
}

#[test]
fn the_state_is_the_same_in_whatever_order_events_come() {
    let call = vapi("a");
    let events = [
        (Happening::Ringing, 1),
        (Happening::Answered(AnsweredBy::Agent), 2),
        (Happening::Held, 3),
        (Happening::Resumed, 4),
        (Happening::Held, 5),
    ];
    let mut whole = events.to_vec();
    whole.push((ended(&call, 2), 9));
    for (told, state) in
        [(&events[..1], CallState::Ringing), (&events, CallState::OnHold), (&whole, CallState::Ended)]
    {
        for turn in 0..told.len() {
            let feed = feed(LiveBounds::default());
            for (what, at) in told[turn..].iter().chain(&told[..turn]).rev() {
                tell(&feed, call.clone(), what.clone(), *at);
            }
            assert_eq!(only(&feed).state, state, "{turn} of {}", told.len());
        }
    }
}

#[test]
fn a_late_link_makes_one_card_of_two_and_keeps_what_both_knew() {
    let feed = feed(LiveBounds::default());
    let leg = Call::new(Platform::TWILIO.call("CA1"), Caller::Unknown);
    tell(&feed, leg.clone(), Happening::Ringing, 1);
    say(&feed, vapi("a"), "second", 3);
    say(&feed, leg, "first", 2);
    assert_eq!(feed.cards(&LiveFilter::all()).len(), 2);
    let mut both = vapi("a");
    both.identity.add(Platform::TWILIO.call("CA1"));
    tell(&feed, both, Happening::Identified, 4);
    let card = only(&feed);
    assert_eq!(texts(&card), ["first", "second"]);
    assert_eq!(card.ids.iter().map(PlatformId::to_string).collect::<Vec<_>>(), ["twilio:CA1", "vapi:a"]);
    say(&feed, vapi("a"), "third", 5);
    assert_eq!(texts(&only(&feed)).len(), 3);
}

proptest! {
    #[test]
    fn what_is_told_of_two_legs_in_any_order_comes_to_one_card(
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(),
        repeats in prop::collection::vec(0..9_usize, 0..4),
    ) {
        let leg = Call::new(Platform::TWILIO.call("CA1"), Caller::Unknown);
        let mut both = vapi("a");
        both.identity.add(Platform::TWILIO.call("CA1"));
        let said = |text: &str| Happening::Said { by_caller: true, text: text.to_owned() };
        let events = [
            (leg.clone(), Happening::Ringing, 1),
            (vapi("a"), Happening::Answered(AnsweredBy::Agent), 2),
            (leg.clone(), Happening::Answered(AnsweredBy::Unknown), 2),
            (vapi("a"), said("one"), 3),
            (leg.clone(), said("two"), 4),
            (vapi("a"), said("three"), 5),
            (both, Happening::Identified, 6),
            (vapi("a"), ended(&vapi("a"), 2), 7),
            (leg.clone(), ended(&leg, 1), 8),
        ];
        let feed = feed(LiveBounds::default());
        for index in order.iter().chain(&repeats) {
            let (call, what, at) = events[*index].clone();
            tell(&feed, call, what, at);
        }
        let card = only(&feed);
        prop_assert_eq!(texts(&card), ["one", "two", "three"]);
        prop_assert_eq!(card.state, CallState::Ended);
        prop_assert_eq!(card.since.ended, Some(second(8)));
        prop_assert_eq!((card.since.ringing, card.since.answered), (Some(second(1)), Some(second(2))));
    }
}

#[test]
fn a_call_that_the_voice_agent_leaves_goes_on_until_its_carrier_ends_it() {
    let feed = feed(LiveBounds::default());
    let leg = Call::new(Platform::TWILIO.call("CA1"), Caller::Unknown);
    let mut both = vapi("a");
    both.identity.add(Platform::TWILIO.call("CA1"));
    tell(&feed, leg.clone(), Happening::Answered(AnsweredBy::Unknown), 1);
    tell(&feed, both.clone(), ended(&both, 2), 2);
    assert_eq!(only(&feed).state, CallState::Answered);
    tell(&feed, leg.clone(), ended(&leg, 1), 3);
    assert_eq!((only(&feed).state, only(&feed).since.ended), (CallState::Ended, Some(second(3))));
}

#[tokio::test]
async fn a_slow_reader_is_told_that_it_lags_and_begins_anew() {
    let feed = feed(LiveBounds { behind: 4, ..LiveBounds::default() });
    let mut reader = feed.subscribe(LiveFilter::all(), None);
    assert!(matches!(now(&mut reader).await, Some(LiveMessage::Snapshot { .. })));
    for number in 0..10 {
        say(&feed, vapi("a"), &format!("line {number}"), number);
    }
    let Some(LiveMessage::Lagged { missed }) = now(&mut reader).await else { panic!() };
    assert_eq!(missed, 6);
    let Some(LiveMessage::Snapshot { id, cards }) = now(&mut reader).await else { panic!() };
    assert_eq!(cards[0].lines.len(), 10);
    say(&feed, vapi("a"), "next", 20);
    assert_eq!(now(&mut reader).await.and_then(|message| message.id()), Some(id + 1), "and nothing twice");
}

#[tokio::test]
async fn a_reader_who_comes_back_gets_what_it_missed_or_everything_where_that_is_gone() {
    let feed = feed(LiveBounds { changes: 3, ..LiveBounds::default() });
    for number in 0..6 {
        say(&feed, vapi("a"), &format!("line {number}"), number);
    }
    let latest = feed.shared.lock().log.latest();
    for (last, replayed) in [(latest, Some(0)), (latest - 2, Some(2)), (latest - 3, Some(3))] {
        let mut reader = feed.subscribe(LiveFilter::all(), Some(last));
        for missed in 1..=replayed.unwrap_or_default() {
            assert_eq!(now(&mut reader).await.and_then(|message| message.id()), Some(last + missed));
        }
        assert!(now(&mut reader).await.is_none());
    }
    for gone in [latest - 4, 0, latest + 1, u64::MAX] {
        let mut reader = feed.subscribe(LiveFilter::all(), Some(gone));
        assert!(matches!(now(&mut reader).await, Some(LiveMessage::Snapshot { .. })), "{gone}");
    }
}

#[tokio::test]
async fn a_reader_sees_the_calls_of_one_owner_alone_and_sees_one_leave_that_goes_to_another() {
    let feed = feed(LiveBounds::default());
    let owned = |id: &str, owner: &str| {
        let mut call = vapi(id);
        call.owner = Some(owner.into());
        call
    };
    say(&feed, owned("b", "bert"), "not for ada", 1);
    let mut reader = feed.subscribe(LiveFilter::owner("ada"), None);
    let Some(LiveMessage::Snapshot { cards, .. }) = now(&mut reader).await else { panic!() };
    assert!(cards.is_empty());

    say(&feed, owned("b", "bert"), "nor this", 2);
    tell(&feed, vapi("a"), Happening::Ringing, 3);
    assert!(now(&mut reader).await.is_none());

    tell(&feed, owned("a", "ada"), Happening::Identified, 4);
    let Some(LiveMessage::Change(entry)) = now(&mut reader).await else { panic!() };
    assert!(matches!(&entry.change, LiveChange::Card(card) if card.owner.as_deref() == Some("ada")));
    tell(&feed, owned("a", "bert"), Happening::Identified, 5);
    let Some(LiveMessage::Change(entry)) = now(&mut reader).await else { panic!() };
    assert!(matches!(entry.change, LiveChange::Removed { merged_into: None }));
    say(&feed, vapi("a"), "bert's now", 6);
    assert!(now(&mut reader).await.is_none());
}

#[test]
fn a_card_keeps_no_more_of_a_transcript_than_it_may() {
    let feed = feed(LiveBounds { lines: 5, transcript_bytes: 40, ..LiveBounds::default() });
    for number in 0..9 {
        say(&feed, vapi("a"), &format!("0123456789 {number}"), number);
    }
    let card = only(&feed);
    assert_eq!((texts(&card).len(), card.earlier_lines), (3, 6), "by bytes");
    say(&feed, vapi("a"), &"\u{e9}".repeat(100), 10);
    assert_eq!(texts(&only(&feed)), ["\u{e9}".repeat(20)]);
    for number in 20..29 {
        say(&feed, vapi("a"), &number.to_string(), number);
    }
    assert_eq!(texts(&only(&feed)).len(), 5, "by lines");
}

#[tokio::test]
async fn a_line_or_a_transfer_that_is_told_again_changes_nothing_also_when_the_line_has_left() {
    let feed = feed(LiveBounds { lines: 2, ..LiveBounds::default() });
    let transferred = || Happening::Transferred(TransferTarget::Queue("sales".to_owned()));
    for number in 0..5 {
        say(&feed, vapi("a"), &format!("line {number}"), number);
    }
    tell(&feed, vapi("a"), transferred(), 6);
    let mut reader = feed.subscribe(LiveFilter::all(), None);
    assert!(matches!(now(&mut reader).await, Some(LiveMessage::Snapshot { .. })));
    for number in 0..5 {
        say(&feed, vapi("a"), &format!("line {number}"), number);
    }
    tell(&feed, vapi("a"), transferred(), 6);
    assert!(now(&mut reader).await.is_none());
    let card = only(&feed);
    assert_eq!((texts(&card), card.earlier_lines), (vec!["line 3", "line 4"], 3));
    tell(&feed, vapi("a"), Happening::Transferred(TransferTarget::Unknown), 7);
    assert!(matches!(now(&mut reader).await, Some(LiveMessage::Change(_))), "it goes elsewhere");
}

#[test]
fn a_card_of_two_goes_by_no_more_ids_than_one_may_and_what_it_does_not_go_by_is_another_call() {
    let feed = feed(LiveBounds::default());
    let leg = |number: usize| Platform::KAZOO.call(format!("{number:02}"));
    for (id, legs) in [("a", 0..40), ("b", 40..80)] {
        let mut call = vapi(id);
        legs.map(leg).for_each(|leg| call.identity.add(leg));
        tell(&feed, call, Happening::Ringing, 1);
    }
    let mut both = vapi("a");
    both.identity.add(Platform::VAPI.call("b"));
    tell(&feed, both, Happening::Identified, 2);
    let ids = only(&feed).ids;
    assert_eq!(ids.len(), 64);
    let strange = (0..80).map(leg).find(|leg| !ids.contains(leg)).unwrap();
    tell(&feed, Call::new(strange, Caller::Unknown), Happening::Ringing, 3);
    assert_eq!(feed.cards(&LiveFilter::all()).len(), 2);
}

#[test]
fn a_card_that_lost_lines_brings_those_it_has_to_the_card_that_it_becomes() {
    let feed = feed(LiveBounds { lines: 3, ..LiveBounds::default() });
    let leg = Call::new(Platform::TWILIO.call("CA1"), Caller::Unknown);
    say(&feed, vapi("a"), "last", 10);
    for number in 0..5 {
        say(&feed, leg.clone(), &format!("line {number}"), number);
    }
    let mut both = vapi("a");
    both.identity.add(Platform::TWILIO.call("CA1"));
    tell(&feed, both, Happening::Identified, 11);
    let card = only(&feed);
    assert_eq!((texts(&card), card.earlier_lines), (vec!["line 3", "line 4", "last"], 3));
}

#[test]
fn a_new_call_takes_the_place_of_an_ended_one_before_that_of_one_that_goes_on() {
    let feed = feed(LiveBounds { calls: 3, ..LiveBounds::default() });
    for id in ["a", "b", "c"] {
        tell(&feed, vapi(id), Happening::Ringing, 1);
    }
    tell(&feed, vapi("b"), ended(&vapi("b"), 2), 2);
    let ids = |feed: &LiveFeed| -> Vec<String> {
        let cards = feed.cards(&LiveFilter::all());
        cards.iter().flat_map(|card| card.ids.iter().map(|id| id.id.to_string())).collect()
    };
    tell(&feed, vapi("d"), Happening::Ringing, 3);
    assert_eq!(ids(&feed), ["a", "c", "d"]);
    tell(&feed, vapi("a"), Happening::Held, 4);
    tell(&feed, vapi("e"), Happening::Ringing, 5);
    assert_eq!(ids(&feed), ["a", "d", "e"], "the one that changed longest ago");
}

#[tokio::test(start_paused = true)]
async fn the_card_of_an_ended_call_leaves_after_its_time_and_that_of_a_silent_one_later() {
    let feed = feed(LiveBounds::default());
    tell(&feed, vapi("a"), Happening::Ringing, 1);
    tell(&feed, vapi("b"), Happening::Ringing, 1);
    tokio::time::sleep(Duration::from_secs(600)).await;
    tell(&feed, vapi("a"), ended(&vapi("a"), 2), 2);
    let mut reader = feed.subscribe(LiveFilter::all(), None);
    assert!(matches!(reader.next().await, Some(LiveMessage::Snapshot { .. })));
    let (began, left) = (Instant::now(), reader.next().await);
    assert!(
        matches!(&left, Some(LiveMessage::Change(entry)) if matches!(entry.change, LiveChange::Removed { .. }))
    );
    let after = began.elapsed().as_secs();
    assert!((300..302).contains(&after), "{after}");
    assert_eq!(only(&feed).ids.first().map(PlatformId::to_string).as_deref(), Some("vapi:b"));
    assert!(reader.next().await.is_some());
    assert!(feed.cards(&LiveFilter::all()).is_empty(), "and the silent one in the end");
}

#[tokio::test]
async fn a_feed_that_closes_ends_its_readers_once_they_have_read_everything() {
    let feed = feed(LiveBounds::default());
    let mut reader = feed.subscribe(LiveFilter::all(), None);
    tell(&feed, vapi("a"), Happening::Ringing, 1);
    feed.close();
    assert!(matches!(reader.next().await, Some(LiveMessage::Snapshot { .. })));
    assert!(matches!(reader.next().await, Some(LiveMessage::Change(_))));
    assert!(reader.next().await.is_none() && !feed.is_on());
    assert!(feed.subscribe(LiveFilter::all(), None).next().await.is_none());
    assert!(LiveFeed::off().subscribe(LiveFilter::all(), Some(0)).next().await.is_none());
}
