//! What a function of one's own does with the org's own objects: it reads within patience, budget and memory, and writes
//! what is made once, whatever happens, and may point to what the same call has made.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use salesforce_client::Soql;
use salesforce_emulator::{AfterStall, CustomObject, Fault, Field, OrgBuilder, Scope};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use voice_crm_core::{
    crm::{
        Attempt, Change, ChangeKind, Crm as _, CrmErrorKind, JobKey, OwnRecord, ReadOptions, Receipt,
        RecordHandle, RecordRef, RecordTarget, Remark, Urgency, Write, Written, apply_all,
    },
    deadline::Deadline,
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    journal::MemoryJournal,
    phrase,
};
use voice_crm_salesforce::{Budget, OrgOfCall as _, SalesforceCrm};

use crate::stage::{Stage, builder, client, org, policy, tool_calls};

/// Holds an order, and notes a visit for it that points to the case which was opened on the call.
struct HoldOrder;

#[derive(Deserialize, JsonSchema)]
struct HoldArgs {
    /// The number of the order.
    number: String,
}

#[derive(Deserialize)]
struct Order {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "Status__c")]
    status: String,
}

fn order(number: String) -> Soql {
    Soql::new("SELECT Id, Status__c FROM Order__c WHERE Number__c = :number LIMIT 1").bind("number", number)
}

impl Function for HoldOrder {
    const NAME: &'static str = "hold_order";
    type Args = HoldArgs;

    fn spec(&self) -> Spec {
        Spec::write("Holds an order.").needs(ChangeKind::UpdateRecord).needs(ChangeKind::CreateRecord)
    }

    async fn call(&self, cx: &CallContext, args: HoldArgs) -> Result<Answer, FunctionError> {
        let found = cx.salesforce()?.query_first::<Order>(order(args.number)).await?;
        let Some(order) = found else { return Ok(Answer::say("There is no such order.")) };
        let id = RecordRef::new(order.id);
        cx.write(OwnRecord::update("Order__c", &id).set("Status__c", "On hold")).await?;
        let visit = OwnRecord::create("Visit__c")
            .refer("Order__c", &id)
            .refer("Case__c", RecordHandle::LastOnCall("Case".to_owned()));
        match cx.write(visit).await? {
            Written::Saved(_) => Ok(Answer::say(format!("It was {} and is on hold.", order.status))),
            Written::BeingSaved(_) => Ok(Answer::say("It is being put on hold.")),
            _ => Err(FunctionError::new(FunctionErrorKind::Refused, phrase::REFUSED)),
        }
    }
}

/// Tells the status of an order.
struct OrderStatus;

impl Function for OrderStatus {
    const NAME: &'static str = "order_status";
    type Args = HoldArgs;

    fn spec(&self) -> Spec {
        Spec::read("Tells the status of an order.")
    }

    async fn call(&self, cx: &CallContext, args: HoldArgs) -> Result<Answer, FunctionError> {
        let found = cx.salesforce()?.query_first::<Order>(order(args.number)).await?;
        Ok(Answer::say(found.map_or("none".to_owned(), |order| order.status)))
    }
}

fn shop() -> OrgBuilder {
    org()
        .object(
            CustomObject::new("Order__c")
                .field(Field::external_id("Number__c"))
                .field(Field::text("Status__c", 40))
                .field(Field::external_id("Voice_Key__c")),
        )
        .object(
            CustomObject::new("Visit__c")
                .field(Field::lookup("Order__c", "Order__c"))
                .field(Field::lookup("Case__c", "Case"))
                .field(Field::external_id("Voice_Key__c")),
        )
}

async fn stage() -> Stage {
    let stage = Stage::with(shop(), |builder| builder.function(HoldOrder).function(OrderStatus)).await;
    for number in 0..12 {
        let order = json!({ "Number__c": format!("O-{number}"), "Status__c": format!("Open {number}") });
        stage.org.insert("Order__c", order).unwrap();
    }
    stage.org.reset_stats();
    stage
}

fn status(stage: &Stage, number: &str) -> String {
    let orders = stage.org.records("Order__c");
    let order = orders.iter().find(|order| order["Number__c"] == number).unwrap();
    order["Status__c"].as_str().unwrap_or_default().to_owned()
}

fn number(number: u32) -> serde_json::Value {
    json!({ "number": format!("O-{number}") })
}

#[tokio::test]
async fn the_same_question_is_asked_once_and_again_after_a_write() {
    let stage = stage().await;
    let asks: Vec<_> = (0..12).map(|_| ("", "order_status", number(1))).collect();
    let asks: Vec<_> = asks.iter().map(|(_, name, args)| (*name, args.clone())).collect();
    let same = asks.iter().enumerate().map(|(call, (name, args))| {
        let (stage, call) = (&stage, format!("c{call}"));
        async move { stage.tool(&call, "1", name, args.clone()).await }
    });

    let said = join_all(same).await;

    assert_eq!(said, ["Open 1"; 12]);
    assert_eq!(stage.org.stats().api_calls, 1);
    stage.tool("w", "1", "create_case", json!({ "description": "It smokes." })).await;
    stage.tool("w", "2", "hold_order", number(1)).await;
    let said = stage.tool("r", "1", "order_status", number(1)).await;
    assert_eq!(said, "On hold", "what was remembered from before the write is not told");
}

#[tokio::test]
async fn twelve_questions_cost_what_the_budget_allows_and_all_are_answered() {
    let org = shop().start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url())).budget(Budget::new(6, Duration::from_secs(600)));
    let bridge = builder(org.url(), MemoryJournal::new())
        .crm(crm)
        .function(OrderStatus)
        .read_timeout(Duration::from_secs(7))
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    for number in 0..12 {
        let order = json!({ "Number__c": format!("O-{number}"), "Status__c": format!("Open {number}") });
        stage.org.insert("Order__c", order).unwrap();
    }
    stage.org.reset_stats();
    let asks = (0..12).map(|call| {
        let stage = &stage;
        async move { stage.tool(&format!("c{call}"), "1", "order_status", number(call)).await }
    });

    let said = join_all(asks).await;

    let expected: Vec<_> = (0..12).map(|number| format!("Open {number}")).collect();
    assert_eq!(said, expected);
    let calls = stage.org.stats().api_calls;
    assert!(calls <= 6, "{calls} API calls for a budget of six");
}

#[tokio::test]
async fn a_question_that_the_org_does_not_answer_is_over_with_the_patience_for_look_ups() {
    let stage =
        Stage::with(shop(), |builder| builder.function(OrderStatus).read_timeout(Duration::from_millis(300)))
            .await;
    let stall = Fault::Stall { lasting: Duration::from_secs(20), then: AfterStall::Nothing };
    stage.org.faults().next(10, stall);

    let begun = std::time::Instant::now();
    let said = stage.tool("c", "1", "order_status", number(1)).await;

    assert!(said.contains("try again"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(5), "not with the deadline of eight seconds");
    stage.org.faults().clear();
}

#[tokio::test]
async fn somebody_elses_short_deadline_ends_nobody_elses_question() {
    let stage = stage().await;
    let crm = SalesforceCrm::new(client(stage.org.url()));
    let stall = Fault::Stall { lasting: Duration::from_millis(400), then: AfterStall::Nothing };
    stage.org.faults().next(1, stall);
    let ask = |millis| {
        let options = ReadOptions::by(Deadline::after(Duration::from_millis(millis)));
        crm.query::<Order>(order("O-1".to_owned()), options)
    };

    let (short, long) = tokio::join!(ask(200), ask(8_000));

    assert_eq!(short.err().map(|error| error.kind()), Some(CrmErrorKind::Late));
    assert_eq!(long.unwrap()[0].status, "Open 1");
}

#[tokio::test]
async fn a_row_that_does_not_fit_and_a_result_too_long_are_told_to_the_operator_without_a_value() {
    #[derive(Deserialize)]
    struct Wrong {
        #[serde(rename = "Status__c")]
        _status: u32,
    }
    #[derive(Debug, Deserialize)]
    struct Missing {
        #[serde(rename = "Nothing__c")]
        _nothing: String,
    }
    let stage = stage().await;
    let crm = SalesforceCrm::new(client(stage.org.url()));
    let options = ReadOptions::by(Deadline::after(Duration::from_secs(5)));
    let wrong = crm.query::<Wrong>(order("O-1".to_owned()), options).await.err().unwrap();
    let missing = crm.query::<Missing>(order("O-1".to_owned()), options).await.unwrap_err();
    assert_eq!((wrong.kind(), wrong.code()), (CrmErrorKind::Refused, Some("ROW_DOES_NOT_FIT")));
    assert!(wrong.to_string().contains("Status__c") && !wrong.to_string().contains("Open"), "{wrong}");
    assert!(missing.to_string().contains("Nothing__c"), "{missing}");
    for number in 12..2_100 {
        stage.org.insert("Order__c", json!({ "Number__c": format!("O-{number}") })).unwrap();
    }
    let all = crm.query::<serde_json::Value>(Soql::new("SELECT Id FROM Order__c"), options).await;
    assert_eq!(all.unwrap_err().code(), Some("TOO_MANY_ROWS"));
}

#[tokio::test]
async fn a_record_points_to_a_case_that_the_same_call_is_still_having_saved() {
    let stage = stage().await;
    let locked = stage.org.hold_fault(Scope::Object("Case".to_owned()), Fault::RowLock).unwrap();
    let case = stage.tool("c", "1", "create_case", json!({ "description": "It smokes." })).await;
    assert!(case.contains("is being saved"), "{case}");

    let held = stage.tool("c", "2", "hold_order", number(3)).await;

    assert_eq!(held, "It is being put on hold.");
    stage.org.faults().release(locked);
    stage.drained().await;
    let case = stage.only("Case")["Id"].clone();
    let visit = stage.only("Visit__c");
    assert_eq!(visit["Case__c"], case);
    assert_eq!(status(&stage, "O-3"), "On hold");
}

#[tokio::test]
async fn a_record_that_points_to_what_was_never_made_is_refused_and_says_so() {
    let stage = stage().await;
    let said = stage.tool("c", "2", "hold_order", number(3)).await;
    assert!(!said.contains("on hold"), "{said}");
    let dead = stage.bridge.journal().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason.code, "REFERENCE_NOT_MADE");
}

#[tokio::test]
async fn delivered_again_each_write_of_a_function_is_made_once() {
    let stage = stage().await;
    stage.tool("c", "1", "create_case", json!({ "description": "It smokes." })).await;
    let first = stage.tool("c", "2", "hold_order", number(4)).await;
    assert_eq!(first, "It was Open 4 and is on hold.");
    let message = tool_calls("c", &[("2", "hold_order", number(4))]);
    for _ in 0..3 {
        assert_eq!(stage.message(message.clone()).await.0, 200);
    }
    stage.drained().await;
    stage.only("Visit__c");
}

fn attempt(number: u8, record: OwnRecord, may_have_applied: bool) -> Attempt {
    let write = Write { key: JobKey::from_bytes([number; 16]), change: Change::from(record) };
    Attempt { may_have_applied, ..Attempt::first(write) }
}

struct Bare {
    org: salesforce_emulator::Org,
    crm: SalesforceCrm,
}

impl Bare {
    async fn new() -> Self {
        let org = shop().start().await.unwrap();
        let crm = SalesforceCrm::new(client(org.url()));
        Self { org, crm }
    }

    async fn apply(&self, attempt: Attempt) -> Result<Receipt, voice_crm_core::crm::CrmError> {
        let deadline = Deadline::after(Duration::from_secs(5));
        apply_all(&self.crm, vec![attempt], Urgency::Live, deadline).await.remove(0)
    }

    fn order(&self, number: &str, status: &str) -> String {
        self.org.insert("Order__c", json!({ "Number__c": number, "Status__c": status })).unwrap()
    }

    fn status(&self) -> serde_json::Value {
        self.org.records("Order__c")[0]["Status__c"].clone()
    }
}

#[tokio::test]
async fn a_record_is_changed_by_its_unique_field_in_one_api_call() {
    let bare = Bare::new().await;
    bare.order("O-1", "Open");
    let unique = || RecordTarget::unique("Number__c", "O-1");
    let held = OwnRecord::update("Order__c", unique()).set("Status__c", "On hold");
    let before = bare.org.stats().api_calls;
    let receipt = bare.apply(attempt(1, held, false)).await.unwrap();
    assert_eq!(bare.org.stats().api_calls - before, 1);
    assert_eq!(bare.status(), "On hold");
    assert!(receipt.record.is_some() && receipt.changed_at.is_some());

    let nobody =
        OwnRecord::update("Order__c", RecordTarget::unique("Number__c", "O-9")).set("Status__c", "x");
    let error = bare.apply(attempt(2, nobody, false)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (CrmErrorKind::Refused, Some("NOT_FOUND")));
    assert_eq!(bare.org.count("Order__c"), 1, "nothing is made by a change");
}

#[tokio::test]
async fn an_upsert_makes_a_record_and_then_changes_it() {
    let bare = Bare::new().await;
    let with = |status| OwnRecord::upsert("Order__c", "Number__c", "O-1").set("Status__c", status);
    let made = bare.apply(attempt(1, with("Open"), false)).await.unwrap();
    let changed = bare.apply(attempt(2, with("On hold"), false)).await.unwrap();
    assert!(made.record.is_some() && made.record == changed.record);
    assert_eq!((bare.org.count("Order__c"), bare.status()), (1, json!("On hold")));
}

#[tokio::test]
async fn words_that_an_org_would_take_for_a_reference_are_stored_as_they_were_said() {
    let bare = Bare::new().await;
    let said = "say @{this.id}";
    let record = OwnRecord::upsert("Order__c", "Number__c", "O-1").set("Status__c", said);
    bare.apply(attempt(1, record, false)).await.unwrap();
    assert_eq!(bare.status(), said);
    let record =
        OwnRecord::update("Order__c", RecordTarget::unique("Number__c", "O-1")).set("Status__c", "@{");
    bare.apply(attempt(2, record, false)).await.unwrap();
    assert_eq!(bare.status(), "@{");
}

#[tokio::test]
async fn a_late_change_leaves_what_a_person_has_changed_and_tells_a_person() {
    let bare = Bare::new().await;
    let id = bare.order("O-1", "Changed by a person");
    let earlier = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5);
    let of = |record: OwnRecord| record.asked_at(earlier);
    for (number, record) in [
        (1, OwnRecord::update("Order__c", RecordRef::new(&id)).set("Status__c", "On hold")),
        (
            2,
            OwnRecord::update("Order__c", RecordTarget::unique("Number__c", "O-1"))
                .set("Status__c", "On hold"),
        ),
        (3, OwnRecord::upsert("Order__c", "Number__c", "O-1").set("Status__c", "On hold")),
        (4, OwnRecord::delete("Order__c", RecordRef::new(&id))),
    ] {
        let receipt = bare.apply(attempt(number, of(record), true)).await.unwrap();
        assert_eq!(receipt.remark, Some(Remark::ChangedMeanwhile), "{number}");
        assert_eq!(bare.status(), "Changed by a person", "{number}");
        assert_eq!(bare.org.count("Task"), usize::from(number));
    }
    let same = OwnRecord::update("Order__c", RecordRef::new(&id)).set("Status__c", "Changed by a person");
    let receipt = bare.apply(attempt(5, of(same), true)).await.unwrap();
    assert_eq!(receipt.remark, None, "it is so already");
}

#[tokio::test]
async fn a_deleted_record_is_gone_once_and_a_repeat_is_no_failure() {
    let bare = Bare::new().await;
    let id = bare.order("O-1", "Open");
    let gone = || OwnRecord::delete("Order__c", RecordRef::new(&id));
    bare.apply(attempt(1, gone(), false)).await.unwrap();
    assert_eq!(bare.org.count("Order__c"), 0);
    bare.apply(attempt(1, gone(), true)).await.unwrap();
    bare.apply(attempt(2, gone(), false)).await.unwrap();
    let unique = OwnRecord::delete("Order__c", RecordTarget::unique("Number__c", "O-1"));
    bare.apply(attempt(3, unique, false)).await.unwrap();
}

#[tokio::test]
async fn only_a_destructive_function_deletes() {
    let stage = Stage::with(shop(), |builder| {
        builder.closure("drop_order", Spec::write("Drops an order."), |cx, args: HoldArgs| async move {
            let order = OwnRecord::delete("Order__c", RecordTarget::unique("Number__c", args.number));
            cx.write(order).await.map(|_| Answer::say("dropped"))
        })
    })
    .await;
    stage.org.insert("Order__c", json!({ "Number__c": "O-1" })).unwrap();
    let said = stage.tool("c", "1", "drop_order", number(1)).await;
    assert!(said.contains("went wrong"), "{said}");
    assert_eq!(stage.org.count("Order__c"), 1);
}

#[tokio::test]
async fn many_own_changes_in_the_background_share_requests() {
    let bare = Bare::new().await;
    for number in 0..40 {
        bare.order(&format!("O-{number}"), "Open");
    }
    let attempts = (0..40).map(|number| {
        let target = RecordTarget::unique("Number__c", format!("O-{number}"));
        attempt(number, OwnRecord::update("Order__c", target).set("Status__c", "On hold"), false)
    });
    let before = bare.org.stats().api_calls;
    let deadline = Deadline::after(Duration::from_secs(10));
    let results = apply_all(&bare.crm, attempts.collect(), Urgency::Background, deadline).await;
    assert!(results.iter().all(Result::is_ok));
    let calls = bare.org.stats().api_calls - before;
    assert!(calls <= 5, "{calls} API calls for forty changes");
    assert!(bare.org.records("Order__c").iter().all(|order| order["Status__c"] == "On hold"));
}

#[tokio::test]
async fn a_crm_is_known_by_its_type_behind_any_pointer() {
    let org = shop().start().await.unwrap();
    let shared: Arc<dyn voice_crm_core::crm::Crm> =
        Arc::new(SalesforceCrm::new(client(org.url())).budget(Budget::unlimited()));
    assert!(shared.takes(ChangeKind::DeleteRecord));
    let bridge = builder(org.url(), MemoryJournal::new())
        .crm(shared)
        .delivery(policy())
        .function(OrderStatus)
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    assert_eq!(stage.tool("c", "1", "order_status", number(1)).await, "none");
}
