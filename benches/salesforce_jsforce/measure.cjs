// The work of ../salesforce/main.rs, done with jsforce as its own documentation shows.
const jsforce = require('jsforce');

const ROUNDS = 10;
const QUERY = 'SELECT Id, FirstName, LastName, Title, Phone FROM Contact';
const url = process.argv[2];
const name = `jsforce ${require('jsforce/package.json').version}`;

async function connect() {
  const answer = await fetch(`${url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'client', client_secret: 'secret' }),
  });
  const { access_token: accessToken } = await answer.json();
  return new jsforce.Connection({ instanceUrl: url, accessToken, version: '66.0' });
}

function middle(costs) {
  return costs.sort((one, other) => one - other)[Math.floor(costs.length / 2)];
}

async function measure(what, times, operation) {
  const wall = [];
  const cpu = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const usage = process.cpuUsage();
    const started = process.hrtime.bigint();
    for (let number = 0; number < times; number += 1) {
      await operation(round * times + number);
    }
    // The first round opens connections and compiles.
    if (round > 0) {
      wall.push(Number(process.hrtime.bigint() - started) / 1000 / times);
      const { user, system } = process.cpuUsage(usage);
      cpu.push((user + system) / times);
    }
  }
  const micros = (cost) => `${cost.toFixed(1).padStart(9)} µs`;
  console.log(`${what.padEnd(8)} ${name.padEnd(20)} ${micros(middle(wall))}  ${micros(middle(cpu))} CPU`);
}

async function main() {
  const org = await connect();
  const subject = (number) => `No dial tone, report number ${number}`;
  await measure('create', 200, (number) => org.sobject('Case').create({ Subject: subject(number) }));
  await measure('upsert', 200, (number) => {
    const record = { Voice_Key__c: `call-${number % 500}`, Subject: subject(number) };
    return org.sobject('Case').upsert(record, 'Voice_Key__c');
  });
  await measure('query', 10, async () => {
    const { records } = await org.query(QUERY);
    if (records.length !== 2000) throw new Error('not every row was read');
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
