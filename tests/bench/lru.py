#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a lease on the LRU caches is worth, and what it costs: tests/bench/lru.py [KERNEL]...

In a guest with 4 CPUs, six writers churn a tmpfs and anonymous memory all the time. By turns without a lease and
with one, the pages that are on no LRU list are counted in the 1 GiB that they use, in 8 scans. The judge is
/proc/kpageflags, not the module. It sees pages in flight as well, between the allocator and a list: no lease changes
these. So a page counts as kept off when it is off the LRU at two looks 2 ms apart; what is seen at the first is told
too. Where 4 CPUs are two busy host threads, a guest's CPU may stand still for longer, with a batch of up to 31 pages
that it is just freeing: the median turn is judged (goal: 100 times fewer), and the sums are told. In the same run, what
the writers get done.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import fixture  # noqa: E402
from lrubed import HOLD, ID, RELEASE, LruCase, leases  # noqa: E402

KERNELS = ("7.3", "6.1")
WRITERS, SCANS, TURNS, GOAL = 6, 8, 5, 100


class Bench(LruCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel):
        self.kernel = kernel
        self.boot(memory="1G", binaries=[fixture("churn")])
        dimm = self.guest.hotadd("1G")
        self.range = dimm.start // 4096, (dimm.start + dimm.size) // 4096
        self.session("holder")
        self.guest.run("mkdir /churn; mount -t tmpfs none /churn; "
                       f"churn {WRITERS} /churn > /run/churn 2>&1 & echo $! > /run/churn.pid; "
                       "until grep -q ready /run/churn; do sleep 0.1; done; sleep 2")

    def done(self):
        """(pages written so far, nanoseconds so far)"""
        said = self.guest.run("n=$(wc -l < /run/churn); kill -USR1 $(cat /run/churn.pid); "
                              "until [ $(wc -l < /run/churn) -gt $n ]; do sleep 0.05; done; tail -n 1 /run/churn").stdout
        return tuple(map(int, said.split()))

    def turn(self):
        """(pages off the LRU, of them so again later, pages written a second)"""
        pages, time = self.done()
        said = self.guest.run(f"churn look {self.range[0]} {self.range[1]} {SCANS}", timeout=120).stdout
        seen, still = map(int, said.split())
        later_pages, later = self.done()
        return seen, still, (later_pages - pages) / (later - time) * 1e9


def column(turns, index):
    return [turn[index] for turn in turns]


def measure(kernel):
    bench = Bench()
    without, leased = [], []
    try:
        bench.start(kernel)
        for _ in range(TURNS):
            without.append(bench.turn())
            said = bench.ask("holder", str(HOLD))
            [lease] = leases(said)
            leased.append(bench.turn())
            if bench.ask("holder", f"{RELEASE} {ID}:u64:{lease.id}") != "ok\n":
                raise SystemExit("bench: the lease had ended before its turn did")
        bench.assert_free()
    finally:
        bench.doCleanups()
    for turns, what in ((without, "without"), (leased, "with")):
        print(f"{kernel} {what} a lease: {', '.join(map(str, column(turns, 1)))} pages kept off the LRU "
              f"(in flight included: {', '.join(map(str, column(turns, 0)))})", flush=True)
    for index, what in ((1, "kept off the LRU"), (0, "in flight included")):
        off, on = statistics.median(column(without, index)), statistics.median(column(leased, index))
        met = "reached" if off >= GOAL * on else "MISSED"
        print(f"{kernel} {what}: {off:.0f} / {on:.1f} a turn, {off / max(on, 1):.0f} times fewer"
              + (f" (goal {GOAL}: {met})" if index else "")
              + f"; in all turns {sum(column(without, index))} / {sum(column(leased, index))}")
    rate, rate_leased = statistics.median(column(without, 2)), statistics.median(column(leased, 2))
    print(f"{kernel} the writers: {rate:.0f} pages/s without, {rate_leased:.0f} pages/s with a lease, "
          f"ratio {rate_leased / rate:.2f}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or KERNELS:
        measure(name)
