//! What Vapi sends.

mod arguments;
mod decode;
mod json;
mod nesting;
mod text;
mod verify;
