# SPDX-License-Identifier: LGPL-2.1-or-later
"""Offline jobs behind a fence: each page moves once, and page cache is moved or dropped as asked."""

from harness import ext4_image, fixture, kernel
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
MIB = 1 << 20


class FencedCase(MemctlCase):
    kernels = ("7.3",)

    def boot_fenced(self, module=True, binaries=(), **options):
        self.boot(binaries=[fixture("fill"), fixture("genl"), *binaries],
                  files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"}, **options)
        if module:
            self.guest.run(f"insmod {MODULE}")

    def migrated(self):
        return int(self.guest.run("grep pgmigrate_success /proc/vmstat").stdout.split()[1])


class Once(FencedCase):
    sanitized = ()      # memctl's own pages would be most of what is too much

    def test_each_page_moves_once(self):
        self.boot_fenced(dimm="1G", memory="2G")
        checksum = self.fill(800)
        plan = self.memctl(f"dimm plan {self.dimm.acpi}")
        self.assertGreater(plan["pages_in_use"], 100_000)
        result = self.memctl(f"dimm offline {self.dimm.acpi}")
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", len(self.dimm.blocks)))
        self.assertLessEqual(result["pages_migrated"], result["pages_in_use"] * 1.02)
        self.assertEqual(self.checksum(), checksum)
        self.assertEqual(self.guest.run("genl 13").stdout.strip(), "")      # no fence is left
        self.assert_nothing_runs()
