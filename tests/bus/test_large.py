#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine with 98,304 blocks on a bus that carries 32 MiB at a time: answers fit, and memctld stays."""

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

BLOCKS, PAGES = 98304, 64
LRU, SWAPBACKED, ANON, SLAB, TABLE, HEAD, TAIL, MLOCKED, BUDDY = (
    1 << 5, 1 << 14, 1 << 12, 1 << 7, 1 << 26, 1 << 15, 1 << 16, 1 << 33, 1 << 10)
KINDS = (LRU, LRU | SWAPBACKED, LRU | ANON, LRU | ANON | MLOCKED, SLAB, TABLE, 0)


class Large(BusCase):
    def machine(self):
        """Each block has pages of many kinds and orders, so that a row for each of them is more than a bus carries."""
        # a million files: a disk takes minutes
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        root = Path(self.enterContext(tempfile.TemporaryDirectory(dir=memory))) / "large"
        mktree.main(str(root), BLOCKS)
        (root / MEMORY / "block_size_bytes").write_text(f"{PAGES * 4096:x}\n", encoding="ascii")
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
