//! Both sides of the comparison with Vapi's own Python SDK; `tests/oracle.py` is the other half.
//!
//! Without the variable `VAPI_ORACLE`, which names a folder, there is nothing to compare with.

use std::{env, fs, path::PathBuf, time::Duration};

use serde_json::{Value, json};
use vapi_types::{
    ServerMessage,
    assistant::{Assistant, AssistantOverrides, MonitorPlan, Squad, SquadMember},
    message::{Arguments, Context, ToolCall, ToolCalls},
    model::Model,
    reply::{
        AssistantReply, Document, EndpointingReply, HandoffReply, KnowledgeBaseReply, NumberDestination,
        PredialReply, SipDestination, ToolResult, ToolResults, TransferDestination, TransferMode,
        TransferPlan, TransferReply,
    },
    server::Server,
    tool::{
        ApiRequestTool, Combination, Condition, DtmfTool, EndCallTool, FunctionTool, HandoffTool, Operator,
        QueryTool, RejectionCondition, RejectionPlan, SmsTool, Speaker, Tool, ToolMessage, TransferCallTool,
    },
    transcriber::Transcriber,
    voice::Voice,
};

use crate::fixtures::{generated_messages, read, value};

fn folder() -> Option<PathBuf> {
    env::var_os("VAPI_ORACLE").map(PathBuf::from)
}

/// `tool-calls` is `ServerMessageToolCalls`, and so on.
fn class(kind: &str) -> String {
    let kind = if kind == "assistant.speechStarted" { "assistant.speech" } else { kind };
    let kind = kind.split('[').next().unwrap();
    let words = kind.split(['-', '.']).map(|word| word[..1].to_uppercase() + &word[1..]);
    format!("ServerMessage{}", words.collect::<String>())
}

fn messages() -> Vec<(String, Value)> {
    let mut messages: Vec<(String, Value)> = Vec::new();
    for (_, body) in generated_messages() {
        let message = ServerMessage::decode(body.as_bytes()).unwrap();
        messages.push((class(message.kind()), serde_json::to_value(&message).unwrap()));
    }
    let object = |arguments: &Value| Arguments::from(arguments.as_object().unwrap().clone());
    let call = ToolCall::new("call_1", "find_customer", object(&json!({"phone": "+14155550142"})));
    let calls = ServerMessage::ToolCalls(ToolCalls::new(vec![call], Context::default()));
    let flat =
        json!({"message": {"toolCallList": [{"id": "c1", "name": "f", "parameters": {"a": 1}}]}}).to_string();
    for message in [calls, ServerMessage::decode(flat.as_bytes()).unwrap()] {
        let mut message = serde_json::to_value(&message).unwrap();
        // The schema wants a second list, which says nothing the first does not.
        message["toolWithToolCallList"] = json!([]);
        messages.push((class("tool-calls"), message));
    }
    messages
}

fn tools() -> Vec<Tool> {
    let messages = vec![
        ToolMessage::start("one moment").blocking(true),
        ToolMessage::complete("done").role(Speaker::System).end_call_after_spoken_enabled(true),
        ToolMessage::failed("sorry"),
        ToolMessage::delayed(2000, "still working")
            .conditions(vec![Condition::default().param("city").operator(Operator::Eq).value("Bonn")]),
    ];
    let conditions =
        vec![RejectionCondition::matching("x").negate(true), RejectionCondition::template("{{ x }}")];
    let group = RejectionCondition::group(Combination::Or, conditions);
    let plan = RejectionPlan::default().conditions(vec![group]);
    let server = Server::at("https://h/x")
        .timeout_seconds(30_u64)
        .credential_id("c")
        .static_ip_addresses_enabled(true)
        // Without a backoff plan: the SDK reads its type as an object, by a slip of the schema.
        .encrypted_paths(vec!["a.b".to_owned()]);
    let function = FunctionTool::named("find", "Find.", json!({"type": "object", "properties": {}}))
        .is_async(false)
        .server(server)
        .messages(messages.clone())
        .static_parameter("caller", "{{customer.number}}")
        .rejection_plan(plan.clone());
    let transfer_plan =
        TransferPlan::default().mode("warm-transfer-say-message").message("a call").timeout(60_u64);
    let destinations = vec![
        NumberDestination::default()
            .number("+14155550142")
            .transfer_plan(transfer_plan)
            .message("now")
            .into(),
        SipDestination::default().sip_uri("sip:a@b").into(),
        TransferDestination::assistant("Sales"),
    ];
    vec![
        function.into(),
        TransferCallTool::default().destinations(destinations).rejection_plan(plan).into(),
        EndCallTool::default().messages(messages).into(),
        DtmfTool::default().sip_info_dtmf_enabled(true).into(),
        SmsTool::default().into(),
        HandoffTool::default().destinations(vec![json!({"type": "assistant", "assistantId": "a"})]).into(),
        QueryTool::default().into(),
        ApiRequestTool::default().method("GET").url("https://h/x").name("get").timeout_seconds(5_u64).into(),
    ]
}

fn assistant() -> Assistant {
    let model = tools().into_iter().fold(Model::openai("gpt-4o").system("Be kind."), Model::tool);
    let voice =
        Voice::eleven_labs("sarah").stability(0.5).similarity_boost(0.7).speed(1).model("eleven_turbo_v2_5");
    let transcriber = Transcriber::deepgram("nova-2").language("en").keywords(vec!["Vapi:2".to_owned()]);
    Assistant::new(model.temperature(0.3).max_tokens(250_u64), voice, transcriber)
        .name("Support")
        .first_message("Hello")
        .first_message_mode("assistant-speaks-first")
        .server(Server::at("https://h/x"))
        .server_messages(["tool-calls", "end-of-call-report", "status-update"].map(str::to_owned).to_vec())
        .max_duration_seconds(900_u64)
        .end_call_phrases(vec!["goodbye".to_owned()])
        .metadata(json!({"a": 1}))
        .monitor_plan(MonitorPlan::default().control_enabled(true).listen_enabled(false))
        .artifact_plan(json!({"recordingEnabled": true}))
        .voicemail_detection("off")
        .background_sound("off")
}

fn replies() -> Vec<(&'static str, Vec<u8>)> {
    let call = |id| ToolCall::new(id, "find", Arguments::default());
    let request = ToolCalls::new(vec![call("c1"), call("c2")], Context::default());
    let results = ToolResults::answer(&request, |call| match call.id.as_str() {
        "c1" => ToolResult::Result("found".to_owned()),
        _ => ToolResult::Error("not found".to_owned()),
    });
    let overrides = AssistantOverrides::default()
        .variable_values(json!({"name": "Ada"}))
        .append_tool(EndCallTool::default())
        .assistant(Assistant::default().first_message("Hello Ada"));
    let squad = Squad::of(vec![
        SquadMember::default().assistant_id("a"),
        SquadMember::default().assistant(assistant()),
    ]);
    let mut sales = vapi_types::reply::AssistantDestination::default().assistant_name("Sales");
    sales.transfer_mode = Some(TransferMode::RollingHistory);
    vec![
        ("ToolCalls", results.to_bytes()),
        ("AssistantRequest", AssistantReply::Assistant(Box::new(assistant())).to_bytes()),
        ("AssistantRequest", AssistantReply::AssistantId("a".to_owned()).to_bytes()),
        (
            "AssistantRequest",
            AssistantReply::AssistantWith { assistant_id: "a".to_owned(), overrides: Box::new(overrides) }
                .to_bytes(),
        ),
        ("AssistantRequest", AssistantReply::Squad(Box::new(squad)).to_bytes()),
        (
            "AssistantRequest",
            AssistantReply::Destination(Box::new(TransferDestination::number("+14155550142"))).to_bytes(),
        ),
        ("AssistantRequest", AssistantReply::Error("closed".to_owned()).to_bytes()),
        (
            "TransferDestinationRequest",
            TransferReply::to(sales).message(ToolMessage::start("now")).to_bytes(),
        ),
        ("TransferDestinationRequest", TransferReply::refuse("closed").to_bytes()),
        ("HandoffDestinationRequest", HandoffReply::to_assistant("a").result("done").to_bytes()),
        ("HandoffDestinationRequest", HandoffReply::refuse("no").to_bytes()),
        (
            "KnowledgeBaseRequest",
            KnowledgeBaseReply::default().documents(vec![Document::of("text", 0.5)]).to_bytes(),
        ),
        ("CallEndpointingRequest", EndpointingReply::after(Duration::from_millis(700)).to_bytes()),
        ("CampaignPredial", PredialReply::eligible(false).to_bytes()),
    ]
}

/// One file per value: the SDK class it must validate as, and the value.
#[test]
fn what_we_write_is_laid_out_for_the_oracle() {
    let mut values = messages();
    for (reply, body) in replies() {
        values.push((format!("ServerMessageResponse{reply}"), value(&body)));
    }
    values.push(("CreateAssistantDto".to_owned(), serde_json::to_value(assistant()).unwrap()));
    #[cfg(feature = "client")]
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let requests = runtime.block_on(crate::client::requests());
        values.extend(requests.into_iter().map(|(class, body)| (class.to_owned(), body)));
    }
    assert!(values.len() > 75);

    let Some(folder) = folder().map(|folder| folder.join("ours")) else { return };
    fs::create_dir_all(&folder).unwrap();
    for (index, (class, value)) in values.into_iter().enumerate() {
        let document = json!({"class": class, "value": value});
        fs::write(folder.join(format!("{index:03}.json")), document.to_string()).unwrap();
    }
}

#[test]
fn what_the_sdk_dumps_decodes_here() {
    let Some(folder) = folder().map(|folder| folder.join("theirs")).filter(|folder| folder.exists()) else {
        return;
    };
    let dumps = read(&folder);
    assert!(dumps.len() >= 60);
    for (name, body) in dumps {
        let (message, unexpected) = ServerMessage::decode_with_unexpected_fields(body.as_bytes()).unwrap();

        assert!(!matches!(message, ServerMessage::Unknown { .. }), "{name}: {}", message.kind());
        assert!(unexpected.is_empty(), "{name}: {unexpected:?}");
    }
}
