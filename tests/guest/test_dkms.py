# SPDX-License-Identifier: LGPL-2.1-or-later
"""
memctl's modules and the drivers of docs/drivers.md: built by dkms in a root with each kernel's own compiler, as the guide
says word by word, loaded, and their pages moved.
"""

import tempfile
from pathlib import Path

from harness import fixture
from harness.dkms import MODULES, dkms_modules, guide
from harness.kernel import kernel
from heapbed import HeapCase


class Dkms(HeapCase):
    kernels = ("7.3",)

    def test_built_by_dkms_and_loaded(self):
        with tempfile.TemporaryDirectory() as directory:
            said = dkms_modules(kernel(self.kernel), Path(directory))
            self.assertRegex(said, r"dkms/mydev\.ko\S*: \S*dkms/memctl\.ko")     # what modprobe goes by
            self.assertIn("symvers: gone", said)
            self.assertIn("memctl_edu.ko", said)
            self.assertNotIn("memctl_dmabuf.ko", said)      # whose kernel has none
            self.guest = self.machine(memory="768M", binaries=[fixture("genl")], files={
                f"/lib/modules/{name}.ko": Path(directory, f"{name}.ko") for name in MODULES})
        self.dimm = self.guest.hotadd("256M")
        self.without_memctl()

        self.guest.run(f"cd /lib/modules && {' && '.join(guide()['load'].splitlines())}")
        version = self.guest.run("cat /sys/module/memctl/version").stdout.strip()
        said = Path(__file__).resolve().parents[2] / "kernel" / "version.h"
        self.assertIn(f'#define MEMCTL_MODULE_VERSION "{version}"\n', said.read_text(encoding="utf-8"))
        self.guest.run("insmod /lib/modules/maybe.ko; dmesg | grep -q 'maybe: the page moves'")
        self.assertEqual(self.counters("maybe")["pages"], 1)
        for block in self.dimm.blocks:      # between them they have most of the pages, if not all
            self.offline(block)
        self.assertGreater(self.counters("mydev")["migrated"], 500)
        self.assertEqual((self.counters("mydev")["pages"], self.counters("mydev")["failed"]), (1000, 0))
        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)
        self.guest.run("rmmod mydev; dmesg | grep -q 'mydev: 0 of 1000 pages are not what they were'")
        # The functions that maybe.ko has got keep memctl.ko, though its symbols are not linked to.
        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)
        self.guest.run("insmod /lib/modules/memctl_heap.ko && rmmod memctl_heap && rmmod maybe && rmmod memctl")

    def without_memctl(self):
        """A driver that needs memctl.ko is refused; one that can do without loads, and its pages do not move."""
        self.assertNotEqual(self.guest.run("insmod /lib/modules/mydev.ko", check=False).status, 0)
        self.guest.run("insmod /lib/modules/maybe.ko; dmesg | grep -q 'maybe: the page does not move'; rmmod maybe")
