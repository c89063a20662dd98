//! Marks of speech, which stand in `<Say>` and take turns with its text.

use super::tag::{begin_empty, named_by_text, tags};
use super::verb::Say;

tags! {
    /// A pause in speech.
    Break as "break" in [Say, Emphasis, Lang, Paragraph, Prosody, Sentence] {
        /// How strong it is, from `none` to `x-strong`.
        strength: &str = "strength",
        /// How long it is, such as `500ms`.
        time: &str = "time",
    }

    /// Words that are stressed.
    Emphasis as "emphasis" in [Say, Lang, Paragraph, Prosody, Sentence] {
        /// How much: `strong`, `moderate`, `reduced`.
        level: &str = "level",
    }

    /// Words of another language.
    Lang as "lang" in [Say, Emphasis, Paragraph, Prosody, Sentence] {
        /// The language, such as `fr-FR`.
        language: &str = "xml:lang",
    }

    /// A paragraph.
    Paragraph as "p" in [Say, Lang, Prosody] {}

    /// A sentence.
    Sentence as "s" in [Say, Lang, Paragraph, Prosody] {}

    /// A word by its sounds.
    Phoneme as "phoneme" in [Say, Emphasis, Lang, Paragraph, Prosody, Sentence] {
        /// The alphabet of the sounds: `ipa` or `x-sampa`.
        alphabet: &str = "alphabet",
        /// The sounds.
        sounds: &str = "ph",
    }

    /// Words spoken louder, slower, higher.
    Prosody as "prosody" in [Say, Emphasis, Lang, Paragraph, Sentence] {
        /// How loud, such as `+6dB` or `soft`.
        volume: &str = "volume",
        /// How fast, such as `80%` or `slow`.
        rate: &str = "rate",
        /// How high, such as `+10%` or `low`.
        pitch: &str = "pitch",
    }

    /// A text of which something is known: a date, a number to be spelt.
    SayAs as "say-as" in [Say, Emphasis, Lang, Paragraph, Prosody, Sentence] {
        /// What it is, such as `spell-out` or `telephone`.
        interpret_as: &str = "interpret-as",
        /// How it is written, such as `mdy`.
        format: &str = "format",
    }

    /// A text that is spoken as another.
    Sub as "sub" in [Say, Emphasis, Lang, Paragraph, Prosody, Sentence] {
        /// What is spoken.
        alias: &str = "alias",
    }

    /// A word in one of its ways.
    Word as "w" in [Say, Emphasis, Lang, Paragraph, Prosody, Sentence] {
        /// Which way, such as `amazon:VB`.
        role: &str = "role",
    }
}

named_by_text! {
    /// Stresses this.
    Emphasis
    /// Speaks this in its language.
    Lang
    /// A paragraph of this.
    Paragraph
    /// A sentence of this.
    Sentence
    /// This, by its sounds.
    Phoneme
    /// Speaks this so.
    Prosody
    /// This, for what it is.
    SayAs
    /// This, spoken as another.
    Sub
    /// This word.
    Word
}

begin_empty!(Break);
