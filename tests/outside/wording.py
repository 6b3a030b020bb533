# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a test said, in a few words that are the same in each run."""

import re

LONGEST = 110
SKIPPED = re.compile(r"SKIP\w*:?\s*(.*)|(.*[Ss]kip.*)")
FAILED = re.compile(r"not ok \d+ (.*)|Bail out! (.*)|\[FAIL\]\s*(.*)|(?:error|ERROR): (.*)|(.*(?:failed|unsuccessful).*)")


def masked(text):
    """Without the numbers and addresses that differ from run to run."""
    text = re.sub(r"\b(0x)?[0-9a-f]{6,}\b", "…", text)
    return re.sub(r"\b\d{3,}\b", "…", text)


def reason_of(result, verdict):
    """Why it was skipped or failed, by what it said: the first such line."""
    pattern = {"skip": SKIPPED, "fail": FAILED}.get(verdict)
    if not pattern:
        return None
    for line in result["output"].splitlines():
        if "Totals: " in line:
            continue
        found = pattern.search(line)
        if found:
            text = next((group for group in found.groups() if group), "").strip(" #-")
            if text:
                return masked(text)[:LONGEST]
    return None
