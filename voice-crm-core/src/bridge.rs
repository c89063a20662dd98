//! The bridge: one way in for every webhook, and the only place where all rooms meet.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use ::http::{HeaderValue, header::ALLOW};

use crate::{
    caller::ProofLocks,
    channel::{
        Answered, Channel, Decoded, Incoming, Reply, ToolBatch, Verdict, VerifyError, WebhookHead,
        WebhookRequest,
    },
    clock::Clock,
    deadline::Deadline,
    dispatch::Dispatcher,
    function::{Manifest, Outcome, Services},
    journal::Journal,
    live::LiveFeed,
    recording::RecordingSource,
    routing::Rules,
    telemetry,
};

mod after_reply;
mod arrivals;
mod body_room;
mod build_error;
mod builder;
mod call_events;
mod checks;
mod http;
mod mounts;
mod start;
mod watched;

use after_reply::AfterReply;
use arrivals::Question;
use body_room::BodyRoom;
pub use build_error::{BuildError, SetupProblem};
pub use builder::BridgeBuilder;
pub use call_events::EventError;
pub use http::{BridgeService, ReplyBody};

/// How long a channel may take to find out whether a request is genuine: less than the shortest patience of a
/// platform, which is 5 s.
const VERDICT_WITHIN: Duration = Duration::from_secs(4);
/// How long a readiness check may take.
const READY_WITHIN: Duration = Duration::from_millis(900);

/// The bridge between voice platforms and a CRM; cheap to clone.
///
/// It is embedded in any HTTP framework by [`Bridge::handle`], or mounted as the tower service that
/// [`Bridge::service`] gives.
#[derive(Clone)]
pub struct Bridge {
    inner: Arc<Inner>,
}

struct Inner {
    channels: HashMap<String, Arc<dyn Channel>>,
    dispatcher: Dispatcher,
    services: Arc<Services>,
    clock: Arc<dyn Clock>,
    tool_deadline: Duration,
    event_deadline: Duration,
    arrival_deadline: Duration,
    rules: Rules,
    recordings: Option<Arc<dyn RecordingSource>>,
    body_limit: usize,
    body_room: BodyRoom,
    after_reply: AfterReply,
    live: LiveFeed,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.live.close();
    }
}

impl Bridge {
    /// A bridge to put together.
    pub fn builder() -> BridgeBuilder {
        BridgeBuilder::default()
    }

    /// Turns a webhook away by its head alone, where that is enough: a path or a method that no channel takes, or a
    /// request that cannot be genuine. Then its body need not be read.
    ///
    /// [`Bridge::service`] asks this by itself. Who calls [`Bridge::handle`] asks it before reading the body, and sends
    /// the reply that it gives; the refusal is counted, so do not hand such a request on.
    ///
    /// # Errors
    /// The answer to a request that is turned away.
    pub fn screen(&self, path: &str, head: &WebhookHead<'_>) -> Result<(), Reply> {
        let channel = self.channel(path, head.method)?;
        channel.screen(head, self.inner.clock.now()).map_err(|error| refused(channel.as_ref(), &error))
    }

    /// Takes one webhook and gives the answer to it, by its deadline and whatever fails.
    ///
    /// `path` chooses the channel. The body must be whole; see [`Bridge::body_limit`].
    pub async fn handle(&self, path: &str, request: WebhookRequest<'_>) -> Reply {
        let channel = match self.channel(path, request.method) {
            Ok(channel) => channel,
            Err(reply) => return reply,
        };
        if request.body.len() > self.inner.body_limit {
            telemetry::webhook_refused(channel.name(), "too_large");
            return Reply::empty(413);
        }
        // Nothing is parsed before it is proven.
        let verdict = match channel.verify(&request, self.inner.clock.now()) {
            Verdict::Now(verdict) => verdict,
            // On the heap, so that the channels that know at once have less to carry about.
            Verdict::Later(verdict) => Box::pin(tokio::time::timeout(VERDICT_WITHIN, verdict))
                .await
                .unwrap_or(Err(VerifyError::undecided("verification_timed_out"))),
        };
        if let Err(error) = verdict {
            return refused(channel.as_ref(), &error);
        }
        let mut reply = match channel.decode(&request, self.inner.services.home) {
            Ok(decoded) => self.answer(channel.as_ref(), decoded).await,
            Err(error) => {
                telemetry::webhook_refused(channel.name(), "not_a_message");
                Reply::json(400, serde_json::json!({ "error": error.sentence }).to_string())
            }
        };
        if let Some(act) = reply.take_after() {
            // The last thing before the answer is handed over.
            self.inner.after_reply.start(channel.name(), act);
        }
        reply
    }

    async fn answer(&self, channel: &dyn Channel, Decoded { incoming, render }: Decoded) -> Reply {
        match incoming {
            Incoming::ToolCalls(batch) => {
                telemetry::webhook_taken(channel.name(), "tool_calls");
                let outcomes = self.call(channel.name(), batch).await;
                render(Answered::Tools(&outcomes))
            }
            Incoming::AssistantRequest(call) => {
                telemetry::webhook_taken(channel.name(), "assistant_request");
                self.arrive(channel.name(), Question::Assistant, &call, render).await
            }
            Incoming::TransferRequest(call) => {
                telemetry::webhook_taken(channel.name(), "transfer_request");
                self.arrive(channel.name(), Question::Transfer, &call, render).await
            }
            Incoming::CallerQuery(call) => {
                telemetry::webhook_taken(channel.name(), "caller_query");
                self.arrive(channel.name(), Question::Caller, &call, render).await
            }
            Incoming::Comment { call, case, text } => self.comment(channel, &call, case, text, render).await,
            Incoming::Event(event) => {
                telemetry::webhook_taken(channel.name(), "event");
                match self.event(channel.name(), event).await {
                    Ok(()) => render(Answered::Noted),
                    // Not durable, so that the platform delivers it again.
                    Err(_) => Reply::empty(503),
                }
            }
            Incoming::Unserved(kind) => {
                telemetry::request_unserved(channel.name(), kind);
                render(Answered::Noted)
            }
            Incoming::Ignored(kind) => {
                telemetry::webhook_taken(channel.name(), "ignored");
                tracing::debug!(channel = channel.name(), kind, "a message that needs no act");
                render(Answered::Noted)
            }
        }
    }

    /// Settles function calls that came in another way than by a webhook, such as from a model in this process.
    ///
    /// `channel` names that way: it is part of every write key, so it never changes once in use. There is one
    /// outcome for each call, in their order, by the tool deadline.
    pub async fn call(&self, channel: &'static str, batch: ToolBatch) -> Vec<Outcome> {
        let (began, deadline) = Deadline::from_now(self.inner.tool_deadline);
        self.inner.dispatcher.dispatch(&self.inner.services, channel, batch, (began, deadline)).await
    }

    /// The bridge as a tower service over any HTTP body.
    pub fn service(&self) -> BridgeService {
        BridgeService::new(self.clone())
    }

    /// The largest body that is read, in bytes.
    pub fn body_limit(&self) -> usize {
        self.inner.body_limit
    }

    /// The functions, for a platform to offer.
    pub fn manifest(&self) -> &Manifest {
        self.inner.dispatcher.manifest()
    }

    /// The journal, for an operator to look into.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        self.inner.services.outbox.journal()
    }

    /// The failed proofs of who is calling, for an operator to look into and to undo.
    pub fn proof_locks(&self) -> ProofLocks {
        let Services { clock, organisation, .. } = self.inner.services.as_ref();
        ProofLocks::new(self.journal().clone(), clock.clone(), organisation.as_str())
    }

    /// Whether a write would be taken now: the journal stores, and the outbox is at work. Answers within a second.
    pub async fn is_ready(&self) -> bool {
        if !self.inner.services.outbox.is_running() {
            tracing::warn!("not ready: the outbox has stopped");
            return false;
        }
        match tokio::time::timeout(READY_WITHIN, self.journal().check()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                false
            }
            Err(_) => {
                tracing::warn!("not ready: the journal does not answer");
                false
            }
        }
    }

    /// Lets what is under way come to its end and stops; what is left stands in the journal.
    ///
    /// Call it after the HTTP server has stopped taking requests. False when the time ran out first.
    pub async fn shutdown(&self, within: Duration) -> bool {
        let (stopped, acted) =
            tokio::join!(self.inner.services.outbox.stop(within), self.inner.after_reply.stop(within));
        // Last, so that those who watch see how it came to its end.
        self.inner.live.close();
        stopped && acted
    }

    /// Whether a channel is mounted at this path or above it.
    #[cfg(feature = "serve")]
    pub(crate) fn has_channel(&self, path: &str) -> bool {
        self.mounted(path).is_some()
    }

    /// The channel at a path or above it, if it takes such a request; else the answer that turns it away.
    ///
    /// One slash at the end is no other path: it is often typed where the address is entered at a platform.
    fn channel(&self, path: &str, method: &str) -> Result<&Arc<dyn Channel>, Reply> {
        let Some((channel, below)) = self.mounted(path) else {
            telemetry::nothing_there(path, || self.inner.channels.keys().cloned().collect());
            return Err(Reply::empty(404));
        };
        if channel.takes(method, below) {
            return Ok(channel);
        }
        telemetry::webhook_refused(channel.name(), "not_taken");
        Err(not_taken(channel, below))
    }

    /// The channel at a path or above it, and what of the path stands below its own. A slash at the end says nothing.
    fn mounted<'a>(&self, path: &'a str) -> Option<(&Arc<dyn Channel>, &'a str)> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut mount = path;
        loop {
            if let Some(channel) = self.inner.channels.get(mount) {
                return Some((channel, &path[mount.len()..]));
            }
            mount = &mount[..mount.rfind('/')?];
        }
    }
}

/// Counts a request that is not genuine, and gives the answer to it.
fn refused(channel: &dyn Channel, error: &VerifyError) -> Reply {
    telemetry::webhook_unproven(channel.name(), error.reason, || channel.proof_headers().join(", "));
    channel.reject(error)
}

/// 405 with the methods that the channel takes at this path, or 404 when it takes none.
fn not_taken(channel: &Arc<dyn Channel>, below: &str) -> Reply {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let taken: Vec<_> = methods.into_iter().filter(|method| channel.takes(method, below)).collect();
    match HeaderValue::try_from(taken.join(", ")) {
        Ok(methods) if !methods.is_empty() => Reply::empty(405).header(ALLOW, methods),
        _ => Reply::empty(404),
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge")
            .field("channels", &self.inner.channels.keys().collect::<Vec<_>>())
            .field("dispatcher", &self.inner.dispatcher)
            .finish_non_exhaustive()
    }
}
