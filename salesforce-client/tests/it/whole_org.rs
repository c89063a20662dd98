//! Every resource against a whole org, the emulator.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use salesforce_client::auth::{
    JwtBearer, OAuthApp, RefreshToken, RefreshTokenStore, TokenSource, UsernamePassword,
};
use salesforce_client::sobject::{Account, Contact};
use salesforce_client::{
    Batch, Body, Children, Client, Composite, CsvWriter, ErrorCode, ErrorKind, Graphs, LoginHost, Poll,
    SearchGroup, SecretString, Soql, Sosl, SoslTerm, TreeRecord,
};
use salesforce_emulator::{Fault, Org, OrgBuilder};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::canary;

async fn start(builder: OrgBuilder) -> (Org, Client) {
    let org = builder.start().await.unwrap();
    let client = Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .chance(|| 0.0)
        .build()
        .unwrap();
    (org, client)
}

fn app(org: &Org) -> OAuthApp {
    let host = LoginHost::parse(org.url()).unwrap();
    OAuthApp::new(host, "client").unwrap().client_secret(SecretString::from(canary::CLIENT_SECRET))
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn key() -> (String, String) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    (pem("PRIVATE KEY", private.as_ref()), pem("PUBLIC KEY", public.as_ref()))
}

#[tokio::test]
async fn a_signature_logs_in_and_a_strangers_does_not() {
    let ((private, public), (strange, _)) = (key(), key());
    let org = crate::org::org().jwt_public_key(public).start().await.unwrap();
    let login = |pem: String| JwtBearer::new(app(&org), "integration@emulator.example", &pem.into()).unwrap();

    let token = login(private).fetch().await.unwrap();
    assert!(app(&org).user_info(&token).await.is_ok());
    assert!(app(&org).introspect(token.secret()).await.unwrap().active);
    app(&org).revoke(token.secret()).await.unwrap();
    assert!(!app(&org).introspect(token.secret()).await.unwrap().active);
    let refused = login(strange).fetch().await.unwrap_err();
    assert_eq!(refused.oauth().unwrap().error(), "invalid_grant");
}

#[tokio::test]
async fn a_password_logs_in() {
    let org = crate::org::org().start().await.unwrap();
    let login =
        |password: &str| UsernamePassword::new(app(&org), "integration@emulator.example", password.into());
    assert!(login("password").fetch().await.is_ok());
    assert_eq!(login("wrong").fetch().await.unwrap_err().kind(), ErrorKind::Authentication);
}

#[derive(Default)]
struct Kept(Mutex<Vec<SecretString>>);

#[async_trait]
impl RefreshTokenStore for Kept {
    async fn store(&self, token: &SecretString) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.lock().unwrap().push(token.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_rotating_refresh_token_outlives_fifty_logins_and_a_restart() {
    let org = crate::org::org().rotate_refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Kept::default());
    let first = SecretString::from(org.issue_refresh_token().unwrap());
    let login = RefreshToken::new(app(&org), first, Arc::<Kept>::clone(&store) as _);
    for _ in 0..50 {
        login.fetch().await.unwrap();
    }
    let last = store.0.lock().unwrap().last().unwrap().clone();
    assert_eq!(store.0.lock().unwrap().len(), 50);

    let restarted = RefreshToken::new(app(&org), last, Arc::<Kept>::clone(&store) as _);
    assert!(restarted.fetch().await.is_ok());
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_does_not_use_the_old_token_again() {
    let org = crate::org::org().rotate_refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Kept::default());
    let first = SecretString::from(org.issue_refresh_token().unwrap());
    let login = RefreshToken::new(app(&org), first, Arc::<Kept>::clone(&store) as _);
    org.faults().next_token(1, Fault::CutAfterWrite);

    for _ in 0..3 {
        assert_eq!(login.fetch().await.unwrap_err().kind(), ErrorKind::Reauthorization);
    }
    assert_eq!(org.stats().token_requests, 1);
}

#[tokio::test]
async fn collections_write_read_and_delete_in_order() {
    let (org, client) = start(crate::org::org()).await;
    let many = client.collections();
    let cases: Vec<Value> = (0..450)
        .map(|number| json!({"Voice_Key__c": format!("k{number}"), "Subject": number.to_string()}))
        .collect();

    let saved = many.upsert("Case", "Voice_Key__c", &cases).await.unwrap();
    assert!(saved.iter().all(|saved| saved.as_ref().is_ok_and(|saved| saved.created)));
    let again = many.upsert("Case", "Voice_Key__c", &cases).await.unwrap();
    assert!(again.iter().all(|saved| saved.as_ref().is_ok_and(|saved| !saved.created)));
    let ids: Vec<_> = saved.iter().map(|saved| saved.as_ref().unwrap().id).collect();
    let read = many.get::<Value>("Case", &ids[..300], ["Subject"]).await.unwrap();
    assert_eq!(read[299].as_ref().unwrap()["Subject"], "299");

    let changes: Vec<_> = ids.iter().take(2).map(|id| (*id, json!({"Subject": "x".repeat(300)}))).collect();
    let refused = many.update("Case", &changes).await.unwrap();
    assert_eq!(refused[1].as_ref().unwrap_err().code(), Some(&ErrorCode::STRING_TOO_LONG));
    assert!(many.delete(&ids).await.unwrap().iter().all(Result::is_ok));
    assert_eq!(org.count("Case"), 0);
}

#[tokio::test]
async fn a_graph_that_fails_leaves_nothing_and_its_neighbour_whole() {
    let (org, client) = start(crate::org::org()).await;
    let graph = |key: &str, comment: &Value| {
        let mut graph = Composite::graph();
        let case = graph.upsert("case", "Case", "Voice_Key__c", key, &json!({"Subject": "x"})).unwrap();
        let body = Body::of(comment).unwrap().reference("ParentId", case.id()).unwrap();
        graph.create("comment", "CaseComment", body).unwrap();
        graph
    };
    let mut graphs = Graphs::new();
    let good = graphs.add(graph("good", &json!({"CommentBody": "y"}))).unwrap();
    let bad = graphs.add(graph("bad", &json!({"NoSuchField": "y"}))).unwrap();

    let answers = client.graphs(graphs).await.unwrap();
    assert!(answers.get(good).is_ok());
    assert_eq!(answers.get(bad).unwrap_err().code(), Some(&ErrorCode::INVALID_FIELD));
    assert_eq!((org.count("Case"), org.count("CaseComment")), (1, 1));
}

#[tokio::test]
async fn a_tree_is_created_whole_and_its_children_are_paged() {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Row {
        contacts: Children<Contact>,
    }
    let (org, client) = start(crate::org::org()).await;
    let mut account = TreeRecord::new("Account", "a", &json!({"Name": "Acme"})).unwrap();
    for number in 0..5 {
        let name = format!("c{number}");
        let contact = TreeRecord::new("Contact", &name, &json!({"LastName": name})).unwrap();
        account = account.child("Contacts", contact).unwrap();
    }
    assert_eq!(client.create_tree(&[account]).await.unwrap().len(), 6);

    let soql = Soql::new("SELECT Name, (SELECT LastName FROM Contacts) FROM Account");
    let mut page = client.query::<Row>(soql).await.unwrap();
    let contacts: Vec<Contact> = page.records.remove(0).contacts.stream(&client).try_collect().await.unwrap();
    assert_eq!((contacts.len(), org.count("Account")), (5, 1));
    let bad = TreeRecord::new("Account", "b", &json!({"Nome": "x"})).unwrap();
    assert_eq!(client.create_tree(&[bad]).await.unwrap_err().code(), Some(&ErrorCode::INVALID_FIELD));
}

#[tokio::test]
async fn a_batch_does_many_things_in_one_round_trip() {
    let (org, client) = start(crate::org::org()).await;
    client.ready().await.unwrap();
    let before = org.requests().len();
    let mut batch = Batch::new();
    let created = batch.upsert("Case", "Voice_Key__c", "k", &json!({"Subject": "@{x}"})).unwrap();
    let counted = batch.query::<Value>(Soql::new("SELECT COUNT() FROM Case")).unwrap();
    let refused = batch.create("Contact", &json!({})).unwrap();

    let answers = client.batch(batch).await.unwrap();
    assert!(answers.get(&created).unwrap().created);
    assert_eq!(answers.get(&counted).unwrap().total_size, 1);
    assert_eq!(answers.get(&refused).unwrap_err().code(), Some(&ErrorCode::REQUIRED_FIELD_MISSING));
    assert_eq!((org.requests().len() - before, &org.records("Case")[0]["Subject"]), (1, &json!("@{x}")));
}

#[tokio::test]
async fn a_phone_number_is_found_over_several_objects() {
    let (org, client) = start(crate::org::org()).await;
    org.insert("Account", json!({"Name": "Acme", "Phone": "(415) 555-0142"})).unwrap();
    org.insert("Contact", json!({"LastName": "O'Hara", "MobilePhone": "(415) 555-0142"})).unwrap();
    org.insert("Contact", json!({"LastName": "Else", "Phone": "(415) 555-0199"})).unwrap();
    let number = || SoslTerm::phrase("(415) 555-0142");

    let sosl = Sosl::new("FIND {:n} IN PHONE FIELDS RETURNING Contact(Id, LastName), Account(Id, Name)");
    let found = client.search(sosl.term("n", number())).await.unwrap();
    let (contacts, accounts): (Vec<Contact>, Vec<Account>) = (found.of().unwrap(), found.of().unwrap());
    assert_eq!((contacts.len(), accounts.len()), (1, 1));
    assert_eq!(contacts[0].last_name.as_deref(), Some("O'Hara"));
    let search = client.parameterized_search(number()).in_group(SearchGroup::Phone);
    let found = search.object("Contact", ["Id", "LastName"]).await.unwrap();
    assert_eq!(found.of::<Contact>().unwrap().len(), 1);
}

#[tokio::test]
async fn a_query_of_two_thousand_ids_arrives_though_no_address_holds_it() {
    let (org, client) = start(crate::org::org()).await;
    let id = org.insert("Case", json!({"Subject": "x"})).unwrap();
    let mut ids: Vec<String> = (0..2000).map(|number| format!("500{number:012}")).collect();
    ids.push(id);
    let soql = Soql::new("SELECT Id, Subject FROM Case WHERE Id IN :ids").bind("ids", &ids);
    assert_eq!(client.query::<Value>(soql).await.unwrap().records[0]["Subject"], "x");
}

#[tokio::test]
async fn aggregates_deleted_rows_and_changes_are_told() {
    let (org, client) = start(crate::org::org()).await;
    let start = Timestamp::now() - Duration::from_secs(120);
    for origin in ["Phone", "Phone", "Web"] {
        org.insert("Case", json!({"Origin": origin})).unwrap();
    }
    let soql = Soql::new("SELECT Origin, COUNT(Id) n FROM Case GROUP BY Origin ORDER BY Origin");
    let page = client.query::<Value>(soql).await.unwrap();
    assert_eq!((page.records.len(), page.records[0]["n"].as_u64()), (2, Some(2)));

    let gone = client
        .query::<salesforce_client::sobject::Case>(Soql::new("SELECT Id FROM Case LIMIT 1"))
        .await
        .unwrap();
    let gone = gone.records[0].id.unwrap();
    client.records("Case").delete(&gone).await.unwrap();
    let all =
        client.query_all::<Value>(Soql::new("SELECT Id FROM Case WHERE IsDeleted = true")).await.unwrap();
    assert_eq!(all.total_size, 1);
    let end = Timestamp::now() + Duration::from_secs(120);
    assert_eq!(client.records("Case").deleted(start, end).await.unwrap().deleted_records[0].id, gone);
    assert_eq!(client.records("Case").updated(start, end).await.unwrap().ids.len(), 2);
    assert_eq!(client.count(Soql::new("SELECT COUNT() FROM Case")).await.unwrap(), 2);
}

#[tokio::test]
async fn a_file_goes_up_is_linked_and_comes_back_as_it_was() {
    let (org, client) = start(crate::org::org()).await;
    let case = org.insert("Case", json!({"Subject": "x"})).unwrap().parse().unwrap();
    let other = org.insert("Case", json!({"Subject": "y"})).unwrap().parse().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
    let files = client.files();

    let version = files.upload("call.wav", bytes.clone()).title("Call").publish_at(&case).await.unwrap();
    let pieces: Vec<_> = files.download(&version).await.unwrap().try_collect().await.unwrap();
    assert!(pieces.concat() == bytes);
    let document = files.document_of(&version).await.unwrap();
    files.link(&document, &other).await.unwrap();
    let soql = Soql::new("SELECT COUNT() FROM ContentDocumentLink WHERE LinkedEntityId IN :ids")
        .bind("ids", [case, other]);
    assert_eq!(client.count(soql).await.unwrap(), 2);
}

#[tokio::test]
async fn a_bulk_job_writes_and_another_reads_what_it_wrote() {
    let (org, client) = start(crate::org::org()).await;
    let mut csv = CsvWriter::new(["Voice_Key__c", "Subject"]);
    for number in 0..1000 {
        csv.row([format!("k{number}"), format!("say \"{number}\", twice")]).unwrap();
    }
    csv.row(["too long".to_owned(), "x".repeat(300)]).unwrap();
    let poll = Poll { first: Duration::from_millis(5), ..Poll::default() };

    let job = client.bulk().upsert("Case", "Voice_Key__c", csv.take()).await.unwrap();
    let info = job.finished(poll, |_| {}).await.unwrap();
    assert_eq!((info.number_records_processed, info.number_records_failed), (1001, 1));
    assert_eq!(org.count("Case"), 1000);
    let failed: Vec<_> = job.failed().try_collect().await.unwrap();
    assert!(failed[0].get("sf__Error").unwrap().contains("STRING_TOO_LONG"));
    assert_eq!(job.succeeded().try_collect::<Vec<_>>().await.unwrap().len(), 1000);

    let query = client.bulk().query(Soql::new("SELECT Id, Subject FROM Case")).await.unwrap();
    query.finished(poll, |_| {}).await.unwrap();
    let rows: Vec<_> = query.rows().try_collect().await.unwrap();
    assert_eq!(rows.len(), 1000);
    assert!(rows.iter().any(|row| row.get("Subject") == Some("say \"999\", twice")));
    job.delete().await.unwrap();
    query.delete().await.unwrap();
}

#[tokio::test]
async fn an_org_describes_itself_and_its_limits() {
    let (_org, client) = start(crate::org::org()).await;
    let case = client.describe("Case").await.unwrap();
    let key = case.field("Voice_Key__c").unwrap();

    assert!(
        key.external_id && key.custom && case.field("CaseNumber").is_some_and(|number| !number.createable)
    );
    assert!(client.describe_global().await.unwrap().sobjects.iter().any(|object| object.name == "Case"));
    assert!(client.limits().await.unwrap()["DailyApiRequests"].max > 0);
    assert_eq!(client.describe("Nothing__c").await.unwrap_err().code(), Some(&ErrorCode::NOT_FOUND));
}

#[tokio::test]
async fn a_token_is_secret_in_every_form_of_the_flows() {
    let (private, _) = key();
    let org = crate::org::org().start().await.unwrap();
    let login = JwtBearer::new(app(&org), "u", &private.clone().into()).unwrap();
    let shown = format!("{login:?} {:?}", app(&org));
    let secret = private.lines().nth(1).unwrap();
    assert!(!shown.contains(&secret[..40]));
    canary::assert_absent("flow", &shown);
    let store = Arc::new(Kept::default());
    let refresh = RefreshToken::new(app(&org), canary::TOKEN.into(), store);
    canary::assert_absent("refresh", &format!("{refresh:?}"));
    let error = refresh.fetch().await.unwrap_err();
    canary::assert_absent("error", &format!("{error} {error:?}"));
    assert!(SecretString::from("x").expose_secret() == "x");
}
