//! The signal to stop.

/// Waits for the signal to stop: Ctrl-C from a person, SIGTERM from whatever runs the process.
pub async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    // Where signals cannot be heard, nobody can stop it by one.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
