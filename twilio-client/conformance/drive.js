// Uses the test suite's fake through the npm package, as if it were Twilio.
const assert = require("assert");
const twilio = require("twilio");
const RequestClient = require("twilio/lib/base/RequestClient");

class Local extends (RequestClient.default ?? RequestClient) {
  request(options) {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: process.env.TWILIO_FAKE + pathname + search });
  }
}

async function main() {
  const account = "AC00000000000000000000000000000001";
  const client = twilio(account, "token", { httpClient: new Local() });
  const call = { to: "+15005550006", from: "+15005550001", twiml: "<Response/>" };
  for (let n = 0; n < 5; n += 1) await client.calls.create(call);

  const listed = await client.calls.list({ to: call.to, pageSize: 2 });
  assert.strictEqual(listed.length, 5);
  assert.strictEqual(new Set(listed.map((it) => it.sid)).size, 5);

  const ended = await client.calls(listed[0].sid).update({ status: "completed" });
  assert.strictEqual(ended.status, "completed");
  const late = client.calls(listed[0].sid).update({ twiml: "<Response/>" });
  await assert.rejects(late, (error) => error.code === 21220 && error.status === 400);
  await assert.rejects(client.calls("CA" + "f".repeat(32)).fetch(), (error) => error.code === 20404);
  await assert.rejects(client.calls.create({ to: call.to, from: call.from }), (error) => error.code === 21205);

  const states = [{ name: "Trigger", type: "trigger", transitions: [{ event: "incomingCall" }], properties: {} }];
  const definition = { description: "d", states, initial_state: "Trigger", flags: {} };
  const flow = { friendlyName: "f", status: "published", definition };
  assert.strictEqual((await client.studio.v2.flowValidate.update(flow)).valid, true);
  const made = await client.studio.v2.flows.create(flow);
  assert.deepStrictEqual((await client.studio.v2.flows(made.sid).fetch()).definition, definition);
  assert.strictEqual((await client.studio.v2.flows(made.sid).update({ status: "draft" })).revision, 2);
  const lost = { ...flow, definition: { ...definition, initial_state: "gone" } };
  await assert.rejects(client.studio.v2.flows.create(lost), (error) => error.code === 20001);

  const task = client.taskrouter.v1
    .workspaces("WS00000000000000000000000000000001")
    .tasks("WT00000000000000000000000000000001");
  const changed = await task.update({ attributes: '{"a":1}', ifMatch: '"0"' });
  assert.strictEqual(changed.attributes, '{"a":1}');
  await assert.rejects(task.update({ attributes: "{}", ifMatch: '"0"' }), (error) => error.status === 412);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
