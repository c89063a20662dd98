//! POST, GET /tool; GET, PATCH, DELETE /tool/{id}

use super::{Client, List, Request, Response, Result, Stored, read::INCOMPLETE};
use crate::tool::Tool;

/// The tools of the organization, which assistants name by their ids. See "Tools" in Vapi's API reference.
#[derive(Clone, Debug)]
pub struct Tools<'c> {
    client: &'c Client,
}

impl Client {
    /// The tools of the organization.
    pub fn tools(&self) -> Tools<'_> {
        Tools { client: self }
    }
}

impl Tools<'_> {
    /// Makes a tool.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been made.
    pub async fn create(&self, tool: &Tool) -> Result<Stored<Tool>> {
        stored(&self.client.execute(Request::post("/tool").json(tool)).await?)
    }

    /// Reads one tool.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn get(&self, id: &str) -> Result<Stored<Tool>> {
        stored(&self.client.execute(Request::get(ONE).fill("id", id)).await?)
    }

    /// Replaces the settings that are set here, each as a whole, and leaves the others. A tool keeps its type.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn update(&self, id: &str, tool: &Tool) -> Result<Stored<Tool>> {
        stored(&self.client.execute(Request::patch(ONE).fill("id", id).json(tool)).await?)
    }

    /// Deletes one tool.
    ///
    /// # Errors
    /// [`Conflict`](super::ErrorKind::Conflict) while an assistant uses it,
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.client.delete(Request::delete(ONE).fill("id", id)).await
    }

    /// All tools.
    pub fn list(&self) -> List<Stored<Tool>> {
        List::new(self.client, Request::get("/tool"), Stored::<Tool>::read)
    }
}

fn stored(response: &Response) -> Result<Stored<Tool>> {
    Stored::<Tool>::read(response.text()?).ok_or_else(|| response.unreadable(INCOMPLETE))
}

const ONE: &str = "/tool/{id}";
