//! Which call it is: the id of the platform that tells of it, and every other id that is known of the same call.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use super::CallId;

/// A system that gives ids to calls.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Platform(Cow<'static, str>);

impl Platform {
    /// Vapi, by the id of the call.
    pub const VAPI: Self = Self::new("vapi");
    /// Twilio, by the `CallSid`.
    pub const TWILIO: Self = Self::new("twilio");
    /// Twilio, by the `ConferenceSid` of the conference that a call is in.
    pub const TWILIO_CONFERENCE: Self = Self::new("twilio-conference");
    /// Kazoo, by the `Call-ID` of a leg.
    pub const KAZOO: Self = Self::new("kazoo");
    /// Kazoo, by the `Call-Interaction-ID` that several legs share.
    pub const KAZOO_INTERACTION: Self = Self::new("kazoo-interaction");
    /// Webex Contact Center, by the `taskId`.
    pub const WEBEX: Self = Self::new("webex");
    /// Service Cloud Voice, by the `vendorCallKey`.
    pub const SERVICE_CLOUD_VOICE: Self = Self::new("service-cloud-voice");

    /// A platform by its name, which never changes once in use.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A call as this platform names it.
    pub fn call(self, id: impl Into<CallId>) -> PlatformId {
        PlatformId { platform: self, id: id.into() }
    }
}

/// What one platform calls a call.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct PlatformId {
    /// The platform.
    pub platform: Platform,
    /// Its id of the call.
    pub id: CallId,
}

impl PlatformId {
    /// The id that a platform gave a call.
    pub fn new(platform: Platform, id: impl Into<CallId>) -> Self {
        platform.call(id)
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform.as_str(), self.id)
    }
}

/// Every id that is known of one call.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct CallIdentity {
    own: PlatformId,
    others: BTreeSet<PlatformId>,
}

impl CallIdentity {
    /// A call of which one id is known.
    pub fn new(own: PlatformId) -> Self {
        Self { own, others: BTreeSet::new() }
    }

    /// And another id of the same call. Its own id again changes nothing.
    #[must_use]
    pub fn and(mut self, other: PlatformId) -> Self {
        self.add(other);
        self
    }

    /// Adds another id of the same call. Its own id again changes nothing.
    pub fn add(&mut self, other: PlatformId) {
        if other != self.own {
            self.others.insert(other);
        }
    }

    /// The id of the platform that tells of the call.
    pub fn own(&self) -> &PlatformId {
        &self.own
    }

    /// The other ids.
    pub fn others(&self) -> impl Iterator<Item = &PlatformId> {
        self.others.iter()
    }

    /// Every id, the own one first.
    pub fn all(&self) -> impl Iterator<Item = &PlatformId> {
        std::iter::once(&self.own).chain(&self.others)
    }

    /// What a platform calls it; of several ids its own, else the first in order.
    pub fn of(&self, platform: &Platform) -> Option<&CallId> {
        self.all().find(|known| known.platform == *platform).map(|known| &known.id)
    }

    /// The telephone leg that carries the call, where one is known: Twilio's `CallSid`, also of a call that another
    /// platform answers.
    pub fn telephone_leg(&self) -> Option<&CallId> {
        self.of(&Platform::TWILIO)
    }

    /// Whether the platform that tells of the call is the one that carries it.
    pub(crate) fn is_told_by_carrier(&self) -> bool {
        self.own.platform == Platform::TWILIO
    }
}

impl From<PlatformId> for CallIdentity {
    fn from(own: PlatformId) -> Self {
        Self::new(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_id_comes_before_another_of_the_same_platform() {
        let identity = CallIdentity::new(Platform::KAZOO.call("b")).and(Platform::KAZOO.call("a"));
        assert_eq!(identity.of(&Platform::KAZOO).map(CallId::as_str), Some("b"));
        let same = identity.clone().and(Platform::KAZOO.call("b"));
        assert_eq!(same, identity);
        assert_eq!(identity.telephone_leg(), None);
    }
}
