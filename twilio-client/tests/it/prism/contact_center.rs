//! What a contact centre asks: `TaskRouter` and Flex.

use std::time::Duration;

use serde_json::{Map, json};
use twilio_client::Client;
use twilio_client::resource::flex::{ChannelStatus, ParticipantState, ParticipantType};
use twilio_client::resource::taskrouter::reservation::ReservationStatus;
use twilio_client::resource::taskrouter::statistics::Scope;
use twilio_client::resource::taskrouter::task::TaskStatus;
use twilio_client::sid::TaskChannelSid;
use twilio_client::word::{ConferenceEvent, StatusCallbackEvent};

use super::{Tally, sid, url};

pub(super) async fn taskrouter(client: &Client, tally: &mut Tally) {
    let workspaces = client.workspaces();
    tally
        .call("create workspace", workspaces.create("desk").event_callback(&url("e")).multi_task(true))
        .await;
    tally.call("fetch workspace", workspaces.fetch(&sid("WS"))).await;
    tally.list("list workspaces", workspaces.list().name("desk").pages()).await;
    let workspace = client.workspace(&sid("WS"));
    let task = sid("WT");
    let attributes = Map::from_iter([("case".to_owned(), json!("7"))]);
    let create = workspace.create_task(&sid("WW"), &attributes).priority(5).channel("voice");
    tally.call("create task", create.timeout(Duration::from_secs(60))).await;
    tally.call("fetch task", workspace.task(&task)).await;
    let list = workspace.tasks().status(&[TaskStatus::Pending, TaskStatus::Reserved]).queue(&sid("WQ"));
    tally.list("list tasks", list.matching("case == \"7\"").ordering("DateCreated:desc").pages()).await;
    let update = workspace.update_task(&task).status(&TaskStatus::Completed).reason("done");
    tally.call("update task", update.attributes(&json!({"case": "7"}))).await;
    tally.call("merge task", workspace.merge_task(&task, &attributes)).await;
    tally.call("delete task", workspace.delete_task(&task)).await;
    tally.call("create worker", workspace.create_worker("alice").attributes(&json!({"a": 1}))).await;
    tally.call("fetch worker", workspace.worker(&sid("WK"))).await;
    tally.list("list workers", workspace.workers().available("true").matching("a == 1").pages()).await;
    let worker = workspace.update_worker(&sid("WK")).activity(&sid("WA")).reject_pending_reservations(true);
    tally.call("update worker", worker).await;
    tally.list("list activities", workspace.activities().available("true").pages()).await;
    tally.call("create activity", workspace.create_activity("busy").available(false)).await;
    tally
        .call("create queue", workspace.create_queue("support").task_order("FIFO").max_reserved_workers(1))
        .await;
    tally.call("fetch queue", workspace.queue(&sid("WQ"))).await;
    tally.list("list queues", workspace.queues().worker(&sid("WK")).pages()).await;
    let routing = json!({"task_routing": {}});
    tally
        .call("create workflow", workspace.create_workflow("w", &routing).assignment_callback(&url("a")))
        .await;
    tally.call("fetch workflow", workspace.workflow(&sid("WW"))).await;
    tally.list("list workflows", workspace.workflows().name("w").pages()).await;
    tally.call("update workflow", workspace.update_workflow(&sid("WW")).configuration(&routing)).await;
    tally.call("fetch event", workspace.event(&sid("EV"))).await;
    tally.list("list events", workspace.events().minutes(5).kind("task.created").task(&task).pages()).await;
    tally.call("fetch reservation", workspace.reservation(&task, &sid("WR"))).await;
    tally
        .list("list reservations", workspace.reservations(&task).status(&ReservationStatus::Pending).pages())
        .await;
    let accept = workspace.update_reservation(&task, &sid("WR")).instruction("conference");
    let accept = accept.status_callback_events(&[StatusCallbackEvent::Answered]).to(&"client:alice".into());
    let accept = accept.conference_callback_events(&[ConferenceEvent::Join]).end_conference_on_exit(true);
    tally.call("update reservation", accept.status(&ReservationStatus::Accepted)).await;
}

/// What an administrator of a contact centre does with `TaskRouter`.
pub(super) async fn administration(client: &Client, tally: &mut Tally) {
    let (workspaces, workspace) = (client.workspaces(), client.workspace(&sid("WS")));
    let update = workspaces.update(&sid("WS")).name("desk").event_callback(&url("e")).multi_task(true);
    tally.call("update workspace", update.timeout_activity(&sid("WA")).prioritize_queue_order("FIFO")).await;
    tally.call("delete workspace", workspaces.delete(&sid("WS"))).await;
    tally.call("delete worker", workspace.delete_worker(&sid("WK"))).await;
    tally.call("fetch activity", workspace.activity(&sid("WA"))).await;
    tally.call("rename activity", workspace.rename_activity(&sid("WA"), "away")).await;
    tally.call("delete activity", workspace.delete_activity(&sid("WA"))).await;
    let queue = workspace.update_queue(&sid("WQ")).target_workers("a == 1").task_order("LIFO");
    tally.call("update queue", queue.max_reserved_workers(2)).await;
    tally.call("delete queue", workspace.delete_queue(&sid("WQ"))).await;
    tally.call("delete workflow", workspace.delete_workflow(&sid("WW"))).await;
    let channel = workspace.create_channel("Calls", "voice").channel_optimized_routing(true);
    tally.call("create task channel", channel).await;
    tally.call("fetch task channel", workspace.channel(sid::<TaskChannelSid>("TC"))).await;
    tally.list("list task channels", workspace.channels().pages()).await;
    tally.call("update task channel", workspace.update_channel(sid::<TaskChannelSid>("TC")).name("c")).await;
    tally.call("delete task channel", workspace.delete_channel(sid::<TaskChannelSid>("TC"))).await;
    let worker = sid("WK");
    tally.list("list worker channels", workspace.worker_channels(&worker).pages()).await;
    tally.call("fetch worker channel", workspace.worker_channel(&worker, sid::<TaskChannelSid>("TC"))).await;
    let share = workspace.update_worker_channel(&worker, sid::<TaskChannelSid>("TC"));
    tally.call("update worker channel", share.capacity(2).available(true)).await;
    let offers = workspace.worker_reservations(&worker).status(&ReservationStatus::Pending);
    tally.list("list worker reservations", offers.pages()).await;
    tally.call("fetch worker reservation", workspace.worker_reservation(&worker, &sid("WR"))).await;
    let accept = workspace.update_worker_reservation(&worker, &sid("WR")).instruction("dequeue");
    tally.call("update worker reservation", accept.dequeue_to(&"client:alice".into())).await;
    let (queue, workflow) = (sid("WQ"), sid("WW"));
    for scope in [Scope::Workspace, Scope::Queue(&queue), Scope::Workflow(&workflow), Scope::Workers] {
        tally.call("real time statistics", workspace.real_time(scope).channel("voice")).await;
        tally.call("cumulative statistics", workspace.cumulative(scope).minutes(15).channel("voice")).await;
    }
    tally.call("worker statistics", workspace.worker_statistics(&worker).minutes(15)).await;
}

pub(super) async fn flex(client: &Client, tally: &mut Tally) {
    let (interactions, interaction, channel) = (client.interactions(), sid("KD"), sid("UO"));
    let routing = json!({"properties": {"workspace_sid": "WS1"}});
    let create = interactions.create(&json!({"type": "voice", "initiated_by": "api"})).routing(&routing);
    tally.call("create interaction", create).await;
    tally.call("fetch interaction", interactions.fetch(&interaction)).await;
    tally.list("list channels", interactions.channels(&interaction).pages()).await;
    tally.call("fetch channel", interactions.channel(&interaction, &channel)).await;
    let close = interactions.update_channel(&interaction, &channel, &ChannelStatus::Closed).routing(&routing);
    tally.call("close channel", close).await;
    tally.call("invite", interactions.invite(&interaction, &channel, &routing)).await;
    tally.list("list invites", interactions.invites(&interaction, &channel).pages()).await;
    tally.list("list channel participants", interactions.participants(&interaction, &channel).pages()).await;
    tally.call("update interaction", interactions.update(&interaction).webhook_ttid("UT1")).await;
    let media = json!({"type": "voice"});
    let add = interactions.add_participant(&interaction, &channel, &ParticipantType::Agent, &media);
    tally.call("add channel participant", add.routing(&routing)).await;
    let gone = ParticipantState::Closed;
    let who = sid("UT");
    let remove = interactions.update_participant(&interaction, &channel, &who, &gone);
    tally.call("remove channel participant", remove).await;
    let transfer = json!({"type": "warm", "from": format!("UT{}", "1".repeat(32))});
    tally.call("transfer", interactions.transfer(&interaction, &channel, &transfer)).await;
    tally.call("fetch transfer", interactions.fetch_transfer(&interaction, &channel, &sid("UX"))).await;
    let done = json!({"status": "completed"});
    let transfer = sid("UX");
    let update = interactions.update_transfer(&interaction, &channel, &transfer, &done);
    tally.call("update transfer", update).await;
}
