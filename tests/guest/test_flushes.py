# SPDX-License-Identifier: LGPL-2.1-or-later
"""A device's caches are cleaned once for tens of thousands of pages, in a whole job, whatever else moves."""

from harness import fixture
from harness.case import plain_directory
from heapbed import HeapCase
from testbed import MEMCTLD

PAGES_A_FLUSH = 10_000
PAGES = 60_000


class Flushes(HeapCase):
    kernels = ("6.1", "7.3")

    def boot_mixed(self):
        """A DIMM with pages of the heap and of a tmpfs, by turns."""
        self.boot(dimm="1G", memory="2G", binaries=[plain_directory() / "cli/memctl", fixture("data")],
                  files={MEMCTLD: plain_directory() / "daemon/memctld"})
        self.guest.run("mkdir /data; mount -t tmpfs -o size=100% none /data")
        for i in range(6):
            self.order(f"alloc {PAGES // 6}", f"ok {PAGES // 6}")
            self.guest.run(f"data /data/{i} 40", timeout=120)

    def offline_dimm(self, options=""):
        """(flushes, heap pages moved, result) of a whole job."""
        flushes, moved = self.flushes(), self.counters()["migrated"]
        result = self.guest.run(f"memctl --json dimm offline {self.dimm.acpi} {options}", timeout=300).json()
        self.assertEqual(result["result"], "done")
        return self.flushes() - flushes, self.counters()["migrated"] - moved, result

    def assert_few(self, options=""):
        flushes, moved, result = self.offline_dimm(options)
        self.assertGreater(moved, PAGES * 2 // 3)
        self.assertLessEqual(flushes * PAGES_A_FLUSH, moved)
        self.assertGreater(flushes, 0)
        self.assertGreaterEqual(result["pages_migrated"], moved)        # those that move by evacuation count, too
        self.assertLessEqual(result["pages_migrated"], result["pages_in_use"] * 1.02)
        self.verify(PAGES)
        return result

    def test_flushes_of_a_job(self):
        self.boot_mixed()
        self.assert_few()

    def test_flushes_with_a_rate(self):
        self.boot_mixed()
        self.assert_few("--rate 100M")
