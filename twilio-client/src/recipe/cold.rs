//! The cold transfer: a call is taken elsewhere.

use crate::client::Client;
use crate::error::{ErrorKind, Result};
use crate::resource::calls::{Call, NewInstruction};
use crate::sid::CallSid;

/// What became of a cold transfer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ColdTransfer {
    /// The call follows the new instructions.
    Moved(Box<Call>),
    /// The caller had hung up before.
    CallerGone,
}

/// Takes a call to other instructions.
///
/// # Errors
///
/// The kinds every request has, [`Ambiguous`](crate::error::ErrorKind::Ambiguous) among them: the call may have
/// been taken there. A caller who has hung up is no error.
pub async fn transfer(
    client: &Client,
    call: &CallSid,
    instruction: impl Into<NewInstruction>,
) -> Result<ColdTransfer> {
    match client.calls().redirect(call, instruction).await {
        Ok(call) => Ok(ColdTransfer::Moved(Box::new(call))),
        Err(error) if error.kind() == ErrorKind::Gone => Ok(ColdTransfer::CallerGone),
        Err(error) => Err(error),
    }
}
