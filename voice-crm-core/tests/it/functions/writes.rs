//! Comments, tasks and contact changes in an org that stalls, is cut off, and is changed by others meanwhile.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use salesforce_client::{Client, LoginHost, RetryPolicy, transport::ReqwestTransport};
use salesforce_emulator::{AfterStall, CutProxy, Fault, Org};
use secrecy::SecretString;
use serde_json::{Value, json};
use voice_crm_core::{
    crm::{
        Attempt, Change, ContactUpdate, CrmError, JobKey, NewCase, NewComment, NewTask, NewText,
        PostalAddress, Receipt, RecordHandle, RecordRef, Remark, Urgency, Write, apply_all,
    },
    deadline::Deadline,
    phone::{PhoneNumber, Region},
};
use voice_crm_salesforce::SalesforceCrm;

use crate::stage::{CLIENT_SECRET, NUMBER, client, org};

fn attempt(number: u8, change: Change, may_have_applied: bool, earlier: &[Receipt]) -> Attempt {
    let write = Write { key: JobKey::from_bytes([number; 16]), change };
    Attempt { may_have_applied, earlier: earlier.to_vec(), ..Attempt::first(write) }
}

async fn apply(crm: &SalesforceCrm, attempt: Attempt) -> Result<Receipt, CrmError> {
    apply_all(crm, vec![attempt], Urgency::Live, Deadline::after(Duration::from_secs(5))).await.remove(0)
}

async fn stage() -> (Org, SalesforceCrm) {
    let org = org().start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url()));
    (org, crm)
}

fn comment(case: &str, body: &str) -> Change {
    let case = RecordHandle::Known(RecordRef::new(case));
    Change::AddComment(NewComment { case, body: body.to_owned(), published: false })
}

#[tokio::test]
async fn a_comment_is_one_api_call_and_stands_word_for_word() {
    let (org, crm) = stage().await;
    let case = org.insert("Case", json!({ "Subject": "s" })).unwrap();
    apply(&crm, attempt(9, comment(&case, "warm"), false, &[])).await.unwrap();
    org.reset_stats();
    // The second text would be read as a reference by a composite request.
    for (number, body) in [(1, "It still smokes."), (2, "the template says @{user.name}")] {
        let receipt = apply(&crm, attempt(number, comment(&case, body), false, &[])).await.unwrap();
        assert_eq!(receipt.object.as_deref(), Some("CaseComment"));
        let made = org.records("CaseComment").into_iter().find(|made| made["CommentBody"] == body).unwrap();
        assert_eq!(made["ParentId"], Value::from(case.as_str()));
        assert_eq!(receipt.record.map(|record| Value::from(record.as_str())), Some(made["Id"].clone()));
    }
    assert_eq!(org.stats().api_calls, 2);
}

#[tokio::test]
async fn a_comment_whose_first_request_is_carried_out_after_its_repeat_stands_once() {
    let (org, crm) = stage().await;
    let case = org.insert("Case", json!({ "Subject": "s" })).unwrap();
    apply(&crm, attempt(9, comment(&case, "warm"), false, &[])).await.unwrap();
    let stall = Fault::Stall { lasting: Duration::from_millis(900), then: AfterStall::Write };
    org.faults().next(1, stall);

    let first = attempt(1, comment(&case, "It still smokes."), false, &[]);
    let lost = apply_all(&crm, vec![first], Urgency::Live, Deadline::after(Duration::from_millis(300)))
        .await
        .remove(0)
        .unwrap_err();
    assert!(lost.may_have_applied());
    apply(&crm, attempt(1, comment(&case, "It still smokes."), true, &[])).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;

    let mut bodies: Vec<_> =
        org.records("CaseComment").into_iter().map(|made| made["CommentBody"].clone()).collect();
    bodies.sort_by_key(ToString::to_string);
    assert_eq!(bodies, ["It still smokes.", "warm"]);
    // And again, when it is long there.
    apply(&crm, attempt(1, comment(&case, "It still smokes."), true, &[])).await.unwrap();
    assert_eq!(org.count("CaseComment"), 2);
}

#[tokio::test]
async fn a_comment_that_the_org_refuses_leaves_nothing_behind() {
    let (org, crm) = stage().await;
    let case = org.insert("Case", json!({ "Subject": "s" })).unwrap();
    let refused = apply(&crm, attempt(1, comment(&case, &"x".repeat(4_001)), false, &[])).await.unwrap_err();
    assert_eq!(refused.code(), Some("STRING_TOO_LONG"));
    assert_eq!((org.count("CaseComment"), org.count("Task")), (0, 0));
}

#[tokio::test]
async fn a_comment_finds_the_case_that_an_earlier_write_made() {
    let (org, crm) = stage().await;
    let case = NewCase { subject: "s".to_owned(), ..NewCase::default() };
    apply(&crm, attempt(1, Change::CreateCase(case), false, &[])).await.unwrap();
    let made_by = |number| RecordHandle::MadeBy(JobKey::from_bytes([number; 16]));
    let comment = |case| Change::AddComment(NewComment { case, body: "b".to_owned(), published: true });

    apply(&crm, attempt(2, comment(made_by(1)), false, &[])).await.unwrap();
    let orphan = apply(&crm, attempt(3, comment(made_by(7)), false, &[])).await.unwrap_err();

    assert_eq!(org.records("CaseComment")[0]["ParentId"], org.records("Case")[0]["Id"]);
    assert_eq!(org.records("CaseComment")[0]["IsPublished"], true);
    assert_eq!(orphan.kind(), voice_crm_core::crm::CrmErrorKind::Refused, "it is not tried for ever");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_anywhere_in_a_comment_leaves_one_comment_and_no_second() {
    let org = org().start().await.unwrap();
    let proxy = CutProxy::start(org.address()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let client = Client::builder(LoginHost::parse(proxy.url()).unwrap())
        .client_credentials("client", SecretString::from(CLIENT_SECRET))
        .transport(Arc::new(ReqwestTransport::new(http)))
        .retry_policy(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() })
        .build()
        .unwrap();
    let crm = SalesforceCrm::new(client);
    let case = org.insert("Case", json!({ "Subject": "s" })).unwrap();
    // The login is not what is cut here.
    apply(&crm, attempt(0, comment(&case, "warm"), false, &[])).await.unwrap();
    let cuts: Vec<(bool, usize)> =
        (0..900).step_by(60).map(|at| (true, at)).chain((0..400).step_by(50).map(|at| (false, at))).collect();
    for (index, (of_request, at)) in cuts.iter().enumerate() {
        if *of_request {
            proxy.cut_request_at(*at);
        } else {
            proxy.cut_response_at(*at);
        }
        let (number, body) = (u8::try_from(index + 1).unwrap(), format!("comment {index:03}"));
        let mut may_have_applied = false;
        for _ in 0..4 {
            match apply(&crm, attempt(number, comment(&case, &body), may_have_applied, &[])).await {
                Ok(_) => break,
                Err(error) => may_have_applied |= error.may_have_applied(),
            }
        }
        let made = org.records("CaseComment").into_iter().filter(|made| made["CommentBody"] == body.as_str());
        assert_eq!(made.count(), 1, "cut at {at}");
    }
}

#[tokio::test]
async fn a_task_is_made_once_and_says_who_when_and_what() {
    let (org, crm) = stage().await;
    let contact = org.insert("Contact", json!({ "LastName": "Lovelace" })).unwrap();
    let task = NewTask {
        subject: "Call back".to_owned(),
        description: "About the router.".to_owned(),
        due: Some("2026-11-23".parse().unwrap()),
        reminder: Some("2026-11-23T15:00:00Z".parse().unwrap()),
        urgent: true,
        contact: Some(RecordRef::new(contact.as_str())),
        ..NewTask::default()
    };
    let task = || Change::CreateTask(Box::new(task.clone()));
    apply(&crm, attempt(1, task(), false, &[])).await.unwrap();
    let id = org.records("Task")[0]["Id"].as_str().unwrap().parse().unwrap();
    let completed = json!({ "Status": "Completed" });
    client(org.url()).records("Task").update(&id, &completed).await.unwrap();
    apply(&crm, attempt(1, task(), true, &[])).await.unwrap();

    let made = org.records("Task");
    assert_eq!(made.len(), 1);
    assert_eq!((&made[0]["Priority"], &made[0]["ActivityDate"]), (&json!("High"), &json!("2026-11-23")));
    assert_eq!(made[0]["WhoId"], contact.as_str());
    assert_eq!(made[0]["Status"], "Completed", "what a person did to it stays");
}

fn hours_ago(hours: i64) -> Timestamp {
    Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(hours)).unwrap()
}

fn new_email(contact: &str, email: &str, asked_at: Timestamp) -> Change {
    let contact = RecordRef::new(contact);
    Change::UpdateContact(ContactUpdate {
        email: Some(email.to_owned()),
        ..ContactUpdate::new(contact, asked_at)
    })
}

#[tokio::test]
async fn a_contact_change_that_waited_does_not_undo_what_a_person_did_meanwhile() {
    let (org, crm) = stage().await;
    let contact =
        org.insert("Contact", json!({ "LastName": "Lovelace", "Email": "agent@example.com" })).unwrap();

    let change = new_email(&contact, "caller@example.com", hours_ago(2));
    let receipt = apply(&crm, attempt(1, change.clone(), false, &[])).await.unwrap();
    apply(&crm, attempt(1, change, true, &[])).await.unwrap();

    assert_eq!(receipt.remark, Some(Remark::ChangedMeanwhile));
    assert_eq!(org.records("Contact")[0]["Email"], "agent@example.com");
    let told = org.records("Task");
    assert_eq!(told.len(), 1, "a person is told, once");
    assert_eq!(told[0]["WhoId"], contact.as_str());
    assert!(told[0]["Description"].as_str().unwrap().contains("caller@example.com"));
}

#[tokio::test]
async fn two_changes_of_one_call_that_waited_are_both_made() {
    let (org, crm) = stage().await;
    let contact = org.insert("Contact", json!({ "LastName": "Lovelace" })).unwrap();
    let fresh = new_email(&contact, "first@example.com", Timestamp::now());
    let first = apply(&crm, attempt(1, fresh, false, &[])).await.unwrap();
    assert!(first.changed_at.is_some());

    let second = new_email(&contact, "second@example.com", hours_ago(2));
    let receipt = apply(&crm, attempt(2, second, false, &[first])).await.unwrap();

    assert_eq!(receipt.remark, None);
    assert_eq!(org.records("Contact")[0]["Email"], "second@example.com");
}

#[tokio::test]
async fn an_address_is_written_whole() {
    let (org, crm) = stage().await;
    let old = json!({ "LastName": "Lovelace", "MailingStreet": "Old Lane 1", "MailingPostalCode": "11111" });
    let contact = org.insert("Contact", old).unwrap();
    let address = PostalAddress {
        street: "St James's Square 12".to_owned(),
        city: "London".to_owned(),
        country: Some("United Kingdom".to_owned()),
        ..PostalAddress::default()
    };
    let asked_at = Timestamp::now();
    let update = ContactUpdate {
        address: Some(address),
        ..ContactUpdate::new(RecordRef::new(contact.as_str()), asked_at)
    };
    apply(&crm, attempt(1, Change::UpdateContact(update), false, &[])).await.unwrap();

    let now = &org.records("Contact")[0];
    assert_eq!(
        (&now["MailingStreet"], &now["MailingCity"]),
        (&json!("St James's Square 12"), &json!("London"))
    );
    assert!(now.get("MailingPostalCode").is_none_or(Value::is_null), "no old code in a new town");
}

#[tokio::test]
async fn a_text_message_without_a_messenger_is_given_up_with_a_reason() {
    let (_org, crm) = stage().await;
    let to = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let text = NewText { to, body: "b".to_owned(), asked_at: Timestamp::now() };
    let refused = apply(&crm, attempt(1, Change::SendText(text), false, &[])).await.unwrap_err();
    assert_eq!(refused.code(), Some("NO_MESSENGER"));
}
