//! The promises of the token cache in thousands of orders that a model checker draws:
//! `RUSTFLAGS="--cfg shuttle" cargo test -p salesforce-client --lib model_test --target-dir target/shuttle`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::{check_pct, check_random};
use url::Url;

use super::TokenCache;
use super::surroundings::model::advance;
use crate::auth::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Result};

const ORDERS: usize = 3_000;
const READERS: usize = 4;
const LIFETIME: Duration = Duration::from_secs(100);
/// At the chance of one half.
const RIPE: Duration = Duration::from_secs(80);
/// Longer than the pause after a first failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Where logins end, of which there is never more than one at a time.
#[derive(Clone, Default)]
struct Org {
    begun: Arc<AtomicUsize>,
    under_way: Arc<AtomicUsize>,
    /// The number of the login that fails, from zero.
    failing: Option<usize>,
}

impl Org {
    fn logins(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenSource for Org {
    async fn fetch(&self) -> Result<AccessToken> {
        let number = self.begun.fetch_add(1, Ordering::SeqCst);
        assert_eq!(self.under_way.fetch_add(1, Ordering::SeqCst), 0, "two logins at once");
        yield_now().await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        if self.failing == Some(number) {
            return Err(Error::new(ErrorKind::Unavailable, "the login service is down"));
        }
        let url = Url::parse("https://example.my.salesforce.com").unwrap();
        AccessToken::new(SecretString::from(format!("token-{number}")), url)
    }
}

/// In random orders, and in those that a bug of few steps needs.
fn in_many_orders(
    failing: Option<usize>,
    test: impl AsyncFn(Org, TokenCache<Org>) + Clone + Send + Sync + 'static,
) {
    let play = move || {
        let org = Org { failing, ..Org::default() };
        let cache = TokenCache::builder(org.clone()).lifetime(LIFETIME).chance(|| 0.5).build();
        block_on(test(org, cache));
    };
    check_random(play.clone(), ORDERS);
    check_pct(play, ORDERS, 3);
}

type Read = JoinHandle<Result<Arc<AccessToken>>>;

fn readers(cache: &TokenCache<Org>) -> Vec<Read> {
    let read = |_| {
        let cache = cache.clone();
        spawn(async move { cache.token().await })
    };
    (0..READERS).map(read).collect()
}

async fn tokens(readers: Vec<Read>) -> Vec<Result<Arc<AccessToken>>> {
    let mut tokens = Vec::new();
    for reader in readers {
        tokens.push(reader.await.unwrap());
    }
    tokens
}

#[test]
fn readers_without_a_token_share_one_login() {
    in_many_orders(None, async |org, cache| {
        let tokens = tokens(readers(&cache)).await;
        let first = tokens[0].as_ref().unwrap();
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().is_same_login(first)));
        assert_eq!(org.logins(), 1);
    });
}

#[test]
fn a_reader_that_goes_away_neither_stops_nor_repeats_a_login() {
    in_many_orders(None, async |org, cache| {
        let leaving = readers(&cache);
        let staying = readers(&cache);
        leaving.iter().for_each(JoinHandle::abort);
        assert!(tokens(staying).await.iter().all(Result::is_ok));
        assert_eq!(org.logins(), 1);
    });
}

#[test]
fn a_token_that_many_see_rejected_is_replaced_once_and_given_to_nobody_again() {
    in_many_orders(None, async |org, cache| {
        let rejected = cache.token().await.unwrap();
        let again = |_| {
            let (cache, rejected) = (cache.clone(), Arc::clone(&rejected));
            spawn(async move {
                cache.invalidate(&rejected);
                let token = cache.token().await?;
                assert!(!token.is_same_login(&rejected));
                Ok(token)
            })
        };
        assert!(tokens((0..READERS).map(again).collect()).await.iter().all(Result::is_ok));
        assert_eq!(org.logins(), 2);
    });
}

#[test]
fn a_failed_login_is_heard_by_all_who_wait_and_repeated_after_its_pause_alone() {
    in_many_orders(Some(0), async |org, cache| {
        assert!(tokens(readers(&cache)).await.iter().all(Result::is_err));
        assert_eq!(org.logins(), 1);
        advance(PAUSE);
        assert!(tokens(readers(&cache)).await.iter().all(Result::is_ok));
        assert_eq!(org.logins(), 2);
    });
}

#[test]
fn a_ripe_token_is_given_to_all_while_one_login_replaces_it() {
    in_many_orders(None, async |org, cache| {
        let old = cache.token().await.unwrap();
        advance(RIPE);
        assert!(tokens(readers(&cache)).await.iter().all(Result::is_ok));
        while cache.token().await.unwrap().is_same_login(&old) {
            yield_now().await;
        }
        assert_eq!(org.logins(), 2);
    });
}

#[test]
fn a_failed_renewal_fails_nobody_while_the_token_is_valid() {
    in_many_orders(Some(1), async |org, cache| {
        let old = cache.token().await.unwrap();
        advance(RIPE);
        assert!(tokens(readers(&cache)).await.iter().all(Result::is_ok));
        while org.logins() < 2 {
            assert!(cache.token().await.unwrap().is_same_login(&old));
            yield_now().await;
        }
        assert!(cache.token().await.unwrap().is_same_login(&old));
        assert_eq!(org.logins(), 2, "not before its pause is over");
    });
}

#[test]
fn a_token_that_is_over_is_given_to_nobody() {
    in_many_orders(None, async |org, cache| {
        let old = cache.token().await.unwrap();
        advance(LIFETIME);
        // The timer that ends its freshness comes in some order as well.
        while cache.try_fresh().is_some() {
            yield_now().await;
        }
        let tokens = tokens(readers(&cache)).await;
        assert!(tokens.iter().all(|token| !token.as_ref().unwrap().is_same_login(&old)));
        assert_eq!(org.logins(), 2);
    });
}
