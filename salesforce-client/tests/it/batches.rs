//! Many things in one request: collections, graphs, trees, batches.

use salesforce_client::transport::Reached;
use salesforce_client::{
    Batch, Body, Composite, ErrorCode, ErrorKind, Graphs, RecordId, Retry, Soql, TreeRecord,
};
use serde_json::{Value, json};

use crate::scripted::{Scripted, Step, client};

fn ids(count: usize) -> Vec<RecordId> {
    (0..count).map(|number| format!("500{number:012}").parse().unwrap()).collect()
}

/// The answer to so many records that were written.
fn all_saved(count: usize) -> &'static str {
    let items: Vec<Value> =
        ids(count).iter().map(|id| json!({"id": id, "success": true, "errors": []})).collect();
    Value::from(items).to_string().leak()
}

const MIXED: &str = r#"[
    {"id":"500000000000001","success":true,"errors":[]},
    {"success":false,"errors":[{"statusCode":"STRING_TOO_LONG","message":"m","fields":["Subject"]},
                               {"statusCode":"UNABLE_TO_LOCK_ROW","message":"m","fields":[]}]},
    {"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"m","fields":[]}]}]"#;

#[tokio::test]
async fn each_record_of_a_collection_has_its_own_outcome() {
    let transport = Scripted::new([Step::Answer(200, MIXED)]);
    let fields = [json!({"Subject": "a"}), json!({"Subject": "b"}), json!({"Subject": "@{c}"})];
    let outcomes = client(&transport).collections().create("Case", &fields).await.unwrap();

    assert!(outcomes[0].as_ref().unwrap().created);
    let refused = outcomes[1].as_ref().unwrap_err();
    assert_eq!((refused.code(), refused.entries().len()), (Some(&ErrorCode::STRING_TOO_LONG), 2));
    assert_eq!(refused.request(), Some("POST composite/sobjects"));
    assert_eq!(outcomes[2].as_ref().unwrap_err().retry(), Retry::Safe);
    assert_eq!(
        transport.json(0),
        json!({"allOrNone": false, "records": [
            {"attributes": {"type": "Case"}, "Subject": "a"},
            {"attributes": {"type": "Case"}, "Subject": "b"},
            {"attributes": {"type": "Case"}, "Subject": "@{c}"}]})
    );
}

#[tokio::test]
async fn more_than_two_hundred_records_are_sent_in_order_and_answered_in_order() {
    let transport = Scripted::new([200, 200, 50].map(|count| Step::Answer(200, all_saved(count))));
    let records: Vec<Value> = (0..450).map(|number| json!({"Subject": number.to_string()})).collect();
    let outcomes = client(&transport).collections().create("Case", &records).await.unwrap();

    assert_eq!(outcomes.len(), 450);
    let first = |index| transport.json(index)["records"][0]["Subject"].as_str().unwrap().to_owned();
    assert_eq!([first(0), first(1), first(2)], ["0", "200", "400"]);
    assert_eq!(outcomes[449].as_ref().unwrap().id, ids(50)[49]);
}

#[tokio::test(start_paused = true)]
async fn when_the_org_is_gone_the_outcomes_before_it_stay_and_those_after_it_are_unsent() {
    let transport = Scripted::new([Step::Answer(200, all_saved(200)), Step::Cut(Reached::Maybe)]);
    let records = vec![json!({"Subject": "x"}); 600];
    let outcomes = client(&transport).collections().create("Case", &records).await.unwrap();
    let retry = |index: usize| outcomes[index].as_ref().unwrap_err().retry();

    assert!(outcomes[..200].iter().all(Result::is_ok));
    assert_eq!((retry(200), retry(399)), (Retry::IfIdempotent, Retry::IfIdempotent));
    assert_eq!((retry(400), retry(599)), (Retry::Safe, Retry::Safe));
    assert_eq!(transport.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_collection_of_upserts_is_sent_again_and_a_repeated_delete_is_done() {
    let upserted = r#"[{"id":"500000000000001","success":true,"errors":[],"created":false}]"#;
    let gone = r#"[{"id":"500000000000001","success":false,"errors":[{"statusCode":"ENTITY_IS_DELETED","message":"m"}]}]"#;
    let transport = Scripted::new([
        Step::Cut(Reached::Maybe),
        Step::Answer(200, upserted),
        Step::Cut(Reached::Maybe),
        Step::Answer(200, gone),
        Step::Answer(200, gone),
    ]);
    let client = client(&transport);
    let many = client.collections();

    let record = [json!({"Voice_Key__c": "k", "Subject": "x"})];
    let saved = many.upsert("Case", "Voice_Key__c", &record).await.unwrap();
    assert!(!saved[0].as_ref().unwrap().created);
    assert!(many.delete(&ids(1)).await.unwrap()[0].is_ok(), "the lost attempt has deleted it");
    assert!(many.delete(&ids(1)).await.unwrap()[0].is_err(), "somebody else has deleted it");
    assert!(transport.seen()[0].ends_with(
        "PATCH https://acme.my.salesforce.com/services/data/v66.0/composite/sobjects/Case/Voice_Key__c"
    ));
    assert!(transport.seen()[4].ends_with("?ids=500000000000000AAA&allOrNone=false"));
}

#[tokio::test]
async fn a_collection_is_checked_before_anything_is_sent() {
    let transport = Scripted::new([]);
    let client = client(&transport);
    let many = client.collections();
    let records = vec![json!({}); 201];

    for refused in [
        many.create("Case", &records).all_or_none(true).await,
        many.create("No Object", &records).await,
        many.create("Case", &[json!([])]).await,
        many.upsert("Case", "Voice_Key__c", &[json!({"Subject": "x"})]).await,
    ] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn many_records_are_read_in_the_order_of_their_ids() {
    let transport = Scripted::new([Step::Answer(200, r#"[{"Subject":"a"},null]"#), Step::Answer(200, "[]")]);
    let client = client(&transport);
    let read = client.collections().get::<Value>("Case", &ids(2), ["Subject"]).await.unwrap();

    assert_eq!((read[0].as_ref().unwrap()["Subject"].as_str(), read[1].is_none()), (Some("a"), true));
    let error = client.collections().get::<Value>("Case", &ids(1), ["Id"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_graph_is_applied_whole_or_not_at_all_and_its_neighbour_is_not_touched() {
    let answer = r#"{"graphs":[
        {"graphId":"g0","isSuccessful":true,"graphResponse":{"compositeResponse":[
            {"referenceId":"case","httpStatusCode":201,"body":{"id":"500000000000001","success":true,"created":true}},
            {"referenceId":"note","httpStatusCode":201,"body":{"id":"00a000000000001","success":true}}]}},
        {"graphId":"g1","isSuccessful":false,"graphResponse":{"compositeResponse":[
            {"referenceId":"a","httpStatusCode":400,"body":[{"errorCode":"PROCESSING_HALTED","message":"m"}]},
            {"referenceId":"b","httpStatusCode":400,"body":[{"errorCode":"REQUIRED_FIELD_MISSING","message":"m","fields":["LastName"]}]}]}}]}"#;
    let transport = Scripted::new([Step::Answer(200, answer)]);
    let mut good = Composite::graph();
    let case = good.upsert("case", "Case", "Voice_Key__c", "k", &json!({"Subject": "x"})).unwrap();
    let body = Body::of(&json!({"CommentBody": "y"})).unwrap().reference("ParentId", case.id()).unwrap();
    let note = good.create("note", "CaseComment", body).unwrap();
    let mut bad = Composite::graph();
    bad.create("a", "Account", &json!({})).unwrap();
    bad.create("b", "Contact", &json!({})).unwrap();
    let mut graphs = Graphs::new();
    let (good, bad) = (graphs.add(good).unwrap(), graphs.add(bad).unwrap());

    let answers = client(&transport).graphs(graphs).await.unwrap();
    assert!(answers.get(good).unwrap().get(&case).unwrap().created);
    assert!(answers.get(good).unwrap().get(&note).is_ok());
    assert_eq!(answers.get(bad).unwrap_err().code(), Some(&ErrorCode::REQUIRED_FIELD_MISSING));
    let sent = transport.json(0);
    assert_eq!(sent["graphs"][0]["compositeRequest"][1]["body"]["ParentId"], "@{case.id}");
}

#[tokio::test]
async fn a_plain_composite_and_a_graph_are_not_mistaken_for_one_another() {
    let transport = Scripted::new([]);
    let mut graph = Composite::graph();
    graph.create("a", "Case", &json!({})).unwrap();

    assert_eq!(client(&transport).composite(graph).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(client(&transport).graphs(Graphs::new()).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_tree_gives_ids_by_reference_or_says_which_record_was_refused() {
    let done = r#"{"hasErrors":false,"results":[{"referenceId":"a","id":"001000000000001"},{"referenceId":"c","id":"003000000000001"}]}"#;
    let refused = r#"{"hasErrors":true,"results":[{"referenceId":"c","errors":[{"statusCode":"INVALID_EMAIL_ADDRESS","message":"m","fields":["Email"]}]}]}"#;
    let transport = Scripted::new([Step::Answer(201, done), Step::Answer(400, refused)]);
    let client = client(&transport);
    let contact = TreeRecord::new("Contact", "c", &json!({"LastName": "x"})).unwrap();
    let tree =
        [TreeRecord::new("Account", "a", &json!({"Name": "A"})).unwrap().child("Contacts", contact).unwrap()];

    let ids = client.create_tree(&tree).await.unwrap();
    assert_eq!(ids["c"].key_prefix(), "003");
    let error = client.create_tree(&tree).await.unwrap_err();
    assert_eq!((error.kind(), error.entries()[0].fields()), (ErrorKind::Rejected, &["Email".to_owned()][..]));
    assert!(transport.seen()[0].ends_with("/composite/tree/Account"));
}

#[tokio::test]
async fn the_parts_of_a_batch_have_types_and_failures_of_their_own() {
    let answer = r#"{"hasErrors":true,"results":[
        {"statusCode":201,"result":{"id":"500000000000001","success":true,"errors":[]}},
        {"statusCode":200,"result":{"totalSize":7,"done":true,"records":[]}},
        {"statusCode":204,"result":null},
        {"statusCode":404,"result":[{"errorCode":"NOT_FOUND","message":"m"}]}]}"#;
    let transport = Scripted::new([Step::Answer(200, answer)]);
    let mut batch = Batch::new();
    let id = ids(1)[0];
    let created = batch.create("Case", &json!({"Subject": "@{not.a.reference}"})).unwrap();
    let page = batch.query::<Value>(Soql::new("SELECT COUNT() FROM Case")).unwrap();
    let updated = batch.update("Case", &id, &json!({"Subject": "y"})).unwrap();
    let gone = batch.get::<Value>("Case", &id, ["Subject"]).unwrap();

    let answers = client(&transport).batch(batch).await.unwrap();
    assert_eq!(answers.get(&created).unwrap().key_prefix(), "500");
    assert_eq!(answers.get(&page).unwrap().total_size, 7);
    assert!(answers.get(&updated).is_ok());
    let error = answers.get(&gone).unwrap_err();
    assert!(error.is_not_found() && error.request() == Some("batch part 3"));
    let sent = transport.json(0);
    assert_eq!(sent["batchRequests"][0]["url"], "v66.0/sobjects/Case");
    assert_eq!(sent["batchRequests"][0]["richInput"]["Subject"], "@{not.a.reference}");
    assert_eq!(sent["haltOnError"], false);
}

#[tokio::test]
async fn a_batch_takes_twenty_five_parts() {
    let mut batch = Batch::new();
    for _ in 0..25 {
        batch.delete("Case", &ids(1)[0]).unwrap();
    }
    assert_eq!(batch.delete("Case", &ids(1)[0]).unwrap_err().kind(), ErrorKind::InvalidRequest);
    let transport = Scripted::new([]);
    let error = client(&transport).batch(Batch::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

const PART_LOCKED: &str = r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"m"}]"#;

/// What a part that found its row locked says, without and with an attempt before it whose answer was lost.
async fn both_ways(
    locked: &str,
    send: impl AsyncFn(salesforce_client::Client) -> salesforce_client::Error,
) -> [(Retry, bool); 2] {
    let locked: &'static str = locked.to_owned().leak();
    let once = Scripted::new([Step::Answer(200, locked)]);
    let twice = Scripted::new([Step::Cut(Reached::Maybe), Step::Answer(200, locked)]);
    let mut said = Vec::new();
    for transport in [&once, &twice] {
        let error = send(client(transport)).await;
        said.push((error.retry(), error.may_be_applied()));
    }
    said.try_into().unwrap()
}

const UNAPPLIED_THEN_UNKNOWN: [(Retry, bool); 2] = [(Retry::Safe, false), (Retry::IfIdempotent, true)];

#[tokio::test(start_paused = true)]
async fn a_part_of_a_repeated_request_does_not_claim_that_nothing_was_applied() {
    let fields = json!({"Subject": "x"});
    let part = format!(r#"{{"referenceId":"case","httpStatusCode":400,"body":{PART_LOCKED}}}"#);

    let composite = format!(r#"{{"compositeResponse":[{part}]}}"#);
    let composite = both_ways(&composite, async |client| {
        let mut composite = Composite::new();
        let case = composite.upsert("case", "Case", "Voice_Key__c", "k", &fields).unwrap();
        let answers = client.composite(composite).await.unwrap();
        assert_eq!(answers.failure().unwrap().retry(), answers.get(&case).unwrap_err().retry());
        answers.get(&case).unwrap_err()
    });
    assert_eq!(composite.await, UNAPPLIED_THEN_UNKNOWN);

    let graph = format!(
        r#"{{"graphs":[{{"graphId":"g0","isSuccessful":false,"graphResponse":{{"compositeResponse":[{part}]}}}}]}}"#
    );
    let graph = both_ways(&graph, async |client| {
        let mut graph = Composite::graph();
        graph.upsert("case", "Case", "Voice_Key__c", "k", &fields).unwrap();
        let mut graphs = Graphs::new();
        let graph = graphs.add(graph).unwrap();
        client.graphs(graphs).await.unwrap().get(graph).map(drop).unwrap_err()
    });
    assert_eq!(graph.await, UNAPPLIED_THEN_UNKNOWN);

    let batch = format!(r#"{{"hasErrors":true,"results":[{{"statusCode":400,"result":{PART_LOCKED}}}]}}"#);
    let batch = both_ways(&batch, async |client| {
        let mut batch = Batch::new();
        let case = batch.upsert("Case", "Voice_Key__c", "k", &fields).unwrap();
        client.batch(batch).await.unwrap().get(&case).unwrap_err()
    });
    assert_eq!(batch.await, UNAPPLIED_THEN_UNKNOWN);

    let record = r#"[{"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"m"}]}]"#;
    let record = both_ways(record, async |client| {
        let records = [json!({"Voice_Key__c": "k"})];
        let mut saved = client.collections().upsert("Case", "Voice_Key__c", &records).await.unwrap();
        saved.remove(0).unwrap_err()
    });
    assert_eq!(record.await, UNAPPLIED_THEN_UNKNOWN);
}

#[tokio::test(start_paused = true)]
async fn a_composite_that_fails_as_a_whole_may_be_applied() {
    let spent = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#;
    let steps = || [Step::Answer(500, ""), Step::Answer(403, spent)];
    let transport = Scripted::new(steps());
    let mut composite = Composite::new();
    composite.upsert("case", "Case", "Voice_Key__c", "k", &json!({})).unwrap();

    let error = client(&transport).composite(composite).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Limit, Retry::IfIdempotent));
    assert!(error.may_be_applied());
}

#[tokio::test(start_paused = true)]
async fn records_after_those_that_may_be_applied_are_told_as_unsent() {
    let transport = Scripted::new([Step::Cut(Reached::Maybe)]);
    let records = vec![json!({"Subject": "x"}); 201];
    let outcomes = client(&transport).collections().create("Case", &records).await.unwrap();
    let may_be_applied = |index: usize| outcomes[index].as_ref().unwrap_err().may_be_applied();

    assert!(may_be_applied(199) && !may_be_applied(200));
}

#[tokio::test]
async fn records_of_alternating_objects_are_sent_side_by_side_and_told_as_they_came() {
    let transport = Scripted::new([Step::Answer(200, all_saved(22))]);
    let records: Vec<_> = (0..22)
        .map(|n| (if n % 2 == 0 { "Case" } else { "Task" }, json!({"Subject": n.to_string()})))
        .collect();
    let saved = client(&transport).collections().create_several(&records).await.unwrap();

    let sent = transport.json(0)["records"].as_array().unwrap().clone();
    let objects: Vec<_> = sent.iter().map(|record| record["attributes"]["type"].as_str().unwrap()).collect();
    assert_eq!(objects, [["Case"; 11], ["Task"; 11]].concat());
    for (place, saved) in saved.into_iter().enumerate() {
        let subject = place.to_string();
        let at = sent.iter().position(|record| record["Subject"] == subject).unwrap();
        assert_eq!(saved.unwrap().id, ids(22)[at]);
    }
}

#[tokio::test]
async fn all_or_none_of_more_objects_than_a_request_takes_is_refused_before_it_is_sent() {
    let transport = Scripted::new([]);
    let names: Vec<String> = (0..11).map(|n| format!("Object{n}__c")).collect();
    let records: Vec<_> = names.iter().map(|name| (name.as_str(), json!({}))).collect();
    let error =
        client(&transport).collections().create_several(&records).all_or_none(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}
