#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contiguous memory under churn: tests/bench/contig.py [KERNEL]...

In a guest with 2 CPUs and cma=64M, four writers churn a tmpfs and anonymous memory all the time, and a file is read again
and again. Meanwhile 16 MiB are reserved and released so many times: by memctl.ko from what there is, from its warm
reserve, and, on a kernel with CMA's debugfs, by the files "alloc" and "free" there, which is what cma_alloc() does for a
driver. Goals: memctl never fails; the warm reserve's p99 is at most 1/15 of the p99 without one.

MEMCTL_RESERVATIONS (100) says how many times; the goal is set for 10,000.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import GuestCase, fixture  # noqa: E402
from harness.kernel import kernel  # noqa: E402
from harness.module import modules  # noqa: E402

KERNELS = ("7.3",)
TIMES = int(os.environ.get("MEMCTL_RESERVATIONS", "100"))
PAGES, WARM_PAGES, GOAL = 16 * 256, 64 * 256, 15
# uapi/memctl.h
WARM, WARM_SET, A_PAGES = 32, 33, 37
MODULE = "/lib/modules/memctl.ko"


class Bench(GuestCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, name):
        self.kernel = name
        self.guest = self.machine(memory="1G", cpus=2, steady=True,
                                  cmdline="cma=64M" + (" kmemleak=off" if self.debug_kernel else ""),
                                  binaries=[fixture("genl"), fixture("churn"), fixture("reserver")],
                                  files={MODULE: modules(kernel(name)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE}; mkdir /churn /read; mount -t tmpfs none /churn; mount -t tmpfs none /read; "
                       "dd if=/dev/zero of=/read/file bs=1M count=64 2> /dev/null; "
                       "(while :; do cat /read/file > /dev/null; done) & "
                       "churn 4 /churn > /run/churn 2>&1 & until grep -q ready /run/churn; do sleep 0.1; done")

    def reserver(self, what):
        """{"failed": N, "p50": ns, "p99": ns, "longest": ns, "moved": pages}"""
        said = self.guest.run(f"reserver {what}", timeout=3600).stdout.split()
        return dict(zip(said[::2], map(int, said[1::2])))

    def warm_up(self):
        self.guest.run(f"genl {WARM_SET} {A_PAGES}:u64:{WARM_PAGES}")
        self.guest.run(f"until genl {WARM} | grep -q ' 4={WARM_PAGES} '; do sleep 0.2; done", timeout=120)


def tell(name, what, row):
    print(f"{name} {what}: {row['failed']} of {TIMES} failed, p50 {row['p50'] / 1e6:.2f} ms, "
          f"p99 {row['p99'] / 1e6:.2f} ms, longest {row['longest'] / 1e6:.1f} ms, "
          f"{row['moved'] / TIMES:.0f} pages moved each", flush=True)


def measure(name):
    bench = Bench()
    try:
        bench.start(name)
        cold = bench.reserver(f"memctl {TIMES} {PAGES}")
        tell(name, "memctl", cold)
        areas = bench.guest.run("ls /sys/kernel/debug/cma 2> /dev/null", check=False).stdout.split()
        if areas:
            debugfs = bench.reserver(f"debugfs {TIMES} {PAGES} {areas[0]}")
            tell(name, "CMA debugfs", debugfs)
        else:
            print(f"{name} CMA debugfs: left out, this kernel has none")
        bench.warm_up()
        warm = bench.reserver(f"memctl {TIMES} {PAGES}")
        tell(name, "warm reserve", warm)
    finally:
        bench.doCleanups()
    ratio = cold["p99"] / max(warm["p99"], 1)
    print(f"{name} failures of memctl: {cold['failed'] + warm['failed']} (goal 0: "
          f"{'reached' if not cold['failed'] + warm['failed'] else 'MISSED'})")
    print(f"{name} p99 of the warm reserve: 1/{ratio:.0f} (goal 1/{GOAL}: {'reached' if ratio >= GOAL else 'MISSED'})",
          flush=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or KERNELS:
        measure(each)
