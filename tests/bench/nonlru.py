#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it is worth that pages off the LRU lists move: tests/bench/nonlru.py BUILDDIR [KERNEL]...

Guests of 1 GiB, each with as much memory in use off the LRU lists, page by page among what is free, by
  zram     whose pages the kernel moves,
  heap     a driver that has its pages moved by memctl.ko,
  stays    the same driver without that: its pages do not move.
Two users of it take memory at the same time, until most of it is in use; then one of the two gives back all that it has. Huge
pages (order 9) that could be had are counted then, after the kernel's own compaction, and after `memctl compact run`; and so
are reservations of 8 MiB that can be made after that, out of all free memory. Counts, so a busy host does not show.
"""

import sys
from pathlib import Path

from compactbed import MEMCTLD, Counts  # before others: it knows where they are
from harness import fixture
from harness.kernel import kernel as kernel_named
from harness.module import modules
from heapbed import HeapCase

KERNELS = ("7.3",)
MIB = 256                               # pages
EACH = 300                              # MiB of each user
PIECE = 16                              # pages of a buffer
HUGE = 512                              # pages
SIZE = 8                                # MiB of a reservation
STAYS = "/lib/modules/memctl_test_stays.ko"


class Bench(HeapCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel, build):
        self.kernel = kernel
        build = Path(build)
        zram = ["zram", *(["lzo_rle"] if kernel == "6.1" else [])]
        self.boot(dimm=None, heap=False, memory="1G", cpus=1, steady=True, modules=zram,
                  binaries=[build / "cli/memctl", fixture("fill"), fixture("hog")],
                  files={MEMCTLD: build / "daemon/memctld", STAYS: modules(kernel_named(kernel)) / "memctl_test_stays.ko"})
        self.guest.run("echo 0 > /proc/sys/vm/compaction_proactiveness; echo 8192 > /proc/sys/vm/min_free_kbytes")

    def zram(self):
        self.guest.run("cat /sys/class/zram-control/hot_add; for i in 0 1; do echo 2G > /sys/block/zram$i/disksize; done; "
                       f"fill /dev/zram0 {3 * EACH // 2 << 20} 1 & fill /dev/zram1 {3 * EACH // 2 << 20} 2 & wait; "
                       "echo 1 > /sys/block/zram1/reset; echo 1 > /proc/sys/vm/drop_caches", timeout=600)
        return int(self.guest.run("cat /sys/block/zram0/mm_stat").stdout.split()[2]) // 4096

    def heap(self):
        for name in ("heap", "other"):
            self.start_heap(name)
        number = EACH * MIB // PIECE
        self.guest.run(f"(echo 'alloc {PIECE} {number}' > /run/other.in; head -n 1 /run/other.out) & "
                       f"echo 'alloc {PIECE} {number}' > /run/heap.in; head -n 1 /run/heap.out; wait; "
                       "echo quit > /run/other.in; sleep 5", timeout=600)
        return EACH * MIB

    def stays(self):
        self.guest.run(f"rmmod memctl_heap && insmod {STAYS}")
        return self.heap()

    def free(self):
        """Pages, and huge pages that could be had."""
        self.guest.run("echo 1 > /proc/sys/vm/stat_refresh")
        pages = int(self.guest.run("awk '/^MemFree/ { print $2 }' /proc/meminfo").stdout) // 4
        return pages, Counts.read(self.guest.run("cat /proc/buddyinfo").stdout).pieces

    def reservations(self):
        return int(self.guest.run(f"i=0; while memctl -q cma reserve {SIZE}M --name one.$i > /run/made 2> /run/why; do i=$((i + 1)); done; echo $i",
                                  timeout=600).stdout)

    def measure(self, kernel, way):
        used = getattr(self, way)()
        pages, before = self.free()
        self.guest.run("echo 1 > /sys/devices/system/node/node0/compact", timeout=600)
        by_kernel = self.free()[1]
        self.guest.run("memctl compact run", timeout=600, check=False)
        by_memctl = self.free()[1]
        if way != "zram":
            self.order("verify", f"ok {used}")
        print(f"{kernel} {way}: {used} pages in use, {pages} free, of which {pages // HUGE} huge pages could be; there are {before}, "
              f"after the kernel's compaction {by_kernel}, after memctl's {by_memctl}; then {self.reservations()} reservations of "
              f"{SIZE} MiB, of {pages // MIB // SIZE}", flush=True)


def main(build, kernels):
    for kernel in kernels:
        for way in ("zram", "heap", "stays"):
            bench = Bench()
            try:
                bench.start(kernel, build)
                bench.measure(kernel, way)
            finally:
                bench.doCleanups()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or KERNELS)
