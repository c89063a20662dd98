//! The object-safe form of a function: raw JSON in, boxed future out.

use std::{marker::PhantomData, sync::Arc};

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use super::arguments::{self, Shape};
use crate::{
    function::{Answer, CallContext, Confirmation, Function, FunctionError},
    phrase::Speech,
};

/// What a function came to.
pub(super) enum Came {
    /// To an answer.
    Answer(Answer),
    /// To something that the caller has to agree to first, if the function has words for it.
    ToConfirm(Option<Speech>),
}

pub(super) trait ErasedFunction: Send + Sync {
    /// Decodes the arguments of the context and calls the function.
    ///
    /// With `ask` nothing is done that has to be confirmed.
    fn call<'a>(
        &'a self,
        cx: &'a Arc<CallContext>,
        shape: &'a Shape,
        ask: Ask,
    ) -> BoxFuture<'a, Result<Came, FunctionError>>;
}

/// Whether the caller is to be asked before anything is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ask {
    /// No: it needs no confirmation, or has it.
    No,
    /// If the function says so.
    IfTheFunctionSaysSo,
    /// Yes, whatever the function says.
    Always,
}

struct Typed<F>(F);

impl<F: Function> ErasedFunction for Typed<F> {
    fn call<'a>(
        &'a self,
        cx: &'a Arc<CallContext>,
        shape: &'a Shape,
        ask: Ask,
    ) -> BoxFuture<'a, Result<Came, FunctionError>> {
        Box::pin(async move {
            let args = arguments::parse::<F::Args>(&cx.arguments, shape)?;
            if ask != Ask::No {
                let read_back = self.0.read_back(cx, &args);
                if read_back.is_some() || ask == Ask::Always {
                    return Ok(Came::ToConfirm(read_back));
                }
            }
            if let Confirmation::Given(confirmed) = &cx.confirmation {
                let changes = self.0.changes(cx, &args);
                Box::pin(cx.spend(confirmed, changes)).await?;
            }
            self.0.call(cx, args).await.map(Came::Answer)
        })
    }
}

/// Puts a typed function behind the object-safe form.
pub(super) fn erase<F: Function>(function: F) -> Box<dyn ErasedFunction> {
    Box::new(Typed(function))
}

struct Closure<A, C>(C, PhantomData<fn(A)>);

impl<A, C, Fut> ErasedFunction for Closure<A, C>
where
    A: DeserializeOwned + Send + 'static,
    C: Fn(Arc<CallContext>, A) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Answer, FunctionError>> + Send + 'static,
{
    fn call<'a>(
        &'a self,
        cx: &'a Arc<CallContext>,
        shape: &'a Shape,
        ask: Ask,
    ) -> BoxFuture<'a, Result<Came, FunctionError>> {
        Box::pin(async move {
            let args = arguments::parse::<A>(&cx.arguments, shape)?;
            if ask != Ask::No {
                return Ok(Came::ToConfirm(None));
            }
            if let Confirmation::Given(confirmed) = &cx.confirmation {
                Box::pin(cx.spend(confirmed, None)).await?;
            }
            (self.0)(cx.clone(), args).await.map(Came::Answer)
        })
    }
}

/// Puts a closure behind the object-safe form.
pub(super) fn erase_closure<A, C, Fut>(closure: C) -> Box<dyn ErasedFunction>
where
    A: DeserializeOwned + Send + 'static,
    C: Fn(Arc<CallContext>, A) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, FunctionError>> + Send + 'static,
{
    Box::new(Closure(closure, PhantomData))
}
