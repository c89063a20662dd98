//! The client against a whole org, the emulator, over real HTTP.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use salesforce_client::sobject::{
    Account, Case, CaseFields, Contact, ContactFields, NewTask, Task, TaskFields,
};
use salesforce_client::{
    Body, Client, ClientBuilder, Composite, ErrorCode, ErrorKind, LikePattern, Limit, LoginHost, Patch,
    RecordId, Retry, SecretString, Soql,
};
use salesforce_emulator::{AfterStall, Fault, Field, Org, OrgBuilder};
use serde_json::{Value, json};

use crate::canary;

pub(crate) fn org() -> OrgBuilder {
    Org::builder().client("client", canary::CLIENT_SECRET).field("Case", Field::external_id("Voice_Key__c"))
}

fn builder(org: &Org) -> ClientBuilder {
    Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .chance(|| 0.0)
}

fn client(org: &Org) -> Client {
    builder(org).build().unwrap()
}

fn case(subject: &str) -> CaseFields {
    CaseFields { subject: subject.into(), origin: "Phone".into(), ..CaseFields::default() }
}

#[tokio::test]
async fn a_record_is_created_read_changed_and_deleted() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let contacts = client.records("Contact");
    let fields = ContactFields {
        last_name: "O'Hara".into(),
        title: "Owner".into(),
        phone: canary::PHONE.into(),
        ..ContactFields::default()
    };

    let id = contacts.create(&fields).await.unwrap();
    let change = ContactFields { title: Patch::Clear, first_name: "Ann".into(), ..ContactFields::default() };
    contacts.update(&id, &change).await.unwrap();
    let read: Contact = contacts.get(&id).await.unwrap();
    assert_eq!((read.first_name.as_deref(), read.title.as_deref()), (Some("Ann"), None));
    assert!(read.phone.as_deref() == Some(canary::PHONE), "what was not named is kept");

    contacts.delete(&id).await.unwrap();
    assert!(contacts.get::<Contact>(&id).await.unwrap_err().is_not_found());
    assert!(client.usage().is_some_and(|usage| usage.used > 0));
}

#[tokio::test]
async fn an_upsert_creates_once_and_then_changes() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let cases = client.records("Case");

    let first = cases.upsert("Voice_Key__c", "call/1 ü?#", &case("one")).await.unwrap();
    let second = cases.upsert("Voice_Key__c", "call/1 ü?#", &case("two")).await.unwrap();

    assert_eq!((first.created, second.created, first.id), (true, false, second.id));
    let read: Case =
        cases.get_by("Voice_Key__c", "call/1 ü?#").fields(["CaseNumber", "Subject"]).await.unwrap();
    assert_eq!(read.subject.as_deref(), Some("two"));
    assert!(read.case_number.is_some());
    assert!(cases.upsert("Voice_Key__c", "none", &case("x")).update_only().await.is_err());
    assert_eq!(org.count("Case"), 1);
}

#[tokio::test]
async fn a_case_for_an_account_number_costs_one_api_call_and_tells_its_number() {
    let org = org().start().await.unwrap();
    let account = org.insert("Account", json!({"Name": "Acme", "AccountNumber": "ACC-1"})).unwrap();
    let client = client(&org);
    client.ready().await.unwrap();
    org.reset_stats();

    let mut composite = Composite::new().all_or_none(true);
    let soql = Soql::new("SELECT Id FROM Account WHERE AccountNumber = :n LIMIT 1").bind("n", "ACC-1");
    let found = composite.query::<Account>("acct", soql).unwrap();
    let body =
        Body::of(&case("no dial tone")).unwrap().reference("AccountId", found.first("Id").unwrap()).unwrap();
    let upsert = composite.upsert("case", "Case", "Voice_Key__c", "k", body).unwrap();
    let number = composite.get::<Case>("number", "Case", upsert.id(), ["CaseNumber", "AccountId"]).unwrap();
    let answers = client.composite(composite).await.unwrap();

    assert!(answers.failure().is_none());
    assert!(answers.get(&upsert).unwrap().created);
    assert_eq!(answers.get(&found).unwrap().records.len(), 1);
    let case = answers.get(&number).unwrap();
    assert!(case.case_number.is_some());
    assert_eq!(case.account_id, Some(RecordId::parse(&account).unwrap()));
    assert_eq!(org.stats().api_calls, 1);
}

#[tokio::test]
async fn one_failed_part_undoes_all_and_is_the_one_that_is_told() {
    let org = org().start().await.unwrap();
    let mut composite = Composite::new().all_or_none(true);
    let good = composite.create("good", "Case", &case("fine")).unwrap();
    let bad = composite.create("bad", "Case", &json!({"AccountNumber": "ACC-1"})).unwrap();

    let answers = client(&org).composite(composite).await.unwrap();

    assert_eq!(answers.failure().unwrap().code(), Some(&ErrorCode::INVALID_FIELD));
    assert_eq!(answers.get(&bad).unwrap_err().code(), Some(&ErrorCode::INVALID_FIELD));
    let halted = answers.get(&good).unwrap_err();
    assert_eq!((halted.code(), halted.retry()), (Some(&ErrorCode::PROCESSING_HALTED), Retry::Safe));
    assert_eq!(org.count("Case"), 0);
}

#[tokio::test]
async fn a_query_for_a_missing_row_fails_the_part_that_refers_to_it() {
    let org = org().start().await.unwrap();
    let mut composite = Composite::new().all_or_none(true);
    let soql = Soql::new("SELECT Id FROM Account WHERE AccountNumber = :n").bind("n", "none");
    let found = composite.query::<Account>("acct", soql).unwrap();
    let body = Body::of(&case("x")).unwrap().reference("AccountId", found.first("Id").unwrap()).unwrap();
    let upsert = composite.upsert("case", "Case", "Voice_Key__c", "k", body).unwrap();

    let answers = client(&org).composite(composite).await.unwrap();
    assert!(answers.get(&upsert).is_err());
    assert_eq!(org.count("Case"), 0);
}

#[tokio::test]
async fn words_that_look_like_a_reference_arrive_by_a_plain_request() {
    let org = org().start().await.unwrap();
    let words = case("see @{case.id}, it's 100%_\\ @{");
    assert!(Body::of(&words).unwrap_err().is_reference_injection());

    client(&org).records("Case").upsert("Voice_Key__c", "@{x.id}", &words).await.unwrap();

    assert_eq!(org.records("Case")[0]["Subject"], "see @{case.id}, it's 100%_\\ @{");
    assert_eq!(org.records("Case")[0]["Voice_Key__c"], "@{x.id}");
}

#[tokio::test]
async fn hostile_text_in_a_query_is_only_text() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let hostile = [
        "x' OR LastName != '",
        r"x\' OR Name != '",
        r"back\",
        "100%",
        "a_b",
        "tab\tend",
        "emoji 😀",
        "\"q\"",
    ];
    for name in hostile {
        org.insert("Contact", json!({"LastName": name})).unwrap();
    }

    for name in hostile {
        let exact = Soql::new("SELECT LastName FROM Contact WHERE LastName = :n").bind("n", name);
        let like = Soql::new("SELECT LastName FROM Contact WHERE LastName LIKE :n")
            .bind("n", LikePattern::contains(name));
        for soql in [exact, like] {
            let page = client.query::<Contact>(soql).await.unwrap();
            assert_eq!(page.records.len(), 1, "{name}");
            assert_eq!(page.records[0].last_name.as_deref(), Some(name));
        }
    }
}

#[tokio::test]
async fn a_long_result_streams_through_all_its_pages() {
    let org = org().start().await.unwrap();
    for number in 0..450 {
        org.insert("Account", json!({"Name": format!("Account {number:03}")})).unwrap();
    }
    let client = client(&org);
    client.ready().await.unwrap();
    org.reset_stats();

    let soql = Soql::new("SELECT Name FROM Account ORDER BY Name");
    let rows: Vec<Account> = client.query(soql).batch_size(200).stream().try_collect().await.unwrap();

    assert_eq!(rows.len(), 450);
    let names: BTreeSet<&str> = rows.iter().filter_map(|row| row.name.as_deref()).collect();
    assert_eq!(names.len(), 450);
    assert_eq!(org.stats().api_calls, 3);
}

#[tokio::test]
async fn counting_gives_a_number_and_no_rows() {
    let org = org().start().await.unwrap();
    org.insert("Account", json!({"Name": "Acme"})).unwrap();
    let page = client(&org).query::<Value>(Soql::new("SELECT COUNT() FROM Account")).await.unwrap();
    assert_eq!((page.total_size, page.records.len()), (1, 0));
}

#[tokio::test]
async fn a_call_log_is_a_task_of_the_call_subtype() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let fields = TaskFields {
        subject: "Call".into(),
        call_type: "Inbound".into(),
        call_duration_in_seconds: 300.into(),
        ..TaskFields::default()
    };
    let id =
        client.records("Task").create(&NewTask { task_subtype: Some("Call".into()), fields }).await.unwrap();
    let task: Task = client.records("Task").get(&id).await.unwrap();
    assert_eq!((task.task_subtype.as_deref(), task.call_duration_in_seconds), (Some("Call"), Some(300)));
}

#[tokio::test]
async fn fifty_calls_after_a_revoked_token_cause_one_login() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    client.ready().await.unwrap();
    org.revoke_tokens();

    let calls: Vec<_> = (0..50)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                client.records("Case").upsert("Voice_Key__c", &format!("k{number}"), &case("x")).await
            })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap().created);
    }
    assert_eq!(org.stats().token_requests, 2);
    assert_eq!(org.count("Case"), 50);
}

#[tokio::test]
async fn a_token_that_expires_in_the_middle_of_a_call_fails_nobody() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    org.faults().next(1, Fault::TokenExpired);
    assert!(client.records("Case").create(&case("x")).await.is_ok());
    assert_eq!((org.stats().token_requests, org.count("Case")), (2, 1));
}

#[tokio::test]
async fn an_upsert_survives_every_passing_fault_with_one_record() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let faults = [
        Fault::Unavailable503BeforeWrite,
        Fault::Unavailable503AfterWrite,
        Fault::CutBeforeWrite,
        Fault::CutAfterWrite,
        Fault::ConcurrentRequestLimit,
        Fault::RowLock,
        Fault::TokenExpired,
        Fault::Html502,
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        org.faults().next(1, fault);
        let key = format!("k{number}");
        client.records("Case").upsert("Voice_Key__c", &key, &case("x")).await.unwrap();
        assert_eq!(org.count("Case"), number + 1);
    }
}

#[tokio::test]
async fn a_create_is_never_doubled_by_a_fault() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    // The fault, whether the call succeeds in the end, and how many records there are then.
    let faults = [
        (Fault::Unavailable503BeforeWrite, false, 0),
        (Fault::Unavailable503AfterWrite, false, 1),
        (Fault::CutBeforeWrite, false, 0),
        (Fault::CutAfterWrite, false, 1),
        (Fault::ConcurrentRequestLimit, true, 1),
        (Fault::RowLock, true, 1),
        (Fault::TokenExpired, true, 1),
        (Fault::Html502, false, 0),
        (Fault::DailyLimit, false, 0),
    ];
    let mut expected = 0;
    for (fault, succeeds, records) in faults {
        let name = format!("{fault:?}");
        org.faults().next(1, fault);
        let outcome = client.records("Case").create(&case("x")).await;
        expected += records;
        assert_eq!((outcome.is_ok(), org.count("Case")), (succeeds, expected), "{name}");
    }
}

#[tokio::test]
async fn the_daily_limit_is_told_at_once() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    client.ready().await.unwrap();
    let before = org.requests().len();
    org.faults().next(1, Fault::DailyLimit);

    let error = client.records("Case").upsert("Voice_Key__c", "k", &case("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.limit()), (ErrorKind::Limit, Some(Limit::Daily)));
    assert_eq!((error.attempts(), org.requests().len() - before), (1, 1));
}

#[tokio::test]
async fn a_stalled_org_does_not_hold_a_call_beyond_its_deadline() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    client.ready().await.unwrap();
    org.faults().next(1, Fault::Stall { lasting: Duration::from_secs(30), then: AfterStall::Nothing });

    let deadline = Instant::now() + Duration::from_millis(200);
    let call = client.records("Case").upsert("Voice_Key__c", "k", &case("x")).deadline(deadline);
    let error = tokio::time::timeout(Duration::from_secs(20), call.into_future()).await.unwrap().unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Deadline, Retry::IfIdempotent));
}

#[tokio::test]
async fn refusals_keep_their_codes_and_fields() {
    let org = org().start().await.unwrap();
    let client = client(&org);
    let cases = client.records("Case");

    let missing = client.records("Contact").create(&json!({"FirstName": "Ann"})).await.unwrap_err();
    assert_eq!(missing.code(), Some(&ErrorCode::REQUIRED_FIELD_MISSING));
    assert_eq!(missing.entries()[0].fields(), ["LastName"]);
    let long = cases.create(&case(&"x".repeat(256))).await.unwrap_err();
    assert_eq!(long.code(), Some(&ErrorCode::STRING_TOO_LONG));
    let made_up = cases.create(&json!({"AccountNumber": "ACC-1"})).await.unwrap_err();
    assert_eq!((made_up.kind(), made_up.code()), (ErrorKind::Rejected, Some(&ErrorCode::INVALID_FIELD)));
    let query = client.query::<Value>(Soql::new("SELECT FROM Case")).await.unwrap_err();
    assert_eq!(query.code(), Some(&ErrorCode::MALFORMED_QUERY));
}

#[tokio::test]
async fn a_wrong_secret_and_a_wrong_host_are_told_apart() {
    let org = org().start().await.unwrap();
    let wrong = builder(&org).client_credentials("client", SecretString::from("wrong")).build().unwrap();
    assert_eq!(wrong.ready().await.unwrap_err().kind(), ErrorKind::Authentication);

    let shared = self::org().act_as_login_host(true).start().await.unwrap();
    let error = client(&shared).ready().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("My Domain"));
}
