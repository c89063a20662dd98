//! The object-safe form of a function: raw JSON in, boxed future out.

use futures_util::future::BoxFuture;

use super::arguments;
use crate::function::{Answer, CallContext, Function, FunctionError};

pub(super) trait ErasedFunction: Send + Sync {
    /// Decodes the arguments of the context and calls the function.
    fn call<'a>(&'a self, cx: &'a CallContext) -> BoxFuture<'a, Result<Answer, FunctionError>>;
}

struct Erased<F>(F);

impl<F: Function> ErasedFunction for Erased<F> {
    fn call<'a>(&'a self, cx: &'a CallContext) -> BoxFuture<'a, Result<Answer, FunctionError>> {
        Box::pin(async move {
            let args = arguments::parse::<F::Args>(&cx.arguments)?;
            self.0.call(cx, args).await
        })
    }
}

/// Puts a typed function behind the object-safe form.
pub(super) fn erase<F: Function>(function: F) -> Box<dyn ErasedFunction> {
    Box::new(Erased(function))
}
