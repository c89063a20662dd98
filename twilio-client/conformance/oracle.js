// Writes the random trees with the npm package, makes signatures, and checks ours.
const fs = require("fs");
const path = require("path");
const twilio = require("twilio");
const folder = process.env.TWILIO_ORACLE;
const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
const write = (name, value) => fs.writeFileSync(path.join(folder, name), JSON.stringify(value));

function add(parent, node) {
  if (typeof node === "string") return parent.addText(node);
  const child = parent.addChild(node.name, Object.fromEntries(node.attributes));
  for (const inner of node.children) add(child, inner);
}

const trees = read("trees.json").map(({ tree }) => {
  const response = new twilio.twiml.VoiceResponse();
  for (const child of tree.children) add(response, child);
  return response.toString();
});
write("trees-node.json", trees);

const { token, cases } = read("signatures.json");
for (const { url, params, signature } of cases) {
  if (!twilio.validateRequest(token, signature, url, params)) throw new Error("a signature of ours was refused");
}
const made = cases.map(({ url, params }) => {
  const signature = twilio.webhooks?.getExpectedTwilioSignature
    ? twilio.webhooks.getExpectedTwilioSignature(token, url, params)
    : require("twilio/lib/webhooks/webhooks").getExpectedTwilioSignature(token, url, params);
  return { url, params, signature };
});
write("signatures-node.json", made);
console.log(`note: npm twilio wrote ${trees.length} trees, took ${cases.length} signatures of ours`);
