# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is known: lines of the kernel that tests provoke, and tests whose verdict may differ beside a busy memctl, and why."""

import re

# Lines at the level of a warning or above that are no trouble: (pattern, why).
LINES = (
    (r"^type: 255 invalid|^type mismatch for|^MTRR \d+ not used", "stress-ng asks for memory types that are not there"),
    (r"^migrating pfn \w+ failed|^page: refcount:|^head: |^aops:|^anon flags:|^anon\b|^ksm\b|^flags: 0x|^raw: |^page_type: |^memcg:|"
     r"^page dumped because: (migration failure|unmovable page)|^shmem_aops|^page last |^pid \d+, tgid ",
     "a page did not move in one pass of offlining or of a reservation; the kernel tells of it and tries again"),
    (r"^khugepaged: mTHP collapse does not support", "the test sets what khugepaged does not take"),
    (r"^Memory failure: |^MCE: Killing|^Injecting memory failure|^soft[_ ]offline: |^Soft offlining |^Soft-offlining|"
     r"^Unpoison: |^Software-unpoisoned page", "the test poisons pages"),
)

# (kernels, pattern of tests, why idle and busy differ)
DIFFERENCES = ()

# (kernels, test as tests/outside/beside.py has it, why test and matrix differ)
DISAGREEMENTS = ()


def line_reason(text):
    return next((why for pattern, why in LINES if re.search(pattern, text)), None)


def difference_reason(kernel, test):
    return next((why for kernels, pattern, why in DIFFERENCES if kernel in kernels and re.search(pattern, test)), None)


def disagreement_reason(kernel, test):
    return next((why for kernels, name, why in DISAGREEMENTS if kernel in kernels and name == test), None)
