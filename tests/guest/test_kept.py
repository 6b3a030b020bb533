# SPDX-License-Identifier: LGPL-2.1-or-later
"""What keeps a block though nobody uses it, or does not though it looks so."""

import re

from harness import kernel
from harness.module import modules
from testbed import MemctlCase

MODULE, PROVIDER = "/lib/modules/memctl.ko", "/lib/modules/memctl_test_provider.ko"
DEBUG = "/sys/kernel/debug/memctl_test"
MIB = 1 << 20


class KeptCase(MemctlCase):
    def boot_kept(self, **options):
        built = modules(kernel(self.kernel))
        self.boot(files={MODULE: built / "memctl.ko", PROVIDER: built / "memctl_test_provider.ko"}, **options)

    def owner(self, target, klass):
        """The one owner of pages of that class that `why` names; what it says."""
        answer = self.memctl(f"why {target}")
        [owner] = [owner for owner in answer["owners"] if owner["class"] == klass]
        return owner


class Memmap(KeptCase):
    """memory_hotplug.memmap_on_memory: the block's own memory map goes with it. 6.1 does so for one block only."""
    kernels = ("6.1", "7.3")

    def test_own_memory_map(self):
        self.boot_kept(dimm="128M" if self.series == "6.1" else "256M", cmdline="memory_hotplug.memmap_on_memory=1")
        self.assertEqual(self.guest.run("cat /sys/module/memory_hotplug/parameters/memmap_on_memory").stdout, "Y\n")
        for source in ("kpageflags", "module"):
            with self.subTest(source):
                why = self.memctl(f"why {self.dimm.acpi}")
                self.assertEqual(why["source"], source)
                if source == "module":      # to kpageflags, free pages in a CPU's lists look like anybody's
                    self.assertEqual((why["owners"], why["keepers"]), ([], []))
                self.assertEqual([owner for owner in why["owners"] if owner["class"] != "other"], [])
                self.assertEqual([keeper for keeper in why["keepers"] if self.in_memmap(keeper)], [])
                plan = self.memctl(f"dimm plan {self.dimm.acpi}")
                self.assertEqual(plan["reasons"], [])
                if source == "module":
                    self.assertLess(plan["needed_bytes"], self.dimm.size // 64)
                rows = [row for row in self.memctl("movability --by block")["owners"] if row["class"] == "memmap"]
                self.assertEqual({row["block"]: (row["pages"], row["movable"]) for row in rows},
                                 {block: (self.block_pages() // 64, True) for block in self.dimm.blocks})
            if source == "kpageflags":
                self.guest.run(f"insmod {MODULE}")
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["blocks_offlined"], len(self.dimm.blocks))


    def block_pages(self):
        return self.dimm.size // len(self.dimm.blocks) // 4096

    def in_memmap(self, keeper):
        """A struct page is 64 bytes, and each block begins with its own."""
        return int(keeper["start"], 16) // 4096 % self.block_pages() < self.block_pages() // 64


class Cma(KeptCase):
    """What was set aside at boot: the page blocks of a CMA area never go offline, even empty, nor does the crash kernel."""
    kernels = ("7.3",)

    def test_refused_beforehand(self):
        self.boot_kept(dimm="128M", cmdline="nokaslr cma=256M crashkernel=64M", memory="1536M")
        self.guest.run(f"insmod {MODULE}")
        said = self.guest.run("dmesg | grep -i 'cma: reserved'").stdout
        block = int(re.search(r"at (0x[0-9a-f]+)", said)[1], 16) // (128 * MIB) + 1     # all of it, surely
        owner = self.owner(block, "cma")
        self.assertEqual((owner["kind"], owner["movable"], owner["advice"]), ("unmovable", False, ["cma_area"]))
        self.assertGreater(owner["pages"], 0)
        self.assertIn("CMA area", self.guest.run(f"memctl why {block}").stdout)
        refused = self.memctl(f"block offline {block}", status=3)
        self.assertEqual(refused["result"], "refused")
        self.assertIn(("unmovable", block, "cma"),
                      [(reason["code"], reason.get("block"), reason.get("owner")) for reason in refused["reasons"]])
        self.assertEqual(self.guest.run(f"cat /sys/devices/system/memory/memory{block}/state").stdout, "online\n")
        rows = [row for row in self.memctl("movability")["owners"] if row["class"] == "cma"]
        self.assertEqual([row["pages"] for row in rows], [256 * MIB // 4096])
        self.assertEqual(self.memctl(f"why {self.dimm.acpi}")["owners"], [])
        self.crash_kernel_stays()

    def crash_kernel_stays(self):
        start, end = (int(word, 16) for word in self.guest.run("sed -n 's/^ *\\(.*\\) : Crash kernel/\\1/p' /proc/iomem").stdout.split("-"))
        block = start // (128 * MIB)
        [reason] = [reason for reason in self.memctl(f"block offline {block}", status=3)["reasons"] if reason["code"] == "reserved"]
        self.assertEqual((reason["block"], reason["text"]), (block, "Crash kernel"))
        self.assertEqual(reason["bytes"], min(end + 1, (block + 1) * 128 * MIB) - start)
        self.assertEqual(self.guest.run(f"cat /sys/devices/system/memory/memory{block}/state").stdout, "online\n")


class Pinned(KeptCase):
    """A page that its provider has pinned does not move for now: told as pinned, by the provider's name."""
    kernels = ("6.1", "7.3")

    def test_pinned_by_its_provider(self):
        self.boot_kept(dimm="256M")
        self.guest.run(f"insmod {MODULE}; insmod {PROVIDER}; mount -t debugfs none /sys/kernel/debug; "
                       f"echo 20000 > {DEBUG}/pages")
        inside = self.guest.run(f"awk '$1 >= {self.dimm.start // 4096}' {DEBUG}/pfns | wc -l").stdout
        self.assertGreater(int(inside), 100)
        self.assertEqual(self.memctl(f"why {self.dimm.acpi}")["owners"], [])
        self.guest.run(f"echo 20000 > {DEBUG}/pin")
        owner = self.owner(self.dimm.acpi, "pinned")
        self.assertEqual((owner["owner"], owner["movable"]), ("test", False))
        self.assertEqual(owner["pages"], int(inside))
        self.assertEqual(set(owner["advice"]), {"wait_for_driver", "retry"})
        self.assertIn("the driver has the pages in use", self.guest.run(f"memctl why {self.dimm.acpi}").stdout)
        self.guest.run(f"echo 0 > {DEBUG}/pin")
        self.assertEqual(self.memctl(f"why {self.dimm.acpi}")["owners"], [])
        self.guest.run("rmmod memctl_test_provider")
