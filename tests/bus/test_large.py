#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
A machine with so many blocks that not all rows of a survey fit into what its bus carries: answers do, and memctld stays.

98,304 blocks and 32 MiB, as on a system bus, take the sanitized programs ten minutes: MEMCTL_BLOCKS=98304 does it. Else
both are an eighth.
"""

import array
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

from testbus import MEMORY, SOURCE, BusCase

sys.path.insert(0, str(SOURCE / "tests/bench"))
import mktree  # noqa: E402  pylint: disable=wrong-import-position

BLOCKS, PAGES = int(os.environ.get("MEMCTL_BLOCKS", "12288")), 64
LRU, SWAPBACKED, ANON, SLAB, TABLE, HEAD, TAIL, MLOCKED, BUDDY = (
    1 << 5, 1 << 14, 1 << 12, 1 << 7, 1 << 26, 1 << 15, 1 << 16, 1 << 33, 1 << 10)
KINDS = (LRU, LRU | SWAPBACKED, LRU | ANON, LRU | ANON | MLOCKED, SLAB, TABLE, 0)


class Large(BusCase):
    message_max = (32 << 20) * BLOCKS // 98304

    def machine(self):
        """Each block has pages of many kinds and orders, so that a row for each of them is more than a bus carries."""
        # a million files: a disk takes minutes
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        root = Path(self.enterContext(tempfile.TemporaryDirectory(dir=memory))) / "large"
        mktree.main(str(root), BLOCKS)
        (root / MEMORY / "block_size_bytes").write_text(f"{PAGES * 4096:x}\n", encoding="ascii")
        (root / "sys/bus/acpi/devices").rmdir()     # what blocks say of their DIMMs is all there is
        for number in range(BLOCKS):
            (root / MEMORY / f"memory{number}/firmware_node").symlink_to("../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00")
        flags = [flag for kind in KINDS for flag in (kind, kind | HEAD, kind | TAIL, kind | HEAD, *[kind | TAIL] * 3)]
        flags += [BUDDY] * (PAGES - len(flags))
        (root / "proc/kpageflags").write_bytes(array.array("Q", flags * BLOCKS).tobytes())
        return root

    def ask(self, *arguments):
        done = self.memctl("--json=short", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_answers_fit(self):
        daemon = self.serve(self.machine())
        online = BLOCKS - len(range(0, BLOCKS, 7))
        rows = self.ask("movability")["owners"]
        self.assertEqual(sum(row["pages"] or 0 for row in rows), online * PAGES)
        self.assert_runs(daemon)
        [dimm] = self.ask("dimm", "list")["dimms"]          # GetManagedObjects
        self.assertEqual(len(dimm["blocks"]), BLOCKS)
        self.assertEqual(len(self.ask("block", "list")["blocks"]), BLOCKS)
        why = self.ask("why", dimm["dimm"])
        self.assertEqual(len(why["blocks"]), online)
        self.assertLessEqual(len(why["keepers"]), 4096)
        plan = self.memctl("--json=short", "dimm", "plan", dimm["dimm"])
        self.assertEqual(plan.returncode, 3, plan.stderr)
        self.assertLess(len(json.loads(plan.stdout)["reasons"]), 100)
        self.assert_runs(daemon)
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
