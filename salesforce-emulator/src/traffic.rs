//! What the org saw: counters and the latest requests, without any of their contents.

use std::collections::{BTreeMap, VecDeque};

use crate::faults::Fault;

/// Counters since the start or the last reset.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// API calls that were let in, those that met a fault included. A composite request counts once, the
    /// subrequests of a batch each for itself.
    pub api_calls: u64,
    /// Requests to the token endpoint, whatever they got.
    pub token_requests: u64,
    /// Tokens given out.
    pub tokens_issued: u64,
    /// Requests to the introspection endpoint.
    pub introspections: u64,
    /// API calls refused with 401.
    pub rejected_tokens: u64,
    /// API calls refused by the limit of calls in a window.
    pub limit_rejections: u64,
    /// Faults that were played, at the API and at the token endpoint.
    pub faults: u64,
    /// Subrequests of the composite requests among the API calls.
    pub subrequests: u64,
    /// Exchanges of the Streaming API. They are no API calls.
    pub streaming_exchanges: u64,
    /// Sessions of the Streaming API that were begun.
    pub handshakes: u64,
    /// Connections accepted.
    pub connections: u64,
    /// API calls by what they do, such as `create`, `upsert`, `query` and `composite`.
    pub requests_by_kind: BTreeMap<String, u64>,
}

/// One request, as far as it may be written down.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestLog {
    /// Its place in the order of arrival, from one.
    pub seq: u64,
    /// The HTTP method.
    pub method: String,
    /// The path with ids and values left out.
    pub path_template: String,
    /// The status of the answer; nothing when the connection was cut instead.
    pub status: Option<u16>,
    /// How many subrequests it held.
    pub subrequests: usize,
    /// The fault that was played on it.
    pub fault: Option<Fault>,
}

/// Counters and log together, under one lock.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) stats: Stats,
    /// API calls of the day; a reset of the counters leaves it.
    pub(crate) used: u64,
    log: VecDeque<RequestLog>,
    last: u64,
}

impl Traffic {
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn api_call(&mut self, kind: &str) {
        self.used += 1;
        self.stats.api_calls += 1;
        match self.stats.requests_by_kind.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.stats.requests_by_kind.insert(kind.to_owned(), 1);
            }
        }
    }

    /// Counts the subrequests of a call; those of a batch are calls themselves.
    pub(crate) fn hold(&mut self, subrequests: u64, are_calls: bool) {
        self.stats.subrequests += subrequests;
        if are_calls {
            self.used += subrequests.saturating_sub(1);
            self.stats.api_calls += subrequests.saturating_sub(1);
        }
    }

    /// Forgets everything but how many requests there were.
    pub(crate) fn clear(&mut self) {
        *self = Self { last: self.last, ..Self::default() };
    }

    pub(crate) fn log(&mut self, entry: RequestLog) {
        if self.log.len() == KEPT {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    pub(crate) fn requests(&self) -> Vec<RequestLog> {
        let mut requests: Vec<_> = self.log.iter().cloned().collect();
        // A stalled request is written down late, but stands where it arrived.
        requests.sort_by_key(|entry| entry.seq);
        requests
    }
}

const KEPT: usize = 10_000;
