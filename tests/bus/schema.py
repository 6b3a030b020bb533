# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl --json prints, against docs/schema/: a verb's answer against the file of that name, an error against error.json."""

import functools
import json
import os
from pathlib import Path

import jsonschema

FOLDER = Path(os.environ["MEMCTL_SOURCE"]) / "docs/schema"
SCHEMAS = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
VERBS = {tuple(name.split("-", 1)): name for name in SCHEMAS if name.split("-")[0] in
         ("block", "dimm", "node", "job", "provider", "cma", "compact", "hugepages", "policy")}
VERBS |= {("lru-cache", "status"): "lru-cache-status"}
ALONE = {"status", "version", "map", "movability", "why", "matrix"}
EXIT = {"usage": (2,), "invalid_argument": (2,), "refused": (3,), "not_authorized": (4,), "no_service": (5,), "not_found": (6,),
        "busy": (7,), "not_supported": (1,), "interrupted": (1,)}


def verb_of(arguments):
    """The schema of the verb that is asked for; None: none is found, or the answer has chosen keys only."""
    for word, after in zip(arguments, [*arguments[1:], ""]):
        if word == "--" or word == "help":
            return None
        if word == "-o" or word.startswith(("-o", "--output")):
            return None
    for word, after in zip(arguments, [*arguments[1:], ""]):
        if (word, after) in VERBS:
            return VERBS[word, after]
        if word in ALONE:
            return word
    return None


@functools.cache
def validator(name):
    """With what it refers to in itself: much faster."""
    local = json.loads(json.dumps({"$defs": {}, **SCHEMAS[name]}).replace('"common.json#/$defs/', '"#/$defs/'))
    local["$defs"] = SCHEMAS["common"]["$defs"]
    return jsonschema.Draft202012Validator({key: value for key, value in local.items() if key != "$id"})


def complain(name, answer):
    """What is wrong with the answer, or None."""
    error = jsonschema.exceptions.best_match(validator(name).iter_errors(answer))
    return error and f"{name}.json: {'/'.join(map(str, error.absolute_path))}: {error.message[:600]}"


def check(arguments, stdout, status):
    """Of one run of memctl: what is wrong, or None. What is no JSON, or not for a schema, is not looked at."""
    arguments = [argument if isinstance(argument, str) else str(argument) for argument in arguments]
    if not stdout.startswith("{") or not any(argument.startswith(("--json", "-J")) for argument in arguments):
        return None
    try:
        answer = json.loads(stdout)
    except ValueError:      # several, of --watch
        return None
    if "error" in answer:
        wrong = complain("error", answer)
        expected = EXIT.get(answer["error"]["code"])
        return wrong or (None if expected is None or status in expected else f"{answer['error']['code']} exits with {status}")
    name = verb_of(arguments)
    return name and complain(name, answer)
