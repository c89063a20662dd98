//! Each request that has a body, as it is sent, with the class or method of Vapi's own SDK that it must fit.

use serde_json::{Value, json};
use vapi_types::{
    assistant::{Assistant, AssistantOverrides},
    client::{
        CreateCall, Say,
        calls::SchedulePlan,
        control::Mute,
        phone_numbers::{PhoneNumberSettings, TwilioNumber},
    },
    customer::Customer,
    model::{Model, ModelMessage},
    phone_number::PhoneProvider,
    reply::TransferDestination,
    server::Server,
    tool::{FunctionTool, Tool},
};

use super::{
    control::call,
    scripted::{Script, Scripted as _, Step},
};

/// Every request is refused, since only what is sent matters.
pub(crate) async fn requests() -> Vec<(&'static str, Value)> {
    let script = Script::new(&[Step::Answer(400, ""); 12]);
    let client = script.client();
    let tool = Tool::from(FunctionTool::named("find", "Find.", json!({"type": "object", "properties": {}})));
    let assistant = Assistant::default().name("Support").model(Model::openai("gpt-4o").system("Be kind."));
    let overrides = AssistantOverrides::default().assistant(Assistant::default().first_message("Hello"));
    let at = "2026-11-21T09:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let wanted = CreateCall::default().assistant_id("a").phone_number_id("p").name("Reminder");
    let wanted = wanted.assistant_overrides(overrides).schedule_plan(SchedulePlan::default().earliest_at(at));
    let mut customer = Customer::at("+14155550142");
    customer.external_id = Some("003".to_owned());
    customer.number_e164_check_enabled = Some(true);
    let settings = PhoneNumberSettings::default()
        .name("Main")
        .assistant_id("a")
        .server(Server::at("https://h/x"))
        .fallback_destination(TransferDestination::number("+14155550143"))
        .sms_enabled(false);
    let number = TwilioNumber::with_api_key("+14155550142", "AC1", "SK1", "s").settings(settings.clone());
    let control = client.control(&call("https://x.vapi.ai/c/control".to_owned())).unwrap();
    let message = ModelMessage::default().role(vapi_types::artifact::Role::System).content("The case is 7.");

    let _ = client.assistants().create(&assistant).await;
    let _ = client.assistants().update("a", &assistant).await;
    let _ = client.tools().create(&tool).await;
    let _ = client.calls().create(&wanted, customer.clone()).await;
    let _ = client.calls().create_many(&wanted, vec![customer]).await;
    let _ = client.phone_numbers().import_twilio(&number).await;
    let _ = client.phone_numbers().update("p", &PhoneProvider::Twilio, &settings).await;
    let _ =
        control.say(&Say::now("One moment.").end_call_after_spoken(true).interruptions_enabled(false)).await;
    let _ = control.add_message(&message, true).await;
    let _ = control.mute(Mute::UnmuteCustomer).await;
    let _ = control.transfer(&TransferDestination::sip("sip:a@b"), Some("Now.")).await;
    let _ = control.end().await;

    assert_eq!(script.attempts(), CLASSES.len());
    let bodies = script.sent().into_iter().map(|request| serde_json::from_slice(request.body()).unwrap());
    CLASSES.into_iter().zip(bodies).collect()
}

const CLASSES: [&str; 12] = [
    "CreateAssistantDto",
    "AssistantsClient.update",
    "CreateToolsRequest_Function",
    "CallsClient.create",
    "CallsClient.create",
    "CreatePhoneNumbersRequest_Twilio",
    "UpdatePhoneNumbersRequestBody_Twilio",
    "ClientInboundMessageMessage_Say",
    "ClientInboundMessageMessage_AddMessage",
    "ClientInboundMessageMessage_Control",
    "ClientInboundMessageMessage_Transfer",
    "ClientInboundMessageMessage_EndCall",
];
