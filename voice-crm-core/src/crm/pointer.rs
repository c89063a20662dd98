//! A CRM behind a pointer is a CRM: `Arc<dyn Crm>` and `Box<dyn Crm>` go wherever a CRM goes.

use std::sync::Arc;

use async_trait::async_trait;
use voice_crm_outbox::{Capacity, Urgency};

use super::{
    Attempt, AttemptAnswer, CallerMatch, ChangeKind, Crm, CrmError, FindAccounts, FindCallers, FindCases,
    FindPeople, FindTasks, KeepRecordings, ReadOptions,
};
use crate::{deadline::Deadline, phone::PhoneNumber};

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
