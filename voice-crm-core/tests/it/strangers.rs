//! What somebody can do to others whose words or numbers they only know by name.

mod flood;
mod words;
