//! The store of a journal that wraps another.

/// Lets a journal of a test have the store of the journal inside it.
macro_rules! store_of_inner {
    ($journal:ty, $inner:tt) => {
        const _: () = {
            #[allow(unused_imports, reason = "where a trait object is inside, it is in scope already")]
            use voice_crm_core::outbox::store::Store as _;

            #[async_trait::async_trait]
            impl voice_crm_core::outbox::store::Store for $journal {
                async fn get(
                    &self,
                    key: &str,
                    now: jiff::Timestamp,
                ) -> Result<
                    Option<voice_crm_core::outbox::store::StoredValue>,
                    voice_crm_core::outbox::journal::JournalError,
                > {
                    self.$inner.get(key, now).await
                }

                async fn put(
                    &self,
                    key: &str,
                    value: &str,
                    expected: voice_crm_core::outbox::store::Expected,
                    lasts: std::time::Duration,
                    now: jiff::Timestamp,
                ) -> Result<Option<u64>, voice_crm_core::outbox::journal::JournalError> {
                    self.$inner.put(key, value, expected, lasts, now).await
                }

                async fn add(
                    &self,
                    key: &str,
                    by: i64,
                    lasts: std::time::Duration,
                    now: jiff::Timestamp,
                ) -> Result<i64, voice_crm_core::outbox::journal::JournalError> {
                    self.$inner.add(key, by, lasts, now).await
                }

                async fn remove(
                    &self,
                    key: &str,
                    expected: voice_crm_core::outbox::store::Expected,
                    now: jiff::Timestamp,
                ) -> Result<bool, voice_crm_core::outbox::journal::JournalError> {
                    self.$inner.remove(key, expected, now).await
                }

                async fn list(
                    &self,
                    prefix: &str,
                    limit: usize,
                    now: jiff::Timestamp,
                ) -> Result<
                    Vec<(String, voice_crm_core::outbox::store::StoredValue)>,
                    voice_crm_core::outbox::journal::JournalError,
                > {
                    self.$inner.list(prefix, limit, now).await
                }
            }
        };
    };
}
pub(crate) use store_of_inner;
