//! `Channel`: what is listened to.

use std::fmt;

use crate::error::{Error, Result};
use crate::name;

/// A channel of the Streaming API, such as `/event/Call_Ended__e`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Channel(String);

impl Channel {
    /// The records that a `PushTopic` of this name selects.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it cannot be such a name.
    pub fn push_topic(topic: &str) -> Result<Self> {
        Self::below("topic", topic)
    }

    /// A platform event, whose name ends in `__e`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it cannot be such a name.
    pub fn platform_event(event: &str) -> Result<Self> {
        if !event.ends_with("__e") {
            return Err(Error::invalid("the name of a platform event ends in __e"));
        }
        Self::below("event", event)
    }

    /// The changes of an object's records, such as `Case` or `Voice_Call__c`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it cannot be such a name.
    pub fn changes(object: &str) -> Result<Self> {
        let event = match object.strip_suffix("__c") {
            Some(stem) => format!("{stem}__ChangeEvent"),
            None => format!("{object}ChangeEvent"),
        };
        Self::below("data", &event)
    }

    /// The changes of all objects that the org tracks.
    pub fn all_changes() -> Self {
        Self("/data/ChangeEvents".to_owned())
    }

    /// A generic channel, into which anybody may push text.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it cannot be such a name.
    pub fn generic(channel: &str) -> Result<Self> {
        Self::below("u", channel)
    }

    /// A channel as the org writes it, such as `/data/Custom__chn`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it is no channel to subscribe to.
    pub fn parse(text: &str) -> Result<Self> {
        let mut segments = text.split('/');
        let rooted = segments.next() == Some("");
        let segments: Vec<&str> = segments.collect();
        let plain = |segment: &&str| {
            !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        };
        if rooted && segments.len() >= 2 && segments.iter().all(plain) && segments[0] != "meta" {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::invalid("this is not a channel: write it like /event/Call_Ended__e"))
    }

    /// Of a `PushTopic`, only the records with this value in this field; the field must be among those that
    /// the topic selects. With several filters, a record that meets one of them is told.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) on another sort of channel, when
    /// `field` is no field, or when the value holds one of `'`, `&` and `=`, which a filter cannot carry.
    pub fn filter(mut self, field: &str, value: &str) -> Result<Self> {
        let field = name::name("field to filter by", field)?;
        if !self.0.starts_with("/topic/") || value.contains(['\'', '&', '=', '?']) {
            return Err(Error::invalid("only a PushTopic takes a filter, and its value no quote, & or ="));
        }
        let before = if self.0.contains('?') { "&" } else { "?" };
        for part in [before, field, "='", value, "'"] {
            self.0.push_str(part);
        }
        Ok(self)
    }

    /// The channel as the org writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The channel without its filter, by which the org keeps positions.
    pub(super) fn base(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    fn below(root: &str, leaf: &str) -> Result<Self> {
        Ok(Self(format!("/{root}/{}", name::name("channel", leaf)?)))
    }
}

/// Without the value of a filter, which can be anybody's data.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base())
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Channel").field(&self.base()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_of_event_has_its_channel() {
        let channels = [
            (Channel::push_topic("Calls"), "/topic/Calls"),
            (Channel::platform_event("Call_Ended__e"), "/event/Call_Ended__e"),
            (Channel::changes("Case"), "/data/CaseChangeEvent"),
            (Channel::changes("Voice_Call__c"), "/data/Voice_Call__ChangeEvent"),
            (Channel::generic("Notices"), "/u/Notices"),
            (Channel::parse("/data/Desk__chn"), "/data/Desk__chn"),
        ];
        for (channel, written) in channels {
            assert_eq!(channel.unwrap().as_str(), written);
        }
    }

    #[test]
    fn what_cannot_be_a_channel_is_refused_here() {
        for bad in
            ["", "/", "/topic", "topic/X", "/topic/", "/topic/X/", "/topic/*", "/meta/connect", "/t/a b"]
        {
            assert!(Channel::parse(bad).is_err(), "{bad}");
        }
        assert!(Channel::push_topic("../x").is_err());
        assert!(Channel::platform_event("Call_Ended").is_err());
    }

    #[test]
    fn a_filter_joins_the_name_and_its_value_is_not_shown() {
        let channel = Channel::push_topic("Calls").unwrap().filter("Phone__c", "+14155550142").unwrap();
        let channel = channel.filter("Name", "Ann").unwrap();
        assert!(
            channel.as_str() == "/topic/Calls?Phone__c='+14155550142'&Name='Ann'",
            "the filter is written"
        );
        assert_eq!((channel.to_string().as_str(), channel.base()), ("/topic/Calls", "/topic/Calls"));
        assert!(Channel::push_topic("Calls").unwrap().filter("Name", "x' OR 'y").is_err());
        assert!(Channel::changes("Case").unwrap().filter("Name", "x").is_err());
    }
}
