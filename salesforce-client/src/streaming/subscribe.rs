//! POST /cometd/{version}
//!
//! The call that begins to listen.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};

use super::cookies::Cookies;
use super::driver::Driver;
use super::session::Session;
use super::subscription::Subscription;
use super::{Channel, EventStream, OnUnknownReplayId, ReplayFrom, ReplayStore};
use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::retry::RetryPolicy;

/// Begins to listen; awaiting it gives the [`EventStream`] once the org has accepted every channel.
#[must_use = "a call does nothing until it is awaited"]
pub struct Subscribe<'a> {
    client: &'a Client,
    channels: Vec<(Channel, Option<ReplayFrom>)>,
    from: ReplayFrom,
    store: Option<Arc<dyn ReplayStore>>,
    unknown: OnUnknownReplayId,
    policy: RetryPolicy,
    buffer: usize,
    deadline: Option<Instant>,
}

impl Client {
    /// Listens to a channel, and to others with [`Subscribe::and`], in one session.
    ///
    /// See \[Salesforce/Streaming API Developer Guide\].
    pub fn subscribe(&self, channel: Channel) -> Subscribe<'_> {
        Subscribe {
            client: self,
            channels: vec![(channel, None)],
            from: ReplayFrom::default(),
            store: None,
            unknown: OnUnknownReplayId::default(),
            policy: patient(),
            buffer: 256,
            deadline: None,
        }
    }
}

impl Subscribe<'_> {
    /// Listens to this channel too.
    pub fn and(mut self, channel: Channel) -> Self {
        self.channels.push((channel, None));
        self
    }

    /// Listens to this channel too, with a start of its own.
    pub fn and_from(mut self, channel: Channel, from: ReplayFrom) -> Self {
        self.channels.push((channel, Some(from)));
        self
    }

    /// Where channels begin for which no position is kept; with what happens from now on unless set.
    pub fn from(mut self, from: ReplayFrom) -> Self {
        self.from = from;
        self
    }

    /// Goes on from the positions kept here, and keeps them here.
    pub fn store(mut self, store: impl ReplayStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// What to do when the org no longer knows a position; begins with the oldest event unless set.
    pub fn on_unknown_replay_id(mut self, policy: OnUnknownReplayId) -> Self {
        self.unknown = policy;
        self
    }

    /// How many events may wait for the consumer before no more are asked for; 256 unless set, at least 1.
    pub fn buffer(mut self, events: usize) -> Self {
        self.buffer = events.max(1);
        self
    }

    /// The waits after failures, and after how many in a row the stream ends; unless set, it goes on for
    /// ever with waits of up to 30 seconds.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// By when every channel must be accepted; as long as the client's other calls unless set.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    async fn start(self) -> Result<EventStream> {
        let deadline = self.client.deadline_of(self.deadline);
        if self.client.api_version().number() < OLDEST {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the version of the API is too old for streaming: use 37.0 or a newer one",
            ));
        }
        let mut subscriptions: Vec<Subscription> = Vec::with_capacity(self.channels.len());
        for (channel, from) in self.channels {
            if subscriptions.iter().any(|known| known.channel.base() == channel.base()) {
                return Err(Error::invalid("a channel is named twice: one session hears it once"));
            }
            let kept = match &self.store {
                Some(store) => store.load(&channel).await?,
                None => None,
            };
            let from = kept.map(ReplayFrom::After).or(from).unwrap_or(self.from);
            subscriptions.push(Subscription::new(channel, from));
        }
        let (events, receiver) = mpsc::channel(self.buffer);
        let (ready, listening) = oneshot::channel();
        let (stop, stopped) = watch::channel(false);
        let (delay, delayed) = watch::channel(None);
        let driver = Driver {
            client: self.client.clone(),
            session: Session::new(subscriptions, self.unknown, self.policy),
            events,
            ready: Some(ready),
            delay,
            stop: stopped,
            cookies: Cookies::default(),
            token: None,
        };
        let driver = tokio::spawn(driver.run());
        // From here on the task ends with the stream, however the wait below ends.
        let stream = EventStream { events: receiver, store: self.store, given: None, stop, driver };
        match tokio::time::timeout_at(deadline, listening).await {
            Ok(Ok(listening)) => listening.map(|()| stream),
            Ok(Err(_)) => Err(Error::new(ErrorKind::Transport, "the stream ended before it began")),
            Err(_) => {
                let hint = "the deadline was over before the org had accepted every channel";
                let late = Error::new(ErrorKind::Deadline, hint);
                Err(match delayed.borrow().clone() {
                    Some(crowded) => {
                        late.with_note("it has no room for another listener").with_source(crowded)
                    }
                    None => late,
                })
            }
        }
    }
}

impl<'a> IntoFuture for Subscribe<'a> {
    type Output = Result<EventStream>;
    type IntoFuture = Pending<'a, EventStream>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

impl fmt::Debug for Subscribe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels: Vec<&Channel> = self.channels.iter().map(|(channel, _)| channel).collect();
        f.debug_struct("Subscribe").field("channels", &channels).finish_non_exhaustive()
    }
}

/// A stream outlives most outages.
fn patient() -> RetryPolicy {
    RetryPolicy {
        max_attempts: u32::MAX,
        base_delay: Duration::from_millis(500),
        max_delay: Duration::from_secs(30),
        ..RetryPolicy::default()
    }
}

/// See Salesforce, "Streaming API Developer Guide": replay needs version 37.0.
const OLDEST: u16 = 37;
