#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How well CMA areas are watched, in a guest: tests/bench/cma.py [KERNEL]...

An area in which debugfs allocates and frees at random: in how many states memctl.ko's bitmap, use and longest free
run are those of the kernel's own debugfs (goal: in all), and of how many allocations since the module was loaded the
process and the caller are known (goal: of all). MEMCTL_CMA_STATES (30) says how many; the goal is set for 1,000.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from cmabed import DEBUGFS, CmaCase  # noqa: E402

STATES = int(os.environ.get("MEMCTL_CMA_STATES", "30"))


class Bench(CmaCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass


def measure(kernel):
    bench = Bench()
    bench.kernel = kernel
    try:
        bench.boot("cma=32M", cpus=1)
        [name] = bench.guest.run(f"ls {DEBUGFS}").stdout.split()
        pairs = bench.random_states(name, STATES, seed=2)
        same = sum(kernels == ours for kernels, ours in pairs)
        holders = [holder for holder in bench.holders(name) if holder.age is not None]
        known = sum(holder.comm == "sh" and holder.owner is not None for holder in holders)
        print(f"{kernel} CMA: {same} of {len(pairs)} random states as debugfs has them "
              f"(goal: all: {'reached' if same == len(pairs) else 'MISSED'}); holders known of {known} of {len(holders)} "
              f"allocations (goal: all: {'reached' if known == len(holders) else 'MISSED'})", flush=True)
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    for kernel in sys.argv[1:] or ("debug",):
        measure(kernel)
