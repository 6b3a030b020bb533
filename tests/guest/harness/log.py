# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds in a console what the kernel complains of.

Only lines with the kernel's time stamp count: what programs print is theirs. That
a program crashed ("traps: sh[180] general protection fault ip:...") is no complaint.
Noise of a slow guest (watchdogs, RCU stalls) is muted on its command line, not here.
"""

import re

TRACE = 60      # lines of a report from the first complaint on: a trace with its registers

KERNEL_LINE = re.compile(r"^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ")

COMPLAINT = re.compile("|".join((
    r"\bWARNING:", r"\bBUG:", r"\bBUG \S+ \(", r"\bkernel BUG at\b", r"\bOops\b", r"Kernel panic",
    r"general protection fault[,:]", r"double fault", r"DEBUG_LOCKS_WARN_ON",
    r"INFO: possible\b", r"possible (?:circular|recursive) locking", r"possible irq lock inversion",
    r"inconsistent lock state", r"bad unlock balance", r"held lock freed",
    r"suspicious RCU usage", r"INFO: task .* blocked", r"INFO: .* stall",
    r"\bK[ACM]SAN:", r"\bKFENCE:", r"\bUBSAN:", r"\bkmemleak: .* new suspected",
    r"trying to register non-static key",
)))


def _kernel_lines(console: str) -> list[str]:
    return [line for line in map(str.rstrip, console.splitlines()) if KERNEL_LINE.match(line)]


def complaints(console: str, allow=()) -> list[str]:
    """The lines that make a test fail, but for those that match a pattern of `allow`."""
    allowed = [re.compile(pattern) for pattern in allow]
    return [line for line in _kernel_lines(console)
            if COMPLAINT.search(line) and not any(pattern.search(line) for pattern in allowed)]


def report(console: str, allow=()) -> str:
    """The complaints, and what the kernel printed with the first of them; "" if there are none."""
    found = complaints(console, allow)
    if not found:
        return ""
    lines = _kernel_lines(console)
    first = lines.index(found[0])
    return "\n".join([*found, "--- with the first of them:", *lines[first:first + TRACE], "---"])
