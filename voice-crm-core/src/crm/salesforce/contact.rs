//! New details of a contact: fixed values by record id, which may be written any number of times.

use std::sync::Arc;

use serde_json::Map;

use super::{
    operation::Operation,
    step::{Answers, Next, Step, take},
};
use crate::crm::{Attempt, Change, ContactUpdate, Receipt, Write};

pub(super) struct ContactStep {
    write: Arc<Write>,
}

impl ContactStep {
    pub(super) fn first(attempt: &Attempt) -> Self {
        Self { write: attempt.write.clone() }
    }

    fn update(&self) -> Option<&ContactUpdate> {
        match &self.write.change {
            Change::UpdateContact(update) => Some(update),
            _ => None,
        }
    }
}

impl Step for ContactStep {
    fn operations(&self, _: &str) -> Vec<Operation> {
        let Some(update) = self.update() else { return Vec::new() };
        let mut fields = Map::new();
        if let Some(phone) = &update.phone {
            fields.insert("Phone".to_owned(), phone.as_e164().into());
        }
        if let Some(email) = &update.email {
            fields.insert("Email".to_owned(), email.as_str().into());
        }
        vec![Operation::Update { object: "Contact", id: update.contact.clone(), fields }]
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let record = self.update().map(|update| update.contact.clone());
        let receipt = Receipt { record, object: Some("Contact".to_owned()), ..Receipt::default() };
        Next::Done(take(&mut answers.into_iter()).map(|_| receipt))
    }
}
