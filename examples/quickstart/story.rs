//! Plays the call, tells it line by line, and asks the org at the end whether all of it is so.

use std::time::{Duration, Instant};

use salesforce_emulator::{AfterStall, Fault, Org};
use serde_json::{Map, Value, json};
use voice_crm_core::{Bridge, phrase};

use super::{NEW_NUMBER, Outcome};
use crate::simulated_call::{Answer, SimulatedCall};

const TRANSCRIPT: &str = "AI: Analytical Engines support, how can I help you?\n\
    User: My difference engine stopped. It is quite urgent.\n\
    AI: I have opened a case for you. Is there anything else?\n\
    User: Yes, I have a new telephone number, and a new address for e-mail.\n\
    AI: Both are being changed. Goodbye.";

/// The call as it is told.
pub(crate) struct Story<'a> {
    org: &'a Org,
    bridge: &'a Bridge,
    started: Instant,
    failures: Vec<String>,
}

impl<'a> Story<'a> {
    /// A story about what this bridge does to this org.
    pub(crate) fn new(org: &'a Org, bridge: &'a Bridge) -> Self {
        Self { org, bridge, started: Instant::now(), failures: Vec::new() }
    }

    /// Plays the whole call. False when something did not end as it should.
    pub(crate) async fn play(&mut self, call: &SimulatedCall) -> Outcome<bool> {
        say("A customer rings the support line. Every line below was a signed webhook over HTTP.\n");
        let answer = call.assistant_request().await?;
        let tools = answer.body["assistant"]["model"]["tools"].as_array().map_or(0, Vec::len);
        self.told(
            "Vapi",
            "a call comes in: who is to answer?",
            &format!("the assistant, with {tools} tools"),
            &answer,
        );
        let functions = self.bridge.manifest().entries().len();
        self.expect(tools == functions, "the assistant has all the functions of the support desk");

        self.the_calm_part(call).await?;
        self.the_org_in_trouble(call).await?;

        let answer =
            call.end_of_call(184, TRANSCRIPT, "A stopped difference engine; new contact details.").await?;
        self.told("Vapi", "the call is over; here is the transcript", "noted", &answer);
        self.drained().await?;

        self.told_from_the_org();
        Ok(self.failures.is_empty())
    }

    async fn the_calm_part(&mut self, call: &SimulatedCall) -> Outcome<()> {
        let answer = call.tool_call("tool-1", "find_customer", &json!({})).await?;
        self.asked("find_customer", &answer);
        self.expect(answer.sentence().contains("Ada Lovelace"), "the caller is recognised by the number");

        let case = json!({
            "description": "The difference engine stopped. \"Nothing turns\", says the caller: 100 % still.",
            "subject": "Difference engine stopped",
            "priority": "high",
        });
        let created = call.tool_call("tool-2", "create_case", &case).await?;
        self.asked("create_case", &created);
        let number = self.only_case().get("CaseNumber").and_then(Value::as_str).unwrap_or("?").to_owned();
        self.expect(
            created
                .sentence()
                .contains(&phrase::Value::case_number(&number).spoken(phrase::Language::ENGLISH)),
            "the answer names the real case number",
        );

        let again = call.tool_call("tool-2", "create_case", &case).await?;
        self.asked("create_case, the same webhook delivered again", &again);
        self.expect(again.body == created.body, "the second delivery gets the same answer");
        self.expect(self.org.count("Case") == 1, "and makes no second case");

        let answer = call.tool_call("tool-3", "get_case_status", &json!({ "case_number": number })).await?;
        self.asked("get_case_status", &answer);
        self.expect(answer.sentence().ends_with("is new."), "the case is new");

        let proof = json!({ "account_ending": "1001" });
        let answer = call.tool_call("tool-verify", "verify_caller", &proof).await?;
        self.asked("verify_caller, with the end of the account number", &answer);
        self.expect(answer.sentence().contains("that is right"), "the caller has proved who is calling");

        let answer = self.confirmed(call, "tool-4", &json!({ "phone": NEW_NUMBER })).await?;
        self.asked("update_contact, a new telephone number", &answer);
        self.expect(answer.sentence().contains("have been changed"), "the change is in the org");
        Ok(())
    }

    async fn the_org_in_trouble(&mut self, call: &SimulatedCall) -> Outcome<()> {
        say("\n  The org begins to answer 503.");
        self.org.faults().next(1_000, Fault::Unavailable503BeforeWrite);
        let email = json!({ "email": "ada@example.com" });
        let answer = self.confirmed(call, "tool-5", &email).await?;
        self.asked("update_contact, a new e-mail address", &answer);
        self.expect(answer.sentence().contains("being saved"), "the caller is told that it is being saved");
        self.org.faults().clear();
        say("  The org recovers.");
        self.drained().await?;
        self.expect(self.contact_has("Email", "ada@example.com"), "the change arrived after the outage");

        say("\n  The org stalls: it takes a request in, and answers four seconds later.");
        let stall = Fault::Stall { lasting: Duration::from_secs(4), then: AfterStall::Write };
        self.org.faults().next(1, stall);
        let email = json!({ "email": "ada.lovelace@example.com" });
        let answer = self.confirmed(call, "tool-6", &email).await?;
        self.asked("update_contact, the address corrected", &answer);
        self.expect(answer.took < Duration::from_secs(4), "the caller does not wait for the org");
        self.expect(answer.sentence().contains("being saved"), "and is told that it is being saved");
        self.drained().await?;
        say("");
        Ok(())
    }

    /// A change of the contact: read back, agreed to, and made.
    async fn confirmed(&mut self, call: &SimulatedCall, id: &str, change: &Value) -> Outcome<Answer> {
        let asked = call.tool_call(&format!("{id}-asked"), "update_contact", change).await?;
        self.asked("update_contact, read back", &asked);
        let said = asked.sentence();
        let Some((_, token)) = said.split_once("the confirmation ") else { return Ok(asked) };
        let mut agreed = change.clone();
        agreed["confirmation"] = token.trim_end_matches(".)").into();
        Ok(call.tool_call(id, "update_contact", &agreed).await?)
    }

    /// Waits until everything that was promised is in the org.
    async fn drained(&mut self) -> Outcome<()> {
        let waiting = Instant::now();
        while self.bridge.journal().stats().await?.pending > 0 {
            if waiting.elapsed() > Duration::from_secs(10) {
                self.expect(false, "the journal is drained within ten seconds");
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        say(&format!("{:>7.2} s  the journal is empty: all that was promised is in the org", self.now()));
        Ok(())
    }

    fn told_from_the_org(&mut self) {
        let (case, contact) = (self.only_case(), self.only("Contact"));
        let task = self.only("Task");
        let text = |record: &Map<String, Value>, field: &str| {
            record.get(field).and_then(Value::as_str).unwrap_or("-").to_owned()
        };
        let description = text(&task, "Description");
        say("\nWhat the org holds now, read back from it:\n");
        say(&format!(
            "  Case {} \"{}\", {}, priority {}",
            text(&case, "CaseNumber"),
            text(&case, "Subject"),
            text(&case, "Status"),
            text(&case, "Priority")
        ));
        say(&format!(
            "  Contact {}, phone {}, e-mail {}",
            text(&contact, "Name"),
            text(&contact, "Phone"),
            text(&contact, "Email")
        ));
        say(&format!(
            "  Task \"{}\", {}, {} s, on the case above, with a transcript of {} lines",
            text(&task, "Subject"),
            text(&task, "CallDisposition"),
            task.get("CallDurationInSeconds").unwrap_or(&Value::Null),
            description.lines().filter(|line| line.starts_with("AI:") || line.starts_with("User:")).count()
        ));

        self.expect(self.contact_has("Phone", NEW_NUMBER), "the contact has the new number");
        self.expect(self.contact_has("Email", "ada.lovelace@example.com"), "the contact has the new address");
        self.expect(case.get("ContactId") == contact.get("Id"), "the case belongs to the contact");
        self.expect(task.get("WhatId") == case.get("Id"), "the call log belongs to the case");
        self.expect(task.get("WhoId") == contact.get("Id"), "the call log belongs to the contact");
        self.expect(description.contains(TRANSCRIPT), "the transcript is whole");
        for (object, count) in
            [("Case", 1), ("Task", 1), ("Contact", 1), ("Account", 1), ("ContentVersion", 0)]
        {
            self.expect(
                self.org.count(object) == count,
                &format!("there is {count} {object}, and nothing twice"),
            );
        }
        let stats = self.org.stats();
        say(&format!(
            "\nThe org saw {} API calls and {} login in {:.1} s, faults included.",
            stats.api_calls,
            stats.token_requests,
            self.now()
        ));
        if self.failures.is_empty() {
            say("Everything that the caller was told is so, once.");
        }
        for failure in &self.failures {
            say(&format!("NOT SO: {failure}"));
        }
    }

    fn asked(&mut self, what: &str, answer: &Answer) {
        self.told("agent", what, answer.sentence(), answer);
    }

    fn told(&mut self, who: &str, what: &str, said: &str, answer: &Answer) {
        self.expect(answer.status == 200, "every webhook is answered with 200");
        let calls = self.org.stats().api_calls;
        say(&format!("{:>7.2} s  {who}: {what}", self.now()));
        say(&format!(
            "           bridge: {said}  [{} ms; {calls} API calls so far]",
            answer.took.as_millis()
        ));
    }

    fn expect(&mut self, so: bool, claim: &str) {
        if !so {
            self.failures.push(claim.to_owned());
        }
    }

    fn contact_has(&self, field: &str, value: &str) -> bool {
        self.only("Contact").get(field).and_then(Value::as_str) == Some(value)
    }

    fn only_case(&self) -> Map<String, Value> {
        self.only("Case")
    }

    fn only(&self, object: &str) -> Map<String, Value> {
        self.org.records(object).into_iter().next().unwrap_or_default()
    }

    fn now(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// A line for the shell that sends one signed tool call.
pub(crate) fn curl(url: &str, secret: &str) -> String {
    format!(
        "t=$(date +%s); b='{{\"message\":{{\"type\":\"tool-calls\",\"call\":{{\"id\":\"by-hand\"}},\
         \"toolCallList\":[{{\"id\":\"1\",\"name\":\"create_case\",\
         \"arguments\":{{\"description\":\"It smokes.\"}}}}]}}}}'; \
         s=$(printf '%s.%s' \"$t\" \"$b\" | openssl dgst -sha256 -hmac '{secret}' -r | cut -d' ' -f1); \
         curl -s {url} -H \"x-timestamp: $t\" -H \"x-signature: $s\" -d \"$b\""
    )
}

/// Tells a line.
#[expect(clippy::print_stdout, reason = "this program talks to a person")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
