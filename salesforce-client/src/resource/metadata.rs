//! `POST`, `GET` and `PATCH /metadata/deployRequest`: changes to the org's make-up, as a zip file

mod deployment;
mod result;

use std::fmt;
use std::time::{Duration, Instant};

use http::{Method, header};
use serde::{Deserialize, Serialize};

use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::multipart::{self, Names};
use crate::request::Request;
use crate::transport::BodySource;

pub use self::deployment::Deployment;
pub use self::result::{ComponentFailure, DeployResult, DeployStatus, TestFailure};

/// The org takes no larger zip: 39 MB.
const LARGEST: u64 = 39_000_000;

/// How long the upload may take when it has no deadline of its own.
const LONGEST: Duration = Duration::from_secs(10 * 60);

const PARTS: Names = Names { json: "json", bytes: "file", kind: "application/zip", file: "deploy.zip" };

/// The org's make-up as files.
///
/// See \[Salesforce/Metadata API Developer Guide: Deploy Metadata with REST\].
#[derive(Clone, Copy)]
pub struct Metadata<'a> {
    client: &'a Client,
}

impl Client {
    /// The org's make-up as files.
    pub fn metadata(&self) -> Metadata<'_> {
        Metadata { client: self }
    }
}

impl<'a> Metadata<'a> {
    /// Deploys a zip file with a `package.xml` at its root, up to 39 MB. At most one attempt is made
    /// that may have been taken.
    pub fn deploy(&self, zip: impl Into<BodySource>) -> Deploy<'a> {
        Deploy { client: self.client, options: Options::default(), zip: zip.into(), deadline: None }
    }

    /// Takes up a deployment that was begun before.
    pub fn deployment(&self, id: RecordId) -> Deployment {
        Deployment::new(self.client.clone(), id)
    }
}

/// Begins a deployment; awaited, it gives the [`Deployment`], which the org carries out in its own time.
#[must_use = "a call does nothing until it is awaited"]
pub struct Deploy<'a> {
    client: &'a Client,
    options: Options,
    zip: BodySource,
    deadline: Option<Instant>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "it is the API's own form")]
struct Options {
    allow_missing_files: bool,
    check_only: bool,
    ignore_warnings: bool,
    purge_on_delete: bool,
    rollback_on_error: bool,
    single_package: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_level: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    run_tests: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_missing_files: false,
            check_only: false,
            ignore_warnings: false,
            purge_on_delete: false,
            // A production org refuses a deployment that could be applied in part.
            rollback_on_error: true,
            single_package: true,
            test_level: None,
            run_tests: Vec::new(),
        }
    }
}

/// Which Apex tests a deployment runs; the org decides unless told.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeployTests {
    /// None; a production org takes no Apex code this way.
    None,
    /// These classes.
    Named(Vec<String>),
    /// All but those of managed packages.
    Local,
    /// All.
    All,
}

impl Deploy<'_> {
    /// Only says whether it would succeed, and changes nothing.
    pub fn check_only(mut self, yes: bool) -> Self {
        self.options.check_only = yes;
        self
    }

    /// Whether warnings leave it a success.
    pub fn ignore_warnings(mut self, yes: bool) -> Self {
        self.options.ignore_warnings = yes;
        self
    }

    /// Whether one component's failure undoes all the others; it does unless set. A production org
    /// insists on it.
    pub fn rollback_on_error(mut self, yes: bool) -> Self {
        self.options.rollback_on_error = yes;
        self
    }

    /// Whether what is deleted does not go to the recycle bin.
    pub fn purge_on_delete(mut self, yes: bool) -> Self {
        self.options.purge_on_delete = yes;
        self
    }

    /// Which Apex tests it runs.
    pub fn tests(mut self, tests: DeployTests) -> Self {
        let (level, classes) = match tests {
            DeployTests::None => ("NoTestRun", Vec::new()),
            DeployTests::Named(classes) => ("RunSpecifiedTests", classes),
            DeployTests::Local => ("RunLocalTests", Vec::new()),
            DeployTests::All => ("RunAllTestsInOrg", Vec::new()),
        };
        self.options.test_level = Some(level);
        self.options.run_tests = classes;
        self
    }

    /// Gives up the upload at this moment; ten minutes from the start unless set.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    async fn run(self) -> Result<Deployment> {
        if self.zip.length().is_some_and(|length| length > LARGEST) {
            return Err(Error::invalid("the zip is larger than the 39 MB that the org takes: split it"));
        }
        let options = Wrapped { deploy_options: &self.options };
        let (body, kind) = multipart::form(&PARTS, &options, self.zip)?;
        let request = request(Method::POST, "", "").header(header::CONTENT_TYPE, kind);
        let deadline = self.deadline.or_else(|| Instant::now().checked_add(LONGEST));
        let answer = self.client.open(&request, Some(&body), deadline).await?.read().await?;
        Ok(Deployment::new(self.client.clone(), answer.json::<Begun>()?.id))
    }
}

/// A request of all deployments, or of one.
fn request(method: Method, id: &str, placeholder: &str) -> Request {
    let path = "metadata/deployRequest";
    Request::new(method, format!("{path}{id}"), format!("{path}{placeholder}"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped<'a> {
    deploy_options: &'a Options,
}

#[derive(Deserialize)]
struct Begun {
    id: RecordId,
}

impl<'a> IntoFuture for Deploy<'a> {
    type Output = Result<Deployment>;
    type IntoFuture = Pending<'a, Deployment>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Metadata<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metadata(..)")
    }
}

impl fmt::Debug for Deploy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deploy").field("zip", &self.zip).finish_non_exhaustive()
    }
}
