//! A Twilio that remembers: calls, tasks, flows, and the troubles that documents do not describe.

#[path = "fake/studio.rs"]
mod studio;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const WORKSPACE: &str = "WS00000000000000000000000000000001";
pub(crate) const TASK: &str = "WT00000000000000000000000000000001";

#[derive(Default)]
struct Memory {
    calls: Vec<FakeCall>,
    attributes: String,
    version: u64,
    refuse: u32,
    lose: u32,
    flows: studio::Flows,
}

#[derive(Clone)]
struct FakeCall {
    sid: String,
    to: String,
    from: String,
    status: &'static str,
}

/// The fake, which answers any request to its server.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<Memory>>);

impl Fake {
    pub(crate) async fn start() -> (Self, MockServer) {
        let fake = Self::default();
        fake.0.lock().unwrap().attributes.push_str("{}");
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(fake.clone()).mount(&server).await;
        (fake, server)
    }

    /// The next calls are refused, for there were too many.
    pub(crate) fn refuse(&self, times: u32) {
        self.0.lock().unwrap().refuse = times;
    }

    /// The next calls are placed, and nobody is told.
    pub(crate) fn lose(&self, times: u32) {
        self.0.lock().unwrap().lose = times;
    }

    /// Everybody hangs up.
    pub(crate) fn hang_up_all(&self) {
        self.0.lock().unwrap().calls.iter_mut().for_each(|call| call.status = "completed");
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls.len()
    }

    /// How many flows there are, and how many revisions of them.
    pub(crate) fn flows(&self) -> (usize, u64) {
        self.0.lock().unwrap().flows.count()
    }

    pub(crate) fn definition(&self, flow: usize) -> Value {
        self.0.lock().unwrap().flows.definition(flow)
    }

    pub(crate) fn attributes(&self) -> Value {
        serde_json::from_str(&self.0.lock().unwrap().attributes).unwrap()
    }
}

impl Respond for Fake {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let Some(login) = request.headers.get("authorization") else {
            return wrong(401, 20003, "Authenticate");
        };
        if !login.to_str().unwrap().starts_with("Basic ") {
            return wrong(401, 20003, "Authenticate");
        }
        let mut memory = self.0.lock().unwrap();
        let path = request.url.path().to_owned();
        let form: HashMap<String, String> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let calls = format!("/2010-04-01/Accounts/{ACCOUNT}/Calls");
        match (request.method.as_str(), path.strip_prefix(&calls)) {
            ("POST", Some(".json")) => memory.place(&form),
            ("GET", Some(".json")) => memory.list(request, &calls),
            (method, Some(rest)) => {
                let sid = rest.trim_start_matches('/').trim_end_matches(".json");
                memory.one(method, sid, &form)
            }
            (method, None) if path == format!("/v1/Workspaces/{WORKSPACE}/Tasks/{TASK}") => {
                let expected = request.headers.get("if-match").map(|value| value.to_str().unwrap());
                memory.task(method, expected, &form)
            }
            (method, None) => match path.strip_prefix("/v2/Flows") {
                Some(rest) => memory.flows.respond(method, rest, &form),
                None => wrong(404, 20404, "The requested resource was not found"),
            },
        }
    }
}

impl Memory {
    fn place(&mut self, form: &HashMap<String, String>) -> ResponseTemplate {
        if self.refuse > 0 {
            self.refuse -= 1;
            return wrong(429, 20429, "Too Many Requests");
        }
        let (Some(to), Some(from)) = (form.get("To"), form.get("From")) else {
            return wrong(400, 21201, "No 'To' number is specified");
        };
        let sources =
            ["Url", "Twiml", "ApplicationSid"].iter().filter(|key| form.contains_key(**key)).count();
        if sources != 1 {
            return wrong(400, 21205, "Url parameter is required.");
        }
        let sid = format!("CA{:032x}", self.calls.len() + 1);
        let call = FakeCall { sid, to: to.clone(), from: from.clone(), status: "in-progress" };
        self.calls.push(call.clone());
        if self.lose > 0 {
            self.lose -= 1;
            return ResponseTemplate::new(500);
        }
        ResponseTemplate::new(201).set_body_json(call.described())
    }

    /// The newest first, two on a page unless more are asked for.
    fn list(&self, request: &Request, path: &str) -> ResponseTemplate {
        let query: HashMap<_, _> = request.url.query_pairs().into_owned().collect();
        let number = |key: &str, other: usize| query.get(key).map_or(other, |text| text.parse().unwrap());
        let (size, page) = (number("PageSize", 2), number("Page", 0));
        let fits = |call: &&FakeCall| {
            query.get("To").is_none_or(|to| *to == call.to)
                && query.get("From").is_none_or(|from| *from == call.from)
        };
        let all: Vec<_> = self.calls.iter().rev().filter(fits).collect();
        let shown: Vec<_> = all.iter().skip(page * size).take(size).map(|call| call.described()).collect();
        let filters: String = ["To", "From"]
            .iter()
            .filter_map(|key| Some(format!("&{key}={}", query.get(*key)?.replace('+', "%2B"))))
            .collect();
        let next = (all.len() > (page + 1) * size)
            .then(|| format!("{path}.json?PageSize={size}&Page={}{filters}&PageToken=PT", page + 1));
        ResponseTemplate::new(200)
            .set_body_json(json!({"calls": shown, "page": page, "page_size": size, "next_page_uri": next}))
    }

    fn one(&mut self, method: &str, sid: &str, form: &HashMap<String, String>) -> ResponseTemplate {
        let Some(call) = self.calls.iter_mut().find(|call| call.sid == sid) else {
            return wrong(404, 20404, "The requested resource was not found");
        };
        if method == "POST" {
            if call.status != "in-progress" {
                return wrong(400, 21220, "Call is not in-progress. Cannot redirect.");
            }
            if form.get("Status").is_some_and(|status| status == "completed") {
                call.status = "completed";
            }
        }
        ResponseTemplate::new(200).set_body_json(call.described())
    }

    fn task(
        &mut self,
        method: &str,
        expected: Option<&str>,
        form: &HashMap<String, String>,
    ) -> ResponseTemplate {
        if method == "POST" {
            if expected.is_some_and(|expected| expected != format!("\"{}\"", self.version)) {
                return wrong(412, 20412, "Precondition Failed");
            }
            if let Some(attributes) = form.get("Attributes") {
                self.attributes.clone_from(attributes);
                self.version += 1;
            }
        }
        ResponseTemplate::new(200).insert_header("ETag", format!("\"{}\"", self.version)).set_body_json(
            json!({"sid": TASK, "assignment_status": "pending", "attributes": self.attributes}),
        )
    }
}

impl FakeCall {
    fn described(&self) -> Value {
        json!({
            "sid": self.sid, "account_sid": ACCOUNT, "to": self.to, "from": self.from, "status": self.status,
            "date_created": "Fri, 20 Nov 2026 10:00:05 +0000", "direction": "outbound-api", "duration": "0",
        })
    }
}

fn wrong(status: u16, code: u32, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({
        "code": code, "message": message, "status": status,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
    }))
}
