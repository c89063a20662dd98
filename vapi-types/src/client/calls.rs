//! POST, GET /call; GET, DELETE /call/{id}

mod batch;
mod create;

pub use batch::{Batch, NotPlaced, SubscriptionLimits};
pub use create::{CreateCall, SchedulePlan};

use super::{
    Client, List, Request, Result,
    read::{INCOMPLETE, object},
};
use crate::{call::Call, customer::Customer, wire::parse_object};

/// The calls of the organization. See "Calls" in Vapi's API reference.
#[derive(Clone, Debug)]
pub struct Calls<'c> {
    client: &'c Client,
}

impl Client {
    /// The calls of the organization.
    pub fn calls(&self) -> Calls<'_> {
        Calls { client: self }
    }
}

impl Calls<'_> {
    /// Calls one customer, now or when the schedule says.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when the customer may have been called.
    pub async fn create(&self, call: &CreateCall, customer: Customer) -> Result<Call> {
        let call = CreateCall { customer: Some(customer), customers: None, ..call.clone() };
        let response = self.client.execute(request(&call)).await?;
        batch::read(&response)?
            .results
            .into_iter()
            .find(has_id)
            .ok_or_else(|| response.unreadable(INCOMPLETE))
    }

    /// Calls several customers, each in a call of its own. Some may be placed and others not.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when the customers may have been called.
    pub async fn create_many(&self, call: &CreateCall, customers: Vec<Customer>) -> Result<Batch> {
        let call = CreateCall { customer: None, customers: Some(customers), ..call.clone() };
        batch::read(&self.client.execute(request(&call)).await?)
    }

    /// Reads one call.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn get(&self, id: &str) -> Result<Call> {
        object(&self.client.execute(Request::get(ONE).fill("id", id)).await?, has_id)
    }

    /// Deletes what Vapi keeps of one call. It does not hang up; [`Control::end`](super::Control::end) does.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.client.delete(Request::delete(ONE).fill("id", id)).await
    }

    /// All calls.
    pub fn list(&self) -> List<Call> {
        List::new(self.client, Request::get("/call"), |json| parse_object(json).ok())
    }
}

impl List<Call> {
    /// Leaves out the calls of other assistants.
    pub fn assistant_id(self, id: impl Into<String>) -> Self {
        self.filter("assistantId", id)
    }

    /// Leaves out the calls of other phone numbers.
    pub fn phone_number_id(self, id: impl Into<String>) -> Self {
        self.filter("phoneNumberId", id)
    }
}

fn request(call: &CreateCall) -> Request {
    Request::post("/call").json(call)
}

fn has_id(call: &Call) -> bool {
    call.id.is_some()
}

const ONE: &str = "/call/{id}";
