//! The org as a program.
fn main() {}
