//! What the org tells of a deployment.

use serde::{Deserialize, Deserializer};

/// How far a deployment is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeployStatus {
    /// It waits for its turn.
    #[default]
    Pending,
    /// It runs.
    InProgress,
    /// It runs and can no longer be given up.
    FinalizingDeploy,
    /// Everything was deployed.
    Succeeded,
    /// Something was deployed, and something was not.
    SucceededPartial,
    /// Nothing was deployed.
    Failed,
    /// It failed at its very end.
    FinalizingDeployFailed,
    /// It is being given up.
    Canceling,
    /// It was given up.
    Canceled,
    /// A status this crate does not know.
    #[serde(other)]
    Unknown,
}

impl DeployStatus {
    /// Whether it goes no further.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Succeeded
                | Self::SucceededPartial
                | Self::Failed
                | Self::FinalizingDeployFailed
                | Self::Canceled
        )
    }
}

/// A deployment as the org tells of it.
///
/// See \[Salesforce/Metadata API Developer Guide: `DeployResult`\].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
#[must_use = "a deployment that failed is told here, and not as an error"]
pub struct DeployResult {
    /// How far it is.
    pub status: DeployStatus,
    /// Whether everything was deployed.
    pub success: bool,
    /// Whether it only says what would happen.
    pub check_only: bool,
    /// Components in the zip.
    pub number_components_total: u64,
    /// Components done.
    pub number_components_deployed: u64,
    /// Components that failed.
    pub number_component_errors: u64,
    /// Apex tests to run.
    pub number_tests_total: u64,
    /// Apex tests done.
    pub number_tests_completed: u64,
    /// Apex tests that failed.
    pub number_test_errors: u64,
    /// Why it failed as a whole, when it did.
    pub error_message: Option<String>,
    #[serde(deserialize_with = "or_default")]
    details: Details,
}

impl DeployResult {
    /// The components that failed, and where.
    pub fn component_failures(&self) -> &[ComponentFailure] {
        &self.details.component_failures
    }

    /// The Apex tests that failed.
    pub fn test_failures(&self) -> &[TestFailure] {
        &self.details.tests.failures
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    #[serde(deserialize_with = "or_default")]
    component_failures: Vec<ComponentFailure>,
    // The guide's table and its sample do not agree on the name.
    #[serde(rename = "runTestResult", alias = "runTestResults", deserialize_with = "or_default")]
    tests: Tests,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Tests {
    #[serde(deserialize_with = "or_default")]
    failures: Vec<TestFailure>,
}

/// A component that was not deployed, or with a warning.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ComponentFailure {
    /// What it is, such as `CustomField`.
    pub component_type: Option<String>,
    /// Its name, such as `Case.Voice_Key__c`.
    pub full_name: String,
    /// Its file in the zip.
    pub file_name: Option<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// `Error` or `Warning`.
    pub problem_type: Option<String>,
    /// Where in the file, from 1.
    pub line_number: Option<u64>,
    /// Where in the line, from 1.
    pub column_number: Option<u64>,
}

/// An Apex test that failed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct TestFailure {
    /// Its class.
    pub name: String,
    /// Its method.
    pub method_name: Option<String>,
    /// What it says.
    pub message: Option<String>,
}

/// Reads `null` as nothing.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
