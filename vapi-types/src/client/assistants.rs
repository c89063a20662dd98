//! POST, GET /assistant; GET, PATCH, DELETE /assistant/{id}

use super::{Client, List, Request, Response, Result, Stored, read::INCOMPLETE};
use crate::assistant::Assistant;

/// The assistants of the organization. See "Assistants" in Vapi's API reference.
#[derive(Clone, Debug)]
pub struct Assistants<'c> {
    client: &'c Client,
}

impl Client {
    /// The assistants of the organization.
    pub fn assistants(&self) -> Assistants<'_> {
        Assistants { client: self }
    }
}

impl Assistants<'_> {
    /// Makes an assistant. [`Assistant::lint`] says beforehand most of what Vapi would refuse.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been made.
    pub async fn create(&self, assistant: &Assistant) -> Result<Stored<Assistant>> {
        stored(&self.client.execute(Request::post("/assistant").json(assistant)).await?)
    }

    /// Reads one assistant.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn get(&self, id: &str) -> Result<Stored<Assistant>> {
        stored(&self.client.execute(Request::get(ONE).fill("id", id)).await?)
    }

    /// Replaces the settings that are set here, each as a whole, and leaves the others.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn update(&self, id: &str, assistant: &Assistant) -> Result<Stored<Assistant>> {
        stored(&self.client.execute(Request::patch(ONE).fill("id", id).json(assistant)).await?)
    }

    /// Deletes one assistant.
    ///
    /// # Errors
    /// [`Conflict`](super::ErrorKind::Conflict) while something refers to it,
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.client.delete(Request::delete(ONE).fill("id", id)).await
    }

    /// All assistants.
    pub fn list(&self) -> List<Stored<Assistant>> {
        List::new(self.client, Request::get("/assistant"), Stored::<Assistant>::read)
    }
}

fn stored(response: &Response) -> Result<Stored<Assistant>> {
    Stored::<Assistant>::read(response.text()?).ok_or_else(|| response.unreadable(INCOMPLETE))
}

const ONE: &str = "/assistant/{id}";
