//! What a failure of a connection means: that the server is away, that another connection may do, or neither.

use std::error::Error;

use deadpool_postgres::{
    PoolError,
    tokio_postgres::{self, error::SqlState},
};

/// Why an attempt failed, in a sentence for the operator.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection can be made.
    Away(String),
    /// Nothing was done, and the same may succeed on another connection, in a moment.
    Undone(String),
    /// The connection broke off during the work, which may have been done.
    BrokenOff(String),
    /// The same would fail the same way again.
    Refused(String),
}

impl Failure {
    pub(super) fn of_pool(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) if is_away(&error) => Self::Away(explain(&error)),
            PoolError::Backend(error) => Self::of_work(&error),
            // All connections are in use, or none came to be; whether the server is away was looked for meanwhile.
            error => Self::Undone(error.to_string()),
        }
    }

    pub(super) fn of_work(error: &tokio_postgres::Error) -> Self {
        if is_away(error) {
            Self::BrokenOff(explain(error))
        } else if error.code().is_some_and(may_succeed_next) {
            Self::Undone(explain(error))
        } else {
            Self::Refused(explain(error))
        }
    }
}

/// Whether a server that says this, or nothing, cannot be used by anybody.
pub(super) fn is_away(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else {
        // It broke off, or was never there; but what we cannot write or read would fail the same way again.
        return error.is_closed() || error.source().is_some_and(<dyn Error>::is::<std::io::Error>);
    };
    [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(code)
        || code.code().starts_with("08")
}

fn may_succeed_next(code: &SqlState) -> bool {
    [SqlState::TOO_MANY_CONNECTIONS, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED]
        .contains(code)
}

/// What is wrong, without what the server adds of the row that it is about.
pub(in super::super) fn explain(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(database), _) => format!("{} ({})", database.message(), database.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
