//! Functions of your own beside the support desk, both ways: a type of its own, and a closure.
//!
//! ```sh
//! cargo run --example custom_function
//! ```
//!
//! The org and the call are made up and run in this process; nothing leaves the machine.

use std::{collections::BTreeMap, error::Error, process::ExitCode};

use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use salesforce_client::{Client, LoginHost};
use salesforce_emulator::{CustomObject, Field, Org};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{
    Bridge,
    caller::Assurance,
    channel::{Vapi, WebhookRequest},
    crm::{OwnRecord, Written},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    journal::MemoryJournal,
    phrase::{self, Phrase, Speech, Value as Spoken},
};
use voice_crm_salesforce::SalesforceCrm;

/// What callers hear in English; a book may have it in other languages.
const COMES: Phrase<2> =
    Phrase::new("visit_comes", &["day", "device"], "A technician comes {day} for {device}.");
const BEING_BOOKED: Phrase<1> = Phrase::new(
    "visit_being_booked",
    &["reference"],
    "The visit is being booked. The reference is {reference}.",
);

/// One way: a type. It is what a function with a read-back, settings or tests of its own wants.
struct BookTechnician;

#[derive(Deserialize, JsonSchema)]
struct Visit {
    /// The day of the visit, such as 2026-11-30.
    day: calendar::Day,
    /// What is to be repaired.
    device: String,
}

/// Any type that serde reads and schemars describes may be an argument; what does not fit never gets here.
mod calendar {
    /// A day of the calendar.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(try_from = "String")]
    pub(crate) struct Day(#[schemars(with = "String")] pub(crate) jiff::civil::Date);

    impl TryFrom<String> for Day {
        type Error = &'static str;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            text.parse().map(Self).map_err(|_| "a day such as 2026-11-30 is allowed")
        }
    }
}

impl Function for BookTechnician {
    const NAME: &'static str = "book_technician";
    type Args = Visit;

    fn spec(&self) -> Spec {
        Spec::write("Books the visit of a technician for the caller.")
            .assurance(Assurance::NumberMatches)
            .confirm()
    }

    fn read_back(&self, cx: &CallContext, visit: &Visit) -> Option<Speech> {
        let today = cx.now().to_zoned(TimeZone::UTC).date();
        Some(COMES.with([Spoken::day(visit.day.0, today), Spoken::quoted(&visit.device, 40)]))
    }

    async fn call(&self, cx: &CallContext, visit: Visit) -> Result<Answer, FunctionError> {
        // Whose visit it is comes from the call, never from an argument.
        let contact = cx.caller().await?.one().and_then(|caller| caller.contact.clone());
        let record = OwnRecord::create("Visit__c")
            .set("Day__c", visit.day.0.to_string())
            .set("Device__c", visit.device)
            .set("Contact__c", contact.map(|contact| contact.as_str().to_owned()));
        // Durable before anybody is told, and in the org exactly once, however often the webhook is delivered.
        match cx.write(record).await? {
            Written::Saved(_) => Ok(Answer::say("The visit is booked.")),
            Written::BeingSaved(pending) => {
                Ok(Answer::say(BEING_BOOKED.with([Spoken::number(pending.reference().as_str())])))
            }
            _ => Err(FunctionError::new(FunctionErrorKind::Refused, phrase::REFUSED)),
        }
    }
}

/// The arguments of the other one.
#[derive(Deserialize, JsonSchema)]
struct Day {
    /// The day of the week, in English.
    day: String,
}

/// What functions share: given to the bridge once, found again by its type.
struct OpeningHours(BTreeMap<&'static str, &'static str>);

const NUMBER: &str = "+14155550199";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let org = open_org().await?;
    let salesforce = Client::builder(LoginHost::parse(org.url())?)
        .client_credentials("client", SecretString::from("secret"))
        .build()?;
    let signer = Verifier::hmac(HmacPlan::new("only for this example"))?;
    let hours = OpeningHours(BTreeMap::from([("saturday", "from ten to two"), ("sunday", "not at all")]));
    let bridge = Bridge::builder()
        .channel("/webhook/vapi", Vapi::new(signer.clone()))
        .crm(SalesforceCrm::new(salesforce))
        .journal(MemoryJournal::new())
        .support_desk()
        .function(BookTechnician)
        .state(hours)
        // The other way: a closure, for what is said in three lines.
        .closure(
            "opening_hours",
            Spec::read("Tells when we are open on a day of the week."),
            |cx, args: Day| async move {
                let hours = cx
                    .state::<OpeningHours>()
                    .and_then(|hours| hours.0.get(args.day.to_lowercase().as_str()));
                Ok(Answer::say(format!(
                    "On {} we are open {}.",
                    args.day,
                    hours.unwrap_or(&"from nine to five")
                )))
            },
        )
        .start()?;

    let call = Call { bridge: &bridge, signer: &signer };
    call.tool("1", "opening_hours", json!({ "day": "Saturday" })).await?;
    call.tool("2", "book_technician", json!({ "day": "next week", "device": "x" })).await?;
    let mut visit = json!({ "day": "2026-11-30", "device": "difference engine" });
    let asked = call.tool("3", "book_technician", visit.clone()).await?;
    let token = asked.split_once("the confirmation ").map_or("", |(_, token)| token.trim_end_matches(".)"));
    visit["confirmation"] = token.into();
    call.tool("4", "book_technician", visit.clone()).await?;
    call.tool("4", "book_technician", visit).await?;
    let visits = org.records("Visit__c");
    say(&format!("\nThe org holds {} visit, on {}.", visits.len(), visits[0]["Day__c"]));
    Ok(visits.len() == 1)
}

/// An org with one customer, and an object of your own.
async fn open_org() -> Result<Org, Box<dyn Error>> {
    let visit = CustomObject::new("Visit__c")
        .field(Field::text("Day__c", 10))
        .field(Field::text("Device__c", 80))
        .field(Field::lookup("Contact__c", "Contact"))
        .field(Field::external_id("Voice_Key__c"));
    let org = Org::builder().object(visit).start().await?;
    org.insert("Contact", json!({ "FirstName": "Ada", "LastName": "Lovelace", "Phone": NUMBER }))?;
    Ok(org)
}

/// A call on which a model calls functions.
struct Call<'a> {
    bridge: &'a Bridge,
    signer: &'a Verifier,
}

impl Call<'_> {
    async fn tool(&self, id: &str, name: &str, arguments: Value) -> Result<String, Box<dyn Error>> {
        let message = json!({ "message": {
            "type": "tool-calls",
            "call": { "id": "example-call", "type": "inboundPhoneCall", "customer": { "number": NUMBER } },
            "toolCallList": [{ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } }],
        }});
        let body = Bytes::from(message.to_string());
        let headers = self.signer.sign("POST", "/webhook/vapi", &body, Timestamp::now());
        let header = |wanted: &str| {
            let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_bytes())
        };
        let request = WebhookRequest { method: "POST", url: "/webhook/vapi", header: &header, body };
        let reply = self.bridge.handle("/webhook/vapi", request).await;
        let answer: Value = serde_json::from_slice(&reply.body)?;
        let result = &answer["results"][0];
        let said = result["result"].as_str().or(result["error"].as_str()).unwrap_or("?").to_owned();
        say(&format!("{name}: {said}"));
        Ok(said)
    }
}

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
fn say(line: &str) {
    println!("{line}");
}
