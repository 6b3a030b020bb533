#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures of memctl.ko, in guests: tests/bench/migration.py [KERNEL]...

Device flushes per page that migrates, with rounds and without (goals: offlining whole blocks 1/10,000 on
7.3, compaction 1/30, evacuation 1/10,000; a whole `dimm offline`, with and without --rate, of a DIMM with heap, tmpfs and
file pages 1/10,000), and pages a second of evacuation beside plain copying of as many
pages, by turns in one guest (goal: 0.7 of it). A goal that is missed is said, and is no failure: machines
are noisy. What fails is a page with other contents than before.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import ext4_image, fixture  # noqa: E402
from harness.case import plain_directory  # noqa: E402
from heapbed import EVACUATE, END, HeapCase, MOVED, NEXT, PAGES_MAX, START  # noqa: E402
from testbed import MEMCTLD  # noqa: E402

KERNELS = ("7.3", "6.1")
PAGES = 160_000
STEP = 32_768       # pages of one evacuation request


class Bench(HeapCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel):
        self.kernel = kernel
        self.boot(dimm="2G", memory="2G")
        self.order(f"alloc {PAGES}", f"ok {PAGES}")

    def counted(self, action):
        """(flushes, migrated) of an action, by the device's and the provider's counters."""
        before, flushes = self.counters()["migrated"], self.flushes()
        action()
        return self.flushes() - flushes, self.counters()["migrated"] - before

    def per_page(self, on):
        self.guest.run(f"echo {on} > /sys/module/memctl_heap/parameters/flush_per_page")

    def offline_blocks(self):
        for block in self.dimm.blocks[:4]:
            self.offline(block)

    def scatter(self):
        self.order("free", "ok 0")
        self.order("alloc 40 6000", "ok 240000")
        self.order("thin", "ok 3000")

    def evacuation_rate(self):
        """Median pages a second of evacuation, and of plain copying; and the flushes."""
        start, end = self.pfns(self.dimm.blocks[:4])
        rates, plain, flushes, moved = [], [], 0, 0
        for following in range(start, end, STEP):
            plain.append(STEP / int(self.order_said(f"copy {STEP}").split()[1]) * 1e9)
            before = self.flushes()
            lines = self.guest.run(f"GENL_TIME=1 genl {EVACUATE} dump {START}:u64:{start} {END}:u64:{end} "
                                   f"{NEXT}:u64:{following} {PAGES_MAX}:u32:{STEP}", timeout=300).stdout.splitlines()
            found = dict(word.split("=") for word in " ".join(lines[-2:]).split())
            pages = int(found[str(MOVED)])
            if pages < STEP // 2:
                raise SystemExit(f"bench: too few pages to move: {lines}")
            rates.append(pages / int(found["ns"]) * 1e9)
            flushes, moved = flushes + self.flushes() - before, moved + pages
        return statistics.median(rates), statistics.median(plain), flushes, moved

    def start_mixed(self, kernel):
        self.kernel = kernel
        self.boot(dimm="2G", memory="3G", disks=[ext4_image()], files={MEMCTLD: plain_directory() / "daemon/memctld"},
                  binaries=[plain_directory() / "cli/memctl", fixture("data"), fixture("fill")])
        self.guest.run("mkdir /data /ext4; mount -t tmpfs -o size=100% none /data; mount /dev/vda /ext4; "
                       "fill /ext4/file 104857600; sync", timeout=300)
        for i in range(10):
            self.order(f"alloc {PAGES // 20}", f"ok {PAGES // 20}")
            self.guest.run(f"data /data/{i} 40", timeout=120)

    def offline_dimm(self, options):
        self.guest.run(f"memctl dimm offline {self.dimm.acpi} {options}", timeout=600)

    def order_said(self, line):
        return self.guest.run(f"echo '{line}' > /run/heap.in; head -n 1 /run/heap.out", timeout=300).stdout


def say(kernel, what, flushes, pages, goal):
    met = "reached" if flushes * goal <= pages else "MISSED"
    print(f"{kernel} {what}: {flushes} flushes for {pages} pages, 1/{pages // max(flushes, 1)} "
          f"(goal 1/{goal}: {met})", flush=True)


def measure(kernel):
    bench = Bench()
    try:
        bench.start(kernel)
        say(kernel, "offlining", *bench.counted(bench.offline_blocks), 10_000)
        for block in bench.dimm.blocks[:4]:
            bench.online(block)
        bench.verify(PAGES)

        bench.per_page(1)
        flushes, pages = bench.counted(lambda: bench.offline(bench.dimm.blocks[5]))
        print(f"{kernel} offlining, a flush a page for comparison: {flushes} flushes for {pages} pages", flush=True)
        bench.per_page(0)
        bench.online(bench.dimm.blocks[5])

        bench.scatter()
        say(kernel, "compaction", *bench.counted(bench.compact), 30)
        bench.verify(120_000)

        bench.unload()
    finally:
        bench.doCleanups()
    bench = Bench()
    try:
        bench.start(kernel)         # anew, so that the pages lie in the first blocks
        rate, plain, flushes, pages = bench.evacuation_rate()
        say(kernel, "evacuation", flushes, pages, 10_000)
        met = "reached" if rate >= 0.7 * plain else "MISSED"
        print(f"{kernel} evacuation: {rate:.0f} pages/s, plain copying {plain:.0f} pages/s, ratio {rate / plain:.2f} "
              f"(goal 0.7: {met})", flush=True)
        bench.verify(PAGES)
        bench.unload()
    finally:
        bench.doCleanups()
    for what, options in (("a whole job", ""), ("a whole job with --rate", "--rate 200M")):
        bench = Bench()
        try:
            bench.start_mixed(kernel)
            say(kernel, what, *bench.counted(lambda: bench.offline_dimm(options)), 10_000)
            bench.verify(PAGES // 2)
        finally:
            bench.doCleanups()


if __name__ == "__main__":
    for name in sys.argv[1:] or KERNELS:
        measure(name)
