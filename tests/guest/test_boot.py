# SPDX-License-Identifier: LGPL-2.1-or-later
"""A boot setting of contiguous memory: worked out, written, and taken by the kernel of the next boot; or not, and why."""

import json
import tempfile
from pathlib import Path

from cmabed import DRIVER, MODULE, CmaCase
from harness import kernel
from harness.case import plain_directory
from harness.module import modules
from testbed import MEMCTLD

MIB, PAGE = 1 << 20, 4096
HISTORY, STATE = "/var/lib/memctl/cma-history", "/var/lib/memctl/cma-boot"
CMDLINE = "console=ttyS0 root=/dev/mmcblk0p2 rootwait"

# Buffers of a camera, in pages, all at a time: the last has no room in 16 MiB.
BUFFERS = (1500, 1500, 2048)

# What update-grub does, as far as it matters here.
UPDATE_GRUB = r"""#!/bin/sh
. /etc/default/grub
for file in /etc/default/grub.d/*.cfg; do [ -e "$file" ] && . "$file"; done
[ -z "$BROKEN" ] || { echo 'grub-probe: error: no such disk' >&2; exit 1; }
echo "linux /vmlinuz root=/dev/vda1 ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT" > /boot/grub/grub.cfg
"""


class Boot(CmaCase):
    kernels = ("7.3",)

    def setUp(self):
        super().setUp()
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def start(self, cmdline, files=None, **options):
        """A guest with memctl, a driver that uses CMA, and these files (path -> bytes)."""
        built = modules(kernel(self.kernel))
        paths = {DRIVER: built / "memctl_test_cma.ko", MODULE: built / "memctl.ko", MEMCTLD: plain_directory() / "daemon/memctld"}
        for number, (path, data) in enumerate((files or {}).items()):
            paths[path] = self.directory / str(number)
            paths[path].write_bytes(data)
        self.guest = self.machine(binaries=[plain_directory() / "cli/memctl"], cmdline=cmdline, files=paths, **options)
        self.guest.run(f"mount -t debugfs none /sys/kernel/debug 2>/dev/null; insmod {DRIVER}")
        return self.guest

    def ask(self, guest, arguments="", status=0):
        result = guest.run(f"memctl --json cma boot {arguments}", check=False, timeout=120)
        self.assertEqual(result.status, status, result.output)
        return result.json()

    def use_camera(self):
        """Which of its buffers it gets."""
        self.use("reserved")
        return [self.alloc(pages) is not None for pages in BUFFERS]

    def test_settings(self):
        first = self.start("cma=16M", nodes=2)
        # CONFIG_CMA_SIZE_PERNUMA: the one, and one on each node
        boot = self.ask(first)
        # without memctl.ko the size is kept: the kernel itself asked for some pages at boot
        self.assertEqual((boot["total_bytes"], boot["recommended_bytes"], boot["command_line"]),
                         (48 * MIB, 16 * MIB, "cma=16M cma_pernuma=0"))
        first.run(f"insmod {MODULE}")
        self.assertEqual(self.use_camera(), [True, True, False])
        boot = self.ask(first)
        size = self.assert_size(boot)
        self.setting = f"cma={size // MIB}M cma_pernuma=0"
        state = self.assert_raspberry(first)
        self.assert_grub(first)
        self.assert_record(first)

        # the next boot
        line = f"{CMDLINE} {self.setting}"
        second = self.start(self.setting, {
            HISTORY: first.run(f"cat {HISTORY}").stdout_bytes, STATE: state, "/boot/firmware/config.txt": b"",
            "/boot/firmware/cmdline.txt": line.encode()}, nodes=2)
        boot = self.ask(second)
        self.assertEqual((boot["outcome"], boot["outcome_reasons"], boot["applied"]), ("taken", [], True))
        self.assertEqual((boot["total_bytes"], boot["booted"], boot["recommended_bytes"]), (size, f"{size // MIB}M", size))
        self.assertIn(f"cma: Reserved {size // MIB} MiB", "\n".join(boot["lines"]))
        said = second.run("memctl cma boot").stdout
        self.assertIn(f"This kernel took cma={size // MIB}M; areas in all: {size // MIB} MiB\n", said)
        self.assertEqual(self.use_camera(), [True, True, True])
        self.ask(second, "--revert")
        self.assertEqual(second.run("cat /boot/firmware/cmdline.txt").stdout, CMDLINE)
        self.assertFalse(self.ask(second)["applied"])

    def assert_size(self, boot):
        """What all buffers need together, and no more than page blocks make of it."""
        reasons = {reason["code"]: reason for reason in boot["reasons"] if reason.get("area", "reserved") == "reserved"}
        needed = reasons["needed"]["needed_bytes"]
        self.assertTrue(sum(BUFFERS) * PAGE <= needed < sum(BUFFERS) * PAGE + MIB, reasons)
        self.assertEqual(reasons["failed_for_size"]["count"], 1)
        self.assertEqual(boot["recommended_bytes"], -(-needed // (2 * MIB)) * 2 * MIB)
        self.assertEqual(reasons["per_node"]["nodes"], 2)
        return boot["recommended_bytes"]

    def assert_raspberry(self, guest):
        """The state that is kept."""
        guest.run(f"mkdir -p /boot/firmware; : > /boot/firmware/config.txt; printf %s '{CMDLINE}' > /boot/firmware/cmdline.txt")
        self.assertEqual(self.ask(guest)["command_line"], self.setting)
        boot = self.ask(guest, "--apply")
        self.assertEqual((boot["changed"], boot["applied"], boot["outcome"]), (True, True, "pending"))
        self.assertEqual(guest.run("cat /boot/firmware/cmdline.txt").stdout, f"{CMDLINE} {self.setting}")
        self.assertFalse(self.ask(guest, "--apply")["changed"])
        state = guest.run(f"cat {STATE}").stdout_bytes

        # another tool writes to it
        guest.run("echo more >> /boot/firmware/cmdline.txt")
        error = self.ask(guest, "--revert", status=3)["error"]
        self.assertEqual(error, {"code": "refused", "message": "/boot/firmware/cmdline.txt: it was changed since memctl wrote it"})
        guest.run(f"printf %s '{CMDLINE} {self.setting}' > /boot/firmware/cmdline.txt")
        self.ask(guest, "--revert")
        self.assertEqual(guest.run("cat /boot/firmware/cmdline.txt").stdout, CMDLINE)
        self.assertEqual(self.ask(guest, "--revert", status=6)["error"]["code"], "not_found")
        guest.run("rm -r /boot/firmware")
        return state

    def assert_grub(self, guest):
        guest.run(f"mkdir -p /boot/grub /etc/default /usr/sbin; cat > /usr/sbin/update-grub << 'END'\n{UPDATE_GRUB}END\n"
                  "chmod +x /usr/sbin/update-grub; echo 'GRUB_CMDLINE_LINUX_DEFAULT=quiet' > /etc/default/grub; update-grub")
        before = guest.run("cat /boot/grub/grub.cfg").stdout
        self.assertEqual(self.ask(guest, "--apply")["applied_loader"], "grub")
        self.assertIn(f" {self.setting} quiet\n", guest.run("cat /boot/grub/grub.cfg").stdout)
        self.ask(guest, "--revert")
        self.assertEqual(guest.run("cat /boot/grub/grub.cfg").stdout, before)
        guest.run("echo BROKEN=1 >> /etc/default/grub")
        message = self.ask(guest, "--apply", status=1)["error"]["message"]
        self.assertIn('/usr/sbin/update-grub failed with exit status 1: "grub-probe: error: no such disk"; all is as before', message)
        guest.run("! ls /etc/default/grub.d/* /var/lib/memctl/cma-boot")

    def assert_record(self, guest):
        """It holds what memctl.ko knew, when the module is gone; garbage is put aside, and said."""
        guest.run("memctl cma record; rmmod memctl; memctl cma record")
        [kept] = json.loads(guest.run(f"cat {HISTORY}").stdout)["boots"]
        self.assertEqual(sorted(area["name"] for area in kept["areas"]), ["numa0", "numa1", "reserved"])
        self.assertEqual(self.ask(guest)["command_line"], self.setting)
        guest.run(f"cp {HISTORY} /run/kept; echo garbage > {HISTORY}")
        self.assertIn("record_bad", [reason["code"] for reason in self.ask(guest)["reasons"]])
        said = guest.run("memctl cma record")
        self.assertIn("no record of memctl's", said.stderr)
        self.assertEqual(guest.run(f"cat {HISTORY}.bad").stdout, "garbage\n")
        guest.run(f"cp /run/kept {HISTORY}")

    def test_too_much(self):
        guest = self.start("cma=100G")
        boot = self.ask(guest)
        self.assertEqual((boot["outcome"], boot["total_bytes"]), ("not_taken", 0))
        [reason] = boot["outcome_reasons"]
        self.assertEqual((reason["code"], reason["bytes"]), ("over_memory", 100 << 30))
        self.assertTrue([line for line in boot["lines"] if "exceeds limit" in line or "Failed to reserve" in line], boot["lines"])
        self.assertEqual((boot["recommended_bytes"], boot["command_line"]), (0, ""))
        said = guest.run("memctl cma boot --apply", check=False)
        self.assertEqual(said.status, 3)
        self.assertIn("there is nothing to apply", said.stderr)

    def test_not_set_up(self):
        """Across a border of zones: the kernel gives up an area that it has reserved, and the memory is its own.

        With KASLR the kernel itself may lie there, and the area would not even be reserved.
        """
        guest = self.start("nokaslr kernelcore=512M", memory="1G")
        border = int(guest.run("awk '/zone +Movable/ { on = 1 } on && /start_pfn/ { print $2; exit }' /proc/zoneinfo").stdout)
        guest = self.start(f"nokaslr kernelcore=512M cma=64M@{border * PAGE - 32 * MIB}", memory="1G")
        self.assertIn("could not be activated", guest.run("dmesg").stdout)
        for _ in range(2):
            listed = guest.run("memctl --json cma list").json()["areas"]
            self.assertEqual([area for area in listed if area["size"]], [])
            boot = self.ask(guest)
            self.assertEqual((boot["outcome"], boot["total_bytes"]), ("not_taken", 0), boot)
            self.assertTrue([line for line in boot["lines"] if "could not be activated" in line], boot["lines"])
            guest.run(f"insmod {MODULE}", check=False)
