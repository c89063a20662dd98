//! Collections as parts of a composite request: many records for a part of one API call.

use serde::Serialize;

use super::{Body, Composite, Ref};
use crate::error::{Error, Result};
use crate::resource::collections::{Plan, Saved, read_created, read_upserted};
use crate::response::Response;

/// How the answer of a collection is read.
type Read = fn(&Response) -> Result<Vec<Result<Saved>>>;

impl Composite {
    /// Creates up to 200 records, each beside the name of its object; one outcome for each, in their order.
    ///
    /// At most five of the parts may be queries or collections, and a graph takes none.
    ///
    /// # Errors
    /// As [`create`](Self::create), for more than 200 records, and for records whose objects change more than
    /// nine times.
    pub fn create_all<T: Serialize>(
        &mut self,
        name: &str,
        records: &[(&str, T)],
    ) -> Result<Ref<Vec<Result<Saved>>>> {
        self.add_collection(name, Plan::create(records)?, read_created)
    }

    /// Creates or changes up to 200 records of an object by the external id `field`, which each of them has
    /// among its fields; one outcome for each, in their order.
    ///
    /// # Errors
    /// As [`create_all`](Self::create_all), and for a record without the external id.
    pub fn upsert_all<T: Serialize>(
        &mut self,
        name: &str,
        object: &str,
        field: &str,
        records: &[T],
    ) -> Result<Ref<Vec<Result<Saved>>>> {
        self.add_collection(name, Plan::upsert(object, field, records)?, read_upserted)
    }

    fn add_collection(&mut self, name: &str, plan: Plan, read: Read) -> Result<Ref<Vec<Result<Saved>>>> {
        if self.is_graph() {
            return Err(Error::invalid("a graph takes no collections: its parts are single records"));
        }
        self.check_queries()?;
        let (request, body) = plan.into_part()?;
        self.add(name, request, Some(Body::of(&body)?), read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Soql;

    #[test]
    fn what_an_org_does_not_take_is_refused_before_it_is_sent() {
        let record = json!({"Key__c": "k", "Subject": "s"});
        let add = |composite: &mut Composite, name: &str, times: usize| {
            composite.upsert_all(name, "Case", "Key__c", &vec![&record; times])
        };
        let mut composite = Composite::new();
        assert!(add(&mut composite, "many", 201).is_err());
        assert!(composite.upsert_all("keyless", "Case", "Key__c", &[json!({"Subject": "s"})]).is_err());
        let mixed: Vec<_> = (0..22).map(|n| (if n % 2 == 0 { "Task" } else { "Case" }, &record)).collect();
        let error = composite.create_all("mixed", &mixed).unwrap_err();
        assert!(error.to_string().contains("side by side"), "{error}");
        assert!(composite.create_all("spoken", &[("Case", json!({"Subject": "@{a.id}"}))]).is_err());
        for name in ["a", "b", "c"] {
            add(&mut composite, name, 200).unwrap();
        }
        composite.query::<serde_json::Value>("d", Soql::new("SELECT Id FROM Case")).unwrap();
        composite.create_all("e", &[("Task", &record), ("Case", &record)]).unwrap();
        assert!(add(&mut composite, "f", 1).is_err());
        assert!(add(&mut Composite::graph(), "a", 1).is_err());
    }
}
