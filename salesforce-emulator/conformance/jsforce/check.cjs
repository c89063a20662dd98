// Drives the emulator with jsforce, unmodified. One line per check.
'use strict';
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const jsforce = require('jsforce');
const { StreamingExtension } = require('jsforce/api/streaming');

const loginUrl = process.env.ORG_URL;
const clientId = 'client';
const clientSecret = process.env.CLIENT_SECRET;
const username = 'ada@example.com';
const password = process.env.USER_PASSWORD;
const version = '64.0';
let failed = 0;

async function check(name, work) {
  try {
    await work();
    console.log(`ok jsforce: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED jsforce: ${name}: ${error.stack}`);
  }
}

const base64url = (data) => Buffer.from(data).toString('base64url');

function assertion(claims) {
  const signed = `${base64url('{"alg":"RS256"}')}.${base64url(JSON.stringify(claims))}`;
  const key = fs.readFileSync(process.env.PRIVATE_KEY);
  return `${signed}.${crypto.sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

// What a person does in a browser: sign in on the page and follow the redirect.
async function allow(url) {
  const page = await (await fetch(url)).text();
  const form = new URLSearchParams();
  for (const [, name, value] of page.matchAll(/type=hidden name=(\w+) value="([^"]*)"/g)) {
    form.append(name, value.replaceAll('&amp;', '&'));
  }
  form.append('username', username);
  form.append('password', password);
  form.append('answer', 'allow');
  const answer = await fetch(`${loginUrl}/services/oauth2/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  return new URL(answer.headers.get('location')).searchParams;
}

async function logins() {
  await check('login by client credentials', async () => {
    const connection = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, version });
    const user = await connection.authorize({ grant_type: 'client_credentials' });
    assert.match(user.id, /^005/);
  });
  await check('login by password', async () => {
    const connection = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, version });
    const user = await connection.login(username, password);
    assert.match(user.organizationId, /^00D/);
  });
  await check('login by SOAP, and logout', async () => {
    const connection = new jsforce.Connection({ loginUrl, version });
    await connection.login(username, password);
    await connection.query('SELECT Id FROM Account');
    await connection.logout();
  });
  await check('a wrong password is refused by SOAP', async () => {
    const connection = new jsforce.Connection({ loginUrl, version });
    await assert.rejects(connection.login(username, 'wrong'), /INVALID_LOGIN/);
  });
  await check('login by JWT bearer with a registered key', async () => {
    const connection = new jsforce.Connection({ instanceUrl: loginUrl, oauth2: { loginUrl }, version });
    const exp = Math.floor(Date.now() / 1000) + 120;
    const claims = { iss: clientId, sub: username, aud: 'https://login.salesforce.com', exp };
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    await connection.authorize({ grant_type, assertion: assertion(claims) });
    const forged = assertion(claims).replace(/.{20}$/, 'A'.repeat(20));
    await assert.rejects(connection.authorize({ grant_type, assertion: forged }), /invalid assertion/);
  });
  await check('login by authorization code with PKCE, refresh and rotation', async () => {
    const redirectUri = 'http://127.0.0.1/callback';
    const oauth2 = new jsforce.OAuth2({ loginUrl, clientId, redirectUri, useVerifier: true });
    const answer = await allow(oauth2.getAuthorizationUrl({ state: 's1', code_challenge_method: 'S256' }));
    assert.equal(answer.get('state'), 's1');
    const connection = new jsforce.Connection({ oauth2, version });
    await connection.authorize(answer.get('code'));
    const first = connection.refreshToken;
    connection.accessToken = 'expired';
    assert.equal((await connection.query('SELECT Id FROM Account')).done, true);
    // The org rotates its refresh tokens, and the one used above is used a second time.
    await assert.rejects(oauth2.refreshToken(first), /expired access\/refresh token/);
  });
}

async function records(connection) {
  let id;
  await check('create, retrieve, update with null, delete', async () => {
    ({ id } = await connection.sobject('Account').create({ Name: 'Beta', Phone: '555', Site: 'x' }));
    await connection.sobject('Account').update({ Id: id, Phone: null });
    const account = await connection.sobject('Account').retrieve(id);
    assert.equal(account.Name, 'Beta');
    assert.equal(account.Phone, null);
    assert.equal((await connection.sobject('Account').destroy(id)).success, true);
  });
  await check('upsert creates, then updates', async () => {
    // jsforce leaves the slash of a key as it is, and an org takes it for a step of the path.
    const raw = connection.sobject('Account').upsert({ Name: 'Up', Ext__c: 'a/b c' }, 'Ext__c');
    await assert.rejects(raw, /The requested resource does not exist/);
    const key = 'a-b c';
    const first = await connection.sobject('Account').upsert({ Name: 'Up', Ext__c: key }, 'Ext__c');
    assert.equal(first.created, true);
    const second = await connection.sobject('Account').upsert({ Name: 'Up 2', Ext__c: key }, 'Ext__c');
    assert.equal(second.created, false);
    assert.equal(second.id, first.id);
  });
  await check('collections create, retrieve, update, upsert, delete', async () => {
    const created = await connection.sobject('Account').create([{ Name: 'One' }, { Name: 'Forbidden' }, { Name: 'Two' }]);
    assert.deepEqual(created.map((result) => result.success), [true, false, true]);
    assert.equal(created[1].errors[0].statusCode, 'FIELD_CUSTOM_VALIDATION_EXCEPTION');
    const ids = [created[0].id, created[2].id];
    const updated = await connection.sobject('Account').update(ids.map((Id) => ({ Id, Site: 'here' })));
    assert.ok(updated.every((result) => result.success));
    const read = await connection.sobject('Account').retrieve(ids);
    assert.deepEqual(read.map((account) => account.Site), ['here', 'here']);
    const upserted = await connection.sobject('Account').upsert([{ Name: 'C1', Ext__c: 'c1' }, { Name: 'C2', Ext__c: 'c2' }], 'Ext__c');
    assert.ok(upserted.every((result) => result.created));
    const gone = await connection.sobject('Account').destroy([...ids, ...upserted.map((result) => result.id)]);
    assert.ok(gone.every((result) => result.success));
  });
  await check('all or none undoes everything', async () => {
    const before = (await connection.query('SELECT COUNT() FROM Account')).totalSize;
    const results = await connection.sobject('Account').create([{ Name: 'Fine' }, { Name: 'Forbidden' }], { allOrNone: true });
    assert.equal(results[0].errors[0].statusCode, 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
    assert.equal((await connection.query('SELECT COUNT() FROM Account')).totalSize, before);
  });
  await check('errors carry the code of the org', async () => {
    await assert.rejects(connection.sobject('Account').create({}), { errorCode: 'REQUIRED_FIELD_MISSING' });
    await assert.rejects(connection.sobject('Account').create({ Nope: 1, Name: 'x' }), { errorCode: 'INVALID_FIELD' });
    const twin = { LastName: 'Twin', Email: 'lovelace@example.com' };
    await assert.rejects(connection.sobject('Contact').create(twin), { errorCode: 'DUPLICATES_DETECTED' });
    const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
    const { id: allowed } = await connection.sobject('Contact').create(twin, { headers });
    await connection.sobject('Contact').destroy(allowed);
  });
  await check('updated and deleted', async () => {
    const [from, to] = [new Date(Date.now() - 3600_000), new Date(Date.now() + 3600_000)];
    assert.ok((await connection.sobject('Account').updated(from, to)).ids.length > 0);
    assert.ok((await connection.sobject('Account').deleted(from, to)).deletedRecords.some((gone) => gone.id === id));
  });
}

async function queries(connection) {
  await check('query with paging', async () => {
    for (let chunk = 0; chunk < 3; chunk += 1) {
      const rows = Array.from({ length: 200 }, (_, at) => ({ Name: `Page ${chunk}-${at}` }));
      await connection.sobject('Invoice__c').create(rows, { allowRecursive: true });
    }
    const query = connection.query('SELECT Id, Name FROM Invoice__c', { headers: { 'Sforce-Query-Options': 'batchSize=200' } });
    const first = await query;
    assert.equal(first.records.length, 200);
    const second = await connection.queryMore(first.nextRecordsUrl);
    assert.equal(second.records.length, 200);
    const all = await connection.query('SELECT Id FROM Invoice__c').execute({ autoFetch: true, maxFetch: 5000 });
    assert.equal(all.length ?? all.records.length, 600);
  });
  await check('parent and child fields, date literals, groups', async () => {
    const soql = `SELECT Name, (SELECT Name, Account.Name FROM Contacts) FROM Account WHERE CreatedDate = TODAY AND Name = 'Acme'`;
    const [acme] = (await connection.query(soql)).records;
    assert.equal(acme.Contacts.records[0].Account.Name, 'Acme');
    const groups = await connection.query('SELECT Account.Name name, COUNT(Id) n FROM Contact GROUP BY Account.Name');
    assert.deepEqual([groups.records[0].name, groups.records[0].n], ['Acme', 1]);
  });
  await check('find and count with the query builder', async () => {
    const found = await connection.sobject('Contact').find({ LastName: { $like: 'Love%' } }, ['Id', 'Name']).limit(5);
    assert.equal(found[0].Name, 'Ada Lovelace');
    assert.equal(await connection.sobject('Contact').count({ LastName: 'Lovelace' }), 1);
  });
  await check('queryAll sees the recycle bin', async () => {
    const soql = `SELECT Id FROM Account WHERE IsDeleted = true`;
    assert.equal((await connection.query(soql)).totalSize, 0);
    assert.ok((await connection.query(soql, { scanAll: true })).totalSize > 0);
  });
  await check('search by phone', async () => {
    const sosl = 'FIND {"555 0142"} IN PHONE FIELDS RETURNING Contact(Id, Name), Account(Id)';
    const { searchRecords } = await connection.search(sosl);
    assert.deepEqual(searchRecords.map((record) => record.Name), ['Ada Lovelace']);
  });
  await check('parameterized search', async () => {
    const body = { q: 'lovelace', in: 'NAME', sobjects: [{ name: 'Contact', fields: ['Id', 'Name'] }] };
    const { searchRecords } = await connection.requestPost('/parameterizedSearch', body);
    assert.equal(searchRecords[0].Name, 'Ada Lovelace');
  });
}

async function users(connection) {
  await check('a user sees and does what that user may', async () => {
    const grace = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, version });
    await grace.login('grace@example.com', password);
    await assert.rejects(grace.query('SELECT Description FROM Case'), { errorCode: 'INVALID_FIELD' });
    await assert.rejects(grace.query('SELECT Id FROM VoiceCall'), { errorCode: 'INVALID_TYPE' });
    const lead = { LastName: 'L', Company: 'C' };
    await assert.rejects(grace.sobject('Lead').create(lead), { errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' });
    const many = await grace.sobject('Lead').create([lead]);
    assert.equal(many[0].errors[0].statusCode, 'INSUFFICIENT_ACCESS_OR_READONLY');
    const priority = grace.sobject('Case').create({ Priority: 'High' });
    await assert.rejects(priority, { errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' });
    assert.ok(!(await grace.describe('Case')).fields.some((field) => field.name === 'Description'));
    assert.equal((await connection.sobject('Lead').create(lead)).success, true);
    assert.equal((await connection.sobject('Case').create({ Priority: 'High', Description: 'x' })).success, true);
  });
  await check('record types: default, query, describe, and those of others', async () => {
    const { id } = await connection.sobject('Case').create({ Subject: 'typed' });
    const [found] = await connection.sobject('Case').find({ Id: id }, ['Id', 'RecordType.Name']);
    assert.equal(found.RecordType.Name, 'Support case');
    const types = await connection.sobject('RecordType').find({ SobjectType: 'Case' }, ['Id', 'DeveloperName']);
    const billing = types.find((type) => type.DeveloperName === 'Billing').Id;
    const foreign = connection.sobject('Case').create({ RecordTypeId: billing });
    await assert.rejects(foreign, { errorCode: 'INVALID_CROSS_REFERENCE_KEY' });
    const mail = connection.sobject('Case').create({ Channel__c: 'Mail' });
    await assert.rejects(mail, { errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    const { recordTypeInfos } = await connection.describe('Case');
    assert.deepEqual(recordTypeInfos.map((info) => info.available), [true, false, true]);
  });
  await check('the less usual words of a query', async () => {
    const { id } = await connection.sobject('Case').create({ Subject: 'words', Tags__c: 'Phone;Urgent' });
    const tagged = await connection.query(`SELECT Id FROM Case WHERE Tags__c INCLUDES ('Urgent') AND Id = '${id}'`);
    assert.equal(tagged.totalSize, 1);
    const [one] = (await connection.query(`SELECT toLabel(Status), FORMAT(CreatedDate) made, Owner.Type FROM Case WHERE Id = '${id}'`)).records;
    assert.deepEqual([one.Status, one.Owner.Type], ['New', 'User']);
    assert.ok(one.made);
    assert.ok((await connection.query('SELECT Id FROM Case USING SCOPE mine')).totalSize > 0);
    assert.equal((await connection.query('SELECT Id FROM Case WITH SECURITY_ENFORCED LIMIT 1')).totalSize, 1);
    assert.equal((await connection.query('SELECT Id FROM Case LIMIT 1 FOR UPDATE')).totalSize, 1);
  });
}

async function fault(order) {
  const url = `${process.env.ADMIN_URL}/faults`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(order) });
  assert.ok(answer.ok, await answer.text());
  return () => fetch(url, { method: 'DELETE' });
}

async function faults(connection) {
  await check('a login is refused in the words of the service, and then is not', async () => {
    const oauth = { error: 'invalid_grant', description: 'token request is already being processed' };
    const release = await fault({ endpoint: 'token', fault: { oauth } });
    const again = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, version });
    await assert.rejects(again.login(username, password), /already being processed/);
    await release();
    await again.login(username, password);
  });
  await check('a record stays locked until it is released, in a collection it alone', async () => {
    const made = await connection.sobject('Account').create([{ Name: 'Locked' }, { Name: 'Free' }]);
    const changes = made.map(({ id: Id }) => ({ Id, Site: 'x' }));
    const release = await fault({ fault: 'row_lock', scope: { record: changes[0].Id } });
    const lock = { errorCode: 'UNABLE_TO_LOCK_ROW' };
    await assert.rejects(connection.sobject('Account').update(changes[0]), lock);
    const results = await connection.sobject('Account').update(changes);
    assert.deepEqual(results.map((result) => result.success), [false, true]);
    assert.equal(results[0].errors[0].statusCode, 'UNABLE_TO_LOCK_ROW');
    await release();
    assert.equal((await connection.sobject('Account').update(changes[0])).success, true);
  });
}

async function composites(connection) {
  const path = `/services/data/v${version}/sobjects`;
  await check('composite, graph, batch and tree by raw requests', async () => {
    const compositeRequest = [
      { method: 'POST', url: `${path}/Account`, referenceId: 'a', body: { Name: 'Composite' } },
      { method: 'POST', url: `${path}/Contact`, referenceId: 'c', body: { LastName: 'C', AccountId: '@{a.id}' } },
    ];
    const composite = await connection.requestPost('/composite', { allOrNone: true, compositeRequest });
    assert.equal(composite.compositeResponse[1].httpStatusCode, 201);
    const { graphs } = await connection.requestPost('/composite/graph', { graphs: [{ graphId: '1', compositeRequest }] });
    assert.equal(graphs[0].isSuccessful, true);
    const batch = await connection.requestPost('/composite/batch', { batchRequests: [{ method: 'GET', url: `v${version}/limits` }] });
    assert.equal(batch.results[0].statusCode, 200);
    const records = [{
      attributes: { type: 'Account', referenceId: 'r1' },
      Name: 'Tree',
      Contacts: { records: [{ attributes: { type: 'Contact', referenceId: 'r2' }, LastName: 'Leaf' }] },
    }];
    assert.equal((await connection.requestPost('/composite/tree/Account', { records })).results.length, 2);
  });
}

async function bulk(connection) {
  const polling = { pollInterval: 10, pollTimeout: 10_000 };
  Object.assign(connection.bulk2, polling);
  await check('Bulk 2.0 insert with a bad row, update and delete', async () => {
    const input = [{ Name: 'Bulk "1", x' }, { Name: 'Forbidden' }, { Name: 'Bulk 2' }];
    const results = await connection.bulk2.loadAndWaitForResults({ object: 'Account', operation: 'insert', input, ...polling });
    assert.equal(results.successfulResults.length, 2);
    assert.equal(results.successfulResults[0].Name, 'Bulk "1", x');
    assert.match(results.failedResults[0].sf__Error, /^FIELD_CUSTOM_VALIDATION_EXCEPTION/);
    const ids = results.successfulResults.map((row) => row.sf__Id);
    const update = { object: 'Account', operation: 'update', input: ids.map((Id) => ({ Id, Site: 'bulk' })), ...polling };
    assert.equal((await connection.bulk2.loadAndWaitForResults(update)).failedResults.length, 0);
    const gone = { object: 'Account', operation: 'delete', input: ids.map((Id) => ({ Id })), ...polling };
    assert.equal((await connection.bulk2.loadAndWaitForResults(gone)).successfulResults.length, 2);
  });
  await check('Bulk 2.0 query as a stream of records', async () => {
    const stream = await connection.bulk2.query('SELECT Id, Name FROM Invoice__c', polling);
    assert.equal((await stream.toArray()).length, 600);
  });
}

async function files(connection) {
  await check('a file as multipart, and back', async () => {
    const bytes = crypto.randomBytes(2_000_000);
    const record = { Title: 'Call', PathOnClient: 'call.wav', VersionData: bytes.toString('base64') };
    const multipartFileFields = { VersionData: { filename: 'call.wav', contentType: 'audio/wav' } };
    const { id } = await connection.sobject('ContentVersion').create(record, { multipartFileFields });
    const chunks = [];
    for await (const chunk of connection.sobject('ContentVersion').record(id).blob('VersionData')) {
      chunks.push(chunk);
    }
    assert.ok(Buffer.concat(chunks).equals(bytes));
  });
}

// The first `count` messages that a subscription brings, once `act` has run after its start.
async function heard(client, channel, count, act) {
  const messages = [];
  let tell;
  const enough = new Promise((resolve, reject) => {
    tell = (message) => messages.push(message) === count && resolve();
    setTimeout(() => reject(new Error(`only ${messages.length} of ${count} messages came`)), 20_000).unref();
  });
  const subscription = client.subscribe(channel, tell);
  await subscription;
  await act();
  await enough;
  subscription.cancel?.();
  return messages;
}

async function streaming(connection) {
  const topic = { Name: 'Big', Query: 'SELECT Id, Name, Amount__c FROM Invoice__c WHERE Amount__c > 100', ApiVersion: 64 };
  await check('a PushTopic tells of creation, change and deletion', async () => {
    await connection.sobject('PushTopic').create(topic);
    const messages = await heard(connection.streaming, '/topic/Big', 3, async () => {
      const { id } = await connection.sobject('Invoice__c').create({ Name: 'large', Amount__c: 500 });
      await connection.sobject('Invoice__c').create({ Name: 'small', Amount__c: 5 });
      await connection.sobject('Invoice__c').update({ Id: id, Amount__c: 600 });
      await connection.sobject('Invoice__c').destroy(id);
    });
    assert.deepEqual(messages.map(({ event }) => event.type), ['created', 'updated', 'deleted']);
    assert.deepEqual(messages.map(({ sobject }) => sobject.Amount__c), [500, 600, undefined]);
  });
  let last;
  await check('platform events are replayed from the oldest and from a place', async () => {
    const publish = (key) => connection.sobject('Call_Ended__e').create({ Key__c: key });
    await publish('one');
    await publish('two');
    const replay = (from) => connection.streaming.createClient([new StreamingExtension.Replay('/event/Call_Ended__e', from)]);
    const all = await heard(replay(-2), '/event/Call_Ended__e', 3, () => publish('three'));
    assert.deepEqual(all.map(({ payload }) => payload.Key__c), ['one', 'two', 'three']);
    const after = await heard(replay(all[1].event.replayId), '/event/Call_Ended__e', 1, () => {});
    assert.equal(after[0].payload.Key__c, 'three');
    last = after[0].event.replayId;
  });
  await check('changes of records are told with what changed', async () => {
    const client = connection.streaming.createClient();
    const [message] = await heard(client, '/data/ContactChangeEvent', 1, () =>
      connection.sobject('Contact').create({ LastName: 'Changed', Email: 'changed@example.com' }));
    assert.equal(message.payload.ChangeEventHeader.changeType, 'CREATE');
    assert.equal(message.payload.LastName, 'Changed');
    assert.ok(message.event.replayId > last);
  });
  await check('a generic channel carries what is pushed into it', async () => {
    await connection.sobject('StreamingChannel').create({ Name: '/u/Notices' });
    const [message] = await heard(connection.streaming, '/u/Notices', 1, () =>
      connection.streaming.channel('/u/Notices').push({ payload: 'hello', userIds: [] }));
    assert.equal(message.payload, 'hello');
  });
  await check('a wrong token is told by the advice not to come back', async () => {
    const stranger = new jsforce.Connection({ instanceUrl: loginUrl, accessToken: 'wrong', version });
    const denied = await new Promise((resolve) => {
      stranger.streaming.createClient([new StreamingExtension.AuthFailure(resolve)]).connect();
    });
    assert.equal(denied.ext.sfdc.failureReason, '401::Authentication invalid');
  });
}

async function schema(connection) {
  await check('describe global and object', async () => {
    const { sobjects } = await connection.describeGlobal();
    assert.ok(sobjects.some((object) => object.name === 'Invoice__c' && object.custom));
    const account = await connection.describe('Account');
    assert.equal(account.fields.find((field) => field.name === 'Ext__c').externalId, true);
    assert.ok(account.childRelationships.some((child) => child.relationshipName === 'Contacts'));
  });
  await check('limits and the limit header', async () => {
    assert.ok((await connection.limits()).DailyApiRequests.Remaining > 0);
    assert.ok(connection.limitInfo.apiUsage.used > 0);
  });
  await check('identity', async () => {
    assert.equal((await connection.identity()).username, 'ada@example.com');
  });
}

async function main() {
  await logins();
  const connection = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, version });
  await connection.login(username, password);
  await records(connection);
  await queries(connection);
  await users(connection);
  await faults(connection);
  await composites(connection);
  await bulk(connection);
  await files(connection);
  await schema(connection);
  await streaming(connection);
  // Its streaming clients go on polling.
  process.exit(failed === 0 ? 0 : 1);
}

main();
