"""Writes the random trees with the PyPI package, compares all three, makes signatures, and checks ours."""
import json
import os
import sys
import xml.etree.ElementTree as ET

from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

folder = os.environ["TWILIO_ORACLE"]


def read(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def add(parent, node):
    if isinstance(node, str):
        parent.append(node)
        return
    child = parent.add_child(node["name"], **dict(node["attributes"]))
    for inner in node["children"]:
        add(child, inner)


def written(tree):
    response = VoiceResponse()
    for child in tree["children"]:
        add(response, child)
    return response.to_xml()


def meaning(element):
    runs = [element.text or ""]
    for child in element:
        runs += [meaning(child), child.tail or ""]
    return [element.tag, sorted(element.attrib.items()), runs]


def parsed(xml):
    return meaning(ET.fromstring(xml.encode("utf-8")))


ours, node = read("trees.json"), read("trees-node.json")
assert len(ours) == len(node) == 1000
for number, (tree, theirs) in enumerate(zip(ours, node)):
    mine = parsed(tree["xml"])
    assert mine == parsed(theirs), f"tree {number} differs from npm"
    assert mine == parsed(written(tree["tree"])), f"tree {number} differs from PyPI"

signatures = read("signatures.json")
validator = RequestValidator(signatures["token"])
made = []
for case in signatures["cases"]:
    assert validator.validate(case["url"], case["params"], case["signature"]), "a signature of ours was refused"
    signature = validator.compute_signature(case["url"], case["params"])
    made.append({"url": case["url"], "params": case["params"], "signature": signature})
with open(os.path.join(folder, "signatures-python.json"), "w", encoding="utf-8") as file:
    json.dump(made, file)
print(f"note: {len(ours)} trees are equal three times, {len(made)} signatures of ours taken")

try:
    import warnings

    warnings.simplefilter("ignore")
    import audioop
except ImportError:
    print("note: this Python has no mu-law codec, the tables were not compared")
    sys.exit()
samples = b"".join(sample.to_bytes(2, sys.byteorder, signed=True) for sample in range(-32768, 32768))
with open(os.path.join(folder, "encoded.ulaw"), "rb") as file:
    encoded = file.read()
theirs = audioop.lin2ulaw(samples, 2)
# It cuts samples to 14 bits first, so that some next to a border fall on its other side: by one step, no more.
differences = [abs(a - b) for a, b in zip(encoded, theirs) if a != b]
assert all(step == 1 for step in differences), "encoding differs by more than a step"
with open(os.path.join(folder, "decoded.pcm"), "rb") as file:
    decoded = file.read()
expected = audioop.ulaw2lin(bytes(range(256)), 2)
assert decoded == expected, "decoding differs"
print(f"note: 256 bytes decode alike, {len(differences)} of 65536 samples encode one step away")
