# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of the debug kernels: that each runs as the others do, and that its detectors see what they are for."""

import re
from pathlib import Path

from harness import GuestCase, debug_module, log

MODULES = Path(__file__).parent / "modules"


class Debug(GuestCase):
    kernels = ("debug",)

    def test_hotadd_eject_and_no_complaint(self):
        machine = self.machine(modules=["zram"])
        self.assertRegex(machine.run("uname -r").stdout, rf"^{re.escape(self.series)}\..*-debug$")
        for sign in ("KernelAddressSanitizer initialized", "Lock dependency validator", "leak detector initialized"):
            self.assertIn(sign, machine.console)
        machine.run("[ -d /sys/module/zram ]")
        dimm = machine.hotadd("256M")
        for block in dimm.blocks:
            path = f"/sys/devices/system/memory/memory{block}"
            self.assertEqual(machine.run(f"cat {path}/state {path}/valid_zones").stdout, "online\nMovable\n")
            machine.run(f"echo offline > {path}/state")
        machine.run(f"echo 1 > /sys/bus/acpi/devices/{dimm.acpi}/eject")
        machine.wait_deleted(dimm.id)
        self.assertEqual(machine.kmemleak(), "")

    def test_detectors(self):
        machine = self.machine(files={"/fault.ko": debug_module(MODULES / "fault", self.kernel)}, allow=["."])

        def load(kind: str) -> str:
            before = len(machine.console)
            machine.run(f"[ ! -d /sys/module/fault ] || rmmod fault; insmod /fault.ko kind={kind}")
            return "\n".join(log.complaints(machine.console[before:]))

        self.assertEqual(load("none"), "")
        # In this order: lockdep gives up after its first report, and after anybody's corrupt memory.
        self.assertIn("WARNING: possible circular locking dependency detected", load("order"))
        self.assertIn("BUG: sleeping function called from invalid context", load("atomic"))
        self.assertEqual(load("leak"), "")
        self.assertIn("leak+", machine.kmemleak())      # names are known while the module is loaded
        self.assertRegex("\n".join(log.complaints(machine.console)), "kmemleak: .* new suspected memory leaks")
        self.assertRegex(load("overrun"), r"BUG: KASAN: slab-out-of-bounds in overrun\+")
