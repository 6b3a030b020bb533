# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tables of results, and what is wrong with them."""

import re
import textwrap
from collections import Counter

from beside import compared
from expected import difference_reason, disagreement_reason, line_reason, without_reports
from harness.log import COMPLAINT
from wording import masked, reason_of


def verdict(result):
    if not result["gone"]:
        return "hangs"
    if result["status"] is None:
        return "timeout"
    if result["status"] == 0:
        return "skip" if result["counts"] and not any(result["counts"][:2]) else "pass"
    return "skip" if result["status"] in result["skips"] else "fail"


def word(result):
    """The verdict, and of what it has counted: passed/failed/skipped."""
    counts = result["counts"]
    return verdict(result) + (f" {'/'.join(map(str, counts))}" if counts and sum(counts) > 1 else "")


def by_test(answer):
    """test -> its result; one that is run twice has a number."""
    seen, found = Counter(), {}
    for result in answer["results"]:
        seen[result["test"]] += 1
        number = seen[result["test"]]
        found[result["test"] + (f" ({number})" if number > 1 else "")] = result
    return found


def jobs(results):
    """How much memctl has done meanwhile: offlinings done, refused and failed; reservations made, and not."""
    total = Counter()
    for result in results:
        total.update(result["busy"])
    return total


def done(count):
    return "/".join(str(count[f"offline {how}"]) for how in ("done", "refused", "failed"))


def table(kernel, answers):
    """A row a test. answers: state -> answer."""
    states = {state: by_test(answer) for state, answer in answers.items()}
    third = "chmem" in states
    yield "| test | idle | busy | " + ("chmem | " if third else "") + "offlined | |"
    yield "|---" * (6 if third else 5) + "|"
    for test in dict.fromkeys(test for found in states.values() for test in found):
        row = {state: found.get(test) for state, found in states.items()}
        words = [word(row[state]) if row.get(state) else "" for state in ("idle", "busy", *(["chmem"] if third else []))]
        busy = row.get("busy")
        notes = [] if not row.get("idle") else [reason_of(row["idle"], verdict(row["idle"]))]
        notes += [difference_reason(kernel, test, busy)] if differs(row) else []
        yield f"| {escaped(test)} | {' | '.join(words)} | {done(jobs([busy])) if busy else ''} | {escaped('; '.join(filter(None, notes)))} |"


def escaped(text):
    return text.replace("|", "\\|")


def differs(row):
    idle, busy = row.get("idle"), row.get("busy")
    return bool(idle and busy) and word(idle) != word(busy)


def lines(answers):
    """(line without its numbers, tests, why it is no trouble or None), each once."""
    found = {}
    for answer in answers.values():
        for result in answer["results"]:
            for line in without_reports(result["log"]):
                known = line_reason(line)
                why = None if COMPLAINT.search(line) and not known else known
                key = why or masked(line)
                found.setdefault(key, (why, set()))[1].add(result["test"])
    return found


def trouble(kernel, answers, matrix):
    """What the exit status is for: each a line of text."""
    states = {state: by_test(answer) for state, answer in answers.items()}
    for test in states.get("idle", {}):
        row = {state: found.get(test) for state, found in states.items()}
        if "busy" in states and not row["busy"]:
            yield f"{kernel}: {test}: not run busy"
        if differs(row) and not difference_reason(kernel, test, row["busy"]):
            yield f"{kernel}: {test}: idle {word(row['idle'])}, busy {word(row['busy'])}"
    for state, answer in answers.items():
        for result in answer["results"]:
            if not result["data"]:
                yield f"{kernel} {state}: {result['test']}: the data is not what it was"
        yield from (f"{kernel} {state}: {what}" for what in answer["wrong"])
    for test, said, kind, operation, cell, agree in compared(kernel, states.get("idle", {}), matrix, verdict):
        if agree is False and not disagreement_reason(kernel, test):
            yield f"{kernel}: {test}: {said}, and the matrix says {cell} of {kind}, {operation}"
    for text, (why, tests) in lines(answers).items():
        if not why:
            yield f"{kernel}: the kernel says: {text} ({', '.join(sorted(tests))[:200]})"


def section(kernel, answers):
    some = next(iter(answers.values()))
    count = Counter(answers["busy"].get("jobs") or jobs(answers["busy"]["results"])) if "busy" in answers else Counter()
    yield f"### Linux {kernel}"
    yield ""
    said = (f"Debian's {some['kernel']}. While the tests ran busy, memctl offlined the DIMM {count['offline done']} times; "
            f"{count['offline refused']} times that was refused, and {count['offline failed']} times all was put back. "
            f"{count['reserve done']} reservations were made, {count['reserve refused'] + count['reserve failed']} were not.")
    yield from textwrap.wrap(said, 105)
    yield ""
    yield from table(kernel, answers)
    yield ""
    yield "| the kernel's warnings | in |"
    yield "|---|---|"
    for text, (why, tests) in lines(answers).items():
        names = sorted({re.split(r" ", test, maxsplit=1)[0] if not test.startswith("stress-ng") else test for test in tests})
        yield f"| {escaped(text) if why else '**' + escaped(text) + '**'} | {escaped(', '.join(names[:6]))}{' and others' if len(names) > 6 else ''} |"
    yield ""


def beside_matrix(kernel, answers, matrix):
    if "idle" not in answers:
        return
    yield "| selftest | | matrix | | |"
    yield "|---|---|---|---|---|"
    for test, said, kind, operation, cell, agree in compared(kernel, by_test(answers["idle"]), matrix, verdict):
        yield f"| {test} | {said} | {kind}, {operation} | {cell} | {beside_word(kernel, test, agree)} |"
    yield ""


def beside_word(kernel, test, agree):
    if agree is None:
        return "one of them says nothing"
    return "agree" if agree else escaped(disagreement_reason(kernel, test) or "**differ**")
