#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contiguous memory under churn: tests/bench/contig.py [KERNEL]...

In a guest of 1 GiB with cma=64M, memory is full: of a tmpfs, page by page, and else of the page cache of a file that has
no room there and is read again and again, by three processes. Two writers churn a tmpfs and anonymous memory, and 128 pages
at a time do not move for six seconds each, as in I/O. Meanwhile 16 MiB are reserved and released so many times, 50 ms apart
so that others take what was released: by memctl.ko from what there is, from its warm reserve, and, on a kernel with CMA's
debugfs ("cma-7.3" is built to be one that is quick), by the files "alloc" and "free" there, which is what cma_alloc() does
for a driver. Goals: memctl never fails; the warm reserve's p99 is at most 1/15 of the p99 without one.

The guest has one CPU: the emulator lets several have their turns one after the other while the guest's clock goes on for
all, and such a turn (some 3 ms) is longer than a reservation from the warm reserve. "own" is without the time that the
process was ready to run and others were running.

MEMCTL_RESERVATIONS (50) says how many times; the goal is set for 10,000. MEMCTL_CMA_RESERVATIONS (as many) says how many
of CMA's.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import GuestCase, ext4_image, fixture  # noqa: E402
from harness.kernel import kernel  # noqa: E402
from harness.module import modules  # noqa: E402

KERNELS = ("7.3",)
TIMES = int(os.environ.get("MEMCTL_RESERVATIONS", "50"))
CMA_TIMES = int(os.environ.get("MEMCTL_CMA_RESERVATIONS", str(TIMES)))
PAGES, WARM_PAGES, GOAL = 16 * 256, 32 * 256, 15
FILE_MIB, ROOM_MIB = 270, 140   # of the file, and what is left for it
PAUSE = 50000                   # microseconds between two
FLIGHT = "128 6000"             # pages that do not move, and for how many milliseconds
PATIENT = 100000                # seconds of the guest's clock, which jumps where the guest only waits for the disk
# uapi/memctl.h
WARM, WARM_SET, A_PAGES = 32, 33, 37
MODULE = "/lib/modules/memctl.ko"


class Bench(GuestCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, name):
        self.kernel = name
        self.guest = self.machine(memory="1G", cpus=1, steady=True, disks=[ext4_image()],
                                  cmdline="cma=64M" + (" kmemleak=off" if self.debug_kernel else ""),
                                  binaries=[*map(fixture, ("genl", "churn", "reserver", "spread", "flight"))],
                                  files={MODULE: modules(kernel(name)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE}; grep -q debugfs /proc/mounts || mount -t debugfs none /sys/kernel/debug; "
                       "mkdir /churn /read /fill; mount -t tmpfs none /churn; mount -t tmpfs -o size=100% none /fill; "
                       f"mount -t ext4 /dev/vda /read; dd if=/dev/zero of=/read/file bs=1M count={FILE_MIB} 2> /dev/null; sync",
                       timeout=PATIENT)
        available = int(self.guest.run("awk '/^MemAvailable/ { print $2 }' /proc/meminfo").stdout) // 4
        filled, kept = (available - left * 256 for left in (ROOM_MIB // 2, ROOM_MIB))
        self.guest.run(f"spread /fill/kept /fill/other {filled} {kept}; cat /read/file > /dev/null; rm /fill/other; "
                       "for reader in 1 2 3; do (while :; do cat /read/file > /dev/null; done) & done; "
                       f"flight {FLIGHT} > /run/flight 2>&1 & churn 2 /churn > /run/churn 2>&1 & "
                       "until grep -q ready /run/churn && grep -q ready /run/flight; do sleep 0.1; done", timeout=PATIENT)

    def reserver(self, what):
        """{"failed": N, "p50": ns, "p99": ns, "longest": ns, "moved": pages, "own_p50": ns, "own_p99": ns, "waited": times}"""
        result = self.guest.run(f"reserver {what}", timeout=PATIENT)
        if result.stderr:
            print(result.stderr.strip())
        said = result.stdout.split()
        return dict(zip(said[::2], map(int, said[1::2])))

    def warm_up(self):
        self.guest.run(f"genl {WARM_SET} {A_PAGES}:u64:{WARM_PAGES}")
        self.guest.run(f"until genl {WARM} | grep -q ' 4={WARM_PAGES} '; do sleep 0.2; done", timeout=PATIENT)


def tell(name, what, times, row):
    print(f"{name} {what}: {row['failed']} of {times} failed, p50 {row['p50'] / 1e6:.2f} ms, p99 {row['p99'] / 1e6:.2f} ms, "
          f"longest {row['longest'] / 1e6:.1f} ms; own p50 {row['own_p50'] / 1e6:.2f} ms, own p99 {row['own_p99'] / 1e6:.2f} ms, "
          f"{row['waited']} waited for the CPU; {row['moved'] / times:.0f} pages moved each", flush=True)


def measure(name):
    bench = Bench()
    try:
        bench.start(name)
        cold = bench.reserver(f"memctl {TIMES} {PAGES} {PAUSE}")
        tell(name, "memctl", TIMES, cold)
        areas = bench.guest.run("ls /sys/kernel/debug/cma 2> /dev/null", check=False).stdout.split()
        if areas:
            debugfs = bench.reserver(f"debugfs {CMA_TIMES} {PAGES} {PAUSE} {areas[0]}")
            tell(name, "CMA debugfs", CMA_TIMES, debugfs)
        else:
            print(f"{name} CMA debugfs: left out, this kernel has none")
        bench.warm_up()
        warm = bench.reserver(f"memctl {TIMES} {PAGES} {PAUSE}")
        tell(name, "warm reserve", TIMES, warm)
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
