// Lets the npm package judge the requests of tests/fixtures/received.json, by the address that Twilio signed.
const path = require("path");
const twilio = require("twilio");
const webhooks = require("twilio/lib/webhooks/webhooks");
const cases = require(path.join(__dirname, "../tests/fixtures/received.json"));

let judged = 0;
for (const it of cases) {
  const url = it.signed.split("#")[0];
  const algorithm = webhooks.getSignatureAlgorithm(it.headers[webhooks.SIGNATURE_SETTINGS_HEADER]);
  const pairs = [...new URLSearchParams(it.body)];
  const params = {};
  for (const [name, value] of pairs) params[name] = name in params ? [params[name], value].flat() : value;
  const json = (it.content_type ?? "").startsWith("application/json");
  const verdict = json
    ? twilio.validateRequestWithBody(it.token, it.signature, url, it.body, algorithm)
    : twilio.validateRequest(it.token, it.signature, url, it.content_type ? params : {}, algorithm);
  // What a proxy showed as another address is genuine at the address that was signed.
  const expected = it.id === "tampered" ? false : true;
  if (verdict === expected) judged += 1;
  else console.log(`note: npm judges ${it.id} otherwise`);
}
console.log(`note: npm judges ${judged} of ${cases.length} requests as we do`);
if (judged !== cases.length) process.exit(1);
