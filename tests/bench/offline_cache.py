#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A 2 GiB DIMM with 1200 MiB of clean page cache offline, beside chmem -d: tests/bench/offline_cache.py BUILDDIR [KERNEL]...

With --cache drop: time (goal: 0.2 of chmem's) and migrations per page in use (goal: 0.01). With --cache keep, the
cache is still there afterwards (goal: all of it, less what the system itself may reclaim, 1 %). A goal that is missed is
said, and is no failure.
"""

import sys

from offlinebed import MIB, PAGE, Bench, done, ext4_image, met, say_migrations, say_time

KERNELS = ("7.3",)
CACHE = 1200
MODES = {"chmem": ("chmem", ""), "drop": ("memctl", "--cache drop"), "keep": ("memctl", "--cache keep")}
DROP_WALL, DROP_PER_PAGE, KEPT, PER_PAGE = 0.2, 0.01, 0.99, 1.02


def cached(bench):
    """Pages of the file in the page cache, by mincore."""
    return int(bench.guest.run("fincore -b -n -o PAGES /mnt/file").stdout)


def run(kernel, build, tool, options):
    """(the outcome, pages of cache before, pages of it afterwards)"""
    bench = Bench()
    try:
        bench.start(kernel, build, tool, binaries=["fincore"], memory="2G", disks=[ext4_image()])
        bench.plug("2G")
        # A file without data on the disk is read like another, and faster. A block device's cache would not lie in the DIMM.
        bench.guest.run(f"mount -t ext4 /dev/vda /mnt && truncate -s {CACHE}M /mnt/file && sync /mnt/file && "
                        "dd if=/mnt/file of=/dev/null bs=1M 2>/dev/null", timeout=600)
        before = cached(bench)
        if before < CACHE * MIB // PAGE:
            raise SystemExit(f"bench: only {before} pages are cached")
        outcome = done(bench.offline(options))
        return outcome, before, cached(bench)
    finally:
        bench.doCleanups()


def measure(kernel, build):
    found = {mode: run(kernel, build, *how) for mode, how in MODES.items()}
    theirs = found["chmem"][0]
    what = f"{kernel} 2G DIMM, {CACHE} MiB of clean page cache, --cache"
    say_migrations(f"{what} drop", found["drop"][0], theirs, DROP_PER_PAGE)
    say_time(f"{what} drop", found["drop"][0], theirs, DROP_WALL)
    say_migrations(f"{what} keep", found["keep"][0], theirs, PER_PAGE)
    say_time(f"{what} keep", found["keep"][0], theirs)
    for mode, (_, before, after) in found.items():
        goal = f" (goal {KEPT:.0%}: {met(after >= KEPT * before)})" if mode == "keep" else ""
        print(f"{kernel} cached afterwards, {mode}: {after} of {before} pages{goal}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[2:] or KERNELS:
        measure(name, sys.argv[1])
