#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""IOTLB invalidations a page, counted by QEMU: tests/bench/iotlb.py BUILDDIR [KERNEL]...

A device does DMA to pages of memctl_edu.ko while memory blocks, and then the whole DIMM by memctl, go offline (goal:
1/10,000). A goal that is missed is said, and is no failure. What fails is a page with other contents than before.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from edubed import EduCase  # noqa: E402
from harness.case import build_directory  # noqa: E402
from testbed import MEMCTLD  # noqa: E402

KERNELS = ("7.3", "6.1")
PAGES = 60_000      # the device's address space has 65,535
GOAL = 10_000


class Bench(EduCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel):
        self.kernel = kernel
        self.boot_edu(dimm="512M", binaries=[build_directory() / "cli/memctl"],
                      files={MEMCTLD: build_directory() / "daemon/memctld"})
        self.order(f"alloc {PAGES}", f"ok {PAGES}")
        self.order("run", "ok 0")

    def offline_block(self):
        self.offline(self.dimm.blocks[0])

    def offline_dimm(self):
        self.guest.run(f"memctl dimm offline {self.dimm.acpi}", timeout=300)


def measure(kernel):
    bench = Bench()
    try:
        bench.start(kernel)
        for what, action in (("a block offline", bench.offline_block), ("dimm offline", bench.offline_dimm)):
            migrated, rounds, invalidations, _ = bench.counted(action)
            met = "reached" if invalidations * GOAL <= migrated else "MISSED"
            print(f"{kernel} {what}: {invalidations} IOTLB invalidations for {migrated} pages in {rounds} rounds, "
                  f"1/{migrated // max(invalidations, 1)} (goal 1/{GOAL}: {met})", flush=True)
        bench.stop()
        bench.order("verify", f"ok {PAGES}")
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    os.environ["MEMCTL_BUILD"] = sys.argv[1]
    for name in sys.argv[2:] or KERNELS:
        measure(name)
