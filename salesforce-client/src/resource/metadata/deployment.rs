//! `GET` and `PATCH /metadata/deployRequest/{id}`

use std::fmt;

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::request;
use super::result::DeployResult;
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::request::{Idempotence, Request, json};
use crate::resource::bulk::{Poll, Waits};

/// A deployment that the org has taken.
#[derive(Clone)]
pub struct Deployment {
    client: Client,
    id: RecordId,
}

impl Deployment {
    pub(super) fn new(client: Client, id: RecordId) -> Self {
        Self { client, id }
    }

    /// Its id, to take it up again with [`Metadata::deployment`](crate::Metadata::deployment).
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// How far it is, with every component and test that has failed so far.
    ///
    /// # Errors
    /// As any read.
    pub async fn status(&self) -> Result<DeployResult> {
        let request = self.request(Method::GET).query("includeDetails", "true");
        let answer = self.client.execute(&request, None).await?;
        Ok(answer.json::<Answer>()?.deploy_result)
    }

    /// Waits for its end, whatever that is; `progress` is told what each look finds.
    ///
    /// # Errors
    /// As any read, for a failure that does not pass; [`ErrorKind::Deadline`](crate::ErrorKind::Deadline)
    /// when the patience is over. The deployment goes on in both cases.
    pub async fn finished(
        &self,
        poll: Poll,
        mut progress: impl FnMut(&DeployResult),
    ) -> Result<DeployResult> {
        let mut waits = Waits::new(poll);
        loop {
            let result = waits.outlast(&self.client, || self.status()).await?;
            progress(&result);
            if result.status.is_over() {
                return Ok(result);
            }
            waits.next(self.client.chance()).await?;
        }
    }

    /// Asks the org to give it up, which [`finished`](Self::finished) then tells.
    ///
    /// # Errors
    /// As any update.
    pub async fn cancel(&self) -> Result<()> {
        let body = json(&json!({"deployResult": {"status": "Canceling"}}))?;
        let request = self.request(Method::PATCH).idempotence(Idempotence::Idempotent).body(body);
        self.client.execute(&request, None).await.map(drop)
    }

    fn request(&self, method: Method) -> Request {
        request(method, &format!("/{}", self.id), "/{id}")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    deploy_result: DeployResult,
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment").field("id", &self.id).finish_non_exhaustive()
    }
}
