#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compaction by itself, in guests: tests/bench/policy.py BUILDDIR [KERNEL]...

1. Processes that come one after the other, each with some huge pages that it keeps, in memory that is in pieces: how many got
   small pages for huge ones (thp_fault_fallback) and how often compaction was waited for (compact_stall), with nobody
   compacting in between, with the kernel's own proactive compaction (at 20), and with memctld's (goal: 75 % fewer than with
   nobody). And what the guest's CPU did in each.
2. What memctld uses of a CPU where there is nothing to do, because as much is free as is to be, over five minutes (goal: 0.1 %);
   and where there is nothing to gain (goal: 1 %).

All guests begin with the same pages here and there, and their clock counts instructions: see compactbed.py.
"""

import sys

from compactbed import Bed, Counts

from servicebed import Service

KERNELS = ("6.1", "6.12", "7.3")
ROUNDS, EACH = 10, 12           # processes, and huge pages of each
FREE, CPU = 24, 5               # pieces that memctld keeps free, percent of a CPU that it may have
PAUSE = 30                      # seconds between two processes
IDLE_SECONDS = 300
FEWER = 0.25
GOAL_IDLE, GOAL_PINNED = 0.1, 1
MEMCTLD = "/usr/libexec/memctld"
PROACTIVENESS = "/proc/sys/vm/compaction_proactiveness"
GROUP = "/sys/fs/cgroup/bench"


class PolicyBed(Service, Bed):
    def begin(self, kernel, build):
        binaries, files = self.service_options()
        self.start(kernel, build, more_binaries=binaries, more_files=files)
        self.guest.run(f"grep -q cgroup2 /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup; mkdir {GROUP}; "
                       "rm -f /run/memctl/*")
        self.start_service(f"sh -c 'echo 0 > {GROUP}/cgroup.procs; exec {MEMCTLD}'")

    def policy(self, values):
        self.guest.run(f"memctl --quiet compact policy set {values}")

    def state(self):
        return self.guest.run("memctl compact policy show | awk '/^node 0:/ { print $3 }'").stdout.strip().rstrip(":")

    def used(self):
        """Microseconds of CPU time of memctld and its helpers."""
        return int(self.guest.run(f"awk '/^usage_usec/ {{ print $2 }}' {GROUP}/cpu.stat").stdout)

    def counts(self):
        return Counts.read(self.guest.run("echo 1 > /proc/sys/vm/stat_refresh; cat /proc/buddyinfo /proc/schedstat /proc/vmstat").stdout)

    def idle(self):
        """Percent of a CPU."""
        before = self.used()
        self.guest.run(f"sleep {IDLE_SECONDS}", timeout=6 * IDLE_SECONDS)
        return (self.used() - before) / 1e4 / IDLE_SECONDS


def with_bed(use, kernel, build):
    bed = PolicyBed()
    try:
        bed.begin(kernel, build)
        return use(bed)
    finally:
        bed.doCleanups()


def load(bed, prepare):
    prepare(bed)
    bed.guest.run(f"sleep {2 * PAUSE}", timeout=240)
    before = bed.counts()
    for number in range(ROUNDS):
        bed.guest.run(f"faults hold {EACH} > /run/faults.{number} & until [ -s /run/faults.{number} ]; do sleep 0.1; done; "
                      f"sleep {PAUSE}", timeout=240)
    return before, bed.counts()


def set_kernel(bed):
    bed.guest.run(f"echo 20 > {PROACTIVENESS}")


def set_ours(bed):
    bed.policy(f"Enabled=yes Free={FREE} CPU={CPU}%")


def loads(kernel, build):
    counted = {}
    for name, prepare in (("nobody", lambda bed: None), ("the kernel", set_kernel), ("memctld", set_ours)):
        before, after = with_bed(lambda bed, prepare=prepare: load(bed, prepare), kernel, build)
        vm = {key: after.vm.get(key, 0) - before.vm.get(key, 0)
              for key in ("thp_fault_alloc", "thp_fault_fallback", "compact_stall", "compact_fail", "pgmigrate_success")}
        counted[name] = vm["thp_fault_fallback"] + vm["compact_stall"]
        print(f"{kernel} {ROUNDS} processes of {EACH} huge pages, {name} compacts: "
              f"{', '.join(f'{key} {value}' for key, value in vm.items())}; the CPU was at work for "
              f"{(after.cpu - before.cpu) / 1e6:.0f} ms", flush=True)
    for name in ("the kernel", "memctld"):
        share = counted[name] / max(counted["nobody"], 1)
        print(f"{kernel} huge pages that were not there at once, {name} compacts: {counted[name]} of {counted['nobody']}, "
              f"{(1 - share) * 100:.0f} % fewer (goal 75 %: {'reached' if share <= FEWER else 'MISSED'})", flush=True)


def costs(kernel, build):
    def use(bed):
        set_ours(bed)
        bed.guest.run("sleep 120", timeout=240)
        reached = bed.state(), bed.idle()
        bed.policy("Free=5000 CPU=100%")
        bed.guest.run("sleep 900", timeout=1800)
        return reached, (bed.state(), bed.idle())
    for what, goal, (state, share) in zip(("as much is free as is to be", "there is nothing to gain"), (GOAL_IDLE, GOAL_PINNED),
                                          with_bed(use, kernel, build)):
        print(f"{kernel} memctld, where {what} ({state}): {share:.4f} % of a CPU (goal {goal} %: "
              f"{'reached' if share <= goal else 'MISSED'})", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: tests/bench/policy.py BUILDDIR [KERNEL]...")
    for each in sys.argv[2:] or KERNELS:
        loads(each, sys.argv[1])
        costs(each, sys.argv[1])
