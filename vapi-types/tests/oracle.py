"""Checks what this crate writes against the PyPI package vapi_server_sdk, class by class.

    export VAPI_ORACLE=$(mktemp -d)
    cargo test -p vapi-types --features client oracle   # writes $VAPI_ORACLE/ours
    python vapi-types/tests/oracle.py                   # validates it, writes $VAPI_ORACLE/theirs
    cargo test -p vapi-types --features client oracle   # decodes theirs

Each value is parsed as its own class: the SDK's union of all messages puts many into the wrong one. The SDK keeps
unknown fields, while the REST API refuses them, so a field the SDK has no name for counts as an error in whatever
we send.
"""

import inspect
import json
import os
import pathlib
import re
import sys

import pydantic
import vapi.assistants.client
import vapi.calls.client
import vapi.phone_numbers.types.create_phone_numbers_request
import vapi.phone_numbers.types.update_phone_numbers_request_body
import vapi.tools.types.create_tools_request
import vapi.types
import vapi.types.client_inbound_message_message


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


# Where the classes are; a request that is one of several forms has a class with the word that tells it apart.
MODULES = (
    vapi.types,
    vapi.types.client_inbound_message_message,
    vapi.tools.types.create_tools_request,
    vapi.phone_numbers.types.create_phone_numbers_request,
    vapi.phone_numbers.types.update_phone_numbers_request_body,
)


def parse(name, value):
    """Parses a value as the class of this name, or as the arguments of a method `Client.method`."""
    if "." not in name:
        return next(getattr(module, name) for module in MODULES if hasattr(module, name)).model_validate(value)
    client, method = name.split(".")
    module = vapi.calls.client if client == "CallsClient" else vapi.assistants.client
    known = inspect.signature(getattr(getattr(module, client), method)).parameters
    parsed = []
    for key, argument in value.items():
        key = re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key)
        if key not in known:
            raise AttributeError(f"{name} has no argument {key}")
        parsed.append(pydantic.TypeAdapter(known[key].annotation).validate_python(argument))
    return parsed


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
            parsed = parse(name, value)
        except (AttributeError, StopIteration, pydantic.ValidationError) as error:
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
