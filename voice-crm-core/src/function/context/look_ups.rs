//! What the functions of a support desk look up. The scope of cases is the caller's own, whatever an argument says.

use super::CallContext;
use crate::{
    crm::{
        CaseRecord, FindPeople, PeopleQuery, PersonRecord, Proofs, ReadKind, RecordRef, Reference, TaskRecord,
    },
    function::{FunctionError, FunctionErrorKind},
    outbox::JobStatus,
    phrase::{self, Speech},
};

impl CallContext {
    /// The caller's open cases: their own first, then those of their account, the newest first; at most twenty.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn open_cases(&self) -> Result<Vec<CaseRecord>, FunctionError> {
        let cases = self.services.reads.crm().cases();
        let cases = cases.ok_or_else(|| self.not_served(ReadKind::Cases))?;
        let scope = self.case_scope().await?;
        if scope.is_empty() {
            return Ok(Vec::new());
        }
        Ok(cases.open_cases(&scope, self.read_options()).await?)
    }

    /// People by what somebody says of themselves. That they are found proves nothing of who is calling.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn find_people(&self, query: &PeopleQuery) -> Result<Vec<PersonRecord>, FunctionError> {
        Ok(self.people()?.find_people(query, self.read_options()).await?)
    }

    /// What a contact can be asked to prove who they are. It is for comparing, never for telling.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn proofs(&self, contact: &RecordRef) -> Result<Option<Proofs>, FunctionError> {
        Ok(self.people()?.proofs(contact, self.read_options()).await?)
    }

    fn people(&self) -> Result<&dyn FindPeople, FunctionError> {
        self.services.reads.crm().people().ok_or_else(|| self.not_served(ReadKind::People))
    }

    /// An open task with exactly this subject.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn open_task(&self, subject: &str) -> Result<Option<TaskRecord>, FunctionError> {
        let tasks = self.services.reads.crm().tasks();
        let tasks = tasks.ok_or_else(|| self.not_served(ReadKind::Tasks))?;
        Ok(tasks.open_task(subject, self.read_options()).await?)
    }

    /// Where the write stands that was promised under this reference, and what kind of write it is.
    ///
    /// A reference proves nothing of who is calling; tell no more by it than that.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the journal cannot
    /// be asked.
    pub async fn promised(
        &self,
        reference: &Reference,
    ) -> Result<Option<(String, JobStatus)>, FunctionError> {
        let found = self.services.outbox.journal().find(reference).await.map_err(|error| {
            tracing::error!(%error, "the journal could not be read");
            FunctionError::new(FunctionErrorKind::Unavailable, phrase::RECORDS_UNREACHABLE)
        })?;
        Ok(found.into_iter().next().map(|found| (found.kind, found.status)))
    }

    /// Words in the language of the call, for something that is written and not spoken.
    pub fn in_words(&self, speech: &Speech) -> String {
        self.services.phrasebook.speak(speech, self.language())
    }
}
