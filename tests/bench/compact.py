#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compaction, in guests: tests/bench/compact.py BUILDDIR [KERNEL]...

1. Pieces of order 9 (huge pages) gained a CPU second: by `memctl compact run`, and by memctl.ko alone (its netlink request, so
   without memctl and memctld), beside the kernel's own, which writing to the node's file "compact" starts (goal: 5 times), and
   beside its proactive compaction with compaction_proactiveness=20 (goal: 2 times). Once for all that can be gained, once for
   the first 64 pieces; the kernel cannot be asked for so many, so what it gains a second with all stands beside both. Of all
   that the guest's CPU did, what an idle guest does in the same time is taken off. Migrations a piece stand beside.
2. p95 of the time until a piece of order 9 is there, 64 of them one after the other, after memctl has made as many, and without
   (goal: 1/70). Once as a process gets them that touches memory that is advised so: each is cleared, which takes longer than
   all else. And once without that: as pages of the hugetlb pool, in guests with init_on_alloc=0. Huge pages that a process got
   small ones for (thp_fault_fallback of /proc/vmstat), and how often compaction was waited for (compact_stall, compact_fail)
   stand beside.

Each is measured in a guest of its own, all of which begin with the same pages here and there: compactbed.py says how, and
whose clock it is. A goal that is missed is said, and is no failure. What fails is a file with other contents than before.
"""

import sys

from compactbed import HUGE, in_a_guest

KERNELS = ("7.3",)
FIRST = 64                              # pieces
GOAL_KERNEL, GOAL_PROACTIVE, GOAL_LATENCY = 5, 2, 70
PATIENCE = 20                           # seconds in which the kernel's proactive compaction comes to its end
# uapi/memctl.h
COMPACT, ORDER, PLACES = 34, 47, 48
KERNELS_OWN = "echo 1 > /sys/devices/system/node/node0/compact"
PROACTIVENESS = "/proc/sys/vm/compaction_proactiveness"


def met(reached):
    return "reached" if reached else "MISSED"


def percentile(times, percent):
    return sorted(times)[(len(times) * percent + 99) // 100 - 1]


class Rates:
    """Of one kernel: what each way gains a CPU second."""

    def __init__(self, kernel, build):
        self.kernel, self.build = kernel, build
        self.nothing = self.guest("true").cpu
        self.idle = self.guest(f"sleep {PATIENCE}").cpu

    def guest(self, command, status=0, keeps=False):
        """What a command comes to in a guest of its own; a function of the bed tells the command."""
        def use(bed):
            outcome = bed.outcome(command if isinstance(command, str) else command(bed), status)
            if keeps:
                bed.check_files()
            return outcome
        return in_a_guest(use, self.kernel, self.build)

    def rate(self, what, command, status=0, idle=None, keeps=False):
        outcome = self.guest(command, status, keeps)
        cpu = outcome.cpu - (self.nothing if idle is None else idle)
        rate = outcome.gained / cpu
        moved = outcome.counted("pgmigrate_success")
        print(f"{self.kernel} {what}: {outcome.gained} pieces in {cpu * 1000:.1f} ms of CPU, {rate:.0f} a second; "
              f"{moved} migrations, {moved / max(outcome.gained, 1):.0f} a piece", flush=True)
        return rate

    def beside(self, what, rate, kernel, proactive):
        for name, other, goal in (("the kernel's", kernel, GOAL_KERNEL), ("proactive", proactive, GOAL_PROACTIVE)):
            print(f"{self.kernel} {what}, pieces a CPU second beside {name}: {rate / other:.2f} times (goal {goal}: "
                  f"{met(rate >= goal * other)})", flush=True)

    def measure(self):
        kernel = self.rate("the kernel's compaction", KERNELS_OWN)
        proactive = self.rate("proactive compaction",
                              f"echo 20 > {PROACTIVENESS}; sleep {PATIENCE}; echo 0 > {PROACTIVENESS}", idle=self.idle)
        request = f"genl {COMPACT} dump {ORDER}:u32:{HUGE}"
        for what, command in ((f"memctl.ko, the first {FIRST}", f"{request} {PLACES}:u64:{FIRST}"),
                              ("memctl.ko, all", request),
                              (f"memctl compact run, the first {FIRST}", lambda bed: f"memctl compact run {until(bed)}"),
                              ("memctl compact run, all", "memctl compact run")):
            # memctl itself uses memory, so that one run may leave a few fewer than it said: partial is good
            rate = self.rate(what, command, status=None if "run" in what else 0, keeps=True)
            self.beside(what, rate, kernel, proactive)


def until(bed):
    return f"--until {bed.free_pieces() + FIRST}"


def huge_pages(kernel, build, pool, compacts):
    """What 64 huge pages take in a guest of its own: [ns of each], and what was counted."""
    def use(bed):
        if compacts:
            bed.outcome(f"memctl compact run {until(bed)}", None)
        outcome = bed.outcome(f"faults {'pool ' if pool else ''}{FIRST}")
        return [int(line) for line in outcome.said.splitlines()], outcome
    return in_a_guest(use, kernel, build, cmdline="init_on_alloc=0" if pool else "")


def latency(kernel, build, pool):
    what = "pages of the hugetlb pool, not cleared" if pool else "huge pages touched"
    p95 = {}
    for compacts, when in ((False, "without compaction"), (True, "after memctl compact run")):
        times, outcome = huge_pages(kernel, build, pool, compacts)
        p95[compacts] = percentile(times, 95)
        counted = ", ".join(f"{name} {outcome.counted(name)}" for name in
                            ("thp_fault_alloc", "thp_fault_fallback", "htlb_buddy_alloc_success", "compact_stall",
                             "compact_fail"))
        print(f"{kernel} {FIRST} {what}, {when}: p50 {percentile(times, 50) / 1000:.1f} us, "
              f"p95 {p95[compacts] / 1000:.1f} us, longest {max(times) / 1000:.1f} us; {counted}", flush=True)
    ratio = p95[False] / p95[True]
    print(f"{kernel} p95 of {what}, after compaction: 1/{ratio:.1f} (goal 1/{GOAL_LATENCY}: {met(ratio >= GOAL_LATENCY)})",
          flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: tests/bench/compact.py BUILDDIR [KERNEL]...")
    for each in sys.argv[2:] or KERNELS:
        Rates(each, sys.argv[1]).measure()
        latency(each, sys.argv[1], False)
        latency(each, sys.argv[1], True)
