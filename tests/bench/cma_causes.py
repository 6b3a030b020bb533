#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Failures of CMA allocations that are staged, and whether memctl.ko finds the cause: tests/bench/cma_causes.py [KERNEL]...

Each failure is one of a cause that is known, for it was made; it counts as right where memctl.ko has noted this one failure,
and this cause of it. All causes are staged but "unknown", which is what is left where none was found.
MEMCTL_CMA_FAILURES (16) says how many; the goal is set for 100.
"""

import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from cmabed import CAUSES, TEST, CmaCase  # noqa: E402

KERNELS = ("7.3",)
FAILURES = int(os.environ.get("MEMCTL_CMA_FAILURES", "16"))
STAGED = CAUSES[1:]


class Bench(CmaCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel):
        self.kernel, self.chance = kernel, random.Random(1)
        self.boot("cma=64M numa_cma=0:16M", memory="512M")
        areas = self.areas()
        self.small, self.name = sorted(areas, key=lambda one: areas[one]["pages"])
        self.sizes = {name: area["pages"] for name, area in areas.items()}
        self.right, self.wrong = Counter(), []

    def fail(self, cause, what):
        """Has that written to the driver's file, and looks what memctl.ko says of it."""
        file, line = what
        before = len(self.failures()) and self.failures()[-1].serial
        status = self.guest.run(f"(echo '{line}' > {TEST}/{file}) 2> /dev/null", check=False, timeout=120).status
        found = self.failures()
        if status and found and found[-1].serial == before + 1 and found[-1].cause == cause:
            self.right[cause] += 1
        else:
            self.wrong.append((cause, what, status, found[-1] if found else None))

    def by_figures(self, share):
        """What follows from what is allocated."""
        for _ in range(share["too small"]):
            self.use(self.name)
            self.fail("too small", ("alloc", f"{self.sizes[self.name] + self.chance.randint(1, 100000)} 0"))
        self.use(self.small)
        for _ in range(share["wrong area"]):
            self.fail("wrong area", ("alloc", f"{self.sizes[self.small] + self.chance.randint(1, 4096)} 0"))
        self.use(self.name)
        for _ in range(share["fragmented"]):
            largest = self.area(self.name)["largest"] // self.chance.choice((4, 6, 8))
            held = [self.alloc(largest) for _ in range(4)]
            for pfn in held[::2]:
                self.free(pfn, largest)
            rest = self.area(self.name)["largest"]
            keep = self.alloc(rest) if rest > largest else None
            self.fail("fragmented", ("alloc", f"{largest + self.chance.randint(1, largest)} 0"))
            for pfn, pages in ((held[1], largest), (held[3], largest), (keep, rest)):
                if pfn:
                    self.free(pfn, pages)

    def lend(self):
        """The areas are lent to a tmpfs as far as they go; what has but one place to be: (first pfn, pages)."""
        self.guest.run("mkdir -p /full; mount -t tmpfs -o size=100% none /full; i=0; "
                       "while [ $(awk '/^CmaFree/ { print $2 }' /proc/meminfo) -gt 40000 ] && [ $i -lt 60 ]; do "
                       "dd if=/dev/zero of=/full/$i bs=1M count=8 2> /dev/null || break; i=$((i + 1)); done", timeout=300)
        self.guest.run("rm -r /full/1*; dd if=/dev/zero of=/full/more bs=1M count=80 2> /dev/null; true", timeout=120)
        run = max(re.finditer("0+", self.bits(self.name)), key=lambda run: len(run[0]))
        return self.area(self.name)["start"] + run.start(), len(run[0])

    def page_of(self, file, number):
        """The page that the driver has taken so."""
        self.guest.run(f"echo {number} > {TEST}/{file}", timeout=120)
        return int(self.guest.run(f"cat {TEST}/last").stdout)

    def by_pages(self, share):
        """What is in the way of the only place."""
        start, pages = self.lend()
        self.use(self.name, start, start + pages)
        for _ in range(share["interrupted"]):
            self.fail("interrupted", ("dying", f"{pages} 0"))
        for _ in range(share["pinned"]):
            pinned = self.page_of("pin", 0)
            self.fail("pinned", ("alloc", f"{pages} 0"))
            self.guest.run(f"echo {pinned} > {TEST}/unpin")
        for _ in range(share["transient"]):
            pinned = self.page_of("pin", 0)
            self.guest.run(f"echo {pinned} > {TEST}/unpin")
            self.fail("transient", ("passing", f"{pinned} {pages} 0"))
        for _ in range(share["unmovable"]):
            kept = self.page_of("keep", 100000)
            self.fail("unmovable", ("alloc", f"{pages} 0"))
            self.guest.run(f"echo {kept} > {TEST}/drop")

    def without_memory(self, share):
        """What is in the only place has no other. In a guest of its own: the other failures move some of it away."""
        start, pages = self.lend()
        self.use(self.name, start, start + pages)
        for _ in range(share["no memory"]):
            self.fail("no memory", ("starved", f"{pages} 0"))


def measure(kernel):
    right, wrong = Counter(), []
    share = Counter(STAGED[i % len(STAGED)] for i in range(FAILURES))
    for stages in ((Bench.by_figures, Bench.by_pages), (Bench.without_memory,)):
        bench = Bench()
        try:
            bench.start(kernel)
            for stage in stages:
                stage(bench, share)
        finally:
            bench.doCleanups()
        right += bench.right
        wrong += bench.wrong
    for cause, what, status, found in wrong:
        print(f"{kernel} CMA: staged: {cause} by {what}, status {status}; found: {found}")
    causes = ", ".join(f"{cause} {right[cause]} of {share[cause]}" for cause in STAGED)
    print(f"{kernel} CMA: {right.total()} of {FAILURES} staged failures with their cause "
          f"(goal: all: {'reached' if right.total() == FAILURES else 'MISSED'}): {causes}", flush=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or KERNELS:
        measure(each)
