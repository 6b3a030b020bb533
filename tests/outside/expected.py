# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is known: lines of the kernel that tests provoke, and tests whose verdict may differ beside a busy memctl, and why."""

import re

# Lines at the level of a warning or above that are no trouble: (pattern, why).
LINES = (
    (r"^type: 255 invalid|^type mismatch for|^MTRR \d+ not used", "stress-ng asks for memory types that are not there"),
    (r"^migrating pfn \w+ failed|^page:\s?\w* ?refcount:|^head: |^aops:|^anon flags:|^anon\b|^ksm\b|^flags: 0x|^raw: |"
     r"^page_type: |^memcg:|^page dumped because: (migration failure|unmovable page|isolation failed)|^failed to isolate pfn|"
     r"^shmem_aops|^page last |^pid \d+, tgid ",
     "a page did not move in one pass of offlining or of a reservation; the kernel tells of it and tries again"),
    (r"page allocation failure: order:0, mode:\w+\([^)]*GFP_HIGHMEM\|__GFP_MOVABLE\|__GFP_RETRY_MAYFAIL|"
     r"callbacks suppressed$|^Memory cgroup min protection",
     "there was no room for a page that was to leave a block: the kernel tells of it and tries again"),
    (r"^khugepaged: mTHP collapse does not support", "the test sets what khugepaged does not take"),
    (r"^Memory failure: |^MCE: Killing|^Injecting memory failure|^soft[_ ]offline: |^Soft offlining |^Soft-offlining|"
     r"^Unpoison: |^Software-unpoisoned page", "the test poisons pages"),
)

# A line that a whole report comes with, and how that ends.
REPORT, REPORT_END = re.compile(r"page allocation failure|invoked oom-killer"), re.compile(r"pages hwpoisoned|^Out of memory")

SIGBUS = -7

# (kernels, pattern of tests, the status that it is to have ended with, or None for any, why idle and busy differ)
DIFFERENCES = (
    (("7.3",), r"^(hugetlb|thuge|charge_reserved)", SIGBUS,
     "SIGBUS: a huge page that a mapping has reserved is out of reach while its block goes offline; docs/outside.md"),
    (("6.1", "6.12"), r"^(huge|map_hugetlb|thuge|charge_reserved)", None,
     "the pool shrinks with each offlining, and is made once before the tests"),
    (("6.1", "6.12", "7.3"), r"^mem-on-off-test", None, "both write to the same blocks"),
    (("7.3",), r"^khugepaged all:file", 1,
     "MADV_COLLAPSE fails when a page is isolated at that moment: probably one on its way out of a block"),
    (("7.3",), r"^khugepaged", 1,
     "the test maps at an address that is only a hint, and fails when something else lies there"),
    (("6.1", "6.12", "7.3"), r"^ksm_tests -U", None, "fails now and then, idle, too: what is unmerged is counted after one scan"),
    (("7.3",), r"^ksm_tests -[HP] ", None, "the test's own limit of 120 s, on a host with more guests than CPUs"),
)

# (kernels, test as tests/outside/beside.py has it, why test and matrix differ)
DISAGREEMENTS = ()


def line_reason(text):
    return next((why for pattern, why in LINES if re.search(pattern, text)), None)


def difference_reason(kernel, test, busy):
    return next((why for kernels, pattern, status, why in DIFFERENCES
                 if kernel in kernels and re.search(pattern, test) and status in (None, busy["status"])), None)


def disagreement_reason(kernel, test):
    return next((why for kernels, name, why in DISAGREEMENTS if kernel in kernels and name == test), None)


def without_reports(log):
    """The lines, with the first one only of a report of the state of memory."""
    inside = False
    for line in log:
        if inside:
            inside = not REPORT_END.search(line)
            if line.startswith("Out of memory"):
                yield line
            continue
        inside = bool(REPORT.search(line))
        yield line
