# SPDX-License-Identifier: LGPL-2.1-or-later
"""The warm reserve: kept ready, lent to who asks, given back when memory is short, and filled again."""

import time

from harness import fixture
from harness.kernel import kernel
from harness.module import modules
from testbed import MEMCTLD, MemctlCase

MIB = 1 << 20
MODULE = "/lib/modules/memctl.ko"


class Warm(MemctlCase):
    kernels, every = ("7.3",), ("7.3", "debug-7.3")

    def boot_warm(self, **options):
        self.guest = self.machine(binaries=[self.programs() / "cli/memctl", fixture("hog"), fixture("reserver")],
                                  files={MEMCTLD: self.programs() / "daemon/memctld",
                                         MODULE: modules(kernel(self.kernel)) / "memctl.ko"}, **options)
        self.guest.run(f"insmod {MODULE}")

    def warm(self, what=""):
        return self.memctl(f"cma warm {what}")

    def wait_full(self, seconds=60):
        """The reserve, once there is as much as there is to be."""
        end = time.monotonic() + seconds
        while (warm := self.warm())["size"] != warm["target"]:
            self.assertLess(time.monotonic(), end, warm)
            time.sleep(0.5)
        return warm

    def test_life(self):
        """It is filled, serves what it has room for, and takes back what comes back."""
        self.boot_warm(memory="1G")
        self.assertEqual(self.warm()["target"], 0)
        self.assertEqual(self.warm("64M")["target"], 64 * MIB)
        warm = self.wait_full()
        self.assertEqual((warm["largest"], warm["runs"], warm["short"]), (64 * MIB, 1, False))

        said = self.memctl("cma reserve 16M --name camera")
        self.assertEqual(said["pages_moved"], 0)
        self.assertEqual(self.warm()["served"], 1)
        full = self.wait_full()
        self.assertEqual(full["filled"], warm["filled"] + 16 * MIB)
        self.guest.run("memctl cma release camera")         # it is full: this goes to the kernel
        self.assertEqual(self.warm()["size"], 64 * MIB)

        times, pages = 200, 16 * MIB // 4096
        said = self.guest.run(f"reserver memctl {times} {pages} 0", timeout=120).stdout.split()
        said = dict(zip(said[::2], said[1::2]))
        self.assertEqual((said["failed"], said["moved"]), ("0", "0"))
        warm = self.wait_full()
        self.assertEqual(warm["served"], 1 + times)
        self.assertEqual(warm["missed"], 0)

        self.guest.run("mkdir -p /run/reserve.d")
        for size, result in (("64M", "held"), ("32M", "reserved"), ("64M", "reserved")):
            self.guest.run(f"printf '[Warm]\\nSize={size}\\n' > /run/reserve.d/warm.conf")
            [row] = self.memctl("cma reserve --from /run/reserve.d")["reservations"]
            self.assertEqual((row["name"], row["warm"], row["result"], row["size"]), (None, True, result, int(size[:-1]) * MIB))
        self.wait_full()

        free = self.available()
        self.assertEqual(self.warm("off")["size"], 0)
        self.assertGreater(self.available(), free + 60 * MIB)
        self.guest.run("rmmod memctl")

    def available(self):
        said = self.guest.run("grep MemAvailable /proc/meminfo").stdout
        return int(said.split()[1]) * 1024

    def test_short(self):
        """Who needs memory gets it: nobody is killed, and the reserve comes back later."""
        self.boot_warm(memory="512M")
        self.warm("128M")
        self.wait_full()
        mebibytes = self.available() // MIB + 64            # half of the reserve is needed for that
        self.guest.run(f"hog {mebibytes} > /run/hog & echo $! > /run/hog.pid; "
                       "until grep -q ready /run/hog; do sleep 0.1; done", timeout=120)
        self.guest.run("kill -0 $(cat /run/hog.pid)")
        warm = self.warm()
        self.assertGreaterEqual(warm["given_back"], 48 * MIB)
        self.assertTrue(warm["short"])
        self.assertLess(warm["size"], warm["target"])
        self.guest.run("kill $(cat /run/hog.pid)")
        self.assertNotIn("Out of memory", self.guest.run("dmesg").stdout)
        self.assertFalse(self.wait_full(90)["short"])

    def test_offline(self):
        """A DIMM that has the reserve goes all the same."""
        self.boot_warm(memory="512M", nodes=2, memory_nodes=1)
        dimm = self.guest.hotadd("512M", node=1)
        self.warm("64M --node 1")
        self.assertEqual(self.wait_full()["node"], 1)
        self.assertEqual(self.memctl(f"dimm offline {dimm.acpi}")["result"], "done")
        self.assertEqual(self.warm()["size"], 0)

    def test_bad(self):
        self.boot_warm(memory="512M")
        for size in ("0", "-1", "x", "64Q"):
            refused = self.guest.run(f"memctl cma warm -- {size}", check=False)
            self.assertEqual(refused.status, 2, refused.output)
            self.assertIn("expected an amount of memory above 0", refused.stderr)
        for what, text in (("400M", "more than half"), ("64M --node 7", "no such node"), ("4097", "whole pages")):
            refused = self.guest.run(f"memctl cma warm {what}", check=False)
            self.assertEqual(refused.status, 2, refused.output)
            self.assertIn(text, refused.stderr)
        self.assertEqual(self.warm()["target"], 0)
