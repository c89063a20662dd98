//! A CRM behind a pointer is a CRM: `Arc<dyn Crm>` and `Box<dyn Crm>` go wherever a CRM goes.

use std::sync::Arc;

use async_trait::async_trait;
use voice_crm_outbox::{Capacity, Urgency};

use super::{
    AccountRecord, Attempt, AttemptAnswer, CallerMatch, CaseRecord, CaseScope, ChangeKind, Crm, CrmError,
    FindAccounts, FindCallers, FindCases, FindPeople, FindTasks, JobKey, KeepRecordings, NewRecording,
    PeopleQuery, PersonRecord, Proofs, ReadOptions, Receipt, RecordRef, TaskRecord,
};
use crate::{deadline::Deadline, phone::PhoneNumber, recording::RecordingSource};

macro_rules! forward {
    ($($pointer:ident),+) => { $(
        #[async_trait]
        impl<T: FindCallers + ?Sized> FindCallers for $pointer<T> {
            async fn find_caller(
                &self,
                phone: &PhoneNumber,
                options: ReadOptions,
            ) -> Result<CallerMatch, CrmError> {
                (**self).find_caller(phone, options).await
            }

            async fn find_callers(
                &self,
                phones: &[PhoneNumber],
                options: ReadOptions,
            ) -> Vec<Result<CallerMatch, CrmError>> {
                (**self).find_callers(phones, options).await
            }
        }

        #[async_trait]
        impl<T: FindAccounts + ?Sized> FindAccounts for $pointer<T> {
            async fn find_account(
                &self,
                number: &str,
                options: ReadOptions,
            ) -> Result<Vec<AccountRecord>, CrmError> {
                (**self).find_account(number, options).await
            }
        }

        #[async_trait]
        impl<T: FindCases + ?Sized> FindCases for $pointer<T> {
            async fn find_case(
                &self,
                number: &str,
                scope: &CaseScope,
                options: ReadOptions,
            ) -> Result<Option<CaseRecord>, CrmError> {
                (**self).find_case(number, scope, options).await
            }

            async fn open_cases(
                &self,
                scope: &CaseScope,
                options: ReadOptions,
            ) -> Result<Vec<CaseRecord>, CrmError> {
                (**self).open_cases(scope, options).await
            }
        }

        #[async_trait]
        impl<T: FindPeople + ?Sized> FindPeople for $pointer<T> {
            async fn find_people(
                &self,
                query: &PeopleQuery,
                options: ReadOptions,
            ) -> Result<Vec<PersonRecord>, CrmError> {
                (**self).find_people(query, options).await
            }

            async fn proofs(
                &self,
                contact: &RecordRef,
                options: ReadOptions,
            ) -> Result<Option<Proofs>, CrmError> {
                (**self).proofs(contact, options).await
            }
        }

        #[async_trait]
        impl<T: FindTasks + ?Sized> FindTasks for $pointer<T> {
            async fn open_task(
                &self,
                subject: &str,
                options: ReadOptions,
            ) -> Result<Option<TaskRecord>, CrmError> {
                (**self).open_task(subject, options).await
            }
        }

        #[async_trait]
        impl<T: KeepRecordings + ?Sized> KeepRecordings for $pointer<T> {
            async fn keep_recording(
                &self,
                key: JobKey,
                recording: &NewRecording,
                source: &dyn RecordingSource,
                may_have_applied: bool,
            ) -> Result<Receipt, CrmError> {
                (**self).keep_recording(key, recording, source, may_have_applied).await
            }
        }

        #[async_trait]
        impl<T: Crm + ?Sized> Crm for $pointer<T> {
            fn accounts(&self) -> Option<&dyn FindAccounts> {
                (**self).accounts()
            }

            fn cases(&self) -> Option<&dyn FindCases> {
                (**self).cases()
            }

            fn people(&self) -> Option<&dyn FindPeople> {
                (**self).people()
            }

            fn tasks(&self) -> Option<&dyn FindTasks> {
                (**self).tasks()
            }

            fn recordings(&self) -> Option<&dyn KeepRecordings> {
                (**self).recordings()
            }

            fn takes(&self, kind: ChangeKind) -> bool {
                (**self).takes(kind)
            }

            async fn apply(
                &self,
                writes: Vec<(Attempt, AttemptAnswer)>,
                urgency: Urgency,
                deadline: Deadline,
            ) {
                (**self).apply(writes, urgency, deadline).await;
            }

            fn capacity(&self, urgency: Urgency) -> Capacity {
                (**self).capacity(urgency)
            }
        }
    )+ };
}

forward!(Arc, Box);
