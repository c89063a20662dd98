"""Lets the PyPI package judge the requests of tests/fixtures/received.json, by the address that Twilio signed."""
import json
import os
import sys
from urllib.parse import parse_qsl

from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, get_signature_algorithm


class Repeated(dict):
    """Parameters whose names may come more than once, as Flask hands them over."""

    def getall(self, name):
        return self[name]


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "../tests/fixtures/received.json"), encoding="utf-8") as file:
    cases = json.load(file)
judged = 0
for case in cases:
    algorithm = get_signature_algorithm(case["headers"].get(SIGNATURE_SETTINGS_HEADER))
    params = Repeated()
    for name, value in parse_qsl(case["body"], keep_blank_values=True):
        params.setdefault(name, []).append(value)
    content_type = case["content_type"] or ""
    sent = case["body"] if content_type.startswith("application/json") else params
    if not content_type:
        sent = {}
    url = case["signed"].split("#")[0]
    verdict = RequestValidator(case["token"]).validate(url, sent, case["signature"], algorithm)
    # What a proxy showed as another address is genuine at the address that was signed.
    if verdict == (case["id"] != "tampered"):
        judged += 1
    else:
        print(f"note: PyPI judges {case['id']} otherwise")
print(f"note: PyPI judges {judged} of {len(cases)} requests as we do")
sys.exit(judged != len(cases))
