#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a process feels of a DIMM going offline, beside chmem -d: tests/bench/offline_stall.py BUILDDIR [KERNEL]...

On the DIMM lie 400 MiB of a tmpfs and 64 MiB of a process that touches them all the time: the longest that it was kept
from it (goal: no longer than with chmem -d). One CPU, which the process shares with the tool: with two, QEMU,
which runs one at a time, would add its turns. A goal that is missed is said, and is no failure.
"""

import sys

from offlinebed import MIB, PAGE, done, each_tool, fixture, met

KERNELS = ("7.3",)


def told(bench):
    """(longest, all above 5 ms) in microseconds, since it was last asked."""
    said = bench.guest.run("n=$(wc -l < /run/stall); kill -USR1 $(cat /run/stall.pid); "
                           "until [ $(wc -l < /run/stall) -gt $n ]; do sleep 0.05; done; tail -n 1 /run/stall").stdout
    return tuple(map(int, said.split()))[:2]


def run(bench, tool, kernel, build):
    bench.start(kernel, build, tool, binaries=[fixture("stall")], memory="1536M", cpus=1)
    bench.plug("1G")
    bench.guest.run("stall 64 > /run/stall 2>&1 & echo $! > /run/stall.pid; until grep -q ready /run/stall; do sleep 0.1; done")
    bench.fill(400 * MIB // PAGE)
    told(bench)
    bench.guest.run("sleep 3")
    idle = told(bench)
    outcome = done(bench.offline())
    return outcome, idle, told(bench)


def measure(kernel, build):
    (ours, idle, stalls), (theirs, their_idle, their_stalls) = each_tool(run, kernel, build)
    print(f"{kernel} longest stall of a process on the DIMM: {stalls[0] / 1000:.1f} ms, chmem -d "
          f"{their_stalls[0] / 1000:.1f} ms, ratio {stalls[0] / their_stalls[0]:.2f} (goal 1: {met(stalls[0] <= their_stalls[0])}; "
          f"before: {idle[0] / 1000:.1f} and {their_idle[0] / 1000:.1f} ms)", flush=True)
    print(f"{kernel} in stalls above 5 ms: {stalls[1] / 1e6:.2f} s of {ours.seconds:.2f} s, chmem -d "
          f"{their_stalls[1] / 1e6:.2f} s of {theirs.seconds:.2f} s", flush=True)


if __name__ == "__main__":
    for name in sys.argv[2:] or KERNELS:
        measure(name, sys.argv[1])
