//! What the token cache promises, on paused time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use salesforce_client::auth::{AccessToken, TokenCache, TokenCacheBuilder, TokenSource};
use salesforce_client::{Error, ErrorKind, Result, Retry, SecretString};
use tokio::time::{Instant, advance, sleep};

use crate::scripted::host;

const LIFETIME: Duration = Duration::from_secs(100);
const LOGIN: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
enum Outcome {
    Refused,
    Panics,
    Hangs,
}

/// Gives a new token per login after two seconds, except where an outcome is planned.
#[derive(Clone, Default)]
struct Logins {
    count: Arc<AtomicUsize>,
    planned: Arc<Mutex<VecDeque<Option<Outcome>>>>,
}

impl Logins {
    fn planned(outcomes: impl IntoIterator<Item = Option<Outcome>>) -> Self {
        Self { planned: Arc::new(Mutex::new(outcomes.into_iter().collect())), ..Self::default() }
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenSource for Logins {
    async fn fetch(&self) -> Result<AccessToken> {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let planned = self.planned.lock().unwrap().pop_front().flatten();
        sleep(LOGIN).await;
        match planned {
            None => AccessToken::new(SecretString::from(format!("token-{number}")), host().as_url().clone()),
            Some(Outcome::Refused) => {
                Err(Error::new(ErrorKind::Unavailable, "the login service is down").with_retry(Retry::Safe))
            }
            Some(Outcome::Panics) => panic!("the source panics on purpose"),
            Some(Outcome::Hangs) => std::future::pending().await,
        }
    }
}

fn builder(logins: &Logins) -> TokenCacheBuilder<Logins> {
    // With chance one half a token is ripe after 80 of its 100 seconds.
    TokenCache::builder(logins.clone()).lifetime(LIFETIME).chance(|| 0.5)
}

fn cache(logins: &Logins) -> TokenCache<Logins> {
    builder(logins).build()
}

async fn ask(cache: &TokenCache<Logins>, callers: usize) -> Vec<Result<Arc<AccessToken>>> {
    let asked = (0..callers).map(|_| {
        let cache = cache.clone();
        tokio::spawn(async move { cache.token().await })
    });
    let mut answers = Vec::with_capacity(callers);
    for answer in asked.collect::<Vec<_>>() {
        answers.push(answer.await.unwrap());
    }
    answers
}

/// Lets spawned tasks run until all of them wait for time.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Waits until a login that has begun is over.
async fn login_ends() {
    sleep(LOGIN + Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_at_expiry_make_one_token_request() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let first = cache.token().await.unwrap();
    advance(LIFETIME).await;

    let answers = ask(&cache, 1000).await;

    assert_eq!(logins.count(), 2);
    assert!(answers.iter().all(|answer| !answer.as_ref().unwrap().is_same_login(&first)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_on_many_threads_make_one_token_request() {
    let logins = Logins::default();
    let cache = cache(&logins);

    let answers = ask(&cache, 1000).await;

    assert_eq!(logins.count(), 1);
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn late_401_does_not_discard_the_new_token() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let old = cache.token().await.unwrap();
    cache.invalidate(&old);
    let new = cache.token().await.unwrap();

    for _ in 0..1000 {
        cache.invalidate(&old);
        assert!(cache.token().await.unwrap().is_same_login(&new));
    }
    assert_eq!(logins.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_401s_of_the_current_token_make_one_token_request() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let old = cache.token().await.unwrap();

    let asked: Vec<_> = (0..1000)
        .map(|_| {
            let (cache, old) = (cache.clone(), Arc::clone(&old));
            tokio::spawn(async move {
                cache.invalidate(&old);
                cache.token().await
            })
        })
        .collect();
    for answer in asked {
        assert!(!answer.await.unwrap().unwrap().is_same_login(&old));
    }
    assert_eq!(logins.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_leader_neither_strands_nor_repeats_the_refresh() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let leader = tokio::spawn({
        let cache = cache.clone();
        async move { cache.token().await }
    });
    settle().await;
    let followers = tokio::spawn({
        let cache = cache.clone();
        async move { ask(&cache, 10).await }
    });
    settle().await;
    leader.abort();

    assert!(followers.await.unwrap().iter().all(Result::is_ok));
    assert_eq!(logins.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_nobody_waits_for_any_more_still_lands() {
    let logins = Logins::default();
    let cache = cache(&logins);
    assert!(tokio::time::timeout(Duration::from_secs(1), cache.token()).await.is_err());

    login_ends().await;

    assert!(cache.try_fresh().is_some());
    assert_eq!(logins.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn looking_at_a_fresh_token_shows_the_current_one_and_starts_nothing() {
    let logins = Logins::default();
    let cache = cache(&logins);
    assert!(cache.with_fresh(|_| ()).is_none());
    settle().await;
    assert_eq!(logins.count(), 0);

    let token = cache.token().await.unwrap();
    assert_eq!(cache.with_fresh(|seen| seen.is_same_login(&token)), Some(true));
}

#[tokio::test(start_paused = true)]
async fn a_ripe_token_is_refreshed_once_while_nobody_waits() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let old = cache.token().await.unwrap();
    advance(Duration::from_secs(81)).await;
    settle().await;
    assert!(cache.try_fresh().is_none());

    let asked = Instant::now();
    let answers = ask(&cache, 1000).await;

    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().is_same_login(&old)));
    login_ends().await;
    assert!(!cache.token().await.unwrap().is_same_login(&old));
    assert_eq!(logins.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_with_a_valid_token_fails_nobody_and_backs_off() {
    let logins = Logins::planned([None, Some(Outcome::Refused)]);
    let cache = cache(&logins);
    let old = cache.token().await.unwrap();
    advance(Duration::from_secs(81)).await;
    settle().await;

    assert!(ask(&cache, 100).await.iter().all(Result::is_ok));
    login_ends().await;
    assert_eq!(logins.count(), 2);
    for answer in ask(&cache, 100).await {
        assert!(answer.unwrap().is_same_login(&old));
    }
    assert_eq!(logins.count(), 2, "the back-off holds");

    sleep(Duration::from_secs(1)).await;
    assert!(cache.token().await.unwrap().is_same_login(&old));
    login_ends().await;
    assert!(!cache.token().await.unwrap().is_same_login(&old));
    assert_eq!(logins.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failed_login_is_told_at_once_until_its_back_off_is_over_and_then_recovers() {
    let logins = Logins::planned([Some(Outcome::Refused)]);
    let cache = cache(&logins);

    assert!(ask(&cache, 100).await.iter().all(Result::is_err));
    let error = cache.token().await.unwrap_err();
    assert_eq!((error.kind(), logins.count()), (ErrorKind::Unavailable, 1));

    sleep(error.retry_after().unwrap()).await;
    assert!(cache.token().await.is_ok());
    assert_eq!(logins.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_back_off_never_grows_beyond_half_a_minute() {
    let logins = Logins::planned(vec![Some(Outcome::Refused); 20]);
    let cache = cache(&logins);
    for _ in 0..20 {
        let wait = cache.token().await.unwrap_err().retry_after().unwrap();
        assert!(wait <= Duration::from_secs(30));
        sleep(wait).await;
    }
    assert!(cache.token().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_login_that_hangs_is_ended() {
    let logins = Logins::planned([Some(Outcome::Hangs)]);
    let cache = builder(&logins).login_timeout(Duration::from_secs(5)).build();

    let asked = Instant::now();
    let error = cache.token().await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Deadline, Retry::Safe));
    assert_eq!(asked.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_strands_nobody() {
    let logins = Logins::planned([Some(Outcome::Panics)]);
    let cache = cache(&logins);

    assert!(ask(&cache, 10).await.iter().all(Result::is_err));
    sleep(Duration::from_secs(1)).await;
    assert!(cache.token().await.is_ok());
}

#[test]
fn a_token_outlives_the_runtime_that_fetched_it() {
    let logins = Logins::default();
    let cache = cache(&logins);
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();

    let first = runtime();
    let old = first.block_on(cache.token()).unwrap();
    drop(first);

    // The timer went with the runtime, so the clock decides.
    assert!(cache.try_fresh().is_none());
    assert!(runtime().block_on(cache.token()).unwrap().is_same_login(&old));
    assert_eq!(logins.count(), 1);
}

#[test]
fn a_login_outside_a_runtime_is_an_error_and_no_panic() {
    let cache = cache(&Logins::default());
    let outcome = futures_util::FutureExt::now_or_never(cache.token()).expect("answers at once");
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Configuration);
}

#[test]
fn a_login_on_a_runtime_that_is_gone_is_an_error_and_no_deadlock() {
    let cache = cache(&Logins::default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let handle = runtime.handle().clone();
    drop(runtime);

    let _entered = handle.enter();
    let outcome = futures_util::FutureExt::now_or_never(cache.token()).expect("answers at once");
    assert_eq!(outcome.unwrap_err().retry(), Retry::Safe);
}

/// Gives a JWT that ends 40 seconds after the wall clock's zero.
struct Jwt;

#[async_trait]
impl TokenSource for Jwt {
    async fn fetch(&self) -> Result<AccessToken> {
        // {"exp":1040}
        AccessToken::new(SecretString::from("e30.eyJleHAiOjEwNDB9.c2ln"), host().as_url().clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_jwt_tells_its_own_expiry() {
    let cache = TokenCache::builder(Jwt)
        .chance(|| 0.5)
        .wall_clock(|| jiff::Timestamp::from_second(1000).unwrap())
        .build();
    let old = cache.token().await.unwrap();

    advance(Duration::from_secs(31)).await;
    settle().await;
    assert!(cache.try_fresh().is_some());
    advance(Duration::from_secs(2)).await;
    settle().await;
    assert!(cache.try_fresh().is_none(), "ripe after 32 of 40 seconds");
    advance(Duration::from_secs(10)).await;
    assert!(!cache.token().await.unwrap().is_same_login(&old));
}
