//! What the caller has heard: marks sent, marks returned, and what a barge-in cut off.

use std::collections::VecDeque;
use std::time::Duration;

use super::media::MediaCommands;

/// Keeps account of the sound that was sent.
///
/// After each sentence ask for a mark; when it returns, the sentence was heard. When the caller speaks over it,
/// [`barge_in`](Self::barge_in) clears what waits, and marks that return from then on were not heard.
#[derive(Clone, Debug)]
pub struct Playback {
    commands: MediaCommands,
    waiting: VecDeque<Waiting>,
    next: u64,
    unmarked: usize,
}

#[derive(Clone, Debug)]
struct Waiting {
    name: String,
    bytes: usize,
    cleared: bool,
}

/// What became of the sound before a mark.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Heard {
    /// The caller heard all of it, which took this long.
    Played(Duration),
    /// It was cleared, in whole or in part.
    Cleared,
}

impl Playback {
    /// Nothing sent yet.
    pub fn new(commands: MediaCommands) -> Self {
        Self { commands, waiting: VecDeque::new(), next: 0, unmarked: 0 }
    }

    /// The message that plays this sound.
    pub fn play(&mut self, mulaw: &[u8]) -> String {
        self.unmarked += mulaw.len();
        self.commands.media(mulaw)
    }

    /// The message that asks for a mark after what was played, and the name of the mark.
    pub fn mark(&mut self) -> (String, String) {
        let name = format!("mark-{}", self.next);
        self.next += 1;
        let bytes = std::mem::take(&mut self.unmarked);
        self.waiting.push_back(Waiting { name: name.clone(), bytes, cleared: false });
        (self.commands.mark(&name), name)
    }

    /// Takes note of a mark that came back; none if it is not one of ours. Marks return in order, so one that
    /// never came is settled by the next.
    pub fn returned(&mut self, name: &str) -> Option<Heard> {
        let at = self.waiting.iter().position(|waiting| waiting.name == name)?;
        let settled = self.waiting.drain(..=at).next_back()?;
        Some(if settled.cleared { Heard::Cleared } else { Heard::Played(length(settled.bytes)) })
    }

    /// The message that stops the sound because the caller speaks; none if there is none to stop.
    pub fn barge_in(&mut self) -> Option<String> {
        if !self.is_speaking() {
            return None;
        }
        self.unmarked = 0;
        for waiting in &mut self.waiting {
            waiting.cleared = true;
        }
        Some(self.commands.clear())
    }

    /// Whether the caller may be hearing something of ours, as far as marks tell.
    pub fn is_speaking(&self) -> bool {
        self.unmarked > 0 || self.waiting.iter().any(|waiting| !waiting.cleared)
    }
}

/// One byte is one sample, and there are 8000 in a second.
fn length(bytes: usize) -> Duration {
    Duration::from_micros(bytes as u64 * 125)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_returns_says_that_its_sound_was_heard() {
        let mut playback = Playback::new(MediaCommands::new("MZ1"));
        playback.play(&[0xff; 160]);
        playback.play(&[0xff; 160]);
        let (_, first) = playback.mark();

        assert!(playback.is_speaking());
        assert_eq!(playback.returned(&first), Some(Heard::Played(Duration::from_millis(40))));
        assert!(!playback.is_speaking());
        assert_eq!(playback.returned(&first), None);
    }

    #[test]
    fn what_was_cleared_was_not_heard_and_what_comes_after_is() {
        let mut playback = Playback::new(MediaCommands::new("MZ1"));
        playback.play(&[0xff; 160]);
        let (_, before) = playback.mark();
        assert!(playback.barge_in().is_some());
        assert!(playback.barge_in().is_none());
        playback.play(&[0xff; 80]);
        let (_, after) = playback.mark();

        assert_eq!(playback.returned(&before), Some(Heard::Cleared));
        assert_eq!(playback.returned(&after), Some(Heard::Played(Duration::from_millis(10))));
    }

    #[test]
    fn a_lost_mark_is_settled_by_the_next() {
        let mut playback = Playback::new(MediaCommands::new("MZ1"));
        let (_, _lost) = playback.mark();
        let (_, next) = playback.mark();

        assert!(playback.returned(&next).is_some());
        assert!(!playback.is_speaking());
        assert_eq!(playback.returned("stranger"), None);
    }
}
