//! A request as a value: what is asked, without where it goes and who asks.

use std::fmt;

use http::header;
use serde_json::Value;

pub use voice_crm_rest::Operation;

use crate::form::Form;
use crate::host::{Hosts, Product};
use crate::sid::AccountSid;

/// One request to Twilio, described by the template of its path.
///
/// Resources make their own; this is for the part of Twilio's API that this crate does not model. The
/// template stands in errors and logs, so it is a literal, and whatever varies is filled in. `Debug` shows
/// the names of what is sent, not the values.
///
/// ```
/// use twilio_client::request::Request;
///
/// let request = Request::get("/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Notifications.json")
///     .fill("CallSid", "CA0123456789abcdef0123456789abcdef")
///     .query("PageSize", "20");
/// # let _ = request;
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until a client executes it"]
pub struct Request {
    rest: voice_crm_rest::Request,
    product: Product,
    query: Form,
    form: Option<Form>,
    paced: bool,
}

impl Request {
    /// Reads something.
    pub fn get(template: &'static str) -> Self {
        Self::new(voice_crm_rest::Request::get(template))
    }

    /// Makes or changes something, with form parameters.
    pub fn post(template: &'static str, form: Form) -> Self {
        Self { form: Some(form), ..Self::new(voice_crm_rest::Request::post(template)) }
    }

    /// Makes or changes something, with a JSON document, as some of the newest APIs want it.
    pub fn post_json(template: &'static str, document: &Value) -> Self {
        Self::new(voice_crm_rest::Request::post(template).json(document))
    }

    /// Deletes something.
    pub fn delete(template: &'static str) -> Self {
        Self::new(voice_crm_rest::Request::delete(template))
    }

    fn new(rest: voice_crm_rest::Request) -> Self {
        Self { rest, product: Product::default(), query: Form::new(), form: None, paced: false }
    }

    /// Sends it to another product's host; the core API unless set.
    pub fn product(mut self, product: Product) -> Self {
        self.product = product;
        self
    }

    /// Fills a placeholder of the template. `{AccountSid}` is filled by the client unless it is here.
    pub fn fill(self, placeholder: &'static str, value: impl Into<String>) -> Self {
        Self { rest: self.rest.fill(placeholder, value), ..self }
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push(key, value);
        self
    }

    /// Says that this POST does no harm when it is applied twice, so that the client may repeat it when it
    /// is not known whether it arrived.
    pub fn repeatable(self) -> Self {
        Self { rest: self.rest.repeatable(), ..self }
    }

    /// Lets it change only this version of the thing, as [`Response::etag`](crate::response::Response::etag)
    /// gave it; Twilio refuses with status 412 when there is a later one.
    pub fn if_match(self, etag: impl AsRef<str>) -> Self {
        Self { rest: self.rest.header(header::IF_MATCH, etag), ..self }
    }

    /// Lets it wait for its turn among the calls that are placed.
    pub(crate) fn paced(mut self) -> Self {
        self.paced = true;
        self
    }

    /// Lets the request fail before it is sent.
    pub(crate) fn refuse(self, fault: &'static str) -> Self {
        Self { rest: self.rest.refuse(fault), ..self }
    }

    /// The form of a POST, else the query.
    pub(crate) fn parameters(&mut self) -> &mut Form {
        self.form.as_mut().unwrap_or(&mut self.query)
    }

    pub(crate) fn is_paced(&self) -> bool {
        self.paced
    }

    pub(crate) fn product_of(&self) -> Product {
        self.product
    }

    pub(crate) fn operation(&self) -> Operation {
        self.rest.operation()
    }

    /// The request as the loop takes it, at these hosts and in this account.
    pub(crate) fn to_rest(&self, hosts: &Hosts, account: &AccountSid) -> voice_crm_rest::Request {
        let rest = self.rest.clone().base(hosts.base(self.product)).fill("AccountSid", account.as_str());
        let query = self.query.pairs().fold(rest, |rest, (key, value)| rest.query(key.to_owned(), value));
        match &self.form {
            Some(form) => query.body("application/x-www-form-urlencoded", form.encode()),
            None => query,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation().to_string())
            .field("product", &self.product)
            .field("query", &self.query)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}
