#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DIMM offline, beside chmem -d, in guests: tests/bench/offline.py BUILDDIR [--full] [KERNEL]...

- A 2 GiB DIMM with 1000 MiB in use, as a machine fills it (in a row), and once more with these pages here and there in
  all of it, which only a machine does that has been full: migrations per page in use (goal: 1.02) and time
  (goal: half of chmem's, of the first). With --full an 8 GiB DIMM with 3 GiB in use, too: minutes, and 13 GiB of
  the host's memory.
- How migrations grow with the number of blocks: 96 MiB here and there in 2, 8, 32 and 64 blocks. Goal: flat, no
  more than 1.02 at each.
- Data that has no room elsewhere: how soon that is refused (goal: 1 s). chmem is killed after a while.

A goal that is missed is said, and is no failure. What fails is data that is not what it was, and a DIMM that
is not taken offline.
"""

import argparse
import json

from offlinebed import MIB, PAGE, done, each_tool, met, say_migrations, say_time

KERNELS = ("7.3",)
PER_PAGE, WALL, REFUSED = 1.02, 0.5, 1.0
GROWTH = ("256M", "1G", "4G", "8G")
LARGEST = 11 << 30      # bytes that the host needs for the last of these
PATIENCE = 30           # seconds that chmem may try what is impossible


def whole(bench, tool, kernel, build, size, memory, mebibytes, spread):
    bench.start(kernel, build, tool, memory=memory)
    bench.plug(size)
    (bench.fill_spread if spread else bench.fill)(mebibytes * MIB // PAGE)
    outcome = done(bench.offline())
    bench.check()
    return outcome


def measure_whole(kernel, build, size, memory, mebibytes, spread=False):
    what = f"{kernel} {size} DIMM, {mebibytes} MiB in use{' here and there' if spread else ''}"
    ours, theirs = each_tool(whole, kernel, build, size, memory, mebibytes, spread)
    say_migrations(what, ours, theirs, PER_PAGE)
    say_time(what, ours, theirs, None if spread else WALL)


def grow(bench, tool, kernel, build, sizes):
    bench.start(kernel, build, tool, memory="1G")
    outcomes = []
    for size in sizes:
        bench.plug(size)
        bench.fill_spread(96 * MIB // PAGE)
        outcomes.append(done(bench.offline()))
        bench.check()
        bench.guest.run("rm /data/file")
        bench.unplug()
    return outcomes


def host_has(size):
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable")) >= size


def measure_growth(kernel, build):
    sizes = GROWTH if host_has(LARGEST) else GROWTH[:-1]
    for size, ours, theirs in zip(sizes, *each_tool(grow, kernel, build, sizes)):
        say_migrations(f"{kernel} 96 MiB here and there in a DIMM of {size}", ours, theirs, PER_PAGE)
    if sizes != GROWTH:
        print(f"{kernel} 96 MiB in a DIMM of {GROWTH[-1]}: left out, the host has less than {LARGEST >> 30} GiB to spare")


def impossible(bench, tool, kernel, build):
    bench.start(kernel, build, tool, memory="1G")
    bench.plug("2G")
    bench.fill(1500 * MIB // PAGE)
    return bench.offline(limit=PATIENCE)


def measure_refusal(kernel, build):
    ours, theirs = each_tool(impossible, kernel, build)
    reasons = [reason["code"] for reason in json.loads(ours.said.splitlines()[0])["reasons"]]
    if ours.status != 3 or "not_enough_memory" not in reasons:
        raise SystemExit(f"bench: exit status {ours.status}: {ours.said}")
    ended = "was still at it" if theirs.status == 128 + 9 else f"ended with status {theirs.status}"
    print(f"{kernel} 2G DIMM, 1500 MiB in use, 1G elsewhere: refused in {ours.seconds:.2f} s ({', '.join(reasons)}; "
          f"goal {REFUSED:.0f} s: {met(ours.seconds <= REFUSED)}), {ours.migrated} pages moved; chmem -d {ended} after "
          f"{theirs.seconds:.0f} s and {theirs.migrated} migrations", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("kernels", nargs="*", default=KERNELS)
    options = parser.parse_args()
    for kernel in options.kernels:
        measure_whole(kernel, options.build, "2G", "2G", 1000)
    first = options.kernels[0]
    measure_whole(first, options.build, "2G", "2G", 1000, spread=True)
    measure_growth(first, options.build)
    measure_refusal(first, options.build)
    if options.full:
        measure_whole(first, options.build, "8G", "5G", 3072)
    else:
        print("8G DIMM, 3072 MiB in use: left out, it takes minutes and 13 GiB of the host's memory (--full)")


if __name__ == "__main__":
    main()
