#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures of the survey, in guests: tests/bench/survey.py [KERNEL]...

Time that a survey of a 1 GiB DIMM takes, beside reading /proc/kpageflags and /proc/kpagecount of it, by turns in
one guest: the ratio of medians (goal: 5). Once half of the DIMM in use by a device's buffers, a tmpfs and a
process, all in single pages; then with no page of it free. A goal that is missed is said, and is no failure:
machines are noisy.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import fixture  # noqa: E402
from surveybed import MIB, PAGE, SurveyCase  # noqa: E402

KERNELS = ("7.3", "6.1")
ROUNDS = 15
GOAL = 5


class Bench(SurveyCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start_guest(self, kernel):
        self.kernel = kernel
        self.boot(dimm="1G", memory="1G", binaries=[fixture("survey_time"), fixture("hold")])
        self.guest.run("mkdir /tmp/full; mount -t tmpfs -o size=100% none /tmp/full")

    def fill(self, name, mebibytes):
        self.guest.run(f"dd if=/dev/zero of=/tmp/full/{name} bs=1M count={mebibytes} 2>/dev/null", timeout=300)

    def free(self):
        return sum(pages for (name, _), pages in self.classes(*self.pfns()).items() if name == "free")

    def ratio(self, what):
        start, end = self.pfns()
        free, total = self.free(), end - start
        lines = self.guest.run(f"survey_time {start} {end} {ROUNDS}", timeout=300).stdout.splitlines()
        rounds = [tuple(map(int, line.split())) for line in lines]
        proc, survey = (statistics.median(times) for times in zip(*rounds))
        met = "reached" if proc >= GOAL * survey else "MISSED"
        print(f"{self.kernel} survey, 1 GiB {what} ({100 * (total - free) // total} % in use): "
              f"{survey / 1e6:.1f} ms, kpageflags and kpagecount {proc / 1e6:.1f} ms, ratio {proc / survey:.1f} "
              f"(goal {GOAL}: {met})", flush=True)


def measure(kernel):
    bench = Bench()
    try:
        bench.start_guest(kernel)
        bench.order("alloc 40000", "ok 40000")
        bench.start("hold anon 160M", "/run/hold.anon")
        bench.fill("half", max(1, (bench.free() * PAGE // MIB - 512)))
        bench.ratio("half full")
        bench.fill("rest", bench.free() * PAGE // MIB + 8)
        bench.ratio("full")
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    for name in sys.argv[1:] or KERNELS:
        measure(name)
