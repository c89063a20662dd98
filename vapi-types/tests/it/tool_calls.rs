use serde::Deserialize;
use serde_json::{Value, json};
use vapi_types::{
    DecodeErrorKind, ServerMessage,
    message::{ArgumentsError, ToolCalls},
    reply::{FunctionResult, ToolResult, ToolResults},
};

use crate::fixtures::value;

fn tool_calls(message: &Value) -> ToolCalls {
    let body = json!({"message": message}).to_string();
    match ServerMessage::decode(body.as_bytes()).unwrap() {
        ServerMessage::ToolCalls(calls) => calls,
        other => panic!("{}", other.kind()),
    }
}

/// The one call of a message, as id, name and arguments.
fn only(message: &Value) -> (String, String, Value) {
    let calls = tool_calls(message).calls;
    let [call] = calls.as_slice() else { panic!("{} calls", calls.len()) };
    (call.id.clone(), call.name.clone(), serde_json::from_str(call.arguments.as_str()).unwrap())
}

#[test]
fn all_forms_of_a_call_are_the_same_call() {
    let arguments = json!({"phone": "+14155550142", "n": 1});
    let text = arguments.to_string();
    let forms = [
        json!({"toolCallList": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": text}}]}),
        json!({"toolCallList": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": arguments}}]}),
        json!({"toolCalls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": arguments}}]}),
        json!({"toolCallList": [{"id": "c1", "name": "find", "arguments": arguments}]}),
        json!({"toolCallList": [{"id": "c1", "name": "find", "parameters": arguments}]}),
        json!({"toolCallList": [{"id": "c1", "function": {"name": "find", "parameters": arguments}}]}),
        json!({"toolWithToolCallList": [{"name": "find", "toolCall": {"id": "c1", "parameters": arguments}}]}),
        json!({"toolWithToolCallList": [{"type": "function", "function": {"name": "find"},
            "toolCall": {"id": "c1", "function": {"parameters": arguments}}}]}),
        json!({"toolCallList": [{"toolCallId": "c1", "name": "find", "arguments": text}]}),
    ];
    for mut form in forms {
        let expected = ("c1".to_owned(), "find".to_owned(), arguments.clone());
        assert_eq!(only(&form), expected, "without a type: {form}");
        form["type"] = json!("tool-calls");
        assert_eq!(only(&form), expected, "{form}");
    }
}

#[test]
fn a_tools_schema_is_never_taken_for_arguments() {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let beside_the_call = json!({"type": "tool-calls", "toolWithToolCallList": [
        {"type": "function", "name": "weather", "parameters": schema, "toolCall": {"id": "c1"}}]});
    let inside_the_call = json!({"type": "tool-calls", "toolCallList": [
        {"id": "c1", "function": {"name": "weather", "parameters": schema}}]});

    assert_eq!(only(&beside_the_call), ("c1".to_owned(), "weather".to_owned(), json!({})));
    assert_eq!(only(&inside_the_call), ("c1".to_owned(), "weather".to_owned(), json!({})));
}

#[test]
fn arguments_win_over_a_schema_in_the_same_place() {
    let schema = json!({"type": "object", "properties": {}});
    let message = json!({"type": "tool-calls", "toolCallList": [
        {"id": "c1", "function": {"name": "weather", "parameters": schema}, "arguments": {"city": "Bonn"}}]});

    assert_eq!(only(&message).2, json!({"city": "Bonn"}));
}

#[test]
fn a_call_listed_three_times_is_one_call_completed_from_every_list() {
    let message = json!({
        "type": "tool-calls",
        "toolCallList": [{"id": "c1", "name": "find"}, {"id": "c1"}, {"id": "c2", "name": "create", "arguments": "{}"}],
        "toolCalls": [{"id": "c1", "function": {"arguments": {"n": 1}}}],
        "toolWithToolCallList": [{"name": "other", "toolCall": {"id": "c1", "parameters": {"n": 2}}}],
    });

    let calls = tool_calls(&message).calls;

    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids, ["c1", "c2"]);
    assert_eq!(calls[0].name, "find");
    assert_eq!(calls[0].arguments.as_str(), r#"{"n":1}"#);
}

#[test]
fn no_arguments_in_any_spelling_are_an_empty_object() {
    for nothing in [json!(null), json!(""), json!("  "), json!("null"), json!("{}"), json!({})] {
        let message =
            json!({"type": "tool-calls", "toolCallList": [{"id": "c1", "name": "f", "arguments": nothing}]});
        assert_eq!(only(&message).2, json!({}), "{nothing}");
    }
    assert_eq!(only(&json!({"toolCallList": [{"id": "c1", "name": "f"}]})).2, json!({}));
}

#[test]
fn arguments_that_are_no_object_are_refused_when_they_are_asked_for() {
    for odd in [json!("{\"a\":"), json!("[1]"), json!([1]), json!(7), json!(true), json!("plain words")] {
        let message =
            json!({"type": "tool-calls", "toolCallList": [{"id": "c1", "name": "f", "arguments": odd}]});
        let calls = tool_calls(&message).calls;

        assert_eq!(calls[0].arguments.parse::<Value>().unwrap_err(), ArgumentsError::NotAnObject, "{odd}");
    }
}

#[test]
fn an_issue_names_the_field_and_never_the_value() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the error is looked at")]
    struct Lookup {
        phone: u64,
    }
    let message =
        json!({"toolCallList": [{"id": "c1", "name": "f", "arguments": {"phone": "+14155550142"}}]});

    let error = tool_calls(&message).calls[0].arguments.parse::<Lookup>().unwrap_err();

    assert_eq!(error.path(), "phone");
    assert_eq!(error.to_string(), "phone: expected u64, found a string");
}

#[test]
fn a_call_without_an_id_cannot_be_answered_and_is_reported() {
    let body = json!({"message": {"type": "tool-calls", "toolCallList": [{"name": "f"}, 7, {"id": "c2", "name": "g"}]}});

    let (message, unexpected) =
        ServerMessage::decode_with_unexpected_fields(body.to_string().as_bytes()).unwrap();

    let ServerMessage::ToolCalls(calls) = message else { panic!("another class") };
    assert_eq!(calls.calls.len(), 1);
    let notes: Vec<String> = unexpected.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "message.toolCallList[0].id: expected a string, found nothing",
            "message.toolCallList[1]: expected an object, found a number"
        ]
    );
}

#[test]
fn a_list_of_calls_that_is_no_list_is_refused_by_its_path() {
    let body = br#"{"message":{"type":"tool-calls","toolCallList":"+14155550142"}}"#;

    let error = ServerMessage::decode(body).unwrap_err();

    assert_eq!(error.kind(), DecodeErrorKind::Field);
    assert_eq!(error.to_string(), "tool-calls: message.toolCallList: expected a list, found a string");
}

#[test]
fn the_legacy_function_call_reads_parameters_as_object_or_string() {
    for parameters in [json!({"email": "a@example.com"}), json!("{ \"email\": \"a@example.com\"}")] {
        for kind in [json!("function-call"), json!(null)] {
            let body = json!({"message": {"type": kind, "functionCall": {"name": "send", "parameters": parameters}}});
            let ServerMessage::FunctionCall(call) =
                ServerMessage::decode(body.to_string().as_bytes()).unwrap()
            else {
                panic!("another class")
            };
            assert_eq!(call.name, "send");
            assert_eq!(call.arguments.parse::<Value>().unwrap(), json!({"email": "a@example.com"}));
        }
    }
}

#[test]
fn every_call_is_answered_once_in_order_with_its_id_and_name() {
    let mut request = tool_calls(&json!({"toolCallList": [
        {"id": "c2", "name": "create", "arguments": {}}, {"id": "c1", "name": "find", "arguments": {}}]}));
    request.calls.push(request.calls[0].clone());

    let results = ToolResults::answer(&request, |call| match call.name.as_str() {
        "find" => ToolResult::Error("no such\ncustomer".to_owned()),
        _ => ToolResult::json(&json!({"case": "00001026"})).unwrap(),
    });

    assert_eq!(
        value(&results.to_bytes()),
        json!({"results": [
            {"toolCallId": "c2", "name": "create", "result": "{\"case\":\"00001026\"}"},
            {"toolCallId": "c1", "name": "find", "error": "no such customer"},
        ]})
    );
}

#[test]
fn what_is_said_last_ends_the_call_once_it_is_spoken() {
    let request = tool_calls(&json!({"toolCallList": [{"id": "c1", "name": "end_call", "arguments": {}}]}));

    let results = ToolResults::answer(&request, |_| ToolResult::Last("Goodbye.".to_owned()));

    let result = &value(&results.to_bytes())["results"][0];
    assert_eq!(result["result"], "Goodbye.");
    let message =
        json!({"type": "request-complete", "content": "Goodbye.", "endCallAfterSpokenEnabled": true});
    assert_eq!(result["message"], message);
}

#[test]
fn a_legacy_call_is_answered_with_one_result_line() {
    let answer = FunctionResult::new(&ToolResult::Result("a\nb".to_owned()));

    assert_eq!(value(&answer.to_bytes()), json!({"result": "a b"}));
}

#[test]
fn a_call_inside_a_call_is_not_taken_for_it_when_the_message_is_read_again() {
    let inner = json!({"id": "c2", "name": "other"});
    let sent = json!({"toolCallList": [{"toolCall": {"id": "c1", "name": "find", "toolCall": inner}}]});

    let calls = tool_calls(&sent);
    let again = tool_calls(&serde_json::to_value(ServerMessage::ToolCalls(calls.clone())).unwrap());

    assert!(calls.calls[0].id == "c1" && again.calls[0].id == "c1");
}
