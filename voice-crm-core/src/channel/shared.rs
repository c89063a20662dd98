//! A channel behind a pointer is a channel, for programs that choose theirs while they run.

use std::{ops::Deref, sync::Arc};

use jiff::Timestamp;

use super::{Channel, DecodeError, Decoded, Reply, Verdict, VerifyError, WebhookHead, WebhookRequest};
use crate::phone::Region;

macro_rules! pointer {
    ($pointer:ident) => {
        impl<T: ?Sized + Channel> Channel for $pointer<T> {
            fn name(&self) -> &'static str {
                self.deref().name()
            }

            fn takes(&self, method: &str, below: &str) -> bool {
                self.deref().takes(method, below)
            }

            fn screen(&self, head: &WebhookHead<'_>, now: Timestamp) -> Result<(), VerifyError> {
                self.deref().screen(head, now)
            }

            fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, now: Timestamp) -> Verdict<'a> {
                self.deref().verify(request, now)
            }

            fn proof_headers(&self) -> Vec<&str> {
                self.deref().proof_headers()
            }

            fn reject(&self, error: &VerifyError) -> Reply {
                self.deref().reject(error)
            }

            fn decode(&self, request: &WebhookRequest<'_>, home: Region) -> Result<Decoded, DecodeError> {
                self.deref().decode(request, home)
            }
        }
    };
}

pointer!(Arc);
pointer!(Box);
