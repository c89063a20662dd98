//! The counters of all crates, for Prometheus to fetch.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;

/// The upper ends of the buckets of everything that takes seconds.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// How often what was measured is folded into figures, so that it does not pile up where nobody fetches them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves `/metrics` at an address of its own, apart from the webhooks that the world may reach.
pub(crate) async fn expose(address: SocketAddr) -> Result<(), String> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| format!("metrics cannot be kept: {error}"))?;
    let kept = recorder.clone();
    tokio::spawn(async move {
        let mut often = tokio::time::interval(UPKEEP);
        loop {
            often.tick().await;
            kept.run_upkeep();
        }
    });
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("METRICS_ADDRESS cannot be listened on: {error}; choose another"))?;
    let routes = Router::new().route("/metrics", get(move || async move { recorder.render() }));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "metrics are served no more");
        }
    });
    Ok(())
}
