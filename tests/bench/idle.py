#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl costs where nothing is asked of it: tests/bench/idle.py BUILDDIR [KERNEL]...

In a guest with memctl.ko and a CMA area: the CPU time of a memctld that holds a reservation for a command and has nothing to
do, with its memctl, over ten minutes; and that of `memctl cma record`, which memctl-cma-history.timer has done once an
hour, with a memctld that is started for it. Goal: below 0.1 % of a CPU. The guest's clock counts instructions, and the
control group's use of CPUs goes by that clock.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import GuestCase  # noqa: E402
from harness.kernel import kernel as kernel_named  # noqa: E402
from harness.module import modules  # noqa: E402
from testbed import MEMCTLD  # noqa: E402

KERNELS = ("7.3",)
MODULE = "/lib/modules/memctl.ko"
GROUP = "/sys/fs/cgroup/bench"
IDLE_SECONDS, HOUR_SECONDS, RECORDS = 600, 3600, 5
GOAL = 0.1      # percent


class Bench(GuestCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, name, build):
        self.guest = self.machine(kernel=name, memory="512M", cmdline="cma=64M", steady=True, binaries=[build / "cli/memctl"],
                                  files={MEMCTLD: build / "daemon/memctld",
                                         MODULE: modules(kernel_named(name)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE}; grep -q cgroup2 /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup; mkdir {GROUP}")

    def used(self):
        """Microseconds of CPU time of what was run in the group."""
        return int(self.guest.run(f"awk '/^usage_usec/ {{ print $2 }}' {GROUP}/cpu.stat").stdout)

    def record(self):
        """Of one `cma record`."""
        before = self.used()
        for _ in range(RECORDS):
            self.guest.run(f"(echo 0 > {GROUP}/cgroup.procs; exec memctl --quiet cma record)", timeout=120)
        return (self.used() - before) / RECORDS

    def idle(self):
        """Of a memctld that waits."""
        self.guest.run(f"(echo 0 > {GROUP}/cgroup.procs; "
                       f"exec memctl cma reserve 4M -- sleep {2 * IDLE_SECONDS} > /run/held 2>&1) & sleep 5; "
                       f"grep -qx $(pidof memctld) {GROUP}/cgroup.procs")
        before = self.used()
        self.guest.run(f"sleep {IDLE_SECONDS}; pidof memctld", timeout=2 * IDLE_SECONDS)    # of the guest's clock
        return self.used() - before


def tell(name, what, used, seconds):
    share = used / 1e6 / seconds * 100
    print(f"{name} {what}: {used / 1e3:.2f} ms in {seconds} s, {share:.5f} % of a CPU "
          f"(goal: below {GOAL} %: {'reached' if share < GOAL else 'MISSED'})", flush=True)


def measure(name, build):
    bench = Bench()
    try:
        bench.start(name, build)
        tell(name, "cma record, once an hour", bench.record(), HOUR_SECONDS)
        tell(name, "memctld, idle", bench.idle(), IDLE_SECONDS)
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    for each in sys.argv[2:] or KERNELS:
        measure(each, Path(sys.argv[1]).resolve())
