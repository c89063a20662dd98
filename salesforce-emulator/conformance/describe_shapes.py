"""Compares the keys of the emulator's describe results with those captured from a real org."""

import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path

ORG_URL = os.environ["ORG_URL"]
CAPTURED = {
    "Account": "MockAccountMetadata.json",
    "Contact": "MockContactMetadata.json",
    "Task": "DescribeTaskResult.json",
}
failed = 0


def fetch(path, form=None, token=None):
    data = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(ORG_URL + path, data, headers)) as answer:
        return json.load(answer)


def keys(items):
    return set().union(*(item.keys() for item in items))


def check(name, captured, ours):
    global failed
    missing = captured - ours
    failed += bool(missing)
    print(f"{'FAILED' if missing else 'ok'} describe: {name} has all {len(captured)} keys {sorted(missing) or ''}".rstrip())


def types(described):
    # A picklist was 40 long when the older describes were captured, and is 255 now.
    length = lambda field: None if field["type"] == "picklist" else field["length"]
    return {field["name"]: (field["type"], length(field), field["soapType"]) for field in described["fields"]}


login = {"grant_type": "client_credentials", "client_id": "client", "client_secret": os.environ["CLIENT_SECRET"]}
token = fetch("/services/oauth2/token", login)["access_token"]
folder = Path(os.environ["SALESFORCE_FIXTURES"]) / "swiftlysalesforce"
for name, file in CAPTURED.items():
    captured = json.loads((folder / file).read_text())
    ours = fetch(f"/services/data/v66.0/sobjects/{name}/describe", token=token)
    check(name, set(captured), set(ours))
    for part in ["fields", "childRelationships", "recordTypeInfos"]:
        check(f"{name}.{part}", keys(captured[part]), keys(ours[part]))
    listed = [set(field["picklistValues"][0]) for field in captured["fields"] if field["picklistValues"]]
    mine = [set(field["picklistValues"][0]) for field in ours["fields"] if field["picklistValues"]]
    check(f"{name}.picklistValues", set().union(*listed), set().union(*mine))
    known, own = types(captured), types(ours)
    wrong = {field: (own[field], known[field]) for field in own if field in known and own[field] != known[field]}
    failed += bool(wrong)
    print(f"{'FAILED' if wrong else 'ok'} describe: {name} types its {len(own.keys() & known.keys())} known fields alike {wrong or ''}".rstrip())

sys.exit(1 if failed else 0)
