//! What is sent to Vapi: replies and assistants.

use std::time::Duration;

use serde_json::{Value, json};
use vapi_types::{
    assistant::{Assistant, AssistantOverrides, MonitorPlan, Problem, Squad, SquadMember},
    message::{Arguments, Context, ToolCall, ToolCalls},
    model::Model,
    reply::{
        AssistantReply, Document, Empty, EndpointingReply, HandoffReply, KnowledgeBaseReply, MAX_RESULT,
        NumberDestination, PredialReply, SipDestination, ToolResult, ToolResults, TransferDestination,
        TransferReply,
    },
    server::Server,
    tool::{
        EndCallTool, FunctionTool, RejectionCondition, RejectionPlan, Tool, ToolMessage, TransferCallTool,
    },
    transcriber::Transcriber,
    voice::Voice,
};

use crate::fixtures::value;

/// The assistant of the article, in the form of today.
fn assistant() -> Assistant {
    let create_case = FunctionTool::named(
        "createSalesforceCase",
        "Create a support case in Salesforce",
        json!({"type": "object", "properties": {"accountNumber": {"type": "string"}}, "required": ["accountNumber"]}),
    )
    .message(ToolMessage::start("One moment, please."))
    .static_parameter("callerNumber", "{{customer.number}}");
    let model = Model::openai("gpt-4").system("You are a support agent.").temperature(0.7).tool(create_case);
    Assistant::new(model, Voice::eleven_labs("sarah"), Transcriber::deepgram("nova-2").language("en"))
        .name("Support")
        .first_message("Hello!")
        .server(
            Server::at("https://bridge.example.com/webhook/vapi")
                .credential_id("cred-1")
                .timeout_seconds(20_u64),
        )
}

fn mends(assistant: &Assistant) -> Vec<(String, Problem)> {
    assistant.lint().into_iter().map(|finding| (finding.path, finding.problem)).collect()
}

#[test]
fn the_articles_assistant_is_written_with_current_fields_only() {
    assert_eq!(
        serde_json::to_value(assistant()).unwrap(),
        json!({
            "name": "Support",
            "firstMessage": "Hello!",
            "model": {
                "provider": "openai", "model": "gpt-4", "temperature": 0.7,
                "messages": [{"role": "system", "content": "You are a support agent."}],
                "tools": [{
                    "type": "function",
                    "function": {
                        "name": "createSalesforceCase",
                        "description": "Create a support case in Salesforce",
                        "parameters": {"type": "object", "properties": {"accountNumber": {"type": "string"}},
                            "required": ["accountNumber"]},
                    },
                    "messages": [{"type": "request-start", "content": "One moment, please."}],
                    "parameters": [{"key": "callerNumber", "value": "{{customer.number}}"}],
                }],
            },
            "voice": {"provider": "11labs", "voiceId": "sarah"},
            "transcriber": {"provider": "deepgram", "model": "nova-2", "language": "en"},
            "server": {"url": "https://bridge.example.com/webhook/vapi", "credentialId": "cred-1", "timeoutSeconds": 20},
        })
    );
    assert_eq!(mends(&assistant()), []);
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let text = serde_json::to_string(&assistant()).unwrap();

    assert!(Assistant::read(&text).unwrap() == assistant());
}

#[test]
fn an_assistant_of_2023_is_read_and_every_old_key_gets_its_mend() {
    let old = json!({
        "name": "n".repeat(41),
        "serverUrl": "https://bridge.example.com/vapi",
        "serverUrlSecret": "canary-webhook-secret-91be",
        "recordingEnabled": true,
        "madeUpKey": 1,
        "model": {"provider": "openai", "model": "gpt-4", "maxTokens": 20, "functions": [
            {"name": "create case", "description": "d", "parameters": {"type": "object"}, "async": true},
            {"name": "find", "parameters": {"type": "object"}, "serverUrl": "https://other.example.com"}]},
    });

    let assistant = Assistant::read(&old.to_string()).unwrap();

    let server = assistant.server.as_ref().unwrap();
    assert_eq!(server.url.as_deref(), Some("https://bridge.example.com/vapi"));
    let tools = serde_json::to_value(assistant.model.as_ref().unwrap().tools.as_ref().unwrap()).unwrap();
    assert_eq!(
        tools,
        json!([
            {"type": "function", "async": true,
                "function": {"name": "create case", "description": "d", "parameters": {"type": "object"}}},
            {"type": "function", "server": {"url": "https://other.example.com"},
                "function": {"name": "find", "parameters": {"type": "object"}}},
        ])
    );
    let expected = [
        ("serverUrlSecret", Problem::Deprecated),
        ("recordingEnabled", Problem::Deprecated),
        ("madeUpKey", Problem::Unknown),
        ("name", Problem::OutOfRange),
        ("model.maxTokens", Problem::OutOfRange),
        ("model.tools[0].function.name", Problem::Misnamed),
        ("model.tools[1].function.description", Problem::Missing),
    ];
    let mut found = mends(&assistant);
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut expected: Vec<_> =
        expected.into_iter().map(|(path, problem)| (path.to_owned(), problem)).collect();
    expected.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert_eq!(found, expected);
}

#[test]
fn a_server_that_would_learn_nothing_of_calls_is_reported() {
    let chosen = ["transcript", "function-call", "call-started"].map(str::to_owned).to_vec();
    let deaf = assistant().server_messages(chosen);

    let found = mends(&deaf);

    let missing =
        found.iter().filter(|(path, problem)| path == "serverMessages" && *problem == Problem::Missing);
    assert_eq!(missing.count(), 3);
    assert!(found.contains(&("serverMessages[1]".to_owned(), Problem::Deprecated)));
    assert!(found.contains(&("serverMessages[2]".to_owned(), Problem::Misnamed)));
}

#[test]
fn function_tools_without_a_server_and_with_one_name_twice_are_reported() {
    let tool = || FunctionTool::named("find", "Find.", json!({"type": "object"}));
    let slow = ToolMessage::delayed(50, "x".repeat(1001));
    let assistant =
        Assistant::default().model(Model::openai("gpt-4").tool(tool()).tool(tool().message(slow)));

    let found = mends(&assistant);

    for expected in [
        ("model.tools[0].server", Problem::Missing),
        ("model.tools[1].function.name", Problem::Duplicate),
        ("model.tools[1].messages[0].content", Problem::OutOfRange),
        ("model.tools[1].messages[0].timingMilliseconds", Problem::OutOfRange),
    ] {
        assert!(found.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} not in {found:?}");
    }
}

#[test]
fn every_reply_has_the_documented_form() {
    let parse = |body: Vec<u8>| -> Value { value(&body) };
    let number = NumberDestination::default().number("+14155550142").message("").extension("7");

    assert_eq!(parse(Empty {}.to_bytes()), json!({}));
    assert_eq!(parse(PredialReply::eligible(true).to_bytes()), json!({"eligible": true}));
    assert_eq!(
        parse(EndpointingReply::after(Duration::from_millis(500)).to_bytes()),
        json!({"timeoutSeconds": 0.5})
    );
    assert_eq!(
        parse(EndpointingReply::after(Duration::from_secs(99)).to_bytes()),
        json!({"timeoutSeconds": 15.0})
    );
    assert_eq!(
        parse(
            KnowledgeBaseReply::default().documents(vec![Document::of("text", 0.92).uuid("d1")]).to_bytes()
        ),
        json!({"documents": [{"content": "text", "similarity": 0.92, "uuid": "d1"}]})
    );
    assert_eq!(
        parse(TransferReply::to(number).message(ToolMessage::start("now")).to_bytes()),
        json!({"destination": {"type": "number", "number": "+14155550142", "extension": "7", "message": ""},
            "message": {"type": "request-start", "content": "now"}})
    );
    assert_eq!(parse(TransferReply::refuse("closed").to_bytes()), json!({"error": "closed"}));
    assert_eq!(
        parse(HandoffReply::to_assistant("a1").to_bytes()),
        json!({"destination": {"type": "assistant", "assistantId": "a1"}})
    );
}

#[test]
fn an_assistant_request_is_answered_with_exactly_one_choice() {
    let parse = |reply: AssistantReply| -> Value { value(&reply.to_bytes()) };
    let overrides = AssistantOverrides::default()
        .variable_values(json!({"name": "Ada"}))
        .append_tool(EndCallTool::default())
        .assistant(Assistant::default().first_message("Hello Ada!"));
    let squad = Squad::of(vec![SquadMember::default().assistant_id("a1")]);

    assert_eq!(parse(AssistantReply::AssistantId("a1".to_owned())), json!({"assistantId": "a1"}));
    assert_eq!(
        parse(AssistantReply::AssistantWith {
            assistant_id: "a1".to_owned(),
            overrides: Box::new(overrides)
        }),
        json!({"assistantId": "a1", "assistantOverrides": {"variableValues": {"name": "Ada"},
            "tools:append": [{"type": "endCall"}], "firstMessage": "Hello Ada!"}})
    );
    assert_eq!(
        parse(AssistantReply::Assistant(Box::new(Assistant::default().name("A")))),
        json!({"assistant": {"name": "A"}})
    );
    assert_eq!(
        parse(AssistantReply::Squad(Box::new(squad))),
        json!({"squad": {"members": [{"assistantId": "a1"}]}})
    );
    assert_eq!(
        parse(AssistantReply::Destination(Box::new(SipDestination::default().sip_uri("sip:a@b").into()))),
        json!({"destination": {"type": "sip", "sipUri": "sip:a@b"}})
    );
    assert_eq!(parse(AssistantReply::Error("Closed.".to_owned())), json!({"error": "Closed."}));
}

#[test]
fn tools_of_every_type_are_read_and_written_the_same() {
    let tools = json!([
        {"type": "transferCall", "destinations": [{"type": "number", "number": "+14155550142"}, {"type": "sip", "sipUri": "s"}]},
        {"type": "endCall"}, {"type": "dtmf"}, {"type": "sms"}, {"type": "handoff"}, {"type": "query"},
        {"type": "apiRequest", "method": "GET", "url": "https://a"},
        {"type": "mcp", "server": {"url": "https://m"}, "name": "x"},
    ]);
    let text = json!({"model": {"tools": tools}}).to_string();

    let assistant = Assistant::read(&text).unwrap();

    assert_eq!(serde_json::to_value(&assistant).unwrap()["model"]["tools"], tools);
    let model = assistant.model.unwrap();
    assert!(matches!(model.tools.unwrap().last(), Some(Tool::Other(_))));
}

#[test]
fn plans_and_rejections_keep_their_documented_names() {
    let plan = RejectionPlan::default().conditions(vec![
        RejectionCondition::matching("(?i)cancel").negate(true),
        RejectionCondition::template("{{ done }}"),
    ]);
    let tool = TransferCallTool::default()
        .destinations(vec![
            TransferDestination::number("+14155550142"),
            TransferDestination::assistant("Sales"),
        ])
        .rejection_plan(plan);
    let assistant = Assistant::default().monitor_plan(MonitorPlan::default().control_enabled(true));

    assert_eq!(
        serde_json::to_value(Tool::from(tool)).unwrap(),
        json!({"type": "transferCall",
            "destinations": [{"type": "number", "number": "+14155550142"}, {"type": "assistant", "assistantName": "Sales"}],
            "rejectionPlan": {"conditions": [{"type": "regex", "regex": "(?i)cancel", "negate": true},
                {"type": "liquid", "liquid": "{{ done }}"}]}})
    );
    assert_eq!(serde_json::to_value(assistant).unwrap(), json!({"monitorPlan": {"controlEnabled": true}}));
}

#[test]
fn a_result_is_cut_at_the_limit_and_stays_one_line() {
    let call = ToolCall::new("c1", "f", Arguments::default());
    let request = ToolCalls::new(vec![call], Context::default());
    let results = ToolResults::answer(&request, |_| ToolResult::Result("line\n".repeat(10_000)));

    let body = value(&results.to_bytes());
    let result = body["results"][0]["result"].as_str().unwrap();
    assert!(result.len() <= MAX_RESULT && result.ends_with('…') && !result.contains('\n'));
}
