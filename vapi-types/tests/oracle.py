"""Checks what this crate writes against the PyPI package vapi_server_sdk, class by class.

    export VAPI_ORACLE=$(mktemp -d)
    cargo test -p vapi-types oracle      # writes $VAPI_ORACLE/ours
    python vapi-types/tests/oracle.py    # validates it, writes $VAPI_ORACLE/theirs
    cargo test -p vapi-types oracle      # decodes theirs

Each value is parsed as its own class: the SDK's union of all messages puts many into the wrong one. The SDK keeps
unknown fields, while the REST API refuses them, so a field the SDK has no name for counts as an error in whatever
we send.
"""

import json
import os
import pathlib
import sys

import pydantic
import vapi.types


def unknown_fields(value, path=""):
    """The paths of fields the SDK has no name for."""
    if isinstance(value, pydantic.BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}.{name}"
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name, None), f"{path}.{name}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from unknown_fields(element, f"{path}[{index}]")


def main():
    folder = pathlib.Path(os.environ["VAPI_ORACLE"])
    theirs = folder / "theirs"
    theirs.mkdir(exist_ok=True)
    failures = []
    files = sorted((folder / "ours").glob("*.json"))
    for file in files:
        document = json.loads(file.read_text())
        name, value = document["class"], document["value"]
        try:
            parsed = getattr(vapi.types, name).model_validate(value)
        except (AttributeError, pydantic.ValidationError) as error:
            failures.append(f"{file.name} {name}: {error}")
            continue
        failures += [f"{file.name} {name}: unknown field {path}" for path in unknown_fields(parsed)]
        if name.startswith("ServerMessage") and "Response" not in name:
            # Literals are open in the SDK, so the type has to be compared by hand.
            if parsed.type != value["type"]:
                failures.append(f"{file.name} {name}: type {parsed.type}")
            (theirs / file.name).write_text('{"message":' + parsed.json(by_alias=True) + "}")
    print(f"{len(files)} values, {len(failures)} failures")
    print("\n".join(failures))
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main())
