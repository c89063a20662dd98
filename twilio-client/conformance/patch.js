// The documents do not say that lists repeat their key, so that Prism refuses every list; and they let a list's
// words be anything, so that Prism would take words joined by commas.
const fs = require("fs");
const [, , from, to] = process.argv;
const document = JSON.parse(fs.readFileSync(from, "utf8"));
let patched = 0;
for (const item of Object.values(document.paths)) {
  for (const operation of Object.values(item)) {
    const form = operation?.requestBody?.content?.["application/x-www-form-urlencoded"];
    for (const [name, property] of Object.entries(form?.schema?.properties ?? {})) {
      if (property.type !== "array") continue;
      form.encoding = { ...form.encoding, [name]: { style: "form", explode: true } };
      if (property.items?.type === "string" && !property.items.format) property.items.pattern = "^[^,]*$";
      patched += 1;
    }
  }
}
fs.writeFileSync(to, JSON.stringify(document));
console.log(`note: ${patched} lists patched`);
