//! The rules of [`Store`].

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::{
    Rule,
    rule::{Check, Seen, holds, rules, same},
};
use crate::store::{Expected, LARGEST_VALUE, LONGEST_KEY, Store, StoredValue};

/// Every rule of the contract.
pub fn rules() -> impl Iterator<Item = &'static Rule<dyn Store>> {
    RULES.iter()
}

const RULES: &[Rule<dyn Store>] = rules![
    a_value_is_there_until_it_expires,
    a_value_that_is_written_anew_lasts_from_then_on,
    what_is_expected_decides_whether_a_value_is_written,
    a_version_is_never_used_twice_for_a_key,
    an_expired_value_is_absent_everywhere,
    of_many_that_expect_the_same_one_writes,
    a_counter_begins_at_zero_and_expires_a_span_after_its_first_addition,
    every_addition_of_many_counts,
    what_is_no_number_is_no_counter,
    what_is_expected_decides_whether_a_value_is_removed,
    a_list_has_the_keys_of_a_prefix_in_their_order,
    every_character_of_a_prefix_means_itself,
    what_is_too_large_is_refused_and_changes_nothing,
];

const HOUR: Duration = Duration::from_secs(3600);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap_or(Timestamp::MAX)
}

fn seconds(span: u64) -> Duration {
    Duration::from_secs(span)
}

async fn put(store: &dyn Store, key: &str, value: &str) -> Result<u64, Seen> {
    let version = store.put(key, value, Expected::Anything, HOUR, at(0)).await?;
    version.ok_or_else(|| Seen::new("a value was not written though anything was expected"))
}

/// The value under a key, without its version.
async fn value(store: &dyn Store, key: &str, now: i64) -> Result<Option<String>, Seen> {
    Ok(store.get(key, at(now)).await?.map(|value| (*value.value).to_owned()))
}

async fn a_value_is_there_until_it_expires(store: &dyn Store) -> Check {
    same("a key that was never written", value(store, "a", 0).await?, None)?;
    let version = store.put("a", "one", Expected::Anything, seconds(10), at(0)).await?;
    let found = store.get("a", at(9)).await?;
    let expected = version.map(|version| StoredValue { value: "one".into(), version });
    same("the value before it expires", found, expected)?;
    same("the value when it expires", value(store, "a", 10).await?, None)?;
    put(store, "empty", "").await?;
    same("an empty value", value(store, "empty", 1).await?, Some(String::new()))
}

async fn a_value_that_is_written_anew_lasts_from_then_on(store: &dyn Store) -> Check {
    store.put("a", "one", Expected::Anything, seconds(10), at(0)).await?;
    store.put("a", "two", Expected::Anything, seconds(10), at(5)).await?;
    same("the value after the first span", value(store, "a", 14).await?, Some("two".to_owned()))?;
    same("the value after the second span", value(store, "a", 15).await?, None)
}

async fn what_is_expected_decides_whether_a_value_is_written(store: &dyn Store) -> Check {
    let put = async |value: &str, expected| -> Result<Option<u64>, Seen> {
        Ok(store.put("a", value, expected, HOUR, at(0)).await?)
    };
    same("a version of nothing", put("zero", Expected::Version(1)).await?, None)?;
    let first = put("one", Expected::Absent).await?;
    holds("an absent value is written", first.is_some())?;
    same("what is there and was expected to be absent", put("two", Expected::Absent).await?, None)?;
    let first = first.unwrap_or_default();
    let second = put("two", Expected::Version(first)).await?;
    holds("a value with the expected version is written", second.is_some_and(|second| second != first))?;
    same("a version that has passed", put("three", Expected::Version(first)).await?, None)?;
    same("the value at the end", value(store, "a", 1).await?, Some("two".to_owned()))
}

async fn a_version_is_never_used_twice_for_a_key(store: &dyn Store) -> Check {
    let mut versions = vec![put(store, "a", "one").await?, put(store, "a", "one").await?];
    holds("there is something to remove", store.remove("a", Expected::Anything, at(1)).await?)?;
    versions.push(put(store, "a", "one").await?);
    let expired = store.put("a", "one", Expected::Absent, HOUR, at(7_200)).await?;
    versions.extend(expired);
    same("versions", versions.len(), 4)?;
    versions.sort_unstable();
    versions.dedup();
    same("versions that differ", versions.len(), 4)
}

async fn an_expired_value_is_absent_everywhere(store: &dyn Store) -> Check {
    let version = put(store, "a", "one").await?;
    let late = at(3_600);
    same("what is listed", store.list("a", 9, late).await?, vec![])?;
    holds("nothing is removed", !store.remove("a", Expected::Anything, late).await?)?;
    let put = store.put("a", "two", Expected::Version(version), HOUR, late).await?;
    same("what its version is good for", put, None)?;
    same("a counter under the key", store.add("a", 1, HOUR, late).await?, 1)
}

async fn of_many_that_expect_the_same_one_writes(store: &dyn Store) -> Check {
    let writes = (0..20).map(|_| store.put("a", "one", Expected::Absent, HOUR, at(0)));
    let mut written = Vec::new();
    for write in join_all(writes).await {
        written.extend(write?);
    }
    same("writes of twenty that expected nothing", written.len(), 1)?;
    let version = written.first().copied().unwrap_or_default();
    let writes = (0..20).map(|_| store.put("a", "two", Expected::Version(version), HOUR, at(0)));
    let mut written = 0;
    for write in join_all(writes).await {
        written += usize::from(write?.is_some());
    }
    same("writes of twenty that expected one version", written, 1)
}

async fn a_counter_begins_at_zero_and_expires_a_span_after_its_first_addition(store: &dyn Store) -> Check {
    for (by, now, sum) in [(2, 0, 2), (-3, 5, -1), (1, 9, 0), (7, 10, 7)] {
        let seen = store.add("a", by, seconds(10), at(now)).await?;
        same(&format!("the sum after {now} s"), seen, sum)?;
    }
    same("the value", value(store, "a", 11).await?, Some("7".to_owned()))
}

async fn every_addition_of_many_counts(store: &dyn Store) -> Check {
    let mut sums = Vec::new();
    for sum in join_all((0..20).map(|_| store.add("a", 1, HOUR, at(0)))).await {
        sums.push(sum?);
    }
    sums.sort_unstable();
    same("the sums", sums, (1..=20).collect())
}

async fn what_is_no_number_is_no_counter(store: &dyn Store) -> Check {
    put(store, "a", "one").await?;
    holds("an addition to a word is an error", store.add("a", 1, HOUR, at(0)).await.is_err())?;
    same("the value afterwards", value(store, "a", 1).await?, Some("one".to_owned()))
}

async fn what_is_expected_decides_whether_a_value_is_removed(store: &dyn Store) -> Check {
    holds("what is not there is not removed", !store.remove("a", Expected::Anything, at(0)).await?)?;
    let first = put(store, "a", "one").await?;
    let second = put(store, "a", "two").await?;
    for expected in [Expected::Absent, Expected::Version(first)] {
        holds("another value than expected stays", !store.remove("a", expected, at(1)).await?)?;
    }
    same("the value", value(store, "a", 1).await?, Some("two".to_owned()))?;
    holds("the expected value is removed", store.remove("a", Expected::Version(second), at(1)).await?)?;
    same("the value afterwards", value(store, "a", 1).await?, None)
}

async fn keys(store: &dyn Store, prefix: &str, limit: usize) -> Result<Vec<String>, Seen> {
    Ok(store.list(prefix, limit, at(1)).await?.into_iter().map(|(key, _)| key).collect())
}

async fn a_list_has_the_keys_of_a_prefix_in_their_order(store: &dyn Store) -> Check {
    for key in ["b:2", "a:3", "a:1", "a", "a:2", "A:4"] {
        put(store, key, key).await?;
    }
    same(
        "the keys of a prefix",
        keys(store, "a:", 9).await?,
        ["a:1", "a:2", "a:3"].map(str::to_owned).to_vec(),
    )?;
    same("the first two", keys(store, "a:", 2).await?, ["a:1", "a:2"].map(str::to_owned).to_vec())?;
    same("all keys", keys(store, "", 9).await?.len(), 6)?;
    let listed = store.list("b", 9, at(1)).await?;
    let found = store.get("b:2", at(1)).await?;
    same("what is listed", listed.into_iter().map(|(_, value)| Some(value)).collect(), vec![found])
}

async fn every_character_of_a_prefix_means_itself(store: &dyn Store) -> Check {
    for key in ["a_b", "axb", "a%b", "a*b", "a?b", "a\\b", "a'b", "ä", "ab"] {
        put(store, key, "value").await?;
    }
    for prefix in ["a_", "a%", "a*", "a?", "a\\", "a'", "ä"] {
        same(&format!("keys that begin with {prefix}"), keys(store, prefix, 9).await?.len(), 1)?;
    }
    Ok(())
}

async fn what_is_too_large_is_refused_and_changes_nothing(store: &dyn Store) -> Check {
    let (key, value) = ("k".repeat(LONGEST_KEY), "v".repeat(LARGEST_VALUE));
    put(store, &key, &value).await?;
    for (key, value) in [(format!("{key}k"), "v".to_owned()), ("a".to_owned(), format!("{value}v"))] {
        let refused = store.put(&key, &value, Expected::Anything, HOUR, at(0)).await.is_err();
        holds("what is too large is refused", refused)?;
    }
    same("keys that are there", keys(store, "", 9).await?, vec![key])
}
