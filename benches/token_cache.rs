//! What it costs to read a token that is fresh, which every request does.
//!
//! Claim: at most 30 ns, and less than a tokio `RwLock`, moka, and the `ExpiringCache` of the AWS SDK in the
//! same run. A regression here is a clock, a lock or an allocation that came into the read.
//!
//! `cargo bench -p benches --bench token_cache` for ours alone; `--features peers` for all.

use std::{hint::black_box, sync::Arc, time::Duration};

use async_trait::async_trait;
use criterion::Criterion;
use salesforce_client::{
    Result,
    auth::{AccessToken, TokenCache, TokenSource},
};
use secrecy::SecretString;
use tokio::runtime::Runtime;
use url::Url;

struct Login;

#[async_trait]
impl TokenSource for Login {
    async fn fetch(&self) -> Result<AccessToken> {
        Ok(token())
    }
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn token() -> AccessToken {
    let instance = Url::parse("https://example.my.salesforce.com").expect("a URL");
    let secret = SecretString::from(
        "a token of the usual length, which is about a hundred characters or somewhat more",
    );
    AccessToken::new(secret, instance).expect("a token").valid_for(Duration::from_hours(1))
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("a fresh token");

    let cache = TokenCache::new(Login);
    runtime.block_on(cache.token()).expect("a login");
    group.bench_function("TokenCache::with_fresh", |bencher| {
        bencher.iter(|| black_box(cache.with_fresh(|token| black_box(token).instance_url().port())));
    });
    group.bench_function("TokenCache::try_fresh", |bencher| bencher.iter(|| black_box(cache.try_fresh())));
    group.bench_function("TokenCache::token", |bencher| {
        bencher.to_async(&runtime).iter(|| async { black_box(cache.token().await.is_ok()) });
    });
    // What the harness itself costs around an async read.
    group.bench_function("(an async read of nothing)", |bencher| {
        bencher.to_async(&runtime).iter(|| async { black_box(true) });
    });
    peers::bench(&runtime, &mut group, &Arc::new(token()));
    group.finish();
    criterion.final_summary();
}

#[cfg(not(feature = "peers"))]
mod peers {
    use std::sync::Arc;

    use criterion::{BenchmarkGroup, measurement::WallTime};
    use salesforce_client::auth::AccessToken;
    use tokio::runtime::Runtime;

    pub(crate) fn bench(_: &Runtime, _: &mut BenchmarkGroup<'_, WallTime>, _: &Arc<AccessToken>) {}
}

#[cfg(feature = "peers")]
mod peers {
    //! The same token in what others keep tokens in; each read tells whether the token is still valid.

    use std::{
        hint::black_box,
        sync::Arc,
        time::{Duration, Instant, SystemTime},
    };

    use aws_smithy_runtime::expiring_cache::ExpiringCache;
    use criterion::{BenchmarkGroup, measurement::WallTime};
    use moka::future::Cache;
    use salesforce_client::auth::AccessToken;
    use tokio::{runtime::Runtime, sync::RwLock};

    type Group<'a> = BenchmarkGroup<'a, WallTime>;

    pub(crate) fn bench(runtime: &Runtime, group: &mut Group<'_>, token: &Arc<AccessToken>) {
        tokio_rwlock(runtime, group, token);
        moka_cache(runtime, group, token);
        expiring_cache(runtime, group, token);
    }

    fn tokio_rwlock(runtime: &Runtime, group: &mut Group<'_>, token: &Arc<AccessToken>) {
        let until = Instant::now() + Duration::from_hours(1);
        let lock = RwLock::new(Some((token.clone(), until)));
        group.bench_function("tokio RwLock", |bencher| {
            bencher.to_async(runtime).iter(|| async {
                let guard = lock.read().await;
                black_box(
                    guard
                        .as_ref()
                        .filter(|(_, until)| Instant::now() < *until)
                        .map(|(token, _)| token.clone()),
                )
            });
        });
    }

    fn moka_cache(runtime: &Runtime, group: &mut Group<'_>, token: &Arc<AccessToken>) {
        let cache = Cache::builder().max_capacity(8).time_to_live(Duration::from_hours(1)).build();
        runtime.block_on(cache.insert((), token.clone()));
        group.bench_function("moka", |bencher| {
            bencher.to_async(runtime).iter(|| async { black_box(cache.get(&()).await) });
        });
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "its expiry is a time of day, and its users ask the machine's clock"
    )]
    fn expiring_cache(runtime: &Runtime, group: &mut Group<'_>, token: &Arc<AccessToken>) {
        let cache = ExpiringCache::<Arc<AccessToken>, ()>::new(Duration::from_secs(10));
        let until = SystemTime::now() + Duration::from_hours(1);
        let filled = runtime.block_on(cache.get_or_load(|| async { Ok((token.clone(), until)) }));
        black_box(filled.is_ok());
        group.bench_function("aws ExpiringCache", |bencher| {
            bencher
                .to_async(runtime)
                .iter(|| async { black_box(cache.yield_or_clear_if_expired(SystemTime::now()).await) });
        });
    }
}
