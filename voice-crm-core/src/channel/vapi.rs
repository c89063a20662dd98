//! temp
#[derive(Debug)]
pub struct Vapi;
