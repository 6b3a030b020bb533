# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Contiguous memory on arm64: a CMA area and who is in it, its boot setting, memory reserved early; and what there is of blocks
and DIMMs.
"""

import math
import re
import struct
import tempfile
from pathlib import Path

from cmabed import DRIVER, MODULE, CmaCase
from harness import kernel
from harness.module import TOP, modules
from testbed import MEMCTLD, MemctlCase

MIB = 1 << 20
AREA = 128 * MIB
# include/uapi/linux/kernel-page-flags.h
LRU, BUDDY, NOPAGE = 1 << 5, 1 << 10, 1 << 20

RASPBERRY = {"/boot/firmware/config.txt": "arm_64bit=1\n",
             "/boot/firmware/cmdline.txt": "console=serial0,115200 root=/dev/mmcblk0p2 rootwait"}
EXTLINUX = {"/boot/extlinux/extlinux.conf": "default l0\nlabel l0\n\tlinux /vmlinuz\n\tappend root=/dev/mmcblk0p2 ro quiet\n\n"
            "label l0r\n\tlinux /vmlinuz\n\tappend root=/dev/mmcblk0p2 ro single\n"}
RESERVE_D = {"/etc/memctl/reserve.d/camera.conf": "[Reservation]\nName=camera\nSize=16M\nAlign=16M\n",
             "/etc/memctl/reserve.d/display.conf": "[Reservation]\nName=display\nSize=8M\nArea=reserved\n"}


class Arm64(CmaCase, MemctlCase):
    kernels = ("arm64",)

    def test_contiguous_memory(self):
        self.boot()
        with self.subTest("status"):
            self.assert_status()
        with self.subTest("list"):
            self.assert_list()
        with self.subTest("reserve early"):
            self.assert_reserved_early()
        with self.subTest("show"):
            self.assert_show()
        with self.subTest("boot setting"):
            self.assert_boot_setting(RASPBERRY, "raspberry-pi", "/boot/firmware/cmdline.txt", 1)
            self.assert_boot_setting(EXTLINUX, "extlinux", "/boot/extlinux/extlinux.conf", 2)
        self.guest.run("rmmod memctl_test_cma && rmmod memctl")

    def boot(self):
        built = modules(kernel(self.kernel))
        files = {MODULE: built / "memctl.ko", DRIVER: built / "memctl_test_cma.ko", MEMCTLD: self.programs() / "daemon/memctld"}
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for number, (path, text) in enumerate(RESERVE_D.items()):
            files[path] = directory / str(number)
            files[path].write_text(text, encoding="ascii")
        self.guest = self.machine(memory="1G", binaries=[self.programs() / "cli/memctl"], files=files, cmdline="cma=128M")
        self.page = 1024 * int(self.guest.run("grep -m 1 KernelPageSize /proc/self/smaps").stdout.split()[1])
        self.assertEqual(self.page, 16384 if self.kernel == "arm64-16k" else 4096)
        self.guest.run(f"insmod {MODULE} && insmod {DRIVER}")

    def meminfo(self, name):
        return 1024 * int(self.guest.run(f"grep ^{name}: /proc/meminfo").stdout.split()[1])

    def assert_status(self):
        """In a tree without ACPI: blocks there are, and no DIMMs."""
        block_size = int(self.guest.run("cat /sys/devices/system/memory/block_size_bytes").stdout, 16)
        blocks = self.memctl("block list")
        self.assertEqual(blocks["block_size"], block_size)
        self.assertEqual({block["state"] for block in blocks["blocks"]}, {"online"})
        self.assertEqual(self.memctl("dimm list")["dimms"], [])
        status = self.memctl("status")
        self.assertEqual((status["block_size"], status["blocks"], status["online_bytes"], status["problems"]),
                         (block_size, len(blocks["blocks"]), 1 << 30, []))

        # None of them goes offline: arm64 keeps what was there at boot, and the first that would be empty is told so.
        for block in reversed(blocks["blocks"]):
            answer = self.memctl(f"block offline {block['block']}", status=None)
            if answer["result"] != "refused":
                break
        self.assertEqual((answer["result"], [reason["code"] for reason in answer["reasons"]]), ("failed", ["block_failed"]))
        self.assertIn("on arm64", answer["reasons"][0]["text"])

    def assert_list(self):
        """As the kernel itself says."""
        [size, start] = re.search(r"cma: Reserved (\d+) MiB at (0x\w+)", self.guest.console).groups()
        [area] = self.memctl("cma list")["areas"]
        self.assertEqual((area["name"], area["size"], int(area["start"], 16)), ("reserved", AREA, int(start, 16)))
        self.assertEqual((int(size) * MIB, self.meminfo("CmaTotal")), (AREA, AREA))
        self.assertEqual(area["source"]["used"], "module")
        # CmaFree counts what is in the allocator's lists: others have borrowed the rest.
        self.assertTrue(self.meminfo("CmaFree") <= AREA - area["used"] <= AREA, area)
        self.assertLess(area["used"], AREA // 4)
        self.own = area["used"]

    def assert_reserved_early(self):
        """By the command of memctl-reserve.service."""
        [command] = re.findall(r"^ExecStart=@memctl@ (.*)$", (TOP / "units/memctl-reserve.service.in").read_text(encoding="utf-8"),
                               re.MULTILINE)
        made = self.memctl(command)["reservations"]
        self.assertEqual([(one["name"], one["result"], one["size"]) for one in made],
                         [("camera", "reserved", 16 * MIB), ("display", "reserved", 8 * MIB)])
        rows = {row["name"]: row for row in self.memctl("cma reservations")["reservations"]}
        self.assertEqual({name: (row["size"], row["area"]) for name, row in rows.items()},
                         {"camera": (16 * MIB, None), "display": (8 * MIB, "reserved")})
        for row in rows.values():
            self.assertEqual({flags & (LRU | BUDDY | NOPAGE) for flags in self.flags(row)}, {0}, row)
        self.assertEqual(int(rows["camera"]["start"], 16) % (16 * MIB), 0)
        [area] = self.memctl("cma list")["areas"]
        self.assertEqual(area["used"], self.own + 8 * MIB)
        self.guest.run("memctl cma release camera && memctl cma release display")
        self.assertEqual(self.memctl("cma reservations")["reservations"], [])
        self.assertEqual(self.memctl("cma list")["areas"][0]["used"], self.own)

    def flags(self, row):
        """Those of each page of a reservation, by the kernel."""
        pages, first = row["size"] // self.page, int(row["start"], 16) // self.page
        step = math.gcd(first, pages)       # dd counts in these
        data = self.guest.run(f"dd if=/proc/kpageflags bs={8 * step} skip={first // step} count={pages // step} 2>/dev/null")
        return struct.unpack(f"={pages}Q", data.stdout_bytes)

    def assert_show(self):
        """What a driver has, and what it did not get, and why."""
        self.use("reserved")
        pages = 8 * MIB // self.page
        pfn = self.alloc(pages)
        self.assertIsNone(self.alloc(AREA // self.page))
        area = self.memctl("cma show reserved")
        self.assertEqual((area["used"], area["map"]["piece"]), (self.own + 8 * MIB, self.page))
        held = {int(one["start"], 16): one for one in area["holders"]}
        mine = held[pfn * self.page]
        self.assertEqual((mine["size"], mine["command"], mine["owner"]), (8 * MIB, "sh", "memctl_test_cma"))
        [failure] = area["failures"]
        self.assertEqual((failure["cause"], failure["size"], failure["owner"]), ("too_small", AREA, "memctl_test_cma"))
        self.assertIn("memctl_test_cma", self.guest.run("memctl cma show reserved").stdout)
        self.free(pfn, pages)

    def assert_boot_setting(self, files, loader, written, times):
        """Written to so many lines, taken back byte for byte."""
        for path, text in files.items():
            self.guest.run(f"mkdir -p {Path(path).parent}; printf %s '{text}' > {path}")
        boot = self.memctl("cma boot")
        self.assertEqual((boot["loader"], boot["booted"], boot["total_bytes"], boot["applied"]), (loader, "128M", AREA, False))
        [needed] = [reason["needed_bytes"] for reason in boot["reasons"] if reason["code"] == "needed"]
        self.assertTrue(AREA <= needed <= boot["recommended_bytes"], boot["reasons"])
        self.assertEqual(boot["command_line"], f"cma={boot['recommended_bytes'] // MIB}M")
        self.memctl("cma boot --apply")
        self.assertEqual(self.guest.run(f"cat {written}").stdout.count(boot["command_line"]), times)
        self.assertEqual((self.memctl("cma boot")["applied"], self.memctl("cma boot")["outcome"]), (True, "pending"))
        self.memctl("cma boot --revert")
        for path, text in files.items():
            self.assertEqual(self.guest.run(f"cat {path}; rm {path}").stdout, text)
