//! The flows of the fake: every change is a revision, and a flow that leads nowhere is refused.

use std::collections::HashMap;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{ACCOUNT, wrong};

/// All flows, by the order in which they were made.
#[derive(Default)]
pub(super) struct Flows(Vec<FakeFlow>);

struct FakeFlow {
    name: String,
    status: String,
    definition: Value,
    revision: u64,
}

impl Flows {
    /// How many there are, and how often they were changed in all.
    pub(super) fn count(&self) -> (usize, u64) {
        (self.0.len(), self.0.iter().map(|flow| flow.revision).sum())
    }

    pub(super) fn definition(&self, index: usize) -> Value {
        self.0[index].definition.clone()
    }

    /// `rest` is the path after `/v2/Flows`.
    pub(super) fn respond(
        &mut self,
        method: &str,
        rest: &str,
        form: &HashMap<String, String>,
    ) -> ResponseTemplate {
        let definition = form.get("Definition").map(|text| serde_json::from_str(text).unwrap_or_default());
        if let Some(fault) = definition.as_ref().and_then(fault) {
            return refused(&fault);
        }
        match (method, rest, definition) {
            ("POST", "/Validate", Some(_)) => {
                ResponseTemplate::new(200).set_body_json(json!({"valid": true}))
            }
            ("POST", "", Some(definition)) => {
                let (name, status) = (field(form, "FriendlyName"), field(form, "Status"));
                self.0.push(FakeFlow { name, status, definition, revision: 1 });
                self.described(201, self.0.len() - 1)
            }
            ("GET" | "POST", sid, definition) => {
                let index = sid.strip_prefix("/FW").and_then(|digits| usize::from_str_radix(digits, 16).ok());
                let Some(index) = index.and_then(|it| it.checked_sub(1)).filter(|it| *it < self.0.len())
                else {
                    return wrong(404, 20404, "The requested resource was not found");
                };
                if method == "POST" {
                    let flow = &mut self.0[index];
                    flow.revision += 1;
                    flow.status = field(form, "Status");
                    flow.definition = definition.unwrap_or_else(|| flow.definition.clone());
                }
                self.described(200, index)
            }
            _ => wrong(400, 20001, "Definition is required"),
        }
    }

    fn described(&self, status: u16, index: usize) -> ResponseTemplate {
        let flow = &self.0[index];
        ResponseTemplate::new(status).set_body_json(json!({
            "sid": format!("FW{:032x}", index + 1), "account_sid": ACCOUNT, "friendly_name": flow.name,
            "status": flow.status, "definition": flow.definition, "revision": flow.revision, "valid": true,
            "errors": [], "warnings": [], "commit_message": null, "webhook_url": "https://example.com/w",
            "date_created": "2026-11-20T10:00:05Z", "date_updated": "2026-11-20T10:00:05Z",
        }))
    }
}

fn field(form: &HashMap<String, String>, name: &str) -> String {
    form.get(name).cloned().unwrap_or_default()
}

/// What Twilio would find wrong with a definition.
fn fault(definition: &Value) -> Option<String> {
    let states = definition["states"].as_array()?;
    let names: Vec<_> = states.iter().map(|state| &state["name"]).collect();
    if !names.contains(&&definition["initial_state"]) {
        return Some("initial_state is not a state".to_owned());
    }
    let ways = states.iter().flat_map(|state| state["transitions"].as_array().into_iter().flatten());
    let mut ends = ways.filter_map(|way| way.get("next"));
    let lost = ends.find(|next| !names.contains(next))?;
    Some(format!("transition to {lost}, which is not a state"))
}

fn refused(fault: &str) -> ResponseTemplate {
    ResponseTemplate::new(400).set_body_json(json!({
        "code": 20001, "message": "Flow definition is invalid", "status": 400,
        "more_info": "https://www.twilio.com/docs/errors/20001",
        "details": {"errors": [{"message": fault, "property_path": "#/states"}], "warnings": []},
    }))
}
