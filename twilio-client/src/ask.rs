//! How calls with options are declared: a setter for each parameter, and awaiting sends it.

use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::Result;
use crate::request::Request;

/// Sends a request and reads what it brings.
pub(crate) async fn read<T: DeserializeOwned>(client: &Client, request: Request) -> Result<T> {
    client.execute(request).await?.json()
}

/// Deletes something.
pub(crate) async fn delete(client: &Client, request: Request) -> Result<()> {
    client.delete(&request).await
}

/// Declares calls with options: what is awaited gives the answer named after the arrow.
macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident -> $answer:ty {
        $($(#[$setter_doc:meta])* $setter:ident: $value:ty = $key:literal,)*
    })+) => {$(
        $(#[$doc])*
        ///
        /// The errors are those every request has.
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent until this is awaited"]
        pub struct $name<'a> {
            client: &'a crate::client::Client,
            request: crate::request::Request,
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(client: &'a crate::client::Client, request: crate::request::Request) -> Self {
                Self { client, request }
            }

            $($(#[$setter_doc])*
            pub fn $setter(mut self, value: $value) -> Self {
                crate::parameter::Parameter::write(value, self.request.parameters(), $key);
                self
            })*

            /// Any other parameter of Twilio's; the same key may be given again.
            pub fn extra(mut self, key: &'static str, value: impl Into<String>) -> Self {
                self.request.parameters().push(key, value);
                self
            }
        }

        impl<'a> IntoFuture for $name<'a> {
            type Output = crate::error::Result<$answer>;
            type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(crate::ask::read(self.client, self.request))
            }
        }
    )+};
}

/// Declares lists: what they hold, and a setter for each filter.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident of $item:ty {
        $($(#[$setter_doc:meta])* $setter:ident: $value:ty = $key:literal,)*
    })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[must_use = "nothing is read until pages or a stream are asked for"]
        pub struct $name<'a> {
            client: &'a crate::client::Client,
            request: crate::request::Request,
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(client: &'a crate::client::Client, request: crate::request::Request) -> Self {
                Self { client, request }
            }

            $($(#[$setter_doc])*
            pub fn $setter(mut self, value: $value) -> Self {
                crate::parameter::Parameter::write(value, self.request.parameters(), $key);
                self
            })*

            /// How many to read with one request; 50 unless set, 1000 at most.
            pub fn page_size(mut self, size: u32) -> Self {
                crate::parameter::Parameter::write(size, self.request.parameters(), "PageSize");
                self
            }

            /// Any other filter of Twilio's; the same key may be given again.
            pub fn extra(mut self, key: &'static str, value: impl Into<String>) -> Self {
                self.request.parameters().push(key, value);
                self
            }

            /// Reads page by page.
            pub fn pages(self) -> crate::page::Pages<$item> {
                crate::page::pages(self.client, &self.request)
            }

            /// Reads one after the other, page by page behind the scenes. The first error ends the stream.
            pub fn stream(self) -> impl futures_core::Stream<Item = crate::error::Result<$item>> + Send + use<> {
                self.pages().into_stream()
            }
        }
    )+};
}

pub(crate) use {asks, lists};
