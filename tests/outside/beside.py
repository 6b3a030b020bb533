# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a selftest and memctl's matrix speak of the same, and whether they agree."""

import re

# (test, which of its results or None for the whole, kind, operation as docs/matrix.md heads it)
PAIRS = (
    ("compaction_test", None, "mlocked", "compact"),
    ("migration", "private_anon", "anon-4k", "move_pages"),
    ("migration", "shared_anon", "anon-4k", "move_pages"),
    ("migration", "private_anon_thp", "thp-2m", "move_pages"),
    ("migration", "private_anon_htlb", "hugetlb-2m", "move_pages"),
    ("rmap", "anon", "anon-4k", "move_pages"),
    ("rmap", "shm", "tmpfs", "move_pages"),
    ("rmap", "file", "file-shared", "move_pages"),
    ("rmap", "ksm", "ksm", "move_pages"),
    ("khugepaged", None, "anon-4k", "collapse"),
    ("khugepaged all:shmem", None, "tmpfs", "collapse"),
    ("hugetlb-soft-offline", None, "hugetlb-2m", "soft off"),
    ("hugetlb-read-hwpoison", None, "hugetlb-2m", "poison"),
    ("memory-failure", "madv_soft.anon", "anon-4k", "soft off"),
    ("memory-failure", "madv_hard.anon", "anon-4k", "poison"),
    ("memory-failure", "madv_soft.clean_pagecache", "file-private", "soft off"),
    ("memory-failure", "madv_hard.clean_pagecache", "file-private", "poison"),
    ("mem-on-off-test.sh", None, "anon-4k", "offline"),
)
GOOD = ("works", "splits", "slow")
SILENT = ("n/a", "·")


def cells(document: str, kernel: str) -> dict:
    """(kind, operation) -> word, of that kernel's table in docs/matrix.md."""
    part = re.search(rf"^### Linux {re.escape(kernel)}$(.*?)(?=^### |\Z)", document, re.MULTILINE | re.DOTALL)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part[1].splitlines() if line.startswith("| ")] if part else []
    head = rows[0][1:] if rows else []
    return {(row[0], operation): cell for row in rows[1:] if len(row) == len(head) + 1 for operation, cell in zip(head, row[1:])}


def part_of(result, which, whole):
    """pass, fail or skip of one result of a test, by its name's end; None if there is none such."""
    if not which:
        return whole
    for line in result["output"].splitlines():
        found = re.match(rf"(?:# )*(not ok|ok) \d+ \S*\b{re.escape(which)}(?: |$)(.*)", line.strip())
        if found:
            return "skip" if "SKIP" in found[2] else "pass" if found[1] == "ok" else "fail"
    return None


def compared(kernel, idle, document, verdict):
    """(test, its verdict, kind, operation, cell, agree: True, False, or None when one of them is silent)"""
    known = cells(document, kernel)
    for test, which, kind, operation in PAIRS:
        result, cell = idle.get(test), known.get((kind, operation))
        said = part_of(result, which, verdict(result)) if result else None
        if not said or not cell:
            continue
        silent = cell in SILENT or said not in ("pass", "fail")
        yield test + (f" {which}" if which else ""), said, kind, operation, cell, None if silent else (said == "pass") == (cell in GOOD)
